"""`watt community`: the community file, made and checked."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from wattcommons.chain.roles import Role
from wattcommons.cli.console import Screen
from wattcommons.cli.settings import load_settings
from wattcommons.domain.formatting import Language, eur_text, price_text
from wattcommons.errors import SettingsError
from wattcommons.scenarios.community_file import CommunityFile, read_community


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Make and check a community file.", no_args_is_help=True)
    group.command("new")(new)
    group.command("check")(check)
    app.add_typer(group, name="community")


def new(
    file: Annotated[Path, typer.Argument(help="Where to write it, like community.toml.", metavar="FILE")],
    lang: Annotated[Language | None, typer.Option(help="Language of its comments.")] = None,
) -> None:
    """Write a commented community file with safe defaults. Never overwrites one."""
    language = lang or load_settings().lang
    template = files("wattcommons.cli").joinpath("texts", f"community.{language.value}.toml").read_text("utf-8")
    try:
        with file.open("x", encoding="utf-8") as output:
            output.write(template)
    except FileExistsError:
        raise SettingsError(f"{file} is there already", "choose another name: nothing was written") from None
    screen = Screen()
    screen.line(f"{file} is written. Change it, then check it:")
    screen.command(f"community check {file}")


def check(
    file: Annotated[Path, typer.Argument(help="The community file.", metavar="FILE")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON value for a program.")] = False,
) -> None:
    """Check a community file and show what it says."""
    found = read_community(file)
    screen = Screen()
    if as_json:
        screen.json({"ok": True, **_summary(found)})
        return
    terms = found.terms
    english = Language.ENGLISH
    screen.mark(True, f"{file} is in order", indent=0)
    screen.facts(
        [
            ("community", f"{terms.name}, intervals of {terms.interval_minutes} minutes, {found.spec.zone}"),
            (
                "grid prices",
                f"buys from it at {price_text(terms.retail, english)}, sells to it at "
                f"{price_text(terms.feed_in, english)}, network fee {price_text(terms.network_fee, english)}",
            ),
            ("price bands", ", ".join(band.name for band in found.bands) or "none: these prices at all times"),
            ("credit limit", eur_text(terms.credit_limit_neur, english)),
            ("roles named", ", ".join(role.name.lower() for role in found.roles) or "none yet"),
        ]
    )
    screen.table(
        ["meter", "member", "basis", "signed by", ">draws W", ">feeds W", ">device W"],
        [
            [
                one.meter_id,
                one.member_name,
                one.basis.name.lower(),
                one.source.name.lower().replace("_", " "),
                f"{one.import_w:,}",
                f"{one.export_w:,}",
                f"{one.device.capacity_w:,}" if one.device else "",
            ]
            for one in found.spec.participants
        ],
    )
    missing = [role.name.lower() for role in Role if role not in found.roles]
    if missing:
        screen.line(f"Before a real deployment, name these accounts under [roles]: {', '.join(missing)}.", "dim")


def _summary(found: CommunityFile) -> dict[str, object]:
    return {
        "name": found.terms.name,
        "interval_minutes": found.terms.interval_minutes,
        "members": len({one.member_name for one in found.spec.participants}),
        "participants": [one.meter_id for one in found.spec.participants],
        "roles": {role.name.lower(): address for role, address in found.roles.items()},
        "bands": [band.name for band in found.bands],
    }
