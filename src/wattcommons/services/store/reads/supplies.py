"""Who supplied whom, by fuel: what lies opposite a participant's fills on the line of each interval.

A fill of `wh` from `offset` on meets the other side's fills that overlap it; see domain/supply_lines.py. Only sums
leave the database.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, case, func, select, text

from wattcommons.domain.intervals import IntervalRange
from wattcommons.services.store.index_tables import devices, intervals, participants, settlements


class Exchange(NamedTuple):
    """`wh` exchanged with `neighbours` others; `fuel`: EECS code of the producing device, None for none registered."""

    fuel: str | None
    wh: int
    value_neur: int
    neighbours: int


def bought_from(connection: Connection, participant: int, covered: IntervalRange) -> list[Exchange]:
    """What was bought, by fuel of the sellers' devices."""
    return _exchanged(connection, participant, covered, mine="bought_wh", theirs="sold_wh")


def sold_to(connection: Connection, participant: int, covered: IntervalRange) -> list[Exchange]:
    """What was sold, by fuel of the participant's own device: one entry, or none."""
    return _exchanged(connection, participant, covered, mine="sold_wh", theirs="bought_wh")


def _exchanged(
    connection: Connection, participant: int, covered: IntervalRange, *, mine: str, theirs: str
) -> list[Exchange]:
    me, other, before = settlements.alias("me"), settlements.alias("other"), settlements.alias("before")
    my_wh, their_wh = me.c[mine], other.c[theirs]
    # The other side's fills cover the line without a gap: mine begins within the last one that begins no later. To say
    # so tells the database where in the line to look. `text`: the conditions of the line's indexes, word for word.
    begins = (
        select(before.c.offset_wh)
        .where(
            before.c.interval == me.c.interval,
            text(f"before.{theirs} > 0"),
            before.c.offset_wh <= me.c.offset_wh,
        )
        .order_by(before.c.offset_wh.desc())
        .limit(1)
        .scalar_subquery()
    )
    start = _larger(me.c.offset_wh, other.c.offset_wh)
    end = _smaller(me.c.offset_wh + my_wh, other.c.offset_wh + their_wh)
    seller = other if theirs == "sold_wh" else me
    owner = participants.alias("owner")
    wh = end - start
    query = (
        select(
            devices.c.fuel,
            func.sum(wh),
            func.sum(wh * func.coalesce(intervals.c.price, 0)),
            func.count(other.c.participant.distinct()),
        )
        .select_from(
            me.join(intervals, intervals.c.interval == me.c.interval)
            .join(other, other.c.interval == me.c.interval)
            .join(owner, owner.c.participant == seller.c.participant)
            .outerjoin(devices, devices.c.device == owner.c.device)
        )
        .where(
            me.c.participant == participant,
            me.c.interval >= covered.first,
            me.c.interval < covered.end,
            me.c.offset_wh.is_not(None),
            my_wh > 0,
            text(f"other.{theirs} > 0"),
            other.c.offset_wh >= begins,
            other.c.offset_wh < me.c.offset_wh + my_wh,
            other.c.offset_wh + their_wh > me.c.offset_wh,
        )
        .group_by(devices.c.fuel)
    )
    return [Exchange(fuel, int(wh), int(value), count) for fuel, wh, value, count in connection.execute(query)]


def _larger(one: ColumnElement[int], other: ColumnElement[int]) -> ColumnElement[int]:
    return case((one > other, one), else_=other)


def _smaller(one: ColumnElement[int], other: ColumnElement[int]) -> ColumnElement[int]:
    return case((one < other, one), else_=other)
