"""Cancelling: by the member only, for the intervals still open and for what was signed and has not landed."""

from __future__ import annotations

import pytest

from tests.contracts.orders.kit import cancel_signature, skipped
from tests.support.community import FOREVER, Community, member_key
from tests.support.village import BARN, FLAT, MILL

pytestmark = pytest.mark.contracts


def test_cancel__by_anyone_else__is_refused(village: Community) -> None:
    wallet = int(member_key(FLAT).address, 16)
    for account in (village.stranger, village.operator, member_key(MILL)):
        refused = village.refused("OrderBook.cancelOrders", FLAT, True, 9, by=account)
        assert refused == ("OrderRefused", FLAT, 9, 1, wallet)
        signature = cancel_signature(village, FLAT, True, 9, by=account)
        refused = village.refused("OrderBook.cancelOrdersFor", FLAT, True, 9, village.now() + 50, signature)
        assert refused == ("OrderRefused", FLAT, 9, 1, wallet)
    refused = village.refused("OrderBook.cancelOrdersFor", 7, True, 9, village.now() + 50, b"\0" * 65)
    assert refused == ("OrderRefused", 7, 9, 1, 0)


def test_cancel_for__replayed_expired_or_altered__is_refused(village: Community) -> None:
    deadline = village.now() + 50
    good = (FLAT, False, 9, deadline, cancel_signature(village, FLAT, False, 9))
    wallet = int(member_key(FLAT).address, 16)
    for altered in ((FLAT, True, *good[2:]), (FLAT, False, 10, *good[3:]), (BARN, *good[1:])):
        assert village.refused("OrderBook.cancelOrdersFor", *altered)[0] == "OrderRefused"
    later = village.refused("OrderBook.cancelOrdersFor", FLAT, False, 9, deadline + 1, good[4])
    assert later == ("OrderRefused", FLAT, 9, 1, wallet)
    sent = village.do("OrderBook.cancelOrdersFor", *good)
    assert village.events(sent, "OrderBook.OrderCancelled")[0]["nonce"] == 9
    assert village.refused("OrderBook.cancelOrdersFor", *good) == ("OrderRefused", FLAT, 9, 3, 9)
    village.travel(deadline + 1)
    assert village.refused("OrderBook.cancelOrdersFor", *good) == ("OrderRefused", FLAT, 9, 2, deadline)


def in_force(village: Community, participant: int, interval: int) -> int:
    """Nonce of the order in force, 0 for none."""
    exists, order = village.see("OrderBook.orderAt", participant, interval)
    return int(order[9]) if exists else 0


def test_cancel__dated_orders__leaves_the_standing_one(village: Community) -> None:
    interval = village.open()
    village.place(village.order(FLAT, interval, to_interval=interval + 9, nonce=2))
    village.place(village.order(FLAT, interval + 4, to_interval=FOREVER, nonce=3))
    assert [in_force(village, FLAT, interval + i) for i in (0, 3, 4, 99)] == [2, 2, 3, 3]
    village.do("OrderBook.cancelOrders", FLAT, False, 4, by=member_key(FLAT))
    assert [in_force(village, FLAT, interval + i) for i in (0, 3, 4, 99)] == [1, 1, 1, 1]
    village.do("OrderBook.cancelOrders", FLAT, True, 5, by=member_key(FLAT))
    assert [in_force(village, FLAT, interval + i) for i in (0, 99)] == [0, 0]


def test_cancel__after_gate_closure__changes_nothing_in_that_interval(village: Community) -> None:
    interval = village.open()
    village.place(village.order(FLAT, interval, to_interval=FOREVER))
    village.travel(interval * village.length_s)
    village.do("OrderBook.cancelOrders", FLAT, True, 3, by=member_key(FLAT))
    assert [in_force(village, FLAT, interval + i) for i in range(3)] == [2, 0, 0]


def test_cancel__signed_orders_not_landed_yet__are_void(village: Community) -> None:
    interval = village.open()
    waiting = [village.signed_order(village.order(FLAT, interval, nonce=nonce)) for nonce in (2, 5, 6)]
    village.do("OrderBook.cancelOrders", FLAT, False, 5, by=member_key(FLAT))
    sent = village.do("OrderBook.placeOrders", waiting)
    assert skipped(village, sent) == [(FLAT, 2, "NonceUsed", 5), (FLAT, 5, "NonceUsed", 5)]
    assert in_force(village, FLAT, interval) == 6


def test_cancel__without_any_order__still_voids_what_was_signed(village: Community) -> None:
    interval = village.open()
    waiting = village.signed_order(village.order(BARN, interval, nonce=1))
    village.do(
        "OrderBook.cancelOrdersFor", BARN, False, 1, village.now() + 50, cancel_signature(village, BARN, False, 1)
    )
    assert skipped(village, village.do("OrderBook.placeOrders", [waiting])) == [(BARN, 1, "NonceUsed", 1)]
    assert in_force(village, BARN, interval) == 0


def test_cancel__with_as_many_pending_orders_as_there_can_be__is_possible(village: Community) -> None:
    """Whoever has too many orders dated ahead is refused one more, can cancel them all, and goes on at once."""
    interval, many = village.open(), 80
    orders = [village.order(FLAT, interval + 1 + i, to_interval=FOREVER, nonce=2 + i) for i in range(many)]
    refused = skipped(village, village.place(*orders))
    limit = refused[0][3]
    assert refused == [(FLAT, nonce, "TooManyPending", limit) for nonce in range(limit + 3, many + 2)]
    village.do("OrderBook.cancelOrders", FLAT, True, 200, by=member_key(FLAT))
    assert {in_force(village, FLAT, interval + i) for i in range(many)} == {0}
    assert skipped(village, village.place(village.order(FLAT, interval, nonce=201))) == []
    assert in_force(village, FLAT, interval) == 201
    village.place(village.standing_order(FLAT, nonce=202))
    assert in_force(village, FLAT, interval + many) == 202


def test_cancel__at_the_start_of_one_of_many_pending_orders__is_possible(village: Community) -> None:
    """The orders dated at and behind the first open interval are as many as there can be, and one."""
    interval = village.open()
    village.place(village.order(FLAT, interval, to_interval=FOREVER, nonce=2))
    village.place(*(village.order(FLAT, interval + 1 + i, to_interval=FOREVER, nonce=3 + i) for i in range(80)))
    village.do("OrderBook.cancelOrders", FLAT, False, 200, by=member_key(FLAT))
    assert {in_force(village, FLAT, interval + i) for i in range(90)} <= {0, 1}
