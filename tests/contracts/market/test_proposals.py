"""Proposals: only the right one passes, no wrong one hinders it, and nothing happens twice or too early."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.contracts.market.scene import EVEN, SHORT, recorded, standing
from tests.support.community import EVERYBODY, Community, member_key, proposal
from tests.support.village import FLAT, MILL
from wattcommons.domain.auction import BookEntry
from wattcommons.domain.fills import pack_fills
from wattcommons.domain.readings import Reading
from wattcommons.domain.settlement import IntervalSettlement, Seat, build_book
from wattcommons.domain.verification import verify
from wattcommons.errors import RevertedError

pytestmark = pytest.mark.contracts

BOTH = pytest.mark.parametrize("readings", [SHORT, EVEN], ids=["one price", "many prices"])


def wrong_ones(village: Community, settled: IntervalSettlement) -> list[tuple[int, int]]:
    """Every kind of wrong proposal: off by one either way, too narrow, too wide, swapped, far away."""
    low, high = settled.clearing.low, settled.clearing.high
    assert low is not None
    assert high is not None
    floor, ceiling = village.tariff.floor, village.tariff.ceiling
    near = [(low + a, high + b) for a in (-1, 0, 1) for b in (-1, 0, 1)]
    price = settled.clearing.price or 0
    far = [(floor, ceiling), (floor, floor), (ceiling, ceiling), (floor, high), (low, ceiling), (price, price)]
    odd = [(high + 1, low), (0, 0), (floor - 1, ceiling), (floor, ceiling + 1), (-(2**31), 2**31 - 1)]
    return [pair for pair in dict.fromkeys(near + far + odd) if pair != (low, high)]


def in_band(village: Community, low: int, high: int) -> bool:
    return village.tariff.floor <= low <= high <= village.tariff.ceiling


def right_result(village: Community, settled: IntervalSettlement) -> None:
    """The interval is final, as the domain says."""
    outcome = village.outcome(settled.interval)
    assert outcome.settled
    assert (outcome.price, outcome.matched_wh) == (settled.clearing.price, settled.clearing.matched_wh)
    due = {leg.participant: leg.ledger_neur(village.terms.collection) for leg in settled.legs}
    assert village.balances() == due


@BOTH
def test_advance__a_wrong_proposal_of_any_kind__reverts(village: Community, readings: Mapping[int, Reading]) -> None:
    """The price is never anybody's word: one µ€/kWh off either way and it fails, whoever proposes it."""
    settled = recorded(village, readings)
    floor, ceiling = village.tariff.floor, village.tariff.ceiling
    for low, high in wrong_ones(village, settled):
        for caller in (village.stranger, village.operator, village.treasurer):
            refused = village.refused("EnergyMarket.advance", settled.interval, low, high, EVERYBODY, by=caller)
            if in_band(village, low, high):
                assert refused == ("MarketProposalWrong", settled.interval, low, high)
            else:
                assert refused == ("MarketProposalOutOfBand", settled.interval, low, high, floor, ceiling)
    village.advance(settled)
    right_result(village, settled)


@BOTH
def test_advance__of_all_prices_nearby__one_passes(village: Community, readings: Mapping[int, Reading]) -> None:
    """Uniqueness, against the domain's own check."""
    settled = recorded(village, readings)
    low, high = settled.clearing.low or 0, settled.clearing.high or 0
    book = entries(village, readings, settled)
    for a in range(low - 3, low + 4):
        for b in range(high - 3, high + 4):
            if not in_band(village, a, b):
                continue
            passes = verify(book, village.tariff.floor, village.tariff.ceiling, a, b)
            assert passes is ((a, b) == (low, high))
            if not passes:
                refused = village.refused("EnergyMarket.advance", settled.interval, a, b, EVERYBODY)
                assert refused == ("MarketProposalWrong", settled.interval, a, b)


def entries(village: Community, readings: Mapping[int, Reading], settled: IntervalSettlement) -> list[BookEntry]:
    """The domain's book of the village."""
    orders = standing(village)
    seats = [Seat(who, reading, orders.get(who)) for who, reading in readings.items()]
    return build_book(seats, settled.tariff)


