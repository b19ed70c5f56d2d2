"""Indexes to interval energies: what is measured, what is estimated, and that nothing is ever lost or made up."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattcommons.domain.channels import MilliWh
from wattcommons.domain.index_meter import (
    Gap,
    IndexRules,
    IndexSample,
    IndexState,
    IntervalEnergy,
    start_index,
    take_index,
)
from wattcommons.domain.intervals import IntervalLength
from wattcommons.errors import MeterDataError

pytestmark = pytest.mark.unit

LENGTH = IntervalLength(30)
STEP = LENGTH.seconds * 1_000
WH = 1_000
RULES = IndexRules(LENGTH, power_w=9_000)
T0 = 900_000 * STEP


@dataclass
class Meter:
    """Feeds samples and keeps what comes out; `refused` kinds change nothing."""

    rules: IndexRules = RULES
    state: IndexState | None = None
    energies: list[IntervalEnergy] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def show(self, at: int, wh: float, steady: int | None = None, session: str = "") -> None:
        sample = IndexSample(at, MilliWh(round(wh * WH)), steady, session)
        if self.state is None:
            self.state = start_index(sample)
            return
        try:
            taken = take_index(self.state, sample, self.rules)
        except MeterDataError as error:
            self.refused.append(error.kind)
            return
        self.state = taken.state
        self.energies += taken.energies
        self.gaps += [taken.gap] if taken.gap else []

    @property
    def told(self) -> list[tuple[int, int, bool]]:
        return [(one.interval - T0 // STEP, one.energy, one.exact) for one in self.energies]


def test_take_index__index_falls__refused_and_nothing_changes() -> None:
    meter = Meter()
    meter.show(T0, 1_000)
    before = meter.state
    meter.show(T0 + 1_000, 999)
    assert (meter.refused, meter.state) == (["index-drop"], before)


def test_take_index__more_than_the_connection_carries__refused() -> None:
    meter = Meter()
    meter.show(T0, 0)
    meter.show(T0 + 60_000, 9_000 / 60 * 1.1 + 100)  # to the limit, with the display's own step
    meter.show(T0 + 120_000, 2 * 9_000 / 60 * 1.1 + 201)
    assert meter.refused == ["absurd"]


@pytest.mark.parametrize("index", [-1, 10**12])
def test_take_index__index_that_no_display_shows__refused(index: int) -> None:
    state = start_index(IndexSample(T0, MilliWh(0)))
    with pytest.raises(MeterDataError) as caught:
        take_index(state, IndexSample(T0 + 1, MilliWh(index)), replace(RULES, modulus=10**12))
    assert caught.value.kind == ("negative" if index < 0 else "absurd")


def test_take_index__fall_that_is_no_plausible_wrap__refused() -> None:
    meter = Meter(replace(RULES, modulus=10**12))
    meter.show(T0, 500_000_000)
    meter.show(T0 + 60_000, 3)
    assert meter.refused == ["index-drop"]


def test_take_index__nine_digits_wrap__counted_on() -> None:
    meter = Meter(replace(RULES, modulus=10**12))
    meter.show(T0, 999_999_900)
    meter.show(T0 + STEP, 400)
    meter.show(T0 + 2 * STEP, 700)
    assert [energy for _, energy, _ in meter.told] == [300]


def test_take_index__samples_on_the_boundaries__differences_measured() -> None:
    meter = Meter(replace(RULES, bridge_ms=STEP))
    for number, wh in enumerate([10, 260, 260, 1_000]):
        meter.show(T0 + number * STEP, wh)
    # Nothing is known of the interval that ends at the first sample's own moment.
    assert meter.told == [(1, 0, True), (2, 740, True)]


def test_take_index__samples_around_a_boundary__by_proportion_of_time() -> None:
    meter = Meter()
    meter.show(T0 - 60_000, 0)
    meter.show(T0 + 30_000, 9)  # 6 Wh before the boundary, 3 after
    meter.show(T0 + STEP - 60_000, 100)
    meter.show(T0 + STEP + 60_000, 110)
    assert meter.told == [(0, 105 - 6, True)]


def test_take_index__gap_within_an_interval__still_measured() -> None:
    meter = Meter()
    for at, wh in [(-30_000, 0), (30_000, 0), (STEP - 30_000, 800), (STEP + 30_000, 800)]:
        meter.show(T0 + at, wh)
    assert (meter.told, meter.gaps) == ([(0, 800, True)], [])


def test_take_index__gap_over_boundaries__one_total_split_and_estimated() -> None:
    meter = Meter()
    meter.show(T0 - 30_000, 0)
    meter.show(T0 + 30_000, 0)
    meter.show(T0 + 4 * STEP + 30_000, 4_000)
    meter.show(T0 + 5 * STEP - 30_000, 4_000)
    meter.show(T0 + 5 * STEP + 30_000, 4_000)
    assert [exact for _, _, exact in meter.told] == [False] * 5
    assert sum(energy for _, energy, _ in meter.told) == 4_000
    [gap] = meter.gaps
    assert (gap.first - T0 // STEP, gap.end - T0 // STEP, gap.energy, gap.split) == (0, 5, 4_000, True)


def test_take_index__gap_in_which_nothing_flowed__measured() -> None:
    meter = Meter()
    meter.show(T0 - 30_000, 50)
    meter.show(T0 + 30_000, 50)
    meter.show(T0 + 3 * STEP + 30_000, 50)
    assert meter.told == [(0, 0, True), (1, 0, True), (2, 0, True)]
    assert meter.gaps == []


def test_take_index__gap_longer_than_may_be_split__kept_as_one_total() -> None:
    meter = Meter(replace(RULES, most_split=4))
    meter.show(T0 - 30_000, 0)
    meter.show(T0 + 30_000, 0)
    meter.show(T0 + 10 * STEP, 10_000)
    meter.show(T0 + 11 * STEP, 10_500)
    [gap] = meter.gaps
    assert (gap.split, gap.first - T0 // STEP, gap.end - T0 // STEP) == (False, 0, 10)
    assert [place for place, _, _ in meter.told] == [10]
    assert gap.energy + sum(energy for _, energy, _ in meter.told) == 10_500
    assert not meter.energies[0].exact


def test_take_index__clock_set_back__waits_and_loses_nothing() -> None:
    meter = Meter()
    meter.show(T0 - 30_000, 0, 0, "boot")
    meter.show(T0 + 30_000, 0, 60_000, "boot")
    meter.show(T0 + STEP - 60_000, 100, STEP - 30_000, "boot")
    meter.show(T0 + STEP - 600_000, 110, STEP - 25_000, "boot")  # set back nine minutes
    meter.show(T0 + STEP + 30_000, 200, STEP + 605_000, "boot")
    assert meter.told[0][0] == 0
    meter.show(T0 + 2 * STEP - 10_000, 300, 2 * STEP + 565_000, "boot")
    meter.show(T0 + 2 * STEP + 10_000, 300, 2 * STEP + 585_000, "boot")
    assert sum(energy for _, energy, _ in meter.told) == 300
    assert [exact for _, _, exact in meter.told] == [False, False]  # the boundary between them is not sure


def test_take_index__clock_set_forward_over_a_boundary__not_measured() -> None:
    meter = Meter()
    for at, wh, steady in [(-1_000, 0, 0), (1_000, 0, 2_000), (STEP - 60_000, 90, STEP - 59_000)]:
        meter.show(T0 + at, wh, steady, "boot")
    meter.show(T0 + STEP + 20_000, 91, STEP - 58_000, "boot")  # 80 s passed by the clock, 1 s in truth
    assert meter.told == [(0, 90, False)]


def test_take_index__steady_times_of_two_boots__not_compared() -> None:
    meter = Meter()
    meter.show(T0 - 1_000, 0, 500_000, "first")
    meter.show(T0 + 1_000, 0, 3_000, "second")
    meter.show(T0 + STEP + 1_000, 0, STEP + 3_000, "second")
    assert meter.told == [(0, 0, True)]


def test_take_index__index_is_an_estimate__never_measured() -> None:
    meter = Meter(replace(RULES, exact=False))
    for at, wh in [(-1_000, 0), (1_000, 1), (STEP - 1_000, 90), (STEP + 1_000, 91)]:
        meter.show(T0 + at, wh)
    assert [exact for _, _, exact in meter.told] == [False]


steps = st.tuples(
    st.sampled_from([1, 900, 60_000, 119_000, 700_000, STEP, 5 * STEP, 20 * STEP, 400 * STEP, 10**5 * STEP]),
    st.integers(-700_000, 60_000),  # the clock is set, ms
    st.sampled_from([0, 0, 1, 333, 999, 40_000, 3_000_000, -1, -(10**9)]),  # mWh
    st.booleans(),  # the machine was started again
)


@given(st.lists(steps, max_size=80), st.integers(0, STEP), st.sampled_from([None, 10**9]))
def test_take_index__any_samples__energies_and_gaps_add_up_to_the_index(
    moves: list[tuple[int, int, int, bool]], offset: int, modulus: int | None
) -> None:
    meter = Meter(replace(RULES, modulus=modulus, power_w=9_000_000))
    clock, steady, boot, shown, total = T0 + offset, 0, 0, 999_000_000, 0
    meter.state = start_index(IndexSample(clock, MilliWh(shown), steady, "0"))
    starts: list[int] = []
    accepted = shown
    for wait, jump, moved, restarted in moves:
        clock += wait + (jump if wait > 700_000 else 0)
        steady = steady + wait if not restarted else 0
        boot += restarted
        index = (shown + moved) % modulus if modulus else max(0, shown + moved)
        before = meter.state
        meter.show(clock, index / WH, steady, str(boot))
        if meter.state is not before:
            total += (index - accepted) % modulus if modulus else index - accepted
            accepted = index
        shown = index if moved >= 0 else shown
        if meter.state.boundary and not starts:
            first = meter.energies[0].interval if meter.energies else meter.state.boundary.interval
            starts.append(min([first, *(gap.first for gap in meter.gaps if not gap.split)]))
    held = [gap for gap in meter.gaps if not gap.split]
    covered = [one.interval for one in meter.energies] + [i for gap in held for i in range(gap.first, gap.end)]
    assert len(covered) == len(set(covered)), "an interval twice"
    assert all(one.energy >= 0 for one in meter.energies) and all(gap.energy >= 0 for gap in held)
    assert meter.state.total == 999_000_000 + total
    if covered:
        boundary = meter.state.boundary
        assert boundary is not None
        assert sorted(covered) == list(range(min(covered), boundary.interval)), "an interval left out"
        given_out = sum(one.energy for one in meter.energies) + sum(gap.energy for gap in held)
        unborn = boundary.total // WH - given_out  # the index at the first boundary
        assert 999_000_000 // WH <= unborn <= meter.state.total // WH
