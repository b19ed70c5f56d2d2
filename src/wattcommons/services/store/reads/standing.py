"""Who a wallet is to the community: member, roles, participants."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, select

from wattcommons.chain.roles import Role
from wattcommons.services.store.index_registry_tables import consents
from wattcommons.services.store.index_tables import members, participants, roles


class Standing(NamedTuple):
    """`member`: None for a wallet that is no member's; `roles`: in lower case, as in `chain/roles.py`."""

    member: int | None
    active: bool
    roles: frozenset[str]


def standing_of(connection: Connection, wallet: str, now: int) -> Standing:
    """A wallet's standing at `now`, unix seconds of the chain: a role granted with a delay counts from its time on."""
    found = connection.execute(
        select(members.c.member, members.c.active).where(members.c.wallet == wallet).order_by(members.c.member.desc())
    ).first()
    held = connection.execute(select(roles.c.role).where(roles.c.account == wallet, roles.c.since <= now)).scalars()
    known = {int(one): one.name.lower() for one in Role}
    names = frozenset(known[number] for number in held if number in known)
    return Standing(None, False, names) if found is None else Standing(found.member, bool(found.active), names)


def holders_of(connection: Connection, role: str, now: int) -> list[str]:
    """Accounts that hold a role (its name in lower case) at `now`, unix seconds."""
    query = select(roles.c.account).where(roles.c.role == int(Role[role.upper()]), roles.c.since <= now)
    return list(connection.execute(query.order_by(roles.c.account)).scalars())


def participants_of(connection: Connection, member: int) -> tuple[int, ...]:
    """A member's participants, those of ended ownership among them, by number."""
    query = select(participants.c.participant).where(participants.c.member == member)
    return tuple(connection.execute(query.order_by(participants.c.participant)).scalars())


def owns(connection: Connection, member: int, participant: int) -> bool:
    """Whether a participant is a member's."""
    query = select(participants.c.member).where(participants.c.participant == participant)
    return connection.execute(query).scalar() == member


def participant_of_consent(connection: Connection, consent: int) -> int | None:
    """Whose data a consent, or a request for one, is about; None for an unknown one."""
    query = select(consents.c.participant).where(consents.c.consent == consent)
    found: int | None = connection.execute(query).scalar()
    return found
