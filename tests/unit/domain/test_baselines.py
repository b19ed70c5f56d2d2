"""Monthly targets: which method when, the exact fit, rounding, and an explanation that adds up."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattcommons.domain.baselines import Method, Policy, Target, TermKind, monthly_target
from wattcommons.domain.degree_days import DegreeDays, MonthUse, degree_days
from wattcommons.domain.weather_fit import fit
from wattcommons.errors import RuleError

pytestmark = pytest.mark.unit

DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
HEATING = (4_340, 3_920, 3_100, 2_100, 930, 150, 0, 0, 240, 1_550, 2_700, 4_030)
COOLING = (0, 0, 0, 0, 60, 450, 1_240, 1_085, 300, 0, 0, 0)
WEATHER = tuple(DegreeDays(*month) for month in zip(DAYS, HEATING, COOLING, strict=True))
APRIL = DegreeDays(30, 2_000, 0)


def _year(base: int, heating: int, cooling: int, year: int = 2025) -> list[MonthUse]:
    """A home that obeys the model exactly: Wh a day, Wh for each tenth of a heating and cooling degree day."""
    return [
        MonthUse(year, number, base * w.days + heating * w.heating + cooling * w.cooling, w)
        for number, w in enumerate(WEATHER, start=1)
    ]


def test_degree_days__no_day__refused() -> None:
    with pytest.raises(RuleError):
        degree_days([])


@pytest.mark.parametrize(("month", "used"), [(0, 1), (13, 1), (1, -1)])
def test_month_use__impossible__refused(month: int, used: int) -> None:
    with pytest.raises(RuleError):
        MonthUse(2025, month, used, APRIL)


@pytest.mark.parametrize("saving", [-1, 1_000_001])
def test_policy__saving_out_of_range__refused(saving: int) -> None:
    with pytest.raises(RuleError):
        Policy(saving_ppm=saving)


@pytest.mark.parametrize("bounds", [(Fraction(0), Fraction(1)), (Fraction(11, 10), Fraction(2))])
def test_policy__bounds_that_miss_one__refused(bounds: tuple[Fraction, Fraction]) -> None:
    with pytest.raises(RuleError):
        Policy(least_scale=bounds[0], most_scale=bounds[1])


def test_target__month_twice_in_the_history__refused() -> None:
    history = _year(8_000, 10, 0)
    with pytest.raises(RuleError, match="twice"):
        monthly_target([*history, history[0]], 2026, 4, APRIL)


def test_target__month_thirteen__refused() -> None:
    with pytest.raises(RuleError, match="month 13"):
        monthly_target([], 2026, 13, APRIL)


def test_degree_days__around_18_degrees__in_tenths() -> None:
    assert degree_days([180, 175, 190, -20]) == DegreeDays(days=4, heating=5 + 200, cooling=10)


def test_fit__a_home_that_obeys_the_model__found_exactly() -> None:
    model = fit(_year(8_000, 25, 7))
    assert (model.base, model.heating, model.cooling, model.adjusted_r2) == (8_000, 25, 7, 1)


def test_fit__use_that_falls_with_cold__heating_disqualified() -> None:
    history = [MonthUse(2025, n, 9_000 * w.days - w.heating, w) for n, w in enumerate(WEATHER, start=1)]
    model = fit(history)
    assert model.heating == 0
    assert model.cooling > 0


def test_fit__no_weather_at_all__mean_use_a_day() -> None:
    model = fit([MonthUse(2025, n, 3_000 * n, DegreeDays(30, 0, 0)) for n in range(1, 13)])
    assert (model.base, model.adjusted_r2) == (Fraction(3_000 * 78, 360), 0)


@given(st.lists(st.integers(0, 900_000), min_size=12, max_size=12))
def test_fit__any_use__no_negative_term_and_the_months_add_up(used: list[int]) -> None:
    history = [MonthUse(2025, n, wh, w) for n, (wh, w) in enumerate(zip(used, WEATHER, strict=True), start=1)]
    model = fit(history)
    assert min(model.base, model.heating, model.cooling) >= 0
    assert model.adjusted_r2 <= 1
    # Least squares with a base and day weights: the fitted year is the measured year, exactly.
    assert sum(model.expectation(w) for w in WEATHER) == sum(used)


def test_target__twelve_months__explained_by_weather_to_the_wh() -> None:
    target = monthly_target(_year(8_000, 25, 0), 2026, 4, APRIL)
    assert (target.method, target.months_used) == (Method.FIT, 12)
    assert [(t.kind, t.rate, t.amount) for t in target.terms] == [
        (TermKind.BASE, 8_000, 30),
        (TermKind.HEATING, 250, 200),
    ]
    assert (target.expectation_wh_down, target.target_wh_up) == (290_000, 261_000)
    assert target.formula() == (
        "2026-04 fit of 12 months: expectation = floor(1 * (8000 Wh * 30 base + 250 Wh * 200 heating)) = 290000 Wh; "
        "target = ceil((1 - 100000/1000000) * expectation) = 261000 Wh"
    )


def test_target__two_years__the_latest_twelve_count() -> None:
    target = monthly_target(_year(99_000, 0, 0, 2024) + _year(8_000, 25, 0), 2026, 4, APRIL)
    assert target.expectation_wh_down == 290_000


def test_target__months_from_the_target_on__ignored() -> None:
    history = _year(8_000, 25, 0)
    later = [MonthUse(2026, 4, 1, APRIL), MonthUse(2026, 5, 1, APRIL)]
    assert monthly_target(history + later, 2026, 4, APRIL) == monthly_target(history, 2026, 4, APRIL)


@pytest.mark.parametrize(
    ("heating", "factor"),
    [(2_100, Fraction(1)), (2_310, Fraction(11, 10)), (9_000, Fraction(6, 5)), (0, Fraction(4, 5))],
)
def test_target__last_years_month_only__scaled_by_degree_days_within_bounds(heating: int, factor: Fraction) -> None:
    history = [MonthUse(2025, 4, 300_000, WEATHER[3])]
    target = monthly_target(history, 2026, 4, DegreeDays(30, heating, 0))
    assert (target.method, target.factor) == (Method.LAST_YEAR, factor)
    assert target.expectation_wh_down == 300_000 * factor


def test_target__last_years_month_without_degree_days__scaled_by_days_only() -> None:
    history = [MonthUse(2024, 2, 290_000, DegreeDays(29, 0, 0))]
    assert monthly_target(history, 2025, 2, DegreeDays(28, 500, 0)).expectation_wh_down == 280_000


def test_target__other_months_only__their_mean_a_day() -> None:
    target = monthly_target(_year(8_000, 0, 0)[6:9], 2026, 4, APRIL)
    assert (target.method, target.months_used, target.expectation_wh_down) == (Method.RECENT_MEAN, 3, 240_000)


def test_target__no_history__the_community_s_stated_use() -> None:
    target = monthly_target([], 2026, 4, APRIL, Policy(no_history_wh_per_day=10_001))
    assert (target.method, target.expectation_wh_down, target.target_wh_up) == (Method.NO_HISTORY, 300_030, 270_027)


@given(
    st.lists(st.integers(0, 2_000_000), max_size=14),
    st.integers(0, 1_000_000),
    st.integers(28, 31),
    st.integers(0, 6_000),
)
def test_target__any__terms_add_up_and_rounding_favours_the_member(
    used: list[int], saving: int, days: int, heating: int
) -> None:
    first = date(2025, 2, 1)
    months = [first + timedelta(days=31 * n) for n in range(len(used))]
    history = [
        MonthUse(when.year, when.month, wh, WEATHER[when.month - 1]) for when, wh in zip(months, used, strict=True)
    ]
    target = monthly_target(history, 2026, 6, DegreeDays(days, heating, 0), Policy(saving_ppm=saving))
    exact = target.factor * sum((term.wh for term in target.terms), Fraction())
    assert 0 <= exact - target.expectation_wh_down < 1
    assert 0 <= target.target_wh_up - Fraction(1_000_000 - saving, 1_000_000) * target.expectation_wh_down < 1
    assert target.goal.target_wh <= target.goal.expectation_wh


def test_formula__other_inputs__other_text() -> None:
    texts = {
        monthly_target(_year(base, 25, 0), 2026, month, APRIL, Policy(saving_ppm=saving)).formula()
        for base in (8_000, 8_001)
        for month in (4, 5)
        for saving in (50_000, 100_000)
    }
    assert len(texts) == 8
    assert all(text.isascii() for text in texts)


def test_target__zero_saving__target_is_the_expectation() -> None:
    target = Target(2026, 4, Method.NO_HISTORY, 0, (), Fraction(1), saving_ppm=0)
    assert target.target_wh_up == target.expectation_wh_down == 0
