"""Certificates of corrected readings: issued, taken from the producer, or owed by the device; never a third party's."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.corrections.kit import DEBT_REASON, GOO, NOBODY, REASON, Desk
from tests.contracts.market.scene import SHORT, recorded
from tests.support.community import KEYS, Community, gateway_key, made, member_key
from tests.support.village import BARN, MILL, SPA
from wattcommons.chain.roles import Role
from wattcommons.chain.signing import sign
from wattcommons.chain.typed_data import domain_of, enrolment_message
from wattcommons.domain.readings import Quality

pytestmark = pytest.mark.contracts

DEVICE = 1
"""The mill's: 1,500 Wh made, 100 of them used, the rest sold or minted."""
SUNNY = SHORT | {MILL: made(3_000, 100), SPA: made(0, 900)}
"""Much is left for the grid, and so for the mill to hold."""


@pytest.fixture
def desk(billed: Community) -> Desk:
    settled = recorded(billed, SUNNY)
    billed.advance(settled)
    made_desk = Desk(billed, settled)
    sold = made_desk.traded(MILL)
    assert made_desk.held(wallet(MILL), DEVICE) == 3_000 - 100 - sold > 1_000
    assert made_desk.totals(DEVICE) == (3_000, 100 + sold, 0)
    return made_desk


def wallet(participant: int) -> str:
    return str(member_key(participant).address)


def hand_over(village: Community, participant: int, member: int, since: int) -> tuple[Any, ...]:
    """What both sign when `member` takes a metering point over, with a gateway key of the successor's own."""
    successor = int(village.see("MemberRegistry.participantCount")) + 1
    gateway = gateway_key(successor).address
    assert participant != successor
    terms = (member, 1, 1, 9_000, 9_000, gateway, since, b"\x33" * 32, village.far_future)
    message = enrolment_message(domain_of(village.deployment, "MemberRegistry"), terms)
    metering = village.metering_operator
    return terms, sign(member_key(member), message), metering.address, sign(metering, message)


# ---------------------------------------------------------------------- refusals


@pytest.mark.parametrize("role", list(Role))
def test_guarantees_correct__by_a_key__is_refused_whoever_holds_it(desk: Desk, role: Role) -> None:
    caller = KEYS.role(role)
    refused = desk.village.refused(f"{GOO}.correct", desk.interval, MILL << 72 | 5, 0, REASON, by=caller)
    assert refused == ("GuaranteeOnlyCorrections", caller.address.lower())


# ---------------------------------------------------------------------- more than was recorded


def test_correct__more_production__is_minted_to_the_producer(desk: Desk) -> None:
    before = desk.held(wallet(MILL), DEVICE)
    sent = desk.correct(MILL, 3_400, 100)
    issued, cancelled, withdrawn = desk.totals(DEVICE)
    assert (issued, withdrawn) == (3_400, 0)
    assert cancelled == 100 + desk.traded(MILL), "what was cancelled at issue stays so"
    assert desk.held(wallet(MILL), DEVICE) == before + 400
    more = {"id": desk.id_of(DEVICE), "participant": MILL, "holder": wallet(MILL), "wh": 400}
    assert desk.log(sent, "IssuedMore", "Issued", "DebtSet", "Withdrawn") == [("IssuedMore", more)]


def test_correct__an_estimate__earns_as_if_it_had_been_measured(billed: Community) -> None:
    readings = SUNNY | {MILL: made(3_000, 100, Quality.ESTIMATED)}
    settled = recorded(billed, readings)
    billed.advance(settled)
    desk = Desk(billed, settled)
    assert desk.totals(DEVICE) == (0, 0, 0)
    sent = desk.correct(MILL, 2_900, 150)
    sold = desk.traded(MILL)
    assert sold > 0
    [(name, told)] = desk.log(sent, "Issued", "IssuedMore")
    assert name == "Issued"
    assert (told["ownUseWh"], told["soldWh"], told["mintedWh"]) == (150, sold, 2_900 - 150 - sold)
    assert desk.totals(DEVICE) == (2_900, 150 + sold, 0)


