"""Daily errors of homes, and their months of use before the village begins: the ground of a target.

History is made of days only, by the same formula as the readings, so it costs next to nothing and the fit of a
target finds the truth behind both.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from wattcommons.domain.degree_days import MonthUse, degree_days
from wattcommons.simulation.chance import Chance
from wattcommons.simulation.load import home_day_wh
from wattcommons.simulation.people import Participant

HISTORY_DAYS = 400
"""Days of weather before the first day: twelve full months and the rest of the month that runs."""


def day_error(seed: int, participant: int, day: date) -> float:
    """Factor of a home's use on one day, the same wherever it is asked for."""
    return max(0.6, Chance(seed, f"day {participant} {day.isoformat()}").normal(1.0, 0.08))


def month_uses(seed: int, person: Participant, before: date, temperatures: Mapping[date, int]) -> tuple[MonthUse, ...]:
    """A home's twelve last full calendar months before a date; nothing for who is no home."""
    if person.household is None:
        return ()
    months = []
    year, month = before.year, before.month
    for _ in range(12):
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
        first = date(year, month, 1)
        after = date(year + month // 12, month % 12 + 1, 1)
        days = [first + timedelta(days=number) for number in range((after - first).days)]
        used = sum(
            sum(home_day_wh(person.household, day, temperatures[day])) * day_error(seed, person.index, day)
            for day in days
        )
        months.append(MonthUse(year, month, round(used), degree_days([temperatures[day] for day in days])))
    return tuple(reversed(months))
