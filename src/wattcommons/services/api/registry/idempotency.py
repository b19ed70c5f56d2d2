"""Requests that may come twice: with the same `Idempotency-Key` and the same content they get the same answer.

Keys are each account's own and are kept for a day. The same key with another content is refused. Refusals are not kept:
what was refused may be tried again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Annotated, Final, TypeVar

from fastapi import Header

from wattcommons.services.api.context import Context
from wattcommons.services.api.dependencies import Visitor
from wattcommons.services.api.models.common import Model
from wattcommons.services.api.problems import ApiProblem
from wattcommons.services.store.app import registry as kept
from wattcommons.services.store.reads.snapshot import Snapshot

Answer = TypeVar("Answer", bound=Model)
_MOST: Final = 5_000
"""Answers kept of one account."""

IdempotencyKey = Annotated[
    str | None,
    Header(
        pattern="^[!-~]{1,64}$",
        description="the same key and content again within a day get the same answer",
        examples=["9f0c1b1e-transfer-1"],
    ),
]


def once(
    ctx: Context, visitor: Visitor, key: str | None, action: str, body: Model, kind: type[Answer],
    make: Callable[[], Answer],
) -> Answer:  # fmt: skip
    """The answer that was given before, or the one that `make` gives, kept under its key.

    Raises ApiProblem 409 for a key that was used for something else.
    """
    if key is None:
        return make()
    asked, now = digest(action, body), int(ctx.clock())
    with ctx.store.read() as snapshot:
        known = known_answer(snapshot, visitor, key, asked, kind, now)
    if known is not None:
        return known
    made = make()
    with ctx.store.write() as transaction:
        kept.one_at_a_time(transaction)
        known = known_answer(transaction, visitor, key, asked, kind, now)  # somebody may have been faster
        if known is not None:
            return known
        keep_answer(transaction, visitor, key, asked, made, now)
    return made


def known_answer(
    snapshot: Snapshot, visitor: Visitor, key: str, asked: bytes, kind: type[Answer], now: int
) -> Answer | None:
    """What was answered to this key. Raises ApiProblem 409 where it was another question."""
    known = kept.known_request(snapshot, visitor.wallet, key, now)
    if known is None:
        return None
    if known.request_hash != asked:
        raise ApiProblem(
            409,
            "idempotency_key",
            "this key was used for another request",
            "take a new key for a new request",
            where="Idempotency-Key",
        )
    return kind.model_validate(known.answer)


def keep_answer(transaction: Snapshot, visitor: Visitor, key: str, asked: bytes, made: Model, now: int) -> None:
    """Keep an answer under its key. Raises ApiProblem 429 where an account has too many."""
    if kept.count_requests(transaction, visitor.wallet, now) >= _MOST:
        raise ApiProblem(429, "too_many_keys", "too many keys in one day", "send less, or without keys", retry_s=3_600)
    known = kept.KnownRequest(asked, made.model_dump(mode="json"))
    kept.keep_request(transaction, visitor.wallet, key, known, now)


def digest(action: str, body: Model) -> bytes:
    """What stands for a request: the same for the same content, however it was written."""
    content = json.dumps([action, body.model_dump(mode="json")], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(content.encode()).digest()
