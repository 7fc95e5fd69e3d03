"""``python -m review_ui``: serve the review site with the settings of the environment."""

from __future__ import annotations

from models.settings import Settings
from review_ui.serving import serve


def main() -> None:
    """Serve until told to stop."""
    serve(Settings())


if __name__ == "__main__":
    main()
