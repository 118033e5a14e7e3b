"""A PostgreSQL server of one's own in a temporary folder, reached by a Unix socket alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Self

import psycopg
from psycopg.sql import SQL, Identifier

from inbox_desktop.relay.migrate import HEAD
from inbox_desktop.relay.tables import Base

_UNSAFE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
}


def _program(name: str) -> str:
    installed = sorted(map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{name}")))
    found = installed[-1] if installed else shutil.which(name)
    if found is None:
        raise RuntimeError("PostgreSQL is missing; `python3 dev.py test` installs it (Debian: postgresql)")
    return found


def _revision(connection: psycopg.Connection) -> str | None:
    """Which tables the relay's migrations have made."""
    if connection.execute("SELECT to_regclass('public.alembic_version')").fetchone() == (None,):
        return None
    found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(found[0]) if found else None


def _empty(connection: psycopg.Connection) -> None:
    """Take all rows out of the relay's tables: of the few that a test makes, quicker than new tables."""
    connection.execute("SET LOCAL session_replication_role = replica")  # in any order
    for table in Base.metadata.tables:
        connection.execute(SQL("DELETE FROM {}").format(Identifier(table)))


class PostgreSql:
    """A running server; `fresh()` and `create()` give empty databases. Started by `with`.

    What it has committed survives a power cut only if it is `durable`, which takes longer.
    """

    def __init__(self, *, durable: bool = False) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="pg"))  # short: a socket's path has 107 letters at most
        self._user = "postgres" if os.name == "posix" and os.geteuid() == 0 else None
        self._count = 0
        self._settings = _SETTINGS if durable else {**_SETTINGS, **_UNSAFE}

    def __enter__(self) -> Self:
        if self._user:  # the server refuses to run as root
            shutil.chown(self._folder, self._user, self._user)
        arguments = ["-D", self._data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "-N"]
        self._run(_program("initdb"), *arguments)
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self) -> None:
        """Start the server, and wait for it."""
        options = " ".join(f"-c {name}='{value}'" for name, value in self._settings.items())
        options += f" -k {self._folder}"
        self._run(_program("pg_ctl"), "-D", self._data, "-w", "-o", options, "-l", self._log, "start")

    def stop(self) -> None:
        """Stop the server; who is connected is cut off."""
        self._run(_program("pg_ctl"), "-D", self._data, "-w", "-m", "immediate", "stop")

    def create(self) -> str:
        """One more empty database; its URL."""
        self._count += 1
        name = f"relay{self._count}"
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self._url(name)

    def fresh(self) -> str:
        """The URL of the first database, emptied: quicker than one more, but one at a time."""
        url = self._url("postgres")
        with psycopg.connect(url) as connection:
            if _revision(connection) == HEAD:
                _empty(connection)
            else:
                connection.execute("DROP SCHEMA public CASCADE")
                connection.execute("CREATE SCHEMA public")
        return url

    def _url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self._folder}"

    @property
    def _data(self) -> str:
        return str(self._folder / "data")

    @property
    def _log(self) -> str:
        return str(self._folder / "log")

    def _run(self, *command: str) -> None:
        subprocess.run(
            command,
            check=True,
            user=self._user,
            group=self._user,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
        )
