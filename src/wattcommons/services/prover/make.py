"""A certificate's proof file, made from a node and checked before it is handed out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

from wattcommons.chain.contracts import Contracts
from wattcommons.chain.proof_reads import ProofReads
from wattcommons.domain.guarantees import CertificateId, device_and_interval
from wattcommons.domain.intervals import end_unix
from wattcommons.domain.readings import Quality
from wattcommons.errors import DeploymentError, InputError, ProofBroken, RuleError
from wattcommons.services.prover import evidence
from wattcommons.services.prover.community import community_of
from wattcommons.services.prover.path import header_of, voting_blocks
from wattcommons.services.prover.receipt_trie import receipt_nodes
from wattcommons.verifier import layout
from wattcommons.verifier.anchors import Checkpoint
from wattcommons.verifier.headers import Header
from wattcommons.verifier.proof_file import ProofFile
from wattcommons.verifier.qbft import extra_of, is_qbft
from wattcommons.verifier.report import Report, Standing
from wattcommons.verifier.stored import Stored
from wattcommons.verifier.story import Story
from wattcommons.verifier.verify import verify, without_spare_nodes


@dataclass(frozen=True)
class Made:
    """A proof file's bytes, and what a reader who trusts nothing finds in it."""

    data: bytes
    report: Report


def prove(
    contracts: Contracts,
    number: int,
    *,
    block: int | None = None,
    checkpoint: Checkpoint | None = None,
    history: bool = True,
) -> Made:
    """The proof file of a certificate as of a block (None: the newest).

    `checkpoint`: the one its readers will use, for the votes since then; `history`: with the receipts of what became
    of the Wh. Raises InputError for a number that is no certificate's, DeploymentError when the node's own records do
    not hold together, NodeUnavailable.
    """
    try:
        device, interval = device_and_interval(CertificateId(number))
    except RuleError as error:
        raise InputError(error.message, error.hint) from error
    reads = ProofReads(contracts)
    at = reads.newest if block is None else block
    first = contracts.deployment.block
    issue = evidence.issue_of(reads, number, first, at)
    lives = evidence.lives_of(reads, number, issue.block, at)
    asked: dict[str, set[int]] = defaultdict(set)

    def read(contract: str, slot: int) -> int:
        asked[contract].add(slot)
        return reads.word(contract, slot, at)

    stored = Stored(read, layout.current())
    recorded = stored.reading(issue.participant, interval)
    if recorded is None:
        raise DeploymentError(f"certificate {number} rests on no reading", "audit the whole book")
    reading, late = recorded
    earlier = stored.earlier(issue.participant, interval) if reading.quality is Quality.CORRECTED else ()
    if earlier:  # the gateway signed what stood there first
        reading = earlier[0]
    ended = end_unix(interval, contracts.deployment.terms.length)
    run = evidence.run_of(reads, issue.participant, interval, reading, ended, first, issue.block)
    wallets = (bytes.fromhex(one[2:]) for one in lives.wallets)
    receipts = lives.receipts if history else frozenset()
    voted = set() if checkpoint is None else voting_blocks(reads, checkpoint, at)
    blocks = sorted({at, *voted, *(one for one, _ in receipts)})
    headers = [header_of(reads, one) for one in blocks]
    file = ProofFile(
        layout=layout.current().identity,
        community=community_of(contracts.deployment),
        device=device,
        interval=interval,
        participant=issue.participant,
        holders=tuple(sorted(one for one in wallets if stored.held_wh(one, device, interval))),
        run=run,
        fills=() if late else evidence.fills_of(reads, interval, first, at),
        headers=tuple(_bound(header).raw for header in headers),
        receipts=tuple(sorted((blocks.index(one), position) for one, position in receipts)),
        nodes=(),
    )
    asked.clear()
    Story(file, stored, headers[-1].timestamp).tell(list)
    nodes = [node for contract, slots in asked.items() for node in reads.nodes(contract, sorted(slots), at)]
    for one in {one for one, _ in receipts}:
        root, tree = receipt_nodes(reads.receipts(one))
        if root != headers[blocks.index(one)].receipts_root:
            raise DeploymentError(f"the node's receipts of block {one} are not those of its header")
        nodes += tree.values()
    return _checked(replace(file, nodes=tuple(nodes)))


def _bound(header: Header) -> Header:
    """Without seals and round where the header names no validators who could have made them."""
    if header.number == 0 or not is_qbft(header) or extra_of(header).validators:
        return header
    return header.with_extra(extra_of(header).encode(with_round=False, with_seals=False))


def _checked(file: ProofFile) -> Made:
    try:
        data = without_spare_nodes(file).dump()
    except ProofBroken as error:
        raise DeploymentError(f"the node's records make no proof: {error}", "audit the whole book") from error
    report = verify(data)
    broken = next((line for line in report.lines if line.standing is Standing.BROKEN), None)
    if broken is not None:
        raise DeploymentError(
            f"the node's records of certificate {file.certificate} do not hold together: {broken.text} {broken.reason}",
            "audit the whole book",
        )
    return Made(data, report)
