"""What every command of `watt export` stands on."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from wattcommons.chain.accounts import SigningAccount
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.devnet_keys import DevnetKeys
from wattcommons.chain.export_reads import ExportReads, KnownGroup
from wattcommons.chain.keystore import checked_address
from wattcommons.cli.console import Screen
from wattcommons.cli.export_view import ExportView
from wattcommons.cli.settings import load_settings
from wattcommons.cli.wiring import contracts_of, own_key
from wattcommons.domain.export_book import GroupState
from wattcommons.domain.export_groups import DevicePlan, plan_exports
from wattcommons.domain.formatting import Language
from wattcommons.errors import RuleError, SettingsError


@dataclass(frozen=True)
class Ground:
    """The chain, the screen and a language."""

    contracts: Contracts
    reads: ExportReads
    screen: Screen
    view: ExportView

    @classmethod
    def of(cls, deployment: Path | None, rpc: str | None, lang: Language | None) -> Ground:
        """From the options and the environment. Raises DeploymentError, SettingsError, NodeUnavailable."""
        settings = load_settings()
        contracts = contracts_of(deployment, rpc, settings)
        screen = Screen()
        view = ExportView(screen, lang or settings.lang, contracts.deployment.terms.length)
        return cls(contracts, ExportReads(contracts), screen, view)

    def holder(self, account: str | None, member: int | None) -> str:
        """Whose certificates: an account, or a member's wallet of the day."""
        if (account is None) == (member is None):
            raise SettingsError("name the holder, by one of the two", "give --account or --member", setting="--account")
        return checked_address(account) if account is not None else self.reads.wallet_of(member or 0)

    def plans(self, holder: str, device: int | None) -> list[DevicePlan]:
        """The plan of an account's certificates, of one device where it is named."""
        member = self.reads.member_of(holder)
        begun = self.reads.begun(member) if member else []
        length = self.contracts.deployment.terms.length
        found = plan_exports(self.reads.holdings(holder), begun, length, self.reads.at)
        return [one for one in found if device is None or one.device == device]

    def complete(self, number: int) -> KnownGroup:
        """A group that a decision can be made on. Raises RuleError for another."""
        found = self.reads.group(number)
        if found.state is not GroupState.COMPLETE:
            raise RuleError(
                f"export group {number} is {found.state.name.lower()}", "a decision is made on a complete one"
            )
        return found

    def member_key(
        self, keystore: Path | None, password_file: Path | None, *, devnet_key: bool, member: int | None
    ) -> SigningAccount:
        """The key of a member's wallet; among development keys it is found by the member's number."""
        if devnet_key and member is None:
            raise SettingsError("whose key is not said", "give --member with --devnet-key", setting="--devnet-key")
        key = self.key(keystore, password_file, devnet_key=devnet_key, which=lambda keys: keys.member(str(member)))
        owner = self.reads.member_of(str(key.address))
        if not owner or (member is not None and owner != member):
            whose = f"member {member}" if member is not None else "a member"
            raise RuleError(f"{key.address} is not the wallet of {whose}", "use the key of the wallet of the day")
        return key

    def key(
        self,
        keystore: Path | None,
        password_file: Path | None,
        *,
        devnet_key: bool,
        which: Callable[[DevnetKeys], SigningAccount],
    ) -> SigningAccount:
        """The key that sends. Raises SettingsError."""
        known = self.contracts.deployment
        return own_key(keystore, password_file, devnet_key=devnet_key, known=known, which=which)

    def confirm(self, sentences: Sequence[str], *, yes: bool, as_json: bool) -> None:
        """Say what will be done, and ask. Exits with 1 when the answer is no."""
        if yes:
            return
        if as_json or not sys.stdin.isatty():
            raise SettingsError("is needed where nobody can be asked", "look at it first, then add it", setting="--yes")
        if not self.view.asked(sentences):
            raise typer.Exit(1)

    def nothing_to_do(self, *, as_json: bool) -> None:
        """Say that there is nothing to send."""
        if as_json:
            self.screen.json({"steps": []})
        else:
            self.view.nothing_to_do()
