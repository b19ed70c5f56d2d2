"""Paying out what the grid and the network are owed, where the community bills for them."""

from __future__ import annotations

import pytest

from tests.contracts.market.books import Book, bring_about, settlement_of
from tests.support.community import KEYS, Community, made, used
from wattcommons.domain.tariffs import Tariff

pytestmark = pytest.mark.contracts

TARIFF = Tariff(250_000, 100_000, 20_000)  # type: ignore[arg-type]


@pytest.fixture
def billed(collecting_crowd: Community) -> Community:
    """One half-hour settled: the grid and the network are owed something, which the second participant has paid in."""
    crowd = collecting_crowd
    interval = crowd.open()
    readings = dict.fromkeys(crowd.participants, used(0)) | {1: made(500), 2: used(2_000)}
    limits = {"buy_limit": 200_000, "sell_limit": 120_000}
    orders = {who: crowd.order(who, interval, nonce=1, **limits) for who in (1, 2)}
    book = Book(interval, TARIFF, readings, orders)
    bring_about(crowd, [book])
    crowd.advance(settlement_of(crowd, book))
    return crowd


def pay(crowd: Community, amount: int) -> None:
    crowd.do("CommunityEuro.mintToAccount", 2, amount, b"\x01" * 32, by=crowd.treasurer)


def test_withdraw_pooled__by_the_treasurer__up_to_what_is_owed(billed: Community) -> None:
    grid, network = billed.see("EnergyMarket.pooledBalances")
    assert (grid, network) == (1_500 * 250_000, 500 * 20_000)
    pay(billed, 10**9)
    supplier = KEYS.member("3").address
    for which, owed in ((False, grid), (True, network)):
        refused = billed.refused("EnergyMarket.withdrawPooled", supplier, which, owed + 1, by=billed.treasurer)
        assert refused == ("MarketWithdrawalExceedsBalance", 0, owed, 0, owed + 1)
        billed.do("EnergyMarket.withdrawPooled", supplier, which, owed, by=billed.treasurer)
        refused = billed.refused("EnergyMarket.withdrawPooled", supplier, which, 1, by=billed.treasurer)
        assert refused == ("MarketWithdrawalExceedsBalance", 0, 0, 0, 1)
    assert billed.see("CommunityEuro.balanceOf", supplier) == grid + network
    held = billed.see("CommunityEuro.balanceOf", billed.address("EnergyMarket"))
    assert held == sum(billed.balances().values()) == 10**9 - grid - network


def test_withdraw_pooled__beyond_what_the_market_holds__is_refused(billed: Community) -> None:
    """Owed is not paid: the grid's money is there only once members have paid in."""
    grid, _ = billed.see("EnergyMarket.pooledBalances")
    supplier = KEYS.member("3").address
    refused = billed.refused("EnergyMarket.withdrawPooled", supplier, False, grid, by=billed.treasurer)
    assert refused == ("MarketWithdrawalExceedsLiquidity", 0, grid)


def test_withdraw_pooled__where_nothing_is_collected__has_nothing(crowd: Community) -> None:
    supplier = KEYS.member("3").address
    for which in (False, True):
        refused = crowd.refused("EnergyMarket.withdrawPooled", supplier, which, 1, by=crowd.treasurer)
        assert refused == ("MarketWithdrawalExceedsBalance", 0, 0, 0, 1)
