"""Running numbers of monthly statements: given once a participant and month, kept for ever."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, insert, select, text

from wattcommons.services.store.app_tables import statement_numbers

_LOCK: Final = 0x5743534E


def number_of(connection: Connection, participant: int, month: str) -> int | None:
    """The number that was given, None for none yet."""
    c = statement_numbers.c
    query = select(c.number).where(c.participant == participant, c.month == month)
    found: int | None = connection.execute(query).scalar()
    return found


def give_number(connection: Connection, participant: int, month: str, now: int) -> int:
    """The number of a statement, given now if it has none; needs a writing transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    known = number_of(connection, participant, month)
    if known is not None:
        return known
    made = connection.execute(insert(statement_numbers).values(participant=participant, month=month, created=now))
    [number] = made.inserted_primary_key or (0,)
    return int(number)
