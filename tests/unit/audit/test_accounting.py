"""A complete book: each Wh in one line, whatever became of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.audit.paper import FIRST, LENGTH, START, Paper, changed, reading, without
from wattcommons.domain.readings import Quality, Reading
from wattcommons.domain.units import Wh
from wattcommons.services.audit import accounting as accounts
from wattcommons.services.audit import checks
from wattcommons.services.audit.report import AuditReport

pytestmark = pytest.mark.unit


def lines(report: AuditReport) -> dict[tuple[str, str], int]:
    return {(line.side, line.name): line.wh for line in report.lines}


def recorded(paper: Paper, side: str) -> int:
    name = "production_wh" if side == accounts.PRODUCED else "consumption_wh"
    return sum(getattr(one, name) for one in paper.recorded.values())


def test_accounting__issue_missing__named(paper: Paper) -> None:
    events, _ = without(paper.events, "GuaranteeOfOrigin.Issued")
    report = paper.audit(events)
    [broken] = report.check(checks.ACCOUNTED).broken
    assert (broken.interval, broken.expected) == (FIRST, "a certificate")
    assert lines(report)[accounts.PRODUCED, accounts.NOT_ISSUED] == 900


def test_accounting__issue_of_more__reading_named(paper: Paper) -> None:
    minted = [event for event in paper.events if event.name == "Issued"][1].args["mintedWh"]
    events, _ = changed(paper.events, "GuaranteeOfOrigin.Issued", 1, mintedWh=minted + 1)
    [broken] = paper.audit(events).check(checks.ACCOUNTED).broken
    assert (broken.entry, broken.expected, broken.found) == (
        f"Wh produced by participant 2 in interval {FIRST + 1}", "3000", "3001"
    )  # fmt: skip


def test_accounting__issue_without_a_reading__named(paper: Paper) -> None:
    paper.next_tx()
    args = {"id": 1 << 32 | FIRST + 9, "participant": 2, "holder": paper.wallets[2]}
    paper.emit("GuaranteeOfOrigin.Issued", **args, ownUseWh=0, soldWh=0, mintedWh=500)
    [broken] = paper.audit().check(checks.ACCOUNTED).broken
    assert (broken.entry, broken.tx) == (f"certificate {args['id']}", paper.events[-1].tx_hash)


@pytest.mark.parametrize("side", [accounts.PRODUCED, accounts.CONSUMED])
def test_accounting__honest__lines_add_up_to_what_was_recorded(paper: Paper, side: str) -> None:
    report = paper.audit()
    assert report.check(checks.ACCOUNTED).counted == len(paper.recorded)
    assert sum(line.wh for line in report.lines if line.side == side) == recorded(paper, side)
    assert report.ok


def test_accounting__bought_is_what_was_sold(paper: Paper) -> None:
    found = lines(paper.audit())
    assert found[accounts.PRODUCED, accounts.SOLD] == found[accounts.CONSUMED, accounts.BOUGHT] > 0
    assert found[accounts.PRODUCED, accounts.OWN_USE] == found[accounts.CONSUMED, accounts.USED] == 700


def test_accounting__reading_of_an_open_interval__not_settled(paper: Paper) -> None:
    paper.record(2, FIRST + 3, reading(640, 50))
    found = lines(paper.audit())
    assert found[accounts.PRODUCED, accounts.OPEN] == 640
    assert found[accounts.CONSUMED, accounts.OPEN] == 50


def test_accounting__late_and_not_settled__told_apart(paper: Paper) -> None:
    events, _ = without(paper.events, "EnergyMarket.LateSettled")
    report = paper.audit(events)
    assert lines(report)[accounts.CONSUMED, accounts.LATE] == 250


@pytest.mark.parametrize(
    ("device", "quality", "line"),
    [
        ({}, Quality.ESTIMATED, accounts.ESTIMATED),
        ({"storage": True}, Quality.MEASURED, "no certificate: storage needs charge and discharge records of its own"),
        ({"allowed": False}, Quality.MEASURED, "no certificate: its support scheme does not allow certificates"),
        ({"until": START}, Quality.MEASURED, "no certificate: its registration had lapsed when the interval ended"),
        (None, Quality.MEASURED, "no certificate: no device is registered for the participant"),
    ],
)
def test_accounting__production_without_certificate__its_reason(
    device: dict[str, Any] | None, quality: Quality, line: str
) -> None:
    paper = Paper()
    paper.found()
    registered = next(event for event in paper.events if event.name == "DeviceRegistered")
    terms = list(registered.args["terms"])
    if device is None:
        paper.events = [event for event in paper.events if not event.name.startswith("Device")]
    else:
        terms[6] = device.get("allowed", True)
        terms[7] = device.get("storage", False)
        terms[8] = device.get("until", terms[8])
        registered.args["terms"] = tuple(terms)
    for one in (1, 3):
        paper.record(one, FIRST, reading(0, 500))
    paper.record(2, FIRST, Reading(Wh(900), Wh(0), quality))
    paper.clear(FIRST)
    paper.events = [event for event in paper.events if event.contract != "GuaranteeOfOrigin"]
    report = paper.audit()
    assert not report.check(checks.ACCOUNTED).broken
    assert lines(report)[accounts.PRODUCED, line] == 900


def test_accounting__period__only_its_readings_and_days(paper: Paper) -> None:
    paper.state.timestamp, paper.state.block = paper.now, 1
    whole = paper.audit()
    assert sum(day.readings for day in whole.days) == 9
    assert sum(day.intervals for day in whole.days) == 3
    assert whole.days[0].start == START
    assert whole.days[0].production_wh == 4_900
    assert whole.interval_s == LENGTH
