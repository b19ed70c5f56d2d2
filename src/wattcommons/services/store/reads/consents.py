"""Consents as the index has them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, func, select

from wattcommons.chain.roles import Role
from wattcommons.services.store.index_registry_tables import consent_events, consents
from wattcommons.services.store.index_tables import participants, roles

_MOST = 1_000


class ConsentRow(NamedTuple):
    """`state` as the contract stores it. `ended_block`: from it on no read is allowed. `until_interval`: end of the
    participant's ownership, None while nobody has ended it."""

    consent: int
    participant: int
    grantee: str
    purpose: str
    directions: int
    granularity: int
    frequency: int
    valid_from: int
    valid_until: int
    state: int
    ended_block: int | None
    member: int | None
    until_interval: int | None


class ConsentEvent(NamedTuple):
    """One event of a consent's life. `kind`: requested, granted, rejected, revoked or terminated."""

    consent: int
    kind: str
    account: str | None
    at: int


_COLUMNS = (
    consents.c.consent,
    consents.c.participant,
    consents.c.grantee,
    consents.c.purpose,
    consents.c.directions,
    consents.c.granularity,
    consents.c.frequency,
    consents.c.valid_from,
    consents.c.valid_until,
    consents.c.state,
    consents.c.ended_block,
    participants.c.member,
    participants.c.until_interval,
)


def find_consent(connection: Connection, consent: int) -> ConsentRow | None:
    """A consent by its number."""
    found = _consents(connection, consents.c.consent == consent)
    return found[0] if found else None


def consents_given(connection: Connection, member: int) -> list[ConsentRow]:
    """Consents about a member's participants, given or asked for, newest first."""
    return _consents(connection, participants.c.member == member)


def consents_received(connection: Connection, grantee: str) -> list[ConsentRow]:
    """Consents to an account, given or asked for, newest first."""
    return _consents(connection, consents.c.grantee == grantee)


def consent_history(connection: Connection, wanted: Iterable[int]) -> list[ConsentEvent]:
    """Everything that happened to some consents, newest first."""
    c = consent_events.c
    query = select(c.consent, c.kind, c.account, c.at).where(c.consent.in_(list(wanted)))
    return [ConsentEvent(*row) for row in connection.execute(query.order_by(c.block.desc(), c.log_index.desc()))]


def granted_at(connection: Connection, consent: int) -> int | None:
    """When a consent was given, as far as the index knows."""
    c = consent_events.c
    found: int | None = connection.execute(
        select(func.max(c.at)).where(c.consent == consent, c.kind == "granted")
    ).scalar()
    return found


def admitted_third_parties(connection: Connection, now: int) -> list[str]:
    """Accounts that may ask for consents."""
    query = select(roles.c.account).where(roles.c.role == int(Role.THIRD_PARTY), roles.c.since <= now)
    return list(connection.execute(query.order_by(roles.c.account)).scalars())


def _consents(connection: Connection, condition: ColumnElement[bool]) -> list[ConsentRow]:
    joined = consents.outerjoin(participants, participants.c.participant == consents.c.participant)
    query = select(*_COLUMNS).select_from(joined).where(condition).order_by(consents.c.consent.desc()).limit(_MOST)
    return [ConsentRow._make(row) for row in connection.execute(query)]
