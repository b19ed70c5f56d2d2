"""The type of an account that signs, for the layers above, which never see its key."""

from __future__ import annotations

from typing import TypeAlias

from eth_account.signers.local import LocalAccount

SigningAccount: TypeAlias = LocalAccount
"""An account with its private key inside; its repr shows nothing of it."""
