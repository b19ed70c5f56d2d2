"""A gateway's journal: where each meter stands, and every reading from the moment it is whole until it is final.

One transaction takes a meter from one state to the next together with what came out of it, so that a power cut at any
instruction leaves either both or neither. A reading is there once for each participant and interval; whatever comes
later for the same interval is compared and never written over it.

    queued      whole, and not known to have left
    submitted   signed and handed over; `run_first` is the first interval of the run it was signed in
    final       a final block holds it
    parked      refused for good, or another reading is recorded: the reason is beside it
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from sqlite3 import Connection
from typing import Any, Final

from wattcommons.domain.channels import Channel, MilliWh
from wattcommons.domain.index_meter import Boundary, Gap, IndexSample, IndexState
from wattcommons.domain.power_meter import PowerState
from wattcommons.domain.readings import Quality, Reading
from wattcommons.domain.units import IntervalIndex, ParticipantIndex, Wh
from wattcommons.services.store.database import Database

APPLICATION_ID: Final = 0x57434A4C  # "WCJL"
_NOTICES_KEPT: Final = 1_000
_ANEW: Final = "begin-anew:"

_SCHEMA: Final = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE meter (
    source TEXT NOT NULL, channel TEXT NOT NULL, meter TEXT NOT NULL,
    at INTEGER NOT NULL, shown INTEGER NOT NULL, steady INTEGER, session TEXT NOT NULL, total INTEGER NOT NULL,
    boundary INTEGER, boundary_total INTEGER, boundary_exact INTEGER,
    power_at INTEGER, power_w INTEGER, power_total INTEGER,
    PRIMARY KEY (source, channel)
) STRICT, WITHOUT ROWID;
CREATE TABLE energy (
    participant INTEGER NOT NULL, interval INTEGER NOT NULL, channel TEXT NOT NULL,
    wh INTEGER NOT NULL, exact INTEGER NOT NULL, source TEXT NOT NULL,
    PRIMARY KEY (participant, interval, channel)
) STRICT, WITHOUT ROWID;
CREATE TABLE reading (
    participant INTEGER NOT NULL, interval INTEGER NOT NULL,
    production INTEGER NOT NULL, consumption INTEGER NOT NULL, quality INTEGER NOT NULL,
    formed_at INTEGER NOT NULL, state INTEGER NOT NULL DEFAULT 0,
    run_first INTEGER, key TEXT NOT NULL DEFAULT '', tried TEXT NOT NULL DEFAULT '',
    submitted_at INTEGER, settled_at INTEGER, block INTEGER, reason TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (participant, interval)
) STRICT, WITHOUT ROWID;
CREATE INDEX reading_state ON reading (state, participant, interval);
CREATE TABLE gap (
    id INTEGER PRIMARY KEY, source TEXT NOT NULL, channel TEXT NOT NULL, first INTEGER NOT NULL, end INTEGER NOT NULL,
    wh INTEGER NOT NULL, from_ms INTEGER NOT NULL, to_ms INTEGER NOT NULL, split INTEGER NOT NULL
) STRICT;
CREATE TABLE notice (
    source TEXT NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL,
    count INTEGER NOT NULL, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL,
    PRIMARY KEY (source, kind)
) STRICT, WITHOUT ROWID;
"""


class ReadingState(IntEnum):
    """How far a reading has come."""

    QUEUED = 0
    SUBMITTED = 1
    FINAL = 2
    PARKED = 3


@dataclass(frozen=True, slots=True)
class MeterRecord:
    """Where one channel of one source stands. `meter`: the meter's own number, empty when it says none."""

    source: str
    channel: Channel
    meter: str
    index: IndexState
    power: PowerState | None = None


@dataclass(frozen=True, slots=True)
class EnergyEntry:
    """Energy of one channel in one interval, from a source. `tolerance`: Wh by which a repetition may differ."""

    participant: ParticipantIndex
    interval: IntervalIndex
    channel: Channel
    energy: Wh
    exact: bool
    source: str
    tolerance: int = 0


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person should know. One line a source and kind is kept: the newest text, how often, since when.

    `count`: how often it happened since it was last handed in.
    """

    source: str
    kind: str
    text: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """A notice as kept; times in unix ms."""

    source: str
    kind: str
    text: str
    count: int
    first_at: int
    last_at: int


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """A reading on its way. `key`: address it was signed with; `tried`: addresses the ledger did not take."""

    participant: ParticipantIndex
    interval: IntervalIndex
    reading: Reading
    state: ReadingState
    run_first: IntervalIndex | None
    key: str
    tried: tuple[str, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of energies handed in. `formed`: readings that are whole now."""

    new: int = 0
    known: int = 0
    differing: int = 0
    formed: int = 0


