"""What a month will come to, and what to say of it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattcommons.domain.ecopoints import AwardRule, Goal, MilliPoint
from wattcommons.domain.forecast import DayLeft, alert, forecast, points_ahead

pytestmark = pytest.mark.unit

MONDAY = date(2026, 4, 6).toordinal()
GOAL = Goal(1_000, 900)
RULE = AwardRule(2, MilliPoint(300))


def test_forecast__all_known__as_it_is() -> None:
    assert forecast(812, [DayLeft(MONDAY, 48, 0)], {MONDAY - 7: 10_000}) == 812


def test_forecast__same_weekdays__mean_of_the_latest_four() -> None:
    history = {MONDAY - 7 * week: total for week, total in enumerate((100, 200, 300, 400, 10_000), 1)}
    history |= {MONDAY - 1: 77_777}
    assert forecast(5, [DayLeft(MONDAY, 48, 48)], history) == 5 + 250


def test_forecast__part_of_a_day__its_share_rounded_down() -> None:
    assert forecast(0, [DayLeft(MONDAY, 46, 23), DayLeft(MONDAY + 1, 48, 0)], {MONDAY - 7: 101}) == 50


def test_forecast__weekday_unknown__mean_of_all_days() -> None:
    assert forecast(0, [DayLeft(MONDAY, 48, 48)], {MONDAY - 1: 30, MONDAY - 2: 50}) == 40


def test_forecast__no_history__the_known_part_goes_on() -> None:
    assert forecast(60, [DayLeft(MONDAY, 48, 0), DayLeft(MONDAY + 1, 48, 24)], {}) == 60 + 60 * 24 // 72


def test_forecast__nothing_known__the_fallback() -> None:
    days = [DayLeft(MONDAY + step, 48, 48) for step in range(30)]
    assert forecast(0, days, {}, 300_000) == 300_000


def test_forecast__money_paid__falls() -> None:
    assert forecast(-70, [DayLeft(MONDAY, 48, 24)], {MONDAY - 7: -100}) == -120


@given(
    st.integers(0, 10**9),
    st.lists(st.integers(0, 48), min_size=1, max_size=31),
    st.dictionaries(st.integers(-60, -1), st.integers(0, 10**8), max_size=60),
)
def test_forecast__any_consumption__not_below_what_is_known(
    known: int, left: list[int], history: dict[int, int]
) -> None:
    days = [DayLeft(MONDAY + step, 48, part) for step, part in enumerate(left)]
    found = forecast(known, days, {MONDAY + day: total for day, total in history.items()})
    most = max(history.values(), default=0)
    assert known <= found
    if history:
        assert found <= known + most * len(days)


@pytest.mark.parametrize(
    ("wh", "expected"), [(854, "on_course"), (855, "close"), (900, "close"), (901, "above"), (0, "on_course")]
)
def test_alert__from_95_percent__close(wh: int, expected: str) -> None:
    assert alert(wh, GOAL) == expected


@pytest.mark.parametrize(("wh", "expected"), [(901, 0), (900, 200), (880, 240), (100, 300)])
def test_points_ahead__target_kept__counted_from_the_expectation(wh: int, expected: int) -> None:
    assert points_ahead(wh, GOAL, RULE) == expected
