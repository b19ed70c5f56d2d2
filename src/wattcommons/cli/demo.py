"""`watt demo`: a village's month on a development chain, told in seven chapters; then it lives on, with its web app."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from wattcommons.chain.devnet import Devnet, DevnetOptions, devnet
from wattcommons.chain.node import connect
from wattcommons.cli.console import Screen
from wattcommons.cli.demo_view import DemoView
from wattcommons.cli.living_server import (
    HOST,
    LivingServerOptions,
    built_pages,
    living_server,
    living_store,
    living_work,
)
from wattcommons.cli.logs import Level, configure_logs
from wattcommons.cli.settings import load_settings
from wattcommons.domain.ecopoints import TargetOutcome
from wattcommons.domain.formatting import Language
from wattcommons.scenarios.community import Progress
from wattcommons.scenarios.demo import MAX_DAYS, MAX_HOMES, MIN_HOMES, Demo, DemoOptions, DemoVillage
from wattcommons.scenarios.demo_coach import Coach, CoachedMonth, Redemption
from wattcommons.scenarios.demo_facts import DemoBook
from wattcommons.scenarios.demo_refusals import (
    AlteredReading,
    Refused,
    ShiftedPrice,
    gateway_replays,
    keeper_shifts_a_price,
    operator_alters_a_reading,
    stranger_mints,
)
from wattcommons.scenarios.living import MAX_SPEED, Living
from wattcommons.services.audit.book import book
from wattcommons.services.audit.provenance import certificate
from wattcommons.services.audit.report import AuditReport
from wattcommons.services.audit.tree import Provenance
from wattcommons.services.runtime.serving import listening


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo")(run)


def run(
    homes: Annotated[int, typer.Option(min=MIN_HOMES, max=MAX_HOMES, help="Homes beside the mill and the spa.")] = 12,
    days: Annotated[int, typer.Option(min=1, max=MAX_DAYS, help="Days of market at the month's end.")] = 7,
    seed: Annotated[int, typer.Option(min=0, help="Another number is another village.")] = 1,
    lang: Annotated[Language | None, typer.Option(help="Language.")] = None,
    serve: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Let the village live on, with its web app.")
    ] = True,
    port: Annotated[int, typer.Option(min=1, max=65_535, help="The web app's TCP port on this machine.")] = 8750,
    speed: Annotated[
        int,
        typer.Option(min=1, max=MAX_SPEED, help="How many times faster its clock runs then; 60: a minute a second."),
    ] = 60,
) -> None:
    """Show the whole chain of trust on an invented village, then serve its web app until Ctrl-C. Needs nothing."""
    begun = time.monotonic()
    if serve:
        with listening(HOST, port, setting="--port", what="demo"):
            pass  # it is free: said now, not after the whole story
    settings = load_settings()
    screen = Screen()
    scene = DemoVillage(DemoOptions(homes, days, seed))
    view = DemoView(screen, lang or settings.lang, scene)
    view.opening()
    options = DevnetOptions(genesis_time=scene.genesis, binary=settings.anvil)
    with devnet(options) as node:
        with screen.progress(view.text.building) as step:

            def progress(what: str, done: int, total: int) -> None:
                step(done, total, view.text.step(what))

            tale = _play(connect(node.ipc_path), scene, progress)
        seconds = round(time.monotonic() - begun)
        view.village(tale.facts.village())
        view.homes(tale.facts.flat(), tale.facts.roof())
        view.refusals(*tale.attempts)
        view.certificate(tale.certificate, tale.demo)
        view.coach(tale.months, tale.redemption)
        view.audit(tale.report)
        view.closing(tale.demo, seconds)
        if not tale.report.ok:
            raise typer.Exit(1)
        if serve:
            with screen.progress(view.text.morning):
                tale.living.begin()
            _serve(node, tale.living, view, port, speed)
    if serve:
        view.stopped()


def _serve(node: Devnet, living: Living, view: DemoView, port: int, speed: int) -> None:
    """The village's pages until Ctrl-C or SIGTERM. Raises SettingsError when the port is taken."""
    configure_logs(Level.WARNING)
    with tempfile.TemporaryDirectory(prefix="watt-demo-") as folder:
        options = LivingServerOptions(
            node_url=node.http_url,
            folder=Path(folder),
            port=port,
            speed=speed,
            language=view.language,
            frontend=built_pages(),
        )
        with living_store(living, options) as store:
            server = living_server(living, store, options, beside=(("village", living_work(living, speed)),))
            server.run(HOST, port, lambda bound: view.serving(bound, speed))


@dataclass(frozen=True)
class _Tale:
    """Everything the chapters tell, and the village that can go on."""

    demo: Demo
    living: Living
    facts: DemoBook
    attempts: tuple[AlteredReading, ShiftedPrice, tuple[Refused, Refused], Refused]
    certificate: Provenance
    months: list[CoachedMonth]
    redemption: Redemption | None
    report: AuditReport


def _play(web3: object, scene: DemoVillage, progress: Progress) -> _Tale:
    demo = Demo(web3, scene, progress)
    demo.join_coached()
    coach = Coach(demo)
    coach.set_targets()
    living = Living(demo, coach.formulas())
    demo.play(living.prepare)
    progress("attempts to cheat", 0, 1)
    attempts = (
        operator_alters_a_reading(demo),
        keeper_shifts_a_price(demo),
        stranger_mints(demo),
        gateway_replays(demo),
    )
    demo.finish()
    months = coach.months()
    winner = next((month for month in months if month.outcome is TargetOutcome.AWARD), None)
    redemption = coach.redeem(winner) if winner else None
    progress("adding up", 0, 1)
    facts = DemoBook(demo, demo.events())
    traced = certificate(demo.contracts, facts.certificate())
    progress("auditing", 0, 1)
    report = book(demo.contracts, scene.month.first, scene.month.end)
    return _Tale(demo, living, facts, attempts, traced, months, redemption, report)
