"""Which validators may seal the next block, as Besu counts their votes.

A vote counts for its proposer and subject until the proposer votes the other way, the subject is decided upon, or an
epoch ends. More than half of the set decides, and the next block is sealed by the new set. A fork's configuration may
replace the set at a block; the anchor names such blocks.

Headers may be left out between those shown. Then a vote that was taken back in a block not shown would still count; a
set so forged has to seal a block with a quorum of its own, which takes more dishonest validators than QBFT bears.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from wattcommons.verifier.headers import Header
from wattcommons.verifier.qbft import Vote, check_sealed


class Validators:
    """The set and its open votes, led from one header to the next. Blocks are given in ascending order."""

    def __init__(
        self, after: int, validators: Iterable[bytes], epoch: int, overrides: Mapping[int, tuple[bytes, ...]]
    ) -> None:
        """`after`: number of the block that is trusted, where no vote is open; `epoch`: blocks from one to the next."""
        self.number = after
        self.current = set(validators)
        self.changes = 0
        self._epoch = epoch
        self._overrides = overrides
        self._votes: dict[tuple[bytes, bool], set[bytes]] = {}

    def follow(self, header: Header) -> None:
        """Checks a later header against the set, and counts its vote. Raises ProofBroken."""
        self._pass_to(header.number)
        extra = check_sealed(header, tuple(self.current))
        self.number = header.number
        if header.number % self._epoch == 0:
            self._votes.clear()
        elif extra.vote is not None:
            self._count(header.miner, extra.vote)

    def _pass_to(self, block: int) -> None:
        """What happens between the last header and this one whatever the blocks between hold."""
        if (block - 1) // self._epoch > self.number // self._epoch:
            self._votes.clear()
        for at in sorted(self._overrides):
            if self.number < at <= block:
                self.current = set(self._overrides[at])
                self._votes.clear()
                self.changes += 1

    def _count(self, proposer: bytes, vote: Vote) -> None:
        """As Besu does it, its order of questions included: a smaller set may decide by votes of before."""
        wanted = self._votes.setdefault((vote.subject, True), set())
        unwanted = self._votes.setdefault((vote.subject, False), set())
        (wanted if vote.add else unwanted).add(proposer)
        (unwanted if vote.add else wanted).discard(proposer)
        needed = len(self.current) // 2 + 1
        before = set(self.current)
        if len(wanted) >= needed:
            self.current.add(vote.subject)
            self._decided(vote.subject)
        if len(unwanted) >= needed:
            self.current.discard(vote.subject)
            self._decided(vote.subject)
            for voters in self._votes.values():
                voters.discard(vote.subject)
        self.changes += self.current != before

    def _decided(self, subject: bytes) -> None:
        for add in (True, False):
            self._votes.pop((subject, add), None)
