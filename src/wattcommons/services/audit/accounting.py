"""A complete book: each recorded Wh in one line and in one only, and the energy of each day.

Production: in a certificate (own use, sold, minted), or the one reason why it is in none. Consumption: own use, bought
from neighbours, from the grid. On either side, what is not settled yet. The sum of the lines is what was recorded, and
where a reading was corrected, what stands there now: what a certificate or a trade had more, before, is taken off in
lines of its own, so that what was issued and traded stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from wattcommons.domain.devices import NotIssuable
from wattcommons.domain.guarantees import certificate_id
from wattcommons.domain.intervals import start_unix
from wattcommons.domain.settlement import Legs, settle_late
from wattcommons.domain.units import DeviceIndex, IntervalIndex, ParticipantIndex
from wattcommons.services.audit import checks
from wattcommons.services.audit.clearings import Clearings
from wattcommons.services.audit.corrections import Corrections
from wattcommons.services.audit.issues import Issues
from wattcommons.services.audit.readings import Readings, Recorded
from wattcommons.services.audit.report import Day, Findings, Line
from wattcommons.services.audit.state import State
from wattcommons.services.audit.world import World

DAY_S: Final = 86_400
PRODUCED: Final = "produced"
CONSUMED: Final = "consumed"
OWN_USE: Final = "certificate: own use, cancelled at issue"
SOLD: Final = "certificate: sold to neighbours, cancelled at issue"
MINTED: Final = "certificate: to the grid, minted to the producer"
MORE: Final = "certificate: issued to the producer by a correction"
TAKEN: Final = "less: withdrawn from certificates by corrections"
OWED: Final = "less: corrected away after it was given away, owed by the device"
ESTIMATED: Final = "no certificate: the reading is estimated"
NOT_ISSUED: Final = "no certificate, though one is due"
USED: Final = "own use"
BOUGHT: Final = "bought from neighbours"
GRID: Final = "from the grid"
UNUSED: Final = "less: traded beyond the corrected reading"
OPEN: Final = "not settled yet"
LATE: Final = "came late, not settled yet"
REFUSED: Final = {reason: f"no certificate: {reason.value}" for reason in NotIssuable}
LINES: Final = {
    PRODUCED: (OWN_USE, SOLD, MINTED, MORE, TAKEN, OWED, *REFUSED.values(), ESTIMATED, OPEN, LATE, NOT_ISSUED),
    CONSUMED: (USED, BOUGHT, GRID, UNUSED, OPEN, LATE),
}
"""Side -> its lines, in order."""


@dataclass(slots=True)
class _Sum:
    wh: int = 0
    readings: int = 0


class Accounting:
    """Adds up a book of intervals [first, end); everything outside is checked as well, and not added."""

    def __init__(
        self,
        world: World,
        readings: Readings,
        clearings: Clearings,
        issues: Issues,
        corrections: Corrections,
        state: State,
    ) -> None:
        self._world = world
        self._readings = readings
        self._clearings = clearings
        self._issues = issues
        self._corrections = corrections
        self._state = state
        self._sums = {(side, name): _Sum() for side, names in LINES.items() for name in names}
        self._days: dict[int, Day] = {}
        self._used: set[int] = set()

    def add_up(self, findings: Findings, first: int, end: int) -> tuple[tuple[Line, ...], tuple[Day, ...]]:
        """The lines that hold anything, and the days (UTC) that have a reading."""
        for interval, found in self._readings.intervals():
            legs = dict(self._settled(interval))
            for participant, recorded in found.items():
                findings.count(checks.ACCOUNTED)
                late = self._late_legs(participant, interval, recorded)
                parts = self._parts(participant, interval, recorded, late or legs.get(participant))
                self._check(findings, participant, interval, recorded, parts)
                if first <= interval < end:
                    self._add(interval, recorded, parts, late or legs.get(participant))
        for number in self._issues.issued.keys() - self._used:
            event = self._issues.issued[number]
            entry = f"certificate {number}"
            findings.broken(checks.ACCOUNTED, entry, "recorded production behind it", "none", event=event)
        for interval, cleared in self._clearings.known.items():
            day = self._days.get(start_unix(interval, self._world.length) // DAY_S)
            clearing = cleared.settlement.clearing
            if day is not None and first <= interval < end:
                day.intervals += 1
                if clearing.price is not None:
                    day.prices += 1
                    day.price_sum += clearing.price
                    day.traded_neur += clearing.price * clearing.matched_wh
        lines = tuple(
            Line(side, name, one.wh, one.readings) for (side, name), one in self._sums.items() if one.readings
        )
        produced, consumed = (sum(one.wh for one in lines if one.side == side) for side in LINES)
        findings.note(checks.ACCOUNTED, f"{produced:,} Wh produced, {consumed:,} Wh consumed")
        return lines, tuple(self._days[day] for day in sorted(self._days))

    def _settled(self, interval: int) -> Iterator[tuple[int, Legs]]:
        """The legs of an interval that are settled by now."""
        cleared = self._clearings.known.get(interval)
        if cleared is None:
            return
        cursor = None
        if not cleared.settled:
            cursor = self._state.progress(interval, cleared.event.args["lo"], cleared.event.args["hi"])
        for legs in cleared.settlement.legs:
            if cursor is None or legs.participant <= cursor:
                yield legs.participant, legs

    def _late_legs(self, participant: int, interval: int, recorded: Recorded) -> Legs | None:
        if (participant, interval) not in self._clearings.late_settled:
            return None
        return settle_late(ParticipantIndex(participant), recorded.reading, self._world.tariff(interval))

    def _parts(
        self, participant: int, interval: int, recorded: Recorded, legs: Legs | None
    ) -> list[tuple[str, str, int]]:
        """(side, line, Wh) of a reading."""
        reading = recorded.reading
        if legs is None:
            waiting = LATE if recorded.late else OPEN
            return [(PRODUCED, waiting, reading.production_wh), (CONSUMED, waiting, reading.consumption_wh)]
        traded = int(legs.sold_wh) - int(legs.bought_wh)
        surplus, need = reading.production_wh - reading.own_use_wh, reading.consumption_wh - reading.own_use_wh
        consumed = [
            (CONSUMED, USED, int(reading.own_use_wh)),
            (CONSUMED, BOUGHT, int(legs.bought_wh)),
            (CONSUMED, GRID, max(traded - reading.net_wh, 0)),
            (CONSUMED, UNUSED, -max(legs.sold_wh - surplus, 0) - max(legs.bought_wh - need, 0)),
        ]
        return [*self._produced(participant, interval, recorded), *consumed]

    def _produced(self, participant: int, interval: int, recorded: Recorded) -> list[tuple[str, str, int]]:
        production = int(recorded.reading.production_wh)
        device = self._world.devices.of(participant, interval)
        issued = None
        if device is not None:
            number = certificate_id(DeviceIndex(device.index), IntervalIndex(interval))
            issued = self._issues.issued.get(number)
            if issued is not None:
                self._used.add(number)
                parts = ((OWN_USE, "ownUseWh"), (SOLD, "soldWh"), (MINTED, "mintedWh"))
                at_issue = [(PRODUCED, line, int(issued.args[name])) for line, name in parts]
                since = self._corrections.followed[number]
                less = [(PRODUCED, TAKEN, -since.withdrawn), (PRODUCED, OWED, -since.owed)]
                return [*at_issue, (PRODUCED, MORE, since.more), *less]
        if not production:
            return []
        refusal = self._world.devices.refusal(device, interval)
        if refusal is not None:
            return [(PRODUCED, REFUSED[refusal], production)]
        if not recorded.reading.earns_certificates:
            return [(PRODUCED, ESTIMATED, production)]
        return [(PRODUCED, NOT_ISSUED, production)]

    def _check(
        self,
        findings: Findings,
        participant: int,
        interval: int,
        recorded: Recorded,
        parts: list[tuple[str, str, int]],
    ) -> None:
        reading, tx = recorded.reading, recorded.origin.tx
        for side, wh in ((PRODUCED, reading.production_wh), (CONSUMED, reading.consumption_wh)):
            told = sum(part for where, _, part in parts if where == side)
            entry = f"Wh {side} by participant {participant} in interval {interval}"
            findings.equal(checks.ACCOUNTED, entry, int(wh), told, tx=tx, interval=interval)
            if any(name == NOT_ISSUED for _, name, _ in parts) and side == PRODUCED:
                findings.broken(checks.ACCOUNTED, entry, "a certificate", "none", tx=tx, interval=interval)

    def _add(self, interval: int, recorded: Recorded, parts: list[tuple[str, str, int]], legs: Legs | None) -> None:
        for side, name, wh in parts:
            if wh:
                one = self._sums[side, name]
                one.wh += wh
                one.readings += 1
        number = start_unix(interval, self._world.length) // DAY_S
        day = self._days.get(number)
        if day is None:
            day = self._days[number] = Day(number * DAY_S)
        day.readings += 1
        day.production_wh += recorded.reading.production_wh
        day.consumption_wh += recorded.reading.consumption_wh
        if legs is not None:
            day.own_use_wh += recorded.reading.own_use_wh
            day.bought_wh += legs.bought_wh
