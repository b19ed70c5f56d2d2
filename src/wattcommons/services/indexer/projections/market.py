"""Orders, prices, clearings and what each participant did in a settled interval.

The chain announces price and fills; the legs follow from them, the readings that were in time, and the tariff, by the
same rule that the contract settles by (`domain/settlement.py`). An interval is settled here when it is final there:
of one that is settled in part, the fills wait in `open_fills`.
"""

from __future__ import annotations

from collections.abc import Iterable

from wattcommons.chain.deployment import CommunityTerms
from wattcommons.chain.events import Event
from wattcommons.domain.fills import Fill, unpack_fills
from wattcommons.domain.local_time import local_date
from wattcommons.domain.settlement import Legs, legs_of, settle_late
from wattcommons.domain.tariff_schedule import TariffSchedule
from wattcommons.domain.tariffs import Tariff
from wattcommons.domain.units import IntervalIndex, MicroEurPerKwh, ParticipantIndex
from wattcommons.services.indexer.projections.money import Money
from wattcommons.services.indexer.projections.readings import Readings, Recorded
from wattcommons.services.indexer.projections.values import Handlers, place
from wattcommons.services.store.index_rows import Row, Rows
from wattcommons.services.store.index_tables import (
    band_codes,
    bands,
    days,
    default_bands,
    intervals,
    open_fills,
    order_ends,
    orders,
    settlements,
)


