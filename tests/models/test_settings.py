from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from models.settings import Settings


def test_a_station_runs_without_any_setting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings()
    assert settings.home == tmp_path / "station"
    assert settings.url == f"sqlite:///{tmp_path}/station/hotich.db"
    assert (settings.review_port, settings.prefect_port, settings.language) == (8420, 4200, "vi")
    assert settings.processes >= 1


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOTICH_HOME", str(tmp_path))
    monkeypatch.setenv("HOTICH_DATABASE_URL", "postgresql+psycopg://hotich:pass@db/hotich")
    monkeypatch.setenv("HOTICH_OFFICE", "Xã Tân Lợi")
    settings = Settings()
    assert settings.url == "postgresql+psycopg://hotich:pass@db/hotich"
    assert settings.office == "Xã Tân Lợi"
    assert "pass" not in repr(settings)


@pytest.mark.parametrize("name", ["REVIEW_PORT", "CHUNK_PAGES", "MAX_ATTEMPTS", "PROCESSES", "LEASE_SECONDS"])
def test_a_setting_that_cannot_be_is_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(f"HOTICH_{name}", "0")
    with pytest.raises(ValidationError, match=name.lower()):
        Settings()


@pytest.mark.parametrize("hours", ["6h-12h", "06-", "06-12;12-17", "25-26-27", "06-12,12-17:99"])
def test_hours_of_shifts_that_are_none_are_refused(monkeypatch: pytest.MonkeyPatch, hours: str) -> None:
    monkeypatch.setenv("HOTICH_SHIFTS", hours)
    with pytest.raises(ValidationError, match="shifts"):
        Settings()


def test_a_placeholder_for_dates_must_not_break_file_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTICH_UNKNOWN_DATE", "a.b/c")
    with pytest.raises(ValidationError, match="unknown_date"):
        Settings()


def test_paths_are_kept_relative_so_that_a_station_can_move(tmp_path: Path) -> None:
    here, there = Settings(home=tmp_path / "here"), Settings(home=tmp_path / "there")
    kept = here.inside(here.page_path(7))
    assert kept == "pages/7.jpg"
    assert there.outside(kept) == there.page_path(7)
    elsewhere = tmp_path / "elsewhere" / "7.jpg"
    assert here.outside(here.inside(elsewhere)) == elsewhere
