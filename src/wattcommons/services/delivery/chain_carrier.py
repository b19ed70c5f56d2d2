"""Brings signed runs to the ledger over a node, and says where each stands by what the ledger itself holds.

    at the final block      all recorded as signed                      FINAL
                            all recorded, some otherwise                CONFLICT
    at the newest block     all recorded                                RECORDED
    else                    on its way since less than `resend_s`       WAITING
                            not ended                                   WAITING
                            the newest block would take it              sent; WAITING, or what comes of it at once
                            the newest block refuses it                 WAITING, but REFUSED when a final block that
                                                                        began after the run's end refuses it too

Events are never read: anyone can have a run skipped in a participant's name. Nothing that matters is remembered, so a
restart, another node or a chain that went back changes only how often a run is sent; the ledger takes it once.

What is kept in memory, so as not to send at every question, is which transaction a run went with and when.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Final

from wattcommons.chain.batch import call_of
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.finality import Block, Finality
from wattcommons.chain.ledger_reads import holdings, verdicts
from wattcommons.chain.rpc import move_on, useless
from wattcommons.chain.sender import Sender
from wattcommons.chain.transactions import Standing, standings
from wattcommons.domain.packing import READING_BYTES, RUN_HEADER_BYTES, SignedRun, encode_batch
from wattcommons.errors import NonceConflict, RetryableError
from wattcommons.services.delivery.fate import Fate, Refusal, RunFate
from wattcommons.services.delivery.push import PushBudget, batches
from wattcommons.services.delivery.run_gas import LEAST_ALONE, most_gas

RESEND_S: Final = 60.0
RECEIPT_S: Final = 5.0
_WAITING: Final = RunFate(Fate.WAITING)
_FIRST_PAUSE_S: Final = 0.005
_LONGEST_PAUSE_S: Final = 0.5
_MOST_FACTOR: Final = 64
_MOST_BYTES: Final = 127 * 1024
"""Longest run that a transaction carries: geth's pool refuses transactions above 128 KiB (core/txpool/legacypool)."""


@dataclass(slots=True)
class _Flight:
    """A transaction on its way. `whole_block`: it carries one run and asked for all gas that a block has."""

    tx_hash: str
    since: float
    whole_block: bool


@dataclass(slots=True)
class _Work:
    """One question: the runs, their keys, and their fates as far as they are known; the two blocks asked about."""

    runs: Sequence[SignedRun]
    keys: list[bytes]
    newest: Block
    final: Block
    fates: list[RunFate | None]
    missing: dict[int, int] = field(default_factory=dict)

    @property
    def open(self) -> list[int]:
        """Positions without a fate."""
        return [position for position, fate in enumerate(self.fates) if fate is None]


