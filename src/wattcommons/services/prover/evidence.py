"""Finds in a node's logs what a certificate's proof file holds beside trie nodes: the run, the fills, who had it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from wattcommons.chain.events import NO_ADDRESS
from wattcommons.chain.proof_reads import ProofReads
from wattcommons.domain.packing import SignedRun, decode_batch, encode_batch
from wattcommons.domain.readings import Reading
from wattcommons.errors import InputError

_MOVES: Final = ("TransferSingle", "TransferBatch")


@dataclass(frozen=True)
class Issue:
    """The issue of a certificate: its participant and its block."""

    participant: int
    block: int


@dataclass(frozen=True)
class Lives:
    """Wallets that ever held Wh of it, and the receipts (block, position) that tell what became of them."""

    wallets: frozenset[str]
    receipts: frozenset[tuple[int, int]]


def issue_of(reads: ProofReads, certificate: int, first: int, last: int) -> Issue:
    """Raises InputError for a certificate that was not issued by block `last`."""
    for event, _ in reads.events("GuaranteeOfOrigin", ["Issued"], [certificate], first, last):
        return Issue(event.args["participant"], event.block)
    raise InputError(f"certificate {certificate} was never issued", "its number is device × 2^32 + interval")


def run_of(
    reads: ProofReads, participant: int, interval: int, reading: Reading, ended: int, first: int, last: int
) -> bytes:
    """The signed run that brought a reading, as bytes. `ended`: unix second of the interval's end; the run was
    recorded after it, in the blocks first..last. Raises InputError when the node's logs hold none."""
    for event, _ in reads.events("MeterLedger", ["RunsRecorded"], [], _since(reads, ended, first, last), last):
        for signed in decode_batch(event.args["runs"]):
            if _brought(signed, participant, interval, reading):
                return encode_batch([signed])
    raise InputError(
        f"the node's logs hold no signed run with the reading of meter {participant}", "ask a node that keeps all logs"
    )


def fills_of(reads: ProofReads, interval: int, first: int, last: int) -> tuple[bytes, ...]:
    """All chunks of an interval's fills, in their order."""
    found = reads.events("EnergyMarket", ["FillsSettled"], [interval], first, last)
    return tuple(fills for _, fills in sorted((event.args["chunk"], event.args["fills"]) for event, _ in found))


def lives_of(reads: ProofReads, certificate: int, first: int, last: int) -> Lives:
    """What became of a certificate after its issue in block `first`."""
    token = "GuaranteeOfOrigin"  # noqa: S105  a contract's name
    wallets: set[str] = set()
    receipts: set[tuple[int, int]] = set()
    for event, position in reads.events(token, _MOVES, [], first, last):
        if certificate not in _ids(event.args):
            continue
        ends = {event.args["from"], event.args["to"]}
        wallets |= ends - {NO_ADDRESS}
        if NO_ADDRESS not in ends:
            receipts.add((event.block, position))
    for names, topics in ((["Claimed", "Withdrawn"], [certificate]), (["CertificateCancelled"], [None, certificate])):
        receipts |= {(event.block, place) for event, place in reads.events(token, names, topics, first, last)}
    return Lives(frozenset(wallets), frozenset(receipts))


def _ids(args: dict[str, Any]) -> tuple[int, ...]:
    return tuple(args["ids"]) if "ids" in args else (args["id"],)


def _brought(signed: SignedRun, participant: int, interval: int, reading: Reading) -> bool:
    run = signed.run
    return (
        run.participant == participant
        and run.first <= interval < run.end
        and run.readings[interval - run.first] == reading
    )


def _since(reads: ProofReads, moment: int, first: int, last: int) -> int:
    """First of the blocks first..last that is not before a moment; `last` if none is."""
    while first < last:
        middle = (first + last) // 2
        if reads.timestamp(middle) < moment:
            first = middle + 1
        else:
            last = middle
    return first
