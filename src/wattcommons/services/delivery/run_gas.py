"""How much gas signed runs take at most, so that a transaction asks for little more than it needs.

A block builder counts what a transaction asks for, not what it will use: twenty gateways that each ask for a whole
block wait twenty blocks. `push.batches` cuts by what neighbours' readings cost together; here is what they cost when
nothing of theirs is recorded yet.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from wattcommons.domain.packing import SignedRun

# Measured on the compiled contract, rounded up; slots as in contracts/MeterLedger.sol.
_TRANSACTION: Final = 30_000
_RUN: Final = 30_000
_READING: Final = 1_500
_NEW_SLOT: Final = 24_000
_PARTICIPANTS_A_SLOT: Final = 5
_STATES_A_SLOT: Final = 8
LEAST_ALONE: Final = 5_000
"""What a new reading costs at least in a transaction without neighbours: a slot read and changed (EIP-2929)."""


def most_gas(runs: Iterable[SignedRun]) -> int:
    """Gas of recording the runs in one transaction when every slot they touch is empty."""
    gas = _TRANSACTION
    rows: set[tuple[int, int]] = set()
    groups: set[int] = set()
    for signed in runs:
        run = signed.run
        lane = (run.participant - 1) // _PARTICIPANTS_A_SLOT
        rows.update((interval, lane) for interval in range(run.first, run.end))
        groups.update(range(run.first // _STATES_A_SLOT, (run.end - 1) // _STATES_A_SLOT + 1))
        gas += _RUN + len(run.readings) * _READING
    return gas + (len(rows) + len(groups)) * _NEW_SLOT
