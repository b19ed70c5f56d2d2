"""A file of meter readings: read strictly, brought to the community's interval, its gaps told.

Columns: meter_id, interval_start_utc (`2026-03-29T01:00:00Z`), interval_minutes, consumption_wh, production_wh;
whole Wh, a missing interval is a missing row. The first mistake anywhere in the file stops the reading with file,
line and reason: nothing is sent from a file that is half wrong. Rows may come in any order, and the step may change
inside a file as it does in files of network operators.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from wattcommons.domain.intervals import IntervalLength, end_unix, start_unix
from wattcommons.domain.readings import Quality, Reading
from wattcommons.domain.resampling import split_coarser
from wattcommons.domain.units import MAX_WH, IntervalIndex, Wh
from wattcommons.errors import InputError
from wattcommons.services.gateway.csv_table import open_table, parse_minutes, parse_time

COLUMNS = ("meter_id", "interval_start_utc", "interval_minutes", "consumption_wh", "production_wh")
_MAX_METER_ID = 64
_FIRST_GAPS = 3


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to take a file.

    `from_unix`, `to_unix`: keep intervals that start in [from, to), seconds; every row is checked all the same.
    `split_coarser`: spread a coarser row evenly over its intervals, estimated (the remainder rule is that of
    `domain.resampling.split_coarser`); off, such a row is refused. `refuse_partial`: an interval of which a finer
    step is missing is refused; off, it is left out whole and reported.
    """

    from_unix: int | None = None
    to_unix: int | None = None
    split_coarser: bool = False
    refuse_partial: bool = False

    def keeps(self, start: int) -> bool:
        """Whether an interval that starts at this second is wanted."""
        return (self.from_unix is None or start >= self.from_unix) and (self.to_unix is None or start < self.to_unix)


@dataclass(frozen=True, slots=True)
class MeterReadings:
    """One meter's readings by interval, in order of time (never empty).

    `missing`: how many intervals between its first and its last have none; `first_missing`: the first few of
    them. `partial`: how many of the missing had some of their finer steps.
    """

    meter_id: str
    readings: dict[IntervalIndex, Reading]
    missing: int
    first_missing: tuple[IntervalIndex, ...]
    partial: int

    @property
    def first(self) -> IntervalIndex:
        """Its first interval."""
        return next(iter(self.readings))

    @property
    def last(self) -> IntervalIndex:
        """Its last interval."""
        return next(reversed(self.readings))


@dataclass(frozen=True, slots=True)
class ReadingsFile:
    """All meters of a file, in order of their names; `rows`: records in the file, kept or not.

    `incomplete`: meter -> intervals of the period that were left out because some of their finer steps are missing;
    it names meters of which nothing else is left, too.
    """

    path: Path
    length: IntervalLength
    rows: int
    meters: tuple[MeterReadings, ...]
    incomplete: Mapping[str, int] = field(default_factory=dict)

    @property
    def readings(self) -> int:
        """Readings kept, of all meters."""
        return sum(len(meter.readings) for meter in self.meters)

    @property
    def estimated(self) -> int:
        """Readings that stem from a split: they earn no certificates."""
        return sum(reading.quality is Quality.ESTIMATED for meter in self.meters for reading in meter.readings.values())

    @property
    def missing(self) -> int:
        """Gaps of all meters, in intervals."""
        return sum(meter.missing for meter in self.meters)


@dataclass(slots=True)
class _Group:
    """Steps of one interval so far: minutes covered as bits, sums, and the line it began on."""

    covered: int
    consumption: int
    production: int
    line: int
    starts: dict[int, int] = field(default_factory=dict)


def read_readings(path: Path, length: IntervalLength, options: ReadOptions | None = None) -> ReadingsFile:
    """Reads and checks a whole file. Raises InputError at the first mistake, or when no reading is left."""
    rules = options or ReadOptions()
    intake = _Intake(path, length, rules)
    rows = 0
    with open_table(path, COLUMNS) as table:
        places = tuple(table.columns[name] for name in COLUMNS)
        for line, row in table.rows():
            rows += 1
            intake.take(line, *(row[place] for place in places))
    if not rows:
        raise InputError("the file has no readings", "give one row for each meter and interval", file=path, line=1)
    meters = tuple(
        meter for name in sorted(intake.wholes | intake.groups.keys()) if (meter := intake.finish(name)) is not None
    )
    if not meters:
        if intake.incomplete:
            raise InputError(
                f"no interval of {length.minutes} min has all of its finer steps",
                "complete the file, or choose a shorter interval",
                file=path,
            )
        raise InputError("no reading lies in the period asked for", "widen the period", file=path)
    return ReadingsFile(path, length, rows, meters, intake.incomplete)


