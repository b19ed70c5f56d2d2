"""Who signed the runs of a batch: found here and now, or ahead of time by other processes.

Recovering signers is most of an audit's work, and it needs nothing but the batch. So the events are read some way
ahead, and their batches handed out; whoever then asks finds the answer, the same as without any process.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Final, Protocol

from wattcommons.chain.events import Event
from wattcommons.chain.run_recovery import signers_of
from wattcommons.chain.run_signatures import RunSignatures
from wattcommons.chain.typed_data import SigningDomain

GROUP_BYTES: Final = 32_768
"""Of batches handed out at once: some 400 runs of one reading, 80 of a day."""
START_BYTES: Final = 400_000
"""Of batches read before helpers start, some 5,000 runs of one reading: for less a start costs more than it saves."""
MOST_EVENTS: Final = 50_000
"""Events read ahead at most."""
GROUPS_A_HELPER: Final = 4

_Signers = Sequence[str | None]


class Signers(Protocol):
    """Whatever can tell who signed."""

    def signers(self, batch: bytes) -> _Signers:
        """Checksummed address that signed each run of a whole batch, None for nobody."""
        ...


class SignersAhead:
    """As `RunSignatures`, with so many `helpers`: processes that work ahead. Close it in the end.

    They start once there is enough to do for one of them. What they have not begun when it is asked for is done here,
    as is all of it until the first has answered, and should one of them die: an audit never waits for a start.
    """

    def __init__(self, domain: SigningDomain, helpers: int) -> None:
        self._here = RunSignatures(domain)
        self._helpers = helpers
        self._answered = False
        self._pool: ProcessPoolExecutor | None = None
        self._due: dict[bytes, tuple[Future[list[list[str | None]]], int]] = {}
        self._group: list[bytes] = []
        self._group_bytes = 0
        self._seen_bytes = 0
        self._handed_out: deque[Future[list[list[str | None]]]] = deque()

    def signers(self, batch: bytes) -> _Signers:
        """See Signers."""
        found = self._due.pop(batch, None)
        if found is not None:
            future, position = found
            if future.done() or (not future.cancel() and self._answered):
                try:
                    answer = future.result()[position]
                except CancelledError:
                    return self._here.signers(batch)
                except BrokenProcessPool:
                    self._helpers = 0
                else:
                    self._answered = True
                    return answer
        return self._here.signers(batch)

    def ahead(self, events: Iterable[Event]) -> Iterator[Event]:
        """The same events, of which some have been looked at before they are given."""
        waiting: deque[Event] = deque()
        for event in events:
            waiting.append(event)
            if self._helpers and event.name == "RunsRecorded":
                self._expect(event.args["runs"])
            while len(waiting) > MOST_EVENTS or (waiting and self._is_far_enough()):
                yield waiting.popleft()
        if self._pool is not None:
            self._hand_out()
        yield from waiting

    def close(self) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def _expect(self, batch: bytes) -> None:
        self._seen_bytes += len(batch)
        if self._seen_bytes < START_BYTES:
            return
        self._group.append(batch)
        self._group_bytes += len(batch)
        if self._group_bytes >= GROUP_BYTES:
            self._hand_out()

    def _hand_out(self) -> None:
        if self._pool is None:
            # Never by fork: other threads of this process may hold locks that nobody would open in the copy.
            self._pool = ProcessPoolExecutor(self._helpers, multiprocessing.get_context("spawn"))
        try:
            future = self._pool.submit(signers_of, self._here.separator, self._group)
        except BrokenProcessPool:
            self._helpers = 0
            return
        self._due.update((batch, (future, position)) for position, batch in enumerate(self._group))
        self._handed_out.append(future)
        self._group, self._group_bytes = [], 0

    def _is_far_enough(self) -> bool:
        """Whether all helpers have enough to do, so that what waits is to be read."""
        while self._handed_out and self._handed_out[0].done():
            self._handed_out.popleft()
        enough = self._seen_bytes < START_BYTES or len(self._handed_out) >= GROUPS_A_HELPER * self._helpers
        return not self._helpers or enough
