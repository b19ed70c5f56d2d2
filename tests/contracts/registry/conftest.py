"""A registry deployed once, put back to that state after every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from web3 import Web3

from tests.contracts.registry.kit import (
    DELAY_S,
    FUNCTIONS_OF_ROLE,
    ISSUING_BODY,
    LEAD_S,
    LENGTH_S,
    METERING_OPERATOR,
    OPERATOR,
    RECOVERY_APPROVER,
    Community,
    deploy,
    key_of,
    selector,
    send,
)
from tests.support.devnet import rpc


@pytest.fixture(scope="module")
def deployed(chain: Web3) -> Community:
    """Manager and registry with one account a role, sixty seconds after a gate has closed.

    One a file: between two files other tests of the process may let the chain's clock pass the next gate.
    """
    rpc(chain, "anvil_autoImpersonateAccount", True)
    admin = key_of("admin").address
    start = (int(chain.eth.get_block("latest")["timestamp"]) // LENGTH_S + 2) * LENGTH_S
    rpc(chain, "evm_setNextBlockTimestamp", start - LEAD_S + 60)
    manager = deploy(chain, "AccessManager", admin, sender=admin)
    registry = deploy(
        chain,
        "MemberRegistry",
        manager.address,
        LENGTH_S,
        LEAD_S,
        key_of("meter ledger").address,
        DELAY_S,
        sender=admin,
    )
    for role, names in FUNCTIONS_OF_ROLE.items():
        selectors = [selector(registry, name) for name in names]
        send(manager.functions.setTargetFunctionRole(registry.address, selectors, role), admin)
    community = Community(chain, manager, registry, registry.functions.firstOpenInterval().call())
    community.grant(OPERATOR, community.operator)
    community.grant(METERING_OPERATOR, community.metering)
    community.grant(ISSUING_BODY, community.issuing_body)
    community.grant(RECOVERY_APPROVER, community.approver)
    return community


@pytest.fixture
def community(deployed: Community) -> Iterator[Community]:
    """The registry as deployed; what the test does is undone."""
    snapshot = rpc(deployed.web3, "evm_snapshot")
    yield deployed
    assert rpc(deployed.web3, "evm_revert", snapshot)


@pytest.fixture
def member(community: Community) -> int:
    """The prosumer's member index."""
    return community.register(community.prosumer)


@pytest.fixture
def participant(community: Community, member: int) -> int:
    """The prosumer's metering point, gross, from the first open interval on."""
    return community.enrol(member, community.prosumer)
