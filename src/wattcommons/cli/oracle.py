"""`watt oracle`: the daemon on a meter gateway, and what a person does with it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wattcommons.cli import oracle_check, oracle_import, oracle_init, oracle_run, oracle_status
from wattcommons.cli.console import Screen
from wattcommons.cli.oracle_wiring import DEFAULT_CONFIG, config_of
from wattcommons.services.gateway.assembly import open_desk

Config = Annotated[Path, typer.Option("--config", "-c", help="The gateway's settings.", metavar="FILE")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Read meters and bring every reading to the chain, once.", no_args_is_help=True)
    group.command("init")(oracle_init.init)
    group.command("check")(oracle_check.check)
    group.command("run")(oracle_run.run)
    group.command("status")(oracle_status.status)
    group.command("import")(oracle_import.bring)
    group.command("dry-run")(oracle_import.dry_run)
    group.command("code")(oracle_init.code)
    group.command("rotate")(oracle_init.rotate)
    group.command("retry")(retry)
    group.command("restart-index")(restart_index)
    app.add_typer(group, name="oracle")


def retry(config: Config = DEFAULT_CONFIG) -> None:
    """Send everything that was set aside again."""
    settings, deployment = config_of(config)
    desk = open_desk(settings, deployment)
    count = desk.outbox.release()
    desk.journal.close()
    Screen().line(f"{count:,} readings will be sent again.")


def restart_index(
    source: Annotated[str, typer.Argument(help="The source whose meter was replaced or reset.", metavar="SOURCE")],
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Begin anew with a source's index, after its meter was replaced. The interval of the exchange has no reading."""
    settings, deployment = config_of(config)
    settings.source(source)
    desk = open_desk(settings, deployment)
    desk.journal.begin_anew(source)
    desk.journal.close()
    Screen().line(f"{source} begins anew with the next index it sees; a gateway at work notices within a minute.")
