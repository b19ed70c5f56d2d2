"""A relay's queue: signed runs from the moment they were taken until long after they are final.

A run is known by the hash of its bytes, so handing it in again finds the same entry. What is unfinished is bounded, for
each participant and in all, and so is what is remembered of finished runs, whose bytes are dropped: a gateway gone mad
fills neither the disk nor its neighbours' places.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from wattcommons.domain.packing import SignedRun, decode_batch, encode_batch
from wattcommons.services.store.database import Database

APPLICATION_ID: Final = 0x57435251  # "WCRQ"

_SCHEMA: Final = """
CREATE TABLE run (
    key BLOB PRIMARY KEY, participant INTEGER NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL,
    bytes BLOB NOT NULL, received_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
    fate TEXT NOT NULL, done INTEGER NOT NULL DEFAULT 0, block INTEGER NOT NULL DEFAULT 0,
    reason INTEGER NOT NULL DEFAULT 0, detail TEXT NOT NULL DEFAULT '0', conflicts TEXT NOT NULL DEFAULT '[]'
) STRICT;
CREATE INDEX run_open ON run (done, received_at);
CREATE INDEX run_participant ON run (participant, done, updated_at);
CREATE INDEX run_fate ON run (fate);
"""


@dataclass(frozen=True, slots=True)
class QueuedRun:
    """An entry. `fate`: a word the service gives; `done`: it will not change any more. Times in unix ms."""

    signed: SignedRun
    fate: str
    done: bool = False
    block: int = 0
    reason: int = 0
    detail: int = 0
    conflicts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """Runs by fate; `open`: those not done; `oldest`: when the oldest of them was received, unix ms."""

    by_fate: dict[str, int]
    open: int
    oldest: int | None


def run_key(signed: SignedRun) -> bytes:
    """By what a run is known here: the hash of its bytes, signature included."""
    return sha256(encode_batch([signed])).digest()


class RunQueue:
    """The queue in one file. `most_each`, `most`: unfinished runs of one participant, and in all. `kept_each`: finished
    ones of a participant that `purge` leaves. Thread-safe.

    Raises StoreFull, StoreDamaged, StoreError.
    """

    def __init__(self, path: Path, *, most_each: int = 2_000, most: int = 200_000, kept_each: int = 10_000) -> None:
        self._database = Database(path, [_SCHEMA], APPLICATION_ID)
        self._most_each, self._most, self._kept_each = most_each, most, kept_each

    def close(self) -> None:
        """Close the file; what was committed is in it."""
        self._database.close()

    def find(self, runs: Sequence[SignedRun]) -> list[QueuedRun | None]:
        """The entry of each run, None where there is none."""
        with self._database.transaction() as connection:
            rows = [connection.execute(_FIND, (run_key(one),)).fetchone() for one in runs]
        return [None if row is None else _entry(signed, row) for signed, row in zip(runs, rows, strict=True)]

    def add(self, runs: Sequence[SignedRun], fate: str, at: int) -> list[bool]:
        """Take runs in, all in one transaction; False where there is no room. Known ones stay as they are."""
        added = []
        with self._database.transaction() as connection:
            [(total,)] = connection.execute("SELECT COUNT(*) FROM run WHERE done = 0")
            for signed in runs:
                run, key = signed.run, run_key(signed)
                known = connection.execute("SELECT 1 FROM run WHERE key = ?", (key,)).fetchone()
                [(own,)] = connection.execute(
                    "SELECT COUNT(*) FROM run WHERE participant = ? AND done = 0", (run.participant,)
                )
                if known is None and (own >= self._most_each or total >= self._most):
                    added.append(False)
                    continue
                if known is None:
                    place = (key, run.participant, run.first, len(run.readings), encode_batch([signed]))
                    connection.execute(
                        "INSERT INTO run (key, participant, first, count, bytes, received_at, updated_at, fate)"
                        " VALUES (?,?,?,?,?,?,?,?)",
                        (*place, at, at, fate),
                    )
                    total += 1
                added.append(True)
        return added

    def due(self, limit: int, skip: int = 0) -> list[QueuedRun]:
        """Unfinished runs, some of every participant before more of any, the oldest first; after the first `skip`."""
        with self._database.transaction() as connection:
            rows = connection.execute(_DUE, (limit, skip)).fetchall()
        return [_entry(signed, row[1:]) for row in rows for signed in decode_batch(row[0])]

    def settle(self, entries: Sequence[QueuedRun], at: int) -> None:
        """Write down what became of runs, all in one transaction."""
        with self._database.transaction() as connection:
            connection.executemany(
                "UPDATE run SET fate = ?, done = ?, block = ?, reason = ?, detail = ?, conflicts = ?, updated_at = ?,"
                " bytes = CASE WHEN ? THEN x'' ELSE bytes END WHERE key = ?",
                [
                    (
                        *(one.fate, int(one.done), one.block, one.reason, str(one.detail)),
                        *(json.dumps(one.conflicts), at, int(one.done), run_key(one.signed)),
                    )
                    for one in entries
                ],
            )

    def counts(self) -> QueueCounts:
        """How many runs are where."""
        with self._database.transaction() as connection:
            by_fate = dict(connection.execute("SELECT fate, COUNT(*) FROM run GROUP BY fate").fetchall())
            [(open_, oldest)] = connection.execute("SELECT COUNT(*), MIN(received_at) FROM run WHERE done = 0")
        return QueueCounts(by_fate, open_, oldest)

    def purge(self, before: int) -> int:
        """Forget runs that were done before `before` (unix ms), and the oldest beyond the bound; how many.

        Nothing is lost by it: a run that is handed in again is looked up in the ledger once more.
        """
        with self._database.transaction() as connection:
            old = connection.execute("DELETE FROM run WHERE done = 1 AND updated_at < ?", (before,)).rowcount
            return old + connection.execute(_PURGE, (self._kept_each,)).rowcount


_COLUMNS: Final = "fate, done, block, reason, detail, conflicts"
_FIND: Final = f"SELECT {_COLUMNS} FROM run WHERE key = ?"  # noqa: S608
_DUE: Final = (
    f"SELECT bytes, {_COLUMNS} FROM"  # noqa: S608
    " (SELECT *, ROW_NUMBER() OVER (PARTITION BY participant ORDER BY received_at, first) AS turn"
    " FROM run WHERE done = 0) ORDER BY turn, received_at, participant LIMIT ? OFFSET ?"
)
_PURGE: Final = (
    "DELETE FROM run WHERE key IN (SELECT key FROM"
    " (SELECT key, ROW_NUMBER() OVER (PARTITION BY participant ORDER BY updated_at DESC) AS age"
    " FROM run WHERE done = 1) WHERE age > ?)"
)


def _entry(signed: SignedRun, row: Sequence[Any]) -> QueuedRun:
    fate, done, block, reason, detail, conflicts = row
    return QueuedRun(signed, fate, bool(done), block, reason, int(detail), tuple(json.loads(conflicts)))
