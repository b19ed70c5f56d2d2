"""Certificates with everything that happened to them, as a registry's accounts see them: by number, newest first.

A certificate's number is device · 2^32 + interval, so this is by device, and of a device by time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, or_, select

from wattcommons.domain.units import MAX_INDEX
from wattcommons.services.store.index_registry_tables import (
    certificate_events,
    certificates,
    export_group_wh,
    export_groups,
    holdings,
    statements,
)
from wattcommons.services.store.index_tables import devices, members

_DEVICES: Final = 10_000


class LifeRow(NamedTuple):
    """Something that happened to a certificate after its issue, in the order of the chain."""

    kind: str
    wh: int
    source: str | None
    target: str | None
    statement: int | None
    export_group: int | None
    at: int


class IssueRow(NamedTuple):
    """A certificate as it was issued at first, in Wh. `holder`: whom the minted Wh went to, None where they waited."""

    id: int
    device: int
    interval: int
    participant: int
    own_use_wh: int
    sold_wh: int
    minted_wh: int
    at: int
    holder: str | None
    events: tuple[LifeRow, ...]


class DeviceRow(NamedTuple):
    """A production device: W, Unix seconds. `participant`: where it is bound now. `scheme` as in domain/devices.py.
    `debt_wh`: issued beyond what it made, and not to be taken back: its next issues pay.
    """

    device: int
    technology: str
    fuel: str
    capacity_w: int
    commissioned_at: int
    country: str
    scheme: int
    scheme_allows: bool
    storage: bool
    suspended: bool
    valid_until: int
    participant: int | None
    debt_wh: int
    commitment: str


class Wanted(NamedTuple):
    """Which certificates: of intervals [first, end), of a device, of these numbers; of fuels that begin like one of
    `fuels`, or, with `others`, like none of them.
    """

    first: int = 0
    end: int = MAX_INDEX + 1
    device: int | None = None
    fuels: tuple[str, ...] = ()
    others: bool = False
    numbers: tuple[int, ...] | None = None


_ISSUE: Final = tuple(certificates.c[name] for name in IssueRow._fields[:8])


def of_account(
    connection: Connection, wallet: str, participants: Sequence[int], wanted: Wanted, below: int | None, limit: int
) -> list[IssueRow]:
    """Certificates that concern an account: made by its participants, held by its wallet, held by it when they were
    used or withdrawn, or in its member's export groups. `below`: only numbers under this one.
    """
    held = select(holdings.c.id).where(holdings.c.holder == wallet, holdings.c.wh > 0)
    used = (
        select(certificate_events.c.id)
        .select_from(statements.join(certificate_events, certificate_events.c.statement == statements.c.statement))
        .where(statements.c.holder == wallet, certificate_events.c.kind == "cancelled")
    )
    withdrawn = select(certificate_events.c.id).where(
        certificate_events.c.source == wallet, certificate_events.c.kind == "withdrawn"
    )
    grouped = (
        select(export_group_wh.c.id)
        .join(export_groups, export_groups.c.export_group == export_group_wh.c.export_group)
        .join(members, members.c.member == export_groups.c.member)
        .where(members.c.wallet == wallet)
    )
    ways = [certificates.c.id.in_(numbers) for numbers in (held, used, withdrawn, grouped)]
    if participants:
        ways.append(certificates.c.participant.in_(participants))
    found: dict[int, tuple[Any, ...]] = {}
    for way in ways:
        query = _limited(select(*_ISSUE).where(way), wanted, below)
        found |= {row.id: tuple(row) for row in connection.execute(query.order_by(_ISSUE[0].desc()).limit(limit))}
    return _with_events(connection, [found[number] for number in sorted(found, reverse=True)[:limit]])


def of_all(connection: Connection, wanted: Wanted, below: int | None, limit: int) -> list[IssueRow]:
    """Certificates of the whole registry. `below`: only numbers under this one."""
    found: list[tuple[Any, ...]] = []
    for device in sorted(_devices_of(connection, wanted), reverse=True):
        low, high = (device << 32) + wanted.first, (device << 32) + wanted.end
        query = _limited(select(*_ISSUE).where(_ISSUE[0] >= low, _ISSUE[0] < high), wanted, below)
        rows = connection.execute(query.order_by(_ISSUE[0].desc()).limit(limit - len(found)))
        found += [tuple(row) for row in rows]
        if len(found) >= limit:
            break
    return _with_events(connection, found)


def by_numbers(connection: Connection, numbers: Sequence[int]) -> list[IssueRow]:
    """Certificates by their numbers; those that were never issued are left out."""
    query = select(*_ISSUE).where(_ISSUE[0].in_(numbers)).order_by(_ISSUE[0].desc())
    return _with_events(connection, [tuple(row) for row in connection.execute(query)]) if numbers else []


def device_rows(connection: Connection, numbers: Sequence[int] | None = None) -> dict[int, DeviceRow]:
    """Devices by index; all of them for None."""
    query = select(*(devices.c[name] for name in DeviceRow._fields)).order_by(devices.c.device).limit(_DEVICES)
    if numbers is not None:
        query = query.where(devices.c.device.in_(numbers))
    return {row.device: DeviceRow(*row) for row in connection.execute(query)}


def devices_of(connection: Connection, participants: Sequence[int]) -> list[int]:
    """Devices that are bound to one of these participants now."""
    query = select(devices.c.device).where(devices.c.participant.in_(participants)).order_by(devices.c.device)
    return list(connection.execute(query).scalars()) if participants else []


def _devices_of(connection: Connection, wanted: Wanted) -> list[int]:
    if wanted.device is not None:
        return [wanted.device]
    if wanted.numbers is not None:
        return sorted({number >> 32 for number in wanted.numbers})
    return list(connection.execute(select(devices.c.device)).scalars())


def _limited(query: Select[Any], wanted: Wanted, below: int | None) -> Select[Any]:
    c = certificates.c
    conditions: list[ColumnElement[bool]] = []
    if below is not None:
        conditions.append(c.id < below)
    if (wanted.first, wanted.end) != (0, MAX_INDEX + 1):
        conditions += [c.interval >= wanted.first, c.interval < wanted.end]
    if wanted.device is not None:
        conditions.append(c.device == wanted.device)
    if wanted.numbers is not None:
        conditions.append(c.id.in_(wanted.numbers))
    if wanted.fuels:
        like = or_(*(devices.c.fuel.startswith(one, autoescape=True) for one in wanted.fuels))
        found = select(devices.c.device).where(like)
        conditions.append(c.device.not_in(found) if wanted.others else c.device.in_(found))
    return query.where(*conditions)


def _with_events(connection: Connection, issues: Sequence[tuple[Any, ...]]) -> list[IssueRow]:
    c = certificate_events.c
    columns = (c.id, *(c[name] for name in LifeRow._fields))
    query = select(*columns).where(c.id.in_([row[0] for row in issues])).order_by(c.block, c.log_index, c.part)
    lives: dict[int, list[LifeRow]] = defaultdict(list)
    for number, *life in connection.execute(query) if issues else ():
        lives[number].append(LifeRow(*life))
    found = []
    for row in issues:
        issued = next((life for life in lives[row[0]] if life.kind == "issued"), None)
        after = tuple(life for life in lives[row[0]] if life.kind != "issued")
        found.append(IssueRow._make((*row, issued.target if issued else None, after)))
    return found
