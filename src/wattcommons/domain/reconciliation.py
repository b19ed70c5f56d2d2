"""Recorded readings against an independent meter or file: by how much they deviate, on which days, since when.

Energy is compared over what both sides know. A span of the file (a half-hour, an hour, a day between two indexes)
counts where every interval of it is recorded; absent is not zero. Spans are added up to local days, by where they
begin. A day agrees when

    lowest - tolerance <= recorded <= highest + tolerance

where highest and lowest are the reference less the least and the most loss allowed between the two meters (0 between
two readings of one meter), and the tolerance is the larger of a fixed energy and a share of the reference. What lies
outside is the deviation: above zero where too much is recorded, below where too little.

A span of which some intervals are absent says only one thing, and only of energies that cannot be negative: what is
recorded of it must not pass the whole. Whatever does is counted to the day's deviation.

Since when: deviating days of one sign that follow one another make a run; days without anything to compare neither
break it nor count. Its first day is the answer. A run of `lasting_days` or more is lasting, a shorter one occasional.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from wattcommons.domain.channels import MWH_A_WH
from wattcommons.domain.intervals import IntervalLength
from wattcommons.domain.local_time import DEFAULT_ZONE, checked_zone
from wattcommons.errors import RuleError

WHOLE: Final = 10_000
"""Hundredths of a percent in a whole."""


class Span(NamedTuple):
    """What a reference says of [start, end), Unix seconds: energy in mWh, below zero where more flowed back.

    `flow`: both directions together, mWh: what losses are a share of; the energy itself in one direction.
    """

    start: int
    end: int
    energy: int
    flow: int


@dataclass(frozen=True, slots=True)
class Rules:
    """How much may differ: the larger of `tolerance_wh` a day and `tolerance` (hundredths of a percent), beyond losses
    from `least_loss` to `most_loss` (hundredths of a percent of what flowed; above zero where the reference counts
    more). Raises RuleError for impossible ones.
    """

    tolerance_wh: int = 30
    tolerance: int = 50
    least_loss: int = 0
    most_loss: int = 0
    lasting_days: int = 3

    def __post_init__(self) -> None:
        if self.tolerance_wh < 0 or not 0 <= self.tolerance <= WHOLE:
            raise RuleError("a tolerance is below 0, or above 100 %", "give one between")
        if not -WHOLE <= self.least_loss <= self.most_loss <= WHOLE:
            raise RuleError("the losses are no band of percentages", "give the lower one first, like 1..4")
        if self.lasting_days < 1:
            raise RuleError("a deviation lasts at least one day", "give 1 or more")


@dataclass(frozen=True, slots=True)
class Day:
    """A local day's comparison, Wh rounded towards zero. `spans` were compared, `incomplete` ones were not wholly
    recorded. `deviation_wh`: how far outside of what is allowed, 0 inside.
    """

    day: date
    spans: int
    incomplete: int
    reference_wh: int
    recorded_wh: int
    deviation_wh: int

    @property
    def compared(self) -> bool:
        """Whether there was anything to compare, or a deviation shows all the same."""
        return self.spans > 0 or self.deviation_wh != 0


@dataclass(frozen=True, slots=True)
class Run:
    """Deviating days of one sign in a row. `goes_on`: the last day compared is one of them."""

    first: date
    last: date
    days: int
    deviation_wh: int
    lasting: bool
    goes_on: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """Days in order of time, and their runs."""

    days: tuple[Day, ...]
    runs: tuple[Run, ...]

    @property
    def compared(self) -> tuple[Day, ...]:
        """The days on which there was something to compare."""
        return tuple(day for day in self.days if day.compared)

    @property
    def agrees(self) -> bool:
        """No day deviates."""
        return not self.runs

    @property
    def since(self) -> date | None:
        """First day of the newest lasting run; of the newest run where none lasts; None where all days agree."""
        runs = [run for run in self.runs if run.lasting] or self.runs
        return runs[-1].first if runs else None


@dataclass(slots=True)
class _Sum:
    """A day so far, mWh."""

    spans: int = 0
    incomplete: int = 0
    reference: int = 0
    flow: int = 0
    recorded: int = 0
    excess: int = 0


def compare(
    reference: Iterable[Span],
    recorded: Mapping[int, int],
    length: IntervalLength,
    rules: Rules,
    zone: str = DEFAULT_ZONE,
    *,
    signed: bool = False,
) -> Comparison:
    """`recorded`: Wh by interval, without those that are absent; `signed`: energies may be below zero.

    Raises RuleError for spans that overlap, are off the grid of intervals, or for an unknown zone.
    """
    where = ZoneInfo(checked_zone(zone))
    sums: dict[date, _Sum] = defaultdict(_Sum)
    for span in on_grid(reference, length):
        here = sums[datetime.fromtimestamp(span.start, UTC).astimezone(where).date()]
        intervals = range(span.start // length.seconds, span.end // length.seconds)
        known = [recorded[one] for one in intervals if one in recorded]
        energy = sum(known) * MWH_A_WH
        if len(known) == len(intervals):
            here.spans += 1
            here.reference += span.energy
            here.flow += span.flow
            here.recorded += energy
            continue
        here.incomplete += 1
        if not signed:
            here.excess += max(0, energy - _highest(span.energy, span.flow, rules) - _tolerance(span.flow, rules))
    days = tuple(_day(day, one, rules) for day, one in sorted(sums.items()))
    return Comparison(days, tuple(_runs(days, rules)))


def on_grid(spans: Iterable[Span], length: IntervalLength) -> Iterator[Span]:
    """Spans of whole intervals, in order of time: finer ones are added up where an interval has all of them, and left
    out where one is missing. Raises RuleError for overlaps and for spans that no interval's boundary fits.
    """
    part: Span | None = None
    last_end: int | None = None
    for span in sorted(spans):
        if span.end <= span.start or (last_end is not None and span.start < last_end):
            raise RuleError(f"two spans overlap at second {span.start}", "keep one value for each time")
        last_end = span.end
        first, end = span.start // length.seconds, -(-span.end // length.seconds)
        if span.start % length.seconds == 0 and span.end % length.seconds == 0:
            part = None
            yield span
            continue
        if end - first > 1:
            raise RuleError(
                f"a span of {span.end - span.start} s from second {span.start} crosses an interval's boundary",
                f"bring steps that fit {length.minutes} min",
            )
        if span.start % length.seconds == 0:
            part = span
        elif part is not None and part.end == span.start:
            part = Span(part.start, span.end, part.energy + span.energy, part.flow + span.flow)
            if part.end % length.seconds == 0:
                yield part
                part = None
        else:
            part = None


def _day(day: date, one: _Sum, rules: Rules) -> Day:
    tolerance = _tolerance(one.flow, rules) if one.spans else 0
    highest = _highest(one.reference, one.flow, rules) + tolerance
    lowest = one.reference - one.flow * rules.most_loss // WHOLE - tolerance
    outside = max(0, one.recorded - highest) - max(0, lowest - one.recorded)
    return Day(
        day,
        one.spans,
        one.incomplete,
        _wh(one.reference),
        _wh(one.recorded),
        _wh(outside + one.excess),
    )


def _highest(energy: int, flow: int, rules: Rules) -> int:
    return energy - flow * rules.least_loss // WHOLE


def _tolerance(flow: int, rules: Rules) -> int:
    return max(rules.tolerance_wh * MWH_A_WH, flow * rules.tolerance // WHOLE)


def _wh(energy: int) -> int:
    """mWh as Wh, towards zero."""
    return energy // MWH_A_WH if energy >= 0 else -(-energy // MWH_A_WH)


@dataclass(slots=True)
class _Open:
    """A run so far."""

    days: list[Day] = field(default_factory=list)

    def closed(self, rules: Rules, *, goes_on: bool) -> Run:
        deviation = sum(day.deviation_wh for day in self.days)
        count = len(self.days)
        return Run(self.days[0].day, self.days[-1].day, count, deviation, count >= rules.lasting_days, goes_on)


def _runs(days: Sequence[Day], rules: Rules) -> Iterator[Run]:
    here = _Open()
    for day in days:
        if not day.compared:
            continue
        if here.days and (day.deviation_wh == 0 or (day.deviation_wh > 0) != (here.days[0].deviation_wh > 0)):
            yield here.closed(rules, goes_on=False)
            here = _Open()
        if day.deviation_wh:
            here.days.append(day)
    if here.days:
        yield here.closed(rules, goes_on=True)
