"""Export groups and what lies in them; and what an account has towards the next one."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, NamedTuple

from sqlalchemy import Connection, select

from wattcommons.domain.export_book import GroupState
from wattcommons.domain.export_groups import BegunGroup
from wattcommons.domain.guarantees import STANDARD_WH, CertificateId
from wattcommons.domain.units import DeviceIndex, IntervalIndex
from wattcommons.services.store.index_registry_tables import certificates, export_group_wh, export_groups, holdings


class GroupRow(NamedTuple):
    """A group, Wh and unix seconds. `state`: as in domain/export_book.py; `reason`: why it was declined last."""

    export_group: int
    device: int
    member: int
    first_interval: int
    last_interval: int
    wh: int
    state: int
    reference: str | None
    reason: str | None
    at: int
    exported_at: int | None


class ItemRow(NamedTuple):
    """Wh of a certificate in a group; `at`: second of the certificate's issue."""

    id: int
    wh: int
    at: int


class Wanted(NamedTuple):
    """Which groups; None: whatever it is."""

    member: int | None = None
    device: int | None = None
    state: GroupState | None = None


_GROUP: Final = tuple(export_groups.c[name] for name in GroupRow._fields)


def groups(connection: Connection, wanted: Wanted, below: int | None, limit: int) -> list[GroupRow]:
    """Groups, the newest first. `below`: only numbers under this one."""
    query = select(*_GROUP).order_by(export_groups.c.export_group.desc()).limit(limit)
    for name, value in wanted._asdict().items():
        if value is not None:
            query = query.where(export_groups.c[name] == int(value))
    if below is not None:
        query = query.where(export_groups.c.export_group < below)
    return [GroupRow(*row) for row in connection.execute(query)]


def group(connection: Connection, number: int) -> GroupRow | None:
    """One group; None when there is none by this number."""
    row = connection.execute(select(*_GROUP).where(export_groups.c.export_group == number)).first()
    return None if row is None else GroupRow(*row)


def contents(connection: Connection, number: int) -> list[ItemRow]:
    """What lies in a group, or was exported with it, by certificate."""
    query = (
        select(export_group_wh.c.id, export_group_wh.c.wh, certificates.c.at)
        .join(certificates, certificates.c.id == export_group_wh.c.id)
        .where(export_group_wh.c.export_group == number)
        .order_by(export_group_wh.c.id)
    )
    return [ItemRow(*row) for row in connection.execute(query)]


def references(connection: Connection, numbers: Collection[int]) -> dict[int, str]:
    """Group -> the national registry's reference, of those that were exported."""
    if not numbers:
        return {}
    query = select(export_groups.c.export_group, export_groups.c.reference).where(
        export_groups.c.export_group.in_(sorted(numbers)), export_groups.c.reference.is_not(None)
    )
    return {row.export_group: row.reference for row in connection.execute(query)}


def begun(connection: Connection, member: int) -> list[BegunGroup]:
    """A member's open groups that are not full, by number."""
    query = (
        select(*_GROUP)
        .where(
            export_groups.c.member == member,
            export_groups.c.state == int(GroupState.OPEN),
            export_groups.c.wh < STANDARD_WH,
        )
        .order_by(export_groups.c.export_group)
    )
    rows = [GroupRow(*row) for row in connection.execute(query)]
    return [
        BegunGroup(row.export_group, DeviceIndex(row.device), IntervalIndex(row.first_interval), row.wh) for row in rows
    ]


def held(connection: Connection, wallet: str, device: int | None = None) -> dict[CertificateId, int]:
    """Certificate -> Wh that a wallet holds of it, of a device where one is named."""
    query = select(holdings.c.id, holdings.c.wh).where(holdings.c.holder == wallet, holdings.c.wh > 0)
    if device is not None:
        query = query.where(holdings.c.id >= device << 32, holdings.c.id < device + 1 << 32)
    return {CertificateId(row.id): row.wh for row in connection.execute(query.order_by(holdings.c.id))}


def in_group_of(connection: Connection, member: int, certificate: int) -> bool:
    """Whether Wh of a certificate lie in a member's group, or were exported with one."""
    query = (
        select(export_group_wh.c.id)
        .join(export_groups, export_groups.c.export_group == export_group_wh.c.export_group)
        .where(export_groups.c.member == member, export_group_wh.c.id == certificate)
    )
    return connection.execute(query.limit(1)).first() is not None
