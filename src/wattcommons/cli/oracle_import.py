"""`watt oracle import | dry-run`: a file taken in now, and a look at every source that keeps nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from wattcommons.cli.console import Screen
from wattcommons.cli.oracle_wiring import DEFAULT_CONFIG, config_of
from wattcommons.domain.channels import Channel
from wattcommons.domain.formatting import Language, kwh_text
from wattcommons.domain.units import ParticipantIndex
from wattcommons.errors import SettingsError
from wattcommons.services.gateway.assembly import open_desk, sources_of
from wattcommons.services.gateway.files.parsed import ParsedFile
from wattcommons.services.gateway.probe import ProbeSink, listen
from wattcommons.services.gateway.samples import RowsTaken
from wattcommons.services.gateway.sources.folder import import_file

_ENGLISH = Language.ENGLISH


def bring(
    file: Annotated[Path, typer.Argument(help="A file of readings, as it was downloaded.", metavar="FILE")],
    config: Annotated[Path, typer.Option("--config", "-c", help="The gateway's settings.")] = DEFAULT_CONFIG,
    participant: Annotated[
        int | None, typer.Option(min=1, help="Whose readings they are, where the file names no meter.")
    ] = None,
    channel: Annotated[Channel | None, typer.Option(help="Their direction, where the file does not say it.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON value for a program.")] = False,
) -> None:
    """Take in a file of readings now. It may be brought again: nothing is taken twice."""
    settings, deployment = config_of(config)
    if participant is not None and participant not in {one.index for one in settings.participants}:
        raise SettingsError(f"{participant} is no participant of {config}", setting="--participant")
    whose = None if participant is None else ParticipantIndex(participant)
    desk = open_desk(settings, deployment)
    try:
        sink = desk.intake.sink("import", whose, frozenset(Channel))
        parsed, taken = import_file(file, sink, settings.zone, channel=channel)
    finally:
        desk.journal.close()
    whole = not (taken.differing or taken.unknown or taken.coarser)
    screen = Screen()
    if as_json:
        screen.json(_facts(parsed, taken))
    else:
        _show(screen, file, parsed, taken, whole=whole)
    if not whole:
        raise typer.Exit(1)


def dry_run(
    config: Annotated[Path, typer.Option("--config", "-c", help="The gateway's settings.")] = DEFAULT_CONFIG,
    seconds: Annotated[float, typer.Option(min=1, max=3_600, help="How long to listen to each source.")] = 30.0,
) -> None:
    """Listen to every source and show what is heard. Keeps nothing, sends nothing, needs no key."""
    settings, _ = config_of(config)
    screen = Screen()
    # A folder's files would be moved away once they were shown, and a push has nobody to answer it.
    heard = {one.name for one in settings.sources if one.kind not in ("folder", "http")}
    sinks = {name: ProbeSink(told=_teller(screen, name)) for name in sorted(heard)}
    for source in sources_of(settings, sinks):
        screen.heading(source.name)
        error = listen(source, seconds)
        if error is not None:
            screen.mark(ok=False, text=error.message, detail=error.hint)


def _teller(screen: Screen, name: str) -> Callable[[str], None]:
    def tell(line: str) -> None:
        screen.line(f"{time.strftime('%H:%M:%S')}  {name}  {line}", indent=2)

    return tell


def _show(screen: Screen, file: Path, parsed: ParsedFile, taken: RowsTaken, *, whole: bool) -> None:
    energy = kwh_text(sum(row.energy for row in parsed.rows) // 1_000, _ENGLISH)
    screen.mark(whole, f"{file}: {parsed.layout}, {len(parsed.rows):,} rows, {energy}", indent=0)
    facts = [
        ("taken in", f"{taken.new:,} intervals; {taken.known:,} were there already"),
        (
            "left out",
            f"{taken.differing:,} differ from what is there, {taken.incomplete:,} are incomplete, "
            f"{taken.coarser:,} rows are coarser than an interval",
        ),
    ]
    if parsed.gaps.count:
        facts.append(("gaps", f"{parsed.gaps.count:,}, the first at {parsed.gaps.first[0]}"))
    if parsed.ambiguous.count:
        facts.append(("not certain", f"{parsed.ambiguous.count:,} left out, such as {parsed.ambiguous.first[0]}"))
    if taken.unknown:
        facts.append(("nobody's meter", f"{', '.join(taken.unknown)}: add it to meter_ids of a [[participant]]"))
    screen.facts(facts)
    for sentence in parsed.notices:
        screen.item(sentence)


def _facts(parsed: ParsedFile, taken: RowsTaken) -> dict[str, Any]:
    return {
        "layout": parsed.layout,
        "rows": len(parsed.rows),
        "new": taken.new,
        "known": taken.known,
        "differing": taken.differing,
        "incomplete": taken.incomplete,
        "coarser": taken.coarser,
        "unknown_meters": list(taken.unknown),
        "gaps": parsed.gaps.count,
        "ambiguous": parsed.ambiguous.count,
        "notices": list(parsed.notices),
    }
