"""`watt deploy`: a community's contracts onto a chain. Asks nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wattcommons.chain.accounts import SigningAccount
from wattcommons.chain.deploy import deploy
from wattcommons.chain.deployment import CONTRACTS, Deployment
from wattcommons.chain.node import connect, public_url
from wattcommons.chain.roles import Role
from wattcommons.chain.sender import Sender
from wattcommons.cli.console import Screen
from wattcommons.cli.settings import load_settings
from wattcommons.cli.wiring import DEFAULT_DEPLOYMENT, deployer_key, devnet_keys, node_address
from wattcommons.errors import SettingsError
from wattcommons.scenarios.community_file import CommunityFile, read_community

_NEEDED = tuple(role for role in Role if role not in (Role.PARTNER, Role.THIRD_PARTY))


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("deploy")(run)


def run(
    community: Annotated[Path, typer.Argument(help="The community file.", metavar="COMMUNITY")],
    rpc: Annotated[str | None, typer.Option(help="Address of the node.", metavar="URL")] = None,
    keystore: Annotated[Path | None, typer.Option(help="Encrypted key file of the deployer.")] = None,
    password_file: Annotated[Path | None, typer.Option(help="File with the key file's password.")] = None,
    devnet_key: Annotated[
        bool, typer.Option("--devnet-key", help="Use keys that everybody knows; development chains only.")
    ] = False,
    out: Annotated[Path, typer.Option(help="Where to write the addresses.")] = DEFAULT_DEPLOYMENT,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON value for a program.")] = False,
) -> None:
    """Deploy a community's contracts, give each role to its account, and write the addresses."""
    settings = load_settings()
    found = read_community(community)
    if out.exists():
        raise SettingsError(f"{out} is there already", "it may be the only record of a community", setting="--out")
    address = node_address(rpc, settings)
    web3 = connect(address)
    key = deployer_key(keystore, password_file, devnet_key=devnet_key, chain_id=web3.eth.chain_id, settings=settings)
    holders = _holders(found, key, devnet_key=devnet_key)
    screen = Screen()
    with screen.progress("deploying", len(CONTRACTS)) as step:
        done: list[str] = []

        def progress(name: str) -> None:
            done.append(name)
            step(min(len(done), len(CONTRACTS)))

        others: dict[Role, str] = {role: account for role, account in holders.items() if role is not Role.ADMIN}
        deployment = deploy(web3, Sender(web3, key), found.terms, others, admin=holders[Role.ADMIN], progress=progress)
    deployment.save(out)
    if as_json:
        screen.json({"deployment": str(out), "chain_id": deployment.chain_id, "addresses": deployment.addresses})
        return
    _show(screen, deployment, out, public_url(address), devnet_key=devnet_key)


def _holders(found: CommunityFile, key: SigningAccount, *, devnet_key: bool) -> dict[Role, str]:
    holders = dict(found.roles)
    if devnet_key:
        return {role: devnet_keys().role(role).address for role in Role} | holders
    missing = [role.name.lower() for role in _NEEDED if role not in holders]
    if missing:
        raise SettingsError(
            f"{found.path} names nobody for {', '.join(missing)}",
            "write their addresses under [roles]",
            setting="roles",
        )
    for role, holder in holders.items():
        if role is not Role.ADMIN and holder == key.address:
            raise SettingsError(
                f"{role.name.lower()} is the deployer's own account", "give each role a key of its own", setting="roles"
            )
    return holders


def _show(screen: Screen, deployment: Deployment, out: Path, node: str, *, devnet_key: bool) -> None:
    terms = deployment.terms
    screen.mark(True, f"{terms.name} is deployed on chain {deployment.chain_id} ({node})", indent=0)
    screen.facts([(name, deployment.addresses[name]) for name in CONTRACTS])
    screen.line(f"The addresses are in {out}. Check them:")
    screen.command(f"check --deployment {out} --rpc {node}")
    if devnet_key:
        screen.line("Roles that the file names nobody for are held by keys that everybody knows: for trying out only.")
