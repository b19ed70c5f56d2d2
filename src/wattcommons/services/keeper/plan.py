"""What fits one transaction: an estimate of gas that learns from receipts, and packing by it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from wattcommons.domain.units import IntervalIndex

_TRANSACTION_GAS: Final = 60_000
_INTERVAL_GAS: Final = 90_000
_SEAT_GAS: Final = 12_000
_ISSUE_GAS: Final = 55_000
_HEADROOM: Final = 1.15
_DECAY: Final = 0.9
_LOWEST_SCALE: Final = 0.3
_HIGHEST_SCALE: Final = 20.0


@dataclass(frozen=True, slots=True)
class Proposal:
    """A clearing to propose: [low, high] in µ€/kWh (0, 0 where no local price is possible).

    `seats`: participants on the interval's roster. `producers`: those that may earn a certificate.
    """

    interval: IntervalIndex
    low: int
    high: int
    seats: int
    producers: int


class GasModel:
    """Gas to expect of clearing and settling, before and after learning what it really took."""

    def __init__(self) -> None:
        self._scale = 1.0

    def of(self, proposals: Sequence[Proposal]) -> int:
        """Gas of one transaction with these proposals, settled whole."""
        return int(self._raw(proposals) * self._scale)

    def seats_within(self, gas: int, proposal: Proposal) -> int:
        """Participants of one interval that fit `gas`, at least 1; as if all of its producers came first."""
        if not proposal.seats:
            return 1
        each = (self._raw([proposal]) - _TRANSACTION_GAS - _INTERVAL_GAS) / proposal.seats
        if proposal.producers:
            each = max(each, _SEAT_GAS + _ISSUE_GAS * min(1, 2 * proposal.producers / proposal.seats))
        return max(1, int((gas - (_TRANSACTION_GAS + _INTERVAL_GAS) * self._scale) / (each * self._scale)))

    def learn(self, proposals: Sequence[Proposal], used: int) -> None:
        """Take in what a transaction used: a higher need counts at once, a lower one little by little."""
        ratio = used / self._raw(proposals) * _HEADROOM
        self._scale = min(max(ratio, self._scale * _DECAY, _LOWEST_SCALE), _HIGHEST_SCALE)

    def double(self) -> None:
        """A transaction ran out of gas: expect twice as much from now on."""
        self._scale = min(self._scale * 2, _HIGHEST_SCALE)

    def _raw(self, proposals: Sequence[Proposal]) -> int:
        return _TRANSACTION_GAS + sum(
            _INTERVAL_GAS + one.seats * _SEAT_GAS + one.producers * _ISSUE_GAS for one in proposals
        )


def pack(proposals: Sequence[Proposal], model: GasModel, budget: int) -> Iterator[list[Proposal]]:
    """Proposals in order, as many to a group as `budget` gas holds; one that is too large stands alone."""
    group: list[Proposal] = []
    for proposal in proposals:
        if group and model.of([*group, proposal]) > budget:
            yield group
            group = []
        group.append(proposal)
    if group:
        yield group
