"""How long steps are, told from their ends alone: never wrong, and silent where it cannot be told."""

from __future__ import annotations

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattcommons.services.gateway.files.steps import STEPS, find_steps

pytestmark = pytest.mark.unit

DAWN = 1_780_272_000  # 2026-06-01T00:00:00Z


def ends(*distances: int) -> list[int]:
    """Ends at these distances in minutes from each other; the first lies half an hour after dawn."""
    return [DAWN + 60 * minutes for minutes in accumulate(distances, initial=30)]


HALF, HOUR = [30] * 12, [60] * 12


@pytest.mark.parametrize(
    ("distances", "uncertain"),
    [
        ([30, *HALF, *HOUR, *HALF], [14, 25]),  # both ends of an hourly stretch
        ([*HALF, 60, 60, 60, *HALF], [13, 14, 15]),  # every other one missing, or hours
        ([60, 30, *HALF], [0, 1]),  # where the file begins nothing stands before
        ([*HALF, 60], [13]),  # and nothing after where it ends
        ([30, *HALF, 120, *HOUR], [14, 15]),  # a gap between two steps
        ([30, *HALF, *HOUR, 1_440, *HOUR], [14]),  # a day missing among hours
        ([*[10] * 4, 20, *[10] * 5, *[20] * 12], list(range(12))),  # found: a finer step, too short for a stretch
        ([*[5] * 12, 90, *[60] * 5, 120, *[60] * 5, *[5] * 12], list(range(13, 25))),  # found: hours with a loss
        ([30, 30, 60, 30, 60, 30, 60], [0, 1, 2, 3, 4, 5, 6, 7]),  # no stretch at all
        ([7] * 12, list(range(13))),  # no such step
        ([], [0]),
        ([30], [0, 1]),
    ],
)
def test_find__cannot_be_told__none(distances: list[int], uncertain: list[int]) -> None:
    found = find_steps(ends(*distances))
    assert [place for place, minutes in enumerate(found) if minutes is None] == uncertain


@pytest.mark.parametrize("lost", [60, 90, 120, 1_440])
def test_find__lone_longer_distance__steps_missing_before_a_step_of_the_same_length(lost: int) -> None:
    assert find_steps(ends(*HALF, lost, *HALF)) == [30] * 26


def test_find__day_missing_inside_an_hourly_stretch__hour() -> None:
    """The real file misses a day like this."""
    on_the_hour = [end + 1_800 for end in ends(*HOUR, 1_500, *HOUR)]
    assert find_steps(on_the_hour) == [60] * 26


def test_find__off_the_grid__none() -> None:
    """A line at 12:14:10 between 12:00 and 12:30: neither it nor the half-hour around it is certain."""
    around = [*ends(*HALF), DAWN + 60 * 404 + 10, *(end + 13 * 1_800 for end in ends(*HALF))]
    found = find_steps(around)
    assert found[13:15] == [None, None]
    assert set(found[:13] + found[15:]) == {30}


def test_find__step_named_by_the_file__every_other_one_uncertain() -> None:
    assert find_steps([DAWN + 1_800], 30) == [30]
    on_the_hour = [end + 1_800 for end in ends(*HOUR)]
    assert find_steps(on_the_hour, 30) == [30, *[None] * 12]
    assert find_steps(ends(*HALF, 60, *HALF), 30) == [30] * 26


@st.composite
def recordings(draw: st.DrawFn) -> list[tuple[int, int]]:
    """(end, true minutes) of a meter set to another step a few times, with a few values lost, never two close by.

    Of two lost values with one between them, just where the step changes, that one passes for the longer step.
    """
    at, truth = DAWN, []
    for minutes in draw(st.lists(st.sampled_from(STEPS), min_size=1, max_size=4)):
        at += -at % (minutes * 60)
        for _ in range(draw(st.integers(12, 40))):
            at += minutes * 60
            truth.append((at, minutes))
    lost = draw(st.sets(st.integers(0, len(truth) - 1), max_size=4))
    apart = {one for one in lost if not any(0 < abs(one - other) < 4 for other in lost)}
    return [step for place, step in enumerate(truth) if place not in apart]


@given(recordings())
def test_find__steps_that_change_and_values_that_are_lost__never_wrong(truth: list[tuple[int, int]]) -> None:
    found = find_steps([end for end, _minutes in truth])
    wrong = [(told, minutes) for told, (_end, minutes) in zip(found, truth, strict=True) if told not in (None, minutes)]
    assert not wrong


@given(st.sampled_from(STEPS), st.lists(st.integers(7, 30), min_size=1, max_size=8), st.integers(1, 9))
def test_find__one_step_with_gaps__all_told(minutes: int, stretches: list[int], missing: int) -> None:
    distances = [distance for length in stretches for distance in (*[minutes] * length, minutes * (missing + 1))][:-1]
    found = find_steps([DAWN + 60 * at for at in accumulate(distances, initial=0)])
    assert set(found) == {minutes}


@given(st.lists(st.integers(1, 7_200), max_size=60))
def test_find__any_ends__steps_never_overlap(distances: list[int]) -> None:
    moments = [DAWN + at for at in accumulate(distances, initial=0)]
    found = find_steps(moments)
    for place, minutes in enumerate(found):
        if minutes is not None and place:
            assert moments[place] - minutes * 60 >= moments[place - 1]
