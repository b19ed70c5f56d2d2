"""What the generated village does after the demo's month: readings, prices and targets of any later day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from wattcommons.domain.baselines import Target, monthly_target
from wattcommons.domain.calendar import days_in_month
from wattcommons.domain.intervals import IntervalLength, IntervalRange
from wattcommons.domain.local_time import local_date, local_month
from wattcommons.domain.readings import Reading
from wattcommons.domain.tariffs import Tariff
from wattcommons.domain.units import IntervalIndex
from wattcommons.scenarios.demo import MONTH, YEAR, DemoVillage
from wattcommons.simulation.people import Participant
from wattcommons.simulation.village import ZONE, Village, village

_FIRST_SPAN: Final = 93
"""Days generated at first; a longer village begins like a shorter one, so more is made when it is asked for."""


@dataclass(frozen=True, order=True)
class LocalMonth:
    """A calendar month of the village."""

    year: int = YEAR
    month: int = MONTH

    @property
    def after(self) -> LocalMonth:
        """The next one."""
        return LocalMonth(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def days(self) -> int:
        """28 to 31."""
        return days_in_month(self.year, self.month)

    def intervals(self, length: IntervalLength) -> IntervalRange:
        """From local midnight to local midnight."""
        return local_month(self.year, self.month, length, ZONE)


class LivingScene:
    """The demo's village without an end. Readings are whole Wh, gross."""

    def __init__(self, scene: DemoVillage) -> None:
        self._options = scene.options
        self._start: date = local_date(scene.village.period.first, scene.length, "UTC")
        self._village: Village = scene.village
        self.people = scene.village.participants
        self.length = scene.length

    def readings(self, person: Participant, period: IntervalRange) -> dict[IntervalIndex, Reading]:
        """A participant's readings."""
        village_ = self._reaching(period.end)
        return {interval: village_.reading(person.index, interval) for interval in period}

    def prices(self, month: LocalMonth) -> Mapping[IntervalIndex, Tariff]:
        """The grid's prices in a month."""
        period = month.intervals(self.length)
        village_ = self._reaching(period.end)
        return {interval: village_.tariff(interval) for interval in period}

    def target(self, person: Participant, month: LocalMonth) -> Target | None:
        """A home's target, from its past and a normal year's weather; None for the mill and the spa."""
        if person.household is None:
            return None
        weather = self._village.expected_weather(month.year, month.month)
        return monthly_target(self._village.history(person), month.year, month.month, weather)

    def _reaching(self, end: IntervalIndex) -> Village:
        if end > self._village.period.end:
            day = local_date(end, self.length, "UTC") + timedelta(days=1)
            days = max(_FIRST_SPAN, 2 * (day - self._start).days)
            options = self._options
            self._village = village(options.homes, days, options.seed, self.length, self._start)
        return self._village
