"""Personal data of members and metering points, kept off the chain beside the salts that their commitments are made of.

A record begins as a draft: its commitment goes onto the chain, and once the index has seen it there, the draft becomes
the member's or the participant's record.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from wattcommons.services.store.app_tables import (
    account_names,
    private_drafts,
    private_members,
    private_participants,
)
from wattcommons.services.store.index_tables import participants

DRAFT_LIFE_S: Final = 90 * 86_400
"""A draft that nobody put onto the chain by then is forgotten."""


class Profile(NamedTuple):
    """A member's record."""

    member: int
    name: str
    email: str | None
    language: str


class PointRecord(NamedTuple):
    """A metering point's record. `label`: the member's word for it."""

    participant: int
    label: str
    prm: str | None
    address: str | None


class Draft(NamedTuple):
    """A record that is not on the chain yet. `kind`: member or participant."""

    id: str
    kind: str
    content: dict[str, Any]
    salt: bytes
    commitment: str
    created: int


def profile_of(connection: Connection, member: int) -> Profile | None:
    """A member's record; None where there is none, or none any more."""
    columns = (private_members.c[name] for name in Profile._fields)
    row = connection.execute(select(*columns).where(private_members.c.member == member)).first()
    return None if row is None else Profile(*row)


def profiles(connection: Connection) -> dict[int, Profile]:
    """All members' records by member."""
    columns = (private_members.c[name] for name in Profile._fields)
    return {row.member: Profile(*row) for row in connection.execute(select(*columns))}


def point_records(connection: Connection, wanted: Iterable[int] | None = None) -> dict[int, PointRecord]:
    """Metering points' records by participant: those wanted, or all."""
    query = select(*(private_participants.c[name] for name in PointRecord._fields))
    if wanted is not None:
        query = query.where(private_participants.c.participant.in_(list(wanted)))
    return {row.participant: PointRecord(*row) for row in connection.execute(query)}


def set_label(connection: Connection, participant: int, label: str) -> bool:
    """Give a metering point another name; False where it has no record."""
    change = update(private_participants).where(private_participants.c.participant == participant)
    return connection.execute(change.values(label=label)).rowcount == 1


def add_draft(connection: Connection, draft: Draft) -> None:
    """Keep a draft; those that are too old are forgotten."""
    connection.execute(delete(private_drafts).where(private_drafts.c.created < draft.created - DRAFT_LIFE_S))
    values = draft._asdict() | {"content": json.dumps(draft.content, ensure_ascii=False)}
    connection.execute(insert(private_drafts).values(**values))


def find_draft(connection: Connection, draft: str, kind: str) -> Draft | None:
    """A draft by its id and kind."""
    query = select(private_drafts).where(private_drafts.c.id == draft, private_drafts.c.kind == kind)
    row = connection.execute(query).first()
    if row is None:
        return None
    return Draft(row.id, row.kind, json.loads(row.content), bytes(row.salt), row.commitment, row.created)


def keep_profile(connection: Connection, draft: Draft, member: int, now: int) -> None:
    """Make a draft the record of a member, in the place of one that was there."""
    connection.execute(delete(private_members).where(private_members.c.member == member))
    values = {"member": member, **draft.content, "salt": draft.salt, "created": now}
    connection.execute(insert(private_members).values(**values))
    connection.execute(delete(private_drafts).where(private_drafts.c.id == draft.id))


def keep_point(connection: Connection, draft: Draft, participant: int, now: int) -> None:
    """Make a draft the record of a participant, in the place of one that was there."""
    connection.execute(delete(private_participants).where(private_participants.c.participant == participant))
    values = {"participant": participant, **draft.content, "salt": draft.salt, "created": now}
    connection.execute(insert(private_participants).values(**values))
    connection.execute(delete(private_drafts).where(private_drafts.c.id == draft.id))


def adopt_point(connection: Connection, commitment: str, now: int) -> None:
    """Make the draft that an enrolled participant's commitment is to its record, if it is kept here."""
    draft = connection.execute(
        select(private_drafts.c.id).where(
            private_drafts.c.commitment == commitment, private_drafts.c.kind == "participant"
        )
    ).scalar()
    enrolled = select(participants.c.participant).where(participants.c.commitment == commitment)
    participant = connection.execute(enrolled.order_by(participants.c.participant.desc())).scalar()
    found = None if draft is None else find_draft(connection, draft, "participant")
    if found is not None and participant is not None:
        keep_point(connection, found, participant, now)


def names_of(connection: Connection, accounts: Iterable[str]) -> dict[str, str]:
    """Account -> the name of the organisation behind it, where known."""
    query = select(account_names).where(account_names.c.account.in_(sorted(set(accounts))))
    return {row.account: row.name for row in connection.execute(query)}


def name_account(connection: Connection, account: str, name: str) -> None:
    """Write down which organisation stands behind an account."""
    connection.execute(delete(account_names).where(account_names.c.account == account))
    connection.execute(insert(account_names).values(account=account, name=name))
