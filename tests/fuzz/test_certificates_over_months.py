"""Certificates over three years of settlements, corrections, owners, keys and deadlines: see months_machine.py."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.fuzz.months_machine import MonthsMachine
from tests.fuzz.months_seen import ALWAYS, Seen
from tests.fuzz.months_world import MonthsOrigin
from wattcommons.chain.devnet import DevnetOptions, devnet

pytestmark = pytest.mark.fuzz

QUICK = settings(max_examples=16, stateful_step_count=25, print_blob=True)
DEEP = settings(max_examples=100, stateful_step_count=80, derandomize=False, print_blob=True)
WALKS, STEPS, ACTS = 16, 12, 6
"""Walks by seed, the steps of each, and the acts of a step."""


@pytest.fixture(scope="module")
def origin() -> Iterator[MonthsOrigin]:
    with devnet(DevnetOptions(genesis_time=1_767_225_600)) as node:
        made = MonthsOrigin(node.ipc_path)
        yield made
        made.ipc.close()


def test_certificates__any_acts_over_months__are_the_registers(origin: MonthsOrigin) -> None:
    origin.seen.clear()
    run_state_machine_as_test(lambda: MonthsMachine(origin), settings=QUICK)
    assert not _missed(origin, ALWAYS)


def test_certificates__walks_over_months__come_across_every_situation(origin: MonthsOrigin) -> None:
    """The same rules in an order that does not depend on Hypothesis: none of them has become empty."""
    origin.seen.clear()
    for walk in range(WALKS):
        machine = MonthsMachine(origin)
        machine.metering_begins(walk)
        for step in range(STEPS):
            machine.much_happens(1_000 * walk + step, ACTS)
        machine.teardown()
    assert not _missed(origin, Seen)


@pytest.mark.deep
def test_certificates__many_acts_over_months__are_the_registers(origin: MonthsOrigin) -> None:
    run_state_machine_as_test(lambda: MonthsMachine(origin), settings=DEEP)


def _missed(origin: MonthsOrigin, wanted: Iterable[Seen]) -> list[str]:
    """Situations that should have arisen and did not."""
    return [str(one) for one in wanted if not origin.seen[one]]