def test_correct__production_where_none_was_measured__is_issued_like_a_first_reading(billed: Community) -> None:
    settled = recorded(billed, SUNNY | {MILL: made(0, 500)})
    billed.advance(settled)
    desk = Desk(billed, settled)
    desk.correct(MILL, 800, 500)
    assert desk.totals(DEVICE) == (800, 500, 0)
    assert desk.held(wallet(MILL), DEVICE) == 300


def test_correct__a_participant_without_a_device__moves_no_certificate(desk: Desk) -> None:
    sent = desk.correct(SPA, 700, 900)
    assert desk.log(sent, "Issued", "IssuedMore", "Withdrawn", "DebtSet", "TransferSingle") == []


def test_correct__an_account_closed_since__what_is_more_waits_in_a_claim(desk: Desk) -> None:
    village = desk.village
    village.do("MemberRegistry.setMemberActive", MILL, False, by=village.operator)
    desk.correct(MILL, 3_100, 100)
    desk.correct(MILL, 3_300, 100)
    found = village.see(f"{GOO}.certificate", desk.id_of(DEVICE))
    assert (found[6], found[7], found[8]) == (3_300, 300, MILL)
    desk.correct(MILL, 3_250, 100)
    assert village.see(f"{GOO}.certificate", desk.id_of(DEVICE))[7] == 250, "the claim first, then the wallet"


# ---------------------------------------------------------------------- less than was recorded


def test_correct__less_than_the_producer_holds__is_withdrawn_from_it(desk: Desk) -> None:
    before = desk.held(wallet(MILL), DEVICE)
    sent = desk.correct(MILL, 2_500, 100)
    assert desk.held(wallet(MILL), DEVICE) == before - 500
    assert desk.totals(DEVICE)[::2] == (3_000, 500)
    assert desk.debt(DEVICE) == 0
    taken = {"id": desk.id_of(DEVICE), "holder": wallet(MILL), "wh": 500, "reason": REASON}
    assert desk.log(sent, "Withdrawn", "DebtSet") == [("Withdrawn", taken)]


def test_correct__certificates_of_a_third_party__are_never_touched(desk: Desk) -> None:
    """All but 200 Wh are given away; the reading falls to nothing: 200 are taken, all else is owed."""
    held = desk.held(wallet(MILL), DEVICE)
    desk.give(MILL, SPA, DEVICE, held - 200)
    sent = desk.correct(MILL, 0, 100)
    assert desk.held(wallet(SPA), DEVICE) == held - 200
    assert desk.held(wallet(MILL), DEVICE) == 0
    assert desk.debt(DEVICE) == 3_000 - 200
    issued, cancelled, withdrawn = desk.totals(DEVICE)
    assert (issued, withdrawn) == (3_000, 200)
    assert issued == cancelled + withdrawn + desk.held(wallet(SPA), DEVICE)
    owed = {"device": DEVICE, "id": desk.id_of(DEVICE), "debtWh": 2_800}
    assert desk.log(sent, "DebtSet") == [("DebtSet", owed)]


def test_debt__the_next_issue__pays_from_what_would_be_minted(desk: Desk) -> None:
    village = desk.village
    desk.give(MILL, SPA, DEVICE, desk.held(wallet(MILL), DEVICE))
    desk.correct(MILL, 2_500, 100)
    assert desk.debt(DEVICE) == 500
    later = recorded(village, SUNNY | {MILL: made(1_000, 600)}, interval=desk.interval + 1)
    sent = village.advance(later)
    sold = next((fill.wh for fill in later.clearing.fills if fill.participant == MILL), 0)
    minted = 400 - sold
    paid = min(500, minted)
    assert desk.debt(DEVICE) == 500 - paid
    assert desk.held(wallet(MILL), DEVICE, later.interval) == minted - paid
    told = [args for name, args in desk.log(sent, "Withdrawn") if args["id"] == desk.id_of(DEVICE, later.interval)]
    expected = {"id": desk.id_of(DEVICE, later.interval), "holder": wallet(MILL), "wh": paid, "reason": DEBT_REASON}
    assert told == ([expected] if paid else [])


