"""Proof files of a living chain: without an anchor nothing is taken for granted, with one everything is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.support.qbft import EPOCH, FOUR, VALIDATORS, checkpoint, plain, sealed
from wattcommons.chain.proof_reads import ProofReads
from wattcommons.domain.readings import Quality
from wattcommons.errors import DeploymentError, InputError
from wattcommons.services.audit.provenance import certificate
from wattcommons.services.prover.make import prove
from wattcommons.services.prover.path import checkpoint_at
from wattcommons.verifier import headers, proof_file
from wattcommons.verifier.anchors import Anchor
from wattcommons.verifier.qbft import Vote, block_hash
from wattcommons.verifier.report import Report, Standing
from wattcommons.verifier.verify import verify

pytestmark = pytest.mark.integration

NAMES = ("claimed", "traded", "plain")


def _open(report: Report) -> set[str]:
    assert not report.broken, report.lines
    return {line.about for line in report.lines if line.standing is Standing.OPEN}


def _why(report: Report) -> str:
    return "; ".join(f"{line.text} {line.reason}" for line in report.lines if line.standing is Standing.BROKEN)


@pytest.mark.parametrize("number", [1 << 32 | 5, 7 << 32 | 1, 3])
def test_prove__never_issued__said_so(proofs: Any, number: int) -> None:
    with pytest.raises(InputError, match="never issued|not a certificate"):
        prove(proofs.day.community.contracts, number)


def test_checkpoint__of_a_chain_that_seals_nothing__refused(proofs: Any) -> None:
    with pytest.raises(DeploymentError, match="no validators' seals"):
        checkpoint_at(ProofReads(proofs.day.community.contracts), proofs.community)


@pytest.mark.parametrize("name", NAMES)
def test_verify__nothing_given__block_contracts_and_history_are_open(proofs: Any, name: str) -> None:
    report = verify(proofs.files[name])
    happened = {"history", "whole"} if report.facts["history"] else set()
    assert _open(report) == {"block", "contracts", *happened}
    assert not report.proved


@pytest.mark.parametrize("name", NAMES)
def test_verify__another_community_or_block_trusted__broken(proofs: Any, name: str) -> None:
    other = replace(proofs.community, chain_id=1)
    assert "names others" in _why(verify(proofs.files[name], Anchor(community=other)))
    assert "does not lead to it" in _why(verify(proofs.files[name], Anchor(hashes=frozenset([bytes(32)]))))
    strangers = Anchor(checkpoint(proofs.community, validators=VALIDATORS[3:7]))
    assert "other validators" in _why(verify(proofs.sealed[name], strangers))


@pytest.mark.parametrize("name", NAMES)
def test_verify__checkpoint_and_seals__all_proved(proofs: Any, name: str) -> None:
    report = verify(proofs.sealed[name], proofs.anchor)
    assert report.proved, report.lines
    later = Anchor(checkpoint(proofs.community, number=10**6))
    assert "older than the checkpoint" in str(verify(proofs.sealed[name], later).lines[0])


def test_verify__set_changed_since_the_checkpoint__votes_lead_to_it(proofs: Any) -> None:
    file = proof_file.load(proofs.sealed["plain"])
    last = headers.parse(file.headers[-1])
    five, start = VALIDATORS[:5], last.number // EPOCH * EPOCH
    votes = [
        sealed(plain(start + at), vote=Vote(five[4].address, True), proposer=FOUR[at], turn=at).raw for at in (1, 2, 3)
    ]
    moved = replace(file, headers=(*votes, sealed(last, five).raw))
    report = verify(moved.dump(), proofs.anchor)
    assert report.proved
    assert "after 1 change(s) of the set" in report.lines[0].text
    for left_out in range(3):
        less = replace(moved, headers=(*(v for at, v in enumerate(votes) if at != left_out), moved.headers[-1]))
        assert "other validators" in _why(verify(less.dump(), proofs.anchor))


def test_verify__block_hash_and_contracts__plain_certificate_all_proved(proofs: Any) -> None:
    for data in (proofs.files["plain"], proofs.sealed["plain"]):
        digest = block_hash(headers.parse(proof_file.load(data).headers[-1]))
        report = verify(data, Anchor(hashes=frozenset([digest]), community=proofs.community))
        assert report.proved, report.lines


@pytest.mark.parametrize("name", NAMES)
def test_facts__of_a_file__are_those_the_audit_finds(proofs: Any, name: str) -> None:
    facts = verify(proofs.sealed[name], proofs.anchor).facts
    audited = certificate(proofs.day.community.contracts, proofs.numbers[name])
    assert audited.clearing is not None
    sold = {} if facts["reading"]["late"] else dict(audited.clearing.sold_to)
    assert dict(facts["market"]["sold_to"]) == sold
    assert facts["issue"] == {
        "own_use_wh": audited.issue.own_use_wh,
        "sold_wh": audited.issue.sold_wh,
        "minted_wh": audited.issue.minted_wh,
    }
    assert facts["signature"]["gateway"] == audited.reading.gateway.lower()
    assert facts["reading"]["quality"] == Quality.MEASURED.name.lower()
    assert facts["held"] == {wallet.lower(): wh for wallet, wh in audited.held if wh}
    assert facts["waiting_wh"] == audited.waiting_wh
    kinds = [move.kind.replace("recovery", "transfer") for move in audited.moves]
    assert [one["kind"] for one in facts["history"]] == kinds
    assert [one["wh"] for one in facts["history"]] == [move.wh for move in audited.moves]
    assert [one["statement"]["number"] for one in facts["history"] if one["statement"]] == [
        move.statement["number"] for move in audited.moves if move.statement
    ]


def test_prove__as_of_an_earlier_block__tells_of_then(proofs: Any) -> None:
    contracts = proofs.day.community.contracts
    whole = verify(proofs.files["traded"])
    first = min(one["at"] for one in whole.facts["history"])
    reads = ProofReads(contracts)
    block = next(number for number in range(reads.newest, 0, -1) if reads.timestamp(number) < first)
    then = verify(prove(contracts, proofs.numbers["traded"], block=block).data)
    assert then.facts["block"] == block
    assert list(then.facts["held"].values()) == [whole.facts["issue"]["minted_wh"]]
    assert _open(then) == {"block", "contracts"}


def test_prove__without_history__says_how_much_is_not_shown(proofs: Any) -> None:
    made = prove(proofs.day.community.contracts, proofs.numbers["claimed"], history=False)
    assert len(made.data) < 12_000
    assert _open(made.report) == {"block", "contracts", "whole"}
