from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models.settings import Settings
from models.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(home=tmp_path / "station", processes=2, quiet_seconds=5, lease_seconds=60)
    made.prepare()
    return made


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    opened = Store.open(settings)
    yield opened
    opened.close()
