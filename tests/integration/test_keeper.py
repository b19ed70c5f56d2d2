"""The keeper on a real chain: with strangers about, in chunks, late, silent, short of credit, and stuck."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.support.community import KEYS, Community, made, proposal, used
from tests.support.village import BARN, FLAT, LOFT, MILL, ROOF, SPA
from wattcommons.chain.roles import Role
from wattcommons.domain.readings import Reading
from wattcommons.errors import KeeperStalled
from wattcommons.services.keeper import book as keeper_book
from wattcommons.services.keeper import clearing
from wattcommons.services.keeper.keeper import CycleReport, Keeper, KeeperOptions
from wattcommons.services.keeper.plan import Proposal

pytestmark = pytest.mark.integration

SUNNY = {
    MILL: made(3_000, 100),
    ROOF: made(1_200, 300),
    SPA: used(2_500),
    FLAT: used(180),
    LOFT: used(220),
    BARN: used(50),
}


def keeper_of(village: Community, **options: Any) -> Keeper:
    account = village.sender(village.stranger)
    return Keeper(village.contracts, account, KeeperOptions(**({"credit_every_s": None} | options)))


def record_day(village: Community, intervals: int, missing: int | None = None) -> None:
    """The same sunny reading in each interval from the first on."""
    village.after(village.first + intervals - 1)
    runs = [
        village.run(participant, village.first, *[reading] * intervals)
        for participant, reading in SUNNY.items()
        if participant != missing
    ]
    village.record(*runs)


def expected(village: Community, interval: int, readings: dict[int, Reading] = SUNNY) -> Any:
    orders = {one: village.standing_order(one) for one in readings if one != BARN}
    return village.settlement(interval, readings, orders)


# --------------------------------------------------------------------- refusals


def test_cycle__every_proposal_refused__stalls_with_the_contracts_reason(
    village: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_day(village, 1)
    wrong = Proposal(village.first, 40_000, 40_001, 6, 2)  # type: ignore[arg-type]
    monkeypatch.setattr(keeper_book.BookReader, "proposals", lambda *_args, **_options: [wrong])
    keeper = keeper_of(village)
    keeper.cycle()  # moves the mark over the intervals before the first participant's
    with pytest.raises(KeeperStalled) as stalled:
        keeper.cycle()
    assert stalled.value.interval == village.first
    assert "MarketProposalWrong" in stalled.value.reason
    assert not village.outcome(village.first).cleared


def test_cycle__readings_missing_before_the_deadline__waits(village: Community) -> None:
    record_day(village, 2, missing=FLAT)
    report = keeper_of(village).cycle()
    assert report.settled == ()
    assert report.waiting == (village.first, village.first + 1)


def test_cycle__without_a_sender__proposes_and_sends_nothing(village: Community) -> None:
    record_day(village, 2)
    before = village.web3.eth.block_number
    report = Keeper(village.contracts, None).cycle()
    assert [(one.interval, one.low, one.high) for one in report.proposals] == [
        proposal(expected(village, village.first + at)) for at in range(2)
    ]
    assert village.web3.eth.block_number == before
    assert not report.progressed


# --------------------------------------------------------------------- clearing


def test_cycle__a_day__cleared_as_the_domain_has_it(village: Community) -> None:
    record_day(village, 4)
    report = keeper_of(village).cycle()
    assert report.settled == tuple(range(village.first, village.first + 4))
    assert report.mark_after == village.first + 4
    for interval in report.settled:
        outcome = village.outcome(interval)
        clearing_ = expected(village, interval).clearing
        assert (outcome.settled, outcome.price, outcome.matched_wh) == (True, clearing_.price, clearing_.matched_wh)


def test_cycle__nothing_due_any_more__does_nothing(village: Community) -> None:
    record_day(village, 1)
    keeper = keeper_of(village)
    keeper.cycle()
    before = village.web3.eth.block_number
    assert not keeper.cycle().progressed
    assert village.web3.eth.block_number == before


def test_cycle__past_the_deadline__clears_and_flags_who_is_missing(village: Community) -> None:
    record_day(village, 1, missing=FLAT)
    village.past_deadline(village.first)
    report = keeper_of(village).cycle()
    assert report.settled == (village.first,)
    assert village.outcome(village.first).left_out


def test_run__more_than_a_cycle_holds__goes_on(village: Community) -> None:
    record_day(village, 5)
    reports = keeper_of(village, intervals=2).run()
    assert [len(report.settled) for report in reports] == [2, 2, 1]


# --------------------------------------------------------------------- strangers


def test_cycle__stranger_finalised_one_meanwhile__the_rest_is_cleared(
    village: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_day(village, 3)
    read = keeper_book.BookReader.proposals

    def then_a_stranger(self: Any, *arguments: Any, **options: Any) -> list[Proposal]:
        found = read(self, *arguments, **options)
        village.advance(expected(village, village.first + 1))
        return found

    monkeypatch.setattr(keeper_book.BookReader, "proposals", then_a_stranger)
    report = keeper_of(village).cycle()
    assert report.elsewhere == (village.first + 1,)
    assert report.settled == (village.first, village.first + 2)


def test_cycle__stranger_proposed_wrongly_in_chunks__hinders_nothing(village: Community) -> None:
    record_day(village, 1)
    village.do("EnergyMarket.advance", village.first, 50_000, 60_000, 3)
    assert keeper_of(village).cycle().settled == (village.first,)


def test_cycle__stranger_left_the_right_one_half_done__is_completed(village: Community) -> None:
    record_day(village, 2)
    village.advance(expected(village, village.first), 1)
    assert sorted(keeper_of(village).cycle().settled) == [village.first, village.first + 1]


def test_cycle__reading_landed_after_the_book_was_read__is_read_again(
    village: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_day(village, 1, missing=MILL)
    village.past_deadline(village.first)
    read = keeper_book.BookReader.proposals
    times = []

    def then_the_mill(self: Any, *arguments: Any, **options: Any) -> list[Proposal]:
        found = read(self, *arguments, **options)
        if not times:
            village.record(village.run(MILL, village.first, SUNNY[MILL]))
        times.append(1)
        return found

    monkeypatch.setattr(keeper_book.BookReader, "proposals", then_the_mill)
    assert keeper_of(village).cycle().settled == (village.first,)
    assert village.outcome(village.first).price == expected(village, village.first).clearing.price
    assert len(times) == 2


# --------------------------------------------------------------------- chunks


@pytest.mark.parametrize("seats", [1, 2, 4])
def test_cycle__interval_larger_than_a_transaction__clears_in_chunks(
    village: Community, monkeypatch: pytest.MonkeyPatch, seats: int
) -> None:
    record_day(village, 1)
    monkeypatch.setattr(clearing.GasModel, "of", lambda *_: 10**9)
    monkeypatch.setattr(clearing.GasModel, "seats_within", lambda *_: seats)
    report = keeper_of(village).cycle()
    assert report.settled == (village.first,)
    assert len(report.gas) > 1
    outcome = village.outcome(village.first)
    clearing_ = expected(village, village.first).clearing
    assert (outcome.price, outcome.matched_wh) == (clearing_.price, clearing_.matched_wh)


def test_cycle__transaction_out_of_gas__is_split(village: Community) -> None:
    record_day(village, 8)
    report = keeper_of(village, gas=1_100_000).cycle()
    assert sorted(report.settled) == list(range(village.first, village.first + 8))
    assert all(one.gas <= 1_100_000 for one in report.gas)


# --------------------------------------------------------------------- chores


def test_cycle__late_reading__settled_against_the_grid(village: Community) -> None:
    record_day(village, 1, missing=ROOF)
    village.past_deadline(village.first)
    keeper = keeper_of(village)
    keeper.cycle()
    village.record(village.run(ROOF, village.first, SUNNY[ROOF]))
    assert keeper.cycle().late_settled == 1
    assert keeper.cycle().late_settled == 0
    issued = village.see("GuaranteeOfOrigin.totalsOf", 2)[0]
    assert issued == SUNNY[ROOF].production_wh


def test_cycle__keeper_started_anew__finds_late_readings_in_the_logs(village: Community) -> None:
    record_day(village, 1, missing=ROOF)
    village.past_deadline(village.first)
    keeper_of(village).cycle()
    village.record(village.run(ROOF, village.first, SUNNY[ROOF]))
    assert keeper_of(village).cycle().late_settled == 1


def test_cycle__silent_for_long__no_longer_waited_for(village: Community) -> None:
    overdue = village.terms.deadline_s // village.length_s
    record_day(village, overdue + village.terms.silence_after, missing=FLAT)
    assert keeper_of(village).cycle().silenced == 1
    assert village.see("MemberRegistry.epochAt", FLAT, village.open())[6]


def test_look_at_credit__debt_beyond_the_limit__orders_stop_counting(village: Community) -> None:
    record_day(village, 1)
    keeper = keeper_of(village)
    keeper.cycle()
    village.do("EnergyMarket.setCreditLimit", SPA, 1, by=village.treasurer)
    assert keeper.look_at_credit() == 1
    assert not village.see("EnergyMarket.eligibleAt", SPA, village.open())
    village.do("CommunityEuro.mintToAccount", SPA, 10**12, b"\x01" * 32, by=village.treasurer)
    assert keeper.look_at_credit() == 1
    assert village.see("EnergyMarket.eligibleAt", SPA, village.open())


def test_cycle__ineligible_participant__left_out_of_the_proposal(village: Community) -> None:
    record_day(village, 1)
    keeper = keeper_of(village)
    keeper.cycle()
    village.do("EnergyMarket.setCreditLimit", SPA, 1, by=village.treasurer)
    keeper.look_at_credit()
    interval = village.open()
    village.record_interval(interval, SUNNY)
    village.past_deadline(interval)
    assert interval in keeper.cycle().settled
    orders = {one: village.standing_order(one) for one in SUNNY if one != BARN}
    settled = village.settlement(interval, SUNNY, orders, ineligible=(SPA,))
    assert village.outcome(interval).price == settled.clearing.price


def test_cycle__coach_period_over__is_judged(village: Community) -> None:
    target = (village.first, village.first + 2, 1_000, 900, b"\x01" * 32)
    village.do("GreenCoach.setTarget", FLAT, 1, target, by=KEYS.role(Role.COACH))
    keeper = keeper_of(village)
    assert keeper.cycle().judged == 0
    record_day(village, 2)
    report: CycleReport = keeper.cycle()
    assert report.judged == 1
    assert village.see("GreenCoach.evaluationOf", FLAT, 1)[0] == 1  # award
    assert keeper.cycle().judged == 0


def test_run__problem_that_stays__stalls_after_all_that_could_be_done(
    village: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_day(village, 2)
    read = keeper_book.BookReader.proposals

    def with_one_wrong(self: Any, intervals: Any, **options: Any) -> list[Proposal]:
        found = read(self, intervals, **options)
        return [replace(one, high=one.high + 1) if one.interval == village.first else one for one in found]

    monkeypatch.setattr(keeper_book.BookReader, "proposals", with_one_wrong)
    with pytest.raises(KeeperStalled) as stalled:
        keeper_of(village).run()
    assert stalled.value.interval == village.first
    assert village.outcome(village.first + 1).settled
