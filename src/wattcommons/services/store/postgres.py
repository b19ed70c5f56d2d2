"""PostgreSQL under a store: connections and their settings, bulk loading, what its errors mean."""

from __future__ import annotations

import socket
import ssl
from typing import Any, Final

import pg8000.exceptions  # type: ignore[import-untyped]
from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from wattcommons.errors import StoreDamaged, StoreError, StoreFull
from wattcommons.services.store.store_url import shown

ERRORS: Final[tuple[type[Exception], ...]] = (pg8000.exceptions.Error,)
_CONNECT_S: Final = 10
_READ_LIMIT: Final = "30s"
"""Longer reads are ended: nothing the API answers may hold a snapshot for ever."""

_SNAPSHOT: Final = (
    "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
    f"SET statement_timeout = '{_READ_LIMIT}'",
    "SET jit = off",
)


def readers(url: URL) -> Engine:
    """Connections that cannot write; each transaction of one is a snapshot."""
    return _engine(url, _SNAPSHOT, pool_size=16, max_overflow=16)


def writers(url: URL) -> Engine:
    """Connections whose commits are on the disk when they return."""
    return _engine(url, (), pool_size=4, max_overflow=4)


def bulk_writers(url: URL) -> Engine:
    """Connections whose commits are whole, in order, and on the disk a little later."""
    return _engine(url, ("SET synchronous_commit = off",), pool_size=1, max_overflow=1)


def store_error(url: URL, error: BaseException | None) -> StoreError:
    """What an error of the driver means. Never more than the server's own words."""
    state, words = _said(error)
    if state.startswith("53"):  # insufficient resources
        if state == "53100":
            return StoreFull(f"{shown(url)}: the server's disk is full", "free some space: nothing kept is lost")
        return StoreError(f"{shown(url)}: {words}", "the server takes no more at present: try again in a moment")
    if state.startswith("XX"):
        return StoreDamaged(f"{shown(url)}: {words}", "look at the server's log")
    if state.startswith("28") or state == "42501":
        return StoreError(f"{shown(url)}: {words}", "look at the user, the password and what the user may do")
    if state == "3D000":
        return StoreError(f"{shown(url)}: {words}", "make the database first: createdb NAME")
    if state == "57014":
        return StoreError(f"{shown(url)}: the read took too long", "ask for less at once")
    if isinstance(error, pg8000.exceptions.InterfaceError | OSError) or state.startswith(("08", "57P")):
        return StoreError(f"{shown(url)}: the database server does not answer", "is it running and reachable?")
    return StoreError(f"{shown(url)}: {words}", "look at the server's log")


def _said(error: BaseException | None) -> tuple[str, str]:
    """The server's code for the error and its first line of words."""
    detail = error.args[0] if error is not None and error.args else None
    if isinstance(detail, dict):
        return str(detail.get("C", "")), str(detail.get("M", "")).splitlines()[0]
    return "", type(error).__name__


def _engine(url: URL, settings: tuple[str, ...], **pool: int) -> Engine:
    mode = url.query.get("sslmode", "disable")
    arguments: dict[str, Any] = {"timeout": _CONNECT_S, "application_name": "watt"}
    if mode != "disable":
        context = ssl.create_default_context()
        if mode == "require":  # as libpq has it: encrypted, with whoever answers
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        arguments["ssl_context"] = context
    engine = create_engine(
        url.difference_update_query(["sslmode"]),
        hide_parameters=True,
        pool_pre_ping=True,
        connect_args=arguments,
        **pool,
    )

    @event.listens_for(engine, "connect")
    def configure(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        # The time-out is for connecting: a long write is no failure. The driver has no public way to say so.
        raw: Any = connection
        raw._usock.settimeout(None)
        # The driver writes a message in pieces: without this each load waits 40 ms for an acknowledgement.
        raw._usock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        cursor = raw.cursor()
        for setting in settings:
            cursor.execute(setting)
        raw.commit()
        cursor.close()

    return engine
