"""Intervals of the community: index = floor(unix start / length), UTC only.

An index never meets local time here: local days and months live in `local_time`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Final

from wattcommons.domain.units import IntervalIndex, checked_interval
from wattcommons.errors import RuleError

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class IntervalLength(IntEnum):
    """Settlement periods a community may choose, in minutes."""

    QUARTER_HOUR = 15
    HALF_HOUR = 30
    HOUR = 60

    @property
    def minutes(self) -> int:
        """Length in minutes."""
        return int(self)

    @property
    def seconds(self) -> int:
        """Length in seconds: 900, 1800 or 3600."""
        return int(self) * 60


@dataclass(frozen=True, slots=True)
class IntervalRange:
    """Intervals [first, end): `end` itself is outside. Raises RuleError when end < first."""

    first: IntervalIndex
    end: IntervalIndex

    def __post_init__(self) -> None:
        if self.end < self.first:
            raise RuleError(f"a period ends at interval {self.end}, before {self.first}", "swap the ends")

    def __len__(self) -> int:
        return self.end - self.first

    def __iter__(self) -> Iterator[IntervalIndex]:
        return (IntervalIndex(index) for index in range(self.first, self.end))

    def __contains__(self, index: object) -> bool:
        return isinstance(index, int) and self.first <= index < self.end


def interval_at(unix: int, length: IntervalLength) -> IntervalIndex:
    """Index of the interval that contains second `unix`. Raises RuleError before 1970 or past 32 bits."""
    return checked_interval(unix // length.seconds, f"the interval at second {unix}")


def interval_of(moment: datetime, length: IntervalLength) -> IntervalIndex:
    """Index of the interval that contains `moment`, which must carry its zone (RuleError if not)."""
    return interval_at(_unix_of(moment), length)


def interval_starting(moment: datetime, length: IntervalLength) -> IntervalIndex:
    """Index of the interval that starts exactly at `moment`. Raises RuleError off the grid."""
    if not is_on_grid(moment, length):
        raise RuleError(
            f"{moment.isoformat()} is not a start of a {length.minutes} min interval",
            "intervals start at whole multiples of their length, in UTC",
        )
    return interval_of(moment, length)


def is_on_grid(moment: datetime, length: IntervalLength) -> bool:
    """Whether an interval starts exactly at `moment`, to the microsecond."""
    return moment.microsecond == 0 and _unix_of(moment) % length.seconds == 0


def start_unix(index: int, length: IntervalLength) -> int:
    """First second of an interval."""
    return index * length.seconds


def end_unix(index: int, length: IntervalLength) -> int:
    """First second after an interval."""
    return (index + 1) * length.seconds


def start_utc(index: int, length: IntervalLength) -> datetime:
    """Start of an interval, UTC."""
    return _EPOCH + timedelta(seconds=start_unix(index, length))


def end_utc(index: int, length: IntervalLength) -> datetime:
    """End of an interval, UTC: the start of the next."""
    return _EPOCH + timedelta(seconds=end_unix(index, length))


def first_open(now_unix: int, lead_s: int, length: IntervalLength) -> IntervalIndex:
    """First interval whose gate is still open at `now_unix`: the first that starts at or after now + lead.

    `lead_s` (s, >= 0) is above clock drift plus block time. Raises RuleError on a negative lead.
    """
    if lead_s < 0:
        raise RuleError(f"the gate's lead is {lead_s} s", "a lead is 0 or more")
    return checked_interval(-(-(now_unix + lead_s) // length.seconds), "the first open interval")


def period(start: datetime, end: datetime, length: IntervalLength) -> IntervalRange:
    """Intervals [start, end); both moments must lie on the grid (RuleError if not)."""
    return IntervalRange(interval_starting(start, length), interval_starting(end, length))


def parse_utc(text: str) -> datetime:
    """An ISO 8601 moment with a zone (`Z` or an offset) as UTC. Raises RuleError without a zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise RuleError(f"{text!r} is not a moment", "write it like 2026-03-29T01:00:00Z") from None
    if moment.tzinfo is None:
        raise RuleError(f"{text!r} has no time zone", "write it like 2026-03-29T01:00:00Z")
    return moment.astimezone(UTC)


def _unix_of(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise RuleError(f"{moment.isoformat()} has no time zone", "give a moment in UTC")
    return (moment - _EPOCH) // timedelta(seconds=1)
