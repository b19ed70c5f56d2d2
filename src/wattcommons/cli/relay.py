"""`watt relay`: takes signed readings from many gateways and brings them to the chain."""

from __future__ import annotations

import shutil
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Final

import typer

from wattcommons.chain.deployment import Deployment, load_deployment
from wattcommons.chain.keystore import create_keystore, load_keystore
from wattcommons.cli.chain_wiring import chain_carrier, contracts_over
from wattcommons.cli.console import Screen
from wattcommons.cli.logs import Level, LogLevel, configure_logs, forbid_core_dumps
from wattcommons.cli.settings import load_settings
from wattcommons.cli.wiring import DEFAULT_DEPLOYMENT
from wattcommons.domain.formatting import Language, eur_text
from wattcommons.domain.intervals import end_utc
from wattcommons.errors import SettingsError
from wattcommons.services.gateway.config_sources import read_secret
from wattcommons.services.relay.config import RelayConfig, read_relay_config
from wattcommons.services.relay.serve import Relay
from wattcommons.services.relay.silence import Silence, Silent

DEFAULT_CONFIG: Final = Path("relay.toml")
Config = Annotated[Path, typer.Option("--config", "-c", help="The relay's settings.", metavar="FILE")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Run a community's relay for its meter gateways.", no_args_is_help=True)
    group.command("init")(init)
    group.command("run")(run)
    group.command("silent")(silent)
    app.add_typer(group, name="relay")


def init(
    folder: Annotated[Path, typer.Argument(help="Where to make it, like /etc/watt-relay.", metavar="FOLDER")],
    deployment: Annotated[Path | None, typer.Option(help="The community's deployment file.", metavar="FILE")] = None,
) -> None:
    """Make a relay's folder: settings with comments, and a key that sends. The key needs no role and holds no money."""
    known = deployment or load_settings().deployment or DEFAULT_DEPLOYMENT
    load_deployment(known)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    config = folder / DEFAULT_CONFIG.name
    try:
        with config.open("x", encoding="utf-8") as output:
            output.write(files("wattcommons.cli").joinpath("texts", "relay.toml").read_text("utf-8"))
    except FileExistsError:
        raise SettingsError(f"{config} is there already", "nothing was changed") from None
    copy = folder / "deployment.json"
    if not copy.exists():
        shutil.copyfile(known, copy)
    address = create_keystore(folder / "relay.key", folder / "relay.password")
    screen = Screen()
    screen.line(f"{config} is written, with the key of account {address} beside it. Name your node in it, then:")
    screen.command(f"relay run --config {config}")


def run(config: Config = DEFAULT_CONFIG, log_level: LogLevel = Level.INFO) -> None:
    """Take signed readings in and bring them to the chain, until stopped (Ctrl-C, SIGTERM)."""
    configure_logs(log_level)
    forbid_core_dumps()
    settings, deployment = _settings(config)
    account = load_keystore(settings.keystore, settings.password_file)
    token = read_secret(settings.token_file, "the operator's token") if settings.token_file else None
    carrier = chain_carrier(settings.rpc, deployment, account, settings.finality, settings.timeout_s)
    judge = chain_carrier(settings.rpc, deployment, None, settings.finality, settings.timeout_s)
    Relay(settings, lambda: contracts_over(settings.rpc, deployment, settings.timeout_s), carrier, judge, token).run()


def silent(
    config: Config = DEFAULT_CONFIG,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON value for a program.")] = False,
) -> None:
    """Show who has not been heard for long, until when that can be made good, and what it will cost."""
    settings, deployment = _settings(config)
    found = Silence(contracts_over(settings.rpc, deployment, settings.timeout_s), settings.silent_after_s).report()
    screen = Screen()
    if as_json:
        screen.json([asdict(one) for one in found])
        return
    hours = settings.silent_after_s // 3_600
    if not found:
        screen.mark(ok=True, text=f"Everybody was heard within the last {hours} h.", indent=0)
        return
    rows = [_row(one, deployment) for one in found]
    screen.table(
        ["meter", "last reading", ">missing", ">too late", "to be made good by", ">estimated loss"],
        rows,
        title=f"Silent for more than {hours} h",
    )
    screen.line(
        "What comes before its deadline still trades with the neighbours; later readings settle against the grid "
        "alone. The loss is an estimate: the missing intervals that are still open, each at what trading gained in "
        "the mean of the last 30 days."
    )
    raise typer.Exit(1)


def _row(one: Silent, deployment: Deployment) -> list[str]:
    last = "never" if one.last is None else f"{end_utc(one.last, deployment.terms.length):%m-%d %H:%M}"
    until = "-" if one.deadline is None else f"{datetime.fromtimestamp(one.deadline, UTC):%m-%d %H:%M}"
    cost = eur_text(one.estimated_cost_neur, Language.ENGLISH, 2)
    return [str(one.participant), last, f"{one.missing:,}", f"{one.lost:,}", until, cost]


def _settings(config: Path) -> tuple[RelayConfig, Deployment]:
    settings = read_relay_config(config)
    return settings, load_deployment(settings.deployment)
