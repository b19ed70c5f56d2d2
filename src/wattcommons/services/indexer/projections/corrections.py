"""Corrections: the reading and its settlement as they are now; what stood there before stays as a change.

The interval's own sums are public and stay as they are, as for a late reading: their change would tell this one.
"""

from __future__ import annotations

import json
from typing import Final

from wattcommons.chain.events import Event
from wattcommons.chain.stored import reading_of
from wattcommons.domain.readings import Quality, Reading
from wattcommons.domain.tariffs import Tariff
from wattcommons.services.indexer.projections.market import Market
from wattcommons.services.indexer.projections.money import Money
from wattcommons.services.indexer.projections.readings import Readings
from wattcommons.services.indexer.projections.values import Handlers, hexed, place, whole
from wattcommons.services.store.index_rows import Row, Rows
from wattcommons.services.store.index_tables import days, participant_changes, readings, settlements

_FOLLOWING: Final = (
    "production_wh",
    "consumption_wh",
    "own_use_wh",
    "grid_import_wh",
    "grid_export_wh",
    "grid_neur",
    "grid_only_neur",
)
"""Columns of a settlement, and of a day, that follow a correction; what was traded stays."""


class Corrections:
    """Projects the Corrections contract."""

    def __init__(self, rows: Rows, recorded: Readings, market: Market, money: Money) -> None:
        self._rows = rows
        self._recorded = recorded
        self._market = market
        self._money = money

    def handlers(self) -> Handlers:
        """What takes which event."""
        return {"Corrections.ReadingCorrected": self._corrected}

    def _corrected(self, event: Event) -> None:
        args = event.args
        participant, interval = args["participant"], args["interval"]
        reading, _late = reading_of(args["corrected"])
        self._recorded.correct(participant, interval, reading)
        row = self._rows.adopt(readings, interval, participant)
        if row is not None:
            row.update(
                production_wh=reading.production_wh, consumption_wh=reading.consumption_wh, quality=int(reading.quality)
            )
        settled = self._rows.adopt(settlements, interval, participant)
        if settled is not None:
            self._settle(settled, reading, args["tradedWh"], self._market.tariff(interval))
        self._money.corrected(participant, args["bookedNeur"])
        detail = {name: whole(args[name]) for name in ("before", "corrected", "tradedWh", "valueNeur", "bookedNeur")}
        self._rows.add(
            participant_changes,
            **place(event),
            participant=participant,
            kind="correction",
            from_interval=interval,
            detail=json.dumps(detail | {"reason": hexed(args["reason"])}, separators=(",", ":")),
        )

    def _settle(self, row: Row, reading: Reading, traded_wh: int, tariff: Tariff) -> None:
        """Bring a settlement and its day in line with the corrected reading."""
        before = {name: row[name] for name in _FOLLOWING}
        estimated = row["quality"] == Quality.ESTIMATED
        rest = reading.net_wh - traded_wh
        row.update(
            quality=int(reading.quality),
            production_wh=reading.production_wh,
            consumption_wh=reading.consumption_wh,
            own_use_wh=reading.own_use_wh,
            grid_import_wh=max(-rest, 0),
            grid_export_wh=max(rest, 0),
            grid_neur=tariff.grid_value(rest),
            grid_only_neur=tariff.grid_value(reading.net_wh),
        )
        day = self._rows.change(days, row["participant"], self._market.day(row["interval"]))
        if day is not None:
            day["estimated"] -= estimated
            for name, old in before.items():
                day[name] += row[name] - old
