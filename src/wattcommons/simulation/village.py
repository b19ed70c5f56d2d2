"""A village like Prats-de-Mollo, from one seed: who lives there, what they make and use, what the grid asks.

    village(homes=30, days=30, seed=1)  →  participants, readings (whole Wh, gross), tariffs, temperatures, history

Same arguments, same village, on any machine with IEEE floats: everything is rounded to whole Wh here and integer from
then on. A longer village begins like a shorter one; a larger one keeps the homes of a smaller one.
History knows no effort: a home that makes one uses less than its past would have it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from wattcommons.domain.degree_days import DegreeDays, MonthUse, degree_days
from wattcommons.domain.intervals import IntervalLength, IntervalRange, interval_starting, start_unix
from wattcommons.domain.readings import Reading, max_wh
from wattcommons.domain.tariffs import Tariff
from wattcommons.domain.units import IntervalIndex, ParticipantIndex, Wh
from wattcommons.errors import RuleError
from wattcommons.simulation import hydro, load, solar
from wattcommons.simulation.chance import Chance
from wattcommons.simulation.days import HISTORY_DAYS, day_error, month_uses
from wattcommons.simulation.people import SPA_W_A_HOME, Kind, Participant, settle_down
from wattcommons.simulation.prices import tariff_at
from wattcommons.simulation.sun import Orientation, Place, clear_sky
from wattcommons.simulation.weather import WeatherDay, generate, normal_temperature_tenths

PLACE = Place(latitude=42.404, longitude=2.480, altitude_m=740.0)
ZONE = "Europe/Paris"
DEFAULT_START = date(2026, 4, 1)


@dataclass(frozen=True, slots=True)
class Village:
    """A generated village. `readings[p][n]` and `tariffs[n]` belong to interval `period.first + n`.

    `temperatures`: daily means in tenths of °C for the whole history and the days generated.
    """

    seed: int
    length: IntervalLength
    period: IntervalRange
    participants: tuple[Participant, ...]
    readings: Mapping[ParticipantIndex, tuple[Reading, ...]]
    tariffs: tuple[Tariff, ...]
    temperatures: Mapping[date, int]

    def participant(self, kind: Kind, number: int = 1) -> Participant:
        """A participant by kind and number. Raises RuleError when the village has none."""
        for found in self.participants:
            if (found.kind, found.number) == (kind, number):
                return found
        raise RuleError(f"the village has no {kind} {number}", "choose one of its participants")

    def reading(self, participant: ParticipantIndex, interval: IntervalIndex) -> Reading:
        """One reading."""
        return self.readings[participant][interval - self.period.first]

    def tariff(self, interval: IntervalIndex) -> Tariff:
        """Prices of an interval."""
        return self.tariffs[interval - self.period.first]

    def history(self, participant: Participant) -> tuple[MonthUse, ...]:
        """A home's twelve full months of use before the first day, with the degree days of each.

        Empty for the mill and the spa, which have no target.
        """
        first = datetime.fromtimestamp(start_unix(self.period.first, self.length), UTC).date()
        return month_uses(self.seed, participant, first, self.temperatures)

    def expected_weather(self, year: int, month: int) -> DegreeDays:
        """Degree days to expect of a calendar month: those of a normal year, known before the month begins."""
        first = date(year, month, 1)
        after = date(year + month // 12, month % 12 + 1, 1)
        days = [first + timedelta(days=number) for number in range((after - first).days)]
        return degree_days([normal_temperature_tenths(day) for day in days])


def village(
    homes: int = 30,
    days: int = 30,
    seed: int = 1,
    interval: IntervalLength = IntervalLength.HALF_HOUR,
    start: date = DEFAULT_START,
) -> Village:
    """Generates a village of 2 to 20,000 homes over `days` (>= 1) UTC days from `start`'s first second.

    Raises RuleError when a number is out of range.
    """
    if days < 1:
        raise RuleError(f"a village for {days} days", "give 1 or more")
    first = interval_starting(datetime(start.year, start.month, start.day, tzinfo=UTC), interval)
    per_day = 24 * 60 // interval.minutes
    period = IntervalRange(first, IntervalIndex(first + days * per_day))
    earliest = start - timedelta(days=HISTORY_DAYS)
    weather = generate(seed, earliest, HISTORY_DAYS + days)
    people = settle_down(homes, seed)
    scene = _Scene(seed, interval, period, start, weather)
    return Village(
        seed=seed,
        length=interval,
        period=period,
        participants=people,
        readings={person.index: scene.readings_of(person, homes) for person in people},
        tariffs=tuple(tariff_at(local) for local in scene.locals),
        temperatures={day: sky.temperature_tenths for day, sky in weather.items()},
    )


class _Scene:
    """What all participants share in a period: local time, weather, sun, stream."""

    def __init__(
        self, seed: int, length: IntervalLength, period: IntervalRange, start: date, weather: Mapping[date, WeatherDay]
    ) -> None:
        self.seed, self.length, self.weather = seed, length, weather
        self.hours = length.minutes / 60.0
        starts = [datetime.fromtimestamp(start_unix(index, length), UTC) for index in period]
        zone = ZoneInfo(ZONE)
        self.locals = [moment.astimezone(zone) for moment in starts]
        self.days = [moment.date() for moment in starts]
        middle = length.seconds / 2.0
        self._moments = [
            solar.Moment(
                clear_sky(PLACE, moment.timestamp() + middle),
                weather[moment.date()].clearness_at(moment.hour + moment.minute / 60.0 + self.hours / 2.0),
                weather[moment.date()].temperature_tenths / 10.0,
            )
            for moment in starts
        ]
        self._light: dict[Orientation, list[float]] = {}
        self._stream = hydro.daily_shares(seed, start, (self.days[-1] - start).days + 1)

    def readings_of(self, person: Participant, homes: int) -> tuple[Reading, ...]:
        """A participant's readings, each within the limits of its connection."""
        made, used = self._production(person), self._consumption(person, homes)
        # The connection's power itself: its limit of plausibility is 10 % higher.
        most_made = max_wh(person.export_power_w, self.length) * 10 // 11
        most_used = max_wh(person.import_power_w, self.length) * 10 // 11
        return tuple(
            Reading(Wh(min(most_made, round(production))), Wh(min(most_used, max(0, round(consumption)))))
            for production, consumption in zip(made, used, strict=True)
        )

    def _production(self, person: Participant) -> list[float]:
        if person.device is None:
            return [0.0] * len(self.days)
        if person.device.orientation is None:
            jitter = Chance(self.seed, "turbine")
            power = person.device.capacity_w * self.hours
            return [power * self._stream[day] * jitter.uniform(0.97, 1.0) for day in self.days]
        panel = person.device.orientation
        if panel not in self._light:
            self._light[panel] = solar.wh_per_kwp(self._moments, panel, self.hours)
        # Dust and a chimney's shadow: each roof has its own constant loss.
        own = person.device.capacity_w / 1_000.0 * Chance(self.seed, f"roof {person.index}").uniform(0.94, 1.0)
        return [light * own for light in self._light[panel]]

    def _consumption(self, person: Participant, homes: int) -> list[float]:
        chance = Chance(self.seed, f"use {person.index}")
        if person.kind is Kind.MILL:
            return [400.0 * self.hours * chance.uniform(0.8, 1.2) for _ in self.days]
        if person.household is None:
            power = max(4_000, SPA_W_A_HOME * homes)
            return [
                load.spa_power_w(power, local.date(), local.hour, self.weather[day].temperature_tenths)
                * self.hours
                * chance.uniform(0.9, 1.1)
                for local, day in zip(self.locals, self.days, strict=True)
            ]
        home = person.household
        heating = load.heating_weights()
        weights = {weekend: load.habit_weights(home.habit, weekend=weekend) for weekend in (False, True)}
        parts = {
            day: (
                *load.home_day_wh(home, day, self.weather[day].temperature_tenths),
                day_error(self.seed, person.index, day),
            )
            for day in dict.fromkeys(self.days)
        }
        used = []
        for local, day in zip(self.locals, self.days, strict=True):
            habit, heat, error = parts[day]
            weight = weights[local.weekday() >= 5][local.hour]
            # A kettle, an oven: the habitual part scatters from 0.4 to 1.6 around its mean.
            steady = 0.4 + 1.2 * chance.uniform()
            used.append((habit * weight * steady + heat * heating[local.hour]) * error * home.effort * self.hours)
        return used
