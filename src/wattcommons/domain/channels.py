"""The two directions a participant is metered in, and energies finer than a Wh.

Indexes and powers are kept in mWh while they are added up, so that what a source says with three decimals is exact;
a Wh is cut off the running total, never off a single step, and so no remainder is ever lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final, NewType

MilliWh = NewType("MilliWh", int)
"""Energy in thousandths of a Wh."""

MWH_A_WH: Final = 1_000


class Channel(Enum):
    """What is counted: on a net basis withdrawn and injected, on a gross basis all used and all made."""

    CONSUMPTION = "consumption"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True)
class EnergyRow:
    """Energy of one meter in one direction and one step, as a file or a message gives it.

    `start`: unix seconds, on the grid of `minutes`; `energy`: mWh, 0 or more; `exact`: measured, not estimated by
    whoever made the file.
    """

    meter_id: str
    channel: Channel
    start: int
    minutes: int
    energy: MilliWh
    exact: bool = True
