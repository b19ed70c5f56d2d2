"""The village's weather: daily mean temperature and cloud, one sky for everybody.

Temperature: a yearly wave (12.2 °C mean, 8.6 °C amplitude, coldest around 20 January: a valley at 740 m in the
eastern Pyrenees) plus a day-to-day error that keeps 75 % of yesterday's. Clouds: a chain of fair, broken and
overcast days that tends to stay as it is; within a day the clearness wanders from hour to hour.
The weather of a day depends on the seed and on the first day generated, never on the number of homes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from wattcommons.simulation.chance import Chance

MEAN_TENTHS, AMPLITUDE_TENTHS, COLDEST_DAY = 122.0, 86.0, 20
HOURS = 24

# Next day's kind of sky by today's: probability of fair, of broken; the rest is overcast.
_NEXT = {"fair": (0.72, 0.18), "broken": (0.42, 0.36), "overcast": (0.30, 0.35)}
_CLEARNESS = {"fair": 0.92, "broken": 0.62, "overcast": 0.27}
_WANDER = {"fair": 0.04, "broken": 0.20, "overcast": 0.09}


@dataclass(frozen=True, slots=True)
class WeatherDay:
    """One UTC day: mean temperature in tenths of °C, and 25 hourly marks of clearness (0 to 1), ends included."""

    temperature_tenths: int
    clearness: tuple[float, ...]

    def clearness_at(self, hour: float) -> float:
        """Clearness at an hour of the day (0 to 24), straight lines between the marks."""
        mark = min(int(hour), HOURS - 1)
        share = hour - mark
        return self.clearness[mark] * (1.0 - share) + self.clearness[mark + 1] * share


def normal_temperature_tenths(day: date) -> int:
    """The temperature to expect of a date, tenths of °C: the yearly wave without its daily error."""
    turn = 2.0 * math.pi * (day.timetuple().tm_yday - COLDEST_DAY) / 365.25
    return round(MEAN_TENTHS - AMPLITUDE_TENTHS * math.cos(turn))


def generate(seed: int, first: date, days: int) -> Mapping[date, WeatherDay]:
    """The weather of `days` consecutive days."""
    heat, cloud = Chance(seed, "temperature"), Chance(seed, "cloud")
    weather: dict[date, WeatherDay] = {}
    error, kind, mark = 0.0, "fair", _CLEARNESS["fair"]
    for number in range(days):
        day = first + timedelta(days=number)
        error = 0.75 * error + heat.normal(0.0, 17.0)
        fair, broken = _NEXT[kind]
        drawn = cloud.uniform()
        kind = "fair" if drawn < fair else "broken" if drawn < fair + broken else "overcast"
        marks = [mark]
        for _ in range(HOURS):
            pulled = 0.6 * mark + 0.4 * _CLEARNESS[kind] + cloud.normal(0.0, _WANDER[kind])
            mark = max(0.08, min(1.0, pulled))
            marks.append(mark)
        weather[day] = WeatherDay(normal_temperature_tenths(day) + round(error), tuple(marks))
    return weather
