"""Bringing signed runs to the ledger: batches within a gas and a size budget, and what became of each run.

Pushing again is harmless: the ledger takes no reading twice, and runs it holds already are not even sent. So after
an interruption everything that is not known to have arrived is simply pushed again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from wattcommons.chain.batch import Read, call_of, read_all
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.events import Event
from wattcommons.chain.receipts import receipt_events
from wattcommons.chain.sender import Sender
from wattcommons.chain.stored import reading_of
from wattcommons.domain.packing import READING_BYTES, RUN_HEADER_BYTES, SignedRun, encode_batch
from wattcommons.errors import RetryableError, RevertedError
from wattcommons.services.delivery.fate import Refusal

_RUN_GAS: Final = 30_000
_READING_GAS: Final = 7_000
_FIRST_WAIT_S: Final = 0.5


class State(Enum):
    """What became of a run."""

    RECORDED = "at least one of its readings is new"
    KNOWN = "the ledger held all of it already"
    SKIPPED = "the ledger refused it"


@dataclass(frozen=True, slots=True)
class Conflict:
    """A signed reading that differs from the recorded one, which stays. Stored forms, see `chain.stored`."""

    interval: int
    recorded: int
    given: int


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """One run after the push. `recorded` counts its new readings; `reason` and `detail` tell why it was skipped."""

    signed: SignedRun
    state: State
    recorded: int = 0
    reason: Refusal = Refusal.NONE
    detail: int = 0
    conflicts: tuple[Conflict, ...] = ()


@dataclass(frozen=True)
class PushReport:
    """A push: outcomes in the order the runs were given, transactions and the gas they took."""

    outcomes: tuple[RunOutcome, ...]
    transactions: tuple[str, ...] = ()
    gas_used: int = 0

    @property
    def recorded(self) -> int:
        """Readings recorded by this push."""
        return sum(outcome.recorded for outcome in self.outcomes)

    @property
    def skipped(self) -> tuple[RunOutcome, ...]:
        """Runs the ledger refused."""
        return tuple(outcome for outcome in self.outcomes if outcome.state is State.SKIPPED)

    @property
    def conflicts(self) -> int:
        """Readings that differ from what is recorded."""
        return sum(len(outcome.conflicts) for outcome in self.outcomes)


@dataclass(frozen=True)
class PushBudget:
    """Bounds of one transaction and of trying again: `attempts` in all, with doubling waits between them."""

    gas: int = 24_000_000
    size: int = 100_000
    attempts: int = 5


@dataclass
class Push:
    """Pushes runs from one sender, who needs no privilege and knows no gateway key."""

    contracts: Contracts
    sender: Sender
    budget: PushBudget = field(default_factory=PushBudget)
    wait: Callable[[float], None] = time.sleep

    def push(self, runs: Sequence[SignedRun]) -> PushReport:
        """Send what the ledger does not hold yet, in order.

        Raises RetryableError when the node still fails after all attempts, RevertedError when a run alone does
        not fit a block. Runs of batches sent before stay recorded: push all again.
        """
        outcomes: dict[int, RunOutcome] = {}
        fresh = self._retried(lambda: self._fresh(runs))
        hashes: list[str] = []
        gas = 0
        pending: list[list[int]] = []
        for position, new in enumerate(fresh):
            if new == 0:
                outcomes[position] = RunOutcome(runs[position], State.KNOWN)
        todo = [position for position in range(len(runs)) if position not in outcomes]
        pending = [[todo[at] for at in batch] for batch in batches([runs[position] for position in todo], self.budget)]
        while pending:
            batch = pending.pop(0)
            signed = [runs[position] for position in batch]
            call = call_of(self.contracts, "MeterLedger", "record", encode_batch(signed))
            try:
                sent = self._retried(lambda call=call: self.sender.send(call, gas=self.budget.gas))  # type: ignore[misc]
            except RevertedError:
                if len(batch) == 1:
                    raise
                half = len(batch) // 2
                pending[:0] = [batch[:half], batch[half:]]
                continue
            hashes.append(sent.tx_hash)
            gas += sent.gas_used
            events = list(receipt_events(self.contracts.deployment, sent))
            found = _outcomes(signed, [fresh[position] for position in batch], events)
            outcomes.update(zip(batch, found, strict=True))
        return PushReport(tuple(outcomes[position] for position in range(len(runs))), tuple(hashes), gas)

    def _fresh(self, runs: Sequence[SignedRun]) -> list[int]:
        """Number of readings of each run that the ledger lacks; -1 where it holds a different one."""
        reads = [
            Read("MeterLedger", "readingsOf", (one.run.participant, one.run.first, len(one.run.readings)))
            for one in runs
        ]
        counts = []
        for one, stored in zip(runs, read_all(self.contracts, reads), strict=True):
            pairs = list(zip(stored, one.run.readings, strict=True))
            differs = any(word and reading_of(word)[0] != reading for word, reading in pairs)
            missing = sum(not word for word in stored)
            counts.append(-1 if differs and not missing else missing)
        return counts

    def _retried(self, work: Callable[[], Any]) -> Any:
        pause = _FIRST_WAIT_S
        for attempt in range(1, self.budget.attempts + 1):
            try:
                return work()
            except RetryableError:
                if attempt == self.budget.attempts:
                    raise
                self.wait(pause)
                pause *= 2
        raise AssertionError("the last attempt returns or raises")


def batches(runs: Sequence[SignedRun], budget: PushBudget) -> Iterator[range]:
    """Consecutive positions of `runs` that fit one transaction; a run too large for it goes alone."""
    start = gas = size = 0
    for position, signed in enumerate(runs):
        count = len(signed.run.readings)
        cost, length = _RUN_GAS + count * _READING_GAS, RUN_HEADER_BYTES + count * READING_BYTES
        if position > start and (gas + cost > budget.gas or size + length > budget.size):
            yield range(start, position)
            start, gas, size = position, 0, 0
        gas += cost
        size += length
    if start < len(runs):
        yield range(start, len(runs))


def _outcomes(signed: Sequence[SignedRun], fresh: Sequence[int], events: Sequence[Event]) -> list[RunOutcome]:
    """What the events of one transaction say of its runs."""
    skipped: dict[tuple[int, int], list[Event]] = {}
    conflicts: dict[int, list[Conflict]] = {}
    for event in events:
        args = event.args
        if event.name == "RunSkipped":
            skipped.setdefault((args["participant"], args["firstInterval"]), []).append(event)
        elif event.name == "ReadingConflict":
            found = Conflict(args["interval"], args["recorded"], args["given"])
            conflicts.setdefault(args["participant"], []).append(found)
    outcomes = []
    for one, new in zip(signed, fresh, strict=True):
        run = one.run
        refused = skipped.get((run.participant, run.first))
        if refused:
            args = refused.pop(0).args
            outcomes.append(RunOutcome(one, State.SKIPPED, 0, Refusal(args["reason"]), args["detail"]))
            continue
        here = tuple(c for c in conflicts.get(run.participant, ()) if run.first <= c.interval < run.end)
        state = State.RECORDED if new > 0 else State.KNOWN
        outcomes.append(RunOutcome(one, state, max(new, 0), conflicts=here))
    return outcomes
