"""Signing and recovering: the only place where a private key meets a message."""

from __future__ import annotations

from typing import Final

from eth_account import Account
from eth_account.messages import SignableMessage, _hash_eip191_message
from eth_account.signers.local import LocalAccount
from eth_keys.exceptions import BadSignature
from eth_utils.exceptions import ValidationError

from wattcommons.chain.run_recovery import HALF_ORDER
from wattcommons.chain.typed_data import SigningDomain, run_message
from wattcommons.domain.packing import SignedRun
from wattcommons.domain.readings import Run

_HIGH_BIT: Final = 1 << 255


def sign(account: LocalAccount, message: SignableMessage) -> bytes:
    """65 bytes r, s, v as wallets give them."""
    return bytes(account.sign_message(message).signature)


def sign_compact(account: LocalAccount, message: SignableMessage) -> bytes:
    """64 bytes r, vs (EIP-2098) as runs of readings carry them."""
    signed = account.sign_message(message)
    vs = signed.s | (_HIGH_BIT if signed.v == 28 else 0)
    return signed.r.to_bytes(32, "big") + vs.to_bytes(32, "big")


def sign_run(account: LocalAccount, domain: SigningDomain, run: Run) -> SignedRun:
    """A run with its gateway's signature."""
    return SignedRun(run, sign_compact(account, run_message(domain, run)))


def digest_of(message: SignableMessage) -> bytes:
    """The 32 bytes that are signed."""
    return bytes(_hash_eip191_message(message))


def recover_run(domain: SigningDomain, signed: SignedRun) -> str | None:
    """Address that signed a run; None for a signature the contract would not accept from anyone."""
    return recover_compact(run_message(domain, signed.run), signed.signature)


def recover_compact(message: SignableMessage, signature: bytes) -> str | None:
    """Address behind a compact signature, None when it is malformed or malleable."""
    vs = int.from_bytes(signature[32:], "big")
    s = vs & (_HIGH_BIT - 1)
    if not 0 < s <= HALF_ORDER:
        return None
    v = 27 + (vs >> 255)
    full = signature[:32] + s.to_bytes(32, "big") + bytes([v])
    return recover(message, full)


def recover(message: SignableMessage, signature: bytes) -> str | None:
    """Address behind a 65-byte signature, None when there is none."""
    try:
        return str(Account.recover_message(message, signature=signature))
    except (BadSignature, ValidationError, ValueError):
        return None
