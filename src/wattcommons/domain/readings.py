"""Readings and signed runs of readings: what a meter gateway says about consecutive intervals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from wattcommons.domain.intervals import IntervalLength
from wattcommons.domain.units import (
    MAX_INDEX,
    MAX_WH,
    IntervalIndex,
    ParticipantIndex,
    Wh,
    checked_interval,
    checked_participant,
    checked_wh,
)
from wattcommons.errors import RuleError

MAX_RUN: Final = 2**16 - 1
"""Most readings in one run: the batch format counts them in 16 bits."""


class Quality(IntEnum):
    """What a reading is worth. Absent is not zero: nobody knows what flowed."""

    ABSENT = 0
    MEASURED = 1
    ESTIMATED = 2
    CORRECTED = 3


@dataclass(frozen=True, slots=True)
class Reading:
    """Energy of one participant in one interval.

    `production_wh` and `consumption_wh` are 0..16,777,215 Wh; both are 0 when the quality is absent.
    Raises RuleError otherwise.
    """

    production_wh: Wh
    consumption_wh: Wh
    quality: Quality = Quality.MEASURED

    def __post_init__(self) -> None:
        checked_wh(self.production_wh, "production")
        checked_wh(self.consumption_wh, "consumption")
        if self.quality is Quality.ABSENT and (self.production_wh or self.consumption_wh):
            raise RuleError(
                f"an absent reading carries {self.production_wh} and {self.consumption_wh} Wh",
                "give its quality, or no energy",
            )

    @property
    def is_present(self) -> bool:
        """Whether anything is known about the interval."""
        return self.quality is not Quality.ABSENT

    @property
    def net_wh(self) -> int:
        """Production minus consumption, Wh, signed: above zero the participant offers energy."""
        return self.production_wh - self.consumption_wh

    @property
    def own_use_wh(self) -> Wh:
        """min(production, consumption): self-consumption on a gross basis, else netted in the interval."""
        return min(self.production_wh, self.consumption_wh)

    @property
    def earns_certificates(self) -> bool:
        """Only measured and corrected production earns certificates."""
        return self.quality in (Quality.MEASURED, Quality.CORRECTED)


ABSENT_READING: Final = Reading(Wh(0), Wh(0), Quality.ABSENT)


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive readings of one participant, the unit that a gateway signs.

    Holds 1..65,535 readings and must end before interval 2^32. Raises RuleError otherwise.
    """

    participant: ParticipantIndex
    first: IntervalIndex
    readings: tuple[Reading, ...]

    def __post_init__(self) -> None:
        checked_participant(self.participant)
        checked_interval(self.first, "first interval")
        if not 1 <= len(self.readings) <= MAX_RUN:
            raise RuleError(f"a run holds {len(self.readings)} readings", f"1 to {MAX_RUN} are possible")
        if self.end > MAX_INDEX + 1:
            raise RuleError(f"a run from interval {self.first} ends at {self.end}", "start it earlier")

    @property
    def end(self) -> int:
        """The interval after the last one."""
        return self.first + len(self.readings)

    def items(self) -> Iterator[tuple[IntervalIndex, Reading]]:
        """Each interval with its reading, in order of time."""
        for offset, reading in enumerate(self.readings):
            yield IntervalIndex(self.first + offset), reading


def max_wh(power_w: int, length: IntervalLength) -> Wh:
    """Largest plausible energy of an interval for a connection of `power_w` W: power × hours × 1.1.

    Rounds down to the Wh, so a reading of exactly the limit passes; never above 24 bits.
    Raises RuleError on a negative power.
    """
    if power_w < 0:
        raise RuleError(f"a power is {power_w} W", "give the connection's power as a positive number")
    return min(MAX_WH, Wh(power_w * length.minutes * 11 // 600))


def is_plausible(reading: Reading, import_power_w: int, export_power_w: int, length: IntervalLength) -> bool:
    """Whether both energies stay within the connection's limits (W) for an interval."""
    return reading.production_wh <= max_wh(export_power_w, length) and reading.consumption_wh <= max_wh(
        import_power_w, length
    )
