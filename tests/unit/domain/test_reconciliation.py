"""Recorded energy beside a reference: what is refused, what agrees, who deviates since when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattcommons.domain.intervals import IntervalLength
from wattcommons.domain.reconciliation import Comparison, Rules, Span, compare, on_grid
from wattcommons.errors import RuleError

pytestmark = pytest.mark.unit

LENGTH = IntervalLength.HALF_HOUR
MONDAY = date(2026, 6, 1)
START = 1_780_264_800
"""Midnight of that Monday in Paris."""
DAY = 86_400
PER_DAY = 48


def spans(days: Sequence[int], step: int = DAY) -> list[Span]:
    """Each day's Wh, evenly over its steps."""
    parts = DAY // step
    return [
        Span(
            START + day * DAY + at * step, START + day * DAY + (at + 1) * step, wh * 1_000 // parts, wh * 1_000 // parts
        )
        for day, wh in enumerate(days)
        for at in range(parts)
    ]


def readings(days: Sequence[int]) -> dict[int, int]:
    """Each day's Wh by interval, the remainder in the first one."""
    found = {}
    for day, wh in enumerate(days):
        first = (START + day * DAY) // 1_800
        for at in range(PER_DAY):
            found[first + at] = wh // PER_DAY + (wh % PER_DAY if at == 0 else 0)
    return found


def compared(reference: Sequence[int], recorded: Sequence[int], rules: Rules = Rules()) -> Comparison:  # noqa: B008
    return compare(spans(reference), readings(recorded), LENGTH, rules)


@pytest.mark.parametrize(
    "wrong",
    [{"tolerance_wh": -1}, {"tolerance": 10_001}, {"least_loss": 5, "most_loss": 4}, {"lasting_days": 0}],
)
def test_rules__impossible__refused(wrong: dict[str, int]) -> None:
    with pytest.raises(RuleError):
        Rules(**wrong)


def test_compare__overlapping_spans__refused() -> None:
    with pytest.raises(RuleError, match="overlap"):
        compare([Span(START, START + DAY, 0, 0), Span(START + 1_800, START + 3_600, 0, 0)], {}, LENGTH, Rules())


def test_compare__span_across_a_boundary__refused() -> None:
    with pytest.raises(RuleError, match="crosses an interval's boundary"):
        compare([Span(START + 900, START + 2_700, 0, 0)], {}, LENGTH, Rules())


def test_compare__unknown_zone__refused() -> None:
    with pytest.raises(RuleError, match="unknown"):
        compare([], {}, LENGTH, Rules(), "Europe/Nowhere")


def test_compare__equal__agrees() -> None:
    found = compared([10_000, 20_000], [10_000, 20_000])
    assert found.agrees
    assert found.since is None
    assert [day.day for day in found.days] == [MONDAY, MONDAY + timedelta(days=1)]


@pytest.mark.parametrize(("recorded", "off"), [(10_050, 0), (10_051, 1), (9_950, 0), (9_949, -1)])
def test_compare__share_of_the_day__the_larger_tolerance_counts(recorded: int, off: int) -> None:
    assert compared([10_000], [recorded]).days[0].deviation_wh == off


@pytest.mark.parametrize(("recorded", "off"), [(130, 0), (131, 1), (69, -1)])
def test_compare__small_day__the_fixed_tolerance_counts(recorded: int, off: int) -> None:
    assert compared([100], [recorded]).days[0].deviation_wh == off


@pytest.mark.parametrize(("recorded", "off"), [(9_900, 0), (9_600, 0), (10_000, 50), (9_500, -50)])
def test_compare__losses__only_what_is_outside_their_band(recorded: int, off: int) -> None:
    rules = Rules(least_loss=100, most_loss=400)
    assert compared([10_000], [recorded], rules).days[0].deviation_wh == off


