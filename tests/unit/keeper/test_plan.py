"""Packing proposals into transactions by an estimate of gas that learns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattcommons.services.keeper.plan import GasModel, Proposal, pack

pytestmark = pytest.mark.unit

BUDGET = 24_000_000


def proposals(count: int, seats: int = 12, producers: int = 12) -> list[Proposal]:
    return [Proposal(at, 0, 0, seats, producers) for at in range(count)]  # type: ignore[arg-type]


def test_pack__one_larger_than_the_budget__stands_alone() -> None:
    large = Proposal(1, 0, 0, 10_000, 5_000)  # type: ignore[arg-type]
    small = proposals(1)[0]
    assert list(pack([small, large, small], GasModel(), BUDGET)) == [[small], [large], [small]]


def test_pack__nothing__no_group() -> None:
    assert list(pack([], GasModel(), BUDGET)) == []


@given(st.lists(st.integers(0, 3_000), max_size=40), st.integers(100_000, 50_000_000))
def test_pack__any_sizes__in_order_and_within_the_budget(sizes: list[int], budget: int) -> None:
    given_ = [Proposal(at, 0, 0, seats, seats // 2) for at, seats in enumerate(sizes)]  # type: ignore[arg-type]
    model = GasModel()
    groups = list(pack(given_, model, budget))
    assert [one for group in groups for one in group] == given_
    assert all(len(group) == 1 or model.of(group) <= budget for group in groups)


def test_gas_model__more_used_than_expected__expects_it_at_once() -> None:
    model, group = GasModel(), proposals(4)
    used = model.of(group) * 3
    model.learn(group, used)
    assert model.of(group) >= used


def test_gas_model__less_used_than_expected__approaches_it_slowly() -> None:
    model, group = GasModel(), proposals(4)
    before = model.of(group)
    model.learn(group, before // 2)
    assert before // 2 < model.of(group) < before


def test_gas_model__ran_out_of_gas__expects_twice_as_much() -> None:
    model, group = GasModel(), proposals(4)
    before = model.of(group)
    model.double()
    assert model.of(group) == 2 * before


@pytest.mark.parametrize("seats", [0, 1, 100, 10_000])
def test_seats_within__any_interval__at_least_one_and_no_more_than_fit(seats: int) -> None:
    model = GasModel()
    one = Proposal(1, 0, 0, seats, 0)  # type: ignore[arg-type]
    count = model.seats_within(BUDGET, one)
    assert count >= 1
    if seats:
        part = Proposal(1, 0, 0, count, 0)  # type: ignore[arg-type]
        assert model.of([part]) <= BUDGET * 1.05


def test_seats_within__tiny_budget__one() -> None:
    assert GasModel().seats_within(1, proposals(1)[0]) == 1
