"""Sending clearings: many small intervals in one transaction, or one large one in chunks.

Somebody else may clear the same intervals meanwhile. What they finalise is simply done; a wrong proposal of theirs
is kept apart by the contract; a reading that lands late changes the book, which is then read again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from wattcommons.chain.batch import call_of
from wattcommons.chain.codec import function_of
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.receipts import receipt_events
from wattcommons.chain.sender import Sender, Sent
from wattcommons.domain.units import MAX_INDEX, IntervalIndex
from wattcommons.errors import RevertedError
from wattcommons.services.keeper.book import BookReader
from wattcommons.services.keeper.plan import GasModel, Proposal, pack

_READ_AGAIN: Final = 3
_WRONG: Final = ("MarketProposalWrong", "MarketProposalOutOfBand")


@dataclass(frozen=True, slots=True)
class ClearingGas:
    """Gas of one clearing transaction. `seats`: participant-intervals that it was sent for, verifying and settling."""

    tx_hash: str
    block: int
    intervals: int
    seats: int
    gas: int


@dataclass
class Cleared:
    """What a round of clearing came to. `elsewhere`: final already, by somebody else's hand."""

    settled: list[IntervalIndex] = field(default_factory=list)
    elsewhere: list[IntervalIndex] = field(default_factory=list)
    advanced: bool = False
    problems: list[tuple[IntervalIndex, str]] = field(default_factory=list)
    gas: list[ClearingGas] = field(default_factory=list)


class Clearer:
    """Clears and settles intervals with transactions of at most `budget` gas."""

    def __init__(self, contracts: Contracts, sender: Sender, reader: BookReader, budget: int) -> None:
        self._contracts = contracts
        self._sender = sender
        self._reader = reader
        self._budget = budget
        self._model = GasModel()

    def clear(self, proposals: Sequence[Proposal]) -> Cleared:
        """Try every proposal; what a contract refuses becomes a problem, never an exception."""
        done = Cleared()
        for group in pack(proposals, self._model, self._budget):
            self._together(group, done)
        return done

    def _together(self, group: list[Proposal], done: Cleared) -> None:
        if len(group) == 1 and self._model.of(group) > self._budget:
            self._in_chunks(group[0], done)
            return
        while group:
            advances = [
                function_of("EnergyMarket", "advance").encode(one.interval, one.low, one.high, MAX_INDEX)
                for one in group
            ]
            call = call_of(self._contracts, "EnergyMarket", "multicall", advances)
            try:
                sent = self._sender.send(call, gas=self._budget)
            except RevertedError as error:
                if error.error == "MarketIntervalFinal":
                    final = error.arguments["interval"]
                    done.elsewhere += [one.interval for one in group if one.interval == final]
                    group = [one for one in group if one.interval != final]
                    continue
                if not error.error:
                    self._model.double()
                if len(group) > 1:
                    half = len(group) // 2
                    self._together(group[:half], done)
                    self._together(group[half:], done)
                else:
                    self._in_chunks(group[0], done)
                return
            self._model.learn(group, sent.gas_used)
            settled = self._note(sent, group, sum(one.seats for one in group), done)
            for one in group:
                if one.interval not in settled:  # begun by somebody else: its settlement comes in further calls
                    self._in_chunks(one, done)
            return

    def _in_chunks(self, proposal: Proposal, done: Cleared) -> None:
        """One interval, by as many participants at a time as fit."""
        count = min(self._model.seats_within(self._budget, proposal), max(proposal.seats, 1))
        readings = 0
        while True:
            arguments = (proposal.interval, proposal.low, proposal.high, count)
            try:
                sent = self._sender.send(
                    call_of(self._contracts, "EnergyMarket", "advance", *arguments), gas=self._budget
                )
            except RevertedError as error:
                if error.error == "MarketIntervalFinal":
                    done.elsewhere.append(proposal.interval)
                    return
                if not error.error and count > 1:
                    self._model.double()
                    count //= 2
                    continue
                if error.error in _WRONG and readings < _READ_AGAIN:
                    readings += 1
                    [again] = self._reader.proposals([proposal.interval])
                    if again != proposal:
                        proposal = again
                        continue
                done.problems.append((proposal.interval, str(error)))
                return
            if proposal.interval in self._note(sent, [proposal], min(count, proposal.seats), done):
                return
            if sent.gas_used < self._budget // 3:
                count = min(count * 2, max(proposal.seats, 1))

    def _note(self, sent: Sent, group: Sequence[Proposal], seats: int, done: Cleared) -> set[IntervalIndex]:
        done.advanced = True
        done.gas.append(ClearingGas(sent.tx_hash, sent.block, len(group), seats, sent.gas_used))
        settled = {
            IntervalIndex(event.args["interval"])
            for event in receipt_events(self._contracts.deployment, sent)
            if event.name == "IntervalSettled"
        }
        done.settled += sorted(settled)
        return settled
