"""Decoding ABI values that fill whole words, without the cost of a general decoder.

Nearly all events and views carry nothing else; `eth_abi` is asked for the few that carry bytes, strings or arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Final

from eth_abi.exceptions import InsufficientDataBytes
from eth_utils.address import to_checksum_address

WORD: Final = 32
_SIGN: Final = 1 << 255
_WRAP: Final = 1 << 256

Decoder = Callable[[bytes], Any]


def word_decoder(kind: str) -> Decoder | None:
    """Decoder of a type that fills exactly one word; None for every other type."""
    if kind.endswith(("]", ")")) or kind in ("bytes", "string", "tuple"):
        return None
    if kind.startswith("uint"):
        return _unsigned
    if kind.startswith("int"):
        return _signed
    if kind == "address":
        return _address
    if kind == "bool":
        return _bool
    return _fixed_bytes(int(kind.removeprefix("bytes")))


def words_decoder(kinds: Sequence[str]) -> Callable[[bytes], tuple[Any, ...]] | None:
    """Decoder of several values, flat structs `(a,b)` among them; None when one of them is not made of words.

    It raises eth_abi's DecodingError on data too short for them.
    """
    parts: list[tuple[int, tuple[Decoder, ...], bool]] = []
    size = 0
    for kind in kinds:
        struct = kind.startswith("(") and kind.endswith(")")
        inner = kind[1:-1].split(",") if struct else [kind]
        found = [None if "(" in one or ")" in one else word_decoder(one) for one in inner]
        decoders = tuple(one for one in found if one is not None)
        if len(decoders) != len(inner):
            return None
        parts.append((size, decoders, struct))
        size += WORD * len(decoders)

    def decode(data: bytes) -> tuple[Any, ...]:
        if len(data) < size:
            raise InsufficientDataBytes(f"{len(data)} bytes where {size} are needed")
        values = []
        for start, decoders, struct in parts:
            words = tuple(
                read(data[start + WORD * position : start + WORD * (position + 1)])
                for position, read in enumerate(decoders)
            )
            values.append(words if struct else words[0])
        return tuple(values)

    return decode


def _unsigned(word: bytes) -> int:
    return int.from_bytes(word, "big")


def _signed(word: bytes) -> int:
    value = int.from_bytes(word, "big")
    return value - _WRAP if value & _SIGN else value


def _bool(word: bytes) -> bool:
    return word[31] != 0


def _address(word: bytes) -> str:
    return _checksummed(word[12:])


@lru_cache(maxsize=65_536)
def _checksummed(raw: bytes) -> str:
    return to_checksum_address(raw)


def _fixed_bytes(size: int) -> Decoder:
    def read(word: bytes) -> bytes:
        return word[:size]

    return read
