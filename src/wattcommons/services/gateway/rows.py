"""Rows of whole steps, as files and messages give them, brought to the community's intervals.

Finer steps are summed, and an interval of which one is missing is left out; coarser ones are left out, or split evenly
and estimated where that is asked for. Energies come in mWh; the Wh of an interval are cut off the running total of its
meter and channel, so that the rows of a file add up to the Wh.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from wattcommons.domain.channels import MWH_A_WH, Channel, EnergyRow
from wattcommons.domain.index_meter import IntervalEnergy
from wattcommons.domain.intervals import IntervalLength
from wattcommons.domain.units import MAX_WH, IntervalIndex, Wh
from wattcommons.errors import InputError

_MINUTES_A_DAY: Final = 1_440

Series = tuple[str, Channel]
"""One meter in one direction."""


@dataclass
class RowIntervals:
    """Energies by meter and channel, in order of time; `incomplete` intervals and `coarser` rows were left out."""

    energies: dict[Series, list[IntervalEnergy]] = field(default_factory=dict)
    incomplete: int = 0
    coarser: int = 0


def intervals_of(rows: Sequence[EnergyRow], length: IntervalLength, *, split_coarser: bool = False) -> RowIntervals:
    """Rows in any order as intervals. Equal rows count once.

    Raises InputError for a negative energy, a step off its grid or across intervals, two rows of one moment that
    differ, or an interval of more than 16,777,215 Wh.
    """
    found = RowIntervals()
    ordered = sorted(set(rows), key=lambda row: (row.meter_id, row.channel.value, row.start, row.minutes))
    for (meter, channel), series in groupby(ordered, key=lambda row: (row.meter_id, row.channel)):
        found.energies[meter, channel] = _intervals(list(series), length, found, split_coarser=split_coarser)
    return found


def _intervals(
    rows: Sequence[EnergyRow], length: IntervalLength, found: RowIntervals, *, split_coarser: bool
) -> list[IntervalEnergy]:
    energies: list[IntervalEnergy] = []
    total = end = 0  # mWh so far; where the last row ended
    parts: list[EnergyRow] = []
    for row in rows:
        _check(row, end)
        end = row.start + row.minutes * 60
        if row.minutes > length.minutes:
            if not split_coarser:
                found.coarser += 1
                continue
            count, rest = divmod(row.minutes, length.minutes)
            if rest:
                raise _wrong(row, f"a step of {row.minutes} min is no multiple of {length.minutes} min")
            for number in range(count):
                until = total + row.energy * (number + 1) // count
                since = total + row.energy * number // count
                energies.append(_energy(row, row.start // length.seconds + number, since, until, exact=False))
            total += row.energy
            continue
        if end > (row.start // length.seconds + 1) * length.seconds:
            raise _wrong(row, f"it crosses an interval of {length.minutes} min")
        if parts and parts[0].start // length.seconds != row.start // length.seconds:
            found.incomplete += 1
            parts = []
        parts.append(row)
        if sum(part.minutes for part in parts) == length.minutes:
            until = total + sum(part.energy for part in parts)
            exact = all(part.exact for part in parts)
            energies.append(_energy(row, row.start // length.seconds, total, until, exact=exact))
            total, parts = until, []
    found.incomplete += bool(parts)
    return energies


def _check(row: EnergyRow, end: int) -> None:
    if row.energy < 0:
        raise _wrong(row, f"its energy is {row.energy} mWh")
    if not 0 < row.minutes <= _MINUTES_A_DAY or row.start < 0 or row.start % (row.minutes * 60):
        raise _wrong(row, f"a step of {row.minutes} min does not start there")
    if row.start < end:
        raise _wrong(row, "it begins before the one before it ends")


def _energy(row: EnergyRow, interval: int, since: int, until: int, *, exact: bool) -> IntervalEnergy:
    energy = until // MWH_A_WH - since // MWH_A_WH
    if energy > MAX_WH:
        raise _wrong(row, f"an interval of {energy} Wh, more than {MAX_WH}")
    return IntervalEnergy(IntervalIndex(interval), Wh(energy), exact)


def _wrong(row: EnergyRow, reason: str) -> InputError:
    return InputError(
        f"meter {row.meter_id or '(unnamed)'}, {row.channel.value}, the row at second {row.start}: {reason}",
        "correct the rows and bring them again: none of them was kept",
    )
