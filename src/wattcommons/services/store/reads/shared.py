"""A participant's readings as somebody with a consent may see them."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Case, Connection, case, func, select

from wattcommons.domain.intervals import IntervalRange
from wattcommons.domain.readings import Quality
from wattcommons.services.store.index_tables import readings


class SharedReading(NamedTuple):
    """One interval's reading, Wh."""

    interval: int
    production_wh: int
    consumption_wh: int
    quality: Quality


class SharedSums(NamedTuple):
    """Sums of some intervals: how many of them have a reading, how many an estimated or a corrected one."""

    read: int
    estimated: int
    corrected: int
    production_wh: int
    consumption_wh: int


def shared_readings(connection: Connection, participant: int, part: IntervalRange) -> dict[int, SharedReading]:
    """The intervals of a part that have a reading."""
    c = readings.c
    query = select(c.interval, c.production_wh, c.consumption_wh, c.quality).where(
        c.participant == participant, c.interval >= part.first, c.interval < part.end
    )
    return {
        interval: SharedReading(interval, production, consumption, Quality(quality))
        for interval, production, consumption, quality in connection.execute(query)
    }


def shared_sums(connection: Connection, participant: int, part: IntervalRange) -> SharedSums:
    """The sums of a part."""
    c = readings.c

    def of(quality: Quality) -> Case[int]:
        return case((c.quality == int(quality), 1), else_=0)

    query = select(
        func.count(),
        func.coalesce(func.sum(of(Quality.ESTIMATED)), 0),
        func.coalesce(func.sum(of(Quality.CORRECTED)), 0),
        func.coalesce(func.sum(c.production_wh), 0),
        func.coalesce(func.sum(c.consumption_wh), 0),
    ).where(c.participant == participant, c.interval >= part.first, c.interval < part.end)
    return SharedSums(*(int(value) for value in connection.execute(query).one()))
