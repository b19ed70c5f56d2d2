"""A participant's intervals as CSV. Its first columns are those that `watt replay` and `watt oracle import` read.

An interval without a reading has no line: absent is not zero. Columns after `settled` are empty until the interval is
settled, and say in their names what they count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from wattcommons.domain.intervals import IntervalLength, start_utc
from wattcommons.domain.local_time import local_start
from wattcommons.domain.readings import Quality
from wattcommons.services.api.exports.csv_text import csv_line
from wattcommons.services.store.reads.export_rows import ExportRow

COLUMNS: Final = (
    "meter_id",
    "interval_start_utc",
    "interval_minutes",
    "consumption_wh",
    "production_wh",
    "interval_start_local",
    "quality",
    "settled",
    "own_use_wh",
    "bought_wh",
    "sold_wh",
    "grid_import_wh",
    "grid_export_wh",
    "local_price_micro_eur_per_kwh",
    "retail_micro_eur_per_kwh",
    "feed_in_micro_eur_per_kwh",
    "network_fee_micro_eur_per_kwh",
    "local_nano_eur",
    "fee_nano_eur",
    "grid_nano_eur",
    "grid_only_nano_eur",
)


def energy_csv(participant: int, rows: Iterable[ExportRow], length: IntervalLength, zone: str) -> Iterator[str]:
    """The file line by line, header first; rows in order of time. Raises RuleError for an unknown zone."""
    yield csv_line(COLUMNS)
    for row in rows:
        local = row.price if row.bought_wh or row.sold_wh else None
        yield csv_line(
            (
                f"participant-{participant}",
                f"{start_utc(row.interval, length):%Y-%m-%dT%H:%M:%SZ}",
                length.minutes,
                row.consumption_wh,
                row.production_wh,
                local_start(row.interval, length, zone).isoformat(timespec="minutes"),
                Quality(row.quality).name.lower(),
                "yes" if row.settled else "no",
                *(row.own_use_wh, row.bought_wh, row.sold_wh, row.grid_import_wh, row.grid_export_wh),
                *(local, row.retail, row.feed_in, row.network_fee),
                *(row.local_neur, row.fee_neur, row.grid_neur, row.grid_only_neur),
            )
        )
