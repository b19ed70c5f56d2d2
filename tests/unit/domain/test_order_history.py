"""Orders as a person sees them: the same rule as the order trace, told of every order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattcommons.domain.order_history import Ended, OrderState, Placed, order_lives, orders_at
from wattcommons.domain.order_trace import OrderTrace
from wattcommons.domain.orders import FOREVER, LimitKind, Order
from wattcommons.domain.units import IntervalIndex, ParticipantIndex, Wh

pytestmark = pytest.mark.unit


def placed(nonce: int, first: int, end: int | None = None) -> Placed:
    """A dated order, or a standing one without an end."""
    order = Order(
        ParticipantIndex(1),
        LimitKind.FIXED,
        end is None,
        nonce,
        nonce,
        Wh(100),
        Wh(100),
        IntervalIndex(first),
        FOREVER if end is None else IntervalIndex(end),
        nonce,
        0,
    )
    return Placed(order, 1_000 + nonce)


def ended(nonce: int, first: int, *, standing: bool = False) -> Ended:
    return Ended(nonce, standing, IntervalIndex(first))


def states(events: list[Placed | Ended], interval: int) -> dict[int, str]:
    return {life.placed.order.nonce: life.state.value for life in order_lives(events, interval)}


def test_order_lives__nothing__nothing() -> None:
    assert order_lives([], 10) == []
    assert orders_at([], 10) is None


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        (5, {1: "coming", 2: "coming"}),
        (10, {1: "in_force", 2: "coming"}),
        (20, {1: "coming", 2: "in_force"}),
        (30, {1: "in_force", 2: "ended"}),
    ],
)
def test_order_lives__dated_above_standing__standing_resumes(interval: int, expected: dict[int, str]) -> None:
    assert states([placed(1, 10), placed(2, 20, 30)], interval) == expected


def test_order_lives__standing_under_a_dated_one__coming_from_its_end() -> None:
    lives = order_lives([placed(1, 10), placed(2, 20, 30), placed(3, 30, 34)], 25)
    assert [(life.state, life.first) for life in lives] == [
        (OrderState.COMING, 34),
        (OrderState.IN_FORCE, 20),
        (OrderState.COMING, 30),
    ]


def test_order_lives__standing_replaced_while_a_dated_one_lies_above__never_coming_again() -> None:
    """The dated order outlasts what is left of the old standing one."""
    events: list[Placed | Ended] = [placed(1, 10), placed(2, 20, 40), placed(3, 27)]
    assert states(events, 25) == {1: "replaced", 2: "in_force", 3: "coming"}
    assert [life.first for life in order_lives(events, 25)] == [10, 20, 40]
    assert states([*events, ended(4, 28, standing=True)], 25) == {1: "replaced", 2: "in_force", 3: "cancelled"}


def test_order_lives__later_order__replaces_from_its_start_and_nothing_resumes() -> None:
    events: list[Placed | Ended] = [placed(1, 10, 100), placed(2, 20, 30)]
    lives = order_lives(events, 50)
    assert [(life.state, life.first, life.end) for life in lives] == [
        (OrderState.REPLACED, 10, 20),
        (OrderState.ENDED, 20, 30),
    ]
    assert orders_at(events, 50) is None


def test_order_lives__replaced_before_it_began__never_counted() -> None:
    [first, second] = order_lives([placed(1, 20, 30), placed(2, 10, 15)], 12)
    assert (first.state, first.first == first.end) == (OrderState.REPLACED, True)
    assert second.state is OrderState.IN_FORCE


@pytest.mark.parametrize(("standing", "expected"), [(False, "in_force"), (True, "cancelled")])
def test_order_lives__cancelled__standing_only_where_it_is_said(*, standing: bool, expected: str) -> None:
    assert states([placed(1, 10), placed(2, 10, 90), ended(3, 20, standing=standing)], 40) == {
        1: expected,
        2: "cancelled",
    }


@st.composite
def histories(draw: st.DrawFn) -> list[Placed | Ended]:
    """Events of one participant, each gate no earlier than the one before."""
    events: list[Placed | Ended] = []
    gate = 0
    for nonce in range(1, draw(st.integers(1, 9))):
        gate += draw(st.integers(0, 3))
        kind = draw(st.sampled_from(["standing", "dated", "cancel", "cancel all"]))
        first = gate + draw(st.integers(0, 8))
        if kind == "standing":
            events.append(placed(nonce, first))
        elif kind == "dated":
            events.append(placed(nonce, first, first + draw(st.integers(1, 10))))
        else:
            events.append(ended(nonce, gate, standing=kind == "cancel all"))
    return events


@given(histories())
def test_order_history__any_events__agrees_with_the_trace(events: list[Placed | Ended]) -> None:
    trace = OrderTrace(ParticipantIndex(1))
    for event in events:
        if isinstance(event, Placed):
            trace.place(event.order, IntervalIndex(0))
        else:
            trace.cancel(event.first, event.nonce, standing=event.standing)
    for interval in range(45):
        expected = trace.in_force(IntervalIndex(interval))
        assert orders_at(events, interval) == expected
        current = [life for life in order_lives(events, interval) if life.state is OrderState.IN_FORCE]
        assert [life.placed.order for life in current] == ([] if expected is None else [expected])
        assert all(life.first <= interval < life.end for life in current)
