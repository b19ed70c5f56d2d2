"""The half-hourly export of EDF ("mes puissances atteintes").

Windows-1252 (or UTF-8, saved again), `;`, newest first: a line for each day, `30/01/2026;;`, and below it the times
of that day without an offset, `23:30:00;1184;Réelle`, each at the END of its half-hour. `00:00:00` stands on top of
its day and is 24:00 of it (4-CONVENTIONS). Values are mean W. The file names no meter and holds consumption.

Known oddities: days of which every line is there twice, and lines off the half-hours (`12:29:44`) after a cut of
power; what belongs to such a half-hour is not certain and yields no row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from wattcommons.domain.channels import Channel
from wattcommons.errors import InputError
from wattcommons.services.gateway.files.curve import Curve
from wattcommons.services.gateway.files.parsed import Findings, Hints, ParsedFile
from wattcommons.services.gateway.files.quantities import Unit
from wattcommons.services.gateway.files.tables import Record, columns, fold, records

LAYOUT: Final = "EDF half-hourly export"
STAMP: Final = "date et heure de releve par le distributeur"
_VALUE: Final = re.compile(r"puissance atteinte \((.*)\)")
_NATURE: Final = "nature de la donnee"
_DAY: Final = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})", re.ASCII)
_TIME: Final = re.compile(r"([0-9]{2}):([0-9]{2}):([0-9]{2})", re.ASCII)
_HALF_HOUR: Final = 30


def parse_edf_half_hours(lines: Iterable[str], path: Path, hints: Hints) -> ParsedFile:
    """Reads a whole file. Raises InputError at the first mistake, or when no value is left."""
    findings = Findings(path)
    export: _Export | None = None
    for line, fields in records(lines, path):
        if export is not None:
            if fields:
                export.take(line, fields)
        elif any(fold(field) == STAMP for field in fields):
            export = _Export(fields, path, line, hints, findings)
    if export is None:
        raise InputError("no line that names the columns", "bring the file as it was downloaded", file=path)
    export.curve.finish(hints, findings)
    return findings.done(LAYOUT)


class _Export:
    """Takes line by line; knows the day it is in."""

    def __init__(self, header: list[str], path: Path, line: int, hints: Hints, findings: Findings) -> None:
        self._path, self._findings = path, findings
        self._places = columns(header, path, line)
        named = next((name for name in self._places if _VALUE.fullmatch(name)), None)
        found = _VALUE.fullmatch(named or "")
        if named is None or found is None:
            raise InputError(
                "no column 'Puissance atteinte (W)'", "bring the file as it was downloaded", file=path, line=line
            )
        unit = Unit.named(found[1])
        if unit is None or unit not in (Unit.W, Unit.KW):
            raise InputError(f"the unit is {found[1][:40]!r}", "W and kW are known", file=path, line=line)
        self._named = named
        self._day: date | None = None
        self._on_top = True
        self.curve = Curve(path, hints.meter_id, Channel.CONSUMPTION, unit, nominal=_HALF_HOUR)

    def take(self, line: int, fields: list[str]) -> None:
        record = Record(self._places, fields, self._path, line)
        stamp = record[STAMP]
        if found := _DAY.fullmatch(stamp):
            self._day, self._on_top = self._checked_day(found, record), True
            return
        end = self._end(stamp, record)
        self.curve.add(line, end, None, record[self._named], exact=self._is_real(record.get(_NATURE)))

    def _checked_day(self, found: re.Match[str], record: Record) -> date:
        try:
            day = date(int(found[3]), int(found[2]), int(found[1]))
        except ValueError:
            raise record.wrong(f"there is no day {found[0]}", "days are written 30/01/2026") from None
        if not 1970 <= day.year <= 2105:
            raise record.wrong(f"a day in the year {day.year}", "days are written 30/01/2026")
        if self._day is not None and day > self._day:
            raise record.wrong(f"{found[0]} stands below an older day", "bring the file as it was downloaded")
        return day

    def _end(self, stamp: str, record: Record) -> datetime:
        found = _TIME.fullmatch(stamp)
        if found is None or int(found[1]) > 23 or int(found[2]) > 59 or int(found[3]) > 59:
            raise record.wrong(f"the time is {stamp[:40]!r}", "times are written 23:30:00")
        if self._day is None:
            raise record.wrong("a time before any day", "bring the whole file")
        hours, minutes, seconds = (int(part) for part in found.groups())
        midnight = not (hours or minutes or seconds)
        if midnight and not self._on_top:
            raise record.wrong("00:00:00 is not on top of its day", "bring the file as it was downloaded, newest first")
        self._on_top = midnight  # an export may say midnight twice
        day = self._day + timedelta(days=midnight)
        return datetime.combine(day, time(hours, minutes, seconds))

    def _is_real(self, nature: str | None) -> bool:
        if not nature or fold(nature) == "reelle":
            return True
        self._findings.notice(f"values of the nature {nature[:40]!r} count as estimated")
        return False
