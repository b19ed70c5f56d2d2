"""The store of the index and of the API: one database by URL, SQLite or PostgreSQL.

    store = open_store("sqlite:////var/lib/watt/community.db")   # or postgresql://user:password@host/name
    store.migrate()
    with store.read() as connection: ...    # a snapshot: what others commit meanwhile is not seen
    with store.write() as connection: ...   # committed as a whole at the end, or not at all

SQLite keeps a write-ahead log: readers never wait, one writer at a time. A password in the URL is in no message, log or
repr, and no error carries the values of a statement.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Engine, exc, text
from sqlalchemy import Connection as Connection  # for signatures outside of the store

from wattcommons.errors import StoreError
from wattcommons.services.store import postgres, schema, sqlite
from wattcommons.services.store.store_url import parse_url, shown

MIGRATING: Final = 0x57435354
"""PostgreSQL: the advisory lock under which a schema is changed."""


class Store:
    """One database. Any number of threads may read; writers of one process take turns.

    Every use raises StoreFull, StoreDamaged or StoreError. Made by `open_store`.
    """

    def __init__(self, url: URL) -> None:
        self._url = url
        self.shown: Final = shown(url)
        """The URL without its password."""
        self.dialect: Final = url.get_backend_name()
        """`sqlite` or `postgresql`."""
        kind = sqlite if self.dialect == "sqlite" else postgres
        self._kind: Any = kind
        self._readers: Engine = kind.readers(url)
        self._writers: Engine = kind.writers(url)
        self._bulk: Engine = kind.bulk_writers(url)
        self._turn = threading.Lock()
        self._writing = threading.local()

    def __repr__(self) -> str:
        return f"Store({self.shown})"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A read-only connection whose reads all see the same state."""
        with self._mapped(), self._readers.connect() as connection:
            yield connection

    @contextmanager
    def write(self, *, bulk: bool = False) -> Iterator[Connection]:
        """A transaction: kept whole at the end, or, on any error, not at all.

        `bulk`: for what can be derived again. The commit does not wait for the disk then: a power cut may take the
        last of such transactions back, whole ones, in order. Transactions do not nest.
        """
        if getattr(self._writing, "now", False):
            raise StoreError("a transaction was begun inside another", "this is a defect: report it")
        # SQLite's own waiting for its lock is a poll that can starve one of several threads.
        turn = self._turn if self.dialect == "sqlite" else threading.Lock()
        with self._mapped(), turn:
            self._writing.now = True
            try:
                with (self._bulk if bulk else self._writers).begin() as connection:
                    yield connection
            finally:
                self._writing.now = False

    def migrate(self) -> None:
        """Bring the tables to this version of the program; harmless when they are.

        Raises StoreDamaged for a store of a newer version, or of another program; it is not changed then.
        """
        with self.write() as connection:
            if self.dialect == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATING})
            schema.upgrade(connection, self.shown)
            if self.dialect == "sqlite":
                sqlite.mark(connection)

    def require_current(self) -> None:
        """Raises StoreError when the tables are not those of this program: `migrate` makes them so."""
        with self.read() as connection:
            schema.require_current(connection, self.shown)

    def scrub(self) -> None:
        """After an erasure: leave nothing of it in SQLite's log. PostgreSQL's own vacuum does as much in its time."""
        if self.dialect == "sqlite":
            with self._mapped(), self._turn:
                sqlite.scrub(self._writers)

    def close(self) -> None:
        """Close all connections that are not in use. Harmless when done twice."""
        for engine in (self._readers, self._writers, self._bulk):
            engine.dispose()

    @contextmanager
    def _mapped(self) -> Iterator[None]:
        try:
            yield
        except exc.DBAPIError as error:
            raise self._kind.store_error(self._url, error.orig) from error
        except self._kind.ERRORS as error:  # of bulk loading, which speaks to the driver itself
            raise self._kind.store_error(self._url, error) from error
        except exc.TimeoutError as error:
            raise StoreError(f"{self.shown}: too many reads at once", "try again in a moment") from error


def open_store(url: str | Path, *, create: bool = True) -> Store:
    """The store at a URL, or in the SQLite file at a path. Nothing is changed in it.

    `create`: make the file if it is not there, empty. Raises SettingsError for a URL that is none of ours, without
    repeating it; StoreError when there is no such file, server or access; StoreDamaged for another program's file.
    """
    store = Store(parse_url(url))
    if store.dialect == "sqlite":
        sqlite.prepare(Path(str(store._url.database)), create=create)
    try:
        with store.read() as connection:
            if store.dialect == "sqlite":
                sqlite.require_ours(connection, Path(str(store._url.database)))
            else:
                connection.execute(text("SELECT 1"))
    except BaseException:
        store.close()
        raise
    return store
