"""Orders and cancellations that have no effect, each with its reason."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.contracts.orders.kit import refused_order, replace_wallet, skipped, without_effect
from tests.support.community import FOREVER, KEYS, Community, member_key, order_struct
from tests.support.village import BARN, FLAT, MILL
from wattcommons.chain.signing import sign
from wattcommons.chain.typed_data import SigningDomain, domain_of, order_message
from wattcommons.domain.orders import LimitKind

pytestmark = pytest.mark.contracts


def test_place__signed_by_anyone_else__is_skipped(village: Community) -> None:
    """Anyone could once post orders as somebody else: here only the member's own signature counts."""
    order = village.order(FLAT, village.open())
    wallet = int(member_key(FLAT).address, 16)
    for forger in (village.stranger, village.operator, member_key(MILL)):
        without_effect(village, *village.signed_order(order, by=forger), "NotMember", wallet)
        refused = village.refused("OrderBook.placeOrder", order_struct(order), by=forger)
        assert refused == ("OrderRefused", FLAT, 2, 1, wallet)


@pytest.mark.parametrize("field", range(11))
def test_place__any_field_altered_after_signing__is_skipped(village: Community, field: int) -> None:
    struct, signature = village.signed_order(village.order(FLAT, village.open()))
    altered = list(struct)
    altered[field] = {
        0: BARN,
        1: True,
        2: True,
        3: 150_001,
        4: 100_001,
        5: 5,
        6: 5,
        7: struct[7] - 1 or 1,
        8: FOREVER,
        9: 3,
        10: struct[10] + 1,
    }[field]
    if altered[1]:
        altered[8] = FOREVER
    if altered[2]:
        altered[3] = altered[4] = 1
    if field == 7:
        altered[7] = struct[7] + 1
        altered[8] = struct[8] + 1
    without_effect(village, tuple(altered), signature, "NotMember", int(member_key(altered[0]).address, 16))


@pytest.mark.parametrize(
    "changes", [{"chain_id": 1}, {"contract": "0x" + "42" * 20}, {"name": "Watt Commons EnergyMarket"}]
)
def test_place__signed_for_elsewhere__is_skipped(village: Community, changes: dict[str, Any]) -> None:
    order = village.order(FLAT, village.open())
    here = domain_of(village.deployment, "OrderBook")
    elsewhere = SigningDomain(**({"name": here.name, "chain_id": here.chain_id, "contract": here.contract} | changes))
    signature = sign(member_key(FLAT), order_message(elsewhere, order))
    without_effect(village, order_struct(order), signature, "NotMember", int(member_key(FLAT).address, 16))


def test_place__prices_signed_as_shares__are_not_the_same_order(village: Community) -> None:
    """750000 µ€/kWh and 750000 ppm are signed as different types, so that neither passes for the other."""
    order = village.order(FLAT, village.open(), kind=LimitKind.SHARE, buy_limit=750_000, sell_limit=250_000)
    signature = village.signed_order(replace(order, kind=LimitKind.FIXED))[1]
    without_effect(village, order_struct(order), signature, "NotMember", int(member_key(FLAT).address, 16))


@pytest.mark.parametrize("signature", [b"", b"\0" * 65, b"\x11" * 65, b"\x11" * 64, b"\x22" * 300])
def test_place__garbage_for_a_signature__is_skipped(village: Community, signature: bytes) -> None:
    struct = order_struct(village.order(FLAT, village.open()))
    without_effect(village, struct, signature, "NotMember", int(member_key(FLAT).address, 16))


@pytest.mark.parametrize("unknown", [0, 7])
def test_place__for_a_participant_that_does_not_exist__is_skipped(village: Community, unknown: int) -> None:
    """Its wallet is the zero address, which a failed recovery gives too: that must not match."""
    struct = (unknown, *order_struct(village.order(FLAT, village.open()))[1:])
    without_effect(village, struct, b"\0" * 65, "NotMember", 0)
    refused = village.refused("OrderBook.placeOrder", struct)
    assert refused == ("OrderRefused", unknown, 2, 1, 0)


def test_place__after_gate_closure__is_refused_to_the_second(village: Community) -> None:
    interval = village.open()
    closes = interval * village.length_s - village.terms.gate_lead_s
    order = village.order(FLAT, interval)
    village.travel(closes)
    assert village.see("OrderBook.placeOrder", order_struct(order), by=member_key(FLAT)) == ()
    village.travel(closes + 1)
    refused_order(village, order, "GateClosed", interval + 1)
    village.after(interval)
    refused_order(village, order, "GateClosed", interval + 2)


