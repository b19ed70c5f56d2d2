"""The contract against the domain on a fair sample of generated books, in every chunking."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from web3 import Web3

from tests.contracts.market.books import (
    Book,
    advance_all,
    bring_about,
    expected,
    found,
    random_books,
    settlement_of,
)
from tests.support.community import Community, Founded
from tests.support.devnet import rpc
from wattcommons.domain.settlement import IntervalSettlement

pytestmark = pytest.mark.contracts

BOOKS = 27
"""A group; six groups are more than 150 books."""
CHUNKS = [*([count] for count in range(1, 14)), [1, 2, 3, 5, 1, 13], [11, 1, 7]]
"""Participants a call: each size from one to one more than all, and two mixtures."""


@pytest.mark.parametrize("seed", range(6))
def test_books__of_every_kind_in_every_chunking__are_cleared_as_by_the_domain(
    founded_crowds: dict[bool, Founded], node: Web3, seed: int
) -> None:
    crowd = Community(node, founded_crowds[seed % 2 == 1]).arrive()
    rng = random.Random(seed)
    books = random_books(crowd, rng, BOOKS)
    changes = bar_some(crowd, seed)
    bring_about(crowd, books)
    settled = [settlement_of(crowd, book, **changes) for book in books]
    right = {book.interval: expected(crowd, book, one) for book, one in zip(books, settled, strict=True)}
    for counts in CHUNKS:
        taken = rpc(node, "evm_snapshot")
        here = Community(node, founded_crowds[seed % 2 == 1]).arrive()
        sent = advance_all(here, settled, counts)
        assert found(here, sent, right) == right, counts
        check_money(here, settled)
        assert here.see("EnergyMarket.firstUncleared") <= here.now() // here.length_s
        assert rpc(node, "evm_revert", taken)


def bar_some(crowd: Community, seed: int) -> dict[str, set[int]]:
    """Suspend the eleventh or take the twelfth's credit away, in some groups."""
    if seed % 3 == 1:
        crowd.do("MemberRegistry.setSuspended", 11, True, by=crowd.operator)
        return {"suspended": {11}}
    if seed % 3 == 2:
        crowd.do("EnergyMarket.setCreditLimit", 12, 0, by=crowd.treasurer)
        crowd.do("EnergyMarket.checkCredit", 12)
        return {"ineligible": {12}}
    return {}


def check_money(crowd: Community, settled: Sequence[IntervalSettlement]) -> None:
    """Balances are the domain's to the nano-euro, and add up to nothing with grid and network."""
    collection = crowd.terms.collection
    due = dict.fromkeys(crowd.participants, 0)
    for one in settled:
        for leg in one.legs:
            due[leg.participant] += leg.ledger_neur(collection)
    grid = sum(one.grid_neur for one in settled) if collection.grid else 0
    network = sum(one.network_neur for one in settled) if collection.network_fee else 0
    assert crowd.balances() == due
    assert crowd.see("EnergyMarket.pooledBalances") == (grid, network)
    assert sum(due.values()) + grid + network == 0


def test_sample__of_the_books__has_what_it_claims(crowd: Community) -> None:
    """Ties, empty sides, caps, negative prices, no price, missing readings, rationing on either side, one trader."""
    books: list[Book] = []
    for seed in range(6):
        books += random_books(crowd, random.Random(seed), BOOKS)
    settled = [settlement_of(crowd, book) for book in books]
    assert len(books) >= 150
    clearings = [one.clearing for one in settled]
    assert sum(clearing.price is None for clearing in clearings) >= 5
    assert sum(clearing.price is not None and clearing.price < 0 for clearing in clearings) >= 10
    assert sum(clearing.matched_wh > 0 for clearing in clearings) >= 40
    assert sum(clearing.low == clearing.high for clearing in clearings) >= 30
    assert sum(bool(one.missing) for one in settled) >= 20
    assert sum(len(clearing.fills) >= 6 for clearing in clearings) >= 10
    rationed = 0
    for book, clearing in zip(books, clearings, strict=True):
        offered = {who: abs(reading.net_wh) for who, reading in book.readings.items()}
        rationed += any(abs(fill.wh) < offered[fill.participant] for fill in clearing.fills)
    assert rationed >= 20
