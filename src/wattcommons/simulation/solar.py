"""A roof's panels: plane-of-array light times a performance ratio.

The ratio (0.86 at 25 °C cells) stands for inverter, wiring, dirt and mismatch; a warm panel loses 0.4 % a
degree above 25 °C (cells run about 25 °C above the air at 800 W/m²). Light is computed once for each of the
few orientations of a village and shared by all roofs that look the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wattcommons.simulation.sun import Orientation, Sky, on_panel

PERFORMANCE = 0.86
LOSS_A_DEGREE = 0.004

# South first: it is what most owners could choose.
ORIENTATIONS = (
    Orientation(30.0, 0.0),
    Orientation(25.0, -35.0),
    Orientation(25.0, 40.0),
    Orientation(20.0, -85.0),
    Orientation(20.0, 85.0),
    Orientation(35.0, 10.0),
)


@dataclass(frozen=True, slots=True)
class Moment:
    """The middle of one interval: clear sky, clearness (0 to 1) and air temperature (°C)."""

    sky: Sky
    clearness: float
    temperature: float


def wh_per_kwp(moments: Sequence[Moment], panel: Orientation, hours: float) -> list[float]:
    """Energy of each interval (of `hours` length) from 1 kWp on this plane; 0 exactly while the sun is down."""
    made = []
    for moment in moments:
        light = on_panel(moment.sky, panel, moment.clearness)
        cell = moment.temperature + light * 25.0 / 800.0
        made.append(light * PERFORMANCE * (1.0 - LOSS_A_DEGREE * max(0.0, cell - 25.0)) * hours)
    return made
