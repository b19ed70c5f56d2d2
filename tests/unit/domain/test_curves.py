"""Supply and demand told so coarsely that no step is one participant's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattcommons.domain.auction import BookEntry, Side
from wattcommons.domain.curves import CurveStep, curve
from wattcommons.domain.units import MicroEurPerKwh, ParticipantIndex, Wh

pytestmark = pytest.mark.unit


def offers(side: Side, *pairs: tuple[int, int]) -> list[BookEntry]:
    """(price, Wh) each, of participants 1, 2, …"""
    return [
        BookEntry(ParticipantIndex(index), side, Wh(wh), MicroEurPerKwh(price))
        for index, (price, wh) in enumerate(pairs, 1)
    ]


@pytest.mark.parametrize("count", [1, 2])
def test_curve__too_few__withheld(count: int) -> None:
    assert curve(offers(Side.SELL, *[(10, 5)] * count), Side.SELL, 3) is None


def test_curve__nobody__no_steps() -> None:
    assert curve(offers(Side.SELL, (10, 5)), Side.BUY, 3) == []


def test_curve__supply__cheapest_first_and_the_rest_joins_the_last_step() -> None:
    book = offers(Side.SELL, (50, 1), (10, 2), (20, 4), (30, 8), (40, 16))
    assert curve(book, Side.SELL, 2) == [CurveStep(20, 6), CurveStep(50, 31)]


def test_curve__demand__dearest_first() -> None:
    book = offers(Side.BUY, (50, 1), (10, 2), (20, 4), (30, 8))
    assert curve(book, Side.BUY, 2) == [CurveStep(30, 9), CurveStep(10, 15)]


def test_curve__one_price__one_step() -> None:
    assert curve(offers(Side.SELL, *[(10, 5)] * 7), Side.SELL, 3) == [CurveStep(10, 35)]


@given(
    st.sampled_from(Side),
    st.integers(1, 5),
    st.lists(st.tuples(st.integers(-50, 50), st.integers(1, 9)), max_size=30),
)
def test_curve__any_book__steps_hold_enough_and_all_of_it(side: Side, least: int, pairs: list[tuple[int, int]]) -> None:
    steps = curve(offers(side, *pairs), side, least)
    if 0 < len(pairs) < least:
        assert steps is None
        return
    assert steps is not None
    assert (steps[-1].wh if steps else 0) == sum(wh for _, wh in pairs)
    before = 0
    for step in steps:
        upto = [wh for price, wh in pairs if (price <= step.price if side is Side.SELL else price >= step.price)]
        assert sum(upto) == step.wh
        assert len(upto) - before >= least
        before = len(upto)
