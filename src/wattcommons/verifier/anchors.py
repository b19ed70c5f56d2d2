"""What a reader already trusts, and which headers of a file that covers.

A checkpoint pins a block, the validators that seal after it, and the community's contracts; it is fetched once, from
whomever the reader trusts, and published by the community beside its genesis. A block hash pins one block. Contracts
may also be named alone, from a deployment file. With nothing at all a file can only agree with itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from wattcommons.errors import InputError
from wattcommons.verifier import canonical
from wattcommons.verifier.hashing import ADDRESS_BYTES, HASH_BYTES, shown
from wattcommons.verifier.headers import Header
from wattcommons.verifier.layout import CONTRACTS
from wattcommons.verifier.qbft import block_hash
from wattcommons.verifier.votes import Validators

FORMAT: Final = "wattcommons-checkpoint"
VERSION: Final = 1
_FIELDS: Final[Mapping[str, type]] = {
    "format": str,
    "version": int,
    "chain_id": int,
    "number": int,
    "hash": str,
    "validators": list,
    "epoch_length": int,
    "overrides": dict,
    "interval_minutes": int,
    "contracts": dict,
}


@dataclass(frozen=True)
class Community:
    """Which contracts are the community's, on which chain, with which interval."""

    chain_id: int
    interval_minutes: int
    contracts: Mapping[str, bytes]


@dataclass(frozen=True)
class Checkpoint:
    """A trusted block of a QBFT network and the set that seals after it. No vote may be open at it: take the genesis
    block or an epoch's. `overrides`: sets that the genesis file puts in force at later blocks."""

    number: int
    hash: bytes
    validators: tuple[bytes, ...]
    epoch_length: int
    overrides: Mapping[int, tuple[bytes, ...]]
    community: Community


@dataclass(frozen=True)
class Anchor:
    """All that the reader trusts."""

    checkpoint: Checkpoint | None = None
    hashes: frozenset[bytes] = frozenset()
    community: Community | None = None

    @property
    def named(self) -> Community | None:
        """The community named by whatever names it."""
        return self.community or (self.checkpoint.community if self.checkpoint else None)


@dataclass
class Trust:
    """Which of a file's headers are the chain's, and why: a reason for each trusted one, by its place."""

    reasons: dict[int, str] = field(default_factory=dict)

    def of(self, headers: Sequence[Header], anchor: Anchor) -> Trust:
        """Fills in what the anchor covers. Raises ProofBroken for a header that contradicts the checkpoint."""
        hashes = [block_hash(header) for header in headers]
        for place, digest in enumerate(hashes):
            if digest in anchor.hashes:
                self.reasons[place] = "its hash is the one you trust"
        if anchor.checkpoint is not None:
            self._follow(headers, hashes, anchor.checkpoint)
        for place in range(len(headers) - 2, -1, -1):
            if place + 1 in self.reasons and headers[place + 1].parent == hashes[place]:
                self.reasons.setdefault(place, f"block {headers[place + 1].number} names it as its parent")
        return self

    def _follow(self, headers: Sequence[Header], hashes: Sequence[bytes], checkpoint: Checkpoint) -> None:
        validators = Validators(checkpoint.number, checkpoint.validators, checkpoint.epoch_length, checkpoint.overrides)
        for place, header in enumerate(headers):
            if header.number == checkpoint.number and hashes[place] == checkpoint.hash:
                self.reasons[place] = "it is the checkpoint"
            elif header.number > checkpoint.number:
                validators.follow(header)
                changes = f", after {validators.changes} change(s) of the set" if validators.changes else ""
                self.reasons[place] = f"sealed by its validators, known since block {checkpoint.number}{changes}"


def load_checkpoint(data: bytes) -> Checkpoint:
    """A checkpoint file. Raises InputError saying what is wrong in it."""
    what = "the checkpoint"
    found = canonical.expect(canonical.load(data, what), _FIELDS, what)
    if found["format"] != FORMAT or found["version"] != VERSION:
        raise InputError(f"this is no checkpoint of version {VERSION}")
    if found["number"] < 0 or found["epoch_length"] < 1:
        raise InputError(f"{what}: number or epoch_length is out of range")
    return Checkpoint(
        found["number"],
        octets(found["hash"], HASH_BYTES, f"{what}'s hash"),
        _set(found["validators"], what),
        found["epoch_length"],
        {_block(at, what): _set(validators, what) for at, validators in found["overrides"].items()},
        Community(found["chain_id"], found["interval_minutes"], contracts_of(found["contracts"], what)),
    )


def dump_checkpoint(checkpoint: Checkpoint) -> bytes:
    """Inverse of `load_checkpoint`."""
    return canonical.dump(
        {
            "format": FORMAT,
            "version": VERSION,
            "chain_id": checkpoint.community.chain_id,
            "number": checkpoint.number,
            "hash": shown(checkpoint.hash),
            "validators": [shown(one) for one in checkpoint.validators],
            "epoch_length": checkpoint.epoch_length,
            "overrides": {str(at): [shown(one) for one in ones] for at, ones in checkpoint.overrides.items()},
            "interval_minutes": checkpoint.community.interval_minutes,
            "contracts": {name: shown(address) for name, address in checkpoint.community.contracts.items()},
        }
    )


def octets(text: Any, length: int, what: str) -> bytes:
    """Bytes written as 0x and lower-case hex. Raises InputError."""
    if isinstance(text, str) and len(text) == 2 + 2 * length and text.startswith("0x"):
        try:
            found = bytes.fromhex(text[2:])
        except ValueError:
            found = b""
        if shown(found) == text:
            return found
    raise InputError(f"{what} is not 0x and {2 * length} lower-case hexadecimal digits")


def contracts_of(found: Any, what: str) -> dict[str, bytes]:
    """The addresses of the contracts a proof reads. Raises InputError."""
    canonical.expect(found, dict.fromkeys(CONTRACTS, str), f"{what}'s contracts")
    return {name: octets(found[name], ADDRESS_BYTES, f"{what}'s {name}") for name in CONTRACTS}


def _set(found: Any, what: str) -> tuple[bytes, ...]:
    if not isinstance(found, list) or not found:
        raise InputError(f"{what} names no validators")
    validators = tuple(octets(one, ADDRESS_BYTES, f"a validator of {what}") for one in found)
    if len(set(validators)) != len(validators):
        raise InputError(f"{what} names a validator twice")
    return tuple(sorted(validators))


def _block(text: str, what: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise InputError(f"{what}: {text!r} is no block number")
    return int(text)
