"""Everything that is kept of one member off the chain: shown to its member, or erased for good.

Erased are names, addresses, numbers of metering points, salts, sessions, signed messages, enrolments, reservations and
white lists of certificates, and who read what. What stays is without a person: statement numbers (bookkeeping, by
participant) and that an erasure took place. Without the salts nobody can show any more whom a commitment on the chain
is about.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Table, delete, insert, or_, select

from wattcommons.services.store.app_tables import (
    consent_reads,
    enrolment_drafts,
    erasures,
    intents,
    private_drafts,
    private_members,
    private_participants,
    registry_requests,
    registry_reservations,
    registry_whitelists,
    sessions,
    statement_numbers,
)
from wattcommons.services.store.index_tables import members, participants

_NOT_SHOWN: Final = {"token_hash"}


def everything_of(connection: Connection, member: int | None, wallet: str) -> dict[str, list[dict[str, Any]]]:
    """Every row that is kept of a member, or of a wallet that is no member's, by table; bytes as hex.

    Keys to sessions are left out.
    """
    points = _points(connection, member)
    wanted = _personal(member, wallet, points)
    if member is not None:
        wanted.append((statement_numbers, statement_numbers.c.participant.in_(points)))
        wanted.append((erasures, erasures.c.member == member))
    return {table.name: _rows(connection, table, condition) for table, condition in wanted}


def erase(connection: Connection, member: int | None, wallet: str, now: int) -> list[str]:
    """Erase a member, or a wallet that is no member's, all or nothing with the transaction.

    Names of the tables in which there was something. `now`: the chain's time, as the consents are that it ends.
    """
    points = _points(connection, member)
    targets = _personal(member, wallet, points)
    if member is not None:
        committed = select(members.c.commitment).where(members.c.member == member)
        points_too = select(participants.c.commitment).where(participants.c.member == member)
        targets.append((private_drafts, private_drafts.c.commitment.in_(committed)))
        targets.append((private_drafts, private_drafts.c.commitment.in_(points_too)))
    gone = [table.name for table, condition in targets if connection.execute(delete(table).where(condition)).rowcount]
    if member is not None:
        connection.execute(insert(erasures).values(member=member, at=now))
    return gone


def _points(connection: Connection, member: int | None) -> list[int]:
    query = select(participants.c.participant).where(participants.c.member == member)
    return [] if member is None else list(connection.execute(query).scalars())


def _personal(member: int | None, wallet: str, points: Sequence[int]) -> list[tuple[Table, ColumnElement[bool]]]:
    found: list[tuple[Table, ColumnElement[bool]]] = [
        (sessions, sessions.c.wallet == wallet),
        (intents, or_(intents.c.wallet == wallet, *_names_point(points))),
        (registry_reservations, registry_reservations.c.wallet == wallet),
        (registry_whitelists, registry_whitelists.c.account == wallet),
        (registry_requests, registry_requests.c.wallet == wallet),
    ]
    if member is not None:
        found += [
            (private_members, private_members.c.member == member),
            (private_participants, private_participants.c.participant.in_(points)),
            (enrolment_drafts, enrolment_drafts.c.member == member),
            (consent_reads, consent_reads.c.participant.in_(points)),
        ]
    return found


def _names_point(points: Sequence[int]) -> list[ColumnElement[bool]]:
    """Intents about one of these participants: signed with a wallet that was replaced since, it may be."""
    marks = (f'%"participant":{point}{end}%' for point in points for end in (",", "}"))
    return [intents.c.payload.like(mark) for mark in marks]


def _rows(connection: Connection, table: Table, condition: ColumnElement[bool]) -> list[dict[str, Any]]:
    columns = [column for column in table.columns if column.name not in _NOT_SHOWN]
    return [
        {name: f"0x{value.hex()}" if isinstance(value, bytes) else value for name, value in row._mapping.items()}
        for row in connection.execute(select(*columns).where(condition))
    ]
