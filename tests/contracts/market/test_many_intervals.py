"""Several intervals in one transaction, and where the grid's and the network's money is booked too."""

from __future__ import annotations

import random

import pytest

from tests.contracts.market.books import Book, advance_all, bring_about, random_books, settlement_of
from tests.support.community import EVERYBODY, Community, made, proposal, used
from wattcommons.domain.readings import ABSENT_READING
from wattcommons.domain.settlement import IntervalSettlement, settle_late
from wattcommons.domain.tariffs import Tariff

pytestmark = pytest.mark.contracts


def some_books(crowd: Community, count: int = 10) -> tuple[list[Book], list[IntervalSettlement]]:
    books = random_books(crowd, random.Random(99), count)
    bring_about(crowd, books)
    return books, [settlement_of(crowd, book) for book in books]


def ledger(crowd: Community) -> tuple[dict[int, int], int, int]:
    """Balances, grid and network."""
    grid, network = crowd.see("EnergyMarket.pooledBalances")
    return crowd.balances(), grid, network


def test_many_intervals__in_one_call__each_is_settled_against_the_grid(collecting_crowd: Community) -> None:
    """A peer gave only the first of several intervals its grid: here each one balances by itself."""
    crowd = collecting_crowd
    books, settled = some_books(crowd)
    calls = [crowd.call("EnergyMarket.advance", *proposal(one), EVERYBODY).data for one in settled]
    sent = crowd.do("EnergyMarket.multicall", calls)
    assert len(crowd.events(sent, "EnergyMarket.IntervalSettled")) == len(books)
    together = ledger(crowd)
    due = dict.fromkeys(crowd.participants, 0)
    for book, one in zip(books, settled, strict=True):
        energy = {leg.participant: leg for leg in one.legs}
        for who, reading in book.readings.items():
            if not reading.is_present:
                continue
            leg = energy[who]
            assert leg.own_use_wh + leg.sold_wh + leg.grid_export_wh == reading.production_wh
            assert leg.own_use_wh + leg.bought_wh + leg.grid_import_wh == reading.consumption_wh
            due[who] += leg.value_neur
        exported = sum(leg.grid_export_wh - leg.grid_import_wh for leg in one.legs)
        assert exported == sum(reading.net_wh for reading in book.readings.values())
    assert together[0] == due
    assert sum(together[0].values()) + together[1] + together[2] == 0
    assert (together[1], together[2]) == (
        sum(one.grid_neur for one in settled),
        sum(one.network_neur for one in settled),
    )
    assert together[2] > 0


@pytest.mark.parametrize("counts", [[EVERYBODY], [1], [5, 3]])
def test_many_intervals__one_by_one_or_in_one_call__are_the_same(
    collecting_crowd: Community, counts: list[int]
) -> None:
    crowd = collecting_crowd
    _, settled = some_books(crowd, 4)
    before = ledger(crowd)
    for one in settled:
        advance_all(crowd, [one], counts)
        after = ledger(crowd)
        change = {who: after[0][who] - before[0][who] for who in crowd.participants}
        legs = {leg.participant: leg.value_neur for leg in one.legs}
        assert change == dict.fromkeys(crowd.participants, 0) | legs
        assert (after[1] - before[1], after[2] - before[2]) == (one.grid_neur, one.network_neur)
        before = after


def test_many_intervals__backwards__are_the_same(crowd: Community) -> None:
    """Intervals clear in any order; the mark of the oldest open one waits for it."""
    _, settled = some_books(crowd, 6)
    oldest = settled[0].interval
    crowd.past_deadline(oldest)
    for earlier in range(crowd.first, oldest):
        crowd.do("EnergyMarket.advance", earlier, crowd.tariff.floor, crowd.tariff.ceiling, EVERYBODY)
    crowd.do("EnergyMarket.catchUp", 1_000)
    assert crowd.see("EnergyMarket.firstUncleared") == oldest
    advance_all(crowd, reversed(settled[1:]), [4])
    assert crowd.see("EnergyMarket.firstUncleared") == oldest
    advance_all(crowd, settled[:1], [4])
    crowd.do("EnergyMarket.catchUp", 1_000)
    assert crowd.see("EnergyMarket.firstUncleared") == oldest + 6
    assert sum(crowd.balances().values()) == 0


def test_many_intervals__one_of_them_wrong__undoes_the_whole_call(crowd: Community) -> None:
    _, settled = some_books(crowd, 4)
    with_price = [one for one in settled if one.clearing.price is not None]
    low, high = with_price[-1].clearing.low or 0, with_price[-1].clearing.high or 0
    calls = [crowd.call("EnergyMarket.advance", *proposal(one), EVERYBODY).data for one in with_price[:-1]]
    narrow = (low + 1, high) if low < high else (low, high - 1)
    calls.append(crowd.call("EnergyMarket.advance", with_price[-1].interval, *narrow, EVERYBODY).data)
    assert crowd.refused("EnergyMarket.multicall", calls)[0] in ("MarketProposalWrong", "MarketProposalOutOfBand")
    assert not any(crowd.outcome(one.interval).cleared for one in settled)


def test_late__where_the_grid_is_collected__is_booked_against_the_grid_once(collecting_crowd: Community) -> None:
    crowd = collecting_crowd
    interval = crowd.open()
    tariff = Tariff(250_000, 100_000, 60_000)  # type: ignore[arg-type]
    late = {3: made(700, 200), 4: used(900), 5: made(400, 400)}
    readings = {who: ABSENT_READING if who in late else used(10 * who) for who in crowd.participants}
    book = Book(interval, tariff, readings, {})
    bring_about(crowd, [book])
    advance_all(crowd, [settlement_of(crowd, book)], [EVERYBODY])
    crowd.record(*(crowd.run(who, interval, reading) for who, reading in late.items()))
    before = ledger(crowd)
    for who, reading in late.items():
        leg = settle_late(who, reading, tariff)  # type: ignore[arg-type]
        assert crowd.see("EnergyMarket.settleLate", who, interval - 3, 9) == 1
        for _ in range(2):
            crowd.do("EnergyMarket.settleLate", who, interval - 3, 9)
        assert crowd.balances()[who] - before[0][who] == leg.grid_neur
    after = ledger(crowd)
    assert after[1] - before[1] == -(500 * 100_000 - 900 * 250_000)
    assert after[2] == before[2]
    assert sum(after[0].values()) + after[1] + after[2] == 0


def test_collects__says_what_was_deployed(crowd: Community, collecting_crowd: Community) -> None:
    assert crowd.see("EnergyMarket.collects") == (False, False)
    assert collecting_crowd.see("EnergyMarket.collects") == (True, True)