Place = tuple[int, int]
"""(participant, interval)."""


class Journal:
    """One gateway's journal in one file. `channels`: what each participant's reading needs to be whole.

    Safe to use from several threads. Raises StoreFull, StoreDamaged, StoreError; nothing is half written.
    """

    def __init__(self, path: Path, channels: Mapping[int, frozenset[Channel]]) -> None:
        self._database = Database(path, [_SCHEMA], APPLICATION_ID)
        self._channels = channels

    @property
    def database(self) -> Database:
        """The file, for the outbox."""
        return self._database

    def close(self) -> None:
        """Close the file; what was committed is in it."""
        self._database.close()

    def bind(self, community: str) -> str:
        """Tie the journal to a community at its first use; returns the one it is tied to."""
        with self._transaction() as connection:
            connection.execute("INSERT OR IGNORE INTO meta VALUES ('community', ?)", (community,))
            return str(connection.execute("SELECT value FROM meta WHERE key = 'community'").fetchone()[0])

    # --- meters and energies -------------------------------------------------------------------------

    def meters(self) -> list[MeterRecord]:
        """Where every channel of every source stands."""
        with self._transaction() as connection:
            return [_meter(row) for row in connection.execute("SELECT * FROM meter")]

    def keep(
        self,
        at: int,
        meters: Iterable[MeterRecord] = (),
        energies: Iterable[EnergyEntry] = (),
        gaps: Iterable[tuple[str, Channel, Gap]] = (),
        notices: Iterable[Notice] = (),
        forget: Iterable[tuple[str, Channel]] = (),
    ) -> Kept:
        """All of it or nothing, in one transaction. `at`: now, unix ms."""
        counts = {"new": 0, "known": 0, "differing": 0}
        touched: set[Place] = set()
        with self._transaction() as connection:
            for source, channel in forget:
                connection.execute("DELETE FROM meter WHERE source = ? AND channel = ?", (source, channel.value))
            connection.executemany(
                "INSERT OR REPLACE INTO meter VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)", [_columns(one) for one in meters]
            )
            for entry in energies:
                what = self._take(connection, entry)
                counts[what] += 1
                if what == "new":
                    touched.add((entry.participant, entry.interval))
                if what == "differing":
                    self._notice(connection, at, _difference(entry))
            for source, channel, gap in gaps:
                row = (source, channel.value, gap.first, gap.end, gap.energy, gap.from_ms, gap.to_ms, int(gap.split))
                connection.execute(
                    "INSERT INTO gap (source, channel, first, end, wh, from_ms, to_ms, split) VALUES (?,?,?,?,?,?,?,?)",
                    row,
                )
            for notice in notices:
                self._notice(connection, at, notice)
            formed = sum(self._form(connection, at, place) for place in sorted(touched))
        return Kept(**counts, formed=formed)

    def _take(self, connection: Connection, entry: EnergyEntry) -> str:
        place = (entry.participant, entry.interval)
        row = connection.execute(
            "SELECT wh FROM energy WHERE participant = ? AND interval = ? AND channel = ?",
            (*place, entry.channel.value),
        ).fetchone()
        if row is None:
            whole = connection.execute(
                "SELECT consumption, production FROM reading WHERE participant = ? AND interval = ?", place
            ).fetchone()
            if whole is not None:
                row = (whole[0] if entry.channel is Channel.CONSUMPTION else whole[1],)
        if row is not None:
            return "known" if abs(row[0] - entry.energy) <= entry.tolerance else "differing"
        connection.execute(
            "INSERT INTO energy VALUES (?,?,?,?,?,?)",
            (*place, entry.channel.value, entry.energy, int(entry.exact), entry.source),
        )
        return "new"

    def _form(self, connection: Connection, at: int, place: Place) -> bool:
        """A reading of the energies of an interval, once all that the participant needs are there."""
        rows = connection.execute(
            "SELECT channel, wh, exact FROM energy WHERE participant = ? AND interval = ?", place
        ).fetchall()
        energies = {Channel(channel): wh for channel, wh, _ in rows}
        if not self._channels[place[0]] <= energies.keys():
            return False
        quality = Quality.MEASURED if all(exact for _, _, exact in rows) else Quality.ESTIMATED
        connection.execute(
            "INSERT INTO reading (participant, interval, production, consumption, quality, formed_at)"
            " VALUES (?,?,?,?,?,?)",
            (*place, energies.get(Channel.PRODUCTION, 0), energies.get(Channel.CONSUMPTION, 0), int(quality), at),
        )
        connection.execute("DELETE FROM energy WHERE participant = ? AND interval = ?", place)
        return True

    def begin_anew(self, source: str) -> None:
        """Ask that a source's meters be taken as new ones, by whichever program has the journal open."""
        with self._transaction() as connection:
            connection.execute("INSERT OR IGNORE INTO meta VALUES (?, '')", (_ANEW + source,))

    def asked_anew(self) -> list[str]:
        """Sources whose meters are to be taken as new ones; each is told once, its meters being forgotten with it."""
        with self._transaction() as connection:
            keys = connection.execute("SELECT key FROM meta WHERE key GLOB ?", (_ANEW + "*",)).fetchall()
            found = [key.removeprefix(_ANEW) for (key,) in keys]
            connection.executemany("DELETE FROM meter WHERE source = ?", [(source,) for source in found])
            connection.executemany("DELETE FROM meta WHERE key = ?", keys)
        return found

    # --- notices -------------------------------------------------------------------------------------

    def _notice(self, connection: Connection, at: int, notice: Notice) -> None:
        connection.execute(
            "INSERT INTO notice VALUES (?,?,?,?,?,?) ON CONFLICT (source, kind) DO UPDATE"
            " SET text = excluded.text, count = count + excluded.count, last_at = excluded.last_at",
            (notice.source, notice.kind, notice.text, notice.count, at, at),
        )
        connection.execute(
            "DELETE FROM notice WHERE (source, kind) IN"
            " (SELECT source, kind FROM notice ORDER BY last_at DESC LIMIT -1 OFFSET ?)",
            (_NOTICES_KEPT,),
        )

    def notices(self) -> list[NoticeLine]:
        """What was noticed, the newest first."""
        with self._transaction() as connection:
            return [NoticeLine(*row) for row in connection.execute("SELECT * FROM notice ORDER BY last_at DESC")]

    def gaps(self) -> list[tuple[str, Channel, Gap]]:
        """Every gap so far, in order of time."""
        with self._transaction() as connection:
            rows = connection.execute(
                "SELECT source, channel, first, end, wh, from_ms, to_ms, split FROM gap ORDER BY from_ms"
            ).fetchall()
        return [(row[0], Channel(row[1]), _gap(row[2:])) for row in rows]

    def _transaction(self) -> AbstractContextManager[Connection]:
        return self._database.transaction()


