"""What a chart covers: local days, weeks, months and years, clock changes included."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattcommons.domain.intervals import IntervalLength, IntervalRange
from wattcommons.domain.local_periods import Span, chart_of, days_between, ended_days, start_of
from wattcommons.domain.local_time import local_date, local_day
from wattcommons.domain.units import IntervalIndex
from wattcommons.errors import RuleError

pytestmark = pytest.mark.unit

HALF = IntervalLength.HALF_HOUR


@pytest.mark.parametrize("span", Span)
@pytest.mark.parametrize("day", [date.min, date(1970, 1, 1), date(9999, 12, 31)])
def test_chart_of__far_away__refused(span: Span, day: date) -> None:
    with pytest.raises(RuleError, match="too far away"):
        chart_of(span, day, HALF)


@pytest.mark.parametrize(
    ("span", "day", "columns", "intervals"),
    [
        (Span.DAY, date(2026, 3, 29), 46, 46),
        (Span.DAY, date(2026, 10, 25), 50, 50),
        (Span.WEEK, date(2026, 3, 25), 334, 334),
        (Span.MONTH, date(2026, 3, 31), 31, 31 * 48 - 2),
        (Span.MONTH, date(2026, 10, 1), 31, 31 * 48 + 2),
        (Span.MONTH, date(2024, 2, 10), 29, 29 * 48),
        (Span.YEAR, date(2026, 7, 14), 12, 365 * 48),
    ],
)
def test_chart_of__span__columns_and_intervals(span: Span, day: date, columns: int, intervals: int) -> None:
    chart = chart_of(span, day, HALF)
    assert (len(chart.columns), len(chart.whole)) == (columns, intervals)


def test_chart_of__week__begins_on_monday() -> None:
    chart = chart_of(Span.WEEK, date(2026, 4, 5), HALF)
    assert date.fromordinal(chart.first_day) == date(2026, 3, 30)
    assert date.fromordinal(chart.end_day) == date(2026, 4, 6)


def test_start_of__october_day__twenty_five_hours() -> None:
    start, end = start_of(chart_of(Span.DAY, date(2026, 10, 25), HALF).whole, HALF)
    assert end - start == 25 * 3_600


@given(st.sampled_from(Span), st.dates(date(1980, 1, 1), date(2090, 1, 1)), st.sampled_from(IntervalLength))
def test_chart_of__any_day__columns_touch_and_hold_the_day(span: Span, day: date, length: IntervalLength) -> None:
    chart = chart_of(span, day, length)
    assert all(one.end == other.first and len(one) for one, other in pairwise(chart.columns))
    assert local_day(day, length).first in chart.whole
    assert chart.first_day <= day.toordinal() < chart.end_day
    for column, (first, end) in zip(chart.columns, chart.days, strict=False):
        assert column.first == local_day(date.fromordinal(first), length).first
        assert column.end == local_day(date.fromordinal(end), length).first


@given(st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.integers(0, 47), st.integers(1, 500))
def test_days_between__any_range__cut_days_in_order(day: date, skipped: int, count: int) -> None:
    first = IntervalIndex(local_day(day, HALF).first + min(skipped, 45))
    days = days_between(IntervalRange(first, IntervalIndex(first + count)), HALF)
    assert [one for part in days for one in part] == list(range(first, first + count))
    dates = [{local_date(one, HALF) for one in part} for part in days]
    assert dates == [{day + timedelta(days=step)} for step in range(len(days))]


@pytest.mark.parametrize("span", list(Span))
def test_ended_days__today_inside__whole_days_before_it(span: Span) -> None:
    today = date(2026, 4, 15)
    asked = chart_of(span, today, IntervalLength.HALF_HOUR)
    shown = ended_days(asked, today, IntervalLength.HALF_HOUR)
    if span is Span.DAY:
        assert shown is None
        return
    assert shown is not None
    assert shown.whole == IntervalRange(asked.whole.first, local_day(today, IntervalLength.HALF_HOUR).first)
    assert (shown.first_day, shown.end_day) == (asked.first_day, today.toordinal())
    assert len(shown.columns) == {Span.WEEK: 2, Span.MONTH: 14, Span.YEAR: 4}[span]
    assert len(shown.days) == len(shown.columns)


def test_ended_days__past_day__one_column() -> None:
    asked = chart_of(Span.DAY, date(2026, 3, 29), IntervalLength.HALF_HOUR)
    shown = ended_days(asked, date(2026, 3, 30), IntervalLength.HALF_HOUR)
    assert shown is not None
    assert shown.columns == (asked.whole,)
    assert len(asked.whole) == 46
