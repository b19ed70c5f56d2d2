"""Commitments to personal records, as registered."""

from __future__ import annotations

from sqlalchemy import Connection, select

from wattcommons.services.store.index_tables import members, participants


def member_commitment(connection: Connection, member: int) -> str | None:
    """A member's, 0x-prefixed; None for an unknown member."""
    query = select(members.c.commitment).where(members.c.member == member)
    found: str | None = connection.execute(query).scalar()
    return found


def participant_commitment(connection: Connection, participant: int) -> str | None:
    """A participant's, 0x-prefixed; None for an unknown participant."""
    query = select(participants.c.commitment).where(participants.c.participant == participant)
    found: str | None = connection.execute(query).scalar()
    return found
