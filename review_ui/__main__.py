"""``python -m review_ui``: serve the review site with the settings of the environment."""

from __future__ import annotations

from typing import Final

import uvicorn

from models.settings import Settings
from review_ui.app import create_app

# Seconds. Somebody looks at a field for longer than the usual five, and a new connection each time would
# cost a slow line a round trip a field.
KEEP_ALIVE: Final = 120


def main() -> None:
    """Serve until told to stop."""
    settings = Settings()
    uvicorn.run(
        create_app(settings),
        host=settings.review_host,
        port=settings.review_port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE,
    )


if __name__ == "__main__":
    main()
