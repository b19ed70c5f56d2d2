"""Sums over the whole community, interval by interval or over columns of a chart.

Only intervals that are settled as a whole and hold at least `least` participants count, in every sum alike: so no two
answers differ by what a few did. Late readings are in none of them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, func, literal, or_, select, union_all

from wattcommons.domain.intervals import IntervalRange
from wattcommons.services.store.index_tables import days, devices, intervals, members, participants, settlements

_ZERO: Final = literal(0)
_ROWS_FROM: Final = 12


class CommunitySums(NamedTuple):
    """Energy (Wh) and saving (n€) of everybody over a range. `value_neur`: Σ price × Wh traded; `priced`, `retail`,
    `feed_in`: number of intervals, and the sums of their backup prices.
    """

    intervals: int
    production_wh: int
    consumption_wh: int
    own_use_wh: int
    matched_wh: int
    grid_import_wh: int
    grid_export_wh: int
    saved_neur: int
    value_neur: int
    retail: int
    feed_in: int


class Numbers(NamedTuple):
    """How many take part at present."""

    members: int
    participants: int
    producers: int


class Kind(NamedTuple):
    """What devices of one EECS fuel code produced."""

    fuel: str
    production_wh: int
    plants: int


def numbers(connection: Connection, interval: int) -> Numbers:
    """Members with an open account, participants of an interval, and those of them with a device."""
    active = _active(interval)
    people = connection.execute(select(func.count()).select_from(members).where(members.c.active)).scalar_one()
    points, plants = connection.execute(
        select(func.count(), func.count(participants.c.device)).select_from(participants).where(active)
    ).one()
    return Numbers(people, points, plants)


def column_sums(connection: Connection, columns: Sequence[IntervalRange], least: int) -> list[CommunitySums]:
    """The sums of each column, from whole intervals of at least `least` participants."""
    if not columns:
        return []
    if len(columns) > _ROWS_FROM:
        return _from_rows(connection, columns, least)
    parts = [
        select(literal(place).label("place"), *_sums()).where(*_counted(column, least))
        for place, column in enumerate(columns)
    ]
    found = {
        row[0]: CommunitySums(*(int(one) for one in row[1:])) for row in connection.execute(union_all(*parts)).all()
    }
    return [found[place] for place in range(len(columns))]


def last_small(connection: Connection, covered: IntervalRange, least: int) -> int | None:
    """The newest settled interval of a range that holds fewer than `least` participants; None without one."""
    query = select(func.max(intervals.c.interval)).where(
        intervals.c.interval >= covered.first,
        intervals.c.interval < covered.end,
        intervals.c.settled,
        intervals.c.participants < least,
    )
    return connection.execute(query).scalar()


def mix(connection: Connection, covered: IntervalRange, first_day: int, end_day: int) -> list[Kind]:
    """Production of local days [first_day, end_day), which are the intervals of `covered`, by fuel: of participants
    with a device, settled in time.
    """
    totals = (
        select(
            devices.c.fuel,
            func.coalesce(func.sum(days.c.production_wh), 0),
            func.count(days.c.participant.distinct()),
        )
        .select_from(devices.join(days, days.c.participant == devices.c.participant))
        .where(days.c.day >= first_day, days.c.day < end_day)
        .group_by(devices.c.fuel)
    )
    late = select(settlements.c.participant, settlements.c.production_wh).where(
        settlements.c.late, settlements.c.interval >= covered.first, settlements.c.interval < covered.end
    )
    fuels = {row.participant: row.fuel for row in connection.execute(select(devices.c.participant, devices.c.fuel))}
    without: Counter[str] = Counter()
    for participant, wh in connection.execute(late):
        if participant in fuels:
            without[fuels[participant]] += wh
    return [Kind(fuel, int(wh) - without[fuel], plants) for fuel, wh, plants in connection.execute(totals)]


def _from_rows(connection: Connection, columns: Sequence[IntervalRange], least: int) -> list[CommunitySums]:
    """Many columns of few intervals: adding them up here is faster than asking for each."""
    query = select(intervals.c.interval, literal(1), *_added()).where(
        *_counted(IntervalRange(columns[0].first, columns[-1].end), least)
    )
    starts = [column.first for column in columns]
    found: dict[int, list[tuple[int, ...]]] = {}
    for interval, *values in connection.execute(query):
        found.setdefault(bisect_right(starts, interval) - 1, []).append(tuple(values))
    nothing = CommunitySums(*[0] * len(CommunitySums._fields))
    return [
        CommunitySums(*map(sum, zip(*found[place], strict=True))) if place in found else nothing
        for place in range(len(columns))
    ]


def _added() -> list[ColumnElement[int]]:
    names = ("production_wh", "consumption_wh", "own_use_wh", "matched_wh", "grid_import_wh", "grid_export_wh")
    return [
        *(intervals.c[name] for name in names),
        intervals.c.saved_neur,
        func.coalesce(intervals.c.price, _ZERO) * intervals.c.matched_wh,
        intervals.c.retail,
        intervals.c.feed_in,
    ]


def _sums() -> list[ColumnElement[int]]:
    return [func.count(intervals.c.interval), *(func.coalesce(func.sum(one), _ZERO) for one in _added())]


def _counted(column: IntervalRange, least: int) -> tuple[ColumnElement[bool], ...]:
    return (
        intervals.c.interval >= column.first,
        intervals.c.interval < column.end,
        intervals.c.settled,
        intervals.c.participants >= least,
    )


def _active(interval: int) -> ColumnElement[bool]:
    until = participants.c.until_interval
    return (participants.c.from_interval <= interval) & or_(until.is_(None), until > interval)
