"""A relay that sends and a node that is believed: for gateways that have both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from wattcommons.domain.packing import SignedRun
from wattcommons.services.delivery.fate import Carrier, Fate, RunFate

_SETTLED: Final = (Fate.FINAL, Fate.RECORDED, Fate.CONFLICT, Fate.REFUSED)


@dataclass(frozen=True)
class CheckedCarrier:
    """Asks the node where runs stand and hands the rest to the relay, whose word counts for nothing.

    `node` is a carrier that sends nothing. Raises RetryableError when either cannot be reached.
    """

    relay: Carrier
    node: Carrier

    def carry(self, runs: Sequence[SignedRun]) -> list[RunFate]:
        """See Carrier."""
        fates = self.node.carry(runs)
        rest = [signed for signed, fate in zip(runs, fates, strict=True) if fate.fate not in _SETTLED]
        if rest:
            self.relay.carry(rest)
        return fates
