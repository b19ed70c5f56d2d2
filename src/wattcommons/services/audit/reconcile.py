"""Recorded readings beside an independent meter: one participant or the sum of several, one direction or both."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from wattcommons.domain.intervals import IntervalLength
from wattcommons.domain.local_time import DEFAULT_ZONE
from wattcommons.domain.readings import Quality, Reading
from wattcommons.domain.reconciliation import Comparison, Day, Rules, Run, Span, compare
from wattcommons.services.audit.recorded import Recorded

NOT_SAID: Final = (
    "which of the two is right: a deviation says that they differ, not who is mistaken",
    "anything of intervals that are absent on either side: absent is not zero",
    "whether each reading is signed and settled as it must be: `watt audit book` does",
)
"""What a reconciliation leaves open."""


class Direction(StrEnum):
    """What is compared; `net` is consumption less production."""

    CONSUMPTION = "consumption"
    PRODUCTION = "production"
    NET = "net"

    def of(self, reading: Reading) -> int:
        """Wh of a reading."""
        if self is Direction.CONSUMPTION:
            return reading.consumption_wh
        return reading.production_wh if self is Direction.PRODUCTION else reading.consumption_wh - reading.production_wh


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose readings stand beside which meter. `participants`: their sum is compared, never empty.

    With several, losses lie between them and the meter: it counts more than consumers together, and less than
    producers together.
    """

    participants: tuple[int, ...]
    meter: str
    direction: Direction

    @property
    def name(self) -> str:
        """As a person reads it."""
        if len(self.participants) == 1:
            return f"participant {self.participants[0]}"
        return f"the sum of {len(self.participants)} participants"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A subject's comparison. `estimated`, `corrected`: of the compared period's recorded readings, those that
    are estimated, and those that the metering operator corrected;
    `absent`: participant -> intervals of the reference that it has no reading of, where there are any.
    """

    subject: Subject
    comparison: Comparison
    estimated: int
    absent: Mapping[int, int]
    corrected: int = 0

    @property
    def agrees(self) -> bool:
        """No day deviates."""
        return self.comparison.agrees

    @property
    def reference_wh(self) -> int:
        """Of the days compared."""
        return sum(day.reference_wh for day in self.comparison.compared)

    @property
    def recorded_wh(self) -> int:
        """Of the days compared."""
        return sum(day.recorded_wh for day in self.comparison.compared)

    def as_dict(self) -> dict[str, Any]:
        """For JSON; energies in Wh."""
        since = self.comparison.since
        return {
            "participants": list(self.subject.participants),
            "meter": self.subject.meter,
            "direction": self.subject.direction.value,
            "agrees": self.agrees,
            "since": since.isoformat() if since else None,
            "days_compared": len(self.comparison.compared),
            "days_without": len(self.comparison.days) - len(self.comparison.compared),
            "reference_wh": self.reference_wh,
            "recorded_wh": self.recorded_wh,
            "estimated_readings": self.estimated,
            "corrected_readings": self.corrected,
            "absent_intervals": {str(one): count for one, count in self.absent.items()},
            "deviations": [_run(run) for run in self.comparison.runs],
            "days": [_day(day) for day in self.comparison.days],
        }


def reconcile(
    recorded: Recorded,
    subject: Subject,
    reference: Sequence[Span],
    length: IntervalLength,
    rules: Rules,
    zone: str = DEFAULT_ZONE,
) -> Outcome:
    """Compares. An interval of several participants counts where each of them has a reading.

    Raises RuleError for a reference that overlaps itself or fits no interval.
    """
    covered = {
        interval
        for span in reference
        for interval in range(span.start // length.seconds, -(-span.end // length.seconds))
    }
    mine = {one: recorded.get(one, {}) for one in subject.participants}
    complete = covered.intersection(*(readings.keys() for readings in mine.values()))
    energies = {
        interval: sum(subject.direction.of(readings[interval]) for readings in mine.values()) for interval in complete
    }
    absent = {one: len(covered) - len(covered & readings.keys()) for one, readings in mine.items()}
    qualities = Counter(readings[interval].quality for readings in mine.values() for interval in complete)
    signed = subject.direction is Direction.NET
    found = compare(reference, energies, length, _sided(rules, subject.direction), zone, signed=signed)
    lacking = {one: count for one, count in absent.items() if count}
    return Outcome(subject, found, qualities[Quality.ESTIMATED], lacking, qualities[Quality.CORRECTED])


def net_spans(consumption: Iterable[Span], production: Iterable[Span]) -> list[Span]:
    """A meter's both directions as one: where it has both, by times that are the same in both."""
    back = {(span.start, span.end): span.energy for span in production}
    return [
        Span(span.start, span.end, span.energy - back[span.start, span.end], span.energy + back[span.start, span.end])
        for span in consumption
        if (span.start, span.end) in back
    ]


def by_meter(rows: Iterable[tuple[str, Direction, Span]]) -> dict[str, dict[Direction, list[Span]]]:
    """Meter -> direction -> its spans in order of time."""
    found: dict[str, dict[Direction, list[Span]]] = defaultdict(lambda: defaultdict(list))
    for meter, direction, span in rows:
        found[meter][direction].append(span)
    return {
        meter: {one: sorted(spans) for one, spans in directions.items()} for meter, directions in sorted(found.items())
    }


def _sided(rules: Rules, direction: Direction) -> Rules:
    """Losses lie before the consumers and behind the producers: for these the meter counts less."""
    if direction is not Direction.PRODUCTION:
        return rules
    return Rules(rules.tolerance_wh, rules.tolerance, -rules.most_loss, -rules.least_loss, rules.lasting_days)


def _run(run: Run) -> dict[str, Any]:
    return {
        "since": run.first.isoformat(),
        "last_day": run.last.isoformat(),
        "days": run.days,
        "deviation_wh": run.deviation_wh,
        "lasting": run.lasting,
        "goes_on": run.goes_on,
    }


def _day(day: Day) -> dict[str, Any]:
    return {
        "day": day.day.isoformat(),
        "spans": day.spans,
        "incomplete": day.incomplete,
        "reference_wh": day.reference_wh,
        "recorded_wh": day.recorded_wh,
        "deviation_wh": day.deviation_wh,
    }
