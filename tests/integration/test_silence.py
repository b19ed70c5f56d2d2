"""Who is silent, on a real chain: what is missing, what is lost and what it costs, against the domain's sums."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.community import Community, made, used
from tests.support.village import BARN, FLAT, LOFT, MILL, ROOF, SPA
from wattcommons.services.keeper.keeper import Keeper, KeeperOptions
from wattcommons.services.relay.silence import Silence, Silent

pytestmark = pytest.mark.integration

READINGS = {
    MILL: made(3_000, 100),
    ROOF: made(1_200, 300),
    SPA: used(2_500),
    FLAT: used(180),
    LOFT: used(220),
    BARN: used(50),
}
HOUR = 3_600


def record(village: Community, first: int, count: int, *missing: int) -> None:
    """The same readings in so many intervals from the community's `first` interval on, but for who is missing."""
    begin = village.first + first
    village.after(begin + count - 1)
    village.record(
        *(
            village.run(participant, begin, *[reading] * count)
            for participant, reading in READINGS.items()
            if participant not in missing
        )
    )


def settle(village: Community, end: int) -> None:
    """Clear all intervals before the community's interval `end`."""
    sender = village.sender(village.stranger)
    keeper = Keeper(village.contracts, sender, KeeperOptions(credit_every_s=None))
    for _ in range(20):
        if village.see("EnergyMarket.firstUncleared") >= village.first + end:
            return
        keeper.cycle()
    raise AssertionError("the keeper does not get there")


def gain(village: Community, participant: int, interval: int) -> int:
    """Of one settled interval in which everybody reported, by the domain's own rules, n€."""
    orders = {one: village.standing_order(one) for one in READINGS if one != BARN}
    settled = village.settlement(interval, READINGS, orders)
    return next(leg.saved_neur for leg in settled.legs if leg.participant == participant)


def silence(village: Community, hours: int = 2) -> Silence:
    return Silence(village.contracts, hours * HOUR)


def test_report__everybody_was_heard_in_time__nobody(village: Community) -> None:
    record(village, 0, 4)
    village.after(village.first + 6)  # three half-hours without a reading
    assert silence(village).report() == []
    village.after(village.first + 7)
    assert [one.participant for one in silence(village).report()] == list(village.participants)


def test_report__community_that_has_just_begun__nobody(village: Community) -> None:
    assert silence(village).report() == []
    village.after(village.first + 2)
    assert silence(village).report() == []


def test_report__never_heard__all_since_its_first_interval(village: Community) -> None:
    record(village, 0, 5, BARN)
    assert silence(village).report() == [
        Silent(BARN, None, 5, 0, (village.first + 1) * village.length_s + village.terms.deadline_s, 0)
    ]


def test_report__some_are_silent__what_a_seller_and_a_buyer_gained_in_the_mean(village: Community) -> None:
    first = village.first
    record(village, 0, 3)
    settle(village, 3)
    record(village, 3, 5, MILL, SPA)
    deadline = (first + 4) * village.length_s + village.terms.deadline_s
    assert gain(village, MILL, first) != gain(village, SPA, first)
    assert gain(village, MILL, first) > 0
    assert silence(village).report() == [
        Silent(who, first + 2, 5, 0, deadline, 5 * gain(village, who, first)) for who in (MILL, SPA)
    ]


def test_report__intervals_without_a_trade__count_in_the_mean(village: Community) -> None:
    first = village.first
    record(village, 0, 1)
    village.after(first + 2)
    dark = {**READINGS, MILL: made(0, 100), ROOF: made(0, 300)}
    village.record(*(village.run(who, first + 1, reading, reading) for who, reading in dark.items()))
    settle(village, 3)
    record(village, 3, 5, SPA)
    [spa] = silence(village).report()
    assert spa.estimated_cost_neur == gain(village, SPA, first) * 5 // 3


def test_report__settled_without_it__lost_and_no_part_of_its_mean(village: Community) -> None:
    first = village.first
    record(village, 0, 2)
    record(village, 2, 20, MILL)
    village.past_deadline(first + 5)
    settle(village, 6)
    now = village.now() // village.length_s
    [mill] = [one for one in silence(village).report() if one.participant == MILL]
    assert (mill.last, mill.missing, mill.lost) == (first + 1, now - first - 2, 8)
    assert mill.deadline == (first + 11) * village.length_s + village.terms.deadline_s
    assert mill.estimated_cost_neur == gain(village, MILL, first) * (mill.missing - 8)


def test_report__all_past_the_deadline__nothing_left_to_be_made_good(village: Community) -> None:
    record(village, 0, 2)
    settle(village, 2)
    village.travel((village.first + 400) * village.length_s)
    found = silence(village).report()
    assert len(found) == len(READINGS)
    assert all(one.missing == 398 and one.lost == 398 - 12 and one.deadline for one in found)


def test_report__no_longer_waited_for__frozen_before_the_deadline_is_lost(village: Community) -> None:
    first = village.first
    record(village, 0, 1)
    settle(village, 1)
    record(village, 1, 8, MILL)
    village.do("MeterLedger.markSilent", MILL)
    told = village.see("MemberRegistry.firstOpenInterval") - first
    record(village, 9, told + 1 - 9, MILL)
    readings: dict[int, Any] = {who: reading for who, reading in READINGS.items() if who != MILL}
    orders = {one: village.standing_order(one) for one in readings if one != BARN}
    village.advance(village.settlement(first + told, readings, orders))  # complete without the mill, so it is frozen
    assert village.outcome(first + told).settled
    [mill] = silence(village).report()
    assert (mill.missing, mill.lost) == (told, 1)
    assert mill.estimated_cost_neur == gain(village, MILL, first) * (told - 1)


def test_report__asked_again__late_news_count(village: Community) -> None:
    first = village.first
    record(village, 0, 2)
    record(village, 2, 8, MILL)
    watch = silence(village)
    [mill] = watch.report()
    assert (mill.last, mill.missing, mill.estimated_cost_neur) == (first + 1, 8, 0)  # nothing is settled yet
    settle(village, 2)
    [mill] = watch.report()
    assert mill.estimated_cost_neur == 8 * gain(village, MILL, first)
    village.record(village.run(MILL, first + 2, READINGS[MILL]))  # an older one, out of turn
    [mill] = watch.report()
    assert (mill.last, mill.missing) == (first + 2, 7)
    village.record(village.run(MILL, first + 9, READINGS[MILL]))
    assert watch.report() == []
