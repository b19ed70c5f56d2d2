"""`watt replay`: real readings through the whole chain of trust on a development chain, audited at the end."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace as with_changes
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from wattcommons.chain.deployment import CommunityTerms
from wattcommons.chain.devnet import DevnetOptions, devnet
from wattcommons.chain.node import connect
from wattcommons.cli.console import Screen, Step
from wattcommons.cli.replay_summary import show_summary
from wattcommons.cli.settings import load_settings
from wattcommons.domain.formatting import Language, price_text
from wattcommons.domain.intervals import IntervalRange
from wattcommons.domain.units import IntervalIndex
from wattcommons.errors import AuditError, SettingsError
from wattcommons.scenarios.assumptions import assumed_participant, length_for, prices_for, with_credit_for
from wattcommons.scenarios.community import Progress
from wattcommons.scenarios.community_file import read_community
from wattcommons.scenarios.replay import genesis_time, replay
from wattcommons.scenarios.report import build_report
from wattcommons.scenarios.spec import CommunitySpec
from wattcommons.scenarios.tally import tally
from wattcommons.services.audit.book import book
from wattcommons.services.gateway.csv_readings import ReadingsFile, ReadOptions, read_readings, steps_of
from wattcommons.services.gateway.csv_tariff import read_tariff

_STATES_KEPT: Final = 32
_GAPS_NAMED: Final = 4


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("replay")(run)


def run(
    readings: Annotated[Path, typer.Argument(help="CSV or CSV.gz of interval readings.", metavar="READINGS")],
    community: Annotated[Path | None, typer.Option(help="Community file (TOML).")] = None,
    tariff: Annotated[Path | None, typer.Option(help="CSV of prices by interval.")] = None,
    start: Annotated[str | None, typer.Option("--from", help="First day or moment (UTC), like 2016-08-08.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="First day or moment no longer replayed.")] = None,
    report: Annotated[Path | None, typer.Option(help="Write everything to this JSON file.")] = None,
    split_coarse: Annotated[
        bool, typer.Option("--split-coarse", help="Spread coarser rows evenly: estimated, no certificates.")
    ] = False,
    rpc: Annotated[str | None, typer.Option(help="An unused development chain; default: its own.")] = None,
    deployment: Annotated[
        Path | None, typer.Option(help="With --rpc: write the addresses here, to audit that chain afterwards.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON and nothing else.")] = False,
) -> None:
    """Replay readings: sign, record, clear, settle, certify, audit."""
    screen = Screen()
    began = time.monotonic()
    period = ReadOptions(_moment("--from", start), _moment("--to", end), split_coarser=split_coarse)
    _check_output("--report", report)
    _check_output("--deployment", deployment)
    if deployment is not None and rpc is None:
        raise SettingsError(
            "the replay's own chain ends with it",
            "start one with `watt devnet --at DATE` and name it with --rpc",
            setting="--deployment",
        )
    file, spec, notes = _prepare(readings, community, tariff, period)
    if not as_json:
        for note in notes:
            screen.line(note)
    with ExitStack() as stack:
        progress = stack.enter_context(_bars(screen))
        node = rpc or stack.enter_context(devnet(_options(file))).ipc_path
        result = replay(connect(node), spec, file, progress)
        if deployment is not None:
            result.contracts.deployment.save(deployment)
        progress("adding up", 0, 1)
        sums = tally(result.contracts)
        progress("auditing", 0, 1)
        audited = book(result.contracts)
        content = build_report(result, sums, audited)
    if report is not None:
        _write(report, content)
    if as_json:
        screen.json(content)
    else:
        show_summary(screen, content, result, time.monotonic() - began)
    if not audited.ok:
        first = audited.broken[0]
        raise AuditError(first.entry, first.expected, first.found, "the book of this replay cannot be re-derived")


def _prepare(
    path: Path, community: Path | None, tariff: Path | None, options: ReadOptions
) -> tuple[ReadingsFile, CommunitySpec, list[str]]:
    """The readings, the community and what a reader should know of both; everything is checked before any sending."""
    notes = []
    if community is None:
        file = read_readings(path, length_for(steps_of(path), split=options.split_coarser), options)
        spec = CommunitySpec(CommunityTerms(interval_minutes=file.length.minutes), ())
    else:
        described = read_community(community)
        file = read_readings(path, described.terms.length, options)
        first = min(meter.first for meter in file.meters)
        last = max(meter.last for meter in file.meters)
        spec = described.spec_for(IntervalRange(first, IntervalIndex(last + 1)))
    if not spec.participants:
        participants = tuple(assumed_participant(meter, file.length) for meter in file.meters)
        spec = with_changes(spec, participants=participants)
        if community is None:
            spec = with_changes(spec, terms=with_credit_for(spec.terms, participants))
        notes.append(
            f"Every meter is taken as a participant of its own ({len(participants)}), metered gross, with a connection "
            "that fits its readings, a solar installation where it produces, and the default standing order: buy up "
            "to ¾ of the spread between feed-in and retail price, sell from ¼ of it."
        )
    silent = len(spec.participants) - len(file.meters)
    if silent > 0:
        notes.append(f"{silent} participants of the community have no readings here and are left out.")
    if tariff is not None:
        prices = read_tariff(tariff, file.length)
        spec = with_changes(spec, prices=prices_for(file, prices, spec))
        if prices.currency not in (None, "EUR"):
            notes.append(f"Prices are in {prices.currency} and are taken as they are: read € as {prices.currency}.")
    elif community is None:
        notes.append(f"Assumed tariff: {_tariff_text(spec)}. Bring --tariff or --community for another.")
    return file, spec, [*notes, *_reading_notes(file)]


def _reading_notes(file: ReadingsFile) -> list[str]:
    notes = []
    if file.incomplete:
        notes.append(
            f"Intervals left out because some of their finer steps are missing: {sum(file.incomplete.values())} "
            f"({_by_meter(file.incomplete)})."
        )
    if file.missing:
        gaps = {meter.meter_id: meter.missing for meter in file.meters if meter.missing}
        notes.append(
            f"Readings missing between a meter's first and last: {file.missing} ({_by_meter(gaps)}). Such intervals "
            "are cleared without that meter once the deadline has passed, and flagged."
        )
    if file.estimated:
        notes.append(f"{file.estimated} readings stem from a split of coarser ones: they earn no certificates.")
    return notes


def _by_meter(counts: Mapping[str, int]) -> str:
    """The first few meters with their counts, and how many more there are."""
    named = [f"{meter} {count}" for meter, count in sorted(counts.items())]
    more = [f"{len(named) - _GAPS_NAMED} meters more"] if len(named) > _GAPS_NAMED else []
    return ", ".join([*named[:_GAPS_NAMED], *more])


def _tariff_text(spec: CommunitySpec) -> str:
    terms, english = spec.terms, Language.ENGLISH
    return (
        f"retail {price_text(terms.retail, english)}, feed-in {price_text(terms.feed_in, english)}, "
        f"network fee {price_text(terms.network_fee, english)}"
    )


def _options(file: ReadingsFile) -> DevnetOptions:
    return DevnetOptions(
        genesis_time=genesis_time(file), binary=load_settings().anvil, states_kept=_STATES_KEPT, accounts=1
    )


def _moment(option: str, text: str | None) -> int | None:
    """Unix seconds of a UTC day or moment."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise SettingsError(
            f"{text!r} is no day or moment", "write it like 2016-08-08 or 2016-08-08T12:00:00Z", setting=option
        ) from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _check_output(option: str, path: Path | None) -> None:
    if path is None:
        return
    if path.is_dir():
        raise SettingsError(f"{path} is a folder", "name a file in it", setting=option)
    if not path.parent.is_dir():
        raise SettingsError(f"there is no folder {path.parent}", "make it first", setting=option)


def _write(path: Path, content: dict[str, Any]) -> None:
    """The file whole or not at all."""
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    temporary.replace(path)


@contextmanager
def _bars(screen: Screen) -> Iterator[Progress]:
    """One bar at a time: a new one for each thing that is done."""
    with ExitStack() as stack:
        current: dict[str, Any] = {"what": "", "stack": stack.enter_context(ExitStack())}

        def show(what: str, done: int, total: int) -> None:
            if what != current["what"]:
                current["stack"].close()
                current["step"] = current["stack"].enter_context(screen.progress(what, total))
                current["what"] = what
            step: Step = current["step"]
            step(done, total)

        yield show
