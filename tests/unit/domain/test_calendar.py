"""UTC month arithmetic: the shared vectors, and the properties they cannot list."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattcommons.domain.calendar import add_months, civil_date, days_in_month, unix_of
from wattcommons.errors import RuleError

pytestmark = pytest.mark.unit

VECTORS = Path(__file__).parents[2] / "vectors" / "months.json"
CASES: list[dict[str, Any]] = json.loads(VECTORS.read_text(encoding="utf-8"))["cases"]
IN_RANGE = st.integers(0, unix_of(date(9000, 1, 1)))


def test_add_months__negative__refused() -> None:
    with pytest.raises(RuleError, match="-1 months"):
        add_months(0, -1)


@pytest.mark.parametrize("unix", [-1, unix_of(date.max) + 86_400])
def test_add_months__outside_the_calendar__refused(unix: int) -> None:
    with pytest.raises(RuleError, match="outside the years"):
        add_months(unix, 1)


def test_add_months__past_the_last_year__refused() -> None:
    with pytest.raises(RuleError, match="year 9999"):
        add_months(unix_of(date(9999, 6, 1)), 7)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['from']}+{case['months']}")
def test_add_months__shared_vector__agrees(case: dict[str, Any]) -> None:
    assert add_months(case["from_unix"], case["months"]) == case["to_unix"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['from']}+{case['months']}")
def test_vectors__text_and_seconds__say_the_same(case: dict[str, Any]) -> None:
    assert datetime.fromtimestamp(case["from_unix"], UTC).isoformat() == case["from"].replace("Z", "+00:00")
    assert datetime.fromtimestamp(case["to_unix"], UTC).isoformat() == case["to"].replace("Z", "+00:00")


@given(IN_RANGE, st.integers(0, 1200))
def test_add_months__any__lands_in_the_right_month_at_the_same_time_of_day(unix: int, months: int) -> None:
    before, later = civil_date(unix), civil_date(add_months(unix, months))
    assert later.year * 12 + later.month == before.year * 12 + before.month + months
    assert later.day == min(before.day, days_in_month(later.year, later.month))
    assert add_months(unix, months) % 86_400 == unix % 86_400


@given(IN_RANGE, st.integers(0, 86_400 * 40), st.integers(0, 60))
def test_add_months__a_later_start__never_ends_more_than_a_clamp_earlier(unix: int, lag: int, months: int) -> None:
    # Whole days keep their order; within a clamped day two dates may swap their times of day.
    first, second = add_months(unix, months), add_months(unix + lag, months)
    assert second // 86_400 >= first // 86_400
