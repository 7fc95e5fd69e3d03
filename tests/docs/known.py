"""What the ``hotich`` command takes, from its own functions."""

from __future__ import annotations

import typing
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

import typer
from typer.models import ArgumentInfo, OptionInfo

from flows.command import build_app


@dataclass(frozen=True)
class Slot:
    """An option or an argument. ``choices`` is empty where any text will do."""

    name: str
    option: bool
    flag: bool
    several: bool
    choices: frozenset[str]


def _slot(name: str, hint: object) -> Slot:
    kind, info = get_args(hint)[:2]
    kinds = [part for part in get_args(kind) if part is not type(None)] or [kind]
    assert isinstance(info, OptionInfo | ArgumentInfo)
    # Within Annotated, what stands first is Typer's "default", although it is the option's name.
    named = [str(text) for text in (info.default, *(info.param_decls or ())) if str(text).startswith("--")]
    enums = [part for part in kinds if isinstance(part, type) and issubclass(part, StrEnum)]
    return Slot(
        name=named[0] if named else f"--{name.replace('_', '-')}",
        option=isinstance(info, OptionInfo),
        flag=kind is bool,
        several=any(get_origin(part) is list for part in (kind, *kinds)),
        choices=frozenset(choice.value for enum in enums for choice in enum),
    )


def _slots(function: Callable[..., Any]) -> tuple[Slot, ...]:
    hints = get_type_hints(function, include_extras=True)
    return tuple(_slot(name, hint) for name, hint in hints.items() if get_origin(hint) is typing.Annotated)


@cache
def known(app: typer.Typer | None = None) -> dict[tuple[str, ...], tuple[Slot, ...]]:
    """Each command by the words that call it; () is the program itself."""
    app = app or build_app()
    found: dict[tuple[str, ...], tuple[Slot, ...]] = {}
    callback = app.registered_callback
    found[()] = _slots(callback.callback) if callback is not None and callback.callback is not None else ()
    for command in app.registered_commands:
        assert command.name is not None
        assert command.callback is not None
        found[(command.name,)] = _slots(command.callback)
    for group in app.registered_groups:
        assert group.name is not None
        assert group.typer_instance is not None
        found |= {(group.name, *words): slots for words, slots in known(group.typer_instance).items()}
    return found


def understand(arguments: list[str]) -> tuple[str, ...]:
    """The words of the command that these arguments call; what it does not take fails."""
    words: tuple[str, ...] = ()
    given: list[str] = []
    rest = list(arguments)
    while rest:
        text = rest.pop(0)
        if text == "--help":
            continue
        if text.startswith("--"):
            (slot,) = [slot for slot in known()[words] if slot.option and slot.name == text]
            if not slot.flag:
                _fits(slot, rest.pop(0))
        elif (*words, text) in known():
            words = (*words, text)
        else:
            given.append(text)
    slots = [slot for slot in known()[words] if not slot.option]
    assert len(given) <= len(slots) or any(slot.several for slot in slots), arguments
    for slot, value in zip(slots, given, strict=False):
        _fits(slot, value)
    return words


def _fits(slot: Slot, value: str) -> None:
    assert not slot.choices or value in slot.choices, f"{slot.name}: {value}"
