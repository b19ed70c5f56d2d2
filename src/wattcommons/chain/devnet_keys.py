"""Keys of a development community, all derived from one word that anybody may know.

For development chains only: whoever knows the word has every key. A real community's keys are made by their owners.
"""

from __future__ import annotations

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.crypto import keccak

from wattcommons.chain.roles import Role


class DevnetKeys:
    """Accounts by what they are for."""

    def __init__(self, seed: str) -> None:
        self._seed = seed

    def role(self, role: Role) -> LocalAccount:
        """Holder of a role."""
        return self._derive(f"role {role.name}")

    def member(self, name: str) -> LocalAccount:
        """Wallet of the member behind a meter."""
        return self._derive(f"member {name}")

    def gateway(self, name: str) -> LocalAccount:
        """Key of a meter's gateway."""
        return self._derive(f"gateway {name}")

    def service(self, name: str) -> LocalAccount:
        """Key of a program that needs no privilege: deployer, relay, keeper."""
        return self._derive(f"service {name}")

    def commitment(self, what: str) -> bytes:
        """32 bytes in the place of a salted commitment to an off-chain record."""
        return bytes(keccak(text=f"watt devnet commitment {self._seed} {what}"))

    def _derive(self, what: str) -> LocalAccount:
        account: LocalAccount = Account.from_key(keccak(text=f"watt devnet key {self._seed} {what}"))
        return account
