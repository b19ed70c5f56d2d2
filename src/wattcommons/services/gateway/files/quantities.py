"""Powers and energies as files write them, in integers.

    text "0,62"          millionths: 620,000
    work                 µW·min: a power's millionths of a W times its minutes; an energy's millionths of a Wh times 60
    energy               mWh = 60,000 µW·min

A mean power P over m minutes is an energy of P × m / 60 (4-CONVENTIONS). In mWh that is whole for whole W and m = 30
or 60, not for m = 10: what is cut off one step is carried to the next of its meter and channel, and so nothing is lost.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Final

from wattcommons.domain.channels import MilliWh

MAX_W: Final = 36_000_000
"""No power above 36 MW is believed: more than the largest meters of a distribution grid pass."""
_MILLION: Final = 1_000_000
_WORK_A_MWH: Final = 60_000
_NUMBER: Final = re.compile(r"(-?)([0-9]{1,12})(?:[.,]([0-9]{1,6})0*)?", re.ASCII)
_DURATION: Final = re.compile(r"PT(?:([0-9]{1,2})H)?(?:([0-9]{1,3})M)?", re.ASCII)


class Unit(Enum):
    """What a value is given in, and how many µW·min a millionth of it is: a minute long, or altogether."""

    W = ("w", 1, True)
    KW = ("kw", 1_000, True)
    WH = ("wh", 60, False)
    KWH = ("kwh", 60_000, False)

    @classmethod
    def named(cls, text: str) -> Unit | None:
        """The unit of this name, in any case; None when there is no such unit."""
        return next((unit for unit in cls if unit.value[0] == text.strip().casefold()), None)

    def work(self, millionths: int, minutes: int) -> int:
        """µW·min of a value over a step."""
        _name, factor, is_power = self.value
        return millionths * factor * (minutes if is_power else 1)


def millionths(text: str) -> int:
    """A decimal number with point or comma and at most six decimals, in millionths. Raises ValueError with a reason."""
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise ValueError("not a number of at most 12 digits and 6 decimals")
    sign, whole, part = found.groups()
    value = int(whole) * _MILLION + int((part or "").ljust(6, "0"))
    if sign and value:
        raise ValueError("negative")
    return value


def is_absurd(work: int, minutes: int) -> bool:
    """Whether so much work in a step is above 36 MW."""
    return work > MAX_W * _MILLION * minutes


def duration_minutes(text: str) -> int | None:
    """Minutes of an ISO 8601 duration such as PT30M or PT1H, 1 to 60; None for anything else."""
    found = _DURATION.fullmatch(text)
    if found is None:
        return None
    minutes = int(found[1] or 0) * 60 + int(found[2] or 0)
    return minutes if 1 <= minutes <= 60 else None


class Cutter:
    """Cuts whole mWh off the works of one meter and channel, in order of time; the rest goes to the next step."""

    def __init__(self) -> None:
        self._rest = 0

    def cut(self, work: int) -> MilliWh:
        """The energy of the next step, mWh: rounded down, the rest carried."""
        energy, self._rest = divmod(self._rest + work, _WORK_A_MWH)
        return MilliWh(energy)
