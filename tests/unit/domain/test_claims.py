from __future__ import annotations

from collections import Counter
from itertools import groupby
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattcommons.domain.claims import Claims, Metered, Portion, Used, claims, sums_of
from wattcommons.domain.intervals import IntervalLength
from wattcommons.errors import RuleError

pytestmark = pytest.mark.unit

LENGTH = IntervalLength.HALF_HOUR
WHOLE = (0, 2**40)


def metered(interval: int = 100, participant: int = 1, consumption: int = 1_000, **changes: object) -> Metered:
    return Metered(interval, participant, consumption, 0, 0, 0, 0, measured=True)._replace(**changes)


def used(statement: int, wh: int, *, device: int = 7, interval: int = 100, period: tuple[int, int] = WHOLE) -> Used:
    return Used(statement, device << 32 | interval, wh, *period)


def claimed(points: list[Metered], uses: list[Used]) -> Claims:
    return claims(points, uses, LENGTH)


def test_claims__interval_of_a_point_twice__refused() -> None:
    with pytest.raises(RuleError, match="interval 100 of participant 1 is there twice"):
        claimed([metered(), metered()], [])


def test_claims__certificate_twice_in_a_statement__refused() -> None:
    with pytest.raises(RuleError, match="statement 3 names certificate"):
        claimed([metered()], [used(3, 10), used(3, 20)])


@pytest.mark.parametrize(
    "wrong",
    [
        {"own_use_wh": 5, "own_certified_wh": 6},
        {"bought_wh": 5, "bought_certified_wh": 6},
        {"own_use_wh": 600, "bought_wh": 401},
        {"own_certified_wh": -1},
    ],
)
def test_claims__energies_that_cannot_be__refused(wrong: dict[str, int]) -> None:
    with pytest.raises(RuleError, match="cannot be"):
        claimed([metered(**wrong)], [])


def test_claims__corrected_below_what_was_bought__only_what_was_used_is_claimed() -> None:
    point = metered(consumption_wh=500, own_use_wh=100, own_certified_wh=60, bought_wh=700, bought_certified_wh=700)
    found = claimed([point._replace(corrected=True)], [used(1, 500)])
    [line] = found.lines
    assert (line.own_use_wh, line.bought_wh, line.cancelled_wh, line.matched_wh) == (60, 400, 40, 500)
    assert found.left_wh == 460


def test_claims__own_use_corrected_upwards__certified_stays_as_it_was_at_issue() -> None:
    [line] = claimed([metered(own_use_wh=300, own_certified_wh=200)._replace(corrected=True)], []).lines
    assert (line.own_use_wh, line.uncertified_wh) == (200, 100)


def test_claims__another_interval__never_matched() -> None:
    found = claimed([metered(interval=101)], [used(1, 500, interval=100)])
    assert found.lines[0].matched_wh == 0
    assert found.left_wh == 500


@pytest.mark.parametrize("period", [(100 * 1_800 + 1, 2**40), (0, 101 * 1_800 - 1), (0, 1)])
def test_claims__interval_not_whole_in_the_reporting_period__not_claimed(period: tuple[int, int]) -> None:
    found = claimed([metered()], [used(1, 500, period=period)])
    assert (found.lines[0].cancelled_wh, found.left_wh) == (0, 500)


def test_claims__interval_just_the_reporting_period__claimed() -> None:
    found = claimed([metered()], [used(1, 500, period=(100 * 1_800, 101 * 1_800))])
    assert (found.lines[0].cancelled_wh, found.left_wh) == (500, 0)


def test_claims__estimated_reading__nothing_is_claimed_and_the_certificates_stay() -> None:
    point = metered(own_use_wh=100, own_certified_wh=100, bought_wh=50, bought_certified_wh=50, measured=False)
    found = claimed([point], [used(1, 500)])
    assert (found.lines[0].matched_wh, found.lines[0].uncertified_wh, found.left_wh) == (0, 150, 500)
    assert sums_of(found.lines).unmeasured == 1


