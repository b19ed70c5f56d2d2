"""Certificates, their lives and the statements of their use, as they concern one wallet or its participants.

A certificate's number is device · 2^32 + interval, so an interval is its low 32 bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, func, or_, select, tuple_

from wattcommons.domain.units import MAX_INDEX
from wattcommons.services.store.index_registry_tables import certificate_events, certificates, holdings, statements
from wattcommons.services.store.index_tables import devices


class CertificateRow(NamedTuple):
    """A certificate in Wh; `fuel`: EECS code of its device. `more_wh`: issued by corrections of the reading, beside
    what was minted at issue. `cancelled_wh`: by statements, whoever made them.
    """

    id: int
    device: int
    fuel: str | None
    interval: int
    participant: int
    own_use_wh: int
    sold_wh: int
    minted_wh: int
    more_wh: int
    claimable_wh: int
    cancelled_wh: int
    withdrawn_wh: int
    at: int


class EventRow(NamedTuple):
    """One event of a certificate's life, in the order of the chain."""

    block: int
    log_index: int
    kind: str
    wh: int
    source: str | None
    target: str | None
    statement: int | None
    reason: str | None
    at: int
    tx_hash: str


class StatementRow(NamedTuple):
    """A cancellation statement with what it used: (certificate, Wh) each."""

    statement: int
    holder: str
    beneficiary: str
    purpose: str
    period_from: int
    period_to: int
    country: str
    statement_hash: str
    total_wh: int
    at: int
    items: tuple[tuple[int, int], ...]


class CertificateSums(NamedTuple):
    """Wh over many certificates: what was made of one's own production, what one holds and what one has used."""

    own_use_wh: int
    sold_wh: int
    held_wh: int
    cancelled_wh: int


class Owner(NamedTuple):
    """Whose certificates: a wallet, and the participants and devices that are its member's."""

    wallet: str
    participants: tuple[int, ...]
    devices: tuple[int, ...]


class Filter(NamedTuple):
    """Certificates of intervals [first, end). `held`: only those of which the owner's wallet holds something."""

    first: int = 0
    end: int = MAX_INDEX + 1
    held: bool = False


_ROW = (
    certificates.c.id,
    certificates.c.device,
    devices.c.fuel,
    *(certificates.c[name] for name in CertificateRow._fields[3:]),
)
_JOINED = certificates.outerjoin(devices, devices.c.device == certificates.c.device)
_EVENT = tuple(certificate_events.c[name] for name in EventRow._fields)


def owner_of(connection: Connection, wallet: str, participants: tuple[int, ...]) -> Owner:
    """A wallet with its participants, and the devices that ever earned certificates for them or do now."""
    bound = select(devices.c.device).where(devices.c.participant.in_(participants))
    return Owner(wallet, participants, tuple(connection.execute(bound).scalars()) if participants else ())


def certificate(connection: Connection, number: int) -> CertificateRow | None:
    """One certificate; None when it was never issued."""
    row = connection.execute(select(*_ROW).select_from(_JOINED).where(certificates.c.id == number)).first()
    return None if row is None else CertificateRow(*row)


def page(
    connection: Connection, owner: Owner, wanted: Filter, after: tuple[int, int] | None, limit: int
) -> list[CertificateRow]:
    """Certificates of the owner's production and those it holds, newest first: by interval, then by number.

    `after`: (interval, number) of the last one before.
    """
    place = (certificates.c.interval, certificates.c.id)
    conditions = [certificates.c.interval >= wanted.first, certificates.c.interval < wanted.end]
    if after is not None:
        conditions.append(tuple_(*place) < after)
        conditions.append(certificates.c.interval <= after[0])  # the part of it that an index can use
    query = select(*_ROW).order_by(*(one.desc() for one in place)).limit(limit)
    if wanted.held:
        mine = query.select_from(_JOINED.join(holdings, holdings.c.id == certificates.c.id))
        mine = mine.where(holdings.c.holder == owner.wallet, holdings.c.wh > 0, *conditions)
        return [CertificateRow(*row) for row in connection.execute(mine)]
    found: list[CertificateRow] = []
    for participant in owner.participants:
        produced = query.select_from(_JOINED).where(certificates.c.participant == participant, *conditions)
        found += [CertificateRow(*row) for row in connection.execute(produced)]
    bought = (
        query.select_from(_JOINED.join(holdings, holdings.c.id == certificates.c.id))
        .where(holdings.c.holder == owner.wallet, *_foreign(owner), *conditions)
        .where(certificates.c.participant.not_in(owner.participants))
    )
    found += [CertificateRow(*row) for row in connection.execute(bought)]
    return sorted(found, key=lambda row: (row.interval, row.id), reverse=True)[:limit]


