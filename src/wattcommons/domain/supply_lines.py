"""Who supplied whom: the bilateral trades behind the fills of one interval.

The sellers' fills lie end to end in index order on the line [0, Q], the buyers' fills likewise; every
overlap is one trade. There are at most N − 1 of them for N fills, and anyone derives the same ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from wattcommons.domain.fills import Fill
from wattcommons.domain.units import ParticipantIndex
from wattcommons.errors import RuleError


class SupplyLine(NamedTuple):
    """`wh` (> 0) of the seller's energy used by the buyer, from `offset` Wh of the line on."""

    seller: ParticipantIndex
    buyer: ParticipantIndex
    wh: int
    offset: int


def supply_lines(fills: Iterable[Fill]) -> tuple[SupplyLine, ...]:
    """All trades of an interval, in the order of the line, from all its fills.

    Raises RuleError when the fills of a side do not cover the same line [0, Q] without gap or overlap.
    """
    ordered = sorted(fills, key=lambda fill: fill.offset)
    sellers = [fill for fill in ordered if fill.wh > 0]
    buyers = [fill for fill in ordered if fill.wh < 0]
    sold, bought = _covered(sellers), _covered(buyers)
    if sold != bought:
        raise RuleError(f"{sold} Wh are sold and {bought} Wh bought", "give all fills of the interval")

    lines = []
    at_seller = at_buyer = at = 0
    while at < sold:
        seller, buyer = sellers[at_seller], buyers[at_buyer]
        end = min(seller.end, buyer.end)
        lines.append(SupplyLine(seller.participant, buyer.participant, end - at, at))
        at_seller += seller.end == end
        at_buyer += buyer.end == end
        at = end
    return tuple(lines)


def overlap(one: Fill, other: Fill) -> SupplyLine | None:
    """The trade between two fills of one interval, or None when they have nothing in common.

    Two fills are enough: each carries its place on the line.
    """
    if (one.wh > 0) is (other.wh > 0):
        return None
    seller, buyer = (one, other) if one.wh > 0 else (other, one)
    start, end = max(one.offset, other.offset), min(one.end, other.end)
    return SupplyLine(seller.participant, buyer.participant, end - start, start) if start < end else None


def _covered(fills: Iterable[Fill]) -> int:
    at = 0
    for fill in fills:
        if fill.offset != at:
            raise RuleError(
                f"the fill of participant {fill.participant} starts at {fill.offset} Wh, not at {at}",
                "give all fills of the interval, each once",
            )
        at = fill.end
    return at
