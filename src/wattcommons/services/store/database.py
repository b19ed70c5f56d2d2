"""A SQLite file that keeps what was committed: through a kill, a power cut and a full disk.

Write-ahead log with `synchronous = FULL`: a transaction is on the disk before `transaction()` returns. Whose file it is
and which version of the schema it has stand in its header (`application_id`, `user_version`), so that no program takes
another's file for its own, and no older program one of a newer. See sqlite.org/fileformat2.html, 1.3.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import RLock
from typing import Final

from wattcommons.errors import StoreDamaged, StoreError, StoreFull

_FULL: Final = frozenset({sqlite3.SQLITE_FULL})
_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_MAYBE_FULL: Final = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN})
_LITTLE_BYTES: Final = 1 << 17
"""A disk with less than this free is taken as full when SQLite reports no more than an I/O error."""
_LOG_BYTES: Final = 16 << 20
"""The write-ahead log is cut back to this when it has been copied into the file."""


class Database:
    """One file, one connection, used by one thread at a time: the others wait.

    `migrations`: SQL scripts; the first makes the schema, each further one changes it, and none is ever edited once
    published. Each runs once, in a transaction of its own. `application_id`: 32 bits that mark the program's files.
    `busy_s`: seconds to wait for another process that is writing.

    The file is made with mode 0600, its folder with 0700 where it has to be made; an existing mode is left alone.
    Raises StoreDamaged for a file that is damaged, no database, another program's or of a newer version (it is not
    changed then), StoreFull, and StoreError for anything else, at opening and in every transaction.
    """

    def __init__(self, path: Path, migrations: Sequence[str], application_id: int, *, busy_s: int = 10) -> None:
        self.path = path
        self._lock = RLock()
        self._open_here = False
        try:
            create_file(path)
        except OSError as error:
            raise file_error(path, error) from error
        try:
            # No implicit transactions: they begin and end where `transaction` says so.
            self._connection = sqlite3.connect(path, timeout=busy_s, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise self._mapped(error) from error
        try:
            self._check(len(migrations), application_id)
            self._configure()
            for version, script in enumerate(migrations, 1):
                self._migrate(version, script, application_id)
        except sqlite3.Error as error:
            self._connection.close()
            raise self._mapped(error) from error
        except StoreError:
            self._connection.close()
            raise

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """What is done with the connection inside is committed as a whole at the end, or, on any error, not at all.

        Transactions do not nest. When the commit itself fails for want of the disk, the file may hold the
        transaction all the same: do the same work again, in a way that bears repetition.
        """
        with self._lock:
            if self._open_here:
                raise StoreError(f"{self.path}: a transaction was begun inside another", "this is a defect: report it")
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                self._open_here = True
                yield self._connection
                self._connection.execute("COMMIT")
            except sqlite3.Error as error:
                self._roll_back()
                raise self._mapped(error) from error
            except BaseException:
                self._roll_back()
                raise
            finally:
                self._open_here = False

    def close(self) -> None:
        """Close the file. Harmless when done twice; any transaction after it raises StoreError."""
        with self._lock:
            try:
                self._connection.close()
            except sqlite3.Error as error:
                raise self._mapped(error) from error

    def _check(self, known: int, application_id: int) -> None:
        """That the file is ours, whole, and not newer than this program: before anything is written to it."""
        found, version, objects = self._connection.execute(
            "SELECT application_id, user_version, (SELECT COUNT(*) FROM sqlite_master)"
            " FROM pragma_application_id, pragma_user_version"
        ).fetchone()
        fresh = not (found or version or objects)  # also after a power cut before the first migration
        if found != application_id and not fresh:
            raise StoreDamaged(f"{self.path}: this is a database of another program", "name another file")
        if version > known:
            raise StoreDamaged(
                f"{self.path}: the file has version {version}, this program knows up to {known}",
                "a newer version of the program wrote it: install that one",
            )
        [state] = self._connection.execute("PRAGMA quick_check(1)").fetchone()
        if state != "ok":
            raise damaged(self.path, str(state))

    def _configure(self) -> None:
        [mode] = self._connection.execute("PRAGMA journal_mode = WAL").fetchone()
        if mode != "wal":
            raise StoreError(
                f"{self.path}: the file system bears no write-ahead log", "keep the file on a local disk, not a share"
            )
        for setting in (
            "synchronous = FULL",
            "foreign_keys = ON",
            "trusted_schema = OFF",
            f"journal_size_limit = {_LOG_BYTES}",
        ):
            self._connection.execute(f"PRAGMA {setting}")

    def _migrate(self, version: int, script: str, application_id: int) -> None:
        with self.transaction() as connection:
            # Asked inside the transaction: another process may have opened the new file at the same moment.
            if connection.execute("PRAGMA user_version").fetchone()[0] >= version:
                return
            for statement in _statements(script):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {application_id:d}")
            connection.execute(f"PRAGMA user_version = {version:d}")

    def _roll_back(self) -> None:
        # SQLite has rolled back by itself after some errors. Whatever fails here, an uncommitted transaction is void.
        with suppress(sqlite3.Error):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def _mapped(self, error: sqlite3.Error) -> StoreError:
        return store_error(self.path, error)


def store_error(path: Path, error: sqlite3.Error) -> StoreError:
    """What an error of SQLite means to who keeps the file at `path`."""
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF  # the low byte is the primary code
    if code in _FULL or (code in _MAYBE_FULL and _is_full(path.parent)):
        return StoreFull(f"{path}: the disk is full", "free some space; nothing that was kept is lost")
    if code in _DAMAGED:
        return damaged(path, str(error))
    if code in _BUSY:
        return StoreError(
            f"{path}: another process is writing to it", "wait, or stop the other process that uses the file"
        )
    if code == sqlite3.SQLITE_READONLY:
        return StoreError(f"{path}: the file cannot be written", "give this user write access to its folder")
    if code == sqlite3.SQLITE_CANTOPEN:
        return StoreError(f"{path}: the file cannot be opened", "look at the modes of the file and its folder")
    return StoreError(f"{path}: {error}", "look at the disk and at the system's log")


def file_error(path: Path, error: OSError) -> StoreError:
    """What an error of the system means when the file at `path` could not be made."""
    if _is_full(path.parent):
        return StoreFull(f"{path}: the disk is full", "free some space")
    return StoreError(
        f"{path}: the file cannot be made ({error.strerror})", "give this user write access to its folder"
    )


def damaged(path: Path, how: str) -> StoreDamaged:
    """The file is no whole database."""
    return StoreDamaged(
        f"{path}: the file is damaged ({how})",
        "it is left as it is: keep a copy with its -wal file, and try sqlite3's .recover or another file",
    )


def create_file(path: Path) -> None:
    """Make the file, empty, if it is not there. Not by opening what is there: closing it would drop SQLite's locks."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)  # so that the name survives a power cut, too
    finally:
        os.close(folder)


def _statements(script: str) -> Iterator[str]:
    """The statements of a script one by one: `executescript` would commit before it begins."""
    gathered = ""
    for piece in script.split(";"):
        gathered += piece + ";"
        if sqlite3.complete_statement(gathered):  # a trigger has semicolons inside
            yield gathered
            gathered = ""


def _is_full(folder: Path) -> bool:
    try:
        state = os.statvfs(folder)
    except OSError:
        return False
    return state.f_bavail * state.f_frsize < _LITTLE_BYTES or (state.f_files > 0 and state.f_favail == 0)
