"""Runs in batches, within a budget of gas and of bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattcommons.domain.packing import SignedRun, encode_batch
from wattcommons.domain.readings import Reading, Run
from wattcommons.services.delivery.push import PushBudget, batches

pytestmark = pytest.mark.unit


def signed(count: int) -> SignedRun:
    return SignedRun(Run(1, 1, (Reading(0, 1),) * count), bytes(64))  # type: ignore[arg-type]


def test_batches__nothing__none() -> None:
    assert list(batches([], PushBudget())) == []


def test_batches__run_beyond_the_budget__goes_alone() -> None:
    runs = [signed(1), signed(5_000), signed(1)]
    assert list(batches(runs, PushBudget(gas=1_000_000))) == [range(1), range(1, 2), range(2, 3)]


@given(st.lists(st.integers(1, 200), max_size=60), st.integers(200, 20_000))
def test_batches__any_runs__in_order_and_within_the_size(counts: list[int], size: int) -> None:
    runs = [signed(count) for count in counts]
    found = list(batches(runs, PushBudget(gas=10**9, size=size)))
    assert [at for batch in found for at in batch] == list(range(len(runs)))
    for batch in found:
        assert len(batch) == 1 or len(encode_batch([runs[at] for at in batch])) <= size
