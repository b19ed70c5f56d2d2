"""A participant's intervals for files and statements: readings with what settled them and the grid's prices then."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, and_, func, select

from wattcommons.domain.intervals import IntervalRange
from wattcommons.domain.readings import Quality
from wattcommons.domain.statements import SettledLine
from wattcommons.domain.tariffs import Tariff
from wattcommons.domain.units import IntervalIndex, MicroEurPerKwh
from wattcommons.services.store.index_tables import intervals, participants, readings, settlements


class ExportRow(NamedTuple):
    """Wh, µ€/kWh and n€. What follows `settled` is None until the interval is settled; `price` also without a trade."""

    interval: int
    production_wh: int
    consumption_wh: int
    quality: int
    settled: bool
    own_use_wh: int | None
    bought_wh: int | None
    sold_wh: int | None
    grid_import_wh: int | None
    grid_export_wh: int | None
    local_neur: int | None
    fee_neur: int | None
    grid_neur: int | None
    grid_only_neur: int | None
    price: int | None
    retail: int | None
    feed_in: int | None
    network_fee: int | None


class ParticipantFacts(NamedTuple):
    """`until_interval`: first interval it no longer takes part in, None while nobody has ended it."""

    participant: int
    member: int
    basis: int
    source: int
    from_interval: int
    until_interval: int | None

    def owned(self, part: IntervalRange) -> IntervalRange:
        """The intervals of `part` that belong to this ownership; an empty one begins where `part` does."""
        first = max(part.first, self.from_interval)
        end = part.end if self.until_interval is None else min(part.end, self.until_interval)
        if first >= end:
            return IntervalRange(part.first, part.first)
        return IntervalRange(IntervalIndex(first), IntervalIndex(end))


_FACTS = (
    participants.c.participant,
    participants.c.member,
    participants.c.basis,
    participants.c.source,
    participants.c.from_interval,
    participants.c.until_interval,
)
_LEGS = ("own_use_wh", "bought_wh", "sold_wh", "grid_import_wh", "grid_export_wh")
_MONEY = ("local_neur", "fee_neur", "grid_neur", "grid_only_neur")
_PRICES = ("retail", "feed_in", "network_fee")


def participant_facts(connection: Connection, participant: int) -> ParticipantFacts | None:
    """What the registry says of a participant; None for an unknown one."""
    row = connection.execute(select(*_FACTS).where(participants.c.participant == participant)).first()
    return None if row is None else ParticipantFacts(*row)


def all_participants(connection: Connection) -> list[ParticipantFacts]:
    """Everybody, those of ended ownership among them, by number."""
    return [ParticipantFacts(*row) for row in connection.execute(select(*_FACTS).order_by(participants.c.participant))]


def export_rows(connection: Connection, participant: int, part: IntervalRange, limit: int) -> list[ExportRow]:
    """The first `limit` intervals of a part that have a reading, in order of time."""
    here = and_(settlements.c.participant == readings.c.participant, settlements.c.interval == readings.c.interval)
    query = (
        select(
            *(readings.c[name] for name in ("interval", "production_wh", "consumption_wh", "quality")),
            settlements.c.participant.is_not(None).label("settled"),
            *(settlements.c[name] for name in (*_LEGS, *_MONEY)),
            *(intervals.c[name] for name in ("price", *_PRICES)),
        )
        .select_from(
            readings.outerjoin(settlements, here).outerjoin(
                intervals, and_(intervals.c.interval == settlements.c.interval)
            )
        )
        .where(
            readings.c.participant == participant,
            readings.c.interval >= part.first,
            readings.c.interval < part.end,
        )
        .order_by(readings.c.interval)
        .limit(limit)
    )
    return [ExportRow._make(row) for row in connection.execute(query)]


def settled_lines(connection: Connection, participant: int, part: IntervalRange) -> list[SettledLine]:
    """A participant's settled intervals of a part, each with the grid's prices of its time."""
    names = ("interval", "quality", "late", "production_wh", "consumption_wh", *_LEGS, *_MONEY)
    query = (
        select(*(settlements.c[name] for name in names), *(intervals.c[name] for name in _PRICES))
        .join(intervals, intervals.c.interval == settlements.c.interval)
        .where(
            settlements.c.participant == participant,
            settlements.c.interval >= part.first,
            settlements.c.interval < part.end,
        )
    )
    tariffs: dict[tuple[int, ...], Tariff] = {}
    lines = []
    for row in connection.execute(query):
        prices = tuple(row[len(names) :])
        if prices not in tariffs:
            tariffs[prices] = Tariff(*(MicroEurPerKwh(price) for price in prices))
        interval, quality, late, *rest = row[: len(names)]
        settled = (IntervalIndex(interval), Quality(quality), bool(late), *rest, tariffs[prices])
        lines.append(SettledLine._make(settled))
    return lines


def count_readings(connection: Connection, participant: int, part: IntervalRange) -> int:
    """How many intervals of a part have a reading."""
    query = select(func.count()).where(
        readings.c.participant == participant, readings.c.interval >= part.first, readings.c.interval < part.end
    )
    return int(connection.execute(query).scalar_one())
