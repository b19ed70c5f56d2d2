"""What a chart shows: a local day, week, month or year, and the columns it is drawn in.

A day and a week have a column an interval, a month one a local day, a year one a local month. Weeks begin on Monday.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from wattcommons.domain.intervals import IntervalLength, IntervalRange, start_unix
from wattcommons.domain.local_time import DEFAULT_ZONE, local_date, local_day
from wattcommons.domain.units import IntervalIndex, checked_interval
from wattcommons.errors import RuleError


class Span(StrEnum):
    """How much time a chart shows."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns that follow one another. `first_day`, `end_day`: the local days covered, the end outside, as in
    date.toordinal(); `days` the same for each column, empty where a column is an interval.
    """

    columns: tuple[IntervalRange, ...]
    days: tuple[tuple[int, int], ...]
    first_day: int
    end_day: int

    @property
    def whole(self) -> IntervalRange:
        """From the first column's beginning to the last one's end."""
        return IntervalRange(self.columns[0].first, self.columns[-1].end)


def chart_of(span: Span, day: date, length: IntervalLength, zone: str = DEFAULT_ZONE) -> Chart:
    """The chart that contains a local day. Raises RuleError where it leaves the years 1970 to 9999."""
    first, end = _dates(span, day)
    if span in (Span.DAY, Span.WEEK):
        covered = IntervalRange(_starts(first, length, zone), _starts(end, length, zone))
        columns = tuple(IntervalRange(one, IntervalIndex(one + 1)) for one in covered)
        return Chart(columns, (), first.toordinal(), end.toordinal())
    marks = _months(first.year) if span is Span.YEAR else _days(first, end)
    starts = [_starts(mark, length, zone) for mark in marks]
    return Chart(
        tuple(IntervalRange(one, other) for one, other in pairwise(starts)),
        tuple((one.toordinal(), other.toordinal()) for one, other in pairwise(marks)),
        first.toordinal(),
        end.toordinal(),
    )


def days_between(covered: IntervalRange, length: IntervalLength, zone: str = DEFAULT_ZONE) -> list[IntervalRange]:
    """The local days that a range of intervals touches, each cut to the range, in order."""
    days = []
    at = covered.first
    while at < covered.end:
        end = min(local_day(local_date(at, length, zone), length, zone).end, covered.end)
        days.append(IntervalRange(at, end))
        at = end
    return days


def ended_days(chart: Chart, today: date, length: IntervalLength, zone: str = DEFAULT_ZONE) -> Chart | None:
    """The part of a chart before a local day begins, in columns of whole local days or months; None where it is empty.

    What is shown of it does not move while a day goes on, so nobody learns an interval by asking twice.
    """
    end_day = min(chart.end_day, today.toordinal())
    if end_day <= chart.first_day:
        return None
    marks = chart.days or tuple((day, day + 1) for day in range(chart.first_day, chart.end_day))
    days = tuple((first, min(end, end_day)) for first, end in marks if first < end_day)
    columns = tuple(
        IntervalRange(
            _starts(date.fromordinal(first), length, zone),
            _starts(date.fromordinal(end), length, zone),
        )
        for first, end in days
    )
    return Chart(columns, days, chart.first_day, end_day)


def _dates(span: Span, day: date) -> tuple[date, date]:
    try:
        if span is Span.DAY:
            return day, day + timedelta(days=1)
        if span is Span.WEEK:
            monday = day - timedelta(days=day.weekday())
            return monday, monday + timedelta(days=7)
        if span is Span.MONTH:
            return day.replace(day=1), _next_month(day)
        return date(day.year, 1, 1), date(day.year + 1, 1, 1)
    except (ValueError, OverflowError):
        raise _outside(day) from None


def _days(first: date, end: date) -> list[date]:
    return [first + timedelta(days=step) for step in range((end - first).days + 1)]


def _months(year: int) -> list[date]:
    return [*(date(year, month, 1) for month in range(1, 13)), date(year + 1, 1, 1)]


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _starts(day: date, length: IntervalLength, zone: str) -> IntervalIndex:
    if not 1970 < day.year < 9999:
        raise _outside(day)
    return checked_interval(local_day(day, length, zone).first)


def _outside(day: date) -> RuleError:
    return RuleError(f"{day.isoformat()} is too far away", "give a day of the years 1971 to 9997")


def start_of(covered: IntervalRange, length: IntervalLength) -> tuple[int, int]:
    """First second of a range, and the first one after it."""
    return start_unix(covered.first, length), start_unix(covered.end, length)
