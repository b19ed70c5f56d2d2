"""Salted commitments: what stands on the chain of a record that stays off it.

commitment = keccak-256(salt ‖ record), with 32 random bytes of salt for each record and the record as canonical JSON:
keys sorted, no blanks, UTF-8, absent values left out. Who holds record and salt can show what was committed to; once
the salt is gone, nobody can.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Final

from eth_utils.crypto import keccak

from wattcommons.errors import RuleError

SALT_BYTES: Final = 32


def new_salt() -> bytes:
    """A salt for one record."""
    return secrets.token_bytes(SALT_BYTES)


def commitment_of(record: Mapping[str, str | None], salt: bytes) -> bytes:
    """The commitment to a record, 32 bytes. Raises RuleError for a salt of another length."""
    if len(salt) != SALT_BYTES:
        raise RuleError(f"a salt has {len(salt)} bytes", f"it has {SALT_BYTES}, drawn for this record alone")
    present = {name: value for name, value in record.items() if value is not None}
    canonical = json.dumps(present, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return bytes(keccak(salt + canonical.encode()))


def offer_hash(title: str, text: str) -> bytes:
    """keccak-256 of an offer's title, of one line, a line break and its text: of this pair and no other."""
    return text_hash(f"{title}\n{text}")


def text_hash(text: str) -> bytes:
    """keccak-256 of a text that everybody may read, as a purpose's code."""
    return bytes(keccak(text.encode()))
