"""Carries what is queued to the ledger, round after round, and writes down what became of it."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import structlog

from wattcommons.errors import RetryableError, StoreDamaged, StoreError, WattError
from wattcommons.services.delivery.fate import Carrier
from wattcommons.services.relay.desk import entry_of
from wattcommons.services.runtime.backoff import Backoff
from wattcommons.services.store.run_queue import RunQueue

_MOST: Final = 4_000
_IDLE_S: Final = 30.0
_PURGE_S: Final = 3_600.0


@dataclass
class Worker:
    """`look`: asks the node for its newest block, to know that it is there: (number, unix seconds).

    `poll_s`: seconds between two looks at what is under way. `retention_s`: how long finished runs are remembered.
    `most`: runs carried at once. `fates` counts runs by what became of them since the start, `batches` what was handed
    to the carrier; `failure`: what the last round failed for; `head`: the newest block seen.
    """

    queue: RunQueue
    carrier: Carrier
    came: threading.Event
    look: Callable[[], tuple[int, int]]
    poll_s: float = 2.0
    retention_s: int = 30 * 86_400
    most: int = _MOST
    clock: Callable[[], float] = time.time
    fates: Counter[str] = field(default_factory=Counter)
    batches: int = 0
    failures: int = 0
    failure: str = ""
    head: tuple[int, int] = (0, 0)
    _purged: float = 0.0

    def round(self) -> bool:
        """One round over all that is unfinished; whether anything is left of it.

        Raises RetryableError, StoreError, FatalError.
        """
        self.head = self.look()
        left = 0
        while entries := self.queue.due(self.most, skip=left):
            fates = self.carrier.carry([entry.signed for entry in entries])
            self.batches += 1
            found = [entry_of(entry.signed, fate) for entry, fate in zip(entries, fates, strict=True)]
            changed = [after for before, after in zip(entries, found, strict=True) if after != before]
            if changed:
                self.queue.settle(changed, int(self.clock() * 1_000))
            self.fates.update(one.fate for one in changed if one.done)
            left += sum(not one.done for one in found)
        now = self.clock()
        if now - self._purged > _PURGE_S:
            self.queue.purge(int((now - self.retention_s) * 1_000))
            self._purged = now
        self.failure = ""
        return left > 0

    def run(self, stop: threading.Event) -> None:
        """Round after round until stopped. Raises StoreDamaged, and a FatalError that needs a person."""
        log: Any = structlog.get_logger("relay")
        backoff = Backoff(random.Random(), most=60.0)  # noqa: S311
        while not stop.is_set():
            self.came.clear()
            if stop.is_set():  # who stops sets `came` last: it may just have been cleared
                return
            try:
                left = self.round()
                backoff.reset()
            except StoreDamaged:
                raise
            except (RetryableError, StoreError) as error:
                self._failed(log, error)
                stop.wait(backoff.pause())
                continue
            # A short breath lets a burst of gateways fill one transaction.
            self.came.wait(self.poll_s if left else _IDLE_S)
            stop.wait(min(0.2, self.poll_s))

    def _failed(self, log: Any, error: WattError) -> None:
        self.failures += 1
        self.failure = str(error)
        log.warning("round failed", reason=str(error))
