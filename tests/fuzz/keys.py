"""Accounts of everybody in the fuzzed community: the same keys at every run."""

from __future__ import annotations

from functools import cache

from eth_account import Account
from eth_account.signers.local import LocalAccount

from wattcommons.chain.roles import Role

STRANGER = 900
FORMER = 800


@cache
def key(number: int) -> LocalAccount:
    """A member's, a gateway's or anybody's key."""
    return Account.from_key((10_000 + number).to_bytes(32, "big"))


@cache
def role_key(role: Role) -> LocalAccount:
    """Who holds a role."""
    return Account.from_key((100 + int(role)).to_bytes(32, "big"))


@cache
def number_of(wallet: str, most: int = 1_000) -> int:
    """The number of the key behind a wallet."""
    return next(number for number in range(most) if key(number).address == wallet)
