"""``python -m review_ui``: serve the review site with the settings of the environment."""

from __future__ import annotations

import uvicorn

from models.settings import Settings
from review_ui.app import create_app


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
    )


if __name__ == "__main__":
    main()
