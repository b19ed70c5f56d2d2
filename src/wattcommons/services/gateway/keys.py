"""The keys a gateway signs with: one as a rule, two while a new one takes over.

Nobody tells the gateway when a rotation takes effect. For each participant it signs with the key that the ledger took
last, and with the others where the ledger says that key is not the one: so the old key signs until the boundary and
the new one from there, whatever becomes of the rotation on its way to the chain.
"""

from __future__ import annotations

from collections.abc import Sequence

from wattcommons.chain.accounts import SigningAccount
from wattcommons.chain.signing import sign_run
from wattcommons.chain.typed_data import SigningDomain
from wattcommons.domain.packing import SignedRun
from wattcommons.domain.readings import Run


class KeyRing:
    """Signs runs with one of several keys. The keys stay inside; the repr shows addresses only."""

    def __init__(self, accounts: Sequence[SigningAccount], domain: SigningDomain) -> None:
        self._accounts = {str(account.address): account for account in accounts}
        self._domain = domain

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(self._accounts)})"

    @property
    def addresses(self) -> tuple[str, ...]:
        """Checksummed addresses, in the order of the settings."""
        return tuple(self._accounts)

    def next_key(self, tried: Sequence[str], preferred: str = "") -> str | None:
        """Address to sign with next: the preferred one first, then the others in order; None when all were tried."""
        order = [preferred] if preferred in self._accounts else []
        order += [address for address in self._accounts if address != preferred]
        return next((address for address in order if address not in tried), None)

    def sign(self, run: Run, address: str) -> SignedRun:
        """A run signed with the key of that address, one of `addresses`; the same run always gives the same bytes."""
        return sign_run(self._accounts[address], self._domain, run)
