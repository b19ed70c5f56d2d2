"""A participant's orders as a person sees them: which one counts now, which will, what became of the others.

The rule of `order_trace.OrderTrace`, told of every order: in its layer (standing, dated) an order counts from its first
interval until its end, or until the first interval of anything that landed later in the layer, whichever is sooner. A
later one that begins no later leaves nothing of it. Dated orders lie above the standing one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from wattcommons.domain.orders import FOREVER, Order
from wattcommons.domain.units import IntervalIndex


class OrderState(StrEnum):
    """`in_force` now; `coming`: counts later, the standing order under a dated one included; `ended` by its own end;
    `replaced` by a later order, `cancelled` by its member.
    """

    IN_FORCE = "in_force"
    COMING = "coming"
    ENDED = "ended"
    REPLACED = "replaced"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Placed:
    """An order that landed at unix second `at`; its `from_interval` is the interval it counts from."""

    order: Order
    at: int


@dataclass(frozen=True, slots=True)
class Ended:
    """A cancellation from an interval on, of the dated orders and, with `standing`, of the standing one."""

    nonce: int
    standing: bool
    first: IntervalIndex


@dataclass(frozen=True, slots=True)
class OrderLife:
    """What became of an order: it counts, or counted, in [first, end), which is empty where it never did."""

    placed: Placed
    state: OrderState
    first: int
    end: int


def order_lives(events: Sequence[Placed | Ended], interval: int) -> list[OrderLife]:
    """Every order of one participant, in the order of landing, seen from `interval` (the one that runs).

    `events` are in the order of landing. At most one is in force.
    """
    bounds = {standing: _bounds(events, standing=standing) for standing in (True, False)}
    dated = [(first, end) for first, end, _ in bounds[False].values()]
    lives = []
    for place, event in enumerate(events):
        if isinstance(event, Placed):
            first, end, cut = bounds[event.order.standing][place]
            state = _state(first, end, cut, interval)
            if state in (OrderState.IN_FORCE, OrderState.COMING) and event.order.standing:
                covered = _covered_until(dated, max(first, interval))
                if covered >= end:  # what lies above it lasts longer than it does
                    state = _state(first, end, cut, end)
                elif covered > interval:
                    first, state = covered, OrderState.COMING
            lives.append(OrderLife(event, state, first, end))
    return lives


def orders_at(events: Iterable[Placed | Ended], interval: int) -> Order | None:
    """The order in force in an interval, from events of one participant in the order of landing: as
    `OrderTrace.in_force`, but without the events that do not reach the interval.
    """
    standing: Order | None = None
    dated: Order | None = None
    for event in events:
        if isinstance(event, Placed):
            if event.order.from_interval > interval:
                continue
            found = event.order if interval < event.order.to_interval else None
            if event.order.standing:
                standing = found
            else:
                dated = found
        elif event.first <= interval:
            dated = None
            standing = None if event.standing else standing
    return dated or standing


def _bounds(events: Sequence[Placed | Ended], *, standing: bool) -> dict[int, tuple[int, int, Placed | Ended | None]]:
    """Place of an order of a layer -> first interval, end, and what cut it short."""
    found: dict[int, tuple[int, int, Placed | Ended | None]] = {}
    least: int = FOREVER + 1
    cut: Placed | Ended | None = None
    for place in range(len(events) - 1, -1, -1):
        event = events[place]
        if isinstance(event, Placed):
            if event.order.standing is not standing:
                continue
            first, end = event.order.from_interval, event.order.to_interval
            found[place] = (first, max(first, least), cut) if least < end else (first, end, None)
        elif standing and not event.standing:
            continue
        begins = event.order.from_interval if isinstance(event, Placed) else event.first
        if begins <= least:
            least, cut = begins, event
    return found


def _state(first: int, end: int, cut: Placed | Ended | None, interval: int) -> OrderState:
    if first < end and interval < end:
        return OrderState.IN_FORCE if first <= interval else OrderState.COMING
    if cut is None:
        return OrderState.ENDED
    return OrderState.CANCELLED if isinstance(cut, Ended) else OrderState.REPLACED


def _covered_until(dated: Sequence[tuple[int, int]], interval: int) -> int:
    """First interval from `interval` on that no dated order covers."""
    at = interval
    for first, end in sorted(dated):
        if first <= at < end:
            at = end
    return at
