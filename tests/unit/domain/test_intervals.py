"""Intervals in UTC, and local days and months with their changes of clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.books import vectors
from wattcommons.domain.intervals import (
    IntervalLength,
    IntervalRange,
    end_unix,
    end_utc,
    first_open,
    interval_at,
    interval_of,
    interval_starting,
    is_on_grid,
    parse_utc,
    period,
    start_unix,
    start_utc,
)
from wattcommons.domain.local_time import local_date, local_day, local_month, local_start
from wattcommons.errors import RuleError

pytestmark = [pytest.mark.unit, pytest.mark.fuzz]

HALF = IntervalLength.HALF_HOUR
lengths = st.sampled_from(IntervalLength)


# --- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize("unix", [-1, 2**32 * 1_800])
def test_interval_at__before_1970_or_past_32_bits__refused(unix: int) -> None:
    with pytest.raises(RuleError, match=f"second {unix}"):
        interval_at(unix, HALF)


def test_interval_of__no_zone__refused() -> None:
    with pytest.raises(RuleError, match="has no time zone"):
        interval_of(datetime(2026, 1, 1), HALF)  # noqa: DTZ001 (the missing zone is the case)


@pytest.mark.parametrize("text", ["2026-01-01T00:15:00Z", "2026-01-01T00:00:01Z", "2026-01-01T00:00:00.000001Z"])
def test_interval_starting__off_the_grid__refused(text: str) -> None:
    with pytest.raises(RuleError, match="is not a start of a 30 min interval"):
        interval_starting(parse_utc(text), HALF)


@pytest.mark.parametrize(
    ("text", "match"), [("2026-01-01T00:00:00", "has no time zone"), ("yesterday", "is not a moment")]
)
def test_parse_utc__no_zone_or_no_moment__refused(text: str, match: str) -> None:
    with pytest.raises(RuleError, match=match):
        parse_utc(text)


def test_first_open__negative_lead__refused() -> None:
    with pytest.raises(RuleError, match="lead is -1 s"):
        first_open(0, -1, HALF)


def test_interval_range__end_before_start__refused() -> None:
    with pytest.raises(RuleError, match="ends at interval 4, before 5"):
        IntervalRange(5, 4)


def test_local_month__thirteenth__refused() -> None:
    with pytest.raises(RuleError, match="no month 13"):
        local_month(2026, 13, HALF)


@pytest.mark.parametrize("zone", ["Europe/Nowhere", "../etc"])
def test_local_day__unknown_zone__refused(zone: str) -> None:
    with pytest.raises(RuleError, match="is unknown"):
        local_day(date(2026, 1, 1), HALF, zone)


def test_local_day__midnight_off_the_grid__refused() -> None:
    with pytest.raises(RuleError, match="is not a start of a 60 min interval"):
        local_day(date(2026, 1, 1), IntervalLength.HOUR, "Asia/Kolkata")


# --- UTC -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", vectors("readings.json")["intervals"], ids=lambda case: case["name"])
def test_interval_at__seconds__index_and_gate_by_hand(case: dict[str, Any]) -> None:
    length = IntervalLength(case["minutes"])
    assert interval_at(case["unix"], length) == case["interval"]
    assert first_open(case["unix"], 300, length) == case["first_open_lead_300"]


@given(st.integers(0, 2**31), st.integers(0, 7_200), lengths)
def test_first_open__any_moment__is_the_first_that_starts_late_enough(
    now: int, lead: int, length: IntervalLength
) -> None:
    index = first_open(now, lead, length)
    assert start_unix(index, length) >= now + lead
    assert index == 0 or start_unix(index - 1, length) < now + lead


@given(st.integers(0, 2**31), lengths)
def test_interval_at__any_second__lies_within(unix: int, length: IntervalLength) -> None:
    index = interval_at(unix, length)
    assert start_unix(index, length) <= unix < end_unix(index, length)
    assert interval_of(datetime.fromtimestamp(unix, UTC), length) == index


def test_interval_of__other_zone__same_interval() -> None:
    paris_summer = timezone(timedelta(hours=2))
    moment = datetime(2026, 7, 1, 1, 30, tzinfo=paris_summer)
    assert interval_starting(moment, HALF) == interval_starting(parse_utc("2026-06-30T23:30:00Z"), HALF)
    assert parse_utc("2026-07-01T01:30:00+02:00") == moment


def test_start_and_end__interval__moments_in_utc() -> None:
    index = interval_starting(parse_utc("2026-01-01T00:00:00Z"), HALF)
    assert start_utc(index, HALF) == datetime(2026, 1, 1, tzinfo=UTC)
    assert end_utc(index, HALF) == datetime(2026, 1, 1, 0, 30, tzinfo=UTC) == start_utc(index + 1, HALF)
    assert is_on_grid(end_utc(index, HALF), HALF)
    assert not is_on_grid(end_utc(index, HALF), IntervalLength.HOUR)


def test_period__a_week__its_intervals() -> None:
    week = period(parse_utc("2016-08-08T00:00:00Z"), parse_utc("2016-08-15T00:00:00Z"), IntervalLength.HOUR)
    assert len(week) == len(list(week)) == 168
    assert week.first in week
    assert week.end not in week


# --- local time ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "half_hours"),
    [(date(2026, 3, 28), 48), (date(2026, 3, 29), 46), (date(2026, 10, 25), 50), (date(2026, 10, 26), 48)],
)
def test_local_day__changes_of_clocks__half_hours(day: date, half_hours: int) -> None:
    assert len(local_day(day, HALF)) == half_hours
    assert len(local_day(day, IntervalLength.QUARTER_HOUR)) == 2 * half_hours


def test_local_day__winter_in_paris__starts_an_hour_before_utc_midnight() -> None:
    day = local_day(date(2026, 1, 1), HALF)
    assert start_utc(day.first, HALF) == datetime(2025, 12, 31, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("year", "month", "hours"), [(2026, 1, 744), (2026, 2, 672), (2024, 2, 696), (2026, 3, 743), (2026, 10, 745)]
)
def test_local_month__length__in_hours(year: int, month: int, hours: int) -> None:
    assert len(local_month(year, month, IntervalLength.HOUR)) == hours


def test_local_month__twelve__cover_the_year_without_gap() -> None:
    months = [local_month(2026, month, HALF) for month in range(1, 13)]
    assert [month.end for month in months[:-1]] == [month.first for month in months[1:]]
    assert months[-1].end == local_month(2027, 1, HALF).first


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_local_date__every_interval_of_a_day__that_day(day: date) -> None:
    intervals = local_day(day, HALF)
    assert {local_date(index, HALF) for index in intervals} == {day}
    assert local_date(intervals.end, HALF) == day + timedelta(days=1)


def test_local_start__doubled_hour__told_apart_by_its_offset() -> None:
    first = interval_starting(parse_utc("2026-10-25T00:30:00Z"), HALF)
    texts = [local_start(index, HALF).isoformat() for index in (first, first + 2)]
    assert texts == ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"]
