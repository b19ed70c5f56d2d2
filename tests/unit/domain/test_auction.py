"""The reference clearing against hand-made books and against the definition, tried price by price."""

from __future__ import annotations

import random
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.books import Market, equilibria_by_trying, markets, random_market, vectors, volume_at
from wattcommons.domain.auction import NO_CLEARING, BookEntry, Clearing, Side, clear, equilibria
from wattcommons.domain.fills import Fill
from wattcommons.domain.orders import effective_buy, effective_sell
from wattcommons.domain.tariffs import Tariff
from wattcommons.domain.verification import verify
from wattcommons.errors import RuleError

pytestmark = [pytest.mark.unit, pytest.mark.fuzz]

CASES = vectors("auction.json")["cases"]
QUICK_BOOKS = 10_000
DEEP_BOOKS = 300_000


def book_of(case: dict[str, Any]) -> list[BookEntry]:
    return [
        BookEntry(offer["participant"], Side[offer["side"].upper()], offer["wh"], offer["effective"])
        for offer in case["offers"]
    ]


# --- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("book", "match"),
    [
        ([BookEntry(1, Side.SELL, 5, 120), BookEntry(1, Side.BUY, 5, 120)], "participant 1 is in the book twice"),
        ([BookEntry(0, Side.SELL, 5, 120)], "participant 0"),
        ([BookEntry(1, Side.SELL, -1, 120)], "participant 1 offers -1 Wh"),
        ([BookEntry(1, Side.SELL, 5, 99)], "limit 99 µ€/kWh outside 100 to 200"),
        ([BookEntry(1, Side.BUY, 5, 201)], "limit 201 µ€/kWh outside 100 to 200"),
    ],
)
def test_clear__impossible_book__refused(book: list[BookEntry], match: str) -> None:
    with pytest.raises(RuleError, match=match):
        clear(book, 100, 200)


@pytest.mark.parametrize("k_ppm", [-1, 1_000_001])
def test_clear__k_out_of_range__refused(k_ppm: int) -> None:
    with pytest.raises(RuleError, match=f"k is {k_ppm} ppm"):
        clear([], 100, 200, k_ppm)


# --- books worked out by hand --------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_clear__book_by_hand__gives_price_and_fills(case: dict[str, Any]) -> None:
    tariff, expected = Tariff(**case["tariff"]), case["expected"]
    result = clear(book_of(case), tariff.floor, tariff.ceiling, case["k_ppm"])
    assert result == Clearing(
        expected["price"],
        expected["low"],
        expected["high"],
        expected["matched_wh"],
        tuple(Fill(**fill) for fill in expected["fills"]),
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_effective_limits__book_by_hand__bounded_by_the_grid(case: dict[str, Any]) -> None:
    tariff = Tariff(**case["tariff"])
    for offer in case["offers"]:
        bound = effective_buy if offer["side"] == "buy" else effective_sell
        assert bound(offer["limit"], tariff) == offer["effective"]


# --- every integer price tried -------------------------------------------------------------------


def assert_agrees(market: Market, k_ppm: int) -> None:
    result = clear(market.book, market.floor, market.ceiling, k_ppm)
    found = equilibria_by_trying(market)
    if not found:
        assert market.ceiling < market.floor
        assert result == NO_CLEARING
        return
    low, high = found[0], found[-1]
    assert found == list(range(low, high + 1)), "the equilibria have no gap"
    price = low + k_ppm * (high - low) // 1_000_000
    assert (result.low, result.high, result.price) == (low, high, price)
    assert result.matched_wh == volume_at(market.book, price)
    assert result.matched_wh == max(volume_at(market.book, p) for p in range(market.floor, market.ceiling + 1))


def assert_fills_are_right(market: Market, result: Clearing) -> None:
    limits = {entry.participant: entry for entry in market.book}
    filled = {fill.participant: fill.wh for fill in result.fills}
    assert sum(wh for wh in filled.values() if wh > 0) == result.matched_wh
    assert -sum(wh for wh in filled.values() if wh < 0) == result.matched_wh
    rationed = set()
    for entry in market.book:
        wh = filled.get(entry.participant, 0)
        sign = 1 if entry.side is Side.SELL else -1
        better = (entry.limit < result.price) if sign > 0 else (entry.limit > result.price)
        if better:
            assert wh == sign * entry.wh, "everyone better than the price is filled whole"
        elif entry.limit == result.price:
            assert 0 <= sign * wh <= entry.wh
            if sign * wh < entry.wh and result.low == result.high:
                rationed.add(entry.side)
        else:
            assert wh == 0, "nobody trades worse than the limit"
    assert len(rationed) <= 1, "one side at most is rationed"
    assert [fill.participant for fill in result.fills] == sorted(limits.keys() & filled.keys())


def test_clear__ten_thousand_random_books__agree_with_the_definition() -> None:
    rng = random.Random(20_260_101)
    for _ in range(QUICK_BOOKS):
        market, k_ppm = random_market(rng), rng.choice((0, 333_333, 500_000, 500_000, 1_000_000))
        assert_agrees(market, k_ppm)
        result = clear(market.book, market.floor, market.ceiling, k_ppm)
        if result.price is not None:
            assert_fills_are_right(market, result)


@pytest.mark.deep
def test_clear__very_many_random_books__agree_with_the_definition() -> None:
    rng = random.Random(7)
    for _ in range(DEEP_BOOKS):
        assert_agrees(random_market(rng), rng.randint(0, 1_000_000))


@given(markets(), st.integers(0, 1_000_000))
def test_clear__any_book__agrees_with_the_definition(market: Market, k_ppm: int) -> None:
    assert_agrees(market, k_ppm)
    assert_fills_are_right(market, clear(market.book, market.floor, market.ceiling, k_ppm))


@given(markets(width=2_000_000_000))
def test_equilibria__wide_band__pass_the_verification(market: Market) -> None:
    low, high = equilibria(market.book, market.floor, market.ceiling)
    assert verify(market.book, market.floor, market.ceiling, low, high)


@given(markets(), st.randoms(use_true_random=False))
def test_clear__book_in_another_order__same_result(market: Market, rng: random.Random) -> None:
    shuffled = list(market.book)
    rng.shuffle(shuffled)
    assert clear(shuffled, market.floor, market.ceiling) == clear(market.book, market.floor, market.ceiling)


@given(markets(), st.data())
def test_clear__participants_permuted__same_price_and_fills_within_one_wh(market: Market, data: st.DataObject) -> None:
    names = [entry.participant for entry in market.book]
    renamed = dict(zip(names, data.draw(st.permutations(names)), strict=True))
    permuted = [entry._replace(participant=renamed[entry.participant]) for entry in market.book]
    before, after = (clear(book, market.floor, market.ceiling) for book in (market.book, permuted))
    assert (after.price, after.low, after.high, after.matched_wh) == (
        before.price,
        before.low,
        before.high,
        before.matched_wh,
    )
    had = {fill.participant: fill.wh for fill in before.fills}
    has = {fill.participant: fill.wh for fill in after.fills}
    assert all(abs(had.get(name, 0) - has.get(renamed[name], 0)) <= 1 for name in names)


def test_clear__ten_thousand_participants__well_under_a_second() -> None:
    rng = random.Random(1)
    book = [
        BookEntry(index, rng.choice(list(Side)), rng.randint(1, 5_000), rng.randint(100_000, 250_000))
        for index in range(1, 10_001)
    ]
    started = time.process_time()
    result = clear(book, 100_000, 250_000)
    assert time.process_time() - started < 0.5
    assert verify(book, 100_000, 250_000, result.low, result.high)
