"""The headers between a checkpoint and a block that a verifier has to see: those whose votes changed the set."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from wattcommons.chain.proof_reads import ProofReads
from wattcommons.errors import DeploymentError, NodeUnavailable, ProofBroken
from wattcommons.verifier import headers
from wattcommons.verifier.anchors import Checkpoint, Community
from wattcommons.verifier.headers import Header
from wattcommons.verifier.qbft import block_hash, extra_of, is_qbft
from wattcommons.verifier.votes import Validators

DEFAULT_EPOCH: Final = 30_000
_STRIDE: Final = 1_000


def header_of(reads: ProofReads, number: int) -> Header:
    """A block's header. Raises NodeUnavailable when it does not hash to the hash the node gives."""
    return _checked(reads.block(number))


def checkpoint_at(reads: ProofReads, community: Community, epoch: int = DEFAULT_EPOCH) -> Checkpoint:
    """The newest block of an epoch's beginning, as a checkpoint: no vote is open there.

    Raises DeploymentError on a chain that seals nothing, or keeps its validators in a contract.
    """
    header = header_of(reads, reads.newest // epoch * epoch)
    validators = extra_of(header).validators if is_qbft(header) else ()
    if not validators:
        raise DeploymentError(
            "this chain's blocks carry no validators' seals",
            "a checkpoint needs a QBFT network with validators in headers",
        )
    return Checkpoint(header.number, block_hash(header), validators, epoch, {}, community)


def voting_blocks(reads: ProofReads, checkpoint: Checkpoint, last: int) -> set[int]:
    """Numbers of the blocks whose votes changed the set between a checkpoint and a block, as far as the set changed.

    Raises DeploymentError when the chain does not follow from the checkpoint.
    """
    header = header_of(reads, last)
    if last <= checkpoint.number or not is_qbft(header):
        return set()
    if extra_of(header).validators == checkpoint.validators and not checkpoint.overrides:
        return set()
    validators = Validators(checkpoint.number, checkpoint.validators, checkpoint.epoch_length, checkpoint.overrides)
    needed: set[int] = set()
    open_votes: dict[bytes, set[int]] = {}
    try:
        for one in _headers(reads, checkpoint.number + 1, last):
            changes = validators.changes
            validators.follow(one)
            vote = extra_of(one).vote
            if one.number % checkpoint.epoch_length == 0:
                open_votes.clear()
            elif vote is not None:
                open_votes.setdefault(vote.subject, set()).add(one.number)
                if validators.changes > changes:
                    needed |= open_votes.pop(vote.subject)
    except ProofBroken as error:
        raise DeploymentError(
            f"the chain does not follow from the checkpoint: {error}", "is it of this chain?"
        ) from error
    return needed


def _headers(reads: ProofReads, first: int, last: int) -> Iterable[Header]:
    for start in range(first, last + 1, _STRIDE):
        for block in reads.blocks(range(start, min(start + _STRIDE, last + 1))):
            yield _checked(block)


def _checked(block: dict[str, object]) -> Header:
    try:
        header = headers.parse(headers.encode({name: str(value) for name, value in block.items() if value is not None}))
    except ProofBroken as error:
        raise NodeUnavailable(f"the node gave a block that is none: {error}") from error
    if f"0x{block_hash(header).hex()}" != block.get("hash"):
        raise NodeUnavailable(f"block {header.number} does not hash to the hash the node gives for it")
    return header
