"""What the relay does with runs that are handed in: known ones are told of, new ones looked at and queued."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from wattcommons.domain.packing import SignedRun
from wattcommons.errors import NodeUnavailable, RetryableError
from wattcommons.services.delivery.fate import Carrier, Fate, Refusal, RunFate
from wattcommons.services.relay.directory import Directory
from wattcommons.services.store.run_queue import QueuedRun, RunQueue

DONE = (Fate.FINAL, Fate.CONFLICT, Fate.REFUSED)


@dataclass
class Desk:
    """Takes runs in. `judge`: a carrier that sends nothing, for runs whose signature does not fit.

    `came`: set whenever something was queued. Thread-safe.
    """

    queue: RunQueue
    directory: Directory
    judge: Carrier
    came: threading.Event = field(default_factory=threading.Event)
    clock: Callable[[], float] = time.time
    _judging: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def take(self, runs: Sequence[SignedRun]) -> list[RunFate | None]:
        """Where each run stands; None for one that there is no room for. What is queued is durable on return.

        Raises NodeUnavailable when a run is new and the node cannot be asked about its key, StoreError.
        """
        fates: list[RunFate | None] = [None if entry is None else fate_of(entry) for entry in self.queue.find(runs)]
        new = [position for position, fate in enumerate(fates) if fate is None]
        fits = {position: self.directory.fits(runs[position]) for position in new}
        fitting = [position for position in new if fits[position]]
        at = int(self.clock() * 1_000)
        added = self.queue.add([runs[position] for position in fitting], Fate.WAITING.value, at)
        for position, taken in zip(fitting, added, strict=True):
            fates[position] = RunFate(Fate.WAITING) if taken else None
        if any(added):
            self.came.set()
        strange = [position for position in new if not fits[position]]
        for position, fate in zip(strange, self._judged([runs[position] for position in strange]), strict=True):
            fates[position] = fate
        return fates

    def _judged(self, runs: Sequence[SignedRun]) -> list[RunFate]:
        """By the ledger at a final block; anything but a refusal there may change, and is asked about again."""
        if not runs:
            return []
        with self._judging:
            try:
                return self.judge.carry(runs)
            except NodeUnavailable:
                raise
            except RetryableError:
                return [RunFate(Fate.WAITING) for _ in runs]


def fate_of(entry: QueuedRun) -> RunFate:
    """An entry of the queue as a fate."""
    return RunFate(Fate(entry.fate), entry.block, Refusal(entry.reason), entry.detail, entry.conflicts)


def entry_of(signed: SignedRun, fate: RunFate) -> QueuedRun:
    """A fate as it is kept."""
    done = fate.fate in DONE
    return QueuedRun(signed, fate.fate.value, done, fate.block, int(fate.reason), fate.detail, fate.conflicts)