def test_claims__order_of_use__own_then_bought_then_statements_by_number() -> None:
    point = metered(own_use_wh=300, own_certified_wh=300, bought_wh=400, bought_certified_wh=400)
    line = claimed([point], [used(9, 250), used(2, 200)]).lines[0]
    assert (line.own_use_wh, line.bought_wh) == (300, 400)
    assert line.portions == (Portion(2, 7 << 32 | 100, 200), Portion(9, 7 << 32 | 100, 100))
    assert line.matched_wh == line.consumption_wh == 1_000


def test_claims__two_points_of_a_member__the_lower_number_is_served_first() -> None:
    found = claimed([metered(participant=4), metered(participant=2)], [used(1, 1_300)])
    assert [(line.participant, line.cancelled_wh) for line in found.lines] == [(2, 1_000), (4, 300)]
    assert found.of(4)[0].portions == (Portion(1, 7 << 32 | 100, 300),)


def test_claims__local_energy_without_certificates__told_apart() -> None:
    line = claimed([metered(own_use_wh=300, bought_wh=400, bought_certified_wh=100)], []).lines[0]
    assert (line.matched_wh, line.uncertified_wh) == (100, 600)


def test_sums__share__rounds_down_and_needs_consumption() -> None:
    third = claimed([metered(consumption=3, bought_wh=2, bought_certified_wh=2)], []).lines
    assert sums_of(third).share == 6_666
    assert sums_of(()).share is None
    assert sums_of(claimed([metered(consumption=0)], []).lines).share is None


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Metered], list[Used]]:
    """A member with up to three points and four intervals, and statements over few certificates."""
    small = st.integers(0, 40)
    points = []
    for interval in range(100, 104):
        for participant in draw(st.sets(st.integers(1, 3))):
            own, bought, grid = draw(small), draw(small), draw(small)
            certified = draw(st.integers(0, own)), draw(st.integers(0, bought))
            seat = (interval, participant, own + bought + grid, own, certified[0], bought, certified[1])
            points.append(Metered(*seat, measured=draw(st.booleans())))
    keys = draw(st.sets(st.tuples(st.integers(1, 4), st.integers(1, 2), st.integers(99, 104)), max_size=14))
    periods = st.sampled_from([WHOLE, (0, 102 * 1_800), (101 * 1_800, 103 * 1_800)])
    uses = [used(one, draw(small), device=d, interval=at, period=draw(periods)) for one, d, at in sorted(keys)]
    return points, uses


@given(worlds(), st.randoms(use_true_random=False))
def test_claims__any_member__no_wh_is_claimed_twice(world: tuple[list[Metered], list[Used]], random: Random) -> None:
    points, uses = world
    found = claimed(points, uses)
    by_key = {(one.interval, one.participant): one for one in points}
    taken: Counter[tuple[int, int]] = Counter()
    for line in found.lines:
        seat = by_key.pop((line.interval, line.participant))
        assert line.matched_wh <= line.consumption_wh == seat.consumption_wh
        assert line.own_use_wh <= seat.own_certified_wh
        assert line.bought_wh <= seat.bought_certified_wh
        assert line.matched_wh + line.uncertified_wh <= line.consumption_wh
        for one in line.portions:
            assert one.wh > 0
            assert one.certificate & 0xFFFFFFFF == line.interval
            taken[one.statement, one.certificate] += one.wh
    assert not by_key  # every point of every interval has its line
    available = {(one.statement, one.certificate): one.wh for one in uses}
    assert all(wh <= available[key] for key, wh in taken.items())
    assert sum(taken.values()) + found.left_wh == sum(available.values())
    shuffled_points, shuffled_uses = random.sample(points, len(points)), random.sample(uses, len(uses))
    assert claimed(shuffled_points, shuffled_uses) == found


@given(worlds())
def test_claims__any_member__what_is_left_found_no_room(world: tuple[list[Metered], list[Used]]) -> None:
    points, uses = world
    found = claimed(points, uses)
    for interval, group in groupby(found.lines, key=lambda line: line.interval):
        lines = list(group)
        open_wh = sum(line.consumption_wh - line.matched_wh for line in lines if line.measured)
        usable = [
            one
            for one in uses
            if one.interval == interval
            and one.period_from <= interval * 1_800
            and (interval + 1) * 1_800 <= one.period_to
        ]
        left = sum(one.wh for one in usable) - sum(line.cancelled_wh for line in lines)
        assert left == 0 or open_wh == 0
