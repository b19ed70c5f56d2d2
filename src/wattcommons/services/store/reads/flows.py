"""A participant's energy and money: intervals as they were read and settled, and sums of them.

Sums over whole local days come from `days`; only readings that are not settled yet are looked up one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import add
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, func, literal, select, union_all

from wattcommons.domain.intervals import IntervalRange
from wattcommons.services.store.index_tables import days, readings, settlements

_SUMMED: Final = (
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


class FlowSums(NamedTuple):
    """Energy (Wh) and money (n€, received is positive, `fee_neur` a cost) over some time.

    `read` intervals have a reading, `estimated` of them an estimated one, `settled` of them are settled. What is read
    and not settled is in production and consumption alone.
    """

    production_wh: int = 0
    consumption_wh: int = 0
    own_use_wh: int = 0
    bought_wh: int = 0
    sold_wh: int = 0
    grid_import_wh: int = 0
    grid_export_wh: int = 0
    local_neur: int = 0
    fee_neur: int = 0
    grid_neur: int = 0
    grid_only_neur: int = 0
    read: int = 0
    settled: int = 0
    estimated: int = 0

    @property
    def value_neur(self) -> int:
        """All legs together."""
        return self.local_neur - self.fee_neur + self.grid_neur

    @property
    def saved_neur(self) -> int:
        """What was gained over dealing with the grid alone."""
        return self.value_neur - self.grid_only_neur

    def plus(self, other: FlowSums) -> FlowSums:
        """Both together."""
        return FlowSums(*map(add, self, other))


_ESTIMATED: Final = 2


class IntervalFlow(NamedTuple):
    """One interval that has a reading. `quality` as in domain/readings.py."""

    interval: int
    quality: int
    sums: FlowSums


class DayFlow(NamedTuple):
    """A local day's settled intervals; `day` as in date.toordinal()."""

    day: int
    sums: FlowSums


def by_interval(connection: Connection, participant: int, covered: IntervalRange) -> list[IntervalFlow]:
    """Every interval with a reading, in order of time."""
    joined = readings.outerjoin(
        settlements,
        and_(
            settlements.c.interval == readings.c.interval,
            settlements.c.participant == readings.c.participant,
        ),
    )
    query = (
        select(
            readings.c.interval,
            readings.c.quality,
            readings.c.production_wh,
            readings.c.consumption_wh,
            *(settlements.c[name] for name in _SUMMED[2:]),
        )
        .select_from(joined)
        .where(*_within(participant, covered))
        .order_by(readings.c.interval)
    )
    return [_interval(row) for row in connection.execute(query)]


def sum_of(parts: Sequence[IntervalFlow | DayFlow]) -> FlowSums:
    """Everything together."""
    return FlowSums(*map(sum, zip(*(one.sums for one in parts), strict=True)))


def settled_sums(connection: Connection, participant: int, covered: IntervalRange) -> FlowSums:
    """The sums of a range's settled intervals alone, added up by the database."""
    one = settlements
    query = select(
        *(func.coalesce(func.sum(one.c[name]), 0) for name in _SUMMED),
        func.count(),
        func.count(),
        func.count().filter(one.c.quality == _ESTIMATED),
    ).where(one.c.participant == participant, one.c.interval >= covered.first, one.c.interval < covered.end)
    return FlowSums(*(int(value) for value in connection.execute(query).one()))


def by_day(connection: Connection, participant: int, first_day: int, end_day: int) -> list[DayFlow]:
    """Local days [first_day, end_day) that have settled intervals, in order."""
    query = (
        select(days)
        .where(days.c.participant == participant, days.c.day >= first_day, days.c.day < end_day)
        .order_by(days.c.day)
    )
    return [DayFlow(row.day, FlowSums(*_legs(row))) for row in connection.execute(query)]


def unsettled(connection: Connection, participant: int, columns: Sequence[IntervalRange]) -> list[IntervalFlow]:
    """Readings of these ranges that are not settled, in order of time."""
    if not columns:
        return []
    covered = IntervalRange(columns[0].first, columns[-1].end)
    settled = select(literal(1)).where(
        settlements.c.interval == readings.c.interval, settlements.c.participant == readings.c.participant
    )
    query = (
        select(readings.c.interval, readings.c.quality, readings.c.production_wh, readings.c.consumption_wh)
        .where(*_within(participant, covered), ~settled.exists())
        .order_by(readings.c.interval)
    )
    return [
        IntervalFlow(
            row.interval,
            row.quality,
            FlowSums(row.production_wh, row.consumption_wh, read=1, estimated=int(row.quality == _ESTIMATED)),
        )
        for row in connection.execute(query)
    ]


def counts(connection: Connection, participant: int, columns: Sequence[IntervalRange]) -> list[int]:
    """How many readings each range holds: an index alone answers, so this is cheap for a year."""
    parts = [
        select(literal(place).label("place"), func.count().label("found"))
        .select_from(readings)
        .where(*_within(participant, covered))
        for place, covered in enumerate(columns)
    ]
    found = dict.fromkeys(range(len(columns)), 0)
    if parts:
        found.update({row.place: row.found for row in connection.execute(union_all(*parts))})
    return list(found.values())


def latest(connection: Connection, participant: int) -> IntervalFlow | None:
    """The newest interval that has a reading."""
    query = select(func.max(readings.c.interval)).where(readings.c.participant == participant)
    newest = connection.execute(query).scalar()
    if newest is None:
        return None
    [found] = by_interval(connection, participant, IntervalRange(newest, newest + 1))
    return found


def measured(connection: Connection, participant: int, covered: IntervalRange) -> tuple[int, int, int]:
    """Consumption (Wh) of a range's readings, how many there are, and how many are measured or corrected."""
    query = select(
        func.coalesce(func.sum(readings.c.consumption_wh), 0),
        func.count(),
        func.count().filter(readings.c.quality != _ESTIMATED),
    ).where(*_within(participant, covered))
    wh, found, good = connection.execute(query).one()
    return int(wh), found, good


def consumption(connection: Connection, participant: int, covered: IntervalRange) -> list[tuple[int, int]]:
    """(interval, Wh used) of every reading of a range, in order of time."""
    query = select(readings.c.interval, readings.c.consumption_wh).where(*_within(participant, covered))
    return [(row[0], row[1]) for row in connection.execute(query.order_by(readings.c.interval))]


def _within(participant: int, covered: IntervalRange) -> tuple[ColumnElement[bool], ...]:
    return (
        readings.c.participant == participant,
        readings.c.interval >= covered.first,
        readings.c.interval < covered.end,
    )


def _interval(row: Any) -> IntervalFlow:
    interval, quality, production, consumption, *legs = row
    settled = legs[0] is not None
    values = legs if settled else [0] * len(legs)
    counted = {"read": 1, "settled": int(settled), "estimated": int(quality == _ESTIMATED)}
    sums = FlowSums(production, consumption, *values, **counted)
    return IntervalFlow(interval, quality, sums)


def _legs(row: Any) -> list[int]:
    return [*(getattr(row, name) for name in _SUMMED), row.intervals, row.intervals, row.estimated]
