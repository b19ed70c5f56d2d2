"""QBFT as Hyperledger Besu runs it, validators in the block header: hashes, seals, quorum.

Extra data is RLP of [vanity, validators, vote or empty list, round, seals]. Three hashes come of one header:

- the block's, which the next block names: seals left out and round 0, for both differ between nodes;
- the one that validators seal: seals left out, the round kept;
- for the genesis block alone, the extra data as it stands.

Besu's rules of a sealed header are kept: every seal by another validator of the set, at least two thirds of the set
rounded up, the listed validators those of the set in ascending order, the proposer one of them. Networks that keep
their validators in a contract list none in the header; their seals would need a storage proof of that contract at the
block before, which version 1 lacks: there a block hash is the only anchor, and seals and round are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from wattcommons.errors import ProofBroken
from wattcommons.verifier import items
from wattcommons.verifier.hashing import ADDRESS_BYTES, HASH_BYTES, number, signer
from wattcommons.verifier.headers import Header
from wattcommons.verifier.items import Item

MIX_HASH: Final = bytes.fromhex("63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365")
SEAL_BYTES: Final = 65
MAX_VALIDATORS: Final = 256
_ADD: Final = b"\xff"
_DROP: Final = b""


@dataclass(frozen=True, slots=True)
class Vote:
    """What a proposer wants of another: in, or out."""

    subject: bytes
    add: bool


@dataclass(frozen=True, slots=True)
class Extra:
    """A header's extra data."""

    vanity: bytes
    validators: tuple[bytes, ...]
    vote: Vote | None
    round: int
    seals: tuple[bytes, ...]

    def encode(self, *, with_round: bool = True, with_seals: bool = True) -> bytes:
        """RLP. Without a round it is 0, without seals the list is empty."""
        vote: list[Item] = [] if self.vote is None else [self.vote.subject, _ADD if self.vote.add else _DROP]
        turn = self.round if with_round else 0
        return items.encoded(
            [
                self.vanity,
                list(self.validators),
                vote,
                turn.to_bytes((turn.bit_length() + 7) // 8, "big"),
                list(self.seals) if with_seals else [],
            ]
        )


def extra_of(header: Header) -> Extra:
    """The extra data of a QBFT header. Raises ProofBroken when it is no such header."""
    what = f"the extra data of block {header.number}"
    found = items.decoded(header.extra, what)
    if len(found) != 5:
        raise ProofBroken(what, "is not QBFT's")
    vanity, validators, vote, turn, seals = found
    listed, sealed = items.listed(validators, what), items.listed(seals, what)
    if len(listed) > MAX_VALIDATORS or len(sealed) > MAX_VALIDATORS:
        raise ProofBroken(what, f"names more than {MAX_VALIDATORS} validators")
    return Extra(
        items.octets(vanity, what, HASH_BYTES),
        tuple(items.octets(one, what, ADDRESS_BYTES) for one in listed),
        _vote(items.listed(vote, what), what),
        items.scalar(turn, what, 4),
        tuple(items.octets(one, what, SEAL_BYTES) for one in sealed),
    )


def is_qbft(header: Header) -> bool:
    """Whether a header is one of a QBFT network: others hash as they stand."""
    try:
        extra_of(header)
    except ProofBroken:
        return False
    return True


def block_hash(header: Header) -> bytes:
    """The hash by which a block is known, on QBFT networks and others."""
    if header.number == 0 or not is_qbft(header):
        return header.hash_with(header.extra)
    return header.hash_with(extra_of(header).encode(with_round=False, with_seals=False))


def seal_hash(header: Header, extra: Extra) -> bytes:
    """What the validators sign of a header."""
    return header.hash_with(extra.encode(with_seals=False))


def quorum(validators: int) -> int:
    """How many of so many validators must have sealed: two thirds, rounded up."""
    return (2 * validators + 2) // 3


def check_sealed(header: Header, validators: Sequence[bytes]) -> Extra:
    """Checks that a header is sealed by this set, and gives its extra data. Raises ProofBroken with the rule broken."""
    what = f"block {header.number}"
    extra = extra_of(header)
    if not extra.validators:
        raise ProofBroken(what, "lists no validators: its network keeps them in a contract, which is not supported")
    if extra.validators != tuple(sorted(validators)):
        raise ProofBroken(what, "lists other validators than the set that follows from the anchor")
    if header.miner not in extra.validators:
        raise ProofBroken(what, "was proposed by none of its validators")
    if header.mix_hash != MIX_HASH:
        raise ProofBroken(what, "has not the mix hash of QBFT")
    digest = seal_hash(header, extra)
    sealed: set[bytes] = set()
    for seal in extra.seals:
        found = signer(digest, seal[:32], number(seal[32:64]), seal[64])
        if found is None or found not in extra.validators:
            raise ProofBroken(what, "carries a seal by none of its validators")
        if found in sealed:
            raise ProofBroken(what, "carries two seals by one validator")
        sealed.add(found)
    if len(sealed) < quorum(len(extra.validators)):
        raise ProofBroken(
            what, f"is sealed by {len(sealed)} of {len(extra.validators)}, not {quorum(len(extra.validators))}"
        )
    return extra


def check_form(header: Header) -> None:
    """Checks what the hash of a QBFT header leaves open, so that none of its bytes is free. Raises ProofBroken."""
    if header.number == 0 or not is_qbft(header):
        return
    extra = extra_of(header)
    if extra.validators:
        check_sealed(header, extra.validators)
    elif extra.seals or extra.round:
        raise ProofBroken(f"block {header.number}", "carries seals or a round that nothing here can check")


def _vote(found: list[Item], what: str) -> Vote | None:
    if not found:
        return None
    if len(found) != 2 or found[1] not in (_ADD, _DROP):
        raise ProofBroken(what, "carries a vote of an unknown kind")
    return Vote(items.octets(found[0], what, ADDRESS_BYTES), found[1] == _ADD)
