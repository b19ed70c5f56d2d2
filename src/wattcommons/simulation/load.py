"""What homes and the spa use: energy of a day first, then its spread over the day.

Day of a home (Wh) = habit × season × weekday + heating × (18 °C − T)⁺ + cooling × (T − 18 °C)⁺, times a daily
error. Degree days on the same base of 18 °C explain a month of it, as they do in real homes, so a target that
is fitted on them means something. The spread is an hourly profile by habit, plus an interval's own error:
what a kettle does in half an hour is noise to everybody but its owner.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

BASE_TENTHS = 180


@dataclass(frozen=True, slots=True)
class Habit:
    """How a household lives: weight of each local hour on working days and at week-ends (any scale)."""

    name: str
    working_day: tuple[int, ...]
    weekend: tuple[int, ...]


OUT_BY_DAY = Habit(
    "out by day",
    (4, 3, 3, 3, 3, 4, 9, 14, 9, 5, 4, 4, 5, 5, 4, 4, 6, 10, 17, 20, 18, 14, 10, 6),
    (5, 4, 3, 3, 3, 3, 5, 8, 11, 12, 12, 14, 15, 11, 9, 9, 9, 11, 15, 18, 17, 14, 11, 8),
)
AT_HOME = Habit(
    "at home",
    (4, 3, 3, 3, 3, 4, 6, 10, 11, 10, 10, 13, 16, 12, 9, 9, 9, 11, 15, 17, 15, 12, 9, 6),
    (4, 3, 3, 3, 3, 3, 5, 8, 11, 11, 11, 14, 16, 12, 10, 9, 9, 11, 15, 17, 15, 12, 9, 6),
)
NIGHT_HEATER = Habit(
    "water heated at night",
    (22, 20, 16, 12, 8, 6, 8, 12, 8, 5, 5, 6, 8, 6, 5, 5, 6, 9, 14, 17, 15, 12, 9, 20),
    (22, 20, 16, 12, 8, 6, 7, 9, 10, 10, 10, 11, 12, 9, 8, 8, 8, 10, 13, 16, 15, 12, 9, 20),
)
HABITS = (OUT_BY_DAY, OUT_BY_DAY, AT_HOME, NIGHT_HEATER)
_HEATING = (6, 6, 6, 6, 7, 9, 12, 13, 12, 10, 9, 8, 8, 8, 8, 9, 10, 12, 13, 13, 12, 11, 9, 7)
_SPA_OPENS, _SPA_CLOSES = 8, 20


@dataclass(frozen=True, slots=True)
class Household:
    """A home's use: Wh a day without weather, and Wh a day for each degree below and above 18 °C.

    `effort`: factor of all its use since the village began; 1 but for those who took the coach's target to heart.
    """

    habit: Habit
    base_wh: float
    heating_wh_per_degree: float
    cooling_wh_per_degree: float
    effort: float = 1.0


def _lighting(day: date) -> float:
    """Season of lights and indoor life: +8 % in mid-winter, −8 % in mid-summer."""
    return 1.0 + 0.08 * math.cos(2.0 * math.pi * (day.timetuple().tm_yday - 5) / 365.25)


def home_day_wh(home: Household, day: date, temperature_tenths: int) -> tuple[float, float]:
    """(habit, weather) parts of a day's use in Wh, before the daily error."""
    weekend = 1.12 if day.weekday() >= 5 else 1.0
    below = max(0, BASE_TENTHS - temperature_tenths) / 10.0
    above = max(0, temperature_tenths - BASE_TENTHS) / 10.0
    weather = home.heating_wh_per_degree * below + home.cooling_wh_per_degree * above
    return home.base_wh * _lighting(day) * weekend, weather


def habit_weights(habit: Habit, *, weekend: bool) -> tuple[float, ...]:
    """Share of a day's habitual use in each local hour; the sum is 1."""
    hours = habit.weekend if weekend else habit.working_day
    return tuple(hour / sum(hours) for hour in hours)


def heating_weights() -> tuple[float, ...]:
    """Share of a day's heating or cooling in each local hour; the sum is 1."""
    return tuple(hour / sum(_HEATING) for hour in _HEATING)


def spa_power_w(open_w: float, day: date, local_hour: int, temperature_tenths: int) -> float:
    """Mean power of the spa: full from 8 to 20 h except on Sundays, pumps only (a fifth) when it is closed.

    Cold air costs it 1.5 % a degree below 18 °C: warm pools in the mountains.
    """
    closed = day.weekday() == 6 or not _SPA_OPENS <= local_hour < _SPA_CLOSES
    cold = max(0, BASE_TENTHS - temperature_tenths) / 10.0
    return open_w * (0.2 if closed else 1.0) * (1.0 + 0.015 * cold)
