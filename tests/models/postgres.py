"""A PostgreSQL server of the tests' own, where its programs are on the machine: no network, nothing left."""

from __future__ import annotations

import getpass
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

KEEPER = "postgres"  # the account that Debian's package makes; the server refuses to run as root


def programs() -> Path | None:
    """The folder of the server's programs; None where they or an unprivileged account are missing."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which("initdb")
    if found:
        folders.insert(0, Path(found).resolve().parent)
    folder = next((folder for folder in folders if (folder / "pg_ctl").exists()), None)
    if folder is None or os.geteuid() != 0:
        return folder
    known = any(account.pw_name == KEEPER for account in pwd.getpwall())
    return folder if known and shutil.which("runuser") else None


class Server:
    """A running cluster in a folder of its own, reached over a socket in that folder."""

    def __init__(self, folder: Path) -> None:
        self._programs = folder
        self.folder = Path(tempfile.mkdtemp(prefix="hotich-pg-"))
        self.user = KEEPER if os.geteuid() == 0 else getpass.getuser()
        if os.geteuid() == 0:
            shutil.chown(self.folder, KEEPER)
        data = self.folder / "data"
        self._run(
            "initdb", "-D", str(data), "-U", self.user, "-A", "trust", "-E", "UTF8", "--no-locale", "-N"
        )
        options = (
            f"-k {self.folder} -c listen_addresses='' -c fsync=off -c full_page_writes=off "
            "-c synchronous_commit=off -c max_connections=60"
        )
        log = str(self.folder / "log")
        self._run("pg_ctl", "-D", str(data), "-w", "-l", log, "-o", options, "start")

    def url(self, database: str = "postgres") -> str:
        """SQLAlchemy's address of a database of this server."""
        return f"postgresql+psycopg://{self.user}@/{database}?host={self.folder}"

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", KEEPER, "--", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder)
