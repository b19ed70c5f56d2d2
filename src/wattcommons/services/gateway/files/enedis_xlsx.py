"""The workbook a customer downloads from Enedis since 2025.

Some lines about the meter ("Point Référence Mesure" and its number), then a table of `Début`, `Fin` and
`Valeur (en kW)`: local times without an offset, mean power with a decimal comma, `NA` or nothing for a gap. In spring
the two half-hours that never come stand there as `NA`; in autumn 02:00 and 02:30 stand there twice as ends. `Début` is
reckoned back on the clock face, so it is taken for the length of the step only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from wattcommons.domain.channels import Channel
from wattcommons.errors import InputError
from wattcommons.services.gateway.files.curve import Curve, checked_meter, read_stamp
from wattcommons.services.gateway.files.enedis_words import direction_in
from wattcommons.services.gateway.files.parsed import Findings, Hints, ParsedFile
from wattcommons.services.gateway.files.quantities import Unit
from wattcommons.services.gateway.files.steps import STEPS
from wattcommons.services.gateway.files.tables import fold
from wattcommons.services.gateway.files.workbook import Cells, Sheet, open_workbook

LAYOUT: Final = "Enedis workbook"
_MOST_ABOUT: Final = 60
"""The table begins in one of the first lines."""
_VALUE: Final = re.compile(r"valeur \((?:en )?([a-z]+)\)")
_PRM: Final = re.compile(r"[0-9]{14}", re.ASCII)
_PRM_IN_NAME: Final = re.compile(r"([0-9]{14})_", re.ASCII)
_BEYOND: Final = 10**9
_NOISE: Final = Decimal("1e-9")
_NOTHING: Final = {"", "na", "n/a", "-"}


def parse_enedis_xlsx(content: bytes, path: Path, hints: Hints) -> ParsedFile:
    """Reads the first sheet that holds a load curve. Raises InputError at the first mistake, or when there is none."""
    with open_workbook(content, path) as sheets:
        for sheet in sheets:
            table = _Table.found(sheet, path, hints)
            if table is not None:
                return table.read()
    raise InputError(
        "no sheet with the columns Début, Fin and Valeur (en kW)",
        "download the load curve, not totals of days",
        file=path,
    )


class _Table:
    """The table of one sheet and what stands above it."""

    def __init__(
        self, rows: Iterator[tuple[int, Cells]], places: dict[str, int], about: list[str], path: Path, hints: Hints
    ) -> None:
        self._rows, self._places, self._about, self._path, self._hints = rows, places, about, path, hints
        named = next(name for name in places if _VALUE.fullmatch(name))
        self._value = places[named]
        unit_name = named[named.index("(") + 1 : -1].removeprefix("en ")
        unit = Unit.named(unit_name)
        if unit is None or unit not in (Unit.W, Unit.KW):
            raise InputError(f"the unit is {unit_name!r}", "W and kW are known", file=path)
        self._unit = unit

    @classmethod
    def found(cls, sheet: Sheet, path: Path, hints: Hints) -> _Table | None:
        rows = sheet.rows()
        about = [sheet.title]
        for number, cells in rows:
            places = {fold(cell): place for place, cell in enumerate(cells) if isinstance(cell, str)}
            if {"debut", "fin"} <= places.keys() and any(_VALUE.fullmatch(name) for name in places):
                return cls(rows, places, about, path, hints)
            if number > _MOST_ABOUT:
                return None
            about += [str(cell).strip() for cell in cells if isinstance(cell, (str, int))]
        return None

    def read(self) -> ParsedFile:
        findings = Findings(self._path)
        curve = Curve(self._path, self._meter(), self._channel(), self._unit)
        for line, cells in self._rows:
            start, end, value = (self._cell(cells, place) for place in self._needed())
            if start is None and end is None:
                continue
            until = self._moment(end, line)
            minutes = self._minutes(self._moment(start, line), until, line)
            curve.add(line, until, minutes, self._text(value, line))
        curve.finish(self._hints, findings)
        return findings.done(LAYOUT)

    def _needed(self) -> tuple[int, int, int]:
        return self._places["debut"], self._places["fin"], self._value

    def _cell(self, cells: Cells, place: int) -> Any:
        return cells[place] if place < len(cells) else None

    def _moment(self, cell: Any, line: int) -> datetime:
        moment = cell + timedelta(milliseconds=500) if isinstance(cell, datetime) else read_stamp(str(cell).strip())
        if not isinstance(moment, datetime) or moment.tzinfo is not None or not 1970 <= moment.year <= 2105:
            raise self._wrong(line, f"the time is {str(cell)[:40]!r}", "times are written 29/03/2026 01:00:00")
        return moment.replace(microsecond=0)  # a workbook keeps times as fractions of a day

    def _minutes(self, start: datetime, end: datetime, line: int) -> int:
        """The step by the clock face; an hour more or less where the clock was set between the two."""
        face = int((end - start).total_seconds())
        before = start.replace(tzinfo=self._hints.zone).utcoffset() or timedelta()
        after = end.replace(tzinfo=self._hints.zone, fold=1).utcoffset() or timedelta()
        for seconds in (face, face - int((after - before).total_seconds())):
            if seconds % 60 == 0 and seconds // 60 in STEPS:
                return seconds // 60
        raise self._wrong(line, f"a step from {start} to {end}", f"steps of {', '.join(map(str, STEPS))} min are known")

    def _text(self, cell: Any, line: int) -> str:
        """A value as text; a number as the workbook shows it: what is below a millionth is noise of its fractions."""
        if cell is None or (isinstance(cell, str) and fold(cell) in _NOTHING):
            return ""
        if isinstance(cell, str):
            return cell.strip()
        if isinstance(cell, bool) or not isinstance(cell, (int, float)):
            raise self._wrong(line, f"the value is {str(cell)[:40]!r}", "give a number")
        exact = Decimal(repr(cell))
        if not exact.is_finite() or abs(exact) >= _BEYOND:
            raise self._wrong(line, f"the value is {cell!r}", "check the unit")
        shown = round(exact, 6)
        if abs(shown - exact) > _NOISE:
            raise self._wrong(line, f"the value is {cell!r}: more than six decimals", "bring the file as downloaded")
        return f"{shown:f}"

    def _meter(self) -> str:
        """The number beside the words that name it, else the only one of 14 digits, else that in the file's name."""
        numbers = {text for text in self._about if _PRM.fullmatch(text)}
        if len(numbers) == 1:
            return numbers.pop()
        in_name = _PRM_IN_NAME.match(self._path.name)
        if in_name is not None and (not numbers or in_name[1] in numbers):
            return in_name[1]
        if numbers:
            raise InputError("the workbook names several meters", "bring one meter at a time", file=self._path)
        return checked_meter(self._hints.meter_id, self._path, None) if self._hints.meter_id else ""

    def _channel(self) -> Channel:
        channel = direction_in(" ".join(self._about)) or direction_in(self._path.name) or self._hints.channel
        if channel is None:
            raise InputError(
                "the workbook does not say whether it holds consumption or production",
                "put the word consommation or production into its name",
                file=self._path,
            )
        return channel

    def _wrong(self, line: int, reason: str, hint: str) -> InputError:
        return InputError(reason, hint, file=self._path, line=line)
