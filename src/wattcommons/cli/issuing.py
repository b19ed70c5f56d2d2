"""What the issuing body's commands have in common: its key, the question before an act, the act and its refusals."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

from wattcommons.chain.accounts import SigningAccount
from wattcommons.chain.batch import Read, call_of, try_all
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.deployment import Deployment
from wattcommons.chain.device_refusals import explained
from wattcommons.chain.roles import Role
from wattcommons.chain.sender import Sender, Sent
from wattcommons.cli.console import Screen
from wattcommons.cli.wiring import own_key, role_key
from wattcommons.errors import RevertedError, SettingsError

DeploymentOption: TypeAlias = Annotated[Path | None, typer.Option(help="The deployment file.", metavar="FILE")]
RpcOption: TypeAlias = Annotated[str | None, typer.Option(help="Address of the node.", metavar="URL")]
JsonOption: TypeAlias = Annotated[bool, typer.Option("--json", help="One JSON value for a program.")]
KeystoreOption: TypeAlias = Annotated[
    Path | None, typer.Option(help="Encrypted key file of the issuing body.", metavar="FILE")
]
PasswordOption: TypeAlias = Annotated[
    Path | None, typer.Option(help="File with the key file's password.", metavar="FILE")
]
DevnetOption: TypeAlias = Annotated[
    bool, typer.Option("--devnet-key", help="Use a key that everybody knows; development chains only.")
]
YesOption: TypeAlias = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")]


def issuing_key(
    keystore: Path | None, password_file: Path | None, *, devnet_key: bool, known: Deployment
) -> SigningAccount:
    """The issuing body's key. Raises SettingsError as `own_key` does."""
    return own_key(keystore, password_file, devnet_key=devnet_key, known=known, which=role_key(Role.ISSUING_BODY))


class Desk:
    """One act of the issuing body: tried first, then shown and asked about, then sent.

    Nothing is sent that the contracts would refuse, and nothing that nobody has agreed to.
    """

    def __init__(self, contracts: Contracts, account: SigningAccount, *, yes: bool, as_json: bool) -> None:
        self.contracts = contracts
        self.screen = Screen()
        self.as_json = as_json
        self._sender = Sender(contracts.web3, account)
        self._yes = yes
        if as_json and not yes:
            raise SettingsError("is given without --yes", "a program cannot be asked", setting="--json")

    def act(self, what: str, facts: list[tuple[str, str]], contract: str, function: str, *arguments: Any) -> Sent:
        """Carry out one call. `what`: a sentence that says what it does; `facts`: with which values.

        Raises RuleError for a refusal that a person can put right, typer.Exit (code 1) when the answer is no.
        """
        length = self.contracts.deployment.terms.length
        try:
            [answer] = try_all(self.contracts, [Read(contract, function, arguments)], sender=self._sender.address)
            if isinstance(answer, RevertedError):
                raise answer
            if not self.as_json:
                self.screen.line(what, "bold")
                self.screen.facts(facts)
            if not self._yes and not self._agreed():
                self.screen.line("Nothing was done.")
                raise typer.Exit(1)
            return self._sender.send(call_of(self.contracts, contract, function, *arguments))
        except RevertedError as error:
            raise explained(error, length) from error

    def done(self, what: str, sent: Sent, **values: Any) -> None:
        """Say that it is done; `values` are for a program."""
        if self.as_json:
            self.screen.json({**values, "transaction": sent.tx_hash, "block": sent.block})
            return
        self.screen.mark(True, what, f"block {sent.block}, transaction {sent.tx_hash}", indent=0)

    def _agreed(self) -> bool:
        typer.echo("Do this? [y/N] ", nl=False, err=True)
        answer = sys.stdin.readline()
        if not answer:
            typer.echo(err=True)
            raise SettingsError("nobody answered whether to do it", "answer y, or give --yes", setting="--yes")
        return answer.strip().lower() in ("y", "yes")
