"""Words of storage as the contracts' views return them: readings and orders.

Layouts: contracts/libraries/PackedReadings.sol, contracts/libraries/PackedOrder.sol.
"""

from __future__ import annotations

from functools import lru_cache

from wattcommons.domain.orders import LimitKind, Order
from wattcommons.domain.readings import ABSENT_READING, Quality, Reading
from wattcommons.domain.units import IntervalIndex, ParticipantIndex, Wh

_LATE = 1
_EXISTS = 1
_SHARES = 2


def reading_of(stored: int) -> tuple[Reading, bool]:
    """A stored reading and whether it came after the freeze; absent for 0."""
    if not stored:
        return ABSENT_READING, False
    reading = Reading(Wh(stored >> 27), Wh((stored >> 3) & 0xFFFFFF), Quality((stored >> 1) & 3))
    return reading, bool(stored & _LATE)


@lru_cache(maxsize=65_536)
def order_of(participant: ParticipantIndex, packed: int) -> Order | None:
    """An order in force as `ordersInWord` gives it; None for 0.

    The word tells neither its start nor its deadline nor whether it is standing: those of the result mean nothing.
    """
    if not packed & _EXISTS:
        return None
    return Order(
        participant=participant,
        kind=LimitKind.SHARE if packed & _SHARES else LimitKind.FIXED,
        standing=False,
        buy_limit=_signed(packed >> 128),
        sell_limit=_signed(packed >> 96),
        buy_cap_wh=Wh((packed >> 72) & 0xFFFFFF),
        sell_cap_wh=Wh((packed >> 48) & 0xFFFFFF),
        from_interval=IntervalIndex(0),
        to_interval=IntervalIndex((packed >> 160) & 0xFFFFFFFF),
        nonce=(packed >> 8) & 0xFFFFFFFFFF,
        deadline=0,
    )


def _signed(value: int) -> int:
    low = value & 0xFFFFFFFF
    return low - (1 << 32) if low >> 31 else low
