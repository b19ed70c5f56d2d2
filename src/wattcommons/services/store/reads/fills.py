"""Who was supplied by a producer: its fills of a time, and the buyers' fills beside them."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, and_, select

from wattcommons.domain.fills import Fill
from wattcommons.domain.intervals import IntervalRange
from wattcommons.domain.units import ParticipantIndex
from wattcommons.services.store.index_tables import settlements


class Injection(NamedTuple):
    """What a producer injected in an interval, Wh; its fill where it sold, and the fills that overlap it."""

    injected_wh: int
    sold: Fill | None
    bought: list[Fill]


def injections(connection: Connection, producer: int, part: IntervalRange) -> dict[int, Injection]:
    """A producer's settled intervals of a part in which it injected anything."""
    own = (
        settlements.c.participant == producer,
        settlements.c.interval >= part.first,
        settlements.c.interval < part.end,
    )
    columns = (settlements.c.interval, settlements.c.sold_wh, settlements.c.offset_wh, settlements.c.grid_export_wh)
    found: dict[int, Injection] = {}
    for interval, sold, offset, export in connection.execute(select(*columns).where(*own)):
        if sold + export:
            fill = Fill(ParticipantIndex(producer), sold, offset) if sold else None
            found[interval] = Injection(sold + export, fill, [])
    sale, buy = settlements.alias("sale"), settlements.alias("buy")
    overlapping = and_(
        buy.c.interval == sale.c.interval,
        buy.c.bought_wh > 0,
        buy.c.offset_wh < sale.c.offset_wh + sale.c.sold_wh,
        buy.c.offset_wh + buy.c.bought_wh > sale.c.offset_wh,
    )
    query = (
        select(buy.c.interval, buy.c.participant, buy.c.bought_wh, buy.c.offset_wh)
        .select_from(sale.join(buy, overlapping))
        .where(
            sale.c.participant == producer,
            sale.c.interval >= part.first,
            sale.c.interval < part.end,
            sale.c.sold_wh > 0,
        )
    )
    for interval, buyer, bought, offset in connection.execute(query):
        found[interval].bought.append(Fill(ParticipantIndex(buyer), -bought, offset))
    return found
