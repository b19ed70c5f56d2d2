"""The hand-made books of tests/vectors/auction.json, cleared on chain."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from web3 import Web3

from tests.contracts.market.books import Book, advance_all, bring_about, expected, found, settlement_of
from tests.support.community import Community, Founded, made, used
from wattcommons.domain.fills import Fill, pack_fills
from wattcommons.domain.tariffs import Tariff

pytestmark = pytest.mark.contracts

CASES = json.loads((Path(__file__).parents[2] / "vectors" / "auction.json").read_text(encoding="utf-8"))["cases"]


def book_of(village: Community, case: dict[str, Any]) -> Book:
    """A case as readings and orders; who is not in it used nothing."""
    interval = village.open()
    readings = {participant: used(0) for participant in village.participants}
    orders = {}
    for offer in case["offers"]:
        who, sells = offer["participant"], offer["side"] == "sell"
        readings[who] = made(offer["wh"]) if sells else used(offer["wh"])
        limits = {"sell_limit" if sells else "buy_limit": offer["limit"]}
        orders[who] = village.order(who, interval, nonce=1, **limits)
    return Book(interval, Tariff(**case["tariff"]), readings, orders)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_vector__cleared_on_chain__gives_what_was_worked_out_by_hand(
    founded_arenas: dict[int, Founded], node: Web3, case: dict[str, Any]
) -> None:
    arena = Community(node, founded_arenas[case["k_ppm"]]).arrive()
    book = book_of(arena, case)
    bring_about(arena, [book])
    settled = settlement_of(arena, book)
    by_hand = case["expected"]
    for low, high in case["wrong_proposals"]:
        refused = arena.refused("EnergyMarket.advance", book.interval, low, high, 1_000)
        assert refused[0] in ("MarketProposalWrong", "MarketProposalOutOfBand")
        assert refused[1:4] == (book.interval, low, high)
    right = (by_hand["low"] or 0, by_hand["high"] or 0)
    sent = arena.do("EnergyMarket.advance", book.interval, *right, 1_000)
    result = found(arena, [sent], [book.interval])[book.interval]
    assert (result.price, result.matched_wh) == (by_hand["price"], by_hand["matched_wh"])
    fills = [Fill(one["participant"], one["wh"], one["offset"]) for one in by_hand["fills"]]
    assert result.fills == pack_fills(fills)
    paid = {one.participant: one.wh * (by_hand["price"] or 0) for one in fills}
    assert arena.balances() == {who: paid.get(who, 0) for who in arena.participants}
    assert result == expected(arena, book, settled)


@pytest.mark.parametrize("name", ["merit_order_of_six", "thirds_round_to_the_watt_hour", "negative_prices"])
def test_vector__one_participant_at_a_time__gives_the_same(
    founded_arenas: dict[int, Founded], node: Web3, name: str
) -> None:
    arena = Community(node, founded_arenas[500_000]).arrive()
    [case] = [one for one in CASES if one["name"] == name]
    book = book_of(arena, case)
    bring_about(arena, [book])
    settled = settlement_of(arena, book)
    sent = advance_all(arena, [settled], [1])
    assert found(arena, sent, [book.interval])[book.interval] == expected(arena, book, settled)
