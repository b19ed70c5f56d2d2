"""The community's own CSV: the columns of `csv_readings`, brought to rows as they stand.

Whole Wh in steps that start on their grid; a missing interval is a missing row. Every line gives a row for each
direction. The first mistake anywhere stops the reading: a file that is half wrong yields nothing.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wattcommons.domain.channels import MWH_A_WH, Channel, EnergyRow, MilliWh
from wattcommons.domain.units import MAX_WH
from wattcommons.errors import InputError
from wattcommons.services.gateway.csv_readings import COLUMNS
from wattcommons.services.gateway.csv_table import CsvTable, parse_minutes, parse_time
from wattcommons.services.gateway.files.curve import checked_meter
from wattcommons.services.gateway.files.opened import BoundedText
from wattcommons.services.gateway.files.parsed import Findings, Hints, ParsedFile

LAYOUT: Final = "community CSV"


@dataclass(frozen=True, slots=True)
class _Line:
    """What one line says: which step, and where it stands."""

    start: int
    minutes: int
    line: int
    consumption: int
    production: int


def parse_community_csv(text: BoundedText, path: Path, _hints: Hints) -> ParsedFile:
    """Reads a whole file. Raises InputError at the first mistake, or when it holds no row."""
    meters: dict[str, list[_Line]] = {}
    table: CsvTable | None = None
    try:
        table = CsvTable(path, text, COLUMNS, ())
        places = tuple(table.columns[name] for name in COLUMNS)
        for line, row in table.rows():
            meter, time, step, used, made = (row[place] for place in places)
            if meter not in meters:
                _check_meter(meter, path, line)
                meters[meter] = []
            meters[meter].append(_read(path, line, time, step, used, made))
    except csv.Error as error:
        at = table.line if table else 1
        raise InputError(f"not CSV: {error}", "check the quotes of this line", file=path, line=at) from error
    if text.cut_short:
        raise _wrong(
            path, table.line, "the last line has no end: the file may be cut", "bring it whole, with a line end"
        )
    findings = Findings(path)
    for meter, lines in meters.items():
        lines.sort(key=lambda read: read.start)
        _take(meter, lines, findings)
    return findings.done(LAYOUT)


def _read(path: Path, line: int, time: str, step: str, used: str, made: str) -> _Line:
    start, minutes = parse_time(time), parse_minutes(step)
    if start is None:
        raise _wrong(path, line, f"interval_start_utc is {time[:40]!r}", "write it like 2026-03-29T01:00:00Z")
    if minutes is None:
        raise _wrong(path, line, f"interval_minutes is {step[:40]!r}", "give whole minutes that divide a day")
    if start % (minutes * 60):
        hint = "intervals start at whole multiples of their step"
        raise _wrong(path, line, f"{time} is off the grid of {minutes} min", hint)
    return _Line(
        start,
        minutes,
        line,
        _energy(path, line, "consumption_wh", used),
        _energy(path, line, "production_wh", made),
    )


def _energy(path: Path, line: int, column: str, text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        what = "negative" if text.startswith("-") and text[1:].isdigit() else "not a whole number"
        raise _wrong(path, line, f"{column} is {text[:40]!r}, {what}", "give whole Wh, 0 or more; leave gaps out")
    if len(text) > 8 or int(text) > MAX_WH:
        raise _wrong(path, line, f"{column} is {text[:40]}, more than {MAX_WH} Wh", "check the unit")
    return int(text)


def _take(meter: str, lines: list[_Line], findings: Findings) -> None:
    """Rows of one meter, in order of time; steps must not overlap."""
    before: _Line | None = None
    for read in lines:
        if before is not None:
            end = before.start + before.minutes * 60
            if read.start < end:
                reason = f"{meter}: the step overlaps that of line {before.line}"
                raise _wrong(findings.path, read.line, reason, "keep one row for each interval")
            if read.start > end:
                findings.gap(end, read.minutes * 60, -(-(read.start - end) // (read.minutes * 60)))
        for channel, energy in ((Channel.CONSUMPTION, read.consumption), (Channel.PRODUCTION, read.production)):
            findings.row(EnergyRow(meter, channel, read.start, read.minutes, MilliWh(energy * MWH_A_WH)))
        before = read


def _check_meter(meter: str, path: Path, line: int) -> None:
    checked_meter(meter, path, line)
    if meter != meter.strip():
        raise _wrong(path, line, f"meter_id is {meter!r}", "write it without blanks around it")


def _wrong(path: Path, line: int, reason: str, hint: str) -> InputError:
    return InputError(reason, hint, file=path, line=line)
