"""Speaking to the person at the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import typer

if TYPE_CHECKING:
    from models.settings import Settings
    from models.store import Store


def tell(sentence: str) -> None:
    """A line on standard output."""
    typer.echo(sentence)


def warn(sentence: str) -> None:
    """A sentence on standard error; the command goes on."""
    typer.echo(sentence, err=True)


def fail(sentence: str) -> NoReturn:
    """A sentence on standard error, and the end of the command with exit code 1."""
    warn(sentence)
    raise typer.Exit(1)


def settings_or_fail(*, own_forms: bool = True) -> Settings:
    """The settings, with the station's own forms in use; a wrong one is told in a sentence that names it."""
    from pydantic import ValidationError

    from models.settings import Settings
    from pipeline.forms import FormError, use_own_forms
    from pipeline.wording import say

    try:
        settings = Settings()
        if own_forms:
            use_own_forms(settings.forms)
    except FormError as error:
        fail(str(error))
    except ValidationError as error:
        names = ", ".join(sorted({f"HOTICH_{str(item['loc'][0]).upper()}" for item in error.errors()}))
        fail(say("Thiết lập không hợp lệ: {names}. Xem “hotich settings”.", names=names))
    return settings


def store_or_fail(settings: Settings) -> Store:
    """The station's database; fails when there is no station yet at that place."""
    from models.errors import SchemaTooNew
    from models.store import Store
    from pipeline.wording import say

    if not settings.database_url and not (settings.home / "hotich.db").exists():
        fail(say("Chưa có trạm ở {home}; hãy chạy trạm trước hoặc đặt HOTICH_HOME.", home=settings.home))
    try:
        return Store.open(settings)
    except SchemaTooNew as error:
        fail(str(error))
