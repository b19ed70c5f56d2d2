"""Doctored books: each change is found, and named with its transaction."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.audit.paper import FIRST, LENGTH, MARKET, Paper, changed, key, reading, without
from wattcommons.chain.events import NO_ADDRESS, Event
from wattcommons.domain.fills import pack_fills, unpack_fills
from wattcommons.services.audit import checks
from wattcommons.services.audit.report import AuditReport, Broken

pytestmark = pytest.mark.unit


def only_broken(report: AuditReport) -> set[str]:
    return {check.name for check in report.checks if not check.ok}


def named(report: AuditReport, check: str, event: Event) -> Broken:
    """The first broken entry of a check that blames the event's transaction."""
    found = [entry for entry in report.check(check).broken if entry.tx == event.tx_hash]
    assert found, f"{event.tx_hash} is not blamed: {[str(entry) for entry in report.broken]}"
    return found[0]


def test_book__shifted_price__clearing_named(paper: Paper) -> None:
    price = next(event for event in paper.events if event.name == "IntervalCleared").args["price"]
    events, event = changed(paper.events, "EnergyMarket.IntervalCleared", price=price + 1)
    broken = named(paper.audit(events), checks.CLEARINGS, event)
    assert (broken.interval, broken.expected, broken.found) == (FIRST, str(price), str(price + 1))


def test_book__wider_price_interval__clearing_named(paper: Paper) -> None:
    high = next(event for event in paper.events if event.name == "IntervalCleared").args["hi"]
    events, event = changed(paper.events, "EnergyMarket.IntervalCleared", hi=high + 1)
    assert "hi of interval" in named(paper.audit(events), checks.CLEARINGS, event).entry


def test_book__changed_fill__fills_named(paper: Paper) -> None:
    original = next(event for event in paper.events if event.name == "FillsSettled")
    first, *rest = unpack_fills(original.args["fills"])
    fills = pack_fills([replace(first, wh=first.wh - 1), *rest])
    events, event = changed(paper.events, "EnergyMarket.FillsSettled", fills=fills)
    report = paper.audit(events)
    assert named(report, checks.FILLS, event).interval == FIRST
    assert any("hash of chunk 0" in entry.entry for entry in report.check(checks.FILLS).broken)


def test_book__stored_hash_of_other_fills__fills_named(paper: Paper) -> None:
    paper.state.hashes[FIRST, 0] = bytes(21) + b"\1"
    [broken] = paper.audit().check(checks.FILLS).broken
    assert "hash of chunk 0" in broken.entry


def test_book__hidden_chunk_of_fills__fills_named(paper: Paper) -> None:
    paper.state.hashes[FIRST, 1] = bytes(21) + b"\1"
    [broken] = paper.audit().check(checks.FILLS).broken
    assert "hash of chunk 1" in broken.entry


@pytest.mark.parametrize(
    ("missing", "check"),
    [
        ("EnergyMarket.IntervalCleared", checks.COVERAGE),
        ("EnergyMarket.FillsSettled", checks.FILLS),
        ("EnergyMarket.IntervalSettled", checks.CLEARINGS),
        ("EnergyMarket.LateSettled", checks.ACCOUNTS),
        ("EnergyMarket.AccountDeposited", checks.ACCOUNTS),
        ("MeterLedger.RunsRecorded", checks.READINGS),
        ("MeterLedger.IntervalFrozen", checks.CLEARINGS),
        ("MemberRegistry.DeviceBound", checks.ISSUES),
        ("OrderBook.OrderPlaced", checks.CLEARINGS),
        ("CommunityEuro.Transfer", checks.EURO),
        ("GuaranteeOfOrigin.Issued", checks.ISSUES),
        ("GuaranteeOfOrigin.TransferSingle", checks.CERTIFICATES),
        ("GuaranteeOfOrigin.CertificateCancelled", checks.CERTIFICATES),
        ("GuaranteeOfOrigin.StatementIssued", checks.CERTIFICATES),
    ],
)
def test_book__missing_log__found(paper: Paper, missing: str, check: str) -> None:
    events, _ = without(paper.events, missing)
    assert check in only_broken(paper.audit(events))


def test_book__forged_signature__run_named(paper: Paper) -> None:
    paper.record(1, FIRST + 3, reading(0, 1), signer=key(666))
    event = paper.events[-1]
    report = paper.audit()
    broken = named(report, checks.SIGNATURES, event)
    assert broken.expected == f"signed by {paper.gateways[1].address}"
    assert broken.found == key(666).address
    assert only_broken(report) == {checks.SIGNATURES}


def test_book__altered_reading_in_a_signed_run__signature_broken(paper: Paper) -> None:
    runs = bytearray(next(event for event in paper.events if event.name == "RunsRecorded").args["runs"])
    runs[-2] ^= 1
    events, event = changed(paper.events, "MeterLedger.RunsRecorded", runs=bytes(runs))
    report = paper.audit(events)
    named(report, checks.SIGNATURES, event)
    assert checks.READINGS in only_broken(report)


def test_book__run_before_its_end__reading_named(paper: Paper) -> None:
    paper.record(1, FIRST + 3, reading(0, 1))
    early = replace(paper.events[-1], timestamp=(FIRST + 4) * LENGTH - 1)
    report = paper.audit([*paper.events[:-1], early])
    assert f"ends at {(FIRST + 4) * LENGTH}" in named(report, checks.READINGS, early).found


def test_book__more_than_the_connection_carries__reading_named(paper: Paper) -> None:
    paper.record(1, FIRST + 3, reading(0, 4_951))
    report = paper.audit()
    assert named(report, checks.READINGS, paper.events[-1]).expected == "4950 Wh at most"


