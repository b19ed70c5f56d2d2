"""Prices, results, curves, bids and trades."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wattcommons.domain.auction import BookEntry, Side, clear
from wattcommons.domain.curves import CurveStep, curve
from wattcommons.domain.intervals import IntervalLength, IntervalRange, end_unix, start_unix
from wattcommons.domain.order_history import OrderLife, OrderState, Placed
from wattcommons.domain.orders import FOREVER, Order
from wattcommons.domain.readings import ABSENT_READING
from wattcommons.domain.settlement import Seat, build_book
from wattcommons.domain.tariff_schedule import TariffSchedule
from wattcommons.domain.units import IntervalIndex, ParticipantIndex
from wattcommons.services.api.models.market import (
    Curves,
    GridPrice,
    IntervalResult,
    Orders,
    OrderShown,
    OrderTerms,
    Step,
    Trade,
)
from wattcommons.services.store.reads.market import Result, Seated, TradeRow

_PAST = 50


def result(row: Result, length: IntervalLength, *, energy: bool = True) -> IntervalResult:
    """A cleared interval. `energy`: whether what was traded may be told."""
    known = row._asdict() if energy else {**row._asdict(), "matched_wh": None}
    return IntervalResult(start=start_unix(row.interval, length), end=end_unix(row.interval, length), **known)


def grid_prices(schedule: TariffSchedule, covered: IntervalRange, length: IntervalLength) -> list[GridPrice]:
    """Backup prices of each interval. Raises RuleError where there is no tariff yet."""
    items = []
    for interval in covered:
        tariff = schedule.at(interval)
        items.append(
            GridPrice(
                interval=interval,
                start=start_unix(interval, length),
                retail=tariff.retail,
                feed_in=tariff.feed_in,
                network_fee=tariff.network_fee,
            )
        )
    return items


def book_of(
    row: Result, seats: Sequence[Seated], orders: Mapping[int, Order | None], k_ppm: int
) -> list[BookEntry] | None:
    """The book of an interval; None when it does not lead to the very result, so that no wrong picture is drawn."""
    book = build_book(
        [
            Seat(
                ParticipantIndex(seat.participant),
                seat.reading or ABSENT_READING,
                orders.get(seat.participant),
                seat.suspended,
                seat.eligible,
            )
            for seat in seats
        ],
        row.tariff,
    )
    found = clear(book, row.tariff.floor, row.tariff.ceiling, k_ppm)
    same = (found.price, found.matched_wh) == (row.price, row.matched_wh)
    bounds = found.price is None or (found.low, found.high) == (row.lo, row.hi)
    return book if same and bounds else None


def curves(
    row: Result, book: Sequence[BookEntry] | None, participant: int, traded_wh: int, least: int, length: IntervalLength
) -> Curves:
    """Supply and demand with one's own place. `traded_wh`: sold or bought, without sign. `book` None: not known."""
    own = next((one for one in book or () if one.participant == participant), None)
    supply, demand = (None, None) if book is None else (curve(book, Side.SELL, least), curve(book, Side.BUY, least))
    return Curves(
        result=result(row, length),
        supply=_steps(supply),
        demand=_steps(demand),
        withheld=supply is None or demand is None,
        own_side=None if own is None else own.side.name.lower(),
        own_limit=None if own is None else own.limit,
        own_wh=0 if own is None else own.wh,
        own_traded_wh=traded_wh,
    )


def orders(
    participant: int,
    lives: Sequence[OrderLife],
    next_nonce: int,
    first_open: IntervalIndex,
    gate_closes: int,
    now: int,
    length: IntervalLength,
) -> Orders:
    """A participant's bids, past ones newest first."""
    shown = [(life.state, _order(life, length)) for life in lives]
    current = [one for state, one in shown if state is OrderState.IN_FORCE]
    past = [one for state, one in shown if state not in (OrderState.IN_FORCE, OrderState.COMING)]
    return Orders(
        participant=participant,
        in_force=current[-1] if current else None,
        coming=sorted((one for state, one in shown if state is OrderState.COMING), key=lambda one: one.from_time),
        past=past[::-1][:_PAST],
        next_nonce=next_nonce,
        first_open_interval=first_open,
        gate_closes=gate_closes,
        now=now,
    )


def trade(row: TradeRow, length: IntervalLength) -> Trade:
    """One settled interval."""
    return Trade(start=start_unix(row.interval, length), **row._asdict())


def _order(life: OrderLife, length: IntervalLength) -> OrderShown:
    placed: Placed = life.placed
    order = placed.order
    endless = life.end >= FOREVER
    return OrderShown(
        order=OrderTerms(
            participant=order.participant,
            standing=order.standing,
            shares=order.shares,
            buy_limit=order.buy_limit,
            sell_limit=order.sell_limit,
            buy_cap_wh=order.buy_cap_wh,
            sell_cap_wh=order.sell_cap_wh,
            from_interval=order.from_interval,
            to_interval=order.to_interval,
            nonce=order.nonce,
            deadline=order.deadline,
        ),
        state=life.state.value,
        placed=placed.at,
        from_time=start_unix(life.first, length),
        to_time=None if endless else start_unix(max(life.end, life.first), length),
    )


def _steps(steps: Sequence[CurveStep] | None) -> list[Step]:
    return [Step(price=one.price, wh=one.wh) for one in steps or ()]