@BOTH
@pytest.mark.parametrize("count", [1, 2, 5])
def test_advance__wrong_proposals_half_verified_first__do_not_hinder_the_right_one(
    village: Community, readings: Mapping[int, Reading], count: int
) -> None:
    settled = recorded(village, readings)
    wrong = [pair for pair in wrong_ones(village, settled) if in_band(village, *pair)]
    for low, high in wrong[:4]:
        for _ in range(-(-village.size // count) - 1):
            village.do("EnergyMarket.advance", settled.interval, low, high, count)
        stored = village.see("EnergyMarket.progressOf", settled.interval, low, high)
        for _ in range(2):
            with pytest.raises(RevertedError, match="MarketProposalWrong"):
                village.do("EnergyMarket.advance", settled.interval, low, high, EVERYBODY)
        assert village.see("EnergyMarket.progressOf", settled.interval, low, high) == stored
        assert not village.outcome(settled.interval).cleared
    assert village.see("EnergyMarket.progressOf", *proposal(settled)) == 0
    village.advance(settled)
    right_result(village, settled)


def test_advance__one_participant_chunks_of_a_stranger__only_help(village: Community) -> None:
    """A nuisance: between the keeper's calls somebody advances by one, with the right and with wrong proposals."""
    settled = recorded(village)
    wrong = next(pair for pair in wrong_ones(village, settled) if in_band(village, *pair))
    chunks = []
    for _ in range(20):
        if village.outcome(settled.interval).settled:
            break
        if not village.outcome(settled.interval).cleared:
            village.do("EnergyMarket.advance", settled.interval, *wrong, 1)
        for by, count in ((village.stranger, 1), (village.operator, 2)):
            if not village.outcome(settled.interval).settled:
                sent = village.do("EnergyMarket.advance", *proposal(settled), count, by=by)
                chunks += village.events(sent, "EnergyMarket.FillsSettled")
    right_result(village, settled)
    assert b"".join(chunk["fills"] for chunk in chunks) == pack_fills(settled.clearing.fills)
    assert len(chunks) >= 3


def test_advance__once_cleared__settles_whatever_prices_are_named(village: Community) -> None:
    """After the verification the stored price counts; a caller's lo and hi mean nothing any more."""
    settled = recorded(village)
    for _ in range(2):
        village.advance(settled, 3)
    assert village.outcome(settled.interval).cleared
    village.do("EnergyMarket.advance", settled.interval, -5, 2**31 - 1, 3)
    village.do("EnergyMarket.advance", settled.interval, 0, 0, 3)
    right_result(village, settled)


@pytest.mark.parametrize("count", [1, 4, EVERYBODY])
def test_advance__a_final_interval__reverts_and_nothing_is_paid_twice(village: Community, count: int) -> None:
    settled = recorded(village)
    village.advance(settled)
    before = village.balances()
    wrong = wrong_ones(village, settled)[0]
    for low, high in (proposal(settled)[1:], wrong, (0, 0)):
        refused = village.refused("EnergyMarket.advance", settled.interval, low, high, count)
        assert refused == ("MarketIntervalFinal", settled.interval)
    assert village.see("EnergyMarket.settleLate", MILL, settled.interval, 1) == 0
    assert village.balances() == before


def test_advance__twice_in_one_transaction__reverts_both(village: Community) -> None:
    settled = recorded(village)
    call = village.call("EnergyMarket.advance", *proposal(settled), EVERYBODY).data
    assert village.refused("EnergyMarket.multicall", [call, call]) == ("MarketIntervalFinal", settled.interval)
    assert not village.outcome(settled.interval).cleared


def test_advance__incomplete_before_the_deadline__reverts_to_the_second(village: Community) -> None:
    readings = {who: reading for who, reading in SHORT.items() if who != FLAT}
    interval = village.first
    village.record_interval(interval, readings)
    deadline = (interval + 1) * village.length_s + village.terms.deadline_s
    village.travel(deadline - 1)
    refused = village.refused("EnergyMarket.advance", interval, 0, 0, 1)
    assert refused == ("LedgerIntervalIncomplete", interval, 5, 6, deadline)
    village.travel(deadline)
    assert village.refused("EnergyMarket.advance", interval, 0, 0, 1)[0] == "MarketProposalOutOfBand"
    settled = recorded(village, without=[FLAT])
    village.advance(settled)
    assert village.outcome(interval).left_out
    right_result_of_present(village, settled)


def right_result_of_present(village: Community, settled: IntervalSettlement) -> None:
    """As `right_result`, nobody else having got or paid anything."""
    due = {leg.participant: leg.ledger_neur(village.terms.collection) for leg in settled.legs}
    assert village.balances() == dict.fromkeys(village.participants, 0) | due
    assert village.outcome(settled.interval).settled


def test_advance__complete__is_not_flagged(village: Community) -> None:
    village.advance(recorded(village))
    assert not village.outcome(village.first).left_out


def test_advance__an_interval_not_ended__reverts(village: Community) -> None:
    ends = (village.first + 1) * village.length_s
    village.travel(ends - 1)
    refused = village.refused("EnergyMarket.advance", village.first, 0, 0, 1)
    assert refused == ("LedgerIntervalNotEnded", village.first, ends)


def test_advance__an_interval_before_the_market__reverts(village: Community) -> None:
    start = village.see("EnergyMarket.firstUncleared")
    refused = village.refused("EnergyMarket.advance", start - 1, 0, 0, 1)
    assert refused == ("MarketIntervalBeforeFirst", start - 1, start)


def test_advance__by_nobody__reverts(village: Community) -> None:
    recorded(village)
    assert village.refused("EnergyMarket.advance", village.first, 0, 0, 0) == ("MarketCountZero",)


def test_advance__by_any_account__is_the_same(village: Community) -> None:
    """The keeper needs no privilege, and no role has one."""
    settled = recorded(village)
    by = (member_key(MILL), village.operator, village.treasurer, village.stranger)
    for account in by:
        assert village.see("EnergyMarket.advance", *proposal(settled), EVERYBODY, by=account) is True
        assert village.see("EnergyMarket.advance", *proposal(settled), 2, by=account) is False


def test_advance__where_no_local_price_is_possible__takes_nought_and_nothing_else(village: Community) -> None:
    """R - f < F: everybody deals with the grid; the proposal must be 0, 0."""
    interval = village.open()
    village.do("TariffSchedule.addBand", 100_000, 90_000, 20_000, by=village.operator)
    village.do("TariffSchedule.schedule", interval, [2], by=village.operator)
    village.record_interval(interval, SHORT)
    for low, high in ((90_000, 80_000), (80_000, 90_000), (0, 1), (-1, 0)):
        refused = village.refused("EnergyMarket.advance", interval, low, high, EVERYBODY)
        assert refused == ("MarketProposalOutOfBand", interval, low, high, 90_000, 80_000)
    village.do("EnergyMarket.advance", interval, 0, 0, 4)
    village.do("EnergyMarket.advance", interval, 0, 0, 4)
    village.do("EnergyMarket.advance", interval, 0, 0, EVERYBODY)
    outcome = village.outcome(interval)
    assert (outcome.settled, outcome.has_price, outcome.matched_wh) == (True, False, 0)
    assert set(village.balances().values()) == {0}