def test_debt__correction_upwards__is_paid_from_it_first(desk: Desk) -> None:
    desk.give(MILL, SPA, DEVICE, desk.held(wallet(MILL), DEVICE))
    desk.correct(MILL, 2_500, 100)
    desk.correct(MILL, 2_900, 100)
    assert desk.debt(DEVICE) == 100
    assert desk.held(wallet(MILL), DEVICE) == 0
    desk.correct(MILL, 3_100, 100)
    assert desk.debt(DEVICE) == 0
    assert desk.held(wallet(MILL), DEVICE) == 100
    issued, _, withdrawn = desk.totals(DEVICE)
    assert issued - withdrawn == 3_100


def test_debt__through_a_change_of_owner__follows_the_device(desk: Desk) -> None:
    """The mill is sold to the spa's owner, its last reading corrected afterwards: the new owner's issues pay."""
    village = desk.village
    desk.give(MILL, BARN, DEVICE, desk.held(wallet(MILL), DEVICE))
    since = village.open()
    enrolment = hand_over(village, MILL, SPA, since)
    village.do("MemberRegistry.handOver", MILL, *enrolment, by=village.operator)
    owner = int(village.see("MemberRegistry.participantCount"))
    desk.correct(MILL, 2_600, 100)
    assert desk.debt(DEVICE) == 400
    before = desk.held(wallet(BARN), DEVICE)
    village.after(since)
    village.record(village.run(owner, since, made(1_000, 300), by=gateway_key(owner)))
    village.past_deadline(since)
    village.advance(village.settlement(since, {owner: made(1_000, 300)}, {}))
    assert desk.debt(DEVICE) == 0
    assert desk.held(wallet(SPA), DEVICE, since) == 700 - 400, "the new owner's, from an issue of the same device"
    assert desk.held(wallet(BARN), DEVICE) == before, "the third party's"


def test_correct__a_suspended_device_at_that_interval__earns_nothing_either_way(billed: Community) -> None:
    valid = billed.now() + 86_400
    billed.do("MemberRegistry.setDeviceIssuable", DEVICE, True, True, valid, by=billed.issuing_body)
    interval = billed.open()
    settled = recorded(billed, SUNNY, interval=interval)
    billed.advance(settled)
    desk = Desk(billed, settled)
    for production in (4_000, 100):
        sent = desk.correct(MILL, production, 100)
        assert desk.log(sent, "Issued", "IssuedMore", "Withdrawn", "DebtSet") == []
    assert desk.totals(DEVICE) == (0, 0, 0)


def test_correct__after_a_member_got_a_new_wallet__takes_what_the_new_one_holds(desk: Desk) -> None:
    village = desk.village
    heir = member_key(88)
    village.do("MemberRegistry.proposeReplacement", MILL, heir.address, by=village.operator)
    village.do("MemberRegistry.approveReplacement", MILL, heir.address, by=village.approver)
    village.travel(village.now() + village.terms.replacement_delay_s + 1)
    village.do("MemberRegistry.executeReplacement", MILL)
    village.do(f"{GOO}.recover", wallet(MILL), [desk.id_of(DEVICE)])
    before = desk.held(heir.address, DEVICE)
    desk.correct(MILL, 2_900, 100)
    assert desk.held(heir.address, DEVICE) == before - 100
    assert desk.debt(DEVICE) == 0


def test_issue__a_device_in_debt_settled_after_its_certificates_expired__still_settles(desk: Desk) -> None:
    """A settlement is never stopped by a debt: an expired Wh pays none."""
    village = desk.village
    desk.give(MILL, SPA, DEVICE, desk.held(wallet(MILL), DEVICE))
    desk.correct(MILL, 2_500, 100)
    later = recorded(village, SUNNY, interval=desk.interval + 1)
    village.travel(village.now() + 600 * 86_400)
    village.advance(later)
    assert village.outcome(later.interval).settled
    assert desk.debt(DEVICE) == 500
    assert village.see(f"{GOO}.stateOf", desk.id_of(DEVICE, later.interval)) == 3


def test_correct__nobody__is_named_where_a_claim_is_taken(desk: Desk) -> None:
    village = desk.village
    village.do("MemberRegistry.setMemberActive", MILL, False, by=village.operator)
    desk.correct(MILL, 3_100, 100)
    sent = desk.correct(MILL, 3_000, 100)
    taken = {"id": desk.id_of(DEVICE), "holder": NOBODY, "wh": 100, "reason": REASON}
    assert desk.log(sent, "Withdrawn") == [("Withdrawn", taken)]
