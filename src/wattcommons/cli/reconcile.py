"""`watt audit reconcile`: recorded readings beside an independent file; who deviates, by how much, since when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer

from wattcommons.cli.console import Screen
from wattcommons.cli.moments import moment_of
from wattcommons.cli.reconcile_view import as_dict, show
from wattcommons.cli.settings import load_settings
from wattcommons.cli.wiring import contracts_of
from wattcommons.domain.channels import Channel
from wattcommons.domain.local_time import DEFAULT_ZONE, checked_zone
from wattcommons.domain.reconciliation import Rules, Span
from wattcommons.domain.units import MAX_INDEX
from wattcommons.errors import InputError, RuleError, SettingsError
from wattcommons.services.audit.reconcile import Direction, Outcome, Subject, by_meter, net_spans, reconcile
from wattcommons.services.audit.recorded import recorded_by
from wattcommons.services.gateway.files.enedis_daily import LAYOUT, is_daily_indexes, read_daily_indexes
from wattcommons.services.gateway.files.recognise import read_energy_file

_OWN_NUMBER: Final = re.compile(r"(?:participant-)?([1-9][0-9]{0,9})", re.ASCII)
_PERCENT: Final = re.compile(r"(-?)([0-9]{1,3})(?:[.,]([0-9]{1,2}))?", re.ASCII)
_Meters = dict[str, dict[Direction, list[Span]]]


@dataclass(frozen=True)
class _File:
    """A file's energies, by meter and direction. `notices`: what a person should know of it."""

    layout: str
    meters: _Meters
    notices: tuple[str, ...]


