"""RLP read strictly: one encoding a value, no bytes left over, and lists of bounded depth."""

from __future__ import annotations

from typing import TypeAlias

import rlp
from rlp.exceptions import RLPException

from wattcommons.errors import ProofBroken

Item: TypeAlias = "bytes | list[Item]"
"""A string of bytes, or a list of items."""

MAX_BYTES = 1 << 20


def decoded(data: bytes, what: str) -> list[Item]:
    """The items of an RLP list. Raises ProofBroken for anything else, naming `what` it should have been."""
    return listed(_strict(data, what), what)


def string(data: bytes, what: str) -> bytes:
    """The bytes in an RLP string. Raises ProofBroken for anything else."""
    return octets(_strict(data, what), what)


def encoded(items: Item) -> bytes:
    """RLP of an item."""
    data: bytes = rlp.encode(items)
    return data


def octets(item: Item, what: str, length: int | None = None) -> bytes:
    """An item that is bytes, exactly `length` of them if given. Raises ProofBroken."""
    if not isinstance(item, bytes) or length not in (None, len(item)):
        raise ProofBroken(what, "has not the form it must have")
    return item


def listed(item: Item, what: str) -> list[Item]:
    """An item that is a list. Raises ProofBroken."""
    if not isinstance(item, list):
        raise ProofBroken(what, "has not the form it must have")
    return item


def scalar(item: Item, what: str, most: int = 32) -> int:
    """An item that is a number: big endian without leading zeros, at most `most` bytes. Raises ProofBroken."""
    data = octets(item, what)
    if len(data) > most or data[:1] == b"\0":
        raise ProofBroken(what, "is no number")
    return int.from_bytes(data, "big")


def _strict(data: bytes, what: str) -> Item:
    if len(data) > MAX_BYTES:
        raise ProofBroken(what, "is too long")
    try:
        found: Item = rlp.decode(data, strict=True)
        # The library takes some encodings that have a shorter form: one value has one encoding here.
        canonical = rlp.encode(found) == data
    except (RLPException, RecursionError, ValueError, TypeError, IndexError) as error:
        raise ProofBroken(what, "is no RLP") from error
    if not canonical:
        raise ProofBroken(what, "is no RLP in its one form")
    return found
