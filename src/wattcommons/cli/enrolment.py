"""`watt enrolment`: a gateway's code becomes terms, two people sign them, and the registry is told."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from wattcommons.chain.accounts import SigningAccount
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.deployment import Deployment
from wattcommons.chain.devnet_keys import DevnetKeys
from wattcommons.chain.enrolment import (
    Enrolment,
    Kind,
    Party,
    require_community,
    sign_as_member,
    sign_as_metering_operator,
    submit,
)
from wattcommons.chain.enrolment_file import as_dict, load_enrolment, save_enrolment
from wattcommons.chain.enrolment_reads import obstacles
from wattcommons.chain.roles import Role
from wattcommons.chain.sender import Sender
from wattcommons.cli.console import Screen
from wattcommons.cli.enrolment_new import new
from wattcommons.cli.enrolment_view import show_next, show_obstacles, show_signatures, show_submitted, show_terms
from wattcommons.cli.settings import Settings, load_settings
from wattcommons.cli.wiring import DEFAULT_DEPLOYMENT, contracts_of, deployment_of, own_key
from wattcommons.errors import ChainError, InputError, RuleError

_Deployment = Annotated[Path | None, typer.Option(help="The deployment file.", metavar="FILE")]
_Rpc = Annotated[str | None, typer.Option(help="Address of the node.", metavar="URL")]
_Json = Annotated[bool, typer.Option("--json", help="One JSON value for a program.")]
_File = Annotated[Path, typer.Argument(help="The enrolment file.", metavar="FILE")]
_Keystore = Annotated[Path | None, typer.Option(help="Encrypted key file.", metavar="FILE")]
_Password = Annotated[Path | None, typer.Option(help="File with the key file's password.", metavar="FILE")]
_Devnet = Annotated[bool, typer.Option("--devnet-key", help="Use a key that everybody knows; development chains only.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Enrol a gateway's key, or replace one: two sign, one submits.", no_args_is_help=True)
    group.command("new")(new)
    group.command("show")(show)
    group.command("sign")(sign)
    group.command("submit")(bring)
    app.add_typer(group, name="enrolment")


def show(file: _File, deployment: _Deployment = None, rpc: _Rpc = None, as_json: _Json = False) -> None:
    """Say in plain words what a file holds, check its signatures, and with a node also what stands in the way.

    Exit code 1 when something in it does not hold; that somebody did not sign yet is no such thing.
    """
    settings = load_settings()
    found = load_enrolment(file)
    known = _known_deployment(deployment, settings)
    contracts = contracts_of(deployment, rpc, settings) if known and (rpc or settings.node) else None
    against = _against(found, known, contracts)
    sound = all(found.holds(party) for party in found.signatures)
    screen = Screen()
    if as_json:
        signatures = {party.value: found.holds(party) for party in found.signatures}
        screen.json(
            {
                **as_dict(found),
                "holds": signatures,
                "missing": [party.value for party in found.missing],
                "obstacles": [str(one) for one in against],
                "asked_the_chain": contracts is not None,
            }
        )
    else:
        show_terms(screen, found, known.terms.name if known else None)
        show_signatures(screen, found)
        show_obstacles(screen, against)
        if sound and not against:
            show_next(screen, found, file)
        if contracts is None:
            screen.line("The chain was not asked. With --rpc and --deployment it is.", "dim")
    if against or not sound:
        raise typer.Exit(1)


def sign(
    file: _File,
    party: Annotated[Party, typer.Option("--as", help="As whom.")],
    keystore: _Keystore = None,
    password_file: _Password = None,
    devnet_key: _Devnet = False,
    deployment: _Deployment = None,
    rpc: _Rpc = None,
    as_json: _Json = False,
) -> None:
    """Sign a file as the member or as the metering operator. Look at it first: `watt enrolment show FILE`.

    It needs the deployment file and no node; with one, the chain is asked too whether it would be accepted.
    """
    settings = load_settings()
    found = load_enrolment(file)
    known = deployment_of(deployment, settings)
    with _about(file):
        require_community(found, known)
        account = own_key(keystore, password_file, devnet_key=devnet_key, known=known, which=_signer(found, party))
        act = sign_as_member if party is Party.MEMBER else sign_as_metering_operator
        signed = act(found, account)
        if rpc or settings.node:
            for obstacle in obstacles(contracts_of(deployment, rpc, settings), signed):
                raise obstacle
    save_enrolment(signed, file)
    screen = Screen()
    if as_json:
        screen.json({"file": str(file), **as_dict(signed), "missing": [one.value for one in signed.missing]})
        return
    show_terms(screen, signed, known.terms.name)
    show_signatures(screen, signed)
    show_next(screen, signed, file)


def bring(
    file: _File,
    keystore: _Keystore = None,
    password_file: _Password = None,
    devnet_key: _Devnet = False,
    deployment: _Deployment = None,
    rpc: _Rpc = None,
    as_json: _Json = False,
) -> None:
    """Submit a file that both have signed: an enrolment with an operator's key, a new gateway key with any."""
    found = load_enrolment(file)
    contracts = contracts_of(deployment, rpc, load_settings())
    known = contracts.deployment
    with _about(file):
        require_community(found, known)
        account = own_key(keystore, password_file, devnet_key=devnet_key, known=known, which=_submitter(found))
        done = submit(contracts, found, Sender(contracts.web3, account))
    screen = Screen()
    if as_json:
        screen.json({"participant": done.participant, "transaction": done.tx_hash, "block": done.block})
        return
    show_submitted(screen, found, done)


def _known_deployment(option: Path | None, settings: Settings) -> Deployment | None:
    named = option or settings.deployment
    return deployment_of(option, settings) if named or DEFAULT_DEPLOYMENT.exists() else None


def _against(
    enrolment: Enrolment, known: Deployment | None, contracts: Contracts | None
) -> list[RuleError | ChainError]:
    if known is not None:
        try:
            require_community(enrolment, known)
        except RuleError as error:
            return [error]
    return obstacles(contracts, enrolment) if contracts is not None else []


def _signer(enrolment: Enrolment, party: Party) -> Callable[[DevnetKeys], SigningAccount]:
    """Among development keys: a member's is found by the member's number."""
    if party is Party.MEMBER:
        return lambda keys: keys.member(str(enrolment.member))
    return lambda keys: keys.role(Role.METERING_OPERATOR)


def _submitter(enrolment: Enrolment) -> Callable[[DevnetKeys], SigningAccount]:
    enrols = enrolment.kind is Kind.ENROLMENT
    return lambda keys: keys.role(Role.OPERATOR) if enrols else keys.service("relay")


@contextlib.contextmanager
def _about(file: Path) -> Iterator[None]:
    """Names the file in what is wrong with it or stands in its way."""
    try:
        yield
    except RuleError as error:
        raise InputError(error.message, error.hint, file=file) from error