def test_place__in_an_interval_that_has_ended__changes_nothing_there(village: Community) -> None:
    """Nobody bids after the fact: what was in force when the gate closed stays in force."""
    interval = village.open()
    village.place(village.order(FLAT, interval))
    village.after(interval)
    late = village.order(FLAT, interval, nonce=3, buy_limit=200_000, to_interval=interval + 50)
    refused_order(village, late, "GateClosed", interval + 2)
    exists, order = village.see("OrderBook.orderAt", FLAT, interval)
    assert (exists, order[3], order[9]) == (True, 150_000, 2)


def test_place__replayed__is_refused(village: Community) -> None:
    interval = village.open()
    order = village.order(FLAT, interval, nonce=5)
    village.place(order)
    refused_order(village, order, "NonceUsed", 5)
    for nonce in (0, 1, 4):
        refused_order(village, order, "NonceUsed", 5, nonce=nonce)
    twice = [village.signed_order(village.order(BARN, interval, nonce=1))] * 2
    assert skipped(village, village.do("OrderBook.placeOrders", twice)) == [(BARN, 1, "NonceUsed", 1)]


def test_place__expired__is_refused_to_the_second(village: Community) -> None:
    deadline = village.now() + 100
    order = village.order(FLAT, village.open() + 1, deadline=deadline)
    village.travel(deadline)
    assert village.see("OrderBook.placeOrder", order_struct(order), by=member_key(FLAT)) == ()
    village.travel(deadline + 1)
    refused_order(village, order, "Expired", deadline)


def test_place__a_period_that_makes_no_sense__is_refused(village: Community) -> None:
    interval = village.open()
    order = village.order(FLAT, interval)
    refused_order(village, order, "PeriodInvalid", interval, toInterval=interval)
    refused_order(village, order, "PeriodInvalid", 0, toInterval=0)
    refused_order(village, order, "PeriodInvalid", interval, fromInterval=0, toInterval=interval)
    refused_order(village, order, "PeriodInvalid", FOREVER - 1, standing=True, toInterval=FOREVER - 1)


@pytest.mark.parametrize(
    ("shares", "worst"), [(False, 1_000_000_001), (False, -1_000_000_001), (True, -1), (True, 1_000_001)]
)
def test_place__a_limit_out_of_range__is_refused(village: Community, shares: bool, worst: int) -> None:
    order = village.order(FLAT, village.open())
    fine = 1_000_000 if shares else -1_000_000_000
    refused_order(village, order, "LimitInvalid", 0, shares=shares, buy=worst, sell=fine)
    refused_order(village, order, "LimitInvalid", 1, shares=shares, buy=fine, sell=worst)


@pytest.mark.parametrize("size", [0, 1, 12])
def test_place_orders__a_batch_of_any_size__skips_the_bad_and_places_the_good(village: Community, size: int) -> None:
    interval = village.open()
    orders = [village.order(i % 6 + 1, interval, nonce=10 + i) for i in range(size)]
    signed = [
        village.signed_order(order, by=village.stranger if i % 3 == 1 else None) for i, order in enumerate(orders)
    ]
    sent = village.do("OrderBook.placeOrders", signed)
    bad = [orders[i].nonce for i in range(size) if i % 3 == 1]
    assert [found[1:3] for found in skipped(village, sent)] == [(nonce, "NotMember") for nonce in bad]
    placed = [event["nonce"] for event in village.events(sent, "OrderBook.OrderPlaced")]
    assert placed == [order.nonce for order in orders if order.nonce not in bad]


def test_place__by_the_old_key_after_its_replacement__is_refused(village: Community) -> None:
    new = KEYS.service("new wallet")
    replace_wallet(village, FLAT, new.address)
    order = village.order(FLAT, village.open())
    without_effect(village, *village.signed_order(order), "NotMember", int(new.address, 16))
    refused = village.refused("OrderBook.placeOrder", order_struct(order), by=member_key(FLAT))
    assert refused == ("OrderRefused", FLAT, 2, 1, int(new.address, 16))
    cancel = village.refused("OrderBook.cancelOrders", FLAT, True, 2, by=member_key(FLAT))
    assert cancel[0] == "OrderRefused"
    sent = village.do("OrderBook.placeOrders", [village.signed_order(order, by=new)])
    assert skipped(village, sent) == []
