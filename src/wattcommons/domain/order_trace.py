"""The orders of one participant over time: which one is in force in which interval.

Two layers. Standing orders follow one another, each from its start on. Dated orders lie above them: a
newer one takes over from its start on, pending ones included, and at its end nothing resumes but the
standing order.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from wattcommons.domain.orders import FOREVER, Order
from wattcommons.domain.units import IntervalIndex, ParticipantIndex
from wattcommons.errors import RuleError


@dataclass(slots=True)
class _Span:
    first: int
    end: int
    order: Order


class OrderTrace:
    """History of one participant's orders; changes reach only intervals whose gate is open."""

    def __init__(self, participant: ParticipantIndex) -> None:
        self.participant = participant
        self.nonce = 0
        """Highest nonce used; the next order or cancellation needs a higher one."""
        self._standing: list[_Span] = []
        self._dated: list[_Span] = []

    def place(self, order: Order, first_open: IntervalIndex) -> IntervalIndex:
        """Puts an order in force and returns its first interval; a start of 0 means `first_open`.

        Raises RuleError when the order is another participant's, when its nonce is not above every nonce
        used, or when the gate of its first interval has closed. Deadline and signature are the caller's.
        """
        if order.participant != self.participant:
            raise RuleError(f"an order of participant {order.participant} in the name of {self.participant}")
        first = order.from_interval or first_open
        if first < first_open:
            raise RuleError(f"the gate of interval {first} has closed", f"order from interval {first_open} on")
        if first >= order.to_interval:
            raise RuleError(f"an order ends at interval {order.to_interval}, the gate is open from {first_open}")
        self._use(order.nonce)
        _replace(self._standing if order.standing else self._dated, first, order.to_interval, order)
        return first

    def cancel(self, first_open: IntervalIndex, nonce: int, *, standing: bool = False) -> None:
        """Ends the dated orders, and with `standing` the standing order too, from `first_open` on.

        Orders signed with a nonce up to `nonce` and not landed yet can no longer land. Raises
        RuleError when the nonce is not above every nonce used.
        """
        self._use(nonce)
        _replace(self._dated, first_open, FOREVER, None)
        if standing:
            _replace(self._standing, first_open, FOREVER, None)

    def in_force(self, interval: IntervalIndex) -> Order | None:
        """The order in force in an interval: the dated one, else the standing one, else None. O(log n)."""
        return _at(self._dated, interval) or _at(self._standing, interval)

    def _use(self, nonce: int) -> None:
        if nonce <= self.nonce:
            raise RuleError(
                f"participant {self.participant} used nonce {nonce} already",
                f"sign with a nonce above {self.nonce}",
            )
        self.nonce = nonce


def _replace(spans: list[_Span], first: int, end: int, order: Order | None) -> None:
    while spans and spans[-1].first >= first:
        spans.pop()
    if spans:
        spans[-1].end = min(spans[-1].end, first)
    if order is not None:
        spans.append(_Span(first, end, order))


def _at(spans: list[_Span], interval: int) -> Order | None:
    position = bisect_right(spans, interval, key=lambda span: span.first)
    if position == 0 or interval >= spans[position - 1].end:
        return None
    return spans[position - 1].order
