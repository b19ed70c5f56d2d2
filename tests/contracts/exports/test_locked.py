"""Wh in a group are out of everybody's reach, whatever the state of the group and whoever tries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contracts.exports.kit import COMPLETE, EXPORTED, EXPORTS, FULL, OPEN, begin, give, in_state, inside, refused
from tests.contracts.registry.kit import deploy
from tests.contracts.tokens.certificates import (
    DEVICE,
    GOO,
    ID,
    INTERVAL,
    TERMS,
    entry,
    held,
    issue,
    signed_cancellation,
    totals,
)
from tests.contracts.tokens.kit import NOBODY, REFERENCE, Stage

pytestmark = pytest.mark.contracts

Attempt = tuple[str, tuple[Any, ...], str, tuple[Any, ...]]
"""Function of the certificates, arguments, caller, and the refusal that is due."""
IN_A_GROUP = pytest.mark.parametrize("state", [OPEN, COMPLETE, EXPORTED], ids=["open", "complete", "exported"])
REASON = b"\x55" * 32
EVERYONE = ["prosumer", "neighbour", "stranger", "issuing body", "operator", "market", "corrections", "deployer"]


def transfer(stage: Stage) -> Attempt:
    arguments = (stage.address(EXPORTS), stage.address("prosumer"), ID, 10, b"")
    return "safeTransferFrom", arguments, "prosumer", unapproved(stage, "prosumer")


def transfer_by_an_approved_operator(stage: Stage) -> Attempt:
    """Approved by the owner: that says nothing of what its owner has no more."""
    stage.do(f"{GOO}.setApprovalForAll", stage.address("stranger"), True, by="prosumer")
    arguments = (stage.address(EXPORTS), stage.address("neighbour"), [ID], [10], b"")
    return "safeBatchTransferFrom", arguments, "stranger", unapproved(stage, "stranger")


def transfer_of_the_owners_balance(stage: Stage) -> Attempt:
    left = held(stage, "prosumer")
    arguments = (stage.address("prosumer"), stage.address("neighbour"), ID, left + 1, b"")
    return "safeTransferFrom", arguments, "prosumer", insufficient(stage, left)


def cancel(stage: Stage) -> Attempt:
    left = held(stage, "prosumer")
    return "cancel", ([ID], [left + 1], TERMS), "prosumer", insufficient(stage, left)


def cancel_for(stage: Stage) -> Attempt:
    arguments = signed_cancellation(stage, [ID], [10], holder=EXPORTS, deadline=2**63)
    return "cancelFor", arguments, "stranger", ("GuaranteeSignatureInvalid", stage.address(EXPORTS).lower())


def withdraw(stage: Stage) -> Attempt:
    return "withdraw", (stage.address(EXPORTS), ID, 10, REFERENCE), "issuing body", ("GuaranteeLocked", ID)


def withdraw_all(stage: Stage) -> Attempt:
    arguments = (stage.address(EXPORTS), ID, inside(stage, ID), REFERENCE)
    return "withdraw", arguments, "issuing body", ("GuaranteeLocked", ID)


def recover(stage: Stage) -> Attempt:
    refusal = ("GuaranteeNoSuccessor", stage.address(EXPORTS).lower())
    return "recover", (stage.address(EXPORTS), [ID]), "stranger", refusal


def recover_by_an_heir(stage: Stage) -> Attempt:
    """The operator has registered the groups as a member's wallet, and given that member a new one."""
    stage.registry("setMember", 7, stage.address(EXPORTS))
    stage.registry("replaceWallet", 7, stage.address("thief"))
    return "recover", (stage.address(EXPORTS), [ID]), "stranger", ("GuaranteeLocked", ID)


PATHS: list[Callable[[Stage], Attempt]] = [
    *(transfer, transfer_by_an_approved_operator, transfer_of_the_owners_balance),
    *(cancel, cancel_for, withdraw, withdraw_all, recover, recover_by_an_heir),
]


def unapproved(stage: Stage, who: str) -> tuple[Any, ...]:
    return ("ERC1155MissingApprovalForAll", stage.address(who).lower(), stage.address(EXPORTS).lower())


def insufficient(stage: Stage, left: int) -> tuple[Any, ...]:
    return ("ERC1155InsufficientBalance", stage.address("prosumer").lower(), left, left + 1, ID)


# ---------------------------------------------------------------------- out of a group


@IN_A_GROUP
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.__name__)
def test_path__to_wh_in_a_group__reverts(stage: Stage, path: Callable[[Stage], Attempt], state: int) -> None:
    in_state(stage, state)
    function, arguments, by, refusal = path(stage)
    assert stage.refused(f"{GOO}.{function}", *arguments, by=by) == refusal


@IN_A_GROUP
@pytest.mark.parametrize("who", EVERYONE)
def test_unlock__by_anyone_but_the_groups__reverts(stage: Stage, state: int, who: str) -> None:
    in_state(stage, state)
    for function in ("lock", "unlock"):
        refusal = stage.refused(f"{GOO}.{function}", stage.address("prosumer"), [ID], [10], by=who)
        assert refusal == ("GuaranteeOnlyExports", stage.address(who).lower())


@pytest.mark.parametrize("wh", [1, 1_000])
def test_release__of_an_exported_group__never(stage: Stage, wh: int) -> None:
    ids = in_state(stage, EXPORTED)
    assert refused(stage, "release", 1, ids[:1], [wh]) == ("ExportGroupState", 1, EXPORTED)


# ---------------------------------------------------------------------- into the groups past them


