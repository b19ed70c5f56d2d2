"""The state of the community's machinery: who is silent, what waits, where the money stands."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, and_, func, or_, select

from wattcommons.domain.intervals import IntervalRange
from wattcommons.services.store.index_registry_tables import account_lines, accounts, euro_holdings
from wattcommons.services.store.index_tables import (
    conflicts,
    days,
    intervals,
    members,
    participants,
    readings,
    skipped_runs,
)


class MemberFacts(NamedTuple):
    """A member as the registry has it."""

    member: int
    wallet: str
    active: bool


class PointFacts(NamedTuple):
    """A participant as the registry has it, its account, and how much of it was read.

    `settled`: its settled intervals; `waiting`: its readings from the first interval that is not cleared on.
    """

    participant: int
    member: int
    basis: int
    source: int
    gateway: str
    from_interval: int
    until_interval: int | None
    import_w: int
    export_w: int
    suspended: bool
    silent: bool
    device: int | None
    last_interval: int | None
    settled: int
    waiting: int
    balance_neur: int


class Machinery(NamedTuple):
    """Counts over everything."""

    members: int
    participants: int
    skipped_runs: int
    conflicts: int
    euro_held_neur: int


class SkippedLine(NamedTuple):
    """A run that the ledger did not take."""

    block: int
    log_index: int
    participant: int
    first_interval: int
    reason: int
    detail: str
    at: int


class MoneyLine(NamedTuple):
    """A movement of money."""

    block: int
    log_index: int
    participant: int | None
    kind: str
    account: str
    amount_neur: int
    reference: str | None
    at: int


def machinery(connection: Connection) -> Machinery:
    """How many of everything, and the euro that wallets hold."""

    def count(table: object) -> int:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]

    held = connection.execute(select(func.coalesce(func.sum(euro_holdings.c.amount_neur), 0))).scalar_one()
    return Machinery(count(members), count(participants), count(skipped_runs), count(conflicts), int(held))


def next_uncleared(connection: Connection) -> int | None:
    """The interval after the newest that is cleared; None before the first clearing."""
    newest: int | None = connection.execute(select(func.max(intervals.c.interval))).scalar()
    return None if newest is None else newest + 1


def first_interval_of_all(connection: Connection) -> int | None:
    """The first interval of anybody's."""
    found: int | None = connection.execute(select(func.min(participants.c.from_interval))).scalar()
    return found


def read_intervals(connection: Connection, part: IntervalRange) -> dict[int, set[int]]:
    """Participant -> its intervals of a part that have a reading."""
    query = select(readings.c.participant, readings.c.interval).where(
        readings.c.interval >= part.first, readings.c.interval < part.end
    )
    found: dict[int, set[int]] = {}
    for participant, interval in connection.execute(query):
        found.setdefault(participant, set()).add(interval)
    return found


def count_readings_from(connection: Connection, first: int) -> int:
    """How many readings there are of an interval and all after it."""
    return int(connection.execute(select(func.count()).where(readings.c.interval >= first)).scalar_one())


def all_members(connection: Connection) -> list[MemberFacts]:
    """Every member by number."""
    query = select(members.c.member, members.c.wallet, members.c.active).order_by(members.c.member)
    return [MemberFacts(*row) for row in connection.execute(query)]


def all_points(connection: Connection, first_uncleared: int) -> list[PointFacts]:
    """Every participant by number."""
    p = participants.c
    newest = select(func.max(readings.c.interval)).where(readings.c.participant == p.participant).scalar_subquery()
    settled = select(func.sum(days.c.intervals)).where(days.c.participant == p.participant).scalar_subquery()
    waiting = (
        select(func.count())
        .where(readings.c.participant == p.participant, readings.c.interval >= first_uncleared)
        .scalar_subquery()
    )
    query = (
        select(
            *(p[name] for name in PointFacts._fields[:12]),
            newest,
            func.coalesce(settled, 0),
            waiting,
            func.coalesce(accounts.c.balance_neur, 0),
        )
        .select_from(participants.outerjoin(accounts, accounts.c.participant == p.participant))
        .order_by(p.participant)
    )
    return [PointFacts._make(row) for row in connection.execute(query)]


def skipped(connection: Connection, before: tuple[int, ...] | None, limit: int) -> list[SkippedLine]:
    """Runs that were not taken, newest first, before a place (block, log index)."""
    c = skipped_runs.c
    query = select(*(c[name] for name in SkippedLine._fields)).order_by(c.block.desc(), c.log_index.desc())
    if before is not None:
        query = query.where(or_(c.block < before[0], and_(c.block == before[0], c.log_index < before[1])))
    return [SkippedLine._make(row) for row in connection.execute(query.limit(limit))]


def money_lines(connection: Connection, before: tuple[int, ...] | None, limit: int) -> list[MoneyLine]:
    """Movements of money, newest first, before a place (block, log index)."""
    c = account_lines.c
    query = select(*(c[name] for name in MoneyLine._fields)).order_by(c.block.desc(), c.log_index.desc())
    if before is not None:
        query = query.where(or_(c.block < before[0], and_(c.block == before[0], c.log_index < before[1])))
    return [MoneyLine._make(row) for row in connection.execute(query.limit(limit))]
