"""What a member may claim: settled use, the certificates behind it, and what the member cancelled itself."""

from __future__ import annotations

from sqlalchemy import Connection, and_, case, func, select, text

from wattcommons.domain.claims import Metered, Used
from wattcommons.domain.intervals import IntervalRange
from wattcommons.domain.readings import Quality
from wattcommons.domain.units import MAX_INDEX
from wattcommons.services.store.index_registry_tables import certificate_events, certificates, statements
from wattcommons.services.store.index_tables import settlements


def metered_of(connection: Connection, participant: int, part: IntervalRange) -> list[Metered]:
    """A participant's settled intervals of a part, in order of time, with the certified part of each energy."""
    own = _own_certified(connection, participant, part)
    bought = _bought_certified(connection, participant, part)
    names = ("interval", "quality", "consumption_wh", "own_use_wh", "bought_wh")
    query = (
        select(*(settlements.c[name] for name in names))
        .where(
            settlements.c.participant == participant,
            settlements.c.interval >= part.first,
            settlements.c.interval < part.end,
        )
        .order_by(settlements.c.interval)
    )
    return [
        Metered(
            row.interval,
            participant,
            row.consumption_wh,
            row.own_use_wh,
            min(row.own_use_wh, own.get(row.interval, 0)),
            row.bought_wh,
            min(row.bought_wh, bought.get(row.interval, 0)),
            measured=row.quality in (Quality.MEASURED, Quality.CORRECTED),
            corrected=row.quality == Quality.CORRECTED,
        )
        for row in connection.execute(query)
    ]


def used_of(connection: Connection, wallet: str, part: IntervalRange) -> list[Used]:
    """What a wallet cancelled by statements of certificates of a part's intervals."""
    one = certificate_events
    query = (
        select(one.c.statement, one.c.id, func.sum(one.c.wh), statements.c.period_from, statements.c.period_to)
        .select_from(statements.join(one, one.c.statement == statements.c.statement))
        .where(
            statements.c.holder == wallet,
            one.c.kind == "cancelled",
            one.c.id.bitwise_and(MAX_INDEX) >= part.first,
            one.c.id.bitwise_and(MAX_INDEX) < part.end,
        )
        .group_by(one.c.statement, one.c.id, statements.c.period_from, statements.c.period_to)
        .order_by(one.c.statement, one.c.id)
    )
    return [
        Used(statement, number, int(wh), begin, end) for statement, number, wh, begin, end in connection.execute(query)
    ]


def _own_certified(connection: Connection, participant: int, part: IntervalRange) -> dict[int, int]:
    query = (
        select(certificates.c.interval, func.sum(certificates.c.own_use_wh))
        .where(
            certificates.c.participant == participant,
            certificates.c.interval >= part.first,
            certificates.c.interval < part.end,
        )
        .group_by(certificates.c.interval)
    )
    return {interval: int(wh) for interval, wh in connection.execute(query)}


def _bought_certified(connection: Connection, participant: int, part: IntervalRange) -> dict[int, int]:
    """Interval -> Wh bought from makers whose certificates of that interval were cancelled for the buyers.

    The buyer's fill [offset, offset + Wh) on the interval's line, laid over the sellers', each as far as its
    certificate reaches: a first issue after a correction may cover less than was sold.
    """
    me, seller, before = settlements.alias("me"), settlements.alias("seller"), settlements.alias("before")
    # The sellers' fills cover the line without a gap: see `supplies.py`, whose way through the index this is.
    begins = (
        select(before.c.offset_wh)
        .where(
            before.c.interval == me.c.interval,
            text("before.sold_wh > 0"),
            before.c.offset_wh <= me.c.offset_wh,
        )
        .order_by(before.c.offset_wh.desc())
        .limit(1)
        .scalar_subquery()
    )
    my_end, covered_end = me.c.offset_wh + me.c.bought_wh, seller.c.offset_wh + certificates.c.sold_wh
    begin = case((me.c.offset_wh > seller.c.offset_wh, me.c.offset_wh), else_=seller.c.offset_wh)
    overlap = case((my_end < covered_end, my_end), else_=covered_end) - begin
    theirs = and_(certificates.c.participant == seller.c.participant, certificates.c.interval == seller.c.interval)
    query = (
        select(me.c.interval, func.sum(overlap))
        .select_from(me.join(seller, seller.c.interval == me.c.interval).join(certificates, theirs))
        .where(
            me.c.participant == participant,
            me.c.interval >= part.first,
            me.c.interval < part.end,
            me.c.bought_wh > 0,
            me.c.offset_wh.is_not(None),
            text("seller.sold_wh > 0"),  # word for word the condition of the line's index
            seller.c.offset_wh >= begins,
            seller.c.offset_wh < my_end,
            covered_end > me.c.offset_wh,
        )
        .group_by(me.c.interval)
    )
    return {interval: int(wh) for interval, wh in connection.execute(query)}
