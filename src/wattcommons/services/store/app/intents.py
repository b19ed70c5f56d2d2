"""Intents: what members signed and this service sends for them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlalchemy import Connection, Row, func, insert, select, update

from wattcommons.services.store.app_tables import intents

WAITING: Final = "waiting"
SENT: Final = "sent"
DONE: Final = "done"
REFUSED: Final = "refused"
_TABLE: Final = intents.c


@dataclass(frozen=True)
class StoredRefusal:
    """Why an intent came to nothing: see ApiProblem."""

    code: str
    detail: str
    what_to_do: str | None = None


@dataclass(frozen=True)
class StoredIntent:
    """`payload`: what is to be sent, and the signed transaction once it was made. Times in Unix seconds."""

    id: str
    kind: str
    wallet: str
    digest: bytes
    state: str
    payload: dict[str, Any] = field(repr=False)
    tx_hash: str | None
    refusal: StoredRefusal | None
    created: int
    changed: int

    def moved(
        self, state: str, now: int, *, tx_hash: str | None = None, refusal: StoredRefusal | None = None, **payload: Any
    ) -> StoredIntent:
        """The intent in another state; `payload` is added to its own."""
        return replace(
            self, state=state, changed=now, tx_hash=tx_hash, refusal=refusal, payload={**self.payload, **payload}
        )


def add_intent(connection: Connection, intent: StoredIntent) -> None:
    """Keep a new one."""
    connection.execute(insert(intents).values(**_values(intent)))


def save_intents(connection: Connection, changed: Sequence[StoredIntent]) -> None:
    """Write down what became of some."""
    for intent in changed:
        connection.execute(update(intents).where(_TABLE.id == intent.id).values(**_values(intent)))


def find_intent(connection: Connection, intent_id: str, wallet: str) -> StoredIntent | None:
    """A wallet's intent by its id."""
    query = select(intents).where(_TABLE.id == intent_id, _TABLE.wallet == wallet)
    return _first(connection.execute(query).first())


def intent_by_digest(connection: Connection, digest: bytes) -> StoredIntent | None:
    """The intent made of a signed message."""
    return _first(connection.execute(select(intents).where(_TABLE.digest == digest)).first())


def intents_of(connection: Connection, wallet: str, after: tuple[int, ...] | None, limit: int) -> list[StoredIntent]:
    """A wallet's intents, newest first; `after`: (created, how many of that second were seen)."""
    query = select(intents).where(_TABLE.wallet == wallet).order_by(_TABLE.created.desc(), _TABLE.id.desc())
    if after is not None:
        query = query.where(_TABLE.created <= after[0]).offset(after[1])
    return [_intent(row) for row in connection.execute(query.limit(limit))]


def intents_in(connection: Connection, state: str, limit: int) -> list[StoredIntent]:
    """Intents in a state in the order they came."""
    query = select(intents).where(_TABLE.state == state).order_by(_TABLE.created, _TABLE.id).limit(limit)
    return [_intent(row) for row in connection.execute(query)]


def count_open(connection: Connection, wallet: str | None = None) -> int:
    """How many are neither done nor refused, of a wallet or in all."""
    query = select(func.count()).select_from(intents).where(_TABLE.state.in_((WAITING, SENT)))
    if wallet is not None:
        query = query.where(_TABLE.wallet == wallet)
    return int(connection.execute(query).scalar_one())


def _values(intent: StoredIntent) -> dict[str, Any]:
    refusal = intent.refusal
    return {
        "id": intent.id,
        "kind": intent.kind,
        "wallet": intent.wallet,
        "digest": intent.digest,
        "state": intent.state,
        "payload": json.dumps(intent.payload, separators=(",", ":")),
        "tx_hash": intent.tx_hash,
        "refusal": None if refusal is None else json.dumps(refusal.__dict__),
        "created": intent.created,
        "changed": intent.changed,
    }


def _first(row: Row[Any] | None) -> StoredIntent | None:
    return None if row is None else _intent(row)


def _intent(row: Row[Any]) -> StoredIntent:
    return StoredIntent(
        row.id,
        row.kind,
        row.wallet,
        bytes(row.digest),
        row.state,
        json.loads(row.payload),
        row.tx_hash,
        None if row.refusal is None else StoredRefusal(**json.loads(row.refusal)),
        row.created,
        row.changed,
    )