def audit_reconcile(
    file: Annotated[
        Path, typer.Argument(help="Enedis daily indexes or load curve, our CSV, any file a gateway reads.")
    ],
    participant: Annotated[int | None, typer.Option(help="Whose meter the file is of.", metavar="N", min=1)] = None,
    match: Annotated[
        list[str] | None, typer.Option(help="Whose meter is whose, of several; once for each.", metavar="METER=N")
    ] = None,
    total: Annotated[
        str | None, typer.Option("--sum", help="Participants behind one meter: a transformer's.", metavar="N,N,…")
    ] = None,
    meter: Annotated[str | None, typer.Option(help="The meter meant, of several in the file.", metavar="ID")] = None,
    direction: Annotated[Direction | None, typer.Option(help="What to compare, where the file has both.")] = None,
    loss: Annotated[
        str, typer.Option(help="Losses between the participants and their meter, percent.", metavar="LEAST..MOST")
    ] = "0..0",
    tolerance: Annotated[str, typer.Option(help="Percent a day that are no deviation.", metavar="PERCENT")] = "0.5",
    tolerance_wh: Annotated[int, typer.Option(help="Wh a day that are no deviation.", metavar="WH", min=0)] = 30,
    days: Annotated[int, typer.Option(help="Days in a row that make a lasting deviation.", min=1)] = 3,
    from_: Annotated[str | None, typer.Option("--from", help="First day, or a moment in UTC.", metavar="DATE")] = None,
    to: Annotated[str | None, typer.Option(help="Day or moment after the last.", metavar="DATE")] = None,
    zone: Annotated[str, typer.Option(help="Whose days, and times without an offset.")] = DEFAULT_ZONE,
    signed: Annotated[
        bool, typer.Option("--signed", help="Readings as the gateways signed them, without corrections.")
    ] = False,
    deployment: Annotated[Path | None, typer.Option(help="The deployment file.", metavar="FILE")] = None,
    rpc: Annotated[str | None, typer.Option(help="Address of the node.", metavar="URL")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON value for a program.")] = False,
) -> None:
    """Compare recorded readings with an independent file or meter; exit code 1 when somebody deviates.

    For one meter and one participant; for several (--match, or meters named by participants' numbers); or for several
    participants behind one meter (--sum), with the losses to be expected between them: consumption less production
    behind a transformer, production alone behind a producers' meter.
    """
    rules = _rules(loss, tolerance, tolerance_wh, days)
    read = _read(file, _zone(zone), from_, to)
    asked = _asked(read.meters, file, participant, match or [], total, meter, direction)
    contracts = contracts_of(deployment, rpc, load_settings())
    screen = Screen()
    wanted = {one for subject, _ in asked for one in subject.participants}
    with screen.progress("reading the chain's records") as step:
        recorded = recorded_by(contracts, wanted, progress=step, signed=signed)
    unknown = sorted(wanted - recorded.keys())
    if len(unknown) == len(wanted):
        raise SettingsError(
            f"nothing is recorded of participant {', '.join(map(str, unknown))}",
            "check the number and the deployment",
            setting="--participant",
        )
    length = contracts.deployment.terms.length
    try:
        outcomes = [reconcile(recorded, subject, spans, length, rules, zone) for subject, spans in asked]
    except RuleError as error:
        raise InputError(error.message, error.hint, file=file) from error
    if as_json:
        screen.json(as_dict(file, read.layout, read.notices, outcomes, rules))
    else:
        show(screen, file, read.layout, read.notices, outcomes, rules)
    if not all(one.agrees for one in outcomes):
        raise typer.Exit(1)
    _require_compared(outcomes, file)


def _read(file: Path, zone: str, begin: str | None, end: str | None) -> _File:
    """The file's energies of the period asked for."""
    first = 0 if begin is None else int(moment_of("--from", begin).timestamp())
    last = 2 * MAX_INDEX * 3_600 if end is None else int(moment_of("--to", end).timestamp())
    rows: list[tuple[str, Direction, Span]]
    if is_daily_indexes(file):
        daily = read_daily_indexes(file, zone)
        layout, notices = LAYOUT, [f"an index fell {daily.falls} times: a meter was replaced"] if daily.falls else []
        side = _side(daily.channel)
        rows = [(daily.meter_id, side, Span(one.start, one.end, one.energy, one.energy)) for one in daily.spans]
    else:
        parsed = read_energy_file(file, zone)
        layout, notices = parsed.layout, list(parsed.notices)
        if parsed.gaps.count:
            notices.append(f"absent steps in the file: {parsed.gaps.count}, the first at {parsed.gaps.first[0]}")
        if parsed.ambiguous.count:
            notices.append(f"uncertain steps: {parsed.ambiguous.count}, the first: {parsed.ambiguous.first[0]}")
        guessed = sum(not row.exact for row in parsed.rows)
        if guessed:
            notices.append(f"estimated values in the file: {guessed}")
        rows = [
            (row.meter_id, _side(row.channel), Span(row.start, row.start + row.minutes * 60, row.energy, row.energy))
            for row in parsed.rows
        ]
    kept = [one for one in rows if first <= one[2].start and one[2].end <= last]
    if not kept:
        raise InputError("the file has nothing of the period asked for", "widen --from and --to", file=file)
    return _File(layout, by_meter(kept), tuple(notices))


def _asked(
    meters: _Meters,
    file: Path,
    participant: int | None,
    match: list[str],
    total: str | None,
    meter: str | None,
    direction: Direction | None,
) -> list[tuple[Subject, list[Span]]]:
    """Who is compared with which of the file's energies."""
    if sum((participant is not None, bool(match), total is not None)) > 1:
        raise SettingsError("--participant, --match and --sum exclude one another", "give one", setting="--sum")
    if total is not None:
        name = _one_meter(meters, file, meter)
        return [_subject(_numbers(total), name, meters[name], direction, file)]
    if participant is not None:
        pairs = {_one_meter(meters, file, meter): participant}
    elif match:
        pairs = dict(_pair(text, meters) for text in match)
    else:
        pairs = {name: int(found[1]) for name in meters if (found := _OWN_NUMBER.fullmatch(name))}
        if not pairs:
            raise SettingsError(
                f"whose meter {_listed(meters)} is, is not said",
                "give --participant N, --match METER=N or --sum N,N",
                setting="--participant",
            )
    found_pairs: list[tuple[Subject, list[Span]]] = []
    for name, number in pairs.items():
        sides = [direction] if direction else sorted(meters[name], key=lambda one: one.value)
        found_pairs += [_subject((number,), name, meters[name], side, file) for side in sides]
    return found_pairs


def _subject(
    participants: tuple[int, ...],
    meter: str,
    sides: dict[Direction, list[Span]],
    direction: Direction | None,
    file: Path,
) -> tuple[Subject, list[Span]]:
    used, made = sides.get(Direction.CONSUMPTION, []), sides.get(Direction.PRODUCTION, [])
    chosen = direction or (Direction.NET if any(span.energy for span in used) else Direction.PRODUCTION)
    spans = sides.get(chosen, [])
    if chosen is Direction.NET:
        spans = net_spans(used, made) if made else used  # a meter that counts one way alone: nothing flowed back
    if not spans:
        raise InputError(f"the file holds no {chosen.value} of {meter!r}", "choose another --direction", file=file)
    return Subject(participants, meter, chosen), spans


def _one_meter(meters: _Meters, file: Path, wanted: str | None) -> str:
    if wanted is not None:
        if wanted not in meters:
            raise SettingsError(f"{file} has no meter {wanted!r}", f"it has {_listed(meters)}", setting="--meter")
        return wanted
    if len(meters) > 1:
        raise SettingsError(
            f"{file} holds {len(meters)} meters: {_listed(meters)}", "name one, or use --match", setting="--meter"
        )
    return next(iter(meters))


def _pair(text: str, meters: _Meters) -> tuple[str, int]:
    name, equals, number = text.rpartition("=")
    if not equals or not (number.isascii() and number.isdigit()) or int(number) < 1:
        raise SettingsError(f"{text!r} names no meter and participant", "write METER=N", setting="--match")
    if name not in meters:
        raise SettingsError(f"the file has no meter {name!r}", f"it has {_listed(meters)}", setting="--match")
    return name, int(number)


def _numbers(text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdigit() and 0 < int(part) <= MAX_INDEX for part in parts):
        raise SettingsError(f"{text!r} is no list of participants", "write numbers, like 1,2,5", setting="--sum")
    return tuple(sorted({int(part) for part in parts}))


def _rules(loss: str, tolerance: str, tolerance_wh: int, days: int) -> Rules:
    least, dots, most = loss.partition("..")
    if not dots:
        raise SettingsError(f"{loss!r} is no band", "write the least and the most, like 1..4", setting="--loss")
    band = _hundredths("--loss", least), _hundredths("--loss", most)
    try:
        return Rules(tolerance_wh, _hundredths("--tolerance", tolerance), *band, days)
    except RuleError as error:
        raise SettingsError(error.message, error.hint, setting="--loss") from None


def _hundredths(option: str, text: str) -> int:
    """Percent with at most two decimals, in hundredths."""
    found = _PERCENT.fullmatch(text.strip())
    if found is None:
        raise SettingsError(f"{text!r} is no percentage", "write it like 0.5", setting=option)
    sign, whole, part = found.groups()
    value = int(whole) * 100 + int((part or "").ljust(2, "0"))
    return -value if sign else value


def _zone(name: str) -> str:
    try:
        return checked_zone(name)
    except RuleError as error:
        raise SettingsError(error.message, error.hint, setting="--zone") from None


def _side(channel: Channel) -> Direction:
    return Direction.CONSUMPTION if channel is Channel.CONSUMPTION else Direction.PRODUCTION


def _listed(meters: _Meters) -> str:
    names = list(meters)
    return ", ".join(repr(name) for name in names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _require_compared(outcomes: list[Outcome], file: Path) -> None:
    """To have compared nothing is no agreement."""
    if not any(one.comparison.compared for one in outcomes):
        raise InputError("no day of the file is recorded whole", "bring the file of the recorded period", file=file)
