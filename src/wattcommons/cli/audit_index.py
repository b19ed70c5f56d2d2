"""`watt audit index`: whether a store of the index says what the chain's own records say."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from wattcommons.chain.block_logs import BlockLogs
from wattcommons.cli.console import Screen
from wattcommons.cli.settings import load_settings
from wattcommons.cli.wiring import contracts_of
from wattcommons.services.indexer.comparison import IndexReport, compare_index
from wattcommons.services.store.engine import open_store

DEFAULT_STORE = "watt.db"


def audit_index(
    store: Annotated[
        str | None,
        typer.Option(help="A file, or postgresql://USER:PASSWORD@HOST/NAME; default watt.db.", metavar="URL"),
    ] = None,
    deployment: Annotated[Path | None, typer.Option(help="The deployment file.", metavar="FILE")] = None,
    rpc: Annotated[str | None, typer.Option(help="Address of the node.", metavar="URL")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON value for a program.")] = False,
) -> None:
    """Make the index anew from the chain and compare it row by row; exit code 1 when a row or a record differs."""
    settings = load_settings()
    contracts = contracts_of(deployment, rpc, settings)
    screen = Screen()
    with (
        closing(open_store(store or settings.database or DEFAULT_STORE, create=False)) as opened,
        screen.progress("reading the chain's records") as step,
    ):
        source = BlockLogs(contracts.web3, contracts.deployment)
        report = compare_index(opened, source, contracts.deployment, on_stage=lambda text: step(0, label=text))
    if as_json:
        screen.json(report.as_dict())
    else:
        _show(screen, report)
    if not report.ok:
        raise typer.Exit(1)


def _show(screen: Screen, report: IndexReport) -> None:
    for table in report.tables:
        counts = (("missing", table.missing), ("too many", table.extra), ("altered", table.altered))
        wrong = ", ".join(f"{count:,} {what}" for what, count in counts if count)
        screen.mark(table.ok, f"{table.name} ({table.rows:,} rows)", wrong, indent=0)
        for difference in table.differences:
            screen.line(str(difference), "red", indent=4)
    screen.line()
    verdict = "The index says what the chain says" if report.ok else "The index does NOT say what the chain says"
    rows = sum(table.rows for table in report.tables)
    screen.line(f"{verdict}: {rows:,} rows compared, as of block {report.block:,}.", "bold")
