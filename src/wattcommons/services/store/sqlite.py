"""SQLite under a store: connections and their settings, whose file it is, what its errors mean."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from wattcommons.errors import StoreDamaged, StoreError
from wattcommons.services.store import database

APPLICATION_ID: Final = 0x57435358  # "WCSX"
ERRORS: Final = (sqlite3.Error,)
_BUSY_S: Final = 15
_LOG_BYTES: Final = 64 << 20
_READER_SETTINGS: Final = ("query_only = ON", "cache_size = -16000", "mmap_size = 268435456")
_WRITER_SETTINGS: Final = ("synchronous = FULL", "cache_size = -16000", "secure_delete = ON")
"""What is deleted is overwritten: personal data that were erased are not left in free pages."""
_BULK_SETTINGS: Final = ("synchronous = NORMAL", "cache_size = -131072", "wal_autocheckpoint = 8000")


def readers(url: URL) -> Engine:
    """Connections that cannot write; each transaction of one is a snapshot."""
    return _engine(url, _READER_SETTINGS, "BEGIN", pool_size=16, max_overflow=16)


def writers(url: URL) -> Engine:
    """Connections whose commits are on the disk when they return."""
    return _engine(url, _WRITER_SETTINGS, "BEGIN IMMEDIATE", pool_size=1, max_overflow=1)


def bulk_writers(url: URL) -> Engine:
    """Connections whose commits are whole, in order, and on the disk a little later."""
    return _engine(url, _BULK_SETTINGS, "BEGIN IMMEDIATE", pool_size=1, max_overflow=1)


def prepare(path: Path, *, create: bool) -> None:
    """Make the file, mode 0600, if it is not there. Raises StoreError, StoreFull."""
    if not create and not path.exists():
        raise StoreError(f"{path}: there is no such file", "name the store's file, or make one by `watt index run`")
    try:
        database.create_file(path)
    except OSError as error:
        raise database.file_error(path, error) from error


def require_ours(connection: Connection, path: Path) -> None:
    """Raises StoreDamaged for a file of another program; StoreError where no write-ahead log is possible."""
    found, objects = connection.execute(
        text("SELECT application_id, (SELECT COUNT(*) FROM sqlite_master) FROM pragma_application_id")
    ).one()
    if found != APPLICATION_ID and (found or objects):
        raise StoreDamaged(f"{path}: this is a database of another program", "name another file")
    if connection.execute(text("PRAGMA journal_mode")).scalar_one() != "wal":
        raise StoreError(
            f"{path}: the file system bears no write-ahead log", "keep the file on a local disk, not a share"
        )


def mark(connection: Connection) -> None:
    """Write into the file whose it is."""
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID:d}")


def scrub(engine: Engine) -> None:
    """Bring the write-ahead log into the file and empty it, so that it holds nothing that was erased.

    Where somebody reads at this moment, what is left of the log is overwritten as it is used again.
    """
    connection = engine.raw_connection()
    try:
        with suppress(sqlite3.Error):
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def store_error(url: URL, error: BaseException | None) -> StoreError:
    """What an error of the driver means."""
    path = Path(str(url.database))
    if isinstance(error, sqlite3.Error):
        return database.store_error(path, error)
    return StoreError(f"{path}: {type(error).__name__}", "look at the disk and at the system's log")


def _engine(url: URL, settings: tuple[str, ...], begin: str, **pool: int) -> Engine:
    engine = create_engine(
        url, hide_parameters=True, connect_args={"timeout": _BUSY_S, "isolation_level": None}, **pool
    )

    @event.listens_for(engine, "connect")
    def configure(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        cursor: Any = connection.cursor()
        for setting in (
            "journal_mode = WAL",
            "foreign_keys = ON",
            "trusted_schema = OFF",
            "temp_store = MEMORY",
            f"journal_size_limit = {_LOG_BYTES}",
            *settings,
        ):
            cursor.execute(f"PRAGMA {setting}")
        cursor.close()

    # The driver's own implicit transactions are off: they begin here, and a reader's snapshot with its first read.
    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
