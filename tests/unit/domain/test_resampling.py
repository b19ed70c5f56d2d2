"""Steps finer or coarser than the community's interval."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.books import readings
from wattcommons.domain.intervals import IntervalLength
from wattcommons.domain.readings import ABSENT_READING, Quality, Reading
from wattcommons.domain.resampling import resample, split_coarser, sum_finer
from wattcommons.errors import RuleError

pytestmark = [pytest.mark.unit, pytest.mark.fuzz]

HALF = IntervalLength.HALF_HOUR


# --- refusals ------------------------------------------------------------------------------------


def test_sum_finer__more_steps_than_fit__refused() -> None:
    with pytest.raises(RuleError, match="holds 3 steps instead of 2"):
        sum_finer([Reading(1, 1)] * 3, 2)


def test_sum_finer__past_24_bits__refused() -> None:
    with pytest.raises(RuleError, match="production is 16777216 Wh"):
        sum_finer([Reading(2**23, 0)] * 2, 2)


def test_split_coarser__no_parts__refused() -> None:
    with pytest.raises(RuleError, match="split into 0 parts"):
        split_coarser(Reading(1, 1), 0)


@pytest.mark.parametrize(
    ("steps", "step_s", "match"),
    [
        ([(0, Reading(1, 1))], 0, "a step lasts 0 s"),
        ([(60, Reading(1, 1))], 600, "second 60, off the grid of 600 s"),
        ([(0, Reading(1, 1)), (0, Reading(1, 1))], 600, "two readings start at second 0"),
        ([(0, Reading(1, 1))], 700, "steps of 700 s do not fit"),
        ([(0, Reading(1, 1))], 3_600, "steps of 3600 s are coarser"),
    ],
)
def test_resample__steps_that_do_not_fit__refused(steps: list[tuple[int, Reading]], step_s: int, match: str) -> None:
    with pytest.raises(RuleError, match=match):
        resample(steps, step_s, HALF)


# --- sums and splits -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("qualities", "expected"),
    [
        ((Quality.MEASURED, Quality.MEASURED), Quality.MEASURED),
        ((Quality.MEASURED, Quality.CORRECTED), Quality.CORRECTED),
        ((Quality.ESTIMATED, Quality.CORRECTED), Quality.ESTIMATED),
    ],
)
def test_sum_finer__qualities__the_weakest(qualities: tuple[Quality, ...], expected: Quality) -> None:
    assert sum_finer([Reading(3, 4, quality) for quality in qualities], 2) == Reading(6, 8, expected)


@pytest.mark.parametrize("steps", [[Reading(3, 4)], [Reading(3, 4), ABSENT_READING]], ids=["missing", "absent"])
def test_sum_finer__a_step_is_not_known__absent(steps: list[Reading]) -> None:
    assert sum_finer(steps, 2) == ABSENT_READING


def test_split_coarser__odd_energy__later_parts_get_the_remainder() -> None:
    assert split_coarser(Reading(5, 7), 2) == (Reading(2, 3, Quality.ESTIMATED), Reading(3, 4, Quality.ESTIMATED))
    assert split_coarser(Reading(0, 2), 4) == tuple(Reading(0, wh, Quality.ESTIMATED) for wh in (0, 1, 0, 1))
    assert split_coarser(ABSENT_READING, 2) == (ABSENT_READING, ABSENT_READING)


@given(readings, st.integers(1, 8))
def test_split_coarser__any_reading__sums_back_exactly(reading: Reading, parts: int) -> None:
    split = split_coarser(reading, parts)
    for energies in ([part.production_wh for part in split], [part.consumption_wh for part in split]):
        assert max(energies) - min(energies) <= 1
    assert sum(part.production_wh for part in split) == reading.production_wh
    assert sum(part.consumption_wh for part in split) == reading.consumption_wh


# --- whole series --------------------------------------------------------------------------------


def test_resample__ten_minutes_to_thirty__sums_and_shows_the_gap() -> None:
    steps = [(start, Reading(start // 600, 1)) for start in (0, 600, 1_200, 1_800, 3_000)]
    assert resample(reversed(steps), 600, HALF) == {0: Reading(3, 3), 1: ABSENT_READING}


def test_resample__same_step__unchanged() -> None:
    steps = [(1_800, Reading(5, 6, Quality.CORRECTED)), (5_400, Reading(7, 8))]
    assert resample(steps, 1_800, HALF) == {1: Reading(5, 6, Quality.CORRECTED), 3: Reading(7, 8)}


def test_resample__an_hour_to_half_hours__split_when_asked_for() -> None:
    assert resample([(3_600, Reading(5, 0))], 3_600, HALF, split=True) == {
        2: Reading(2, 0, Quality.ESTIMATED),
        3: Reading(3, 0, Quality.ESTIMATED),
    }
