"""Every command that the docs show exists, and every command that exists is shown."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.known import known, understand
from tests.docs.markdown import ALL, READMES, ROOT, code, commands, name_of

PLACEHOLDERS = {"LỆNH", "COMMAND"}
MODULES = (".venv/bin/python -m", "python -m")


def shown(path: Path) -> list[list[str]]:
    """The arguments of every use of the command in a document."""
    by_script = [arguments or ["station"] for arguments in commands(path, "./run")]
    by_name = [
        arguments
        for program in ("hotich", "ExecStart=/srv/hotich/program/.venv/bin/hotich")
        for arguments in commands(path, program)
        if arguments
    ]
    return [arguments for arguments in by_script + by_name if PLACEHOLDERS.isdisjoint(arguments)]


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_commands_that_are_shown_exist(path: Path) -> None:
    for arguments in shown(path):
        understand(arguments)


@pytest.mark.parametrize("path", READMES.values(), ids=name_of)
def test_each_readme_shows_every_command(path: Path) -> None:
    groups = {words[:-1] for words in known()}
    assert len(known()) > 10
    assert set(known()) - groups - {understand(arguments) for arguments in shown(path)} == set()
    assert ["demo", "--once"] in shown(path)


@pytest.mark.parametrize("path", READMES.values(), ids=name_of)
def test_each_readme_shows_every_option_and_every_choice(path: Path) -> None:
    written = set(" ".join(code(path)).split())
    slots = [slot for found in known().values() for slot in found]
    options = {slot.name for slot in slots if slot.option}
    choices = {choice for slot in slots for choice in slot.choices}
    assert {"--truth", "--by"} <= options
    assert {"keyer", "watch"} <= choices
    assert (options | choices) - written == set()


@pytest.mark.parametrize("path", READMES.values(), ids=name_of)
def test_each_readme_shows_the_two_scripts(path: Path) -> None:
    assert [] in commands(path, "./test")
    assert ["demo"] in commands(path, "./run")
    for script in ("run", "test", ".ci/run"):
        assert (ROOT / script).stat().st_mode & 0o111


def modules() -> dict[str, set[str]]:
    """Modules that the docs run, each with the options that they give to it."""
    found: dict[str, set[str]] = {}
    for path in ALL:
        for program in MODULES:
            for module, *arguments in filter(None, commands(path, program)):
                options = {text for text in arguments if text.startswith("--")}
                found.setdefault(module, set()).update(options)
    return found


@pytest.mark.parametrize(("module", "options"), sorted(modules().items()))
def test_modules_that_are_shown_know_their_options(module: str, options: set[str]) -> None:
    environment = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"}
    command = [sys.executable, "-m", module, "--help"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=120
    )
    assert options - set(done.stdout.replace(",", " ").split()) == set()


def test_what_is_made_by_training_is_shown() -> None:
    assert {"training.pages", "training.calibration", "training.language", "training.sample"} <= set(
        modules()
    )
