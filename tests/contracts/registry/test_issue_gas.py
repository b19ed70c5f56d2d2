"""What an issue costs, with the real member registry behind it."""

from __future__ import annotations

from statistics import mean

import pytest

from tests.contracts.registry.kit import Community, deploy, key_of, send
from tests.contracts.tokens.certificates import entry

pytestmark = pytest.mark.contracts

PRODUCERS = 10
INTERVALS = 11
"""A storage slot's ten intervals, and one to begin it."""
GAS_LIMIT_MINTED = 35_000
GAS_LIMIT_NOT_MINTED = 26_000
TRANSACTION = 21_000


@pytest.fixture
def producers(community: Community) -> Community:
    for i in range(PRODUCERS):
        wallet = key_of(f"producer {i}")
        participant = community.enrol(community.register(wallet), wallet, gateway=key_of(f"gateway {i}").address)
        community.do("bindDevice", community.device(), participant, community.first, by=community.issuing_body)
    return community


@pytest.mark.parametrize(("grid", "limit"), [(700, GAS_LIMIT_MINTED), (0, GAS_LIMIT_NOT_MINTED)])
def test_issue__ten_producers_an_interval__within_the_gas_limit(producers: Community, grid: int, limit: int) -> None:
    market = key_of("market").address
    guarantees = deploy(
        producers.web3,
        "GuaranteeOfOrigin",
        producers.manager.address,
        producers.registry.address,
        market,
        key_of("corrections").address,
        key_of("exports").address,
        "",
        sender=market,
    )
    entries = [entry(1 + i, 100, 200, grid) for i in range(PRODUCERS)]
    used = [
        (send(guarantees.functions.issue(producers.first + i, entries), market)["gasUsed"] - TRANSACTION) / PRODUCERS
        for i in range(INTERVALS)
    ]
    print(f"gas a certificate: mean {mean(used[1:]):,.0f}, first {used[0]:,.0f}, least {min(used):,.0f}")
    assert guarantees.functions.totalsOf(1).call()[0] == INTERVALS * (300 + grid)
    assert mean(used[1:]) <= limit
