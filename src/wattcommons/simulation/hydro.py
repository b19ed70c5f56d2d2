"""The mill: a run-of-river turbine. It takes what the stream gives and stores nothing.

Flow follows the month (snow melt in spring, autumn rain, little in late summer) times a slow daily error; the
turbine runs between 10 % and 100 % of its power, below that it stands still.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from wattcommons.simulation.chance import Chance

# Share of the turbine's power that the stream feeds in the middle of each month, January first.
_MONTHLY_SHARE = (0.52, 0.55, 0.68, 0.86, 0.97, 0.76, 0.45, 0.30, 0.34, 0.47, 0.60, 0.58)
SMALLEST_SHARE = 0.10


def seasonal_share(day: date) -> float:
    """Expected share of the turbine's power on a date (0 to 1), straight lines between the months' middles."""
    place = day.month - 1 + (day.day - 15) / 31.0
    month = int(place // 1)
    share = place - month
    return _MONTHLY_SHARE[month % 12] * (1.0 - share) + _MONTHLY_SHARE[(month + 1) % 12] * share


def daily_shares(seed: int, first: date, days: int) -> Mapping[date, float]:
    """Share of the turbine's power on each of `days` days: 0, or from SMALLEST_SHARE to 1."""
    chance = Chance(seed, "stream")
    shares: dict[date, float] = {}
    error = 0.0
    for number in range(days):
        day = first + timedelta(days=number)
        error = 0.9 * error + chance.normal(0.0, 0.07)
        share = seasonal_share(day) * (1.0 + error)
        shares[day] = 0.0 if share < SMALLEST_SHARE else min(1.0, share)
    return shares
