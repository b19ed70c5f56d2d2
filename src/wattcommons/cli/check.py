"""`watt check`: is everything there, and does it fit together? One line a check."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from wattcommons import __version__
from wattcommons.chain.anvil_binary import find_anvil
from wattcommons.chain.artifacts import load_artifact
from wattcommons.chain.clock import ChainClock
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.deploy import check_references
from wattcommons.chain.deployment import CONTRACTS
from wattcommons.chain.node import connect, public_url
from wattcommons.cli.console import Screen
from wattcommons.cli.settings import Settings, load_settings
from wattcommons.cli.wiring import DEFAULT_DEPLOYMENT, contracts_of, deployment_of, node_address
from wattcommons.domain.intervals import start_utc
from wattcommons.errors import WattError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("check")(run)


def run(
    deployment: Annotated[Path | None, typer.Option(help="The deployment file.", metavar="FILE")] = None,
    rpc: Annotated[str | None, typer.Option(help="Address of the node.", metavar="URL")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON value for a program.")] = False,
) -> None:
    """Check the program, the node and the community's contracts; exit code 1 when something is wrong."""
    settings = load_settings()
    lines = [_line(name, work) for name, work in _checks(deployment, rpc, settings)]
    good = all(ok for _, ok, _ in lines)
    screen = Screen()
    if as_json:
        screen.json({"ok": good, "checks": [{"name": name, "ok": ok, "detail": text} for name, ok, text in lines]})
    else:
        for name, ok, text in lines:
            screen.mark(ok, f"{name:<22}{text}" if ok else name, "" if ok else text, indent=0)
    if not good:
        raise typer.Exit(1)


def _checks(deployment: Path | None, rpc: str | None, settings: Settings) -> list[tuple[str, Callable[[], str]]]:
    checks: list[tuple[str, Callable[[], str]]] = [
        ("program", lambda: f"watt {__version__}, Python {sys.version_info.major}.{sys.version_info.minor}"),
        ("compiled contracts", _artifacts),
        ("development node", lambda: f"{find_anvil(settings.anvil).name} is installed"),
    ]
    if rpc or settings.node:
        checks.append(("node", lambda: _node(rpc, settings)))
    if deployment or settings.deployment or DEFAULT_DEPLOYMENT.exists():
        checks.append(("deployment file", lambda: _file(deployment, settings)))
        if rpc or settings.node:
            checks.append(("contracts", lambda: _contracts(contracts_of(deployment, rpc, settings))))
            checks.append(("community", lambda: _community(contracts_of(deployment, rpc, settings))))
    return checks


def _line(name: str, work: Callable[[], str]) -> tuple[str, bool, str]:
    try:
        return name, True, work()
    except WattError as error:
        return name, False, str(error)


def _artifacts() -> str:
    return f"{sum(bool(load_artifact(name).bytecode) for name in CONTRACTS)} of {len(CONTRACTS)} in the package"


def _node(rpc: str | None, settings: Settings) -> str:
    address = node_address(rpc, settings)
    web3 = connect(address)
    return f"{public_url(address)}, chain {web3.eth.chain_id}, block {web3.eth.block_number}"


def _file(deployment: Path | None, settings: Settings) -> str:
    found = deployment_of(deployment, settings)
    return f"{found.terms.name}, chain {found.chain_id}, since block {found.block}"


def _contracts(contracts: Contracts) -> str:
    check_references(contracts)
    return f"{len(CONTRACTS)} at their addresses, each knows the others"


def _community(contracts: Contracts) -> str:
    members = contracts.read("MemberRegistry", "memberCount")
    meters = contracts.read("MemberRegistry", "participantCount")
    mark = contracts.read("EnergyMarket", "firstUncleared")
    now = ChainClock(contracts.web3).now()
    if not meters or mark * contracts.deployment.terms.length.seconds > now:
        return f"{members} members, {meters} meters, nothing to settle"
    since = start_utc(mark, contracts.deployment.terms.length)
    return f"{members} members, {meters} meters, settled until {since:%Y-%m-%d %H:%M} UTC"
