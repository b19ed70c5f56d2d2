"""The log of reads under consents: written in the transaction in which a read is allowed, before it is answered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from sqlalchemy import Connection, func, insert, select, text

from wattcommons.services.store.app_tables import consent_reads, erasures

_LOCK: Final = 0x57435244
"""PostgreSQL: reads are counted and logged one at a time."""


class ConsentRead(NamedTuple):
    """One read: who, of whose intervals [first, end), when (Unix seconds)."""

    id: int
    consent: int
    participant: int
    grantee: str
    first_interval: int
    end_interval: int
    granularity: int
    at: int


class ReadCount(NamedTuple):
    """How often a consent was used, and when last."""

    times: int
    last: int | None


def log_read(connection: Connection, read: ConsentRead, most: int, since: int) -> int | None:
    """Log a read unless `most` were logged after `since`; its id, or None where it would be one too many.

    `read.id` is not used. In one transaction with a lock, so that two at once are counted one after the other.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    c = consent_reads.c
    counted = select(func.count()).where(c.consent == read.consent, c.at > since)
    if connection.execute(counted).scalar_one() >= most:
        return None
    values = read._asdict()
    del values["id"]
    made = connection.execute(insert(consent_reads).values(**values))
    [number] = made.inserted_primary_key or (None,)
    return None if number is None else int(number)


def oldest_after(connection: Connection, consent: int, since: int) -> int | None:
    """When the oldest read after a moment was made."""
    c = consent_reads.c
    query = select(func.min(c.at)).where(c.consent == consent, c.at > since)
    found: int | None = connection.execute(query).scalar()
    return found


def find_read(connection: Connection, number: int) -> ConsentRead | None:
    """A logged read by its id."""
    row = connection.execute(select(consent_reads).where(consent_reads.c.id == number)).first()
    return None if row is None else ConsentRead(*row)


def reads_under(connection: Connection, consent: int, limit: int) -> list[ConsentRead]:
    """Reads under a consent, newest first."""
    c = consent_reads.c
    query = select(consent_reads).where(c.consent == consent).order_by(c.at.desc(), c.id.desc()).limit(limit)
    return [ConsentRead(*row) for row in connection.execute(query)]


def read_counts(connection: Connection, consents: Iterable[int]) -> dict[int, ReadCount]:
    """Consent -> how often it was used, where it was."""
    c = consent_reads.c
    query = select(c.consent, func.count(), func.max(c.at)).where(c.consent.in_(list(consents))).group_by(c.consent)
    return {consent: ReadCount(times, last) for consent, times, last in connection.execute(query)}


def last_erasure(connection: Connection, member: int) -> int | None:
    """When a member's data were erased last: no consent given before is served any more."""
    found: int | None = connection.execute(select(func.max(erasures.c.at)).where(erasures.c.member == member)).scalar()
    return found
