"""Which headers lead a verifier from a checkpoint to a block, on a QBFT chain kept in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from tests.support.qbft import EPOCH, FOUR, VALIDATORS, Validator, addresses, checkpoint, plain, sealed
from wattcommons.chain.proof_reads import ProofReads
from wattcommons.errors import DeploymentError, NodeUnavailable
from wattcommons.services.prover.path import checkpoint_at, header_of, voting_blocks
from wattcommons.verifier import headers
from wattcommons.verifier.anchors import Anchor, Community, Trust
from wattcommons.verifier.headers import Header
from wattcommons.verifier.layout import CONTRACTS
from wattcommons.verifier.qbft import Vote, block_hash

pytestmark = pytest.mark.unit

COMMUNITY = Community(1, 30, dict.fromkeys(CONTRACTS, bytes(20)))
NEWCOMER = VALIDATORS[4]
FIVE = VALIDATORS[:5]


@dataclass
class Chain:
    """Blocks as a node gives them."""

    made: list[Header] = field(default_factory=list)

    def add(self, count: int, validators: Sequence[Validator] = FOUR) -> None:
        for _ in range(count):
            self.made.append(sealed(plain(len(self.made)), validators))

    def vote(self, vote: Vote, proposer: Validator, validators: Sequence[Validator] = FOUR) -> int:
        self.made.append(sealed(plain(len(self.made)), validators, vote=vote, proposer=proposer))
        return self.newest

    @property
    def newest(self) -> int:
        return len(self.made) - 1

    def block(self, number: int) -> dict[str, Any]:
        header = self.made[number]
        given = zip(headers.FIELDS, header.fields, strict=False)
        return {**{name: f"0x{value.hex()}" for name, value in given}, "hash": f"0x{block_hash(header).hex()}"}

    def blocks(self, numbers: Sequence[int]) -> list[dict[str, Any]]:
        return [self.block(number) for number in numbers]

    @property
    def reads(self) -> ProofReads:
        return cast(ProofReads, self)


def test_header__that_does_not_hash_as_said__refused() -> None:
    chain = Chain()
    chain.add(2)
    lying = Chain([chain.made[0], plain(1)])
    lying.blocks = lambda numbers: [{**chain.block(1), "stateRoot": "0x" + "77" * 32}]  # type: ignore[method-assign]
    lying.block = lambda number: lying.blocks([number])[0]  # type: ignore[method-assign]
    with pytest.raises(NodeUnavailable, match="does not hash"):
        header_of(lying.reads, 1)


def test_header__with_a_gap_in_its_fields__refused() -> None:
    chain = Chain()
    chain.add(1)
    gap = {name: value for name, value in chain.block(0).items() if name != "gasUsed"}
    chain.block = lambda number: gap  # type: ignore[method-assign]
    with pytest.raises(NodeUnavailable, match="lacks a field"):
        header_of(chain.reads, 0)


def test_voting_blocks__checkpoint_of_other_validators__refused() -> None:
    chain = Chain()
    chain.add(5)
    with pytest.raises(DeploymentError, match="does not follow"):
        voting_blocks(chain.reads, checkpoint(COMMUNITY, validators=FIVE), 4)


def test_voting_blocks__set_unchanged__none_needed() -> None:
    chain = Chain()
    chain.add(5)
    chain.vote(Vote(NEWCOMER.address, True), FOUR[0])
    assert voting_blocks(chain.reads, checkpoint(COMMUNITY), chain.newest) == set()


def test_voting_blocks__set_changed__those_votes_alone_and_a_verifier_follows() -> None:
    chain = Chain()
    chain.add(3)
    chain.vote(Vote(FOUR[0].address, False), FOUR[1])  # comes to nothing
    wanted = Vote(NEWCOMER.address, True)
    deciding = set()
    for proposer in FOUR[:3]:
        deciding.add(chain.vote(wanted, proposer))
        if len(deciding) < 3:
            chain.add(2)
    chain.add(4, FIVE)
    pinned = checkpoint(COMMUNITY)
    needed = voting_blocks(chain.reads, pinned, chain.newest)
    assert needed == deciding
    shown = [chain.made[number] for number in sorted({*needed, chain.newest})]
    reasons = Trust().of(shown, Anchor(pinned)).reasons
    assert "after 1 change(s)" in reasons[len(shown) - 1]


def test_checkpoint__of_a_sealed_chain__begins_an_epoch() -> None:
    chain = Chain()
    chain.add(EPOCH + 7)
    found = checkpoint_at(chain.reads, COMMUNITY, EPOCH)
    assert (found.number, found.validators) == (EPOCH, addresses(FOUR))
    assert found.hash == block_hash(chain.made[EPOCH])
