"""What changes between the chunks of a clearing changes nothing in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contracts.market.scene import SHORT, recorded
from tests.support.community import FOREVER, KEYS, LIFE_S, Community, member_key, used
from tests.support.village import BARN, FLAT, LOFT, MILL, ROOF, SPA
from wattcommons.chain.sender import Sent
from wattcommons.chain.signing import sign
from wattcommons.chain.typed_data import domain_of, rotation_message
from wattcommons.domain.fills import pack_fills
from wattcommons.domain.settlement import IntervalSettlement

pytestmark = pytest.mark.contracts


def late_reading(village: Community) -> None:
    """The missing flat reports now, and somebody contradicts what is recorded."""
    village.record(village.run(FLAT, village.first, used(900)), village.run(SPA, village.first, used(1)))


def new_orders(village: Community) -> None:
    """Sellers ask more, buyers offer less, the barn enters; one cancels all it has."""
    interval = village.open()
    village.place(
        *(village.order(i, interval, nonce=50, to_interval=FOREVER, sell_limit=190_000) for i in (MILL, ROOF)),
        *(village.order(i, interval, nonce=50, to_interval=FOREVER, buy_limit=41_000) for i in (SPA, BARN)),
        village.standing_order(ROOF, nonce=51, sell_limit=1_000_000),
    )
    village.do("OrderBook.cancelOrders", LOFT, True, 60, by=member_key(LOFT))


def suspension(village: Community) -> None:
    for participant in (MILL, SPA):
        village.do("MemberRegistry.setSuspended", participant, True, by=village.operator)


def rotation(village: Community) -> None:
    terms = (MILL, KEYS.gateway("new").address, 1, village.open(), 0, village.now() + LIFE_S)
    message = rotation_message(domain_of(village.deployment, "MemberRegistry"), terms)
    signed = sign(member_key(MILL), message), sign(village.metering_operator, message)
    address = village.metering_operator.address
    village.do("MemberRegistry.rotateGateway", terms, signed[0], address, signed[1])


def membership(village: Community) -> None:
    """One leaves, one joins, one gets smaller limits, one member's account is closed."""
    village.do("MemberRegistry.close", LOFT, village.open(), by=village.operator)
    joining = village.enrolment_call(SPA, from_interval=village.open(), commitment=b"\x44" * 32)
    village.all_done([joining], village.operator)
    village.do("MemberRegistry.setLimits", SPA, 1, 1, village.open(), by=village.metering_operator)
    village.do("MemberRegistry.setMemberActive", ROOF, False, by=village.operator)


def tariffs(village: Community) -> None:
    village.do("TariffSchedule.addBand", 900_000, 800_000, 0, by=village.operator)
    village.do("TariffSchedule.setDefault", 2, village.open(), by=village.operator)


def credit(village: Community) -> None:
    village.do("EnergyMarket.setCreditLimit", 0, 0, by=village.treasurer)
    for participant in village.participants:
        village.do("EnergyMarket.checkCredit", participant)
    assert not village.see("EnergyMarket.eligibleAt", MILL, village.open())


def wallet(village: Community) -> None:
    """The mill's member gets a new wallet."""
    village.do("MemberRegistry.proposeReplacement", MILL, KEYS.service("new").address, by=village.operator)
    village.do("MemberRegistry.approveReplacement", MILL, KEYS.service("new").address, by=village.approver)
    village.travel(village.now() + village.terms.replacement_delay_s + 1)
    village.do("MemberRegistry.executeReplacement", MILL)


CHANGES = [late_reading, new_orders, suspension, rotation, membership, tariffs, credit, wallet]


