"""Which functions change state, and that a stranger gets nowhere with any of them."""

from __future__ import annotations

import pytest

from tests.contracts.tokens.kit import ROLE_OF, Stage

pytestmark = pytest.mark.contracts

ERC20_WRITES = {"transfer", "transferFrom", "approve"}
OPEN_TO_ALL = {
    "TariffSchedule": set(),
    "CommunityEuro": ERC20_WRITES | {"permit", "redeem", "recover"},
    "GuaranteeOfOrigin": {
        *("issue", "correct", "lock", "unlock", "claim", "cancel", "cancelFor", "recover"),
        *("safeTransferFrom", "safeBatchTransferFrom", "setApprovalForAll"),
    },
    "Ecopoints": ERC20_WRITES | {"award", "closeOffer", "redeem", "redeemFor", "useVoucher", "recover"},
    "GreenCoach": {"evaluate"},
    "ExportGroups": {"open", "add", "release"},
}
"""No role needed; each has its own check and its own tests."""


@pytest.mark.parametrize("contract", ROLE_OF)
def test_every_state_changing_function__has_a_role_or_is_open_on_purpose(stage: Stage, contract: str) -> None:
    abi = stage.contracts[contract].abi
    functions = [entry for entry in abi if entry["type"] == "function"]
    writes = {entry["name"] for entry in functions if entry["stateMutability"] in ("nonpayable", "payable")}
    restricted = {name for names in ROLE_OF[contract].values() for name in names}
    assert writes == restricted | OPEN_TO_ALL[contract] | {"setAuthority"}
    assert not any(entry["stateMutability"] == "payable" for entry in functions)


@pytest.mark.parametrize("contract", ROLE_OF)
@pytest.mark.parametrize("who", ["stranger", "operator", "deployer", "prosumer"])
def test_set_authority__by_anyone_but_the_manager__reverts(stage: Stage, contract: str, who: str) -> None:
    refused = stage.refused(f"{contract}.setAuthority", stage.address(who), by=who)
    assert refused == ("AccessManagedUnauthorized", stage.address(who).lower())
