"""Who has not been heard for long, until when that can be made good, and what it will cost.

Read from the chain's own records. What a silent meter costs its member is an estimate and is called one: as much for
each missing interval as trading with neighbours gained over the grid's prices in an interval of the last thirty days.

    gain of a fill   bought: Wh × (R − f − price)   sold: Wh × (price − F)        n€, see 2 of `domain/settlement.py`
"""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from wattcommons.chain.batch import Read, read_all
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.events import decode_logs
from wattcommons.chain.logs import ChainLogs
from wattcommons.chain.rpc import node_errors
from wattcommons.domain.fills import unpack_fills
from wattcommons.domain.intervals import interval_at
from wattcommons.domain.packing import run_headers

_DAYS: Final = 30
_WORD: Final = 224


@dataclass(frozen=True, slots=True)
class Silent:
    """A participant not heard. Intervals by index, times in unix seconds, money in n€.

    `last`: its last interval with a reading, None for none ever. `missing`: intervals without one since. `deadline`:
    when the oldest of them that still can be cleared with its neighbours will be cleared without it. `lost`: missing
    intervals whose deadline has passed. `estimated_cost_neur`: of the others, if they stay away.
    """

    participant: int
    last: int | None
    missing: int
    lost: int
    deadline: int | None
    estimated_cost_neur: int


@dataclass
class Silence:
    """Keeps up with the chain's records. `after_s`: how long without a reading is silence. Thread-safe."""

    contracts: Contracts
    after_s: int = 86_400
    _next: int = field(default=0, init=False)
    _last: dict[int, int] = field(default_factory=dict, init=False)
    _prices: dict[int, int] = field(default_factory=dict, init=False)
    _gains: dict[int, deque[tuple[int, int]]] = field(default_factory=lambda: defaultdict(deque), init=False)
    _settled: deque[int] = field(default_factory=deque, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def report(self) -> list[Silent]:
        """Everybody who is silent now, the longest first. Raises NodeUnavailable."""
        with self._lock:
            with node_errors():
                head = self.contracts.web3.eth.get_block("latest")
            now = int(head["timestamp"])
            self._catch_up(int(head["number"]), now)
            current = interval_at(now, self.contracts.deployment.terms.length)
            found = [one for participant in self._active(current) if (one := self._look(participant, current, now))]
        return sorted(found, key=lambda one: (-one.missing, one.participant))

    def _look(self, participant: int, current: int, now: int) -> Silent | None:
        terms = self.contracts.deployment.terms
        last = self._last.get(participant)
        [info] = read_all(self.contracts, [Read("MemberRegistry", "participantInfo", (participant,))])
        first = max(int(info[1]), 0 if last is None else last + 1)
        missing = current - first
        if missing * terms.length.seconds < self.after_s:
            return None
        # [first, current) are missing; those whose deadline has passed are cleared without it.
        open_from = max(first, (now - terms.deadline_s) // terms.length.seconds)
        deadline = (open_from + 1) * terms.length.seconds + terms.deadline_s if open_from < current else None
        gains = sum(gain for _, gain in self._gains.get(participant, ()))
        cost = gains * (current - open_from) // len(self._settled) if self._settled else 0
        return Silent(participant, last, missing, min(open_from, current) - first, deadline, cost)

    def _active(self, interval: int) -> list[int]:
        [words] = read_all(self.contracts, [Read("MemberRegistry", "rosterWordCount")])
        rosters = read_all(
            self.contracts, [Read("MemberRegistry", "rosterWord", (interval, word)) for word in range(words)]
        )
        return [
            word * _WORD + bit + 1
            for word, (active, _) in enumerate(rosters)
            for bit in range(_WORD)
            if active >> bit & 1
        ]

    def _catch_up(self, block: int, now: int) -> None:
        deployment = self.contracts.deployment
        start = max(self._next, deployment.block)
        if block >= start:
            fills: list[tuple[int, bytes]] = []
            logs = ChainLogs(self.contracts.web3, deployment).logs(start, block)
            for event in decode_logs(deployment, logs):
                self._take(event.name, event.args, fills)
            self._count(fills)
            self._next = block + 1
        oldest = (now - _DAYS * 86_400) // deployment.terms.length.seconds
        while self._settled and self._settled[0] < oldest:
            self._prices.pop(self._settled.popleft(), None)
        for gains in self._gains.values():
            while gains and gains[0][0] < oldest:
                gains.popleft()

    def _take(self, name: str, args: dict[str, Any], fills: list[tuple[int, bytes]]) -> None:
        if name == "RunsRecorded":
            for participant, first, count in run_headers(args["runs"]):
                self._last[participant] = max(self._last.get(participant, 0), first + count - 1)
        elif name == "IntervalCleared":
            self._prices[args["interval"]] = args["price"]
            self._settled.append(args["interval"])
        elif name == "FillsSettled":
            fills.append((args["interval"], args["fills"]))

    def _count(self, fills: Sequence[tuple[int, bytes]]) -> None:
        intervals = sorted({interval for interval, _ in fills})
        reads = [Read("TariffSchedule", "pricesAt", (interval,)) for interval in intervals]
        tariffs = dict(zip(intervals, read_all(self.contracts, reads), strict=True))
        for interval, packed in fills:
            retail, feed_in, fee = tariffs[interval]
            price = self._prices[interval]
            for fill in unpack_fills(packed):
                gain = fill.wh * (price - feed_in) if fill.wh > 0 else -fill.wh * (retail - fee - price)
                self._gains[fill.participant].append((interval, gain))