class _Intake:
    """Takes rows one by one; holds whole intervals as readings and unfinished ones as groups."""

    def __init__(self, path: Path, length: IntervalLength, rules: ReadOptions) -> None:
        self._path, self._length, self._rules = path, length, rules
        self._times: dict[str, int] = {}
        self._lines: dict[str, dict[IntervalIndex, int]] = {}
        self.wholes: dict[str, dict[IntervalIndex, Reading]] = {}
        self.groups: dict[str, dict[IntervalIndex, _Group]] = {}
        self.incomplete: dict[str, int] = {}

    def take(self, line: int, meter: str, time: str, step: str, consumption: str, production: str) -> None:
        """Checks one record and keeps what it says."""
        if meter not in self.wholes:
            self._check_meter(meter, line)
            self.wholes[meter], self._lines[meter], self.groups[meter] = {}, {}, {}
        start = self._times.get(time)
        if start is None:
            start = self._times[time] = self._time(time, line)
        minutes = parse_minutes(step)
        if minutes is None:
            raise self._wrong(line, f"interval_minutes is {step!r}", "give whole minutes that divide a day")
        if start % (minutes * 60):
            raise self._wrong(
                line, f"{time} is off the grid of {minutes} min", "intervals start at whole multiples of their step"
            )
        used, made = self._energy("consumption_wh", consumption, line), self._energy("production_wh", production, line)
        index = IntervalIndex(start // self._length.seconds)
        if minutes == self._length.minutes:
            self._whole(meter, index, Reading(Wh(made), Wh(used)), line, time)
        elif minutes < self._length.minutes:
            self._part(meter, index, start, minutes, made, used, line, time)
        else:
            self._coarse(meter, index, minutes, Reading(Wh(made), Wh(used)), line, time)

    def finish(self, meter: str) -> MeterReadings | None:
        """One meter's readings in order, with their gaps; None when the period leaves none of them."""
        readings = dict(self.wholes[meter])
        partial = 0
        full = (1 << self._length.minutes) - 1
        for index, group in self.groups[meter].items():
            if group.covered == full:
                readings[index] = Reading(Wh(group.production), Wh(group.consumption))
            elif self._rules.refuse_partial:
                raise self._wrong(
                    group.line, f"an interval of {meter} lacks some of its steps", "complete it, or let it be a gap"
                )
            else:
                partial += self._rules.keeps(start_unix(index, self._length))
        kept = {
            index: readings[index] for index in sorted(readings) if self._rules.keeps(start_unix(index, self._length))
        }
        if partial:
            self.incomplete[meter] = partial
        if not kept:
            return None
        first, last = next(iter(kept)), next(reversed(kept))
        missing = last - first + 1 - len(kept)
        examples: list[IntervalIndex] = []
        at = first
        while missing and len(examples) < min(missing, _FIRST_GAPS):
            if at not in kept:
                examples.append(at)
            at = IntervalIndex(at + 1)
        return MeterReadings(meter, kept, missing, tuple(examples), partial)

    # --- one record --------------------------------------------------------------------------------

    def _whole(self, meter: str, index: IntervalIndex, reading: Reading, line: int, time: str) -> None:
        lines = self._lines[meter]
        if index in lines:
            raise self._twice(line, meter, time, lines[index])
        lines[index] = line
        self.wholes[meter][index] = reading

    def _coarse(self, meter: str, index: IntervalIndex, minutes: int, reading: Reading, line: int, time: str) -> None:
        if not self._rules.split_coarser or minutes % self._length.minutes:
            raise self._wrong(
                line,
                f"a step of {minutes} min is coarser than the community's {self._length.minutes} min",
                "bring finer readings, or ask for a split: its parts count as estimated and earn no certificates",
            )
        for number, part in enumerate(split_coarser(reading, minutes // self._length.minutes)):
            self._whole(meter, IntervalIndex(index + number), part, line, time)

    def _part(
        self, meter: str, index: IntervalIndex, start: int, minutes: int, made: int, used: int, line: int, time: str
    ) -> None:
        if end_unix(index, self._length) < start + minutes * 60:
            raise self._wrong(
                line,
                f"a step of {minutes} min crosses an interval of {self._length.minutes} min",
                f"bring steps that divide {self._length.minutes} min",
            )
        lines = self._lines[meter]
        group = self.groups[meter].get(index)
        if group is None:
            if index in lines:
                raise self._twice(line, meter, time, lines[index])
            lines[index] = line
            group = self.groups[meter][index] = _Group(0, 0, 0, line)
        bits = ((1 << minutes) - 1) << (start % self._length.seconds // 60)
        if group.covered & bits:
            raise self._twice(line, meter, time, group.starts.get(start, group.line))
        group.covered |= bits
        group.starts[start] = line
        group.consumption += used
        group.production += made
        if group.consumption > MAX_WH or group.production > MAX_WH:
            raise self._wrong(line, f"the interval's sum passes {MAX_WH} Wh", "check the unit: whole Wh are expected")

    def _time(self, text: str, line: int) -> int:
        unix = parse_time(text)
        if unix is None:
            raise self._wrong(line, f"interval_start_utc is {text!r}", "write it like 2026-03-29T01:00:00Z")
        return unix

    def _energy(self, column: str, text: str, line: int) -> int:
        if not (text.isascii() and text.isdigit()):
            what = "negative" if text.startswith("-") and text[1:].isdigit() else "not a whole number"
            raise self._wrong(line, f"{column} is {text!r}, {what}", "give whole Wh, 0 or more; leave gaps out")
        if len(text) > 8 or int(text) > MAX_WH:
            raise self._wrong(line, f"{column} is {text}, more than {MAX_WH} Wh", "check the unit")
        return int(text)

    def _check_meter(self, meter: str, line: int) -> None:
        if not meter or meter != meter.strip() or not meter.isprintable() or len(meter) > _MAX_METER_ID:
            raise self._wrong(
                line, f"meter_id is {meter[:80]!r}", f"name it in 1 to {_MAX_METER_ID} signs, no blanks around them"
            )

    def _twice(self, line: int, meter: str, time: str, before: int) -> InputError:
        return self._wrong(line, f"{meter} has {time} twice: see line {before}", "keep one row for each interval")

    def _wrong(self, line: int, reason: str, hint: str) -> InputError:
        return InputError(reason, hint, file=self._path, line=line)


def steps_of(path: Path) -> Counter[int]:
    """How many rows have which step, in minutes: what a person is told before choosing an interval."""
    counts: Counter[int] = Counter()
    with open_table(path, COLUMNS) as table:
        place = table.columns["interval_minutes"]
        for line, row in table.rows():
            minutes = parse_minutes(row[place])
            if minutes is None:
                raise InputError(f"interval_minutes is {row[place]!r}", "give whole minutes", file=path, line=line)
            counts[minutes] += 1
    return counts
