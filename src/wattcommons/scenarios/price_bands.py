"""Prices by local time, as a person's contract has them: night and day, weekdays, seasons."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from wattcommons.domain.intervals import IntervalLength, IntervalRange
from wattcommons.domain.local_time import local_start
from wattcommons.domain.tariffs import MAX_TARIFF_PRICE, Tariff
from wattcommons.domain.units import IntervalIndex, MicroEurPerKwh
from wattcommons.errors import RuleError
from wattcommons.services.runtime.toml_table import Table

DAY_MINUTES: Final = 24 * 60
_CLOCK: Final = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])")
_DAYS: Final = {"all": range(7), "weekdays": range(5), "weekends": range(5, 7)}


@dataclass(frozen=True)
class PriceBand:
    """Prices from `start` to `end` (minutes of the local day; an end before the start is on the next morning).

    `months` 1 to 12, `weekdays` 0 (Monday) to 6: of the moment itself, so a Friday night ends at midnight.
    """

    name: str
    tariff: Tariff
    start: int
    end: int
    months: frozenset[int]
    weekdays: frozenset[int]

    def applies(self, local: datetime) -> bool:
        """Whether these prices hold at a local time."""
        minute = local.hour * 60 + local.minute
        inside = self.start <= minute < self.end if self.start < self.end else minute >= self.start or minute < self.end
        return inside and local.month in self.months and local.weekday() in self.weekdays


def read_band(table: Table, length: IntervalLength) -> PriceBand:
    """One [[tariff.bands]]. Raises InputError."""
    start, end = (_minute(table, key, default, length) for key, default in (("from", "00:00"), ("to", "24:00")))
    if start == end:
        raise table.wrong("to", "is the same as from", "leave both out for the whole day")
    band = PriceBand(
        name=table.text("name"),
        tariff=Tariff(*(_price(table, key) for key in ("retail", "feed_in", "network_fee"))),
        start=start,
        end=end,
        months=frozenset(table.wholes("months", range(1, 13), 1, 12)),
        weekdays=frozenset(table.choice("days", _DAYS, "all")),
    )
    table.finish()
    return band


def prices_of(
    bands: Sequence[PriceBand], period: IntervalRange, length: IntervalLength, zone: str
) -> dict[IntervalIndex, Tariff]:
    """Tariff of every interval of a period to which a band applies; the first one counts."""
    found = {}
    for interval in period if bands else ():
        local = local_start(interval, length, zone)
        band = next((one for one in bands if one.applies(local)), None)
        if band is not None:
            found[interval] = band.tariff
    return found


def _minute(table: Table, key: str, default: str, length: IntervalLength) -> int:
    def minute(text: str) -> int:
        match = _CLOCK.fullmatch(text)
        value = int(match[1]) * 60 + int(match[2]) if match else -1
        if not 0 <= value <= DAY_MINUTES:
            raise RuleError(f"{text!r} is no time of day", 'write it like "22:00"')
        if value % length.minutes:
            raise RuleError(f"{text} lies within an interval", f"use whole multiples of {length.minutes} minutes")
        return value

    return table.checked(key, minute, minute(default))


def _price(table: Table, key: str) -> MicroEurPerKwh:
    if not table.has(key):
        raise table.wrong(key, "is missing", "a band has its three prices, in €/kWh")
    return MicroEurPerKwh(table.scaled(key, 0, 6, -MAX_TARIFF_PRICE, MAX_TARIFF_PRICE))
