"""Proof files of a corrected reading: the signed one is proved, each correction is said, and what it did to the Wh."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from wattcommons.errors import InputError
from wattcommons.services.audit.provenance import certificate
from wattcommons.verifier import proof_file
from wattcommons.verifier.report import Report, Standing
from wattcommons.verifier.verify import verify

pytestmark = pytest.mark.integration


def lines(report: Report, about: str) -> list[str]:
    return [line.text for line in report.lines if line.about == about]


def test_verify__corrected__only_the_correction_stays_open(proofs: Any) -> None:
    report = verify(proofs.sealed["corrected"], proofs.anchor)
    assert not report.broken, report.lines
    [line] = [line for line in report.lines if line.standing is Standing.OPEN]
    assert line.about == "correction"
    assert "in place of 3\xa0kWh made" in line.text
    assert "and then of 3.2\xa0kWh made" in line.text
    assert "no gateway signed it" in line.reason


def test_verify__corrected__signature_is_of_what_stood_there_first(proofs: Any) -> None:
    report = verify(proofs.sealed["corrected"], proofs.anchor)
    [signature] = lines(report, "signature")
    assert "signed what stood there first, 3" in signature
    assert report.facts["reading"]["quality"] == "corrected"
    assert report.facts["reading"]["production_wh"] == 2_000


def test_facts__corrected__are_those_the_audit_finds(proofs: Any) -> None:
    facts = verify(proofs.sealed["corrected"], proofs.anchor).facts
    audited = certificate(proofs.day.community.contracts, proofs.numbers["corrected"])
    first, *_ = facts["corrected_from"]
    assert first["production_wh"] == audited.reading.production_wh
    assert [one["production_wh"] for one in facts["corrected_from"]] == [
        one.old_production_wh for one in audited.corrections
    ]
    assert facts["issue"] == {
        "own_use_wh": audited.issue.own_use_wh,
        "sold_wh": audited.issue.sold_wh,
        "minted_wh": audited.issue.minted_wh,
        "more_wh": sum(one.more_wh for one in audited.corrections),
        "less_wh": sum(one.withdrawn_wh + one.owed_wh for one in audited.corrections),
    }
    assert facts["held"] == {wallet.lower(): wh for wallet, wh in audited.held if wh}


def test_verify__estimate_corrected__issued_by_the_correction(proofs: Any) -> None:
    report = verify(proofs.sealed["estimated"], proofs.anchor)
    assert [line.about for line in report.lines if line.standing is not Standing.PROVED] == ["correction"]
    assert report.facts["corrected_from"] == [{"production_wh": 700, "consumption_wh": 90, "quality": "estimated"}]
    issue = report.facts["issue"]
    assert (issue["own_use_wh"], issue["more_wh"], issue["less_wh"]) == (90, 0, 0)
    assert issue["own_use_wh"] + issue["sold_wh"] + issue["minted_wh"] == 650


def test_verify__paid_the_devices_debt__withdrawal_told_and_nothing_missing(proofs: Any) -> None:
    report = verify(proofs.sealed["paying"], proofs.anchor)
    assert report.proved, report.lines
    assert [one["kind"] for one in report.facts["history"]] == ["withdrawal"]


def test_verify__run_of_the_corrected_figures__broken(proofs: Any) -> None:
    file = proof_file.load(proofs.sealed["corrected"])
    other = proof_file.load(proofs.sealed["plain"])
    for run in (b"", other.run):
        report = verify(replace(file, run=run).dump(), proofs.anchor)
        assert "signature" in {line.about for line in report.lines if line.standing is Standing.BROKEN}


def test_verify__any_byte_of_a_part_changed__broken_or_no_proof_file(proofs: Any) -> None:
    file = proof_file.load(proofs.sealed["corrected"])
    dice = random.Random(20260101)
    unnoticed = []
    for name in ("run", "fills", "headers", "nodes"):
        value = getattr(file, name)
        pieces = (value,) if name == "run" else value
        for _ in range(25):
            piece = dice.randrange(len(pieces))
            at = dice.randrange(len(pieces[piece]))
            flipped = pieces[piece][:at] + bytes([pieces[piece][at] ^ 1]) + pieces[piece][at + 1 :]
            whole: Any = flipped if name == "run" else (*pieces[:piece], flipped, *pieces[piece + 1 :])
            try:
                if not verify(replace(file, **{name: whole}).dump(), proofs.anchor).broken:
                    unnoticed.append((name, piece, at))
            except InputError:
                continue
    assert unnoticed == []


def test_verify__readings_before_left_out__broken(proofs: Any) -> None:
    file = proof_file.load(proofs.sealed["corrected"])
    unnoticed = [
        at
        for at in range(len(file.nodes))
        if not verify(replace(file, nodes=(*file.nodes[:at], *file.nodes[at + 1 :])).dump(), proofs.anchor).broken
    ]
    assert unnoticed == []