@dataclass
class ChainCarrier:
    """A Carrier (`services.delivery.fate`) that talks to a node itself. For one thread at a time.

    `sender`: None for one that only says where runs stand. `budget`: bounds of a transaction. `resend_s`: seconds
    before a run that is not recorded is sent again, unless its transaction is gone or failed. `receipt_s`: longest
    wait for the transactions of one block. `clock`: unix seconds.

    A run is REFUSED with the reason NONE, and the block's gas limit as detail, when no block can hold it: hand it in
    in parts. `carry` raises RetryableError, and the fatal WrongChain and ReorganisedError.
    """

    contracts: Contracts
    sender: Sender | None
    finality: Finality
    budget: PushBudget = field(default_factory=PushBudget)
    resend_s: float = RESEND_S
    receipt_s: float = RECEIPT_S
    clock: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep
    _flights: dict[bytes, _Flight] = field(default_factory=dict, init=False, repr=False)
    _overdue: bool = field(default=False, init=False, repr=False)
    _factor: int = field(default=1, init=False, repr=False)

    def carry(self, runs: Sequence[SignedRun]) -> list[RunFate]:
        """See Carrier."""
        if not runs:
            return []
        work = self._looked_at(runs, [sha256(encode_batch([one])).digest() for one in runs])
        flying = self._flying(work)
        ready = self._judged(work, [position for position in work.open if position not in flying])
        if ready and self.sender is not None and self._sent(work, ready, self.sender):
            self._look_again(work, ready)
        return [fate or _WAITING for fate in work.fates]

    # --- what the ledger holds ----------------------------------------------------------------------

    def _looked_at(self, runs: Sequence[SignedRun], keys: list[bytes]) -> _Work:
        newest, final = self.finality.blocks(self.contracts.web3)
        work = _Work(runs, keys, newest, final, [None] * len(runs))
        held = holdings(self.contracts, runs, final.number)
        for position, holding in enumerate(held):
            # None: the node has forgotten that state, or not computed it yet. Then nothing is final for now.
            if holding is not None and not holding.missing:
                fate = Fate.CONFLICT if holding.differing else Fate.FINAL
                work.fates[position] = RunFate(fate, final.number, conflicts=holding.differing)
        rest = work.open
        if newest != final:
            held_now = holdings(self.contracts, [runs[position] for position in rest], newest.number)
        else:
            held_now = [held[position] for position in rest]
        for position, holding in zip(rest, held_now, strict=True):
            if holding is None:
                raise useless(self.contracts.web3, f"the node does not tell the readings at its block {newest.number}")
            if holding.missing:
                work.missing[position] = holding.missing
            else:
                work.fates[position] = RunFate(Fate.RECORDED)
        return work

    def _look_again(self, work: _Work, positions: list[int]) -> None:
        """What came of runs that were sent just now. That they were sent is true whether the node tells or not."""
        try:
            again = self._looked_at([work.runs[at] for at in positions], [work.keys[at] for at in positions])
        except RetryableError:
            return
        for position, fate in zip(positions, again.fates, strict=True):
            work.fates[position] = fate

    # --- what is on its way -------------------------------------------------------------------------

    def _flying(self, work: _Work) -> set[int]:
        """Positions of open runs whose transaction is on its way: they need not be sent now."""
        now = self.monotonic()
        here = {work.keys[position] for position in work.open}
        self._flights = {
            key: flight for key, flight in self._flights.items() if key in here or self._is_fresh(flight, now)
        }
        asked = {flight.tx_hash: flight for key, flight in self._flights.items() if key in here}
        flying: set[str] = set()
        gone: set[str] = set()
        impossible: dict[str, RunFate] = {}
        for tx_hash, standing in zip(asked, standings(self.contracts.web3, list(asked)), strict=True):
            flight = asked[tx_hash]
            if standing.block is None:
                if standing.known and self._is_fresh(flight, now):
                    flying.add(tx_hash)
                    continue
                gone.add(tx_hash)
                if standing.known:
                    # The node takes transactions and mines none of them: ask another one, and leave no gap behind.
                    self._overdue = True
                    move_on(self.contracts.web3)
            elif standing.block > work.newest.number:
                flying.add(tx_hash)  # mined since we looked
            elif standing.succeeded:
                pass  # the ledger skipped the run: judge it anew
            elif not flight.whole_block:
                self._factor = min(2 * self._factor, _MOST_FACTOR)
                gone.add(tx_hash)
            elif standing.block > work.final.number:
                flying.add(tx_hash)
            else:
                gone.add(tx_hash)
                impossible[tx_hash] = _too_large(work.final)
        positions = set()
        for position in work.open:
            found = self._flights.get(work.keys[position])
            if found is not None and found.tx_hash in impossible:
                work.fates[position] = impossible[found.tx_hash]
            elif found is not None and found.tx_hash in flying:
                positions.add(position)
        self._flights = {key: flight for key, flight in self._flights.items() if flight.tx_hash not in gone}
        return positions

    def _is_fresh(self, flight: _Flight, now: float) -> bool:
        return now - flight.since <= self.resend_s

    # --- what may be sent ---------------------------------------------------------------------------

    def _judged(self, work: _Work, positions: Iterable[int]) -> list[int]:
        """Positions to be sent; refused runs get their fate."""
        now, clock = self.monotonic(), self.clock()
        ready: list[int] = []
        ended: list[int] = []
        for position in positions:
            signed = work.runs[position]
            flight = self._flights.get(work.keys[position])
            if _cannot_fit(signed, work.missing[position], work.newest):
                work.fates[position] = _too_large(work.final)
            elif self._end(signed) <= work.newest.timestamp:
                ended.append(position)
            elif self._end(signed) <= clock and (flight is None or not self._is_fresh(flight, now)):
                # A chain that makes no empty blocks stands still until somebody sends: then the run has ended.
                ready.append(position)
        refused = []
        judged = verdicts(self.contracts, [work.runs[position] for position in ended], work.newest.number)
        for position, verdict in zip(ended, judged, strict=True):
            if verdict is None:
                raise useless(self.contracts.web3, f"the node checks no run at its block {work.newest.number}")
            if verdict.reason == Refusal.NONE:
                ready.append(position)
            elif self._end(work.runs[position]) <= work.final.timestamp:
                refused.append(position)
        self._refuse(work, refused)
        return sorted(ready)

    def _refuse(self, work: _Work, positions: list[int]) -> None:
        """Only what a final block refuses is refused for good, and only once the run had ended there."""
        found = verdicts(self.contracts, [work.runs[position] for position in positions], work.final.number)
        for position, verdict in zip(positions, found, strict=True):
            if verdict is not None and verdict.reason not in (Refusal.NONE, Refusal.NOT_ENDED):
                reason = Refusal(verdict.reason)
                work.fates[position] = RunFate(Fate.REFUSED, work.final.number, reason, verdict.detail)

    def _end(self, signed: SignedRun) -> int:
        """Unix seconds."""
        return signed.run.end * self.contracts.deployment.terms.length.seconds

    # --- sending ------------------------------------------------------------------------------------

    def _sent(self, work: _Work, ready: list[int], sender: Sender) -> bool:
        """Sends the runs, a block's worth at a time. Whether a transaction is in a block already."""
        sender.restart(from_mined=self._overdue)
        self._overdue = False
        unique = {work.keys[position]: position for position in reversed(ready)}
        pending = self._packed(work, sorted(unique.values()))
        landed = False
        while pending:
            room = work.newest.gas_limit
            flights: list[tuple[list[int], _Flight]] = []
            while pending and (not flights or pending[0][1] <= room):
                batch, gas = pending.pop(0)
                room -= gas
                flights.append((batch, self._hand_over(work, batch, gas, sender)))
            found = self._awaited([flight.tx_hash for _, flight in flights])
            landed = landed or any(standing.succeeded for standing in found)
            failed = [
                (batch, flight)
                for (batch, flight), standing in zip(flights, found, strict=True)
                if standing.block is not None and not standing.succeeded
            ]
            again = [position for batch, flight in failed if not flight.whole_block for position in batch]
            if again:
                if self._factor == _MOST_FACTOR:
                    break
                self._factor *= 2
                pending[:0] = self._packed(work, again)
            if any(standing.block is None for standing in found):
                break  # not more than a block's worth in wait
        return landed

    def _packed(self, work: _Work, positions: list[int]) -> list[tuple[list[int], int]]:
        """Batches and the gas each asks for."""
        limit = min(self.budget.gas, work.newest.gas_limit)
        runs = [work.runs[position] for position in positions]
        stack = [[positions[at] for at in batch] for batch in batches(runs, replace(self.budget, gas=limit))]
        packed = []
        while stack:
            batch = stack.pop(0)
            need = self._factor * most_gas(work.runs[position] for position in batch)
            if len(batch) > 1 and need > limit:
                half = len(batch) // 2
                stack[:0] = [batch[:half], batch[half:]]
                continue
            packed.append((batch, min(need * 5 // 4, limit if len(batch) > 1 else work.newest.gas_limit)))
        return packed

    def _hand_over(self, work: _Work, batch: list[int], gas: int, sender: Sender) -> _Flight:
        call = call_of(self.contracts, "MeterLedger", "record", encode_batch(work.runs[position] for position in batch))
        whole = len(batch) == 1 and gas == work.newest.gas_limit
        for attempt in range(1, self.budget.attempts + 1):
            prepared = sender.prepare(call, gas=gas)
            flight = _Flight(prepared.tx_hash, self.monotonic(), whole)
            # Before it is sent: when the answer is lost, its hash tells later whether it arrived.
            self._flights.update((work.keys[position], flight) for position in batch)
            try:
                sender.hand_over(prepared)
            except NonceConflict:
                if attempt == self.budget.attempts:
                    raise
            else:
                return flight
        raise AssertionError("the last attempt returns or raises")

    def _awaited(self, hashes: list[str]) -> list[Standing]:
        """Where the transactions stand, once all are in blocks or the time is up."""
        deadline = self.monotonic() + self.receipt_s
        pause = _FIRST_PAUSE_S
        while True:
            self.wait(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_S)
            try:
                found = standings(self.contracts.web3, hashes)
            except RetryableError:
                return [Standing(known=True)] * len(hashes)  # they were sent, and that is all we know
            if all(standing.block is not None for standing in found) or self.monotonic() >= deadline:
                return found


def _cannot_fit(signed: SignedRun, missing: int, block: Block) -> bool:
    """Whether no transaction can ever record the run, whatever else is recorded by then."""
    size = RUN_HEADER_BYTES + len(signed.run.readings) * READING_BYTES
    return missing * LEAST_ALONE > block.gas_limit or size > _MOST_BYTES


def _too_large(final: Block) -> RunFate:
    return RunFate(Fate.REFUSED, final.number, Refusal.NONE, final.gas_limit)
