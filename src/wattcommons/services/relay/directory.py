"""Which key signs for a participant at an interval, as the registry says, remembered for a while.

What is remembered keeps the relay taking readings while its node is away. It is only a first look: a signature that
does not fit is judged by the ledger itself, and what fits is checked by the ledger once more when it is recorded.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from wattcommons.chain.batch import Read, read_all
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.run_signatures import RunSignatures
from wattcommons.chain.typed_data import domain_of
from wattcommons.domain.packing import SignedRun
from wattcommons.errors import NodeUnavailable

_KEPT: Final = 20_000
_AGE_S: Final = 60.0
_QUIET: Final = 5
"""A node that does not answer is left alone for so many times as long as that took to find out, at most `_QUIET_S`:
otherwise everybody would wait for its time-out, one after the other."""
_QUIET_S: Final = 10.0
_SIGNERS: Final = 10_000
_GATEWAY_SHIFT: Final = 64  # layout: contracts/libraries/PackedEpoch.sol


class _Segment(NamedTuple):
    """The key of a participant in [first, until), its address in lower case without 0x; `at`: when it was read."""

    first: int
    until: int
    gateway: str
    at: float


@dataclass
class Directory:
    """Gateway keys by participant and interval. Thread-safe; one question to the node at a time."""

    contracts: Contracts
    age_s: float = _AGE_S
    monotonic: Callable[[], float] = time.monotonic
    _known: OrderedDict[int, _Segment] = field(default_factory=OrderedDict, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def __post_init__(self) -> None:
        self._quiet_until = self.monotonic()
        self._renew()

    def fits(self, runs: Sequence[SignedRun]) -> list[bool | None]:
        """Whether the key enrolled at each run's first interval signed it; None where nobody knows.

        While the node is away the key last known of a participant counts.
        """
        with self._lock:
            signers = [self._signer(one) for one in runs]
            now = self.monotonic()
            places = {
                (one.run.participant, int(one.run.first))
                for one, signer in zip(runs, signers, strict=True)
                if signer and not self._is_known(one, signer, now)
            }
            read: dict[tuple[int, int], _Segment] = {}
            if places and now >= self._quiet_until:
                try:
                    read = self._read(sorted(places), now)
                except NodeUnavailable:
                    then = self.monotonic()
                    self._quiet_until = then + min(_QUIET * (then - now), _QUIET_S)
            return [self._fits(one, signer, read) for one, signer in zip(runs, signers, strict=True)]

    def _is_known(self, signed: SignedRun, signer: str, now: float) -> bool:
        """Whether what is remembered says yes; a no is always asked about again."""
        segment = self._known.get(signed.run.participant)
        return (
            segment is not None
            and segment.first <= signed.run.first < segment.until
            and segment.gateway == signer
            and now - segment.at < self.age_s
        )

    def _fits(self, signed: SignedRun, signer: str, read: dict[tuple[int, int], _Segment]) -> bool | None:
        if not signer:
            return False
        participant = signed.run.participant
        segment = read.get((participant, int(signed.run.first))) or self._known.get(participant)
        return None if segment is None else segment.gateway == signer

    def _read(self, places: Sequence[tuple[int, int]], now: float) -> dict[tuple[int, int], _Segment]:
        found = read_all(self.contracts, [Read("MemberRegistry", "epochSegment", place) for place in places])
        read = {}
        for (participant, first), (packed, until) in zip(places, found, strict=True):
            gateway = (packed >> _GATEWAY_SHIFT).to_bytes(20, "big")
            read[participant, first] = segment = _Segment(first, until, gateway.hex(), now)
            if not any(gateway):
                continue  # nobody: a stranger may ask for any number of these
            before = self._known.pop(participant, None)
            if before is not None and (before.until, before.gateway) == (segment.until, segment.gateway):
                segment = segment._replace(first=min(before.first, first))
            self._known[participant] = segment
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return read

    def _signer(self, signed: SignedRun) -> str:
        self._recovered += 1
        if self._recovered > _SIGNERS:
            self._renew()
        address = self._signatures.signer(signed)
        return "" if address is None else address[2:].lower()

    def _renew(self) -> None:
        # It remembers every address it ever found, and strangers' signatures give any number of them.
        self._signatures = RunSignatures(domain_of(self.contracts.deployment, "MeterLedger"))
        self._recovered = 0
