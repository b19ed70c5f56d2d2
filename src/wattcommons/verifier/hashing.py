"""Keccak-256, recovery of a signer, and the little that every part of the verifier needs of bytes."""

from __future__ import annotations

from typing import Final

from coincurve import PublicKey
from eth_utils.crypto import keccak as _keccak

HASH_BYTES: Final = 32
ADDRESS_BYTES: Final = 20
_HALF_ORDER: Final = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0


def keccak(data: bytes) -> bytes:
    """Keccak-256: 32 bytes."""
    return _keccak(data)


def signer(digest: bytes, r: bytes, s: int, parity: int) -> bytes | None:
    """Address that signed a 32-byte digest; None for what is no signature, or not the one form that counts (low s)."""
    if not 0 < s <= _HALF_ORDER or parity not in (0, 1):
        return None
    try:
        found = PublicKey.from_signature_and_message(
            r + s.to_bytes(HASH_BYTES, "big") + bytes([parity]), digest, hasher=None
        )
    except Exception as error:
        if type(error) in (Exception, ValueError):  # coincurve raises a bare Exception: no such point
            return None
        raise
    return keccak(found.format(compressed=False)[1:])[-ADDRESS_BYTES:]


def number(data: bytes) -> int:
    """Big-endian bytes as an unsigned number."""
    return int.from_bytes(data, "big")


def word(value: int) -> bytes:
    """A number as a 32-byte word."""
    return value.to_bytes(HASH_BYTES, "big")


def shown(data: bytes) -> str:
    """Bytes for a person: 0x and lower-case hex."""
    return f"0x{data.hex()}"
