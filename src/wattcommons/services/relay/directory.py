"""Which key signs for a participant at an interval, as the registry says, remembered for a while.

What is remembered keeps the relay taking readings while its node is away. It is only a first look: a signature that
does not fit is judged by the ledger itself, and what fits is checked by the ledger once more when it is recorded.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from wattcommons.chain.batch import Read, read_all
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.run_signatures import RunSignatures
from wattcommons.chain.typed_data import domain_of
from wattcommons.domain.packing import SignedRun
from wattcommons.errors import NodeUnavailable, RevertedError

_KEPT: Final = 100_000
_AGE_S: Final = 300.0


@dataclass
class Directory:
    """Gateway keys by participant and interval. Thread-safe; one question to the node at a time."""

    contracts: Contracts
    age_s: float = _AGE_S
    monotonic: Callable[[], float] = time.monotonic
    _known: OrderedDict[tuple[int, int], tuple[str, float]] = field(default_factory=OrderedDict, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def __post_init__(self) -> None:
        self._signatures = RunSignatures(domain_of(self.contracts.deployment, "MeterLedger"))

    def fits(self, signed: SignedRun) -> bool:
        """Whether the key enrolled at the run's first interval signed it. Raises NodeUnavailable when nobody knows."""
        signer = self._signatures.signer(signed)
        return signer is not None and signer == self._key(signed.run.participant, signed.run.first, signer)

    def _key(self, participant: int, interval: int, wanted: str) -> str:
        place = (participant, interval)
        with self._lock:
            known = self._known.get(place)
            if known is not None and self.monotonic() - known[1] < self.age_s and known[0] == wanted:
                return known[0]
            try:
                [epoch] = read_all(self.contracts, [Read("MemberRegistry", "epochAt", place)])
            except RevertedError:
                return ""
            except NodeUnavailable:
                # The key of a neighbouring interval is as good a guess; the ledger has the last word.
                near = known or self._known.get((participant, interval - 1))
                if near is None:
                    raise
                return near[0]
            key = str(epoch[0])
            self._known[place] = (key, self.monotonic())
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
            return key
