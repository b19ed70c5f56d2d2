"""Targets judged again, and points that nobody earned."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.audit.paper import FIRST, LENGTH, TERMS, Paper, changed, key, reading, without
from wattcommons.chain.events import NO_ADDRESS
from wattcommons.domain.ecopoints import TargetOutcome
from wattcommons.services.audit import checks
from wattcommons.services.audit.report import AuditReport

pytestmark = pytest.mark.unit

PERIOD = FIRST + 4
SAVED = 400
PARTNER = key(50).address


def judged(paper: Paper, **changes: Any) -> None:
    """Participant 1 uses 600 of 1,000 Wh expected, and wins."""
    target = {"firstInterval": PERIOD, "endInterval": PERIOD + 2, "expectationWh": 1_000, "targetWh": 900}
    paper.now = FIRST * LENGTH - LENGTH
    paper.next_tx()
    paper.emit("GreenCoach.TargetSet", participant=1, period=1, formulaHash=bytes(32), **target)
    paper.record(1, PERIOD, reading(0, 250), reading(0, 350))
    paper.next_tx()
    told = {"outcome": int(TargetOutcome.AWARD), "consumptionWh": 600, "points": SAVED} | changes
    paper.emit("GreenCoach.Evaluated", participant=1, period=1, **told)
    paper.emit("Ecopoints.Awarded", member=paper.wallets[1], amount=told["points"], awardReference=_reference(1))
    paper.emit("Ecopoints.Transfer", **{"from": NO_ADDRESS, "to": paper.wallets[1], "value": told["points"]})
    paper.state.points[paper.wallets[1]] = told["points"]
    paper.state.judged[1, 1] = (told["outcome"], PERIOD + 2, told["consumptionWh"], told["points"])


def _reference(participant: int) -> bytes:
    return (participant << 32 | 1).to_bytes(32, "big")


def broken(report: AuditReport) -> set[str]:
    return {check.name for check in report.checks if not check.ok}


@pytest.fixture
def community() -> Paper:
    paper = Paper()
    paper.found()
    return paper


@pytest.mark.parametrize(
    "changes",
    [{"points": SAVED + 1}, {"consumptionWh": 599, "points": 401}, {"outcome": int(TargetOutcome.MISS), "points": 0}],
)
def test_points__other_judgement__named(community: Paper, changes: dict[str, int]) -> None:
    judged(community, **changes)
    event = next(one for one in community.events if one.name == "Evaluated")
    found = community.audit().check(checks.POINTS).broken
    assert (found[0].tx, found[0].expected) == (event.tx_hash, f"(1, 600, {SAVED})")


def test_points__judged_before_the_end__named(community: Paper) -> None:
    judged(community)
    early, event = changed(community.events, "GreenCoach.TargetSet", endInterval=PERIOD + 3)
    assert event.args["endInterval"] == PERIOD + 2
    assert not community.audit(early).check(checks.POINTS).ok


def test_points__award_without_a_judgement__named(community: Paper) -> None:
    judged(community)
    events, _ = without(community.events, "GreenCoach.Evaluated")
    assert checks.POINTS in broken(community.audit(events))


def test_points__judged_and_not_awarded__found(community: Paper) -> None:
    judged(community)
    events, _ = without(community.events, "Ecopoints.Awarded")
    assert broken(community.audit(events)) == {checks.POINTS, checks.VOUCHERS}


def test_points__target_set_in_its_period__named(community: Paper) -> None:
    judged(community)
    events, event = changed(community.events, "GreenCoach.TargetSet", firstInterval=FIRST - 2)
    assert event.tx_hash in {entry.tx for entry in community.audit(events).check(checks.DATES).broken}


def test_points__no_data_while_all_is_there__found(community: Paper) -> None:
    judged(community, outcome=int(TargetOutcome.NO_DATA), points=0)
    grace = (PERIOD + 2) * LENGTH + TERMS.data_grace_s
    assert community.now < grace
    entries = [entry.entry for entry in community.audit().check(checks.POINTS).broken]
    assert any("judgement" in entry for entry in entries)
    assert any("readings missing" in entry for entry in entries)


def test_vouchers__offer_sold_out__named(community: Paper) -> None:
    judged(community)
    community.next_tx()
    offer = {"offer": 1, "partner": PARTNER, "price": 100, "stock": 1, "validUntil": community.now + 1}
    community.emit("Ecopoints.OfferPublished", metadata=bytes(32), **offer)
    for voucher in (1, 2):
        community.next_tx()
        _voucher(community, voucher, 100)
    [entry] = community.audit().check(checks.VOUCHERS).broken
    assert entry.tx == community.events[-1].tx_hash
    assert "sold out" in entry.found


def _voucher(community: Paper, number: int, price: int) -> None:
    wallet = community.wallets[1]
    community.emit("Ecopoints.VoucherIssued", voucher=number, offer=1, member=1, wallet=wallet, price=price)
    community.emit("Ecopoints.Transfer", **{"from": wallet, "to": PARTNER, "value": price})
    community.state.points[wallet] -= price
    community.state.points[PARTNER] += price


def test_points__honest__every_line_holds(community: Paper) -> None:
    judged(community)
    community.next_tx()
    community.emit("Ecopoints.Transfer", **{"from": community.wallets[1], "to": PARTNER, "value": 30})
    community.state.points[community.wallets[1]] -= 30
    community.state.points[PARTNER] += 30
    report = community.audit()
    assert report.ok, [str(entry) for entry in report.broken]
    assert report.check(checks.VOUCHERS).detail == "400 mPt awarded, 0 mPt redeemed"