def cleared_with(
    village: Community, change: Callable[[Community], None], before: int, count: int
) -> tuple[IntervalSettlement, list[Sent]]:
    """Clear the first interval, the flat missing, in calls of `count`, with a change before the `before`-th call."""
    settled = recorded(village, without=[FLAT])
    sent = []
    for step in range(30):
        if step == before:
            change(village)
        if village.outcome(village.first).settled:
            break
        sent.append(village.advance(settled, count))
    return settled, sent


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("before", [1, 2, 3, 5])
def test_chunks__a_change_between_them__changes_nothing(
    village: Community, change: Callable[[Community], None], before: int
) -> None:
    settled, sent = cleared_with(village, change, before, 2)
    assert len(sent) == 6
    outcome = village.outcome(village.first)
    assert (outcome.price, outcome.matched_wh) == (settled.clearing.price, settled.clearing.matched_wh)
    assert outcome.left_out
    fills = [event["fills"] for one in sent for event in village.events(one, "EnergyMarket.FillsSettled")]
    assert b"".join(fills) == pack_fills(settled.clearing.fills)
    due = {leg.participant: leg.local_neur for leg in settled.legs}
    assert village.balances() == dict.fromkeys(village.participants, 0) | due


def test_chunks__all_changes_at_once__change_nothing(village: Community) -> None:
    def everything(here: Community) -> None:
        for change in CHANGES:
            change(here)

    settled, sent = cleared_with(village, everything, 1, 1)
    assert len(sent) == 12
    due = {leg.participant: leg.local_neur for leg in settled.legs}
    assert village.balances() == dict.fromkeys(village.participants, 0) | due


def test_chunks__a_late_reading__is_flagged_and_settled_apart_once(village: Community) -> None:
    """Whoever reports after the freeze is left out of that clearing and settled against the grid, one time."""
    cleared_with(village, late_reading, 1, 2)
    assert village.reading(FLAT, village.first) == (0, 900, 1, True)
    assert village.reading(SPA, village.first)[1] == SHORT[SPA].consumption_wh
    assert village.balances()[FLAT] == 0
    sent = village.do("EnergyMarket.settleLate", FLAT, village.first - 1, 3)
    assert village.events(sent, "EnergyMarket.LateSettled") == [{"participant": FLAT, "interval": village.first}]
    assert len(village.do("EnergyMarket.settleLate", FLAT, village.first - 1, 3).logs) == 0


def test_settle_late__before_the_interval_is_final__waits(village: Community) -> None:
    settled = recorded(village, without=[FLAT])
    village.advance(settled, 2)
    late_reading(village)
    for _ in range(4):
        assert len(village.do("EnergyMarket.settleLate", FLAT, village.first, 1).logs) == 0
        village.advance(settled, 2)
    village.advance(settled, 2)
    sent = village.do("EnergyMarket.settleLate", FLAT, village.first, 1)
    assert len(village.events(sent, "EnergyMarket.LateSettled")) == 1


def test_settle_late__readings_that_were_in_time__are_not_settled_again(village: Community) -> None:
    village.advance(recorded(village))
    before = village.balances()
    for participant in village.participants:
        assert len(village.do("EnergyMarket.settleLate", participant, village.first - 2, 5).logs) == 0
    assert village.balances() == before


def test_order__that_lands_after_the_gate__is_not_in_the_clearing(village: Community) -> None:
    """Somebody who saw the half-hour's readings bids for it: too late to change anything."""
    settled = recorded(village)
    greedy = village.order(MILL, village.first, nonce=9, sell_limit=190_000, to_interval=FOREVER)
    skipped = village.events(village.place(greedy), "OrderBook.OrderSkipped")
    assert [event["reason"] for event in skipped] == [4]
    village.advance(settled)
    assert village.outcome(village.first).price == settled.clearing.price


def test_suspended__from_the_next_open_interval_on__deals_with_the_grid_only(village: Community) -> None:
    village.travel(village.first * village.length_s)
    opened = village.open()
    suspension(village)
    for interval in (village.first, opened):
        settled = recorded(village, interval=interval)
        barred = (MILL, SPA) if interval == opened else ()
        orders = {i: village.standing_order(i) for i in village.participants if i != BARN}
        settled = village.settlement(interval, SHORT, orders, suspended=barred)
        sent = village.advance(settled)
        [event] = village.events(sent, "EnergyMarket.FillsSettled")
        assert event["fills"] == pack_fills(settled.clearing.fills)
        assert {fill.participant for fill in settled.clearing.fills}.isdisjoint(barred)
