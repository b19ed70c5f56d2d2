"""What a participant traded in an interval, as a correction has to prove it: the chunk of fills that it lies in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from wattcommons.chain.contracts import Contracts
from wattcommons.chain.proof_reads import ProofReads
from wattcommons.domain.fills import FILL_BYTES, unpack_fills


class FillProof(NamedTuple):
    """As `Corrections.correct` takes it, and the trade that it shows: sold positive, bought negative, Wh."""

    chunk: int
    fills: bytes
    next: bytes
    traded_wh: int

    @property
    def terms(self) -> tuple[int, bytes, bytes]:
        """The argument of the call."""
        return self.chunk, self.fills, self.next


NO_TRADE = FillProof(0, b"", b"", 0)


class FillChunks:
    """Reads chunks of fills from a node's logs, each interval once."""

    def __init__(self, contracts: Contracts) -> None:
        self._reads = ProofReads(contracts)
        self._first = contracts.deployment.block
        self._newest = self._reads.newest
        self._known: dict[int, list[bytes]] = {}

    def proof(self, participant: int, interval: int, ended: int, matched_wh: int) -> FillProof:
        """The participant's place among the fills. `ended`: unix second of the interval's end; `matched_wh`: all that
        was traded in it. Raises NodeUnavailable.
        """
        if not matched_wh:
            return NO_TRADE
        if interval not in self._known:
            self._known[interval] = self._chunks(interval, ended, matched_wh)
        return proof_among(self._known[interval], participant)

    def _chunks(self, interval: int, ended: int, matched_wh: int) -> list[bytes]:
        found: dict[int, bytes] = {}
        sold = bought = 0
        events = self._reads.events("EnergyMarket", ["FillsSettled"], [interval], self._since(ended), self._newest)
        for event, _ in events:
            found[event.args["chunk"]] = packed = bytes(event.args["fills"])
            fills = unpack_fills(packed)
            sold += sum(fill.wh for fill in fills if fill.wh > 0)
            bought -= sum(fill.wh for fill in fills if fill.wh < 0)
            if sold >= matched_wh and bought >= matched_wh:
                break
        return [found[chunk] for chunk in sorted(found)]

    def _since(self, moment: int) -> int:
        """First block that is not before a moment: nothing was settled earlier."""
        first, last = self._first, self._newest
        while first < last:
            middle = (first + last) // 2
            if self._reads.timestamp(middle) < moment:
                first = middle + 1
            else:
                last = middle
        return first


def proof_among(chunks: Sequence[bytes], participant: int) -> FillProof:
    """The chunk that a participant's fill lies in or would lie in; with the one after where only that shows that it
    has none. Fills lie in the order of participants.
    """
    chosen = 0
    for place, packed in enumerate(chunks):
        if packed and int.from_bytes(packed[:4], "big") <= participant:
            chosen = place
    if not chunks:
        return NO_TRADE
    packed = chunks[chosen]
    fills = unpack_fills(packed)
    mine = next((fill.wh for fill in fills if fill.participant == participant), 0)
    last = int.from_bytes(packed[-FILL_BYTES : 4 - FILL_BYTES], "big")
    follows = chosen + 1 < len(chunks) and participant > last
    return FillProof(chosen, packed, chunks[chosen + 1] if follows else b"", mine)
