"""Who has not been heard for long, until when that can be made good, and what it will cost.

Read from the chain's own state and records. What a silent meter costs its member is an estimate and is called one: as
much for each missing interval as trading with neighbours gained over the grid's prices in the mean of the intervals
settled in the thirty days up to its last reading.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from wattcommons.chain.batch import Read, read_all
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.rpc import ask, quantity, useless
from wattcommons.services.relay.gains import Gain, Window, gains_of

_DAYS: Final = 30
_WORD: Final = 224
_PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class Silent:
    """A participant not heard. Intervals by index, times in unix seconds, money in n€.

    `last`: its last interval with a reading, None for none ever. `missing`: intervals without one since. `lost`: those
    of them that are frozen, or past their deadline: their readings can be settled against the grid alone. `deadline`:
    when the oldest of the others may be cleared without it, None when there is no other. `estimated_cost_neur`: of the
    others, if they stay away.
    """

    participant: int
    last: int | None
    missing: int
    lost: int
    deadline: int | None
    estimated_cost_neur: int


@dataclass
class Silence:
    """Looks at the newest block. `after_s`: how long without a reading is silence. Thread-safe."""

    contracts: Contracts
    after_s: int = 86_400
    _last: dict[int, int | None] = field(default_factory=dict, init=False, repr=False)
    _gains: dict[int, tuple[Window, Gain]] = field(default_factory=dict, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def report(self) -> list[Silent]:
        """Everybody who is silent now, the longest first. Raises NodeUnavailable."""
        with self._lock:
            return self._report()

    def _report(self) -> list[Silent]:
        terms = self.contracts.deployment.terms
        length = terms.length.seconds
        block, now = self._head()
        current = now // length
        firsts = self._silent(current, block)
        self._last = {participant: self._last_of(participant, firsts, current, block) for participant in firsts}
        gains = self._gained(firsts, block)
        due = max(0, (now - terms.deadline_s) // length)  # the first whose deadline is still to come
        frozen = self._frozen(due, current, block) if firsts else set()
        found = []
        for participant, first in firsts.items():
            last = self._last[participant]
            begun = first if last is None else last + 1
            open_ = [interval for interval in range(max(begun, due), current) if interval not in frozen]
            deadline = (open_[0] + 1) * length + terms.deadline_s if open_ else None
            missing = current - begun
            cost = gains[participant].of(len(open_)) if participant in gains else 0
            found.append(Silent(participant, last, missing, missing - len(open_), deadline, cost))
        return sorted(found, key=lambda one: (-one.missing, one.participant))

    def _head(self) -> tuple[int, int]:
        web3 = self.contracts.web3
        header = ask(web3, "eth_getBlockByNumber", "latest", False)
        if not isinstance(header, dict):
            raise useless(web3, "the node has no newest block")
        return quantity(web3, header.get("number")), quantity(web3, header.get("timestamp"))

    def _silent(self, current: int, block: int) -> dict[int, int]:
        """Participants without a reading for so long that are active now: each with its first interval."""
        span = max(1, -(-self.after_s // self.contracts.deployment.terms.length.seconds))
        quiet = []
        since = max(0, current - span)
        active = self._active(current, block)
        for start in range(0, len(active), _PAGE):
            part = active[start : start + _PAGE]
            reads = [Read("MeterLedger", "readingsOf", (participant, since, current - since)) for participant in part]
            words = read_all(self.contracts, reads, block=block)
            quiet += [participant for participant, stored in zip(part, words, strict=True) if not any(stored)]
        infos = read_all(
            self.contracts, [Read("MemberRegistry", "participantInfo", (one,)) for one in quiet], block=block
        )
        return {
            participant: int(info[1])
            for participant, info in zip(quiet, infos, strict=True)
            if current - info[1] >= span
        }

    def _active(self, interval: int, block: int) -> list[int]:
        [words] = read_all(self.contracts, [Read("MemberRegistry", "rosterWordCount")], block=block)
        reads = [Read("MemberRegistry", "rosterWord", (interval, word)) for word in range(words)]
        return [
            word * _WORD + bit + 1
            for word, (active, _) in enumerate(read_all(self.contracts, reads, block=block))
            for bit in range(_WORD)
            if active >> bit & 1
        ]

    def _last_of(self, participant: int, firsts: dict[int, int], current: int, block: int) -> int | None:
        """Its last interval with a reading; what was found before is where the search ends."""
        known = self._last.get(participant)
        lowest = firsts[participant] if known is None else known
        end = current
        while end > lowest:
            start = max(lowest, end - _PAGE)
            [stored] = read_all(
                self.contracts, [Read("MeterLedger", "readingsOf", (participant, start, end - start))], block=block
            )
            here = [start + at for at, word in enumerate(stored) if word]
            if here:
                return here[-1]
            end = start
        return None

    def _gained(self, firsts: dict[int, int], block: int) -> dict[int, Gain]:
        """By participant that was ever heard. A window is looked at once more until all of it is settled."""
        days = _DAYS * 86_400 // self.contracts.deployment.terms.length.seconds
        windows = {
            participant: (max(firsts[participant], last + 1 - days), last + 1)
            for participant, last in self._last.items()
            if last is not None
        }
        known = {one: kept[1] for one, kept in self._gains.items() if windows.get(one) == kept[0]}
        found = gains_of(self.contracts, {one: window for one, window in windows.items() if one not in known}, block)
        [settled] = read_all(self.contracts, [Read("EnergyMarket", "firstUncleared")], block=block)
        gains = known | found
        self._gains = {one: (windows[one], gain) for one, gain in gains.items() if windows[one][1] <= settled}
        return gains

    def _frozen(self, first: int, end: int, block: int) -> set[int]:
        intervals: Sequence[int] = range(first, end)
        states = read_all(
            self.contracts, [Read("MeterLedger", "completeness", (one,)) for one in intervals], block=block
        )
        return {interval for interval, state in zip(intervals, states, strict=True) if state[2]}
