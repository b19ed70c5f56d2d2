"""What became of a signed run, and who carries runs to the ledger.

There are two carriers: one that talks to a node, one that talks to a relay, which in turn uses the first. Both only
report; who asks decides what to do. Carrying the same run again is harmless, so nothing has to be remembered for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Protocol

from wattcommons.domain.packing import SignedRun


class Refusal(IntEnum):
    """Why the ledger skips a run (IMeterLedger.Refusal); the meaning of the detail is in brackets."""

    NONE = 0
    EMPTY = 1  # [0]
    NOT_ACTIVE = 2  # [interval]
    KEY_CHANGED = 3  # [first interval of the other key]
    NOT_ENDED = 4  # [end of the run, unix seconds]
    SIGNATURE_INVALID = 5  # [the recovered address]
    QUALITY_INVALID = 6  # [interval << 8 | quality]
    IMPLAUSIBLE = 7  # [interval << 64 | highest Wh << 32 | Wh]


class Fate(Enum):
    """Where a run stands."""

    FINAL = "final"  # a final block holds every reading of it, as signed
    RECORDED = "recorded"  # the newest block holds it, no final one yet
    WAITING = "waiting"  # handed over and not in a block yet, or its last interval has not ended: ask again
    REFUSED = "refused"  # the ledger refuses it at a final block, for good: see the reason
    CONFLICT = "conflict"  # a final block holds another reading for one of its intervals, which stays


@dataclass(frozen=True, slots=True)
class RunFate:
    """What became of one run.

    `block`: the final block it was judged at, 0 when none. `reason` and `detail`: of a refused run. `conflicts`: the
    intervals whose recorded reading differs; the run's other readings are recorded all the same.
    """

    fate: Fate
    block: int = 0
    reason: Refusal = Refusal.NONE
    detail: int = 0
    conflicts: tuple[int, ...] = ()


class Carrier(Protocol):
    """Brings signed runs to the ledger. For one thread at a time."""

    def carry(self, runs: Sequence[SignedRun]) -> list[RunFate]:
        """Sends what the ledger lacks and says where each run stands, in the order given.

        Raises RetryableError when nothing can be said at present (no node, no relay, no block): ask again later.
        What was sent before the failure stays sent.
        """
        ...
