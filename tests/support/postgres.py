"""A PostgreSQL server of the tests' own: started on a free port, in a temporary folder, gone afterwards."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.ports import free_port

_PASSWORD = "for-tests"  # noqa: S105
_numbers = itertools.count(1)


class Postgres:
    """A running server; `database()` makes an empty database and gives its URL."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self._folder = folder
        self._programs = programs
        self.port = free_port()

    def start(self) -> None:
        """Make the files of the server and start it."""
        password = self._folder / "password"
        password.write_text(_PASSWORD)
        _give(self._folder, password)
        data = str(self._folder / "data")
        self._run(
            [
                *("initdb", "-D", data, "-U", "watt", "-A", "scram-sha-256", "--pwfile", str(password)),
                *("-N", "-E", "UTF8", "--locale=C"),
            ]
        )
        options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
            " -c fsync=off -c max_connections=60 -c shared_buffers=256MB -c max_wal_size=2GB -c autovacuum=off"
        )
        self._run(["pg_ctl", "-D", data, "-w", "-l", str(self._folder / "log"), "-o", options, "start"])

    def stop(self) -> None:
        """Stop the server at once."""
        self._run(["pg_ctl", "-D", str(self._folder / "data"), "-w", "-m", "immediate", "stop"])

    def database(self) -> str:
        """URL of a new, empty database."""
        from sqlalchemy import create_engine, text  # only who uses the server needs the driver

        name = f"watt_{next(_numbers)}"
        engine = create_engine(self._url("postgres").replace("postgresql:", "postgresql+pg8000:"))
        with engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return self._url(name)

    def _url(self, name: str) -> str:
        return f"postgresql://watt:{_PASSWORD}@127.0.0.1:{self.port}/{name}"

    def _run(self, command: Sequence[str]) -> None:
        as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        done = subprocess.run(
            [*as_user, str(self._programs / command[0]), *command[1:]],
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, f"{command[0]}: {done.stderr}"


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A server for as long as the block lasts. Fails the test, naming the package, where none is installed."""
    folder = Path(tempfile.mkdtemp(prefix="watt-postgres-"))
    server = Postgres(folder, _programs())
    _give(folder)
    try:
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        pytest.fail("PostgreSQL is not installed: apt-get install postgresql (scripts/test.sh does, where it may)")
    return found[-1].parent


def _give(*paths: Path) -> None:
    """The server refuses to run as root: then it runs as its package's user."""
    if os.geteuid() == 0:
        for path in paths:
            shutil.chown(path, "postgres", "postgres")
