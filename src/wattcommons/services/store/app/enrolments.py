"""Enrolments under way: files that are signed by two people, one after the other, before the operator submits them."""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import Connection, func, insert, select, update

from wattcommons.services.store.app_tables import enrolment_drafts
from wattcommons.services.store.index_tables import participants

OPEN: Final = "open"
SUBMITTED: Final = "submitted"
DROPPED: Final = "dropped"
_TABLE: Final = enrolment_drafts.c


class EnrolmentDraft(NamedTuple):
    """`content`: the enrolment file (JSON). `state`: open, submitted or dropped. Times in Unix seconds."""

    id: str
    member: int
    content: str
    state: str
    created: int
    changed: int


def add_enrolment(connection: Connection, draft: EnrolmentDraft) -> None:
    """Keep a new one."""
    connection.execute(insert(enrolment_drafts).values(**draft._asdict()))


def find_enrolment(connection: Connection, draft: str) -> EnrolmentDraft | None:
    """One by its id."""
    row = connection.execute(select(enrolment_drafts).where(_TABLE.id == draft)).first()
    return None if row is None else EnrolmentDraft(*row)


def enrolments(connection: Connection, member: int | None, limit: int) -> list[EnrolmentDraft]:
    """Drafts that were not dropped, of a member or all, newest first."""
    query = select(enrolment_drafts).where(_TABLE.state != DROPPED).order_by(_TABLE.created.desc(), _TABLE.id)
    if member is not None:
        query = query.where(_TABLE.member == member)
    return [EnrolmentDraft(*row) for row in connection.execute(query.limit(limit))]


def count_open_enrolments(connection: Connection) -> int:
    """How many wait for signatures or for being submitted."""
    return int(connection.execute(select(func.count()).where(_TABLE.state == OPEN)).scalar_one())


def change_enrolment(connection: Connection, draft: EnrolmentDraft, content: str, state: str, now: int) -> bool:
    """Write another content and state, unless somebody else did so since it was read."""
    change = update(enrolment_drafts).where(_TABLE.id == draft.id, _TABLE.content == draft.content)
    change = change.where(_TABLE.state == draft.state)
    return connection.execute(change.values(content=content, state=state, changed=now)).rowcount == 1


def point_is_enrolled(connection: Connection, member: int, commitment: str) -> bool:
    """Whether a member has a participant with a commitment, as the index has it."""
    query = select(func.count()).where(participants.c.member == member, participants.c.commitment == commitment)
    return bool(connection.execute(query).scalar_one())


def gateway_is_enrolled(connection: Connection, participant: int, gateway: str) -> bool:
    """Whether a key is a participant's newest one, as the index has it."""
    query = select(func.count()).where(participants.c.participant == participant, participants.c.gateway == gateway)
    return bool(connection.execute(query).scalar_one())
