"""Allocation keys: which part of a producer's injection goes to whom in an interval, in percent.

The rule: a consumer's key is what it bought of this producer over all that the producer injected (sold and not sold).
A key has a fixed number of decimals, so it rounds: every key is first rounded down, then the consumers with the largest
remainders (the lower index where they tie) get one unit of the last decimal more, until the keys together are the sold
part rounded down. So they never exceed 100, are exactly 100 where everything was sold, and none is a whole unit away
from the exact part. The part not sold, SURPLUS, has no key.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from wattcommons.domain.units import ParticipantIndex
from wattcommons.errors import RuleError

MAX_DECIMALS: Final = 6


def allocation_keys(
    supplied: Mapping[ParticipantIndex, int], injected_wh: int, decimals: int = 2
) -> dict[ParticipantIndex, int]:
    """Consumer -> key in units of 10^-decimals percent, from the Wh supplied to each; keys of 0 included.

    `decimals`: 0 to 6. Raises RuleError when more was supplied than injected, or a value is out of range.
    """
    if not 0 <= decimals <= MAX_DECIMALS:
        raise RuleError(f"a key has {decimals} decimals", f"0 to {MAX_DECIMALS} are possible")
    total = sum(supplied.values())
    if total > injected_wh or any(wh < 0 for wh in supplied.values()):
        raise RuleError(f"{total} Wh are supplied of {injected_wh} Wh injected")
    if not injected_wh:
        return dict.fromkeys(supplied, 0)
    whole = 100 * 10**decimals
    keys = {consumer: wh * whole // injected_wh for consumer, wh in supplied.items()}
    left = total * whole // injected_wh - sum(keys.values())
    by_remainder = sorted(supplied, key=lambda consumer: (-(supplied[consumer] * whole % injected_wh), consumer))
    for consumer in by_remainder[:left]:
        keys[consumer] += 1
    return keys