def test_compare__absent_interval__its_span_is_not_compared() -> None:
    recorded = readings([10_000, 10_000])
    del recorded[(START + DAY) // 1_800 + 5]
    found = compare(spans([10_000, 10_000]), recorded, LENGTH, Rules())
    assert [(day.spans, day.incomplete, day.recorded_wh) for day in found.days] == [(1, 0, 10_000), (0, 1, 0)]
    assert found.agrees
    assert len(found.compared) == 1


def test_compare__absent_interval__more_than_the_whole_is_recorded_all_the_same() -> None:
    recorded = readings([12_000])
    del recorded[START // 1_800 + 5]
    found = compare(spans([10_000]), recorded, LENGTH, Rules())
    assert found.days[0].deviation_wh == 12_000 - 250 - 10_000 - 50
    assert compare(spans([10_000]), recorded, LENGTH, Rules(), signed=True).agrees


def test_compare__finer_reference__compared_where_an_interval_has_all_of_it() -> None:
    fine = spans([14_400], step=600)
    found = compare(fine[1:], readings([14_400]), LENGTH, Rules())
    assert (found.days[0].spans, found.days[0].reference_wh, found.agrees) == (PER_DAY - 1, 14_100, True)


def test_runs__one_bad_day__is_occasional() -> None:
    found = compared([10_000] * 5, [10_000, 10_000, 5_000, 10_000, 10_000])
    [run] = found.runs
    assert (run.first, run.days, run.lasting, run.goes_on) == (MONDAY + timedelta(days=2), 1, False, False)


def test_runs__lasting__since_its_first_day_whatever_came_before() -> None:
    found = compared([10_000] * 8, [9_000, 10_000, 10_000, 10_000, 8_000, 8_000, 8_000, 8_000])
    assert found.since == MONDAY + timedelta(days=4)
    assert [(run.days, run.lasting, run.goes_on) for run in found.runs] == [(1, False, False), (4, True, True)]
    assert found.runs[1].deviation_wh == -4 * (2_000 - 50)


def test_runs__other_sign__another_run() -> None:
    found = compared([10_000] * 4, [9_000, 9_000, 11_000, 11_000])
    assert [(run.days, run.deviation_wh > 0) for run in found.runs] == [(2, False), (2, True)]


def test_runs__day_without_anything_to_compare__neither_breaks_nor_counts() -> None:
    recorded = readings([9_000, 9_000, 9_000, 9_000])
    for at in range(PER_DAY):
        del recorded[(START + DAY) // 1_800 + at]
    [run] = compare(spans([10_000] * 4), recorded, LENGTH, Rules()).runs
    assert (run.first, run.days, run.lasting) == (MONDAY, 3, True)


@given(st.lists(st.integers(0, 50_000), min_size=1, max_size=20), st.integers(0, 19), st.integers(1_001, 20_000))
def test_compare__planted_deviation__found_from_its_day_on(days: list[int], since: int, by: int) -> None:
    since = min(since, len(days) - 1)
    planted = [wh + (by if day >= since else 0) for day, wh in enumerate(days)]
    found = compared(days, planted, Rules(lasting_days=1))
    [run] = found.runs
    assert (run.first, run.days, run.goes_on) == (MONDAY + timedelta(days=since), len(days) - since, True)
    assert found.since == run.first
    allowed = [max(30, wh * 50 / 10_000) for wh in days[since:]]
    assert abs(run.deviation_wh - sum(by - one for one in allowed)) <= len(days)


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=60), st.sampled_from([600, 900, 1_800]), st.data())
def test_on_grid__any_gaps__no_energy_is_made_up(energies: list[int], step: int, data: st.DataObject) -> None:
    kept = [data.draw(st.booleans()) for _ in energies]
    given_spans = [
        Span(START + at * step, START + (at + 1) * step, wh, wh)
        for at, (wh, keep) in enumerate(zip(energies, kept, strict=True))
        if keep
    ]
    by_interval: dict[int, list[Span]] = {}
    for span in given_spans:
        by_interval.setdefault(span.start // 1_800, []).append(span)
    whole = {at: sum(one.energy for one in part) for at, part in by_interval.items() if len(part) == 1_800 // step}
    assert {span.start // 1_800: span.energy for span in on_grid(given_spans, LENGTH)} == whole
