"""Texts behind the codes and hashes that stand on the chain, each for one use: everybody may read them."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NamedTuple

from sqlalchemy import Connection, delete, insert, select

from wattcommons.services.store.app_tables import purposes
from wattcommons.services.store.index_registry_tables import offers

UNPUBLISHED: Final = 20
"""So many texts of offers are kept for a partner who has not published them: writing another forgets the oldest."""


class TextKind(StrEnum):
    """What a text is for. The same text may be there for several uses."""

    CONSENT = "consent"
    STATEMENT = "statement"
    OFFER = "offer"
    TARGET = "target"


class Purpose(NamedTuple):
    """A text behind a code or hash on the chain."""

    code: str
    title: str
    text: str


_PURPOSE: Final = tuple(purposes.c[name] for name in Purpose._fields)


def consent_purposes(connection: Connection) -> list[Purpose]:
    """What data may be asked for, by title."""
    query = select(*_PURPOSE).where(purposes.c.kind == TextKind.CONSENT.value).order_by(purposes.c.title)
    return [Purpose(*row) for row in connection.execute(query)]


def texts_of(connection: Connection, kind: TextKind, codes: Iterable[str]) -> dict[str, Purpose]:
    """Code -> text, of those that are known for this use."""
    query = select(*_PURPOSE).where(purposes.c.kind == kind.value, purposes.c.code.in_(sorted(set(codes))))
    return {row.code: Purpose(*row) for row in connection.execute(query)}


def add_text(connection: Connection, kind: TextKind, purpose: Purpose, now: int) -> None:
    """Write down a text, in the place of one of the same code and kind. `now`: unix seconds."""
    same = (purposes.c.code == purpose.code, purposes.c.kind == kind.value)
    connection.execute(delete(purposes).where(*same))
    _insert(connection, kind, purpose, None, now)


def add_offer_text(connection: Connection, purpose: Purpose, author: str, now: int) -> None:
    """Keep the text of an offer that a partner is about to publish; what is there already stays as it is.

    Its code is made of all of it, so nobody can put other words in its place. `now`: unix seconds.
    """
    kept = purposes.c
    if texts_of(connection, TextKind.OFFER, [purpose.code]):
        return
    _insert(connection, TextKind.OFFER, purpose, author, now)
    waiting = (
        select(kept.code)
        .where(
            kept.kind == TextKind.OFFER.value,
            kept.author == author,
            kept.code.not_in(select(offers.c.terms_hash)),
        )
        .order_by(kept.created.desc(), (kept.code == purpose.code).desc())
        .offset(UNPUBLISHED)
    )
    too_many = connection.execute(waiting).scalars().all()
    connection.execute(delete(purposes).where(kept.kind == TextKind.OFFER.value, kept.code.in_(too_many)))


def _insert(connection: Connection, kind: TextKind, purpose: Purpose, author: str | None, now: int) -> None:
    values = purpose._asdict() | {"kind": kind.value, "author": author, "created": now}
    connection.execute(insert(purposes).values(**values))
