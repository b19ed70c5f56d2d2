"""The village's first half-hour: mill and roof sell, the others buy; ready to be cleared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tests.support.community import Community, made, used
from tests.support.village import BARN, FLAT, LOFT, MILL, ROOF, SPA
from wattcommons.domain.orders import Order
from wattcommons.domain.readings import Reading
from wattcommons.domain.settlement import IntervalSettlement

SHORT: Mapping[int, Reading] = {
    MILL: made(1_500, 100),
    ROOF: made(700, 200),
    SPA: used(2_000),
    FLAT: used(900),
    LOFT: used(301),
    BARN: used(50),
}
"""Too little sun: the buyers are rationed at one price."""
EVEN: Mapping[int, Reading] = SHORT | {SPA: used(700), LOFT: used(300)}
"""As much for sale as is wanted: any price between the limits clears it."""


def standing(village: Community) -> dict[int, Order | None]:
    """The orders in force: everybody's default, and none of the barn."""
    return {i: village.standing_order(i) for i in village.participants if i != BARN}


def recorded(
    village: Community,
    readings: Mapping[int, Reading] = SHORT,
    *,
    interval: int | None = None,
    without: Iterable[int] = (),
) -> IntervalSettlement:
    """Record an interval (the first) and say what the domain makes of it; `without` some, past the deadline."""
    missing = set(without)
    chosen = village.first if interval is None else interval
    present = {who: reading for who, reading in readings.items() if who not in missing}
    village.record_interval(chosen, present)
    if missing:
        village.past_deadline(chosen)
    return village.settlement(chosen, present, standing(village))


def fills_of(settled: IntervalSettlement) -> dict[int, int]:
    """Wh traded by participant."""
    return {fill.participant: fill.wh for fill in settled.clearing.fills}
