"""What the relay does with runs that are handed in: known ones are told of, new ones looked at and queued."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from wattcommons.domain.intervals import IntervalLength
from wattcommons.domain.packing import SignedRun
from wattcommons.errors import NodeUnavailable, RetryableError
from wattcommons.services.delivery.fate import Carrier, Fate, Refusal, RunFate
from wattcommons.services.relay.directory import Directory
from wattcommons.services.runtime.limits import Buckets
from wattcommons.services.store.run_queue import QueuedRun, RunQueue

_WAITING: Final = RunFate(Fate.WAITING)
DONE: Final = (Fate.FINAL, Fate.CONFLICT, Fate.REFUSED)


@dataclass(frozen=True, slots=True)
class Handed:
    """What became of runs that were handed in: a fate each, in order.

    `strange`: how many were signed by no key that is known for them.
    """

    fates: list[RunFate]
    strange: int = 0


@dataclass
class Desk:
    """Takes runs in. `judge`: a carrier that sends nothing, for runs whose signature does not fit.

    `places`: how many new runs a participant may hand in. `now`: the newest block's time as far as it is known, unix
    seconds. `came`: set whenever something was queued. Thread-safe.
    """

    queue: RunQueue
    directory: Directory
    judge: Carrier
    length: IntervalLength
    places: Buckets
    now: Callable[[], int] = lambda: 0
    came: threading.Event = field(default_factory=threading.Event)
    clock: Callable[[], float] = time.time
    _judging: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def take(self, runs: Sequence[SignedRun]) -> Handed:
        """Where each run stands. What is queued is durable on return.

        A run is waiting, and not queued, when it has not ended, when there is no room for it at the moment, and when
        no final block tells yet whose signature is the right one: whoever waits hands the run in again anyway.
        Raises NodeUnavailable when a run is new and the node cannot be asked about its key, StoreError.
        """
        found = self.queue.find(runs)
        fates = [_WAITING if entry is None else fate_of(entry) for entry in found]
        clock = self.clock()
        latest = max(int(clock), self.now())  # a chain that makes no empty blocks stands still until somebody sends
        # What has not ended would hold a place until then: of a gateway whose clock is wrong, for years.
        new = [
            position
            for position, entry in enumerate(found)
            if entry is None and runs[position].run.end * self.length.seconds <= latest
        ]
        fits = self.directory.fits([runs[position] for position in new])
        known = [position for position, fit in zip(new, fits, strict=True) if fit]
        strange = [position for position, fit in zip(new, fits, strict=True) if fit is False]
        # Counted for the participant once it is known to be the one: nobody uses up another's places.
        wanted = [position for position in known if not self.places.take(runs[position].run.participant)]
        if wanted and any(self.queue.add([runs[one] for one in wanted], Fate.WAITING.value, int(clock * 1_000))):
            self.came.set()
        if None in fits:
            raise NodeUnavailable("the node is away, and nobody knows whose key signed some of the runs")
        for position, fate in zip(strange, self._judged([runs[position] for position in strange]), strict=True):
            fates[position] = fate
        return Handed(fates, len(strange))

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
                return [_WAITING] * len(runs)


def fate_of(entry: QueuedRun) -> RunFate:
    """An entry of the queue as a fate."""
    return RunFate(Fate(entry.fate), entry.block, Refusal(entry.reason), entry.detail, entry.conflicts)


def entry_of(signed: SignedRun, fate: RunFate) -> QueuedRun:
    """A fate as it is kept."""
    done = fate.fate in DONE
    return QueuedRun(signed, fate.fate.value, done, fate.block, int(fate.reason), fate.detail, fate.conflicts)