def test_book__ledger_keeps_another_reading__found(paper: Paper) -> None:
    paper.state.kept[2, FIRST] ^= 1 << 27
    [broken] = paper.audit().check(checks.READINGS).broken
    assert broken.interval == FIRST
    assert broken.expected.startswith("produced 900 Wh")
    assert broken.found.startswith("produced 901 Wh")


def test_book__silent_difference__reading_named(paper: Paper) -> None:
    paper.record(1, FIRST + 2, reading(0, 401), reading(0, 7))
    paper.state.kept[1, FIRST + 2] = 400 << 3 | 1 << 1
    broken = named(paper.audit(), checks.READINGS, paper.events[-1])
    assert broken.expected == "a reported conflict"


def test_book__change_dated_into_a_closed_interval__named(paper: Paper) -> None:
    paper.next_tx()
    paper.emit("MemberRegistry.SuspensionSet", participant=1, suspended=True, fromInterval=FIRST)
    report = paper.audit()
    assert named(report, checks.DATES, paper.events[-1]).interval == FIRST


def test_book__freeze_of_an_incomplete_interval__named(paper: Paper) -> None:
    frozen = [event for event in paper.events if event.name == "IntervalFrozen"][2]
    early = replace(frozen, timestamp=(FIRST + 3) * LENGTH)
    report = paper.audit([early if event is frozen else event for event in paper.events])
    assert "2 of 3 readings" in named(report, checks.FREEZES, early).entry


def test_book__balance_moved__account_named(paper: Paper) -> None:
    paper.state.balances[1] += 1
    report = paper.audit()
    [broken] = report.check(checks.ACCOUNTS).broken
    assert broken.entry == "balance of participant 1, n€"
    assert only_broken(report) == {checks.ACCOUNTS}


def test_book__euro_taken_from_the_market__found(paper: Paper) -> None:
    paper.state.euro[MARKET] -= 1
    paper.state.euro[key(9).address] += 1
    report = paper.audit()
    assert only_broken(report) == {checks.EURO}


def test_book__unbacked_deposit__transaction_named(paper: Paper) -> None:
    events, event = changed(paper.events, "EnergyMarket.AccountDeposited", amount=6 * 10**9)
    broken = named(paper.audit(events), checks.EURO, event)
    assert "paid in to the market" in broken.entry
    assert broken.found == str(10**9)


def test_book__extra_issue__named(paper: Paper) -> None:
    paper.next_tx()
    args = {"id": 1 << 32 | FIRST + 9, "participant": 2, "holder": paper.wallets[2]}
    paper.emit("GuaranteeOfOrigin.Issued", **args, ownUseWh=0, soldWh=0, mintedWh=500)
    broken = named(paper.audit(), checks.ISSUES, paper.events[-1])
    assert broken.expected == "none: nothing recorded calls for it"
    assert "500 Wh minted" in broken.found


def test_book__certificate_issued_twice__named(paper: Paper) -> None:
    issued = next(event for event in paper.events if event.name == "Issued")
    paper.next_tx()
    paper.emit("GuaranteeOfOrigin.Issued", **issued.args)
    assert named(paper.audit(), checks.ISSUES, paper.events[-1]).expected == "once"


def test_book__larger_issue__named(paper: Paper) -> None:
    minted = [event for event in paper.events if event.name == "Issued"][1].args["mintedWh"]
    events, event = changed(paper.events, "GuaranteeOfOrigin.Issued", 1, mintedWh=minted + 1)
    assert f"{minted} Wh minted" in named(paper.audit(events), checks.ISSUES, event).expected


def test_book__minted_without_a_reason__named(paper: Paper) -> None:
    paper.next_tx()
    paper.moved(1 << 32 | FIRST, NO_ADDRESS, paper.wallets[1], 5)
    named(paper.audit(), checks.CERTIFICATES, paper.events[-1])


def test_book__transfer_to_a_stranger__named(paper: Paper) -> None:
    paper.transfer(1 << 32 | FIRST + 1, paper.wallets[1], key(666).address, 5)
    assert "no account holder" in named(paper.audit(), checks.CERTIFICATES, paper.events[-1]).found


def test_book__hidden_change_of_a_wallet__member_named(paper: Paper) -> None:
    paper.state.wallets[2] = key(666).address
    [broken] = paper.audit().check(checks.REGISTRY).broken
    assert "member 2" in broken.entry


def test_book__hidden_gateway__participant_named(paper: Paper) -> None:
    paper.state.gateways[3] = key(666).address
    assert {entry.entry for entry in paper.audit().check(checks.REGISTRY).broken} == {"state of participant 3"}


def test_book__setting_of_another_community__named(paper: Paper) -> None:
    paper.state.terms["k_ppm"] = 0
    [broken] = paper.audit().check(checks.SETTINGS).broken
    assert (broken.entry, broken.expected, broken.found) == ("k_ppm", "500000", "0")


def test_book__honest__every_line_holds(paper: Paper) -> None:
    report = paper.audit()
    assert report.ok, [str(entry) for entry in report.broken]
    assert report.check(checks.SIGNATURES).counted == 9
    assert report.check(checks.CLEARINGS).counted == 4
    assert len(report.not_proved) == 6


def test_book__interval_without_clearing__named_as_open(paper: Paper) -> None:
    paper.now = max(paper.now, (FIRST + 200) * LENGTH)
    report = paper.audit()
    assert report.ok
    assert report.check(checks.COVERAGE).detail == f"197 open: {FIRST + 3}-{FIRST + 199}"
