"""A load curve: values of one meter in one direction, each at the end of its step, brought to rows.

In this order: rows given twice are taken once; local times become moments; the steps' lengths are told; what is
certain is cut to mWh. Two different values for one step are a refusal of the file, as are steps that overlap: which
of them is right cannot be known.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Final

from wattcommons.domain.channels import Channel, EnergyRow
from wattcommons.errors import InputError
from wattcommons.services.gateway.files.local_stamps import Doubt, moments
from wattcommons.services.gateway.files.parsed import MAX_ROWS, Findings, Hints, utc_text
from wattcommons.services.gateway.files.quantities import Cutter, Unit, is_absurd, millionths
from wattcommons.services.gateway.files.steps import find_steps

_MAX_METER_ID: Final = 64
_FIRST_YEAR, _LAST_YEAR = 1970, 2105  # an interval's index has 32 bits
_STAMP: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]([0-9]{2}):([0-9]{2}):([0-9]{2})(Z|[+-][0-9]{2}:?[0-9]{2})?", re.ASCII
)
_FRENCH_STAMP: Final = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4}) ([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)", re.ASCII)
TWICE_EQUAL: Final = "some values are there twice and equal: taken once"
NO_METER: Final = "the file names no meter"


@dataclass(frozen=True, slots=True)
class _Value:
    """One line of a curve. `end`: unix seconds, or a local time without an offset; `minutes`: None where the file does
    not say; `millionths`: of the unit, None for an empty one; `line`: where it stands, counted from 1."""

    line: int
    end: int | datetime
    minutes: int | None
    millionths: int | None
    exact: bool = True

    @property
    def when(self) -> str:
        """The end as the file gives it."""
        return utc_text(self.end) if isinstance(self.end, int) else self.end.isoformat(sep=" ")


@dataclass(frozen=True, slots=True)
class _Step:
    """A value whose end is a moment."""

    end: int
    value: _Value


class Curve:
    """Collects the values of one meter and channel; `finish` turns them into rows.

    `nominal`: the one step, in minutes, that the file says all its values have. `counted`: what the numbers given to
    `add` count, lines unless the format has none.
    """

    def __init__(
        self,
        path: Path,
        meter_id: str,
        channel: Channel,
        unit: Unit,
        *,
        nominal: int | None = None,
        counted: str = "line",
    ) -> None:
        self._path, self._meter_id, self._channel, self._unit = path, meter_id, channel, unit
        self._nominal, self._counted = nominal, counted
        self._values: list[_Value] = []
        self._doubted: list[str] = []

    def add(self, line: int, stamp: str | datetime, minutes: int | None, text: str, *, exact: bool = True) -> None:
        """One value; an empty text is a gap. Raises InputError for what is no time or no number, with its line.

        `stamp`: the end of the step, as text or as a local time; `minutes`: its length, None where the file does not
        say it on this line.
        """
        end = read_stamp(stamp) if isinstance(stamp, str) else stamp
        if end is None:
            raise self._wrong(line, f"the time is {str(stamp)[:40]!r}", "write it like 2026-03-29T01:00:00+01:00")
        if len(self._values) >= MAX_ROWS:
            raise self._wrong(line, f"more than {MAX_ROWS} values", "bring the file in parts")
        if self._values and isinstance(end, int) != isinstance(self._values[0].end, int):
            raise self._wrong(line, "some times carry an offset and some do not", "bring the file as it came")
        amount: int | None = None
        if text:
            try:
                amount = millionths(text)
            except ValueError as error:
                raise self._wrong(line, f"the value is {text[:40]!r}: {error}", "give 0 or more, or nothing") from None
        self._values.append(_Value(line, end, minutes, amount, exact))

    def doubt_last(self, why: str) -> None:
        """The value added last is not certain and yields no row."""
        if self._values:
            last = self._values.pop()
            self._doubted.append(f"{self._name(last)}: {why}")

    def finish(self, hints: Hints, findings: Findings) -> None:
        """Hands its rows and what was noticed to `findings`. Raises InputError for a file that contradicts itself."""
        if not self._meter_id:
            findings.notice(NO_METER)
        for text in self._doubted:
            findings.unsure(text)
        steps, hidden = self._placed(self._once(findings), hints, findings)
        minutes = self._minutes(steps)
        cutter, last, last_minutes, last_sure = Cutter(), steps[0] if steps else None, 0, False
        for step, length in zip(steps, minutes, strict=True):
            start = step.end - (length or 0) * 60
            overlaps = last is not None and last is not step and start < last.end
            if overlaps and last_sure and last is not None:
                raise self._overlap(step.value, last.value)
            if length is None or overlaps:
                findings.unsure(f"{self._name(step.value)}: how long its step was cannot be told")
            else:
                if last is not None and last is not step:
                    self._gap(last.end, start, length, last_minutes, hidden, findings)
                self._row(step.value, start, length, cutter, findings)
            last, last_minutes, last_sure = step, length or last_minutes, length is not None

    # --- on the way ----------------------------------------------------------------------------------

    def _once(self, findings: Findings) -> list[_Value]:
        """Without the lines that say again what the line before said: some exports repeat whole days."""
        kept: list[_Value] = []
        for value in self._values:
            if kept and (value.end, value.minutes, value.millionths) == _said(kept[-1]):
                findings.notice(TWICE_EQUAL)
            else:
                kept.append(value)
        return kept

    def _placed(self, values: list[_Value], hints: Hints, findings: Findings) -> tuple[list[_Step], list[int]]:
        """Values whose moment is certain, in order of time; and the moments that hide behind uncertain ones."""
        steps: list[_Step] = []
        hidden: list[int] = []
        for value, moment in zip(values, self._moments(values, hints), strict=True):
            if isinstance(moment, int):
                steps.append(_Step(moment, value))
            elif moment is Doubt.TWICE:
                findings.unsure(f"{self._name(value)}: {moment.value}, and the order does not tell which one this is")
                if isinstance(value.end, datetime):
                    hidden.append(int(value.end.replace(tzinfo=hints.zone).timestamp()))
            elif value.millionths:
                raise self._wrong(
                    value.line,
                    f"{self._name(value)}: there is no such time in {hints.zone.key}",
                    "set the time zone that the file was written in",
                )
            elif value.millionths is not None:
                findings.notice(f"zeros at times that {hints.zone.key} never has are left out")
        steps.sort(key=lambda step: step.end)
        return list(self._distinct(steps, findings)), sorted(hidden)

    def _moments(self, values: Sequence[_Value], hints: Hints) -> Sequence[int | Doubt]:
        if values and isinstance(values[0].end, datetime):
            stamps = [value.end for value in values if isinstance(value.end, datetime)]
            hourly = all(value.minutes == 60 for value in values)
            return moments(stamps, hints.zone, hourly=hourly)
        return [value.end for value in values if isinstance(value.end, int)]

    def _distinct(self, steps: Sequence[_Step], findings: Findings) -> Iterator[_Step]:
        for _end, group in groupby(steps, key=lambda step: step.end):
            first, *others = group
            for other in others:
                if (other.value.minutes, other.value.millionths) != (first.value.minutes, first.value.millionths):
                    raise self._wrong(
                        other.value.line,
                        f"{self._name(other.value)}: another value than in {self._counted} {first.value.line}",
                        "keep the right one of them",
                    )
                findings.notice(TWICE_EQUAL)
            yield first

    def _minutes(self, steps: Sequence[_Step]) -> list[int | None]:
        given = [step.value.minutes for step in steps]
        if all(length is None for length in given):
            return find_steps([step.end for step in steps], self._nominal)
        for step in steps:
            if step.value.minutes is None:
                raise self._wrong(
                    step.value.line, f"{self._name(step.value)}: no step, as other lines have", "complete it"
                )
        return [
            None if length is None or step.end % (length * 60) else length
            for step, length in zip(steps, given, strict=True)
        ]

    def _gap(self, since: int, until: int, length: int, before: int, hidden: list[int], findings: Findings) -> None:
        """Steps between two others: of the longer step, where a whole number of them fits."""
        span = until - since
        if span <= 0:
            return
        longer = max(length, before) * 60
        step_s = longer if span % longer == 0 else min(length, before or length) * 60
        steps = -(-span // step_s) - (bisect_right(hidden, until) - bisect_right(hidden, since))
        if steps > 0:
            findings.gap(since, step_s, steps)

    def _row(self, value: _Value, start: int, minutes: int, cutter: Cutter, findings: Findings) -> None:
        if value.millionths is None:
            findings.gap(start, minutes * 60, 1)
            return
        work = self._unit.work(value.millionths, minutes)
        if is_absurd(work, minutes):
            raise self._wrong(value.line, f"{self._name(value)}: more than 36 MW", "check the unit")
        if start < 0:
            raise self._wrong(value.line, f"{self._name(value)}: before 1970", "check the time")
        findings.row(EnergyRow(self._meter_id, self._channel, start, minutes, cutter.cut(work), value.exact))

    def _overlap(self, value: _Value, before: _Value) -> InputError:
        reason = f"{self._name(value)}: its step begins before that of {self._counted} {before.line} ends"
        return self._wrong(value.line, reason, "bring steps that do not overlap")

    def _wrong(self, line: int, reason: str, hint: str) -> InputError:
        if self._counted != "line":
            return InputError(f"{self._counted} {line}: {reason}", hint, file=self._path)
        return InputError(reason, hint, file=self._path, line=line)

    def _name(self, value: _Value) -> str:
        return f"{value.when} ({self._counted} {value.line})"


def read_stamp(text: str) -> int | datetime | None:
    """`2026-03-29T01:00:00+01:00` as unix seconds, the same without an offset as local time; None for anything else."""
    if not _STAMP.fullmatch(text):
        french = _FRENCH_STAMP.fullmatch(text)
        if french is None:
            return None
        day, month, year, clock = french.groups()
        return read_stamp(f"{year}-{month}-{day} {clock if len(clock) == 8 else f'{clock}:00'}")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        return None
    return moment if moment.tzinfo is None else int(moment.timestamp())


def checked_meter(text: str, path: Path, line: int | None) -> str:
    """A meter's number of 1 to 64 printable characters. Raises InputError for anything else."""
    if not text or len(text) > _MAX_METER_ID or not text.isprintable():
        raise InputError(
            f"the meter's number is {text[:80]!r}", f"it has 1 to {_MAX_METER_ID} signs", file=path, line=line
        )
    return text


def _said(value: _Value) -> tuple[int | datetime, int | None, int | None]:
    return value.end, value.minutes, value.millionths