@pytest.mark.parametrize("registered", [False, True], ids=["as it is", "registered as a wallet"])
@pytest.mark.parametrize("path", ["safeTransferFrom", "safeBatchTransferFrom", "recover"])
def test_transfer__to_the_groups__reverts(stage: Stage, path: str, registered: bool) -> None:
    """Also where somebody has registered their address as a member's wallet, or as the heir of one."""
    [one] = give(stage, 100)
    keeper, owner = stage.address(EXPORTS), stage.address("prosumer")
    arguments: dict[str, tuple[Any, ...]] = {
        "safeTransferFrom": (owner, keeper, one, 10, b""),
        "safeBatchTransferFrom": (owner, keeper, [one], [10], b""),
        "recover": (owner, [one]),
    }
    if path == "recover":
        stage.registry("replaceWallet", 1, keeper)
    elif registered:
        stage.registry("setMember", 7, keeper)
    refusal = stage.refused(f"{GOO}.{path}", *arguments[path], by="prosumer")
    assert refusal == ("GuaranteeNotAccountHolder", keeper.lower())


def test_issue__to_a_producer_with_the_groups_for_a_wallet__waits_in_a_claim(stage: Stage) -> None:
    """Whatever somebody registers, what the exports contract has lies in groups; and no settlement is stopped."""
    stage.registry("replaceWallet", 1, stage.address(EXPORTS))
    issue(stage, entry(1, 0, 0, 500))
    assert inside(stage, ID) == 0
    assert stage.see(f"{GOO}.certificate", ID)[7:9] == (500, 1)
    assert stage.refused(f"{GOO}.claim", ID, by="stranger") == (
        "GuaranteeNotAccountHolder",
        stage.address(EXPORTS).lower(),
    )


def test_correct__of_a_producer_with_the_groups_for_a_wallet__takes_nothing_from_them(stage: Stage) -> None:
    in_state(stage, COMPLETE)
    stage.registry("replaceWallet", 1, stage.address(EXPORTS))
    stage.do(f"{GOO}.correct", INTERVAL, entry(1, 0, 0, 1), 700_000, REASON, by="corrections")
    assert inside(stage, ID) == 600_000
    assert stage.see(f"{GOO}.debtOf", DEVICE) == 699_999


# ---------------------------------------------------------------------- corrections


@IN_A_GROUP
def test_correct__less_than_lies_in_a_group__is_owed_by_the_device(stage: Stage, state: int) -> None:
    """As for what was given away: the rest of the producer's is taken, the group's is left alone and owed."""
    in_state(stage, state)
    left = held(stage, "prosumer")
    stage.do(f"{GOO}.correct", INTERVAL, entry(1, 0, 0, 0), 700_000, REASON, by="corrections")
    assert (held(stage, "prosumer"), inside(stage, ID)) == (0, 600_000)
    assert totals(stage) == (1_400_000, 0, left)
    assert stage.see(f"{GOO}.debtOf", DEVICE) == 700_000 - left
    give(stage, 700_000, first=INTERVAL + 5)
    assert stage.see(f"{GOO}.debtOf", DEVICE) == 0, "the next issue has paid"
    assert held(stage, "prosumer", ID + 5) == left


def test_release__after_a_correction__gives_back_all_the_same(stage: Stage) -> None:
    """What was locked stays its holder's: a debt is the device's."""
    ids = in_state(stage, COMPLETE)
    stage.do(f"{GOO}.correct", INTERVAL, entry(1, 0, 0, 0), 700_000, REASON, by="corrections")
    stage.do(f"{EXPORTS}.release", 1, ids[:1], [600_000], by="prosumer")
    assert held(stage, "prosumer") == 600_000
    assert stage.see(f"{GOO}.debtOf", DEVICE) == 600_000


def test_correct__more_than_before__is_minted_beside_the_group(stage: Stage) -> None:
    in_state(stage, EXPORTED)
    before = held(stage, "prosumer")
    stage.do(f"{GOO}.correct", INTERVAL, entry(1, 0, 0, 700_500), 700_000, REASON, by="corrections")
    assert (held(stage, "prosumer"), inside(stage, ID)) == (before + 500, 600_000)


# ---------------------------------------------------------------------- without callbacks


@pytest.mark.parametrize("manner", [1, 2, 3], ids=["refuses", "reverts", "sends back"])
def test_lock_and_unlock__holder_whose_wallet_would_object__never_asked(stage: Stage, manner: int) -> None:
    receiver = deploy(stage.web3, "ReceiverMock", manner, sender=stage.address("deployer"))
    wallet = str(receiver.address)
    stage.registry("setMember", 1, wallet)
    [one] = give(stage, FULL)
    begin(stage, [one], [FULL], by=wallet)
    stage.do(f"{EXPORTS}.release", 1, [one], [FULL], by=wallet)
    assert (held(stage, wallet, one), inside(stage, one)) == (FULL, 0)
    assert receiver.functions.calls().call() == 0


def test_withdraw__nobody_elses_claim__is_not_locked(stage: Stage) -> None:
    """A claim of the same id waits outside: the issuing body may withdraw it."""
    in_state(stage, COMPLETE)
    stage.registry("setClosed", 1, True)
    stage.do(f"{GOO}.correct", INTERVAL, entry(1, 0, 0, 700_500), 700_000, REASON, by="corrections")
    stage.do(f"{GOO}.withdraw", NOBODY, ID, 500, REFERENCE, by="issuing body")
    assert inside(stage, ID) == 600_000