class Market:
    """Projects TariffSchedule, OrderBook and EnergyMarket. `zone`: whose days are summed up."""

    def __init__(self, rows: Rows, terms: CommunityTerms, zone: str, readings: Readings, money: Money) -> None:
        self._rows = rows
        self._length = terms.length
        self._zone = zone
        self._readings = readings
        self._money = money
        self._tariffs: TariffSchedule | None = None
        self._days: dict[int, int] = {}

    def handlers(self) -> Handlers:
        """What takes which event."""
        return {
            "TariffSchedule.BandAdded": self._band,
            "TariffSchedule.DefaultBandSet": self._default,
            "TariffSchedule.BandsScheduled": self._scheduled,
            "OrderBook.OrderPlaced": self._placed,
            "OrderBook.OrderCancelled": self._cancelled,
            "EnergyMarket.IntervalCleared": self._cleared,
            "EnergyMarket.FillsSettled": self._fills,
            "EnergyMarket.IntervalSettled": self._settled,
            "EnergyMarket.LateSettled": self._late,
        }

    # --- prices ---------------------------------------------------------------------------------------

    def _schedule(self) -> TariffSchedule:
        """The prices as the store has them; afterwards each event is followed in memory, too."""
        if self._tariffs is None:
            schedule = TariffSchedule()
            for _, retail, feed_in, fee in self._rows.select(bands):
                schedule.add_band(Tariff(MicroEurPerKwh(retail), MicroEurPerKwh(feed_in), MicroEurPerKwh(fee)))
            for _, _, band, first in self._rows.select(default_bands):
                schedule.set_default(band, IntervalIndex(first), IntervalIndex(0))
            for interval, band in self._rows.select(band_codes):
                schedule.set_codes(IntervalIndex(interval), [band], IntervalIndex(0))
            self._tariffs = schedule
        return self._tariffs

    def _band(self, event: Event) -> None:
        args = event.args
        self._schedule().add_band(Tariff(args["retail"], args["feedIn"], args["networkFee"]))
        self._rows.add(
            bands, band=args["band"], retail=args["retail"], feed_in=args["feedIn"], network_fee=args["networkFee"]
        )

    def _default(self, event: Event) -> None:
        args = event.args
        self._schedule().set_default(args["band"], args["fromInterval"], IntervalIndex(0))
        self._rows.add(
            default_bands,
            block=event.block,
            log_index=event.log_index,
            band=args["band"],
            from_interval=args["fromInterval"],
        )

    def _scheduled(self, event: Event) -> None:
        first, codes = event.args["firstInterval"], event.args["codes"]
        self._schedule().set_codes(first, codes, IntervalIndex(0))
        for interval, band in enumerate(codes, first):
            self._rows.put(band_codes, interval=interval, band=band)

    def tariff(self, interval: int) -> Tariff:
        """Prices in force in an interval."""
        return self._schedule().at(IntervalIndex(interval))

    # --- orders ---------------------------------------------------------------------------------------

    def _placed(self, event: Event) -> None:
        args = event.args
        self._rows.add(
            orders,
            **place(event),
            participant=args["participant"],
            nonce=args["nonce"],
            standing=args["standing"],
            shares=args["shares"],
            buy_limit=args["buyLimit"],
            sell_limit=args["sellLimit"],
            buy_cap_wh=args["buyCapWh"],
            sell_cap_wh=args["sellCapWh"],
            from_interval=args["fromInterval"],
            to_interval=args["toInterval"],
        )

    def _cancelled(self, event: Event) -> None:
        args = event.args
        self._rows.add(
            order_ends,
            **place(event),
            participant=args["participant"],
            nonce=args["nonce"],
            standing=args["standing"],
            from_interval=args["fromInterval"],
        )

    # --- clearing and settlement ----------------------------------------------------------------------

    def _cleared(self, event: Event) -> None:
        args = event.args
        tariff = self._schedule().at(args["interval"])
        self._rows.put(
            intervals,
            interval=args["interval"],
            price=args["price"] if args["hasPrice"] else None,
            lo=args["lo"],
            hi=args["hi"],
            matched_wh=args["matchedWh"],
            left_out=args["leftOut"],
            settled=False,
            retail=tariff.retail,
            feed_in=tariff.feed_in,
            network_fee=tariff.network_fee,
            participants=0,
            production_wh=0,
            consumption_wh=0,
            own_use_wh=0,
            grid_import_wh=0,
            grid_export_wh=0,
            saved_neur=0,
            at=event.timestamp,
            cleared_block=event.block,
            settled_block=0,
        )

    def _fills(self, event: Event) -> None:
        args = event.args
        self._rows.put(open_fills, new=True, interval=args["interval"], chunk=args["chunk"], fills=args["fills"].hex())

    def _settled(self, event: Event) -> None:
        interval = event.args["interval"]
        row = self._rows.change(intervals, interval)
        if row is None:
            return
        row["settled"] = True
        row["settled_block"] = event.block
        fills: dict[int, Fill] = {}
        for chunk in self._rows.where(open_fills, interval=interval):
            fills.update((fill.participant, fill) for fill in unpack_fills(bytes.fromhex(chunk["fills"])))
            self._rows.remove(open_fills, interval, chunk["chunk"])
        tariff = self._schedule().at(interval)
        done = []
        for participant, recorded in sorted(self._readings.of(interval).items()):
            if recorded.late:
                continue
            index = ParticipantIndex(participant)
            fill = fills.get(index)
            legs = legs_of(index, recorded.reading, tariff, row["price"], fill.wh if fill else 0)
            done.append((recorded, legs, fill.offset if fill else None))
        self._file(interval, row, done)

    def _late(self, event: Event) -> None:
        participant, interval = event.args["participant"], event.args["interval"]
        recorded = self._readings.of(interval).get(participant)
        if recorded is None:
            return
        legs = settle_late(participant, recorded.reading, self._schedule().at(interval))
        # The interval's sums are public and stay as they are: their change would tell this one reading.
        self._file(interval, None, [(recorded, legs, None)])

    def _file(self, interval: int, row: Row | None, done: Iterable[tuple[Recorded, Legs, int | None]]) -> None:
        """Write settled legs down, and add them to the interval's, the days' and the accounts' sums."""
        day = self.day(interval)
        lines = []
        for recorded, legs, offset in done:
            lines.append(
                (
                    *(interval, legs.participant, recorded.quality, recorded.late),
                    *(recorded.production_wh, recorded.consumption_wh, legs.own_use_wh),
                    *(legs.bought_wh, legs.sold_wh, offset, legs.grid_import_wh, legs.grid_export_wh),
                    *(legs.local_neur, legs.fee_neur, legs.grid_neur, legs.grid_only_neur),
                )
            )
            if row is not None:
                row["participants"] += 1
                row["production_wh"] += recorded.production_wh
                row["consumption_wh"] += recorded.consumption_wh
                row["own_use_wh"] += legs.own_use_wh
                row["grid_import_wh"] += legs.grid_import_wh
                row["grid_export_wh"] += legs.grid_export_wh
                row["saved_neur"] += legs.saved_neur
            self._add_to_day(day, recorded, legs)
            self._money.settled(legs)
        self._rows.add_many(settlements, lines)

    def _add_to_day(self, day: int, recorded: Recorded, legs: Legs) -> None:
        row = self._rows.change(days, legs.participant, day)
        if row is None:
            zeros = {column.name: 0 for column in days.columns}
            row = self._rows.put(days, new=True, **(zeros | {"participant": legs.participant, "day": day}))
        row["intervals"] += 1
        row["estimated"] += recorded.quality == 2
        row["production_wh"] += recorded.production_wh
        row["consumption_wh"] += recorded.consumption_wh
        row["own_use_wh"] += legs.own_use_wh
        row["bought_wh"] += legs.bought_wh
        row["sold_wh"] += legs.sold_wh
        row["grid_import_wh"] += legs.grid_import_wh
        row["grid_export_wh"] += legs.grid_export_wh
        row["local_neur"] += legs.local_neur
        row["fee_neur"] += legs.fee_neur
        row["grid_neur"] += legs.grid_neur
        row["grid_only_neur"] += legs.grid_only_neur

    def day(self, interval: int) -> int:
        """The local day an interval belongs to, as an ordinal."""
        day = self._days.get(interval)
        if day is None:
            if len(self._days) > 50_000:
                self._days.clear()
            day = self._days[interval] = local_date(interval, self._length, self._zone).toordinal()
        return day
