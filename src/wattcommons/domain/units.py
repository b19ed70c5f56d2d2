"""Units as types, so that an energy is never passed where a price or an index belongs.

    Wh               energy, unsigned, at most 16,777,215 per reading (24 bits)
    MicroEurPerKwh   price in µ€/kWh, signed 32 bits: spot prices go below zero
    NanoEur          money in n€ (10^-9 €), signed; the community euro has 9 decimals

Wh × µ€/kWh = n€ exactly, which is why nothing that is settled is ever rounded.
"""

from __future__ import annotations

from typing import Final, NewType

from wattcommons.errors import RuleError

Wh = NewType("Wh", int)
MicroEurPerKwh = NewType("MicroEurPerKwh", int)
NanoEur = NewType("NanoEur", int)
IntervalIndex = NewType("IntervalIndex", int)
ParticipantIndex = NewType("ParticipantIndex", int)
MemberIndex = NewType("MemberIndex", int)
DeviceIndex = NewType("DeviceIndex", int)

MAX_WH: Final = Wh(2**24 - 1)
"""Largest energy of one reading; as a cap of an order it means "no cap"."""
MIN_PRICE: Final = MicroEurPerKwh(-(2**31))
MAX_PRICE: Final = MicroEurPerKwh(2**31 - 1)
MAX_INDEX: Final = 2**32 - 1
"""Largest interval, participant, member or device index; as an order's end it means "for ever"."""
PPM: Final = 1_000_000
"""A whole, in parts per million."""
NANO_EUR_PER_EUR: Final = 10**9
MICRO_EUR_PER_EUR: Final = 10**6


def value_of(energy: int, price: int) -> NanoEur:
    """Money for `energy` Wh at `price` µ€/kWh, in n€, exact; the sign follows both factors."""
    return NanoEur(energy * price)


def checked_wh(value: int, what: str = "energy") -> Wh:
    """`value` as the energy of one reading, 0..16,777,215 Wh. Raises RuleError outside."""
    if not 0 <= value <= MAX_WH:
        raise RuleError(f"{what} is {value} Wh", f"one interval holds 0 to {MAX_WH} Wh")
    return Wh(value)


def checked_price(value: int, what: str = "price") -> MicroEurPerKwh:
    """`value` as a price in µ€/kWh, signed 32 bits. Raises RuleError outside."""
    if not MIN_PRICE <= value <= MAX_PRICE:
        raise RuleError(f"{what} is {value} µ€/kWh", f"prices lie between {MIN_PRICE} and {MAX_PRICE}")
    return MicroEurPerKwh(value)


def checked_interval(value: int, what: str = "interval") -> IntervalIndex:
    """`value` as an interval index, 0..2^32-1. Raises RuleError outside."""
    if not 0 <= value <= MAX_INDEX:
        raise RuleError(f"{what} is {value}", f"interval indices lie between 0 and {MAX_INDEX}")
    return IntervalIndex(value)


def checked_participant(value: int, what: str = "participant") -> ParticipantIndex:
    """`value` as a participant index, 1..2^32-1 (0 means none). Raises RuleError outside."""
    if not 1 <= value <= MAX_INDEX:
        raise RuleError(f"{what} is {value}", f"participant indices lie between 1 and {MAX_INDEX}")
    return ParticipantIndex(value)
