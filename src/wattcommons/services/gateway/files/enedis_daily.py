"""The daily indexes a customer downloads from Enedis: for comparing, never for readings of intervals.

UTF-8 with a byte order mark, `;`: a line of titles, a line of what they name, perhaps a blank one, then
`Horodate;Type de releve;EAS F1;…;EAS T` and a line for each index. `Horodate` is the moment of the index; the last
column that ends in ` T` is the whole index. What follows the indexes (the supplier's calendar) is passed over. A day's
energy is the difference of two indexes; where days are missing, the difference spans them. An index that falls is
another meter's: nothing is said of the time before it.

In summer the files say 01:00+02:00, and yet the index is that of local midnight: beside the load curve of the same
meter, days from midnight to midnight agree within the rounding of the curve, and days from one to one do not (a real
pair of files shows it in the tests). So one o'clock of summer time is taken for midnight.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from wattcommons.domain.channels import MWH_A_WH, Channel
from wattcommons.domain.local_time import DEFAULT_ZONE
from wattcommons.errors import InputError
from wattcommons.services.gateway.files.curve import checked_meter, read_stamp
from wattcommons.services.gateway.files.enedis_words import checked_channel, checked_quantity
from wattcommons.services.gateway.files.opened import LIMITS, BoundedText, Limits, opened
from wattcommons.services.gateway.files.tables import Record, columns, fold, records

LAYOUT: Final = "Enedis daily indexes"
_TITLE: Final = "identifiant prm"
_UNITS: Final = {"wh": MWH_A_WH, "kwh": 1_000 * MWH_A_WH}
_HEAD: Final = 8_192
_MOST_DIGITS: Final = 12


@dataclass(frozen=True, slots=True)
class IndexSpan:
    """Energy between two indexes, mWh, over [start, end), Unix seconds."""

    start: int
    end: int
    energy: int


@dataclass(frozen=True, slots=True)
class DailyIndexes:
    """A whole file, in order of time; `falls`: how often an index was below the one before."""

    meter_id: str
    channel: Channel
    spans: tuple[IndexSpan, ...]
    falls: int


def is_daily_indexes(path: Path, limits: Limits = LIMITS) -> bool:
    """Whether a file has this layout, by its first lines. Raises InputError where it cannot be read."""
    with opened(path, limits) as stream:
        head = stream.peek(_HEAD)[:_HEAD].decode("utf-8-sig", errors="replace")
    lines = [fold(line) for line in head.splitlines()[:4]]
    return bool(lines) and lines[0].startswith(f"{_TITLE};") and any(";index;" in line for line in lines[1:])


def read_daily_indexes(path: Path, zone: str = DEFAULT_ZONE, limits: Limits = LIMITS) -> DailyIndexes:
    """Reads a whole file. `zone`: whose midnights are meant. Raises InputError at the first mistake, or where no two
    indexes are left.
    """
    where = ZoneInfo(zone)
    with opened(path, limits) as stream, BoundedText(stream, "utf-8-sig", path, limits) as text:
        rows = records(text, path)
        title_line, titles = _next(rows, path, "the title line")
        about_line, fields = _next(rows, path, "what the titles name")
        about = Record(columns(titles, path, title_line), fields, path, about_line)
        if fold(about["type de donnees"]) != "index":
            raise about.wrong(f"the file holds {about['type de donnees'][:40]!r}, not indexes", "bring daily indexes")
        checked_quantity(about["grandeur physique"], about)
        channel = checked_channel(about["grandeur metier"], about)
        meter = checked_meter(about[_TITLE], path, about_line)
        unit = _UNITS.get(fold(about["unite"]))
        if unit is None:
            raise about.wrong(f"the unit is {about['unite'][:40]!r}", "Wh and kWh are known")
        indexes = _indexes(rows, path, unit, where)
    spans, falls = [], 0
    for (start, before), (end, after) in pairwise(sorted(indexes.items())):
        if after < before:
            falls += 1
        else:
            spans.append(IndexSpan(start, end, after - before))
    if not spans:
        raise InputError("the file holds no two indexes of one meter", "bring a longer period", file=path)
    return DailyIndexes(meter, channel, tuple(spans), falls)


def _indexes(rows: Iterator[tuple[int, list[str]]], path: Path, unit: int, zone: ZoneInfo) -> dict[int, int]:
    """Unix second -> index, mWh."""
    header_line, header = _next(rows, path, "the line Horodate")
    places = columns(header, path, header_line)
    totals = [name for name in places if name.endswith(" t")]
    if "horodate" not in places or not totals:
        raise InputError("no line Horodate;…;EAS T", "bring the whole file", file=path, line=header_line)
    found: dict[int, int] = {}
    for line, fields in rows:
        if not fields:
            continue
        if fold(fields[0]) == "periode":
            break
        record = Record(places, fields, path, line)
        moment, text = read_stamp(record["horodate"]), record[totals[-1]]
        if not isinstance(moment, int):
            raise record.wrong(f"the time is {record['horodate'][:40]!r}", "bring the file with its offsets")
        if not text:
            continue
        if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
            raise record.wrong(f"the index is {text[:40]!r}", "an index is a whole number")
        index, moment = int(text) * unit, _midnight(moment, zone)
        if found.setdefault(moment, index) != index:
            raise record.wrong("two indexes for one moment", "which of them is right cannot be known")
    return found


def _midnight(moment: int, zone: ZoneInfo) -> int:
    """One o'clock of summer time as the midnight before it; any other moment as it is."""
    local = datetime.fromtimestamp(moment, zone)
    is_meant = (local.hour, local.minute, local.second) == (1, 0, 0) and local.dst() == timedelta(hours=1)
    return moment - 3_600 if is_meant else moment


def _next(rows: Iterator[tuple[int, list[str]]], path: Path, what: str) -> tuple[int, list[str]]:
    line = 1
    for line, fields in rows:
        if fields:
            return line, fields
    raise InputError(f"the file ends before {what}", "bring the whole file", file=path, line=line)
