"""Block headers as the chain encodes them: 15 fields of old, and what London to Prague appended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from wattcommons.errors import ProofBroken
from wattcommons.verifier import items
from wattcommons.verifier.hashing import ADDRESS_BYTES, HASH_BYTES, keccak

FIELDS: Final = (
    "parentHash",
    "sha3Uncles",
    "miner",
    "stateRoot",
    "transactionsRoot",
    "receiptsRoot",
    "logsBloom",
    "difficulty",
    "number",
    "gasLimit",
    "gasUsed",
    "timestamp",
    "extraData",
    "mixHash",
    "nonce",
    "baseFeePerGas",
    "withdrawalsRoot",
    "blobGasUsed",
    "excessBlobGas",
    "parentBeaconBlockRoot",
    "requestsHash",
)
"""By the names of JSON-RPC, in the order of the encoding. The first 15 are always there."""

ALWAYS: Final = 15
NUMBERS: Final = frozenset(
    {"difficulty", "number", "gasLimit", "gasUsed", "timestamp", "baseFeePerGas", "blobGasUsed", "excessBlobGas"}
)
EXTRA: Final = FIELDS.index("extraData")
_LAST_SECOND: Final = 253_402_300_799
"""Of the year 9999: no block is later, and none has a higher number."""
_LENGTHS: Final = {"miner": ADDRESS_BYTES, "logsBloom": 256, "nonce": 8}


@dataclass(frozen=True, slots=True)
class Header:
    """A header: its fields as encoded, and those that a proof rests on. `timestamp` in unix seconds."""

    fields: tuple[bytes, ...]
    number: int
    timestamp: int

    @property
    def raw(self) -> bytes:
        """Its encoding."""
        return items.encoded(list(self.fields))

    @property
    def parent(self) -> bytes:
        """Hash of the block before."""
        return self.fields[0]

    @property
    def miner(self) -> bytes:
        """Who proposed the block."""
        return self.fields[2]

    @property
    def state_root(self) -> bytes:
        """Root of the state after the block."""
        return self.fields[3]

    @property
    def receipts_root(self) -> bytes:
        """Root of the block's receipts."""
        return self.fields[5]

    @property
    def extra(self) -> bytes:
        """Extra data: in QBFT validators, vote, round and seals."""
        return self.fields[EXTRA]

    @property
    def mix_hash(self) -> bytes:
        """A fixed word in QBFT."""
        return self.fields[EXTRA + 1]

    def with_extra(self, extra: bytes) -> Header:
        """This header with other extra data."""
        return replace(self, fields=(*self.fields[:EXTRA], extra, *self.fields[EXTRA + 1 :]))

    def hash_with(self, extra: bytes) -> bytes:
        """Hash of this header with other extra data."""
        return keccak(self.with_extra(extra).raw)


def parse(raw: bytes) -> Header:
    """A header from its encoding. Raises ProofBroken when it is none."""
    what = "a block header"
    found = items.decoded(raw, what)
    if not ALWAYS <= len(found) <= len(FIELDS):
        raise ProofBroken(what, f"has {len(found)} fields, not {ALWAYS} to {len(FIELDS)}")
    values: dict[str, int] = {}
    for name, item in zip(FIELDS, found, strict=False):
        if name in NUMBERS:
            values[name] = items.scalar(item, f"{name} of a block header")
            if name in ("number", "timestamp") and values[name] > _LAST_SECOND:
                raise ProofBroken(f"{name} of a block header", "is out of range")
        elif name != "extraData":
            items.octets(item, f"{name} of a block header", _LENGTHS.get(name, HASH_BYTES))
    fields = tuple(items.octets(item, what) for item in found)
    return Header(fields, values["number"], values["timestamp"])


def encode(block: Mapping[str, str]) -> bytes:
    """A header's encoding from the fields of JSON-RPC, as many as the block has. Raises ProofBroken for a gap."""
    given = [name for name in FIELDS if block.get(name) is not None]
    if given != list(FIELDS[: len(given)]) or len(given) < ALWAYS:
        raise ProofBroken("a block", "lacks a field of its header")
    try:
        fields = [_field(name, block[name]) for name in given]
    except ValueError as error:
        raise ProofBroken("a block", "has a field that is no hexadecimal") from error
    return items.encoded(list(fields))


def _field(name: str, text: str) -> bytes:
    digits = text.removeprefix("0x")
    if name not in NUMBERS:
        return bytes.fromhex(digits)
    value = int(digits or "0", 16)
    return value.to_bytes((value.bit_length() + 7) // 8, "big")
