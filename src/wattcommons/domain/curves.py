"""Supply and demand of an interval as steps, coarse enough that no step is one participant's.

Offers are put together from the best price on (the cheapest supply, the dearest demand) until a step holds `least`
participants and the next offer's price differs; what is left at the end joins the last step. A step stands at the price
of its worst offer. A side with fewer participants than `least` is not shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from wattcommons.domain.auction import BookEntry, Side


class CurveStep(NamedTuple):
    """`wh` in all up to and including `price`, µ€/kWh."""

    price: int
    wh: int


def curve(book: Iterable[BookEntry], side: Side, least: int) -> list[CurveStep] | None:
    """One side's steps, best price first; None where too few offer anything. An empty side is an empty list."""
    offers = sorted((one.limit, one.wh) for one in book if one.side is side)
    if not offers:
        return []
    if len(offers) < least:
        return None
    if side is Side.BUY:
        offers.reverse()
    steps: list[CurveStep] = []
    total = inside = 0
    for place, (price, wh) in enumerate(offers):
        total += wh
        inside += 1
        last = place == len(offers) - 1
        if last and inside < least and steps:
            steps[-1] = CurveStep(price, total)
        elif last or (inside >= least and offers[place + 1][0] != price):
            steps.append(CurveStep(price, total))
            inside = 0
    return steps
