"""Orders and cancellations as they landed."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, func, select

from wattcommons.domain.order_history import Ended, Placed
from wattcommons.domain.orders import LimitKind, Order
from wattcommons.domain.units import IntervalIndex, ParticipantIndex, Wh
from wattcommons.services.store.index_tables import order_ends, orders


def order_events(connection: Connection, participant: int) -> list[Placed | Ended]:
    """Everything of one participant, in the order of landing. Deadlines are not kept: they read 0."""
    placed = connection.execute(select(orders).where(orders.c.participant == participant)).all()
    ended = connection.execute(select(order_ends).where(order_ends.c.participant == participant)).all()
    rows: list[tuple[Any, Placed | Ended]] = [
        *((row, _placed(row)) for row in placed),
        *((row, _ended(row)) for row in ended),
    ]
    return [event for _, event in sorted(rows, key=lambda pair: (pair[0].block, pair[0].log_index))]


def events_at(connection: Connection, interval: int) -> dict[int, list[Placed | Ended]]:
    """Participant -> what decides about its order in an interval: of each layer the newest order, and the newest
    cancellations, that begin by then; in the order of landing.
    """
    rows: list[tuple[Any, Placed | Ended]] = []
    for table, make in ((orders, _placed), (order_ends, _ended)):
        newest = (
            select(table.c.participant, table.c.standing, func.max(table.c.nonce).label("nonce"))
            .where(table.c.from_interval <= interval)
            .group_by(table.c.participant, table.c.standing)
            .subquery()
        )
        query = select(table).join(
            newest, (table.c.participant == newest.c.participant) & (table.c.nonce == newest.c.nonce)
        )
        rows += [(row, make(row)) for row in connection.execute(query)]
    found: dict[int, list[Placed | Ended]] = defaultdict(list)
    for row, event in sorted(rows, key=lambda pair: (pair[0].block, pair[0].log_index)):
        found[row.participant].append(event)
    return found


def _placed(row: Any) -> Placed:
    order = Order(
        participant=ParticipantIndex(row.participant),
        kind=LimitKind.SHARE if row.shares else LimitKind.FIXED,
        standing=bool(row.standing),
        buy_limit=row.buy_limit,
        sell_limit=row.sell_limit,
        buy_cap_wh=Wh(row.buy_cap_wh),
        sell_cap_wh=Wh(row.sell_cap_wh),
        from_interval=IntervalIndex(row.from_interval),
        to_interval=IntervalIndex(row.to_interval),
        nonce=row.nonce,
        deadline=0,
    )
    return Placed(order, row.at)


def _ended(row: Any) -> Ended:
    return Ended(row.nonce, bool(row.standing), IntervalIndex(row.from_interval))
