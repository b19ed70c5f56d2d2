"""Local days and months as ranges of intervals: what a screen and a statement call a day or a month.

A day with a change of clocks is 23 or 25 hours long: 46 or 50 half-hours instead of 48.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wattcommons.domain.intervals import IntervalLength, IntervalRange, period, start_utc
from wattcommons.errors import RuleError

DEFAULT_ZONE: Final = "Europe/Paris"


def local_day(day: date, length: IntervalLength, zone: str = DEFAULT_ZONE) -> IntervalRange:
    """The intervals of a local day, from midnight to midnight.

    Raises RuleError for an unknown zone, or one whose midnight is off the grid.
    """
    return _between(day, day + timedelta(days=1), length, zone)


def local_month(year: int, month: int, length: IntervalLength, zone: str = DEFAULT_ZONE) -> IntervalRange:
    """The intervals of a local month. Raises RuleError as `local_day` does, or for a month outside 1..12."""
    if not 1 <= month <= 12:
        raise RuleError(f"a year has no month {month}", "months are 1 to 12")
    after = date(year + month // 12, month % 12 + 1, 1)
    return _between(date(year, month, 1), after, length, zone)


def local_start(index: int, length: IntervalLength, zone: str = DEFAULT_ZONE) -> datetime:
    """Start of an interval as local time, with its offset: the doubled hour in autumn stays distinct."""
    return start_utc(index, length).astimezone(_zone(zone))


def local_date(index: int, length: IntervalLength, zone: str = DEFAULT_ZONE) -> date:
    """The local day on which an interval starts."""
    return local_start(index, length, zone).date()


def checked_zone(name: str) -> str:
    """`name` when it is an IANA time zone. Raises RuleError for an unknown one."""
    return _zone(name).key


def _between(first: date, end: date, length: IntervalLength, zone: str) -> IntervalRange:
    where = _zone(zone)
    start, stop = (datetime.combine(day, time.min, where).astimezone(UTC) for day in (first, end))
    return period(start, stop, length)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise RuleError(f"time zone {name!r} is unknown", "give an IANA name like Europe/Paris") from None
