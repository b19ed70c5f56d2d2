"""Prices of the village: few bands a day, by local hour and season, as a person's contract has them.

Retail: a cheaper night (22 to 6 h) and a dearer day, like *heures creuses* and *heures pleines*. Feed-in: near
40 €/MWh while everybody's sun shines, up to 100 €/MWh on winter evenings. Network fee: what a local kWh still
costs beside its price. Round numbers in the range of French ones, not anybody's published tariff.
"""

from __future__ import annotations

from datetime import datetime

from wattcommons.domain.tariffs import Tariff
from wattcommons.domain.units import MicroEurPerKwh

NIGHT_RETAIL, DAY_RETAIL = 199_000, 259_000
NIGHT_FEE, DAY_FEE = 30_000, 45_000


def tariff_at(local: datetime) -> Tariff:
    """Prices of the interval that starts at a local time, µ€/kWh."""
    night = local.hour >= 22 or local.hour < 6
    winter = local.month in (11, 12, 1, 2, 3)
    if night:
        feed_in = 55_000
    elif 10 <= local.hour < 16:
        feed_in = 60_000 if winter else 40_000
    elif 18 <= local.hour < 21:
        feed_in = 100_000 if winter else 85_000
    else:
        feed_in = 75_000 if winter else 65_000
    return Tariff(
        retail=MicroEurPerKwh(NIGHT_RETAIL if night else DAY_RETAIL),
        feed_in=MicroEurPerKwh(feed_in),
        network_fee=MicroEurPerKwh(NIGHT_FEE if night else DAY_FEE),
    )