def _gap(row: Sequence[Any]) -> Gap:
    first, end, energy, from_ms, to_ms, split = row
    return Gap(IntervalIndex(first), IntervalIndex(end), Wh(energy), from_ms, to_ms, bool(split))


def _meter(row: Sequence[Any]) -> MeterRecord:
    source, channel, meter, at, shown, steady, session, total, boundary, boundary_total, exact, p_at, p_w, p_total = row
    found = None
    if boundary is not None:
        found = Boundary(IntervalIndex(boundary), MilliWh(boundary_total), bool(exact))
    index = IndexState(IndexSample(at, MilliWh(shown), steady, session), MilliWh(total), found)
    power = None if p_at is None else PowerState(p_at, p_w, p_total)
    return MeterRecord(source, Channel(channel), meter, index, power)


def _columns(one: MeterRecord) -> tuple[Any, ...]:
    last, boundary, power = one.index.last, one.index.boundary, one.power
    return (
        *(one.source, one.channel.value, one.meter, last.at, last.index, last.steady, last.session, one.index.total),
        *((boundary.interval, boundary.total, int(boundary.exact)) if boundary else (None, None, None)),
        *((power.at, power.power_w, power.total) if power else (None, None, None)),
    )


def _difference(entry: EnergyEntry) -> Notice:
    return Notice(
        entry.source,
        "differs",
        f"participant {entry.participant}, interval {entry.interval}: {entry.energy} Wh {entry.channel.value} came"
        " after another value, which stays",
    )
