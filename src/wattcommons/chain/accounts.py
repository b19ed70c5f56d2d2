"""The type of an account that signs, for the layers above, which never see its key."""

from __future__ import annotations

from typing import TypeAlias

from eth_account.signers.local import LocalAccount
from eth_utils.address import to_checksum_address

SigningAccount: TypeAlias = LocalAccount
"""An account with its private key inside; its repr shows nothing of it."""


def checksummed(account: str) -> str:
    """An address of 0x and 40 hexadecimal digits as accounts are written everywhere here. Raises ValueError."""
    return str(to_checksum_address(account))
