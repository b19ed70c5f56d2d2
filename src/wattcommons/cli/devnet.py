"""`watt devnet`: a development chain in the foreground, until Ctrl-C."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from wattcommons.chain.devnet import DevnetOptions, devnet
from wattcommons.chain.node import connect
from wattcommons.cli.console import Screen
from wattcommons.cli.moments import moment_of
from wattcommons.cli.settings import load_settings
from wattcommons.errors import SettingsError

DEFAULT_PORT = 8545
_WATCH_S = 2.0


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("devnet")(run)


def run(
    port: Annotated[int, typer.Option(min=1, max=65_535, help="TCP port on this machine.")] = DEFAULT_PORT,
    at: Annotated[
        str | None, typer.Option(help="When its clock begins, to replay what is past; default now.", metavar="DATE")
    ] = None,
    state: Annotated[
        Path | None, typer.Option(help="File the chain is kept in: read at the start, written at the end.")
    ] = None,
) -> None:
    """Run a development chain on this machine until Ctrl-C."""
    if state is not None and not state.absolute().parent.is_dir():
        raise SettingsError(f"there is no folder {state.absolute().parent}", "make it first", setting="--state")
    options = DevnetOptions(
        port=port,
        genesis_time=int(moment_of("--at", at).timestamp()) if at is not None else None,
        binary=load_settings().anvil,
        load_state=state if state is not None and state.exists() else None,
        dump_state=state,
    )
    screen = Screen()
    with devnet(options) as node:
        screen.line("A development chain is running.", "bold")
        screen.facts(
            [
                ("address", node.http_url),
                ("chain id", str(node.chain_id)),
                ("kept in", str(state) if state else "memory: it is gone at the end (--state FILE keeps it)"),
            ]
        )
        screen.command(f"deploy COMMUNITY.toml --devnet-key --rpc {node.http_url}")
        screen.line(
            "For trying out only: one node makes every block, nobody seals or checks them, and its keys are public. "
            "A community runs several validators. Ctrl-C ends it."
        )
        try:
            while True:
                time.sleep(_WATCH_S)
                connect(node.ipc_path)  # says so when the node is gone
        except KeyboardInterrupt:
            screen.line(f"\nThe chain is stopped{f' and kept in {state}' if state else ''}.")
