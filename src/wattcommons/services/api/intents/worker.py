"""Brings kept intents to the chain and writes down what became of them, round after round.

A transaction is signed and kept before it is handed over. After a crash at any point the very same bytes are handed
over again, so that nothing is sent twice and nothing is lost; an intent is over when its block is final.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import structlog

from wattcommons.chain.batch import call_of
from wattcommons.chain.contracts import Call, Contracts
from wattcommons.chain.finality import Finality
from wattcommons.chain.outcomes import Outcome, landed_order, outcome_of
from wattcommons.chain.sender import Prepared, Sender
from wattcommons.chain.transactions import standings
from wattcommons.errors import NodeUnavailable, NonceConflict, RetryableError, StoreDamaged, StoreError
from wattcommons.services.api.intents.desk import IntentDesk
from wattcommons.services.api.intents.messages import ORDER
from wattcommons.services.api.intents.refusals import order_refusal, refusal_of
from wattcommons.services.runtime.backoff import Backoff
from wattcommons.services.store.app.intents import (
    DONE,
    REFUSED,
    SENT,
    WAITING,
    StoredIntent,
    StoredRefusal,
    intents_in,
    save_intents,
)
from wattcommons.services.store.engine import Store

BATCH: Final = 50
"""Bids in one transaction."""
_AT_ONCE: Final = 400
_TRIES: Final = 5
_NONCE_USED: Final = 3
_IDLE_S: Final = 10.0
_GIVEN_UP: Final = StoredRefusal("failed", "it could not be sent", "make it anew and sign again; tell the operator")


@dataclass
class IntentWorker:
    """`told`: called with each intent that stands elsewhere. `poll_s`: seconds between two looks at what is under way.
    One a community's sender: two would take each other's nonces.
    """

    store: Store
    contracts: Contracts
    sender: Sender
    finality: Finality
    desk: IntentDesk
    told: Callable[[StoredIntent], None]
    clock: Callable[[], float]
    poll_s: float = 1.0
    _log: Any = field(default_factory=lambda: structlog.get_logger("api"), repr=False)

    def run(self, stop: threading.Event) -> None:
        """Round after round until stopped. Raises StoreDamaged, and a FatalError that needs a person."""
        backoff = Backoff(random.Random(), most=30.0)  # noqa: S311
        while not stop.is_set():
            self.desk.came.clear()
            if stop.is_set():  # who stops sets `came` last: it may just have been cleared
                return
            try:
                left = self.round()
            except StoreDamaged:
                raise
            except (RetryableError, StoreError) as error:
                self.desk.trouble = "requests cannot be sent on at the moment; they are kept"
                self._log.warning("sending on failed", reason=str(error))
                stop.wait(backoff.pause())
                continue
            self.desk.trouble = ""
            backoff.reset()
            self.desk.came.wait(self.poll_s if left else _IDLE_S)

    def round(self) -> bool:
        """Look at what was sent, send what waits; whether anything is left to follow. Raises as `run`."""
        self._follow()
        with self.store.read() as connection:
            waiting = intents_in(connection, WAITING, _AT_ONCE)
        for group in _groups(waiting):
            self._send(group)
        with self.store.read() as connection:
            return bool(intents_in(connection, SENT, 1))

    # --- sending --------------------------------------------------------------------------------------

    def _send(self, group: list[StoredIntent]) -> None:
        if any(intent.payload.get("tries", 0) >= _TRIES for intent in group):
            self._save([one.moved(REFUSED, self._now(), refusal=_GIVEN_UP) for one in group])
            return
        prepared = self.sender.prepare(self._call(group))
        now, raw = self._now(), prepared.raw.hex()
        sent = [
            one.moved(SENT, now, tx_hash=prepared.tx_hash, raw=raw, tries=one.payload.get("tries", 0) + 1)
            for one in group
        ]
        self._save(sent)
        try:
            self.sender.hand_over(prepared)
        except NonceConflict:
            self._again(sent)
            raise

    def _call(self, group: Sequence[StoredIntent]) -> Call:
        if group[0].kind == ORDER:
            signed = [(tuple(one.payload["order"]), bytes.fromhex(one.payload["signature"])) for one in group]
            return call_of(self.contracts, "OrderBook", "placeOrders", signed)
        payload = group[0].payload
        return Call(payload["to"], bytes.fromhex(payload["data"]), payload["label"])

    # --- following ------------------------------------------------------------------------------------

    def _follow(self) -> None:
        with self.store.read() as connection:
            sent = intents_in(connection, SENT, 10 * _AT_ONCE)
        if not sent:
            return
        _, final = self.finality.blocks(self.contracts.web3)
        by_hash: dict[str, list[StoredIntent]] = {}
        for intent in sent:
            by_hash.setdefault(str(intent.tx_hash), []).append(intent)
        hashes = list(by_hash)
        for tx_hash, standing in zip(hashes, standings(self.contracts.web3, hashes), strict=True):
            group = by_hash[tx_hash]
            if not standing.known:
                self._hand_over_again(group)
            elif standing.block is not None and standing.block <= final.number:
                outcome = outcome_of(self.contracts, tx_hash, self._call(group), self.sender.address)
                if outcome is not None:
                    self._settle(group, outcome)

    def _hand_over_again(self, group: list[StoredIntent]) -> None:
        """The node does not know it, or does not any more: after a restart, or when the handing over failed."""
        prepared = Prepared(bytes.fromhex(group[0].payload["raw"]), str(group[0].tx_hash))
        try:
            self.sender.hand_over(prepared)
        except NonceConflict:
            self._again(group)  # another one has its place for ever: it is signed anew

    def _again(self, group: Sequence[StoredIntent]) -> None:
        self.sender.restart()
        self._save([one.moved(WAITING, self._now()) for one in group])

    def _settle(self, group: list[StoredIntent], outcome: Outcome) -> None:
        if outcome.error is not None and group[0].kind == ORDER:
            self._again(group)  # a batch is refused as a whole for no reason of an order's own
            return
        self._save([self._settled(one, outcome) for one in group])

    def _settled(self, intent: StoredIntent, outcome: Outcome) -> StoredIntent:
        now = self._now()
        refusal: StoredRefusal | None = None
        if outcome.error is not None:
            refusal = refusal_of(outcome.error)
        elif intent.kind == ORDER:
            refusal = self._order_refusal(intent, outcome)
        state = DONE if refusal is None else REFUSED
        return intent.moved(state, now, tx_hash=intent.tx_hash, refusal=refusal)

    def _order_refusal(self, intent: StoredIntent, outcome: Outcome) -> StoredRefusal | None:
        participant, nonce = intent.payload["participant"], intent.payload["nonce"]
        for event in outcome.events:
            if event.args.get("participant") != participant or event.args.get("nonce") != nonce:
                continue
            if event.name == "OrderPlaced":
                return None
            if event.name == "OrderSkipped":
                reason = int(event.args["reason"])
                if reason == _NONCE_USED and landed_order(self.contracts, participant, nonce):
                    return None  # somebody else had sent it already
                return order_refusal(reason, event.args["detail"])
        raise NodeUnavailable("the receipt does not tell of an order that was sent", "the node may be at fault")

    def _save(self, changed: Sequence[StoredIntent]) -> None:
        with self.store.write() as connection:
            save_intents(connection, changed)
        for intent in changed:
            self.told(intent)

    def _now(self) -> int:
        return int(self.clock())


def _groups(waiting: Sequence[StoredIntent]) -> Iterator[list[StoredIntent]]:
    """What goes into one transaction each, in the order it came: bids together, everything else alone.

    A bid whose batch failed goes alone the next time, so that it hinders no other.
    """
    bids: list[StoredIntent] = []
    for intent in waiting:
        if intent.kind == ORDER and not intent.payload.get("tries", 0):
            bids.append(intent)
            if len(bids) == BATCH:
                yield bids
                bids = []
            continue
        if bids:
            yield bids
            bids = []
        yield [intent]
    if bids:
        yield bids
