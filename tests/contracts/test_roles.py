"""Who may call what, over every state-changing function of every contract, as deployed by the package."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from eth_account.signers.local import LocalAccount
from eth_utils.abi import collapse_if_tuple

from tests.support.community import KEYS, Community, gateway_key, member_key
from tests.support.village import MILL
from wattcommons.chain.artifacts import load_artifact
from wattcommons.chain.deployment import CONTRACTS
from wattcommons.chain.roles import RESTRICTED, Role
from wattcommons.errors import RevertedError

pytestmark = pytest.mark.contracts

ERC20 = {"transfer", "transferFrom", "approve"}
BY_SIGNATURES_OR_THE_MEMBER = {
    "MemberRegistry": {"rotateGateway", "vetoReplacement", "executeReplacement"},
    "OrderBook": {"placeOrder", "placeOrders", "cancelOrders", "cancelOrdersFor"},
    "EnergyMarket": {"withdraw", "withdrawFor", "deposit", "depositWithPermit"},
    "CommunityEuro": {*ERC20, "permit", "redeem"},
    "GuaranteeOfOrigin": {"cancel", "cancelFor", "safeTransferFrom", "safeBatchTransferFrom", "setApprovalForAll"},
    "Ecopoints": {*ERC20, "redeem", "redeemFor", "closeOffer", "useVoucher"},
    "ConsentRegistry": {"grant", "grantFor", "reject", "rejectFor", "revoke", "revokeFor", "terminate"},
    "ExportGroups": {"open", "add", "release"},
}
"""Each looks at the caller or at signatures itself."""
BY_ONE_CONTRACT = {
    "MemberRegistry": {"setSilent": "RegistryOnlyLedger"},
    "MeterLedger": {"freeze": "LedgerOnlyMarket", "correct": "LedgerOnlyCorrections"},
    "EnergyMarket": {"creditDeposit": "MarketOnlyEuro", "bookCorrection": "MarketOnlyCorrections"},
    "GuaranteeOfOrigin": {
        "issue": "GuaranteeOnlyMarket",
        "correct": "GuaranteeOnlyCorrections",
        "lock": "GuaranteeOnlyExports",
        "unlock": "GuaranteeOnlyExports",
    },
    "Ecopoints": {"award": "EcopointsOnlyCoach"},
}
"""Right of an address fixed at deployment, never a role: the error anybody else gets."""
ANYONE = {
    "MeterLedger": {"record", "markSilent"},
    "EnergyMarket": {"advance", "settleLate", "catchUp", "checkCredit", "multicall"},
    "CommunityEuro": {"recover"},
    "GuaranteeOfOrigin": {"claim", "recover"},
    "Ecopoints": {"recover"},
    "GreenCoach": {"evaluate"},
}
"""Whoever calls, the result is the same; the keeper needs no privilege."""
UNMANAGED = {"AccessManager", "OrderBook", "MeterLedger"}
"""No role can do anything here (the manager itself apart)."""

FUNCTIONS = [(contract, name) for contract, functions in RESTRICTED.items() for name in functions]


def changing(contract: str) -> set[str]:
    """Functions that change state."""
    return {
        item["name"]
        for item in load_artifact(contract).abi
        if item["type"] == "function" and item["stateMutability"] in ("nonpayable", "payable")
    }


def nothing(kind: str) -> Any:
    """Zero of an ABI type."""
    if kind.endswith("]"):
        return []
    if kind.startswith("("):
        return tuple(nothing(part) for part in kind[1:-1].split(","))
    if kind == "address":
        return "0x" + "00" * 20
    if kind == "bool":
        return False
    if kind == "string":
        return ""
    if kind.startswith("bytes"):
        return b"\0" * int(kind.removeprefix("bytes") or 0)
    return 0


def answer(village: Community, contract: str, function: str, caller: LocalAccount) -> tuple[Any, ...]:
    """Name and arguments of the error that a call of zeros gives a caller; empty when it passes."""
    [item] = [one for one in load_artifact(contract).abi if one["type"] == "function" and one["name"] == function]
    arguments = [nothing(collapse_if_tuple(one)) for one in item["inputs"]]
    try:
        village.see(f"{contract}.{function}", *arguments, by=caller)
    except RevertedError as error:
        return (error.error, *error.arguments.values())
    return ()


def callers() -> dict[str, LocalAccount]:
    """One account of every kind there is."""
    roles = {role.name: KEYS.role(role) for role in Role}
    others = {"member": member_key(MILL), "gateway": gateway_key(MILL), "stranger": KEYS.service("stranger")}
    return roles | others


@pytest.mark.parametrize("contract", [name for name in CONTRACTS if name != "AccessManager"])
def test_every_state_changing_function__is_classified(contract: str) -> None:
    """A new function fails here until somebody decides who may call it."""
    sets: list[set[str]] = [
        set(RESTRICTED.get(contract, {})),
        BY_SIGNATURES_OR_THE_MEMBER.get(contract, set()),
        set(BY_ONE_CONTRACT.get(contract, {})),
        ANYONE.get(contract, set()),
        set() if contract in UNMANAGED else {"setAuthority"},
    ]
    assert sum(len(group) for group in sets) == len(set().union(*sets)), "a function is in two groups"
    assert changing(contract) == set().union(*sets)


@pytest.mark.parametrize(("contract", "function"), FUNCTIONS)
def test_restricted__every_account_without_the_role__is_refused(
    village: Community, contract: str, function: str
) -> None:
    role = RESTRICTED[contract][function]
    for name, caller in callers().items():
        if name != role.name:
            expected = ("AccessManagedUnauthorized", caller.address.lower())
            assert answer(village, contract, function, caller) == expected, name


@pytest.mark.parametrize(("contract", "function"), FUNCTIONS)
def test_restricted__the_holder_of_the_role__passes_the_gate(village: Community, contract: str, function: str) -> None:
    refused = answer(village, contract, function, KEYS.role(RESTRICTED[contract][function]))
    assert refused[:1] != ("AccessManagedUnauthorized",)


@pytest.mark.parametrize(("contract", "function"), FUNCTIONS)
def test_restricted__after_the_role_is_taken_away__is_refused(village: Community, contract: str, function: str) -> None:
    role = RESTRICTED[contract][function]
    holder = KEYS.role(role)
    village.do("AccessManager.revokeRole", int(role), holder.address, by=KEYS.role(Role.ADMIN))
    assert answer(village, contract, function, holder) == ("AccessManagedUnauthorized", holder.address.lower())


@pytest.mark.parametrize(
    ("contract", "function", "error"),
    [(contract, name, error) for contract, rights in BY_ONE_CONTRACT.items() for name, error in rights.items()],
)
def test_right_of_one_contract__is_no_role__and_nobody_elses(
    village: Community, contract: str, function: str, error: str
) -> None:
    for name, caller in callers().items():
        assert answer(village, contract, function, caller) == (error, caller.address.lower()), name


@pytest.mark.parametrize("contract", [name for name in CONTRACTS if name not in UNMANAGED])
def test_set_authority__by_anyone_but_the_manager__is_refused(village: Community, contract: str) -> None:
    for caller in callers().values():
        expected = ("AccessManagedUnauthorized", caller.address.lower())
        assert answer(village, contract, "setAuthority", caller) == expected


OF_THE_ADMINISTRATOR = {
    *("grantRole", "revokeRole", "labelRole", "setRoleAdmin", "setRoleGuardian", "setGrantDelay"),
    *("setTargetFunctionRole", "setTargetAdminDelay", "setTargetClosed", "updateAuthority"),
}
OF_ANYONE_AT_THE_MANAGER = {"renounceRole", "schedule", "execute", "cancel", "consumeScheduledOp", "multicall"}


def test_manager__every_state_changing_function__is_classified() -> None:
    assert changing("AccessManager") == OF_THE_ADMINISTRATOR | OF_ANYONE_AT_THE_MANAGER


@pytest.mark.parametrize("function", sorted(OF_THE_ADMINISTRATOR))
def test_manager__everyone_but_the_administrator__is_refused(village: Community, function: str) -> None:
    for name, caller in callers().items():
        refused = answer(village, "AccessManager", function, caller)
        if name != "ADMIN":
            assert refused[:2] == ("AccessManagerUnauthorizedAccount", caller.address.lower()), name
        else:
            assert refused[:1] != ("AccessManagerUnauthorizedAccount",)


def test_manager__the_deployer__has_no_right_left(village: Community) -> None:
    deployer = KEYS.service("deployer")
    for function in OF_THE_ADMINISTRATOR:
        assert answer(village, "AccessManager", function, deployer)[0] == "AccessManagerUnauthorizedAccount"
    for contract, function in FUNCTIONS:
        assert answer(village, contract, function, deployer)[0] == "AccessManagedUnauthorized"


def test_no_function__takes_ether() -> None:
    payable = {
        (contract, item["name"])
        for contract in CONTRACTS
        for item in load_artifact(contract).abi
        if item.get("stateMutability") == "payable" and item["type"] == "function"
    }
    assert payable == {("AccessManager", "execute")}


def test_no_function__mints_certificates_by_an_amount() -> None:
    """A peer's issuer could mint any volume on an old id: here only settlement issues, from what is recorded."""
    names = {item["name"] for item in load_artifact("GuaranteeOfOrigin").abi if item["type"] == "function"}
    assert not names & {"mint", "mintBatch", "safeMint"}


def test_readme__lists_the_roles__as_they_are() -> None:
    text = (Path(__file__).parents[2] / "contracts" / "README.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("| ")]
    told = {row[0]: rights(row[-1]) for row in rows if row[0] in CONTRACTS and len(row) == 4}
    expected = {
        contract: {name: role.name for name, role in RESTRICTED.get(contract, {}).items()}
        for contract in CONTRACTS
        if contract != "AccessManager"
    }
    assert told == expected


def rights(cell: str) -> dict[str, str]:
    """Function -> role, out of "**role** `function` `function`, countersigns …; **role** …"."""
    found = {}
    for role, functions in re.findall(r"\*\*([a-z ]+)\*\*((?: `\w+`)+)", cell):
        for name in re.findall(r"`(\w+)`", functions):
            found[name] = role.upper().replace(" ", "_")
    return found
