"""``hotich settings``: what can be set, what it is now, what it means."""

from __future__ import annotations

from flows.commands.terminal import settings_or_fail
from pipeline.wording import say


def settings() -> None:
    """Print each setting with its value and its meaning."""
    from rich.console import Console
    from rich.table import Table

    now = settings_or_fail()
    table = Table()
    table.add_column(say("Thiết lập"), no_wrap=True)  # names and paths are to be copied: never cut with "…"
    table.add_column(say("Giá trị"), overflow="fold")
    table.add_column(say("Ý nghĩa"))
    for name, field in type(now).model_fields.items():
        # An address of a database may hold a password: whether it is set is all that a screen needs.
        value = str(getattr(now, name)) if field.repr or not getattr(now, name) else say("(đã đặt)")
        table.add_row(f"HOTICH_{name.upper()}", value, say(field.description or ""))
    Console().print(table)
