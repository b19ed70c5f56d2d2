"""A file of prices: read strictly, exact to the µ€/kWh, brought to the community's interval.

Columns: interval_start_utc, retail_price_per_kwh; optional: interval_minutes (default: the community's interval),
currency, feed_in_price_per_kwh, network_fee_per_kwh. Prices are decimal text with at most six decimals; nothing is
rounded, nothing converted. A price of a longer step holds in each of its intervals.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from wattcommons.domain.intervals import IntervalLength
from wattcommons.domain.units import MAX_PRICE, MIN_PRICE, IntervalIndex, MicroEurPerKwh
from wattcommons.errors import InputError
from wattcommons.services.gateway.csv_table import open_table, parse_minutes, parse_time

REQUIRED = ("interval_start_utc", "retail_price_per_kwh")
OPTIONAL = ("interval_minutes", "currency", "feed_in_price_per_kwh", "network_fee_per_kwh")
_PRICE = re.compile(r"-?[0-9]{1,6}(\.[0-9]+)?", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class PriceRow:
    """Prices of one interval, µ€/kWh; None where the file has no such column."""

    retail: MicroEurPerKwh
    feed_in: MicroEurPerKwh | None = None
    network_fee: MicroEurPerKwh | None = None


@dataclass(frozen=True, slots=True)
class TariffFile:
    """Prices by interval, in order of time. `currency` is what the file says, None if it does not."""

    path: Path
    length: IntervalLength
    currency: str | None
    prices: Mapping[IntervalIndex, PriceRow]

    def missing(self, first: int, end: int) -> tuple[int, IntervalIndex | None]:
        """How many intervals of [first, end) have no price, and the first of them."""
        absent = [IntervalIndex(index) for index in range(first, end) if index not in self.prices]
        return len(absent), absent[0] if absent else None


def read_tariff(path: Path, length: IntervalLength) -> TariffFile:
    """Reads and checks a whole file. Raises InputError at the first mistake, or when it has no price."""
    prices: dict[IntervalIndex, PriceRow] = {}
    lines: dict[IntervalIndex, dict[int, int]] = {}
    currency: str | None = None
    with open_table(path, REQUIRED, OPTIONAL) as table:
        columns = table.columns
        for line, row in table.rows():
            fields = {name: row[place] for name, place in columns.items()}
            if "currency" in fields:
                currency = _currency(path, line, fields["currency"], currency)
            minutes = _minutes(path, line, fields, length)
            start = _start(path, line, fields["interval_start_utc"], minutes)
            here = PriceRow(
                _price(path, line, fields, "retail_price_per_kwh"),
                *(_price(path, line, fields, name) if name in fields else None for name in OPTIONAL[2:]),
            )
            first = start // length.seconds
            for index in range(first, first + max(1, minutes // length.minutes)):
                steps = lines.setdefault(IntervalIndex(index), {})
                # Finer steps of one interval may follow one another as long as they agree.
                if steps and (start in steps or minutes >= length.minutes or prices[IntervalIndex(index)] != here):
                    what = "the same price again" if prices[IntervalIndex(index)] == here else "another price"
                    before = steps.get(start, min(steps.values()))
                    hint = "keep one price for each interval"
                    raise InputError(f"{what} for the interval of line {before}", hint, file=path, line=line)
                steps[start] = line
                prices[IntervalIndex(index)] = here
    if not prices:
        raise InputError("the file has no prices", "give one row for each interval", file=path, line=1)
    return TariffFile(path, length, currency, dict(sorted(prices.items())))


def parse_price(text: str) -> MicroEurPerKwh | str:
    """µ€/kWh of a decimal price a kWh, exact; the reason, as text, when it is not one."""
    if not _PRICE.fullmatch(text):
        return "not a decimal number with a point"
    micro = Decimal(text).scaleb(6)
    if micro != micro.to_integral_value():
        return "more than six decimals, finer than a millionth a kWh"
    if not MIN_PRICE <= micro <= MAX_PRICE:
        return f"outside {MIN_PRICE} to {MAX_PRICE} millionths a kWh"
    return MicroEurPerKwh(int(micro))


def _minutes(path: Path, line: int, fields: Mapping[str, str], length: IntervalLength) -> int:
    if "interval_minutes" not in fields:
        return length.minutes
    minutes = parse_minutes(fields["interval_minutes"])
    if minutes is None or (minutes % length.minutes and length.minutes % minutes):
        raise InputError(
            f"interval_minutes is {fields['interval_minutes']!r}",
            f"give whole minutes that divide, or are a multiple of, the community's {length.minutes}",
            file=path,
            line=line,
        )
    return minutes


def _start(path: Path, line: int, text: str, minutes: int) -> int:
    start = parse_time(text)
    if start is None:
        hint = "write it like 2026-03-29T01:00:00Z"
        raise InputError(f"interval_start_utc is {text!r}", hint, file=path, line=line)
    if start % (minutes * 60):
        hint = "intervals start at whole multiples of their step"
        raise InputError(f"{text} is off the grid of {minutes} min", hint, file=path, line=line)
    return start


def _price(path: Path, line: int, fields: Mapping[str, str], name: str) -> MicroEurPerKwh:
    price = parse_price(fields[name])
    if isinstance(price, str):
        hint = "write it like 0.1234, at most six decimals"
        raise InputError(f"{name} is {fields[name]!r}: {price}", hint, file=path, line=line)
    return price


def _currency(path: Path, line: int, text: str, before: str | None) -> str:
    if not _CURRENCY.fullmatch(text):
        raise InputError(f"currency is {text!r}", "give its three letters, like EUR", file=path, line=line)
    if before not in (None, text):
        raise InputError(f"currency is {text}, and {before} before", "one file, one currency", file=path, line=line)
    return text
