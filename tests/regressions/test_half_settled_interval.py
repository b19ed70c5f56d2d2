"""Found by the stateful fuzzing: balances did not add up to the euro held while an interval was half settled.

Sellers of a chunk are paid before the buyers of the next one pay. What is booked on one side only has an account of
its own since, `inSettlement`, which is empty once the interval is final.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fuzz.checks import check
from tests.fuzz.machine import CommunityMachine
from tests.fuzz.world import Origin
from wattcommons.chain.batch import Read
from wattcommons.chain.devnet import DevnetOptions, devnet

pytestmark = pytest.mark.fuzz


@pytest.fixture
def community() -> Iterator[CommunityMachine]:
    """Two intervals have passed with everybody's readings."""
    with devnet(DevnetOptions(genesis_time=1_767_225_600, gas_limit=500_000_000)) as node:
        origin = Origin(node.ipc_path, collect=True)
        machine = CommunityMachine(origin)
        machine.meters_begin(seed=7227, intervals=3)
        yield machine
        origin.ipc.close()


def sums(machine: CommunityMachine) -> tuple[int, int, int]:
    """All balances, grid and network included; what is in settlement; the euro held by the market: n€."""
    market = machine.world.chain.deployment.address("EnergyMarket")
    pooled, under_way, held, *balances = machine.world.chain.read(
        [
            Read("EnergyMarket", "pooledBalances"),
            Read("EnergyMarket", "inSettlement"),
            Read("CommunityEuro", "balanceOf", (market,)),
            *(Read("EnergyMarket", "balanceOf", (index,)) for index in machine.world.model.participants),
        ]
    )
    return sum(pooled) + sum(balances), under_way, held


def test_balances__interval_settled_in_chunks__add_up_to_the_euro_held_after_each(
    community: CommunityMachine,
) -> None:
    clearing = community.world.clearing
    interval = next(
        index for index in range(community.world.model.current)[::-1] if clearing.settlement(index).clearing.fills
    )
    on_the_way = []
    for _ in range(20):
        community.advance_interval(interval, 1)
        check(community.world, 0, whole=True)
        booked, under_way, held = sums(community)
        assert booked + under_way == held
        on_the_way.append(under_way)
        if clearing.intervals[interval].settled:
            break
    assert clearing.intervals[interval].settled
    assert any(on_the_way), "no chunk ended between a seller and a buyer"
    assert on_the_way[-1] == 0
