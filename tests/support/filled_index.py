"""An index filled by hand: rows as the indexer would have written them, for reads that need no chain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, insert

from wattcommons.domain.intervals import IntervalLength
from wattcommons.domain.local_time import DEFAULT_ZONE, local_date
from wattcommons.services.store.engine import Store
from wattcommons.services.store.index_tables import days, intervals, participants, readings, settlements

HALF = IntervalLength.HALF_HOUR
SUMMED = (
    "production_wh",
    "consumption_wh",
    "own_use_wh",
    "bought_wh",
    "sold_wh",
    "grid_import_wh",
    "grid_export_wh",
    "local_neur",
    "fee_neur",
    "grid_neur",
    "grid_only_neur",
)


def participant_row(index: int, member: int = 1, **changed: Any) -> dict[str, Any]:
    """A net participant with a gateway, from interval 0 on."""
    return {
        "participant": index,
        "member": member,
        "basis": 0,
        "source": 1,
        "import_w": 9_000,
        "export_w": 9_000,
        "gateway": "0x" + f"{index:040x}",
        "from_interval": 0,
        "until_interval": None,
        "suspended": False,
        "silent": False,
        "device": None,
        "commitment": "0x" + "00" * 32,
    } | changed


def interval_row(interval: int, **changed: Any) -> dict[str, Any]:
    """A settled interval of ten participants."""
    return {
        "interval": interval,
        "price": 120_000,
        "lo": 120_000,
        "hi": 120_000,
        "matched_wh": 0,
        "left_out": False,
        "settled": True,
        "retail": 200_000,
        "feed_in": 40_000,
        "network_fee": 0,
        "participants": 10,
        "production_wh": 0,
        "consumption_wh": 0,
        "own_use_wh": 0,
        "grid_import_wh": 0,
        "grid_export_wh": 0,
        "saved_neur": 0,
        "at": 0,
        "cleared_block": 1,
        "settled_block": 1,
    } | changed


@dataclass
class FilledIndex:
    """Gathers rows; `write` puts them into the store, with the sums of days that follow from them."""

    store: Store
    rows: dict[Table, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, table: Table, rows: Iterable[dict[str, Any]]) -> None:
        """Rows as they are."""
        self.rows[table] += rows

    def read(self, participant: int, interval: int, production: int, consumption: int, quality: int = 1) -> None:
        """A reading that is not settled."""
        self.rows[readings].append(
            {
                "interval": interval,
                "participant": participant,
                "production_wh": production,
                "consumption_wh": consumption,
                "quality": quality,
                "late": False,
                "at": 0,
                "block": 1,
            }
        )

    def settle(
        self, participant: int, interval: int, production: int, consumption: int, quality: int = 1, **legs: Any
    ) -> None:
        """A reading and its settlement; `legs` that are not named are 0."""
        self.read(participant, interval, production, consumption, quality)
        row: dict[str, Any] = dict.fromkeys(SUMMED, 0) | {
            "interval": interval,
            "participant": participant,
            "quality": quality,
            "late": False,
            "offset_wh": None,
            "production_wh": production,
            "consumption_wh": consumption,
        }
        self.rows[settlements].append(row | legs)

    def write(self) -> None:
        """Everything, in one transaction."""
        with self.store.write() as connection:
            for table, rows in self.rows.items():
                connection.execute(insert(table), rows)
            found = self._days()
            if found:
                connection.execute(insert(days), found)

    def _days(self) -> list[dict[str, Any]]:
        sums: dict[tuple[int, int], dict[str, int]] = {}
        for row in self.rows[settlements]:
            day = local_date(row["interval"], HALF, DEFAULT_ZONE).toordinal()
            key = (row["participant"], day)
            one = sums.setdefault(key, dict.fromkeys(("intervals", "estimated", *SUMMED), 0))
            one["intervals"] += 1
            one["estimated"] += row["quality"] == 2
            for name in SUMMED:
                one[name] += row[name]
        return [{"participant": who, "day": day, **one} for (who, day), one in sums.items()]


__all__ = ["HALF", "SUMMED", "FilledIndex", "interval_row", "intervals", "participant_row", "participants"]
