"""Who may call what: every state-changing function against every kind of account."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.registry.kit import (
    COMMITMENT,
    FUNCTIONS_OF_ROLE,
    ISSUING_BODY,
    METERING_OPERATOR,
    OPERATOR,
    RECOVERY_APPROVER,
    Community,
    key_of,
    selector,
)

pytestmark = pytest.mark.contracts

NEW = key_of("new wallet").address
# Guarded by signatures, by the member's own wallet, by time or by an immutable address: tested with those rules.
NOT_BY_ROLE = {"rotateGateway", "vetoReplacement", "executeReplacement", "setSilent", "setAuthority"}
RESTRICTED = sorted(name for names in FUNCTIONS_OF_ROLE.values() for name in names)


def arguments(community: Community, function: str) -> tuple[Any, ...]:
    """Arguments with which the right role succeeds, a member, a participant and a device being there."""
    enrolment = community.signed(community.terms(1, commitment=b"\x77" * 32), community.prosumer)
    return {
        "registerMember": (NEW, COMMITMENT),
        "setMemberActive": (1, False),
        "proposeReplacement": (1, NEW),
        "enrol": enrolment,
        "handOver": (1, *enrolment),
        "setSuspended": (1, True),
        "close": (1, community.first),
        "setLimits": (1, 1, 1, community.first),
        "registerDevice": (community.device_terms(),),
        "bindDevice": (1, 1, community.first),
        "setDeviceIssuable": (1, True, True, community.now() + 1000),
        "approveReplacement": (1, NEW),
    }[function]


@pytest.fixture
def furnished(community: Community, participant: int) -> Community:
    """A member with a metering point, a device and a replacement proposed."""
    community.device()
    community.do("proposeReplacement", 1, NEW)
    return community


def test_matrix__every_state_changing_function__is_listed(community: Community) -> None:
    changing = {
        entry["name"]
        for entry in community.registry.abi
        if entry["type"] == "function" and entry["stateMutability"] not in ("view", "pure")
    }
    assert changing == NOT_BY_ROLE | set(RESTRICTED)


@pytest.mark.parametrize("function", RESTRICTED)
def test_matrix__every_other_account__reverts(furnished: Community, function: str) -> None:
    holders = {
        OPERATOR: furnished.operator,
        METERING_OPERATOR: furnished.metering,
        ISSUING_BODY: furnished.issuing_body,
        RECOVERY_APPROVER: furnished.approver,
    }
    others = [account for role, account in holders.items() if function not in FUNCTIONS_OF_ROLE[role]]
    others += [furnished.prosumer, furnished.ledger, furnished.gateway, furnished.stranger, key_of("admin")]
    given = arguments(furnished, function)
    for account in others:
        expected = ("AccessManagedUnauthorized", account.address.lower())
        assert furnished.refused(function, *given, by=account) == expected


@pytest.mark.parametrize("function", RESTRICTED)
def test_matrix__the_role_itself__succeeds(furnished: Community, function: str) -> None:
    holders = {
        OPERATOR: furnished.operator,
        METERING_OPERATOR: furnished.metering,
        ISSUING_BODY: furnished.issuing_body,
        RECOVERY_APPROVER: furnished.approver,
    }
    role = next(role for role, names in FUNCTIONS_OF_ROLE.items() if function in names)
    receipt = furnished.do(function, *arguments(furnished, function), by=holders[role])
    assert receipt["logs"]


def test_set_authority__anyone_but_the_manager__reverts(community: Community) -> None:
    for account in (community.operator, community.stranger, key_of("admin")):
        expected = ("AccessManagedUnauthorized", account.address.lower())
        assert community.refused("setAuthority", NEW, by=account) == expected


def test_matrix__functions__are_the_managers(community: Community) -> None:
    for role, names in FUNCTIONS_OF_ROLE.items():
        for name in names:
            target = (community.registry.address, selector(community.registry, name))
            assert community.manager.functions.getTargetFunctionRole(*target).call() == role
