"""`watt index`: reads the chain into a database, from which the web API answers."""

from __future__ import annotations

import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from wattcommons.chain.block_logs import BlockLogs
from wattcommons.chain.endpoints import Endpoints, web3_over
from wattcommons.chain.node import DEFAULT_TIMEOUT_S
from wattcommons.cli.console import Screen
from wattcommons.cli.logs import Level, LogLevel, configure_logs
from wattcommons.cli.settings import Settings, load_settings
from wattcommons.cli.wiring import deployment_of, node_address
from wattcommons.domain.local_time import DEFAULT_ZONE, checked_zone
from wattcommons.errors import RuleError, SettingsError
from wattcommons.services.indexer.follow import Follower
from wattcommons.services.indexer.indexer import Indexer
from wattcommons.services.indexer.rebuild import rebuild as rebuild_index
from wattcommons.services.indexer.status import index_status
from wattcommons.services.runtime.serving import signals
from wattcommons.services.store.engine import Store, open_store

DEFAULT_STORE: Final = "watt.db"
_Store = Annotated[
    str | None, typer.Option(help="A file, or postgresql://USER:PASSWORD@HOST/NAME; default watt.db.", metavar="URL")
]
_Deployment = Annotated[Path | None, typer.Option(help="The deployment file.", metavar="FILE")]
_Zone = Annotated[str, typer.Option(help="Whose days are summed up.", metavar="ZONE")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Keep the database that the web API answers from.", no_args_is_help=True)
    group.command("run")(run)
    group.command("rebuild")(rebuild)
    group.command("status")(status)
    app.add_typer(group, name="index")


def run(
    store: _Store = None,
    deployment: _Deployment = None,
    rpc: Annotated[
        list[str] | None, typer.Option(help="Address of a node; several times for several nodes.", metavar="URL")
    ] = None,
    finality: Annotated[
        str, typer.Option(help='Blocks on top that make a block final, or "node": the node says which is.')
    ] = "0",
    zone: _Zone = DEFAULT_ZONE,
    until_caught_up: Annotated[
        bool, typer.Option("--until-caught-up", help="End when there is nothing more to take in.")
    ] = False,
    log_level: LogLevel = Level.INFO,
) -> None:
    """Follow the chain into the database, until stopped (Ctrl-C, SIGTERM)."""
    configure_logs(log_level)
    settings = load_settings()
    known = deployment_of(deployment, settings)
    urls = rpc or [node_address(None, settings)]
    endpoints = Endpoints(urls, known.chain_id, DEFAULT_TIMEOUT_S)
    stop = threading.Event()
    with closing(endpoints), closing(_open(store, settings, create=True)) as opened, signals(stop.set):
        source = BlockLogs(web3_over(endpoints), known, _depth(finality))
        Follower(Indexer(opened, source, known, zone)).run(stop, until_caught_up=until_caught_up)


def rebuild(store: _Store = None, deployment: _Deployment = None, zone: _Zone = DEFAULT_ZONE) -> None:
    """Derive everything in the database anew from the chain's records in it. No node is asked."""
    settings = load_settings()
    known = deployment_of(deployment, settings)
    try:
        checked_zone(zone)
    except RuleError as error:
        raise SettingsError(error.message, error.hint, setting="--zone") from error
    screen = Screen()
    with closing(_open(store, settings)) as opened, screen.progress("records read again") as step:
        opened.migrate()
        count = rebuild_index(opened, known, zone, step)
    screen.mark(ok=True, text=f"The index is rebuilt from {count:,} records of the chain.", indent=0)


def status(
    store: _Store = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON value for a program.")] = False,
) -> None:
    """Show how far the index is, and what is in it."""
    with closing(_open(store, load_settings())) as opened:
        found = index_status(opened)
    screen = Screen()
    if as_json:
        screen.json(found.as_dict())
        return
    screen.facts(
        [
            ("store", found.store),
            ("newest block taken in", f"{found.block:,}" if found.at else "none"),
            ("of", f"{datetime.fromtimestamp(found.at, UTC):%Y-%m-%d %H:%M:%S} UTC" if found.at else "-"),
            ("final up to block", f"{found.final_block:,}" if found.at else "-"),
            ("records of the chain", f"{found.logs:,}"),
            ("readings", f"{found.readings:,}"),
            ("settled intervals", f"{found.intervals:,}"),
            ("days of", found.zone),
        ]
    )
    if found.outdated:
        screen.line("The index was made by an older version of this program. Make it anew:")
        screen.command("index rebuild")
        raise typer.Exit(1)


def _open(store: str | None, settings: Settings, *, create: bool = False) -> Store:
    return open_store(store or settings.database or DEFAULT_STORE, create=create)


def _depth(finality: str) -> int | None:
    if finality == "node":
        return None
    if not finality.isdecimal() or len(finality) > 7:
        raise SettingsError(f"is {finality!r}", 'give a number of blocks, or "node"', setting="--finality")
    return int(finality)
