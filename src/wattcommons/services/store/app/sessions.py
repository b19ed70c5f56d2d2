"""Sessions and the nonces of signing in."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select

from wattcommons.services.store.app_tables import sessions, sign_in_nonces


class StoredSession(NamedTuple):
    """A session that was not ended. Times in Unix seconds."""

    wallet: str
    created: int
    expires: int
    bearer: bool


def add_nonce(connection: Connection, nonce: str, now: int, expires: int) -> None:
    """Remember a nonce for one sign-in; those that have expired are forgotten."""
    connection.execute(delete(sign_in_nonces).where(sign_in_nonces.c.expires <= now))
    connection.execute(insert(sign_in_nonces).values(nonce=nonce, expires=expires))


def use_nonce(connection: Connection, nonce: str, now: int) -> bool:
    """Whether a nonce was good until now; it is not any more."""
    gone = connection.execute(
        delete(sign_in_nonces).where(sign_in_nonces.c.nonce == nonce, sign_in_nonces.c.expires > now)
    )
    return gone.rowcount == 1


def add_session(connection: Connection, token_hash: bytes, session: StoredSession) -> None:
    """Begin a session; those that have expired are forgotten."""
    connection.execute(delete(sessions).where(sessions.c.expires <= session.created))
    connection.execute(insert(sessions).values(token_hash=token_hash, **session._asdict()))


def find_session(connection: Connection, token_hash: bytes) -> StoredSession | None:
    """The session that a token stands for, whether it has expired or not; None for none."""
    columns = (sessions.c.wallet, sessions.c.created, sessions.c.expires, sessions.c.bearer)
    row = connection.execute(select(*columns).where(sessions.c.token_hash == token_hash)).first()
    return None if row is None else StoredSession(row.wallet, row.created, row.expires, bool(row.bearer))


def end_session(connection: Connection, token_hash: bytes) -> None:
    """End a session now; harmless when there is none."""
    connection.execute(delete(sessions).where(sessions.c.token_hash == token_hash))
