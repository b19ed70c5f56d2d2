"""Members whose wallet is a contract (EIP-1271), honest and not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.contracts.orders.kit import cancel_signature, skipped, wallet_of
from tests.support.community import Community
from tests.support.village import FLAT, SPA

pytestmark = pytest.mark.contracts


@pytest.mark.parametrize("manner", ["Good", "Slow"])
def test_place__by_a_contract_wallet__is_taken(village: Community, manner: str) -> None:
    owner = wallet_of(village, FLAT, manner)
    order = village.order(FLAT, village.open())
    assert skipped(village, village.do("OrderBook.placeOrders", [village.signed_order(order, by=owner)])) == []
    assert village.see("OrderBook.lastNonce", FLAT) == 2
    foreign = village.signed_order(replace(order, nonce=3), by=village.stranger)
    [found] = skipped(village, village.do("OrderBook.placeOrders", [foreign]))
    assert found[2] == "NotMember"


@pytest.mark.parametrize("manner", ["BurnsGas", "AnswersShort", "AnswersDirty", "Reverts"])
def test_place__by_a_contract_wallet_that_misbehaves__is_skipped_at_a_bounded_cost(
    village: Community, manner: str
) -> None:
    owner = wallet_of(village, FLAT, manner)
    bad = village.signed_order(village.order(FLAT, village.open()), by=owner)
    good = village.signed_order(village.order(SPA, village.open()))
    sent = village.do("OrderBook.placeOrders", [bad, good])
    [found] = skipped(village, sent)
    assert (found[0], found[2]) == (FLAT, "NotMember")
    assert [event["participant"] for event in village.events(sent, "OrderBook.OrderPlaced")] == [SPA]
    assert sent.gas_used < 300_000


def test_place_orders__with_too_little_gas_for_a_wallet__reverts_instead_of_skipping(village: Community) -> None:
    """Whoever relays a batch cannot make a good order look bad by sending it with too little gas."""
    owner = wallet_of(village, FLAT, "Slow")
    signed = [village.signed_order(village.order(FLAT, village.open()), by=owner)]
    data = village.call("OrderBook.placeOrders", signed)
    outcomes = set()
    for gas in range(60_000, 400_000, 5_000):
        answer: Any = village.web3.provider.make_request(
            "eth_call",  # type: ignore[arg-type]
            [{"to": data.to, "data": "0x" + data.data.hex(), "gas": hex(gas)}, "latest"],
        )
        outcomes.add("reverted" if "error" in answer else "placed")
        if "error" not in answer:
            sent = village.sender().send(data, gas=gas)
            assert skipped(village, sent) == []
            break
    assert outcomes == {"reverted", "placed"}


def test_place__by_a_wallet_that_answers_at_length__costs_no_more(village: Community) -> None:
    """Its first word says yes, so the order stands; the 190 kB behind it are not copied."""
    owner = wallet_of(village, FLAT, "AnswersHuge")
    orders = [village.order(FLAT, village.open()), village.order(SPA, village.open())]
    sent = village.do(
        "OrderBook.placeOrders", [village.signed_order(orders[0], by=owner), village.signed_order(orders[1])]
    )
    assert [event["participant"] for event in village.events(sent, "OrderBook.OrderPlaced")] == [FLAT, SPA]
    assert sent.gas_used < 400_000


def test_cancel_for__by_a_contract_wallet_that_burns_gas__is_refused(village: Community) -> None:
    owner = wallet_of(village, FLAT, "BurnsGas")
    signature = cancel_signature(village, FLAT, False, 9, by=owner)
    refused = village.refused("OrderBook.cancelOrdersFor", FLAT, False, 9, village.now() + 50, signature)
    assert refused[:4] == ("OrderRefused", FLAT, 9, 1)
