"""Which order is in force: a newer one replaces the older from its start on, whatever the sequence of acts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from web3 import Web3

from tests.support.community import FOREVER, Community, Founded, member_key
from tests.support.devnet import rpc
from tests.support.village import BARN, FLAT
from wattcommons.chain.stored import order_of
from wattcommons.domain.order_trace import OrderTrace
from wattcommons.domain.orders import LimitKind, Order

pytestmark = pytest.mark.contracts

HORIZON = 12
"""Intervals ahead of the first open one that are looked at."""

acts = st.one_of(
    st.tuples(st.just("dated"), st.integers(0, HORIZON - 1), st.integers(1, HORIZON)),
    st.tuples(st.just("standing"), st.integers(0, HORIZON - 1), st.just(0)),
    st.tuples(st.just("cancel"), st.booleans(), st.just(0)),
    st.tuples(st.just("wait"), st.integers(1, 3), st.just(0)),
)


def seen(village: Community, participant: int, interval: int) -> tuple[int, bool] | None:
    """Nonce and kind (standing or not) of the order in force."""
    exists, order = village.see("OrderBook.orderAt", participant, interval)
    return (order[9], order[1]) if exists else None


def expected(trace: OrderTrace, interval: int) -> tuple[int, bool] | None:
    order = trace.in_force(interval)
    return (order.nonce, order.standing) if order else None


@contextmanager
def undone(chain: Web3, founded: Founded) -> Iterator[Community]:
    """The village for one generated case: what happens inside is undone at its end."""
    taken = rpc(chain, "evm_snapshot")
    yield Community(chain, founded).arrive()
    assert rpc(chain, "evm_revert", taken)


@given(st.lists(acts, min_size=1, max_size=9))
def test_in_force__whatever_the_sequence__is_what_the_domain_says(
    chain: Web3, founded_village: Founded, sequence: list[tuple[str, int, int]]
) -> None:
    with undone(chain, founded_village) as here:
        trace = OrderTrace(BARN)
        start = here.open()
        for number, (act, first, length) in enumerate(sequence, 1):
            opened = here.open()
            if act == "wait":
                here.travel((opened + first - 1) * here.length_s)
                continue
            if act == "cancel":
                trace.cancel(opened, number, standing=bool(first))
                here.do("OrderBook.cancelOrders", BARN, bool(first), number, by=member_key(BARN))
                continue
            standing = act == "standing"
            end = FOREVER if standing else opened + first + length
            order = here.order(BARN, opened + first, to_interval=end, nonce=number, standing=standing)
            trace.place(order, opened)
            here.place(order)
        intervals = range(start - 1, start + 4 * HORIZON)
        found = here.see_each("OrderBook.orderAt", *((BARN, i) for i in intervals))
        told = [(order[9], order[1]) if exists else None for exists, order in found]
        assert told == [expected(trace, i) for i in intervals]


def test_orders_in_word__gives_what_order_at_gives(village: Community) -> None:
    """The market reads orders by roster word: dated, standing, ended and none, in index order."""
    interval = village.open()
    dated = village.order(BARN, interval, to_interval=interval + 2, nonce=1, sell_cap_wh=5, buy_limit=-7)
    shares = village.order(FLAT, interval + 1, to_interval=interval + 2, kind=LimitKind.SHARE, sell_limit=1)
    village.place(dated, shares)
    for step in range(4):
        bits = 0b111100
        packed = village.see("OrderBook.ordersInWord", interval + step, 0, bits)
        for participant, word in zip((3, 4, 5, 6), packed, strict=True):
            found = order_of(participant, word)
            exists, order = village.see("OrderBook.orderAt", participant, interval + step)
            assert (found is not None) == exists
            if found is not None:
                assert fields(found) == tuple(order[i] for i in (0, 2, 3, 4, 5, 6, 8))


def fields(order: Order) -> tuple[object, ...]:
    """What of an order a clearing depends on."""
    limits = (order.participant, order.shares, order.buy_limit, order.sell_limit)
    return (*limits, order.buy_cap_wh, order.sell_cap_wh, order.to_interval)


def test_place__with_a_start_of_zero__is_in_force_from_the_first_open_interval(village: Community) -> None:
    interval = village.open()
    village.place(village.order(BARN, 0, to_interval=interval + 5, nonce=1))
    assert [seen(village, BARN, interval + i) for i in (-1, 0, 4, 5)] == [None, (1, False), (1, False), None]


def test_place__a_standing_order__waits_behind_dated_ones(village: Community) -> None:
    interval = village.open()
    village.place(village.order(FLAT, interval, to_interval=interval + 2, nonce=2))
    village.place(village.standing_order(FLAT, nonce=3))
    assert [seen(village, FLAT, interval + i) for i in range(3)] == [(2, False), (2, False), (3, True)]
    village.place(village.order(FLAT, interval + 1, nonce=4))
    assert [seen(village, FLAT, interval + i) for i in range(3)] == [(2, False), (4, False), (3, True)]


def test_place__more_than_the_domain_keeps__is_read_back_to_the_last_bit(village: Community) -> None:
    """Extremes of every field survive the packing."""
    interval = village.open()
    for nonce, (buy, sell) in enumerate([(10**9, -(10**9)), (-(10**9), 10**9), (0, -1)], 2**40 - 3):
        order = village.order(
            FLAT, interval, to_interval=2**32 - 1, nonce=nonce, buy_limit=buy, sell_limit=sell, buy_cap_wh=0
        )
        village.place(order)
        exists, found = village.see("OrderBook.orderAt", FLAT, 2**32 - 2)
        assert exists
        assert found[:10] == (FLAT, False, False, buy, sell, 0, 2**24 - 1, 0, 2**32 - 1, nonce)
