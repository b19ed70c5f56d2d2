"""A community under any order of actions by any callers: see invariants.py for what must hold after each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.fuzz.machine import CommunityMachine
from tests.fuzz.world import Origin
from wattcommons.chain.devnet import DevnetOptions, devnet

pytestmark = pytest.mark.fuzz

QUICK = settings(max_examples=15, stateful_step_count=60, print_blob=True)
DEEP = settings(max_examples=120, stateful_step_count=100, derandomize=False, print_blob=True)


@pytest.fixture(scope="module", params=[True, False], ids=["collecting", "valuing"])
def origin(request: pytest.FixtureRequest) -> Iterator[Origin]:
    """A community that books grid and network legs, and one that only values them."""
    with devnet(DevnetOptions(genesis_time=1_767_225_600, gas_limit=500_000_000)) as node:
        made = Origin(node.ipc_path, collect=request.param, never_lived=218 if request.param else 221)
        yield made
        made.ipc.close()


def test_community__any_actions_by_anyone__keeps_every_invariant(origin: Origin) -> None:
    run_state_machine_as_test(lambda: CommunityMachine(origin), settings=QUICK)


@pytest.mark.deep
def test_community__many_actions_by_anyone__keeps_every_invariant(origin: Origin) -> None:
    run_state_machine_as_test(lambda: CommunityMachine(origin), settings=DEEP)