def sums(connection: Connection, owner: Owner, wanted: Filter) -> CertificateSums:
    """Over all of the owner's certificates of the filter's intervals, whether anything of them is held or not."""
    own_use, sold = connection.execute(
        select(_sum(certificates.c.own_use_wh), _sum(certificates.c.sold_wh)).where(
            certificates.c.participant.in_(owner.participants),
            certificates.c.interval >= wanted.first,
            certificates.c.interval < wanted.end,
        )
    ).one()
    held = connection.execute(
        select(_sum(holdings.c.wh)).where(holdings.c.holder == owner.wallet, *_of_intervals(holdings.c.id, wanted))
    ).scalar_one()
    used = connection.execute(
        select(_sum(certificate_events.c.wh))
        .select_from(statements.join(certificate_events, certificate_events.c.statement == statements.c.statement))
        .where(
            statements.c.holder == owner.wallet,
            certificate_events.c.kind == "cancelled",
            *_of_intervals(certificate_events.c.id, wanted),
        )
    ).scalar_one()
    return CertificateSums(int(own_use), int(sold), int(held), int(used))


def held(connection: Connection, wallet: str, numbers: Sequence[int]) -> dict[int, int]:
    """Certificate -> Wh that a wallet holds of it, where it holds any."""
    query = select(holdings.c.id, holdings.c.wh).where(holdings.c.id.in_(numbers), holdings.c.holder == wallet)
    return {row.id: row.wh for row in connection.execute(query)} if numbers else {}


def cancelled_by(connection: Connection, wallet: str, numbers: Sequence[int]) -> dict[int, int]:
    """Certificate -> Wh of it that a wallet has cancelled."""
    one = certificate_events
    query = (
        select(one.c.id, _sum(one.c.wh))
        .where(one.c.id.in_(numbers), one.c.kind == "cancelled", one.c.source == wallet)
        .group_by(one.c.id)
    )
    return {number: int(wh) for number, wh in connection.execute(query)} if numbers else {}


def holders(connection: Connection, number: int) -> list[tuple[str, int]]:
    """Who holds how many Wh of a certificate, none of 0 Wh, by account."""
    query = select(holdings.c.holder, holdings.c.wh).where(holdings.c.id == number, holdings.c.wh > 0)
    return [(row.holder, row.wh) for row in connection.execute(query.order_by(holdings.c.holder))]


def events(connection: Connection, number: int) -> list[EventRow]:
    """Everything that happened to a certificate, in the order of the chain."""
    one = certificate_events
    query = select(*_EVENT).where(one.c.id == number).order_by(one.c.block, one.c.log_index, one.c.part)
    return [EventRow(*row) for row in connection.execute(query)]


def statements_of(connection: Connection, wallet: str, before: int | None, limit: int) -> list[StatementRow]:
    """A holder's statements, newest first."""
    query = select(statements).where(statements.c.holder == wallet).order_by(statements.c.statement.desc())
    if before is not None:
        query = query.where(statements.c.statement < before)
    return _with_items(connection, connection.execute(query.limit(limit)).all())


def statements_by_number(connection: Connection, numbers: Sequence[int]) -> list[StatementRow]:
    """Statements by their numbers, without what else they used."""
    if not numbers:
        return []
    query = select(statements).where(statements.c.statement.in_(numbers)).order_by(statements.c.statement)
    return [StatementRow(*(*row, ())) for row in connection.execute(query)]


def _with_items(connection: Connection, rows: Sequence[Any]) -> list[StatementRow]:
    if not rows:
        return []
    one = certificate_events
    query = (
        select(one.c.statement, one.c.id, one.c.wh)
        .where(one.c.statement.in_([row[0] for row in rows]), one.c.kind == "cancelled")
        .order_by(one.c.block, one.c.log_index, one.c.part)
    )
    items: dict[int, list[tuple[int, int]]] = {}
    for statement, number, wh in connection.execute(query):
        items.setdefault(statement, []).append((number, wh))
    return [StatementRow(*(*row, tuple(items.get(row[0], ())))) for row in rows]


def _foreign(owner: Owner) -> list[ColumnElement[bool]]:
    """Passes over the owner's own production, which is most of what a producer holds, by the index alone."""
    return [
        or_(holdings.c.id < device << 32, holdings.c.id >= device + 1 << 32)
        for device in owner.devices
        if device < MAX_INDEX >> 1
    ]


def _of_intervals(number: ColumnElement[int], wanted: Filter) -> list[ColumnElement[bool]]:
    if (wanted.first, wanted.end) == (0, MAX_INDEX + 1):
        return []
    interval = number.bitwise_and(MAX_INDEX)
    return [interval >= wanted.first, interval < wanted.end]


def _sum(column: ColumnElement[int]) -> ColumnElement[int]:
    return func.coalesce(func.sum(column), 0)
