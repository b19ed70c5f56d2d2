"""Readings: which of a submitted run the ledger recorded, and whether in time.

The ledger takes a run whole or not at all, and of a run it took, the readings that were not there before: the first
one of an interval stays. So a reading of an event counts if there is none yet, and it is late if its interval was
frozen before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple

from wattcommons.chain.events import Event
from wattcommons.domain.packing import batch_readings
from wattcommons.domain.readings import Quality, Reading
from wattcommons.domain.units import Wh
from wattcommons.services.indexer.projections.values import Handlers, place
from wattcommons.services.store.index_rows import Rows
from wattcommons.services.store.index_tables import conflicts, frozen_intervals, readings, skipped_runs

_MOST_KEPT: Final = 400_000


class Recorded(NamedTuple):
    """A recorded reading, Wh; `late`: after its interval was frozen."""

    production_wh: int
    consumption_wh: int
    quality: int
    late: bool

    @property
    def reading(self) -> Reading:
        """As the domain has it."""
        return Reading(Wh(self.production_wh), Wh(self.consumption_wh), Quality(self.quality))


@dataclass(slots=True)
class _Interval:
    frozen: bool
    found: dict[int, Recorded] = field(default_factory=dict)


class Readings:
    """Projects the MeterLedger. The intervals met last stay in memory, a bounded number of readings."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._kept: dict[int, _Interval] = {}
        self._size = 0

    def handlers(self) -> Handlers:
        """What takes which event."""
        return {
            "MeterLedger.RunsRecorded": self._recorded,
            "MeterLedger.IntervalFrozen": self._frozen,
            "MeterLedger.RunSkipped": self._skipped,
            "MeterLedger.ReadingConflict": self._conflict,
        }

    def of(self, interval: int) -> dict[int, Recorded]:
        """Participant -> reading."""
        return self._interval(interval).found

    def correct(self, participant: int, interval: int, reading: Reading) -> None:
        """Put a corrected reading where another one stands."""
        found = self._interval(interval).found
        late = found[participant].late if participant in found else False
        found[participant] = Recorded(reading.production_wh, reading.consumption_wh, int(reading.quality), late)

    def flushed(self) -> None:
        """Everything is in the store now: what is too much in memory may go, the intervals met first before others."""
        while self._size > _MOST_KEPT and self._kept:
            oldest = next(iter(self._kept))
            self._size -= len(self._kept.pop(oldest).found)

    def _recorded(self, event: Event) -> None:
        new = []
        for participant, index, production, consumption, quality in batch_readings(event.args["runs"]):
            interval = self._interval(index)
            if participant in interval.found:
                continue
            late = interval.frozen
            interval.found[participant] = Recorded(production, consumption, quality, late)
            new.append((index, participant, production, consumption, quality, late, event.timestamp, event.block))
        self._size += len(new)
        self._rows.add_many(readings, new)

    def _frozen(self, event: Event) -> None:
        args = event.args
        self._interval(args["interval"]).frozen = True
        self._rows.put(
            frozen_intervals,
            interval=args["interval"],
            present=args["present"],
            waited=args["waited"],
            at=event.timestamp,
        )

    def _skipped(self, event: Event) -> None:
        args = event.args
        self._rows.add(
            skipped_runs,
            **place(event),
            participant=args["participant"],
            first_interval=args["firstInterval"],
            reason=args["reason"],
            detail=str(args["detail"]),
        )

    def _conflict(self, event: Event) -> None:
        args = event.args
        self._rows.add(
            conflicts,
            **place(event),
            participant=args["participant"],
            interval=args["interval"],
            recorded=str(args["recorded"]),
            given=str(args["given"]),
        )

    def _interval(self, index: int) -> _Interval:
        known = self._kept.get(index)
        if known is None:
            known = _Interval(self._rows.get(frozen_intervals, index) is not None)
            for row in self._rows.select(readings, interval=index):
                known.found[row[1]] = Recorded(row[2], row[3], row[4], bool(row[5]))
            self._kept[index] = known
            self._size += len(known.found)
        return known
