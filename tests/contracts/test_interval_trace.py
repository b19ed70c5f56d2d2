"""The interval trace against a plain model: for every date its value, each change applied from its date on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from web3 import Web3
from web3.contract import Contract

from tests.contracts.registry.kit import deploy, key_of, refusal, send
from tests.support.devnet import rpc

pytestmark = [pytest.mark.contracts, pytest.mark.fuzz]

MAX_PENDING = 64

LAST = 2**32 - 1
ALL = 2**224 - 1
SENDER = key_of("stranger").address
FEW = 40  # dates in the model: few, so that changes collide

dates = st.integers(1, FEW)
masks = st.one_of(st.sampled_from([0, 1, 2, 3, 1 << 223, ALL]), st.integers(0, ALL))
changes = st.lists(st.tuples(dates, masks, masks), min_size=1, max_size=12)


@pytest.fixture(scope="module")
def deployed(chain: Web3) -> Contract:
    """An empty trace."""
    rpc(chain, "anvil_autoImpersonateAccount", True)
    return deploy(chain, "IntervalTraceMock", sender=SENDER)


@pytest.fixture
def trace(chain: Web3, deployed: Contract) -> Iterator[Contract]:
    """An empty trace; what the test does is undone."""
    snapshot = rpc(chain, "evm_snapshot")
    yield deployed
    rpc(chain, "evm_revert", snapshot)


class Model:
    """The value of each date, and where changes begin."""

    def __init__(self) -> None:
        self.values = dict.fromkeys(range(FEW + 2), 0)
        self.starts: set[int] = set()

    def update(self, start: int, clear: int, bits: int) -> None:
        """From `start` on, clear and then set bits."""
        self.starts.add(start)
        for date in range(start, FEW + 2):
            self.values[date] = (self.values[date] & ~clear) | bits

    def set(self, start: int, value: int) -> None:
        """From `start` on, this value and no later change."""
        self.starts = {one for one in self.starts if one < start} | {start}
        for date in range(start, FEW + 2):
            self.values[date] = value

    def until(self, date: int) -> int:
        """Where the next entry after `date` begins."""
        return min((start for start in self.starts if start > date), default=LAST)


def apply(trace: Contract, model: Model, change: tuple[int, int, int]) -> None:
    """A change; one that clears all bits is a replacement."""
    start, clear, bits = change
    if clear == ALL:
        send(trace.functions.set(start, bits), SENDER)
        model.set(start, bits)
    else:
        send(trace.functions.update(start, clear, bits), SENDER)
        model.update(start, clear, bits)


def agrees(trace: Contract, model: Model) -> None:
    """Every date's value, segments and the newest entry are the model's."""
    assert trace.functions.valuesAt(list(model.values)).call() == list(model.values.values())
    for date in {1, FEW, *model.starts, *(start - 1 for start in model.starts)}:
        assert trace.functions.segment(date).call() == [model.values[date], model.until(date)]
    assert trace.functions.newest().call() == [model.values[FEW + 1], max(model.starts)]


# ---------------------------------------------------------------------- refusals


def test_update__too_many_entries_dated_later__reverts(trace: Contract) -> None:
    for date in range(10, 12 + MAX_PENDING):
        send(trace.functions.update(date, 0, 1), SENDER)
    # After 10 come as many as there may be and the newest, after 9 one more.
    assert refusal(trace.functions.set(9, 1), SENDER) == ("TraceTooManyPending", 9, MAX_PENDING)
    send(trace.functions.set(10, 7), SENDER)
    assert trace.functions.valuesAt([9, 10, 11, 43, LAST]).call() == [0, 7, 7, 7, 7]


# ---------------------------------------------------------------------- effects


def test_empty__any_interval__zero_for_ever(trace: Contract) -> None:
    for interval in (0, 1, LAST):
        assert trace.functions.segment(interval).call() == [0, LAST]
    assert trace.functions.newest().call() == [0, 0]


def test_set__at_the_ends_of_the_range__holds(trace: Contract) -> None:
    send(trace.functions.set(1, ALL), SENDER)
    send(trace.functions.set(LAST, 5), SENDER)
    assert trace.functions.valuesAt([0, 1, LAST - 1, LAST]).call() == [0, ALL, ALL, 5]
    assert trace.functions.segment(0).call() == [0, 1]
    assert trace.functions.segment(1).call() == [ALL, LAST]


def test_update__dated_before_a_later_one__changes_both(trace: Contract) -> None:
    model = Model()
    for change in ((20, 0, 0b0011), (10, 0, 0b0100), (15, 0b0101, 0b1000), (10, ALL, 0b1), (20, ALL, 0)):
        apply(trace, model, change)
        agrees(trace, model)


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(changes)
def test_update__any_order_of_dates_and_masks__as_the_model(trace: Contract, drawn: list[tuple[int, int, int]]) -> None:
    snapshot = rpc(trace.w3, "evm_snapshot")
    try:
        model = Model()
        for change in drawn:
            apply(trace, model, change)
        agrees(trace, model)
    finally:
        rpc(trace.w3, "evm_revert", snapshot)


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(masks)
def test_ones__any_word__as_counted(deployed: Contract, word: int) -> None:
    assert deployed.functions.ones(word).call() == word.bit_count()


def test_ones__every_single_bit_and_run__as_counted(deployed: Contract) -> None:
    words: list[Any] = [1 << n for n in range(0, 224, 9)] + [(1 << n) - 1 for n in range(0, 225, 8)]
    assert [deployed.functions.ones(word).call() for word in words] == [word.bit_count() for word in words]
