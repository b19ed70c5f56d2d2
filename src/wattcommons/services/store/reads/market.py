"""Prices and results of intervals, and who sat at an interval's table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, case, func, or_, select

from wattcommons.domain.intervals import IntervalRange
from wattcommons.domain.readings import Quality, Reading
from wattcommons.domain.tariff_schedule import TariffSchedule
from wattcommons.domain.tariffs import Tariff
from wattcommons.domain.units import IntervalIndex, MicroEurPerKwh, Wh
from wattcommons.services.store.index_tables import (
    band_codes,
    bands,
    default_bands,
    intervals,
    participant_changes,
    participants,
    readings,
    settlements,
)


class Result(NamedTuple):
    """A cleared interval: what everybody may see. Prices µ€/kWh, None where nobody could trade."""

    interval: int
    price: int | None
    lo: int
    hi: int
    retail: int
    feed_in: int
    network_fee: int
    matched_wh: int
    participants: int
    left_out: bool
    settled: bool

    @property
    def tariff(self) -> Tariff:
        """Backup prices of the interval."""
        return Tariff(MicroEurPerKwh(self.retail), MicroEurPerKwh(self.feed_in), MicroEurPerKwh(self.network_fee))

    def tariff_prices(self) -> dict[str, int]:
        """The same by their names."""
        return {"retail": self.retail, "feed_in": self.feed_in, "network_fee": self.network_fee}


class TradeRow(NamedTuple):
    """One settled interval of a participant; energy in Wh, money in n€."""

    interval: int
    bought_wh: int
    sold_wh: int
    price: int | None
    local_neur: int
    saved_neur: int
    late: bool


class Seated(NamedTuple):
    """A participant of an interval: reading in time (None: none), whether it was allowed to trade."""

    participant: int
    reading: Reading | None
    suspended: bool
    eligible: bool


class Surrounding(NamedTuple):
    """A participant's settled interval in what surrounded it: energy in Wh, prices in µ€/kWh. `surplus_wh`, `short_wh`:
    of the whole community, 0 where fewer than a group's participants are in it.
    """

    interval: int
    consumption_wh: int
    grid_import_wh: int
    grid_export_wh: int
    price: int | None
    network_fee: int
    retail: int
    feed_in: int
    surplus_wh: int
    short_wh: int


_RESULT = tuple(intervals.c[name] for name in Result._fields)


def results(connection: Connection, before: int | None, limit: int) -> list[Result]:
    """Cleared intervals, newest first, from the one before `before` on (None: from the newest)."""
    query = select(*_RESULT).order_by(intervals.c.interval.desc()).limit(limit)
    if before is not None:
        query = query.where(intervals.c.interval < before)
    return [Result(*row) for row in connection.execute(query)]


def traders(connection: Connection, found: Sequence[int]) -> dict[int, int]:
    """How many sold or how many bought in each of these intervals, whichever is less; nobody traded in others."""
    sides = []
    for traded in (settlements.c.sold_wh, settlements.c.bought_wh):
        query = select(settlements.c.interval, func.count()).where(settlements.c.interval.in_(found), traded > 0)
        sides.append({row[0]: row[1] for row in connection.execute(query.group_by(settlements.c.interval))})
    sold, bought = sides
    return {interval: min(sold.get(interval, 0), bought.get(interval, 0)) for interval in sold.keys() | bought.keys()}


def result(connection: Connection, interval: int) -> Result | None:
    """One cleared interval; None when it is not cleared."""
    row = connection.execute(select(*_RESULT).where(intervals.c.interval == interval)).first()
    return None if row is None else Result(*row)


def tariffs(connection: Connection, covered: IntervalRange) -> TariffSchedule:
    """The prices of a range of intervals, past or to come."""
    schedule = TariffSchedule()
    for row in connection.execute(select(bands).order_by(bands.c.band)):
        schedule.add_band(Tariff(row.retail, row.feed_in, row.network_fee))
    always = IntervalIndex(0)  # what is in the index was dated rightly
    for row in connection.execute(select(default_bands).order_by(default_bands.c.block, default_bands.c.log_index)):
        schedule.set_default(row.band, row.from_interval, always)
    query = select(band_codes).where(band_codes.c.interval >= covered.first, band_codes.c.interval < covered.end)
    for row in connection.execute(query):
        schedule.set_codes(row.interval, [row.band], always)
    return schedule


def trades(connection: Connection, participant: int, before: int | None, limit: int) -> list[TradeRow]:
    """A participant's settled intervals, newest first."""
    one = settlements
    query = (
        select(
            one.c.interval,
            one.c.bought_wh,
            one.c.sold_wh,
            intervals.c.price,
            one.c.local_neur,
            one.c.local_neur - one.c.fee_neur + one.c.grid_neur - one.c.grid_only_neur,
            one.c.late,
        )
        .select_from(one.outerjoin(intervals, intervals.c.interval == one.c.interval))
        .where(one.c.participant == participant)
        .order_by(one.c.interval.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(one.c.interval < before)
    return [TradeRow(*row) for row in connection.execute(query)]


def surroundings(connection: Connection, participant: int, covered: IntervalRange, least: int) -> list[Surrounding]:
    """A participant's intervals that were settled in time, in order; see `Surrounding`. `least`: size of a group."""
    one = settlements
    told = intervals.c.settled & (intervals.c.participants >= least)
    query = (
        select(
            one.c.interval,
            one.c.consumption_wh,
            one.c.grid_import_wh,
            one.c.grid_export_wh,
            intervals.c.price,
            intervals.c.network_fee,
            intervals.c.retail,
            intervals.c.feed_in,
            case((told, intervals.c.grid_export_wh), else_=0),
            case((told, intervals.c.grid_import_wh), else_=0),
        )
        .select_from(one.join(intervals, intervals.c.interval == one.c.interval))
        .where(
            one.c.participant == participant,
            one.c.interval >= covered.first,
            one.c.interval < covered.end,
            ~one.c.late,
        )
        .order_by(one.c.interval)
    )
    return [Surrounding._make(row) for row in connection.execute(query)]


def seated(connection: Connection, interval: int) -> list[Seated]:
    """The roster of an interval with the readings that were in before it froze, by participant."""
    until = participants.c.until_interval
    roster = select(participants.c.participant).where(
        participants.c.from_interval <= interval, or_(until.is_(None), until > interval)
    )
    found = {
        row.participant: Reading(Wh(row.production_wh), Wh(row.consumption_wh), Quality(row.quality))
        for row in connection.execute(select(readings).where(readings.c.interval == interval, ~readings.c.late))
    }
    suspended = _in_force(connection, "suspension", interval)
    eligible = _in_force(connection, "credit", interval)
    return [
        Seated(
            index,
            found.get(index),
            bool(suspended.get(index, {}).get("suspended", False)),
            bool(eligible.get(index, {}).get("eligible", True)),
        )
        for index in sorted(connection.execute(roster).scalars())
    ]


def _in_force(connection: Connection, kind: str, interval: int) -> dict[int, dict[str, object]]:
    """Participant -> arguments of the newest change of a kind that reaches an interval: it holds for later ones too."""
    one = participant_changes
    query = (
        select(one.c.participant, one.c.detail)
        .where(one.c.kind == kind, one.c.from_interval <= interval)
        .order_by(one.c.block, one.c.log_index)
    )
    return {row.participant: json.loads(row.detail) for row in connection.execute(query)}
