"""The reference clearing: one uniform price per interval between the grid's two prices.

A book holds one entry per trading participant with its *effective* limit (`orders.effective_buy`,
`orders.effective_sell`). The price lies in [floor, ceiling] = [F, R − f]; the grid is one more buyer
at the floor and one more seller at the ceiling, both unlimited. With S<(p), S≤(p) the Wh of sellers
whose limit is below (or at most) p, and D>(p), D≥(p) likewise for buyers, p is an equilibrium when

    S<(p) ≤ D≥(p)  or p = floor,      and      D>(p) ≤ S≤(p)  or p = ceiling.

The equilibria are all integers of an interval [low, high]; the price is low + ⌊k·(high − low)⌋, and
Q = min(S≤, D≥) of the participants' own Wh at the price: what neighbours trade with each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, NamedTuple

from wattcommons.domain.fills import Fill
from wattcommons.domain.units import PPM, MicroEurPerKwh, ParticipantIndex, Wh
from wattcommons.errors import RuleError

DEFAULT_K_PPM: Final = 500_000
"""Where the price lies between the lowest and the highest equilibrium: in the middle."""


class Side(IntEnum):
    """Which way a participant's net energy flows."""

    BUY = 0
    SELL = 1


class BookEntry(NamedTuple):
    """One participant's offer: `wh` (>= 0) at the effective limit, µ€/kWh."""

    participant: ParticipantIndex
    side: Side
    wh: Wh
    limit: MicroEurPerKwh


class Equilibria(NamedTuple):
    """Lowest and highest equilibrium price, µ€/kWh, both included."""

    low: MicroEurPerKwh
    high: MicroEurPerKwh


@dataclass(frozen=True, slots=True)
class Clearing:
    """Result of one interval. Without a possible price (R − f < F) all three prices are None.

    `matched_wh` (Q) may pass 24 bits; `fills` are in index order, none of 0 Wh.
    """

    price: MicroEurPerKwh | None
    low: MicroEurPerKwh | None
    high: MicroEurPerKwh | None
    matched_wh: int
    fills: tuple[Fill, ...]


NO_CLEARING: Final = Clearing(None, None, None, 0, ())


def clear(
    book: Iterable[BookEntry], floor: MicroEurPerKwh, ceiling: MicroEurPerKwh, k_ppm: int = DEFAULT_K_PPM
) -> Clearing:
    """Clears a book between `floor` and `ceiling`; O(n log n). The order of the book does not matter.

    `k_ppm` is 0..1,000,000. Raises RuleError when it is not, when a participant appears twice, when
    an entry is negative or when a limit is not an effective one (a buyer's above the ceiling, a
    seller's below the floor). With ceiling < floor nothing is traded.
    """
    entries = sorted(book)
    _check(entries, floor, ceiling, k_ppm)
    if ceiling < floor:
        return NO_CLEARING
    low, high = equilibria(entries, floor, ceiling)
    price = MicroEurPerKwh(low + k_ppm * (high - low) // PPM)
    matched, fills = fills_at(entries, price)
    return Clearing(price, low, high, matched, fills)


def equilibria(book: Iterable[BookEntry], floor: MicroEurPerKwh, ceiling: MicroEurPerKwh) -> Equilibria:
    """The lowest and the highest equilibrium of a book; needs floor <= ceiling and effective limits.

    S≤ − D> only grows with the price, and steps at limits: `low` is the first limit (or the floor)
    where it is not negative. D≥ − S< only falls, and steps just above limits: `high` is the last.
    """
    sell_at: dict[int, int] = {}
    buy_at: dict[int, int] = {}
    for _, side, wh, limit in book:
        at = sell_at if side is Side.SELL else buy_at
        at[limit] = at.get(limit, 0) + wh
    points = sorted({floor, ceiling, *(p for p in (*sell_at, *buy_at) if floor <= p <= ceiling)})

    low: int = ceiling
    sold = 0
    wanted = sum(wh for p, wh in buy_at.items() if p >= floor)
    for point in points:
        sold += sell_at.get(point, 0)  # S≤(point)
        wanted -= buy_at.get(point, 0)  # D>(point)
        if wanted <= sold:
            low = point
            break

    high: int = floor
    offered = sum(wh for p, wh in sell_at.items() if p <= ceiling)
    wanted = 0
    for point in reversed(points):
        offered -= sell_at.get(point, 0)  # S<(point)
        wanted += buy_at.get(point, 0)  # D≥(point)
        if offered <= wanted:
            high = point
            break
    return Equilibria(MicroEurPerKwh(low), MicroEurPerKwh(high))


def fills_at(book: Sequence[BookEntry], price: MicroEurPerKwh) -> tuple[int, tuple[Fill, ...]]:
    """Q and the fills of a book, in index order, at an equilibrium price.

    Everyone better than the price is filled whole. Those whose limit is the price share the rest pro
    rata: with `cum` running over them in index order, each gets ⌊cum_after·num/den⌋ −
    ⌊cum_before·num/den⌋. Each is rounded by less than 1 Wh and the sum is exactly num.
    """
    better = {Side.BUY: 0, Side.SELL: 0}
    marginal = {Side.BUY: 0, Side.SELL: 0}
    for _, side, wh, limit in book:
        if limit == price:
            marginal[side] += wh
        elif (limit < price) is (side is Side.SELL):
            better[side] += wh
    matched = min(better[Side.SELL] + marginal[Side.SELL], better[Side.BUY] + marginal[Side.BUY])

    fills = []
    cum = {Side.BUY: 0, Side.SELL: 0}
    offset = {Side.BUY: 0, Side.SELL: 0}
    for participant, side, wh, limit in book:
        if limit == price:
            num, den = matched - better[side], marginal[side]
            before = cum[side]
            after = cum[side] = before + wh
            filled = after * num // den - before * num // den if den else 0
        elif (limit < price) is (side is Side.SELL):
            filled = wh
        else:
            continue
        if filled:
            signed = filled if side is Side.SELL else -filled
            fills.append(Fill(participant, signed, offset[side]))
            offset[side] += filled
    return matched, tuple(fills)


def _check(entries: Sequence[BookEntry], floor: int, ceiling: int, k_ppm: int) -> None:
    if not 0 <= k_ppm <= PPM:
        raise RuleError(f"k is {k_ppm} ppm", "it lies between 0 and 1,000,000 ppm")
    previous = 0
    for participant, side, wh, limit in entries:
        if participant <= previous:
            raise RuleError(f"participant {participant} is in the book twice", "net its readings first")
        if wh < 0:
            raise RuleError(f"participant {participant} offers {wh} Wh", "give the amount, and the side apart")
        if limit > ceiling if side is Side.BUY else limit < floor:
            raise RuleError(
                f"participant {participant} has limit {limit} µ€/kWh outside {floor} to {ceiling}",
                "bound it by the grid first: effective_buy, effective_sell",
            )
        previous = participant
