"""What a keeper does beside clearing: late readings, silence, credit, coach targets. Anyone may do each of these."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

from wattcommons.chain.batch import Read, call_of, read_all, read_wide, try_all
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.sender import Sender
from wattcommons.domain.intervals import IntervalLength
from wattcommons.domain.units import MAX_INDEX
from wattcommons.errors import RevertedError
from wattcommons.services.keeper.book import members_of
from wattcommons.services.keeper.watch import Watch

_LATE_GAS: Final = 120_000
_COACH_INTERVALS: Final = 1_500


@dataclass
class Chores:
    """One round of chores; each returns how much it did, and skips what the contracts would refuse now."""

    contracts: Contracts
    sender: Sender
    watch: Watch
    budget: int
    _warned: set[int] = field(default_factory=set)

    def settle_late(self) -> int:
        """Settle late readings of final intervals against the grid; returns their number."""
        places = sorted(self.watch.late)
        intervals = sorted({interval for _, interval in places})
        outcomes = read_wide(self.contracts, [Read("EnergyMarket", "outcomeOf", (one,)) for one in intervals])
        final = {interval for interval, outcome in zip(intervals, outcomes, strict=True) if outcome[3]}
        most = max(1, self.budget // _LATE_GAS)
        done = 0
        for participant, first, count in stretches(place for place in places if place[1] in final):
            for at in range(first, first + count, most):
                part = min(most, first + count - at)
                self.sender.send(
                    call_of(self.contracts, "EnergyMarket", "settleLate", participant, at, part), gas=self.budget
                )
                self.watch.late -= {(participant, interval) for interval in range(at, at + part)}
                done += part
        return done

    def mark_silent(self, cleared: Sequence[int], current: int) -> int:
        """Stop waiting for those who were missing from the newest of the cleared intervals and long before."""
        if not cleared:
            return 0
        interval = max(cleared)
        [words] = read_all(self.contracts, [Read("MemberRegistry", "rosterWordCount")])
        rosters = read_all(self.contracts, [Read("MemberRegistry", "rosterWord", (interval, w)) for w in range(words)])
        reads = [Read("MeterLedger", "readingsInWord", (interval, w, active)) for w, (active, _) in enumerate(rosters)]
        missing = [
            participant
            for word, ((active, _), readings) in enumerate(zip(rosters, read_all(self.contracts, reads), strict=True))
            for participant, stored in zip(members_of(word, active), readings, strict=True)
            if not stored
        ]
        epochs = read_all(self.contracts, [Read("MemberRegistry", "epochAt", (one, current)) for one in missing])
        heard = [one for one, epoch in zip(missing, epochs, strict=True) if not epoch[6] and int(epoch[0], 16)]
        return self._send_possible([("MeterLedger", "markSilent", (one,)) for one in heard])

    def check_credit(self) -> int:
        """Re-evaluate accounts in debt, and those whose orders do not count; returns how many were."""
        [count] = read_all(self.contracts, [Read("MemberRegistry", "participantCount")])
        everyone = range(1, count + 1)
        balances = self._market("balanceOf", [(one,) for one in everyone])
        eligible = self._market("eligibleAt", [(one, MAX_INDEX) for one in everyone])
        asked = [one for one, balance, ok in zip(everyone, balances, eligible, strict=True) if balance < 0 or not ok]
        reserves = self._market("reserveOf", [(one,) for one in asked])
        limits = self._market("creditLimitOf", [(one,) for one in asked])
        due = []
        for one, reserve, limit in zip(asked, reserves, limits, strict=True):
            available = balances[one - 1] - reserve
            low = available < -(limit - limit // 5)
            if (available >= -limit) is not eligible[one - 1] or (low and one not in self._warned):
                due.append(one)
            self._warned.discard(one)
            if low:
                self._warned.add(one)
        self._warned &= set(asked)
        return self._send_possible([("EnergyMarket", "checkCredit", (one,)) for one in due])

    def evaluate_targets(self, now: int, length: IntervalLength) -> int:
        """Judge coach periods that have ended, as far as their readings are there or no longer waited for."""
        due = sorted(place for place, end in self.watch.targets.items() if end * length.seconds <= now)
        sent = 0
        while due:
            calls: list[tuple[str, str, tuple[Any, ...]]] = [
                ("GreenCoach", "evaluate", (*place, _COACH_INTERVALS)) for place in due
            ]
            sent += self._send_possible(calls)
            states = read_all(self.contracts, [Read("GreenCoach", "evaluationOf", place) for place in due])
            judged = {place for place, state in zip(due, states, strict=True) if state[0]}
            for place in judged:
                self.watch.targets.pop(place, None)
            moved = [place for place, state in zip(due, states, strict=True) if not state[0] and state[1]]
            due = moved if judged or sent else []
            if moved and not judged:
                break
        return sent

    def _market(self, function: str, arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
        return read_wide(self.contracts, [Read("EnergyMarket", function, one) for one in arguments])

    def _send_possible(self, calls: Sequence[tuple[str, str, tuple[Any, ...]]]) -> int:
        """Send those that would succeed now; returns how many did."""
        answers = try_all(self.contracts, [Read(*call) for call in calls], sender=self.sender.address)
        possible = [call for call, answer in zip(calls, answers, strict=True) if not isinstance(answer, RevertedError)]
        sent = self.sender.send_all(
            [call_of(self.contracts, contract, function, *arguments) for contract, function, arguments in possible],
            gas=self.budget,
        )
        return sum(one.error is None for one in sent)


def stretches(places: Iterable[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """(participant, first, count) of consecutive intervals, from sorted places."""
    found = []
    for _, group in groupby(enumerate(places), key=lambda pair: (pair[1][0], pair[1][1] - pair[0])):
        here = [place for _, place in group]
        found.append((here[0][0], here[0][1], len(here)))
    return found
