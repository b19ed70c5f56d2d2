"""Takes signed messages in: rehearsed on the chain as it is now, kept, then sent by the worker."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from wattcommons.chain.batch import try_all
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.sign_in import is_signed_by
from wattcommons.errors import RevertedError
from wattcommons.services.api.intents.messages import Asked
from wattcommons.services.api.intents.refusals import order_refusal, refusal_of
from wattcommons.services.api.problems import ApiProblem, not_yours
from wattcommons.services.store.app.intents import (
    REFUSED,
    WAITING,
    StoredIntent,
    StoredRefusal,
    add_intent,
    count_open,
    intent_by_digest,
    save_intents,
)
from wattcommons.services.store.engine import Store

_OPEN: Final = 50
_NOT_MEMBER: Final = 1


@dataclass
class IntentDesk:
    """`came`: set whenever something was kept. `clock`: Unix seconds. `sender`: the account that will send, in whose
    name is rehearsed. `trouble`: what keeps the worker from sending, set by it. Thread-safe.
    """

    store: Store
    contracts: Contracts
    sender: str
    clock: Callable[[], float]
    came: threading.Event = field(default_factory=threading.Event)
    open_each: int = _OPEN
    trouble: str = ""

    def take(self, asked: Asked) -> StoredIntent:
        """The intent for a signed message; the same message again gives the same one. It is durable on return.

        Raises ApiProblem with the contract's reason when it would be refused now, and when too many of the wallet's are
        open; NodeUnavailable, StoreError.
        """
        with self.store.read() as connection:
            known = intent_by_digest(connection, asked.digest)
            waiting = count_open(connection, asked.wallet)
        if known is not None:
            if known.wallet != asked.wallet:
                raise not_yours()
            if known.state != REFUSED:
                return known
        if waiting >= self.open_each:
            what = f"{waiting} of your requests are still on their way"
            raise ApiProblem(429, "too_many_open", what, "wait until they are through", retry_s=10)
        refusal = self._refusal(asked)
        if refusal is not None:
            raise ApiProblem(409, refusal.code, refusal.detail, refusal.what_to_do)
        intent = self._keep(asked)
        self.came.set()
        return intent

    def _refusal(self, asked: Asked) -> StoredRefusal | None:
        if asked.unchecked and not is_signed_by(self.contracts.web3, asked.wallet, asked.message, asked.signature):
            return order_refusal(_NOT_MEMBER)
        [outcome] = try_all(self.contracts, [asked.rehearsal], sender=asked.rehearsed_by or self.sender)
        return refusal_of(outcome) if isinstance(outcome, RevertedError) else None

    def _keep(self, asked: Asked) -> StoredIntent:
        now = int(self.clock())
        with self.store.write() as connection:
            known = intent_by_digest(connection, asked.digest)  # somebody may have been faster
            if known is None:
                intent = StoredIntent(
                    _new_id(self.clock()),
                    asked.kind,
                    asked.wallet,
                    asked.digest,
                    WAITING,
                    asked.payload,
                    None,
                    None,
                    now,
                    now,
                )
                add_intent(connection, intent)
                return intent
            if known.state != REFUSED:
                return known
            again = known.moved(WAITING, now, **asked.payload)
            save_intents(connection, [again])
            return again


def _new_id(now: float) -> str:
    """An id that sorts by time: what one wallet asks for within a second is sent in the order it came."""
    return f"{int(now * 1e9) & (2**64 - 1):016x}{secrets.token_hex(8)}"
