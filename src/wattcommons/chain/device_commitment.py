"""The commitment to a device's record: a tree of salted leaves, so that one field can be shown without the others.

    schema    keccak-256 of the schema: name, version, fields in their order
    leaf_i    keccak-256(schema ‖ i, 4 octets ‖ salt_i, 32 octets ‖ value_i as canonical JSON)
    node      keccak-256(left ‖ right)
    root      of 16 leaves, zeros behind the last field; stands on the chain as the device's `commitment`

Each field has 32 random octets of salt for itself: without it no leaf can be guessed, however few values a field could
have, and two devices with the same owner share nothing. The position in the leaf keeps a value from being shown as
another field's. A leaf's preimage has at least 69 octets and a node's 64, so that neither passes for the other.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from eth_utils.crypto import keccak

from wattcommons.domain.device_record import (
    NAMES,
    DeviceRecord,
    Value,
    check_value,
    position_of,
    schema_octets,
    value_octets,
)
from wattcommons.errors import RuleError

HASH_OCTETS: Final = 32
DEPTH: Final = 4
_LEAVES: Final = 1 << DEPTH
_NO_FIELD: Final = bytes(HASH_OCTETS)

SCHEMA_HASH: Final = bytes(keccak(schema_octets()))


@dataclass(frozen=True, slots=True)
class SaltedRecord:
    """A device's record and a salt of 32 octets for each of its fields. Keep it secret and keep it."""

    record: DeviceRecord
    salts: tuple[bytes, ...]

    def __post_init__(self) -> None:
        if len(self.salts) != len(NAMES):
            raise RuleError(f"the record has {len(self.salts)} salts", f"it has one a field, {len(NAMES)}")
        for name, salt in zip(NAMES, self.salts, strict=True):
            _check_hash(f"the salt of {name}", salt)
        if len(set(self.salts)) != len(self.salts):
            raise RuleError("two fields have the same salt", "each is drawn for its field alone")

    @property
    def commitment(self) -> bytes:
        """The root, 32 octets."""
        return self._levels()[-1][0]

    def disclose(self, names: Iterable[str]) -> Disclosure:
        """Some fields with what shows that they belong to the commitment. Raises RuleError for none or unknown ones."""
        levels, shown = self._levels(), {}
        for name in names:
            position = position_of(name)
            path = tuple(level[(position >> height) ^ 1] for height, level in enumerate(levels[:-1]))
            shown[name] = ShownField(self.record.values[name], self.salts[position], path)
        return Disclosure(levels[-1][0], shown)

    def _levels(self) -> list[list[bytes]]:
        leaves = [
            leaf_of(position, salt, self.record.values[name])
            for position, (name, salt) in enumerate(zip(NAMES, self.salts, strict=True))
        ]
        levels = [leaves + [_NO_FIELD] * (_LEAVES - len(leaves))]
        while len(levels[-1]) > 1:
            below = levels[-1]
            levels.append([_node(below[i], below[i + 1]) for i in range(0, len(below), 2)])
        return levels


@dataclass(frozen=True, slots=True)
class ShownField:
    """One field shown to somebody: its value, its salt, and the neighbours on the way to the root, from the leaf up."""

    value: Value
    salt: bytes
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Disclosure:
    """Some fields of a record under its commitment. Raises RuleError naming the first field that is not of it."""

    commitment: bytes
    fields: Mapping[str, ShownField]

    def __post_init__(self) -> None:
        if not self.fields:
            raise RuleError("no field is shown", f"choose from {', '.join(NAMES)}")
        for name, shown in self.fields.items():
            if root_of(name, shown) != self.commitment:
                raise RuleError(
                    f"{name} does not belong to the commitment 0x{self.commitment.hex()}",
                    "its value, its salt or its path was changed, or it is another record's",
                )


def salted(record: DeviceRecord) -> SaltedRecord:
    """A record with new salts."""
    return SaltedRecord(record, tuple(secrets.token_bytes(HASH_OCTETS) for _ in NAMES))


def leaf_of(position: int, salt: bytes, value: Value, schema: bytes = SCHEMA_HASH) -> bytes:
    """The leaf of one field."""
    return bytes(keccak(schema + position.to_bytes(4, "big") + salt + value_octets(value)))


def root_of(name: str, shown: ShownField, schema: bytes = SCHEMA_HASH) -> bytes:
    """The root to which a shown field leads. Raises RuleError when it is no field of any record."""
    position = position_of(name)
    check_value(name, shown.value)
    _check_hash(f"the salt of {name}", shown.salt)
    if len(shown.path) != DEPTH:
        raise RuleError(f"the path of {name} has {len(shown.path)} steps", f"it has {DEPTH}")
    return _climb(position, leaf_of(position, shown.salt, shown.value, schema), shown.path)


def _climb(position: int, found: bytes, path: Sequence[bytes]) -> bytes:
    for height, beside in enumerate(path):
        _check_hash("a step of a path", beside)
        found = _node(beside, found) if position >> height & 1 else _node(found, beside)
    return found


def _node(left: bytes, right: bytes) -> bytes:
    return bytes(keccak(left + right))


def _check_hash(what: str, octets: bytes) -> None:
    if len(octets) != HASH_OCTETS:
        raise RuleError(f"{what} has {len(octets)} octets", f"it has {HASH_OCTETS}")
