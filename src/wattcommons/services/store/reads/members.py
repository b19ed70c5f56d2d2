"""A member as the index and the community's own register know it."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, select

from wattcommons.domain.units import MAX_INDEX
from wattcommons.services.store.app_tables import private_members, private_participants
from wattcommons.services.store.index_registry_tables import accounts, euro_holdings, points
from wattcommons.services.store.index_tables import devices, participants


class DeviceRow(NamedTuple):
    """A production installation; power in W."""

    device: int
    technology: str
    fuel: str
    capacity_w: int
    suspended: bool
    storage: bool
    valid_until: int


class ParticipantRow(NamedTuple):
    """A metering point; powers in W, money in n€. `label`: the member's own word for it, None without one."""

    participant: int
    label: str | None
    basis: int
    source: int
    from_interval: int
    until_interval: int | None
    import_w: int
    export_w: int
    suspended: bool
    silent: bool
    balance_neur: int
    credit_limit_neur: int | None
    eligible: bool
    device: DeviceRow | None


class Holdings(NamedTuple):
    """What a wallet has: points (mPt) and euro outside the participants' accounts (n€)."""

    points_mpt: int
    awarded_mpt: int
    euro_neur: int


def name_of(connection: Connection, member: int) -> str | None:
    """A member's name; None where none is known, or no longer."""
    query = select(private_members.c.name).where(private_members.c.member == member)
    return connection.execute(query).scalar()


def participant_rows(connection: Connection, member: int) -> list[ParticipantRow]:
    """A member's metering points, those of ended ownership among them."""
    one = participants
    query = (
        select(
            one.c.participant,
            private_participants.c.label,
            one.c.basis,
            one.c.source,
            one.c.from_interval,
            one.c.until_interval,
            one.c.import_w,
            one.c.export_w,
            one.c.suspended,
            one.c.silent,
            accounts.c.balance_neur,
            accounts.c.credit_limit_neur,
            accounts.c.eligible,
            *(devices.c[name] for name in DeviceRow._fields),
        )
        .select_from(
            one.outerjoin(accounts, accounts.c.participant == one.c.participant)
            .outerjoin(private_participants, private_participants.c.participant == one.c.participant)
            .outerjoin(devices, devices.c.device == one.c.device)
        )
        .where(one.c.member == member)
        .order_by(one.c.participant)
    )
    found = []
    for row in connection.execute(query):
        terms, (balance, limit, eligible), device = row[:10], row[10:13], row[13:]
        known = DeviceRow(*device) if device[0] is not None else None
        found.append(ParticipantRow(*terms, balance or 0, limit, eligible is not False and eligible != 0, known))
    return found


def basis_of(connection: Connection, participant: int) -> int:
    """How a participant is metered, as in `chain/enrolment_terms.py`."""
    return int(
        connection.execute(select(participants.c.basis).where(participants.c.participant == participant)).scalar_one()
    )


def life_of(connection: Connection, participant: int) -> tuple[int, int]:
    """The intervals [from, until) in which a participant takes part."""
    query = select(participants.c.from_interval, participants.c.until_interval)
    first, until = connection.execute(query.where(participants.c.participant == participant)).one()
    return first, MAX_INDEX if until is None else until


def holdings_of(connection: Connection, wallet: str) -> Holdings:
    """What a wallet has."""
    query = select(points.c.balance_mpt, points.c.awarded_mpt).where(points.c.account == wallet)
    balance, awarded = connection.execute(query).first() or (0, 0)
    held = connection.execute(select(euro_holdings.c.amount_neur).where(euro_holdings.c.wallet == wallet)).scalar()
    return Holdings(balance, awarded, held or 0)
