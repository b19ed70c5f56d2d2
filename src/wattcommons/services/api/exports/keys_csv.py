"""Allocation keys of a month, one file a producer, as a network operator takes them.

The layout is a profile of settings, because no primary source confirms one. By default as seen in the open: UTF-8 with
a byte order mark, `Horodate;<PRM>;…`, local time of a step's beginning, percent with a comma, every step of the month.
The rule and its rounding stand in `domain/allocation_keys.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from wattcommons.domain.allocation_keys import allocation_keys
from wattcommons.domain.intervals import IntervalLength, IntervalRange
from wattcommons.domain.local_time import local_start
from wattcommons.domain.supply_lines import overlap
from wattcommons.domain.units import ParticipantIndex
from wattcommons.errors import RuleError
from wattcommons.services.api.exports.csv_text import BOM, csv_line
from wattcommons.services.api.exports.keys_profile import KeysProfile
from wattcommons.services.store.reads.fills import Injection


@dataclass(frozen=True)
class KeyColumn:
    """A consumer and what stands at the head of its column."""

    participant: ParticipantIndex
    name: str


def keys_csv(
    steps: Mapping[int, Injection],
    columns: Sequence[KeyColumn],
    month: IntervalRange,
    length: IntervalLength,
    zone: str,
    profile: KeysProfile,
) -> Iterator[str]:
    """The file line by line: every interval of the month, zeros where nothing was injected or sold.

    Raises RuleError when a buyer has no column, or the fills do not belong together.
    """
    yield (BOM if profile.byte_order_mark else "") + _line(
        profile, [profile.first_column, *(one.name for one in columns)]
    )
    places = {one.participant: place for place, one in enumerate(columns)}
    nothing = profile.percent(0)
    for interval in month:
        moment = local_start(interval, length, zone)
        if profile.stamps_end:
            moment = local_start(interval + 1, length, zone)
        cells = [nothing] * len(columns)
        step = steps.get(interval)
        for consumer, key in allocation_keys(*_supplied(step), profile.decimals).items() if step else ():
            if consumer not in places:
                raise RuleError(f"participant {consumer} bought in interval {interval} and has no column")
            cells[places[consumer]] = profile.percent(key)
        yield _line(profile, [f"{moment:{profile.stamp}}", *cells])


def _supplied(step: Injection) -> tuple[dict[ParticipantIndex, int], int]:
    lines = [overlap(step.sold, fill) for fill in step.bought] if step.sold else []
    return {line.buyer: line.wh for line in lines if line is not None}, step.injected_wh


def _line(profile: KeysProfile, cells: Sequence[str]) -> str:
    return csv_line(cells, profile.separator)
