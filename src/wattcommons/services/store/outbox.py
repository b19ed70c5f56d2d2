"""The way of whole readings out of a gateway: what is due, what was handed over, what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from sqlite3 import Connection
from typing import Any

from wattcommons.domain.readings import Quality, Reading
from wattcommons.domain.units import IntervalIndex, ParticipantIndex, Wh
from wattcommons.services.store.database import Database
from wattcommons.services.store.journal import Place, ReadingRow, ReadingState


@dataclass(frozen=True, slots=True)
class OutboxCounts:
    """Readings by state; `oldest`: when the oldest that is not final or parked was formed, unix ms, None for none."""

    queued: int = 0
    submitted: int = 0
    final: int = 0
    parked: int = 0
    oldest: int | None = None


class Outbox:
    """The readings of a journal's file, seen from their way out. Safe to use from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, limit: int) -> list[ReadingRow]:
        """Readings that are neither final nor parked, those of a run together, oldest intervals first."""
        with self._database.transaction() as connection:
            rows = connection.execute(
                _SELECT + " WHERE state IN (0, 1) ORDER BY interval, participant LIMIT ?", (limit,)
            ).fetchall()
            runs = sorted({(row[0], row[6]) for row in rows if row[6] is not None})
            # A run is carried whole or not at all: fetch what the limit cut off.
            for participant, first in runs:
                rows += connection.execute(
                    _SELECT + " WHERE participant = ? AND run_first = ? AND state = 1", (participant, first)
                ).fetchall()
        unique = {(row[0], row[1]): row for row in rows}
        return [_row(unique[place]) for place in sorted(unique)]

    def parked(self, limit: int) -> list[ReadingRow]:
        """Readings that will not go out, the newest first."""
        with self._database.transaction() as connection:
            rows = connection.execute(_SELECT + " WHERE state = 3 ORDER BY interval DESC LIMIT ?", (limit,)).fetchall()
        return [_row(row) for row in rows]

    def submit(self, runs: Iterable[tuple[Sequence[Place], str]], at: int) -> None:
        """Mark runs as signed with a key and handed over, before they are: (places in order, address)."""
        with self._database.transaction() as connection:
            for places, key in runs:
                connection.executemany(
                    "UPDATE reading SET state = 1, run_first = ?, key = ?, submitted_at = ?"
                    " WHERE participant = ? AND interval = ? AND state IN (0, 1)",
                    [(places[0][1], key, at, *place) for place in places],
                )

    def settle(self, changes: Sequence[Settled], at: int) -> None:
        """Write down what became of readings, all in one transaction."""
        with self._database.transaction() as connection:
            for change in changes:
                self._settle(connection, change, at)

    def _settle(self, connection: Connection, change: Settled, at: int) -> None:
        where = "WHERE participant = ? AND interval = ? AND state IN (0, 1)"
        if change.state is ReadingState.QUEUED:
            connection.executemany(
                f"UPDATE reading SET state = 0, run_first = ?, key = '', tried = ? {where}",  # noqa: S608
                [(place[1] if change.alone else None, " ".join(change.tried), *place) for place in change.places],
            )
            return
        connection.executemany(
            f"UPDATE reading SET state = ?, block = ?, reason = ?, settled_at = ? {where}",  # noqa: S608
            [(int(change.state), change.block, change.reason, at, *place) for place in change.places],
        )

    def release(self) -> int:
        """Queue everything parked again, as if it had never been tried; how many."""
        with self._database.transaction() as connection:
            return connection.execute(
                "UPDATE reading SET state = 0, run_first = NULL, key = '', tried = '', reason = '', settled_at = NULL"
                " WHERE state = 3"
            ).rowcount

    def taken_keys(self) -> dict[int, str]:
        """Participant -> address of the key that signed its newest final reading."""
        with self._database.transaction() as connection:
            rows = connection.execute(
                "SELECT participant, key, MAX(interval) FROM reading WHERE state = 2 AND key <> '' GROUP BY participant"
            ).fetchall()
        return {row[0]: row[1] for row in rows}

    def counts(self) -> OutboxCounts:
        """How many readings are where."""
        with self._database.transaction() as connection:
            found = dict(connection.execute("SELECT state, COUNT(*) FROM reading GROUP BY state").fetchall())
            oldest = connection.execute("SELECT MIN(formed_at) FROM reading WHERE state IN (0, 1)").fetchone()[0]
        queued, submitted, final, parked = (found.get(int(state), 0) for state in ReadingState)
        return OutboxCounts(queued, submitted, final, parked, oldest)

    def last_intervals(self) -> dict[int, int]:
        """Participant -> its newest interval with a reading."""
        with self._database.transaction() as connection:
            return dict(
                connection.execute("SELECT participant, MAX(interval) FROM reading GROUP BY participant").fetchall()
            )

    def purge(self, before: int) -> int:
        """Forget final readings settled before `before` (unix ms), but each participant's newest; how many."""
        with self._database.transaction() as connection:
            return connection.execute(
                "DELETE FROM reading WHERE state = 2 AND settled_at < ? AND interval <"
                " (SELECT MAX(interval) FROM reading AS newest WHERE newest.participant = reading.participant"
                " AND newest.state = 2)",
                (before,),
            ).rowcount


@dataclass(frozen=True, slots=True)
class Settled:
    """A change of readings' state.

    QUEUED: to be signed again, with none of the keys in `tried`; `alone`: each in a run of its own. FINAL: in `block`.
    PARKED: for `reason`.
    """

    places: tuple[Place, ...]
    state: ReadingState
    block: int = 0
    reason: str = ""
    tried: tuple[str, ...] = ()
    alone: bool = False


_SELECT = (
    "SELECT participant, interval, production, consumption, quality, state, run_first, key, tried, reason FROM reading"
)


def _row(row: Sequence[Any]) -> ReadingRow:
    participant, interval, production, consumption, quality, state, run_first, key, tried, reason = row
    return ReadingRow(
        ParticipantIndex(participant),
        IntervalIndex(interval),
        Reading(Wh(production), Wh(consumption), Quality(quality)),
        ReadingState(state),
        None if run_first is None else IntervalIndex(run_first),
        key,
        tuple(tried.split()),
        reason,
    )
