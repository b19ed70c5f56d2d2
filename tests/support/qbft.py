"""Headers of a QBFT network whose validators' keys we have: no such node runs in the tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from coincurve import PrivateKey

from wattcommons.verifier import headers, proof_file
from wattcommons.verifier.anchors import Checkpoint, Community
from wattcommons.verifier.hashing import keccak
from wattcommons.verifier.headers import Header
from wattcommons.verifier.proof_file import ProofFile
from wattcommons.verifier.qbft import MIX_HASH, Extra, Vote, seal_hash

EPOCH = 100
_LONDON = {
    "parentHash": "11" * 32,
    "sha3Uncles": "22" * 32,
    "miner": "00" * 20,
    "stateRoot": "33" * 32,
    "transactionsRoot": "44" * 32,
    "receiptsRoot": "55" * 32,
    "logsBloom": "00" * 256,
    "difficulty": "1",
    "number": "1",
    "gasLimit": "ffffff",
    "gasUsed": "0",
    "timestamp": "6640618b",
    "extraData": "",
    "mixHash": MIX_HASH.hex(),
    "nonce": "00" * 8,
    "baseFeePerGas": "0",
}


@dataclass(frozen=True)
class Validator:
    """A validator with its key."""

    key: PrivateKey

    @property
    def address(self) -> bytes:
        return keccak(self.key.public_key.format(compressed=False)[1:])[-20:]

    def seal(self, digest: bytes) -> bytes:
        return self.key.sign_recoverable(digest, hasher=None)


VALIDATORS = tuple(
    sorted((Validator(PrivateKey(bytes([number]) * 32)) for number in range(1, 8)), key=lambda one: one.address)
)
FOUR = VALIDATORS[:4]


def addresses(validators: Sequence[Validator]) -> tuple[bytes, ...]:
    return tuple(sorted(one.address for one in validators))


def plain(number: int, **changes: str) -> Header:
    """A header without extra data; fields by their JSON-RPC names."""
    return headers.parse(headers.encode({**_LONDON, "number": hex(number), **changes}))


def sealed(
    header: Header,
    validators: Sequence[Validator] = FOUR,
    sealers: Sequence[Validator] | None = None,
    vote: Vote | None = None,
    turn: int = 0,
    proposer: Validator | None = None,
) -> Header:
    """The header as this network's, sealed by `sealers` (all but one of the validators when not given)."""
    extra = Extra(bytes(32), addresses(validators), vote, turn, ())
    index = headers.FIELDS.index
    fields = list(header.fields)
    fields[index("miner")] = (proposer or validators[0]).address
    fields[index("mixHash")] = MIX_HASH
    unsealed = replace(header, fields=tuple(fields)).with_extra(extra.encode())
    digest = seal_hash(unsealed, extra)
    by = validators[1:] if sealers is None and len(validators) > 1 else sealers or validators
    return unsealed.with_extra(replace(extra, seals=tuple(one.seal(digest) for one in by)).encode())


def checkpoint(
    community: Community, number: int = 0, validators: Sequence[Validator] = FOUR, **changes: object
) -> Checkpoint:
    found = Checkpoint(number, bytes(32), addresses(validators), EPOCH, {}, community)
    return replace(found, **changes)  # type: ignore[arg-type]


def sealed_file(data: bytes) -> ProofFile:
    """A proof file from the development chain with its headers sealed by FOUR: the same roots, numbers and times."""
    file = proof_file.load(data)
    return replace(file, headers=tuple(sealed(headers.parse(raw)).raw for raw in file.headers))
