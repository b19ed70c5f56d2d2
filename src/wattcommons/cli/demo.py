"""`watt demo`: a village's month, played on a development chain and told in seven chapters."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Annotated

import typer

from wattcommons.chain.devnet import DevnetOptions, devnet
from wattcommons.chain.node import connect
from wattcommons.cli.console import Screen
from wattcommons.cli.demo_view import DemoView
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
from wattcommons.services.audit.book import book
from wattcommons.services.audit.provenance import certificate
from wattcommons.services.audit.report import AuditReport
from wattcommons.services.audit.tree import Provenance


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo")(run)


def run(
    homes: Annotated[int, typer.Option(min=MIN_HOMES, max=MAX_HOMES, help="Homes beside the mill and the spa.")] = 12,
    days: Annotated[int, typer.Option(min=1, max=MAX_DAYS, help="Days of market at the month's end.")] = 7,
    seed: Annotated[int, typer.Option(min=0, help="Another number is another village.")] = 1,
    lang: Annotated[Language | None, typer.Option(help="Language.")] = None,
) -> None:
    """Show the whole chain of trust on an invented village: needs nothing, takes half a minute."""
    begun = time.monotonic()
    settings = load_settings()
    screen = Screen()
    scene = DemoVillage(DemoOptions(homes, days, seed))
    view = DemoView(screen, lang or settings.lang, scene)
    view.opening()
    with (
        screen.progress(view.text.building) as step,
        devnet(DevnetOptions(genesis_time=scene.genesis, binary=settings.anvil)) as node,
    ):
        tale = _play(connect(node.ipc_path), scene, lambda what, done, total: step(done, total, view.text.step(what)))
    view.village(tale.facts.village())
    view.homes(tale.facts.flat(), tale.facts.roof())
    view.refusals(*tale.attempts)
    view.certificate(tale.certificate, tale.demo)
    view.coach(tale.months, tale.redemption)
    view.audit(tale.report)
    view.closing(tale.demo, round(time.monotonic() - begun))
    if not tale.report.ok:
        raise typer.Exit(1)


@dataclass(frozen=True)
class _Tale:
    """Everything the chapters tell; the chain is gone by then."""

    demo: Demo
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
    demo.play()
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
    return _Tale(demo, facts, attempts, traced, months, redemption, report)
