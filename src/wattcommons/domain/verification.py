"""Checking a proposed clearing without sorting: the rule that the market contract applies.

Anybody may propose [low, high]; one pass over the book accumulates four sums at each end, and the
conditions below hold for exactly one proposal. The sums count the participants' own Wh; the grid
(unlimited demand at the floor, unlimited supply at the ceiling) is taken into account by the conditions.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

from wattcommons.domain.auction import BookEntry, Side


class Sums(NamedTuple):
    """Wh offered and wanted around one price p: sellers with a limit < p and ≤ p, buyers with > p and ≥ p."""

    sell_below: int
    sell_upto: int
    buy_above: int
    buy_from: int


class Refusal(Enum):
    """Why a proposal is not the clearing of its book."""

    OUTSIDE_BAND = "low and high do not lie in order between floor and ceiling"
    LOW_NOT_EQUILIBRIUM = "low is no equilibrium"
    LOW_NOT_LOWEST = "a lower equilibrium exists"
    HIGH_NOT_EQUILIBRIUM = "high is no equilibrium"
    HIGH_NOT_HIGHEST = "a higher equilibrium exists"


def sums_at(book: Iterable[BookEntry], price: int) -> Sums:
    """The four sums of a book at `price` µ€/kWh, in one pass and any order."""
    sell_below = sell_upto = buy_above = buy_from = 0
    for _, side, wh, limit in book:
        if side is Side.SELL:
            sell_below += wh if limit < price else 0
            sell_upto += wh if limit <= price else 0
        else:
            buy_above += wh if limit > price else 0
            buy_from += wh if limit >= price else 0
    return Sums(sell_below, sell_upto, buy_above, buy_from)


def is_equilibrium(sums: Sums, price: int, floor: int, ceiling: int) -> bool:
    """Whether nobody better than `price` is left out by lack of the other side, the grid included."""
    sellers_served = price == floor or sums.sell_below <= sums.buy_from
    buyers_served = price == ceiling or sums.buy_above <= sums.sell_upto
    return sellers_served and buyers_served


def refusal(book: Iterable[BookEntry], floor: int, ceiling: int, low: int, high: int) -> Refusal | None:
    """None when [low, high] is exactly the set of equilibria of the book, else the first broken condition.

    Limits are effective ones, as for `auction.clear`. With ceiling < floor every proposal is refused.
    """
    if not floor <= low <= high <= ceiling:
        return Refusal.OUTSIDE_BAND
    entries = tuple(book)
    at_low = sums_at(entries, low)
    if not is_equilibrium(at_low, low, floor, ceiling):
        return Refusal.LOW_NOT_EQUILIBRIUM
    if low != floor and at_low.buy_from <= at_low.sell_below:
        return Refusal.LOW_NOT_LOWEST
    at_high = sums_at(entries, high)
    if not is_equilibrium(at_high, high, floor, ceiling):
        return Refusal.HIGH_NOT_EQUILIBRIUM
    if high != ceiling and at_high.sell_upto <= at_high.buy_above:
        return Refusal.HIGH_NOT_HIGHEST
    return None


def verify(book: Iterable[BookEntry], floor: int, ceiling: int, low: int, high: int) -> bool:
    """Whether [low, high] is the clearing of the book; see `refusal` for the reason when it is not."""
    return refusal(book, floor, ceiling, low, high) is None
