"""What reading a file gives: rows of energy, and what was noticed on the way.

A gap or an ambiguous step is told of, never filled and never guessed: it yields no row.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from wattcommons.domain.channels import Channel, EnergyRow
from wattcommons.errors import InputError

MAX_ROWS: Final = 400_000
"""Most rows of one file: a month of half-hours of 134 meters in both directions."""
_FIRST: Final = 5


@dataclass(frozen=True, slots=True)
class Noticed:
    """How many steps, and the first few of them as a person reads them."""

    count: int = 0
    first: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """A whole file. `layout` names its format; `rows` are never empty, in order of meter, channel and time.

    `gaps`: steps between the first and the last that the file leaves empty or out. `ambiguous`: steps it holds whose
    moment or length cannot be told for certain. `notices`: what else a person should know, one sentence each.
    """

    layout: str
    rows: tuple[EnergyRow, ...]
    gaps: Noticed = Noticed()
    ambiguous: Noticed = Noticed()
    notices: tuple[str, ...] = ()

    @property
    def meters(self) -> tuple[str, ...]:
        """The meters' numbers, in order; an empty one where the file names no meter."""
        return tuple(sorted({row.meter_id for row in self.rows}))


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known of a file beside its content.

    `zone`: of times without an offset. `meter_id`, `channel`: of layouts that do not say theirs; what a file says
    comes first.
    """

    zone: ZoneInfo
    meter_id: str = ""
    channel: Channel | None = None


@dataclass(slots=True)
class Findings:
    """Rows and remarks as they come up; `done` makes a ParsedFile of them."""

    path: Path
    rows: list[EnergyRow] = field(default_factory=list)
    _gaps: int = 0
    _first_gaps: list[str] = field(default_factory=list)
    _ambiguous: int = 0
    _first_ambiguous: list[str] = field(default_factory=list)
    _notices: dict[str, None] = field(default_factory=dict)

    def row(self, row: EnergyRow) -> None:
        """Keeps a row. Raises InputError past the limit."""
        if len(self.rows) >= MAX_ROWS:
            raise InputError(f"more than {MAX_ROWS} rows", "bring the file in parts", file=self.path)
        self.rows.append(row)

    def gap(self, start: int, step_s: int, steps: int) -> None:
        """Steps without a value, of `step_s` seconds each, the first at `start` (unix seconds)."""
        self._gaps += steps
        for number in range(min(steps, _FIRST - len(self._first_gaps))):
            self._first_gaps.append(utc_text(start + number * step_s))

    def unsure(self, what: str) -> None:
        """A step that yields no row because its moment or its length is not certain."""
        self._ambiguous += 1
        if len(self._first_ambiguous) < _FIRST:
            self._first_ambiguous.append(what)

    def notice(self, sentence: str) -> None:
        """A remark; the same one is kept once."""
        self._notices[sentence] = None

    def done(self, layout: str) -> ParsedFile:
        """All of it. Raises InputError when no row is left."""
        ambiguous = Noticed(self._ambiguous, tuple(self._first_ambiguous))
        if not self.rows:
            if ambiguous.count:
                raise InputError(
                    f"not one of its {ambiguous.count} steps is certain: {ambiguous.first[0]}",
                    "bring a longer period, or one with steps of one length",
                    file=self.path,
                )
            raise InputError("the file holds no value", "bring a period that has been measured", file=self.path)
        self.rows.sort(key=lambda row: (row.meter_id, row.channel.value, row.start))
        gaps = Noticed(self._gaps, tuple(self._first_gaps))
        return ParsedFile(layout, tuple(self.rows), gaps, ambiguous, tuple(self._notices))


def utc_text(unix: int) -> str:
    """A moment as `2026-03-29T01:00:00Z`."""
    return datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
