"""Numbers, units and durations of files: refusals first, then that nothing is lost in cutting."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattcommons.services.gateway.files.quantities import (
    MAX_W,
    Cutter,
    Unit,
    duration_minutes,
    is_absurd,
    millionths,
)

pytestmark = pytest.mark.unit

BAD_NUMBERS = ["", "x", "1e3", "NaN", "1.2.3", "1 000", "1.", ".5", "٣", "1" * 13, "0.1234567", "+5", "--5", "0x1F"]


@pytest.mark.parametrize("text", BAD_NUMBERS)
def test_millionths__no_plain_number__refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        millionths(text)


@pytest.mark.parametrize("text", ["-1", "-0,5", "-0.000001"])
def test_millionths__negative__refused(text: str) -> None:
    with pytest.raises(ValueError, match="negative"):
        millionths(text)


@pytest.mark.parametrize("text", ["VA", "kVA", "varh", "MW", "", "W W"])
def test_unit__unknown__none(text: str) -> None:
    assert Unit.named(text) is None


@pytest.mark.parametrize("text", ["P1D", "PT", "PT0M", "PT90M", "PT2H", "30", "PT30S", "pt30m", "PT1H30M", "PT٣M"])
def test_duration__not_one_of_1_to_60_minutes__none(text: str) -> None:
    assert duration_minutes(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("252", 252_000_000),
        ("0,62", 620_000),
        ("0.62", 620_000),
        ("-0", 0),
        ("1.500000000", 1_500_000),
        ("007", 7_000_000),
    ],
)
def test_millionths__decimal_number__exact(text: str, value: int) -> None:
    assert millionths(text) == value


def test_duration__minutes_or_an_hour__minutes() -> None:
    assert [duration_minutes(text) for text in ("PT5M", "PT30M", "PT60M", "PT1H")] == [5, 30, 60, 60]


@pytest.mark.parametrize(
    ("unit", "value", "minutes", "energy"),
    [
        (Unit.W, "252", 30, 126_000),
        (Unit.W, "357", 60, 357_000),
        (Unit.KW, "0,62", 30, 310_000),
        (Unit.WH, "126", 30, 126_000),
        (Unit.KWH, "0.126", 15, 126_000),
    ],
)
def test_work__units__same_energy(unit: Unit, value: str, minutes: int, energy: int) -> None:
    assert Cutter().cut(unit.work(millionths(value), minutes)) == energy


def test_absurd__above_36_mw__absurd() -> None:
    limit = Unit.W.work(millionths(str(MAX_W)), 10)
    assert (is_absurd(limit, 10), is_absurd(limit + 1, 10)) == (False, True)


@given(st.lists(st.tuples(st.integers(0, 10**9), st.sampled_from([5, 10, 15, 20, 30, 60])), min_size=1, max_size=50))
def test_cut__any_powers_and_steps__sum_exact_to_the_mwh(steps: list[tuple[int, int]]) -> None:
    cutter = Cutter()
    energies = [cutter.cut(Unit.W.work(micro, minutes)) for micro, minutes in steps]
    exact = sum(Fraction(micro * minutes, 60 * 1_000) for micro, minutes in steps)
    assert 0 <= exact - sum(energies) < 1
    assert all(
        abs(energy - Fraction(micro * minutes, 60_000)) < 1
        for energy, (micro, minutes) in zip(energies, steps, strict=True)
    )
