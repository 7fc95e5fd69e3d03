"""Logging of the station's own processes: to standard error, which the supervisor keeps in a file."""

from __future__ import annotations

import logging


def log_to_stderr() -> None:
    """Log what ``hotich`` says: ids, codes and counts, never a name or a value of a citizen."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logger = logging.getLogger("hotich")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
