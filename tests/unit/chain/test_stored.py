"""Words of storage: readings and orders, by layout."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattcommons.chain.stored import order_of, reading_of
from wattcommons.domain.orders import LimitKind
from wattcommons.domain.readings import ABSENT_READING, Quality, Reading

pytestmark = pytest.mark.unit

WH = st.integers(0, 2**24 - 1)
LIMIT = st.integers(-1_000_000_000, 1_000_000_000)


def test_reading_of__zero__absent() -> None:
    assert reading_of(0) == (ABSENT_READING, False)


@given(WH, WH, st.sampled_from([Quality.MEASURED, Quality.ESTIMATED, Quality.CORRECTED]), st.booleans())
def test_reading_of__any_fields__come_back(made: int, used: int, quality: Quality, late: bool) -> None:
    word = made << 27 | used << 3 | quality << 1 | late
    assert reading_of(word) == (Reading(made, used, quality), late)  # type: ignore[arg-type]


def test_order_of__zero_or_cancelled__none() -> None:
    assert order_of(1, 0) is None  # type: ignore[arg-type]
    assert order_of(1, 9 << 8) is None  # type: ignore[arg-type]


@given(LIMIT, LIMIT, WH, WH, st.integers(1, 2**40 - 1), st.integers(1, 2**32 - 1))
def test_order_of__any_prices__come_back(
    buy: int, sell: int, buy_cap: int, sell_cap: int, nonce: int, end: int
) -> None:
    word = end << 160 | (buy % 2**32) << 128 | (sell % 2**32) << 96 | buy_cap << 72 | sell_cap << 48 | nonce << 8 | 1
    order = order_of(7, word)  # type: ignore[arg-type]
    assert order is not None
    assert (order.kind, order.buy_limit, order.sell_limit) == (LimitKind.FIXED, buy, sell)
    assert (order.buy_cap_wh, order.sell_cap_wh, order.nonce, order.to_interval) == (buy_cap, sell_cap, nonce, end)


def test_order_of__shares__kind_says_so() -> None:
    order = order_of(7, (2**32 - 1) << 160 | 750_000 << 128 | 250_000 << 96 | 1 << 8 | 3)  # type: ignore[arg-type]
    assert order is not None
    assert (order.kind, order.buy_limit, order.sell_limit) == (LimitKind.SHARE, 750_000, 250_000)
