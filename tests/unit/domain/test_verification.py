"""Proposals of a clearing: the right one passes, every other one is refused for its reason."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given

from tests.unit.domain.books import Market, is_equilibrium_by_definition, markets, random_market, vectors
from wattcommons.domain.auction import BookEntry, Side, equilibria
from wattcommons.domain.tariffs import Tariff
from wattcommons.domain.verification import Refusal, Sums, is_equilibrium, refusal, sums_at, verify

pytestmark = [pytest.mark.unit, pytest.mark.fuzz]

CASES = vectors("auction.json")["cases"]
# Sellers 300 at 120, buyers 300 at 180: equilibria 120 to 180 of the band 100 to 200.
BOOK = [BookEntry(1, Side.SELL, 300, 120), BookEntry(2, Side.BUY, 300, 180)]


@pytest.mark.parametrize(
    ("low", "high", "reason"),
    [
        (99, 180, Refusal.OUTSIDE_BAND),
        (120, 201, Refusal.OUTSIDE_BAND),
        (180, 120, Refusal.OUTSIDE_BAND),
        (119, 180, Refusal.LOW_NOT_EQUILIBRIUM),
        (100, 180, Refusal.LOW_NOT_EQUILIBRIUM),
        (121, 180, Refusal.LOW_NOT_LOWEST),
        (180, 180, Refusal.LOW_NOT_LOWEST),
        (120, 181, Refusal.HIGH_NOT_EQUILIBRIUM),
        (120, 200, Refusal.HIGH_NOT_EQUILIBRIUM),
        (120, 179, Refusal.HIGH_NOT_HIGHEST),
        (120, 120, Refusal.HIGH_NOT_HIGHEST),
    ],
)
def test_refusal__wrong_proposal__names_the_reason(low: int, high: int, reason: Refusal) -> None:
    assert refusal(BOOK, 100, 200, low, high) is reason


def test_refusal__right_proposal__none() -> None:
    assert refusal(BOOK, 100, 200, 120, 180) is None


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_verify__book_by_hand__only_the_right_proposal(case: dict[str, Any]) -> None:
    tariff, expected = Tariff(**case["tariff"]), case["expected"]
    book = [
        BookEntry(offer["participant"], Side[offer["side"].upper()], offer["wh"], offer["effective"])
        for offer in case["offers"]
    ]
    if expected["price"] is not None:
        assert verify(book, tariff.floor, tariff.ceiling, expected["low"], expected["high"])
    for low, high in case["wrong_proposals"]:
        assert not verify(book, tariff.floor, tariff.ceiling, low, high)


def test_sums_at__one_price__four_sums() -> None:
    book = [
        BookEntry(1, Side.SELL, 1, 9),
        BookEntry(2, Side.SELL, 2, 10),
        BookEntry(3, Side.SELL, 4, 11),
        BookEntry(4, Side.BUY, 8, 9),
        BookEntry(5, Side.BUY, 16, 10),
        BookEntry(6, Side.BUY, 32, 11),
    ]
    assert sums_at(book, 10) == Sums(sell_below=1, sell_upto=3, buy_above=32, buy_from=48)


def test_verify__every_proposal_of_random_books__exactly_one_passes() -> None:
    rng = random.Random(11)
    for _ in range(150):
        market = random_market(rng)
        band = range(market.floor - 1, market.ceiling + 2)
        passing = [
            (low, high) for low in band for high in band if verify(market.book, market.floor, market.ceiling, low, high)
        ]
        right = [tuple(equilibria(market.book, market.floor, market.ceiling))] if market.floor <= market.ceiling else []
        assert passing == right


@given(markets())
def test_is_equilibrium__every_price__as_defined(market: Market) -> None:
    for price in range(market.floor, market.ceiling + 1):
        by_sums = is_equilibrium(sums_at(market.book, price), price, market.floor, market.ceiling)
        assert by_sums is is_equilibrium_by_definition(market, price)
