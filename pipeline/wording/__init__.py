"""What the program says to people: Vietnamese first, English by a switch.

The Vietnamese sentence is itself the key, so a text without a translation still comes out right for the
people who work with it every day. Translations are gettext catalogues read at run time (Babel), without a
compile step to forget. The language is a context variable: the web serves each person in theirs.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from babel.messages.pofile import read_po

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE_LANGUAGE: Final = "vi"
LANGUAGES: Final = ("vi", "en")
_language: ContextVar[str] = ContextVar("language", default=SOURCE_LANGUAGE)


@cache
def catalogue(language: str) -> dict[str, str]:
    """Translations of one language, by their Vietnamese text; empty for Vietnamese itself."""
    if language == SOURCE_LANGUAGE:
        return {}
    with (Path(__file__).parent / f"{language}.po").open("rb") as file:
        messages = read_po(file, locale=language)
    return {str(entry.id): str(entry.string) for entry in messages if entry.id and entry.string}


def language() -> str:
    """The language in force: "vi" or "en"."""
    return _language.get()


def set_language(name: str) -> None:
    """Speak this language from here on in this context.

    Raises:
        ValueError: for a language without a catalogue.
    """
    if name not in LANGUAGES:
        raise ValueError(f"language {name!r} is none of {', '.join(LANGUAGES)}")
    _language.set(name)


@contextmanager
def use_language(name: str) -> Iterator[None]:
    """Speak this language inside the block."""
    before = language()
    set_language(name)
    try:
        yield
    finally:
        _language.set(before)


def say(text: str, **values: object) -> str:
    """The sentence in the language in force, with ``{name}`` places filled from the values."""
    sentence = catalogue(language()).get(text, text)
    return sentence.format(**values) if values else sentence
