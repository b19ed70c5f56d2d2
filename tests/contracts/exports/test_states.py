"""Every state of a group, every function, every kind of caller: who gets what answer, and what is left as it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contracts.exports.kit import (
    COMPLETE,
    EXPORTED,
    EXPORTS,
    FULL,
    NATIONAL,
    NO_REFERENCE,
    NONE,
    OPEN,
    OTHER_NATIONAL,
    REASON,
    STATES,
    Group,
    begin,
    export,
    give,
    group_of,
    in_state,
    inside,
    lies_in,
    refused,
    unbuilt,
)
from tests.contracts.tokens.certificates import DEVICE, GOO, INTERVAL, held
from tests.contracts.tokens.kit import NOBODY, Stage, unauthorized

pytestmark = pytest.mark.contracts

FUNCTIONS = ("add", "release", "giveBack", "decline", "exportGroup")
OF_THE_ISSUING_BODY = ("giveBack", "decline", "exportGroup")
AFTER = {("add", OPEN): OPEN, ("release", OPEN): OPEN, ("release", COMPLETE): OPEN}
AFTER |= {("giveBack", OPEN): OPEN, ("giveBack", COMPLETE): OPEN}
AFTER |= {("decline", COMPLETE): OPEN, ("exportGroup", COMPLETE): EXPORTED}
"""Function, state -> state afterwards; anything else is refused."""


def nothing(stage: Stage) -> None:
    pass


def close(stage: Stage) -> None:
    stage.registry("setClosed", 1, True)


def replace(stage: Stage) -> None:
    stage.registry("replaceWallet", 1, stage.address("new wallet"))


def replace_and_recover(stage: Stage) -> None:
    replace(stage)
    ids = [DEVICE << 32 | INTERVAL, DEVICE << 32 | INTERVAL + 1]
    stage.do(f"{GOO}.recover", stage.address("prosumer"), ids, by="stranger")


CALLERS: dict[str, tuple[str, Callable[[Stage], None]]] = {
    "owner": ("prosumer", nothing),
    "owner whose account is closed": ("prosumer", close),
    "owner's replaced wallet": ("prosumer", replace),
    "owner's new wallet": ("new wallet", replace_and_recover),
    "other member": ("neighbour", nothing),
    "issuing body": ("issuing body", nothing),
    "operator": ("operator", nothing),
    "certificates": (GOO, nothing),
    "stranger": ("stranger", nothing),
}
"""Who calls, and what has happened to the owner's account by then."""


def arguments(function: str, ids: list[int]) -> tuple[Any, ...]:
    """Of a call that does as it should wherever it may be made."""
    if function in ("add", "release", "giveBack"):
        return (1, ids[1:], [10])
    return (1, NATIONAL if function == "exportGroup" else REASON)


def answer(stage: Stage, function: str, state: int, caller: str) -> tuple[Any, ...] | None:
    """The refusal that is due, None when it is allowed."""
    who, _ = CALLERS[caller]
    if function in OF_THE_ISSUING_BODY and caller != "issuing body":
        return unauthorized(stage, who)
    if state == NONE:
        return ("ExportGroupUnknown", 1)
    owner = caller in ("owner", "owner whose account is closed", "owner's new wallet")
    if function not in OF_THE_ISSUING_BODY and not owner:
        return ("ExportNotGroupMember", 1, stage.address(who).lower())
    if (function, state) not in AFTER:
        return ("ExportGroupState", 1, state)
    if caller == "owner whose account is closed":
        return ("GuaranteeNotAccountHolder", stage.address(who).lower())
    return None


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("state", STATES)
def test_matrix__state_function_caller__as_told(stage: Stage, state: str, function: str, caller: str) -> None:
    number = STATES[state]
    ids = in_state(stage, number)
    who, happens = CALLERS[caller]
    happens(stage)
    before = group_of(stage, 1)
    expected = answer(stage, function, number, caller)
    if expected:
        assert refused(stage, function, *arguments(function, ids), by=who) == expected
        return
    stage.do(f"{EXPORTS}.{function}", *arguments(function, ids), by=who)
    moved = {"add": 10, "release": -10, "giveBack": -10}.get(function, 0)
    wh = before.wh + moved
    state_after = COMPLETE if wh == FULL and function == "add" else AFTER[function, number]
    reference = NATIONAL if function == "exportGroup" else NO_REFERENCE
    assert group_of(stage, 1) == before._replace(wh=wh, state=state_after, reference=reference)
    assert sum(lies_in(stage, 1, one) for one in ids) == wh
    assert [inside(stage, one) for one in ids] == [lies_in(stage, 1, one) for one in ids]


@pytest.mark.parametrize("caller", CALLERS)
def test_open__by_anyone_but_an_account_holder__reverts(stage: Stage, caller: str) -> None:
    who, happens = CALLERS[caller]
    ids = give(stage, 100, 100)
    give(stage, 100, participant=2)
    happens(stage)
    ids = [DEVICE + 1 << 32 | INTERVAL] if who == "neighbour" else ids[1:]
    if caller in ("owner", "owner's new wallet", "other member"):
        begin(stage, ids, [100], by=who)
        member = 2 if who == "neighbour" else 1
        assert group_of(stage, 1)[:2] == (ids[0] >> 32, member)
        assert held(stage, who, ids[0]) == 0
    else:
        expected = ("GuaranteeNotAccountHolder", stage.address(who).lower())
        assert refused(stage, "open", ids, [100], by=who) == expected


def test_open__wh_bought_from_the_producer__are_the_buyers_group(stage: Stage) -> None:
    [one] = give(stage, 100)
    ends = (stage.address("prosumer"), stage.address("neighbour"))
    stage.do(f"{GOO}.safeTransferFrom", *ends, one, 60, b"", by="prosumer")
    begin(stage, [one], [60], by="neighbour")
    assert group_of(stage, 1) == Group(DEVICE, 2, INTERVAL, INTERVAL, 60, OPEN, NO_REFERENCE)
    assert refused(stage, "release", 1, [one], [60]) == ("ExportNotGroupMember", 1, stage.address("prosumer").lower())
    stage.do(f"{EXPORTS}.release", 1, [one], [60], by="neighbour")
    assert (held(stage, "prosumer", one), held(stage, "neighbour", one)) == (40, 60)


def test_release__after_a_new_key__goes_to_the_new_wallet(stage: Stage) -> None:
    ids = in_state(stage, COMPLETE)
    for wallet in ("new wallet", "newest wallet"):
        stage.registry("replaceWallet", 1, stage.address(wallet))
    for wallet in ("prosumer", "new wallet"):
        expected = ("ExportNotGroupMember", 1, stage.address(wallet).lower())
        assert refused(stage, "release", 1, ids[:1], [10], by=wallet) == expected
    stage.do(f"{EXPORTS}.release", 1, ids[:1], [600_000], by="newest wallet")
    assert held(stage, "newest wallet", ids[0]) == 600_000
    assert held(stage, "prosumer", ids[0]) == 100_000


def test_release__account_closed__possible_again_when_it_is_open(stage: Stage) -> None:
    ids = in_state(stage, OPEN)
    close(stage)
    expected = ("GuaranteeNotAccountHolder", stage.address("prosumer").lower())
    assert refused(stage, "release", 1, ids[:1], [10]) == expected
    stage.registry("setClosed", 1, False)
    stage.do(f"{EXPORTS}.release", 1, ids[:1], [10], by="prosumer")
    assert held(stage, "prosumer", ids[0]) == 100_010


def test_give_back__of_a_replaced_wallet__to_the_new_one_and_can_be_withdrawn(stage: Stage) -> None:
    ids = in_state(stage, COMPLETE)
    replace(stage)
    receipt = stage.do(f"{EXPORTS}.giveBack", 1, ids[:1], [600_000], by="issuing body")
    wallet = stage.address("new wallet")
    [told] = stage.events(receipt, f"{EXPORTS}.GroupReleased")
    assert (told["holder"], told["totalWh"]) == (wallet, 400_000)
    assert held(stage, "new wallet", ids[0]) == 600_000
    stage.do(f"{GOO}.withdraw", wallet, ids[0], 600_000, REASON, by="issuing body")
    assert (held(stage, "new wallet", ids[0]), lies_in(stage, 1, ids[0])) == (0, 0)


def test_give_back__account_closed_or_more_than_there_is__reverts(stage: Stage) -> None:
    ids = in_state(stage, OPEN)
    expected = ("ExportNotInGroup", 1, ids[0], 600_000, 600_001)
    assert refused(stage, "giveBack", 1, ids[:1], [600_001], by="issuing body") == expected
    assert refused(stage, "giveBack", 1, [], [], by="issuing body") == ("ExportBatchSize", 0, 0, 64)
    close(stage)
    expected = ("GuaranteeNotAccountHolder", stage.address("prosumer").lower())
    assert refused(stage, "giveBack", 1, ids[:1], [10], by="issuing body") == expected


# ---------------------------------------------------------------------- decline and export


def test_decline__then_completed_anew__can_be_exported(stage: Stage) -> None:
    ids = in_state(stage, COMPLETE)
    receipt = stage.do(f"{EXPORTS}.decline", 1, REASON, by="issuing body")
    assert stage.events(receipt, f"{EXPORTS}.GroupDeclined") == [{"group": 1, "reason": REASON}]
    assert group_of(stage, 1)[4:] == (FULL, OPEN, NO_REFERENCE), "full, and open"
    assert refused(stage, "add", 1, ids[:1], [1]) == ("ExportTooMuch", 1, 1, 0)
    assert refused(stage, "exportGroup", 1, NATIONAL, by="issuing body") == ("ExportGroupState", 1, OPEN)
    stage.do(f"{EXPORTS}.release", 1, ids[:1], [10], by="prosumer")
    stage.do(f"{EXPORTS}.add", 1, ids[1:], [10], by="prosumer")
    export(stage, 1)
    assert group_of(stage, 1)[5:] == (EXPORTED, NATIONAL)


def test_export__without_a_reference__reverts(stage: Stage) -> None:
    in_state(stage, COMPLETE)
    assert refused(stage, "exportGroup", 1, NO_REFERENCE, by="issuing body") == ("ExportReferenceZero", 1)


def test_export__a_reference_used_before__reverts(stage: Stage) -> None:
    in_state(stage, EXPORTED)
    [more] = give(stage, FULL, first=INTERVAL + 9)
    begin(stage, [more], [FULL])
    assert refused(stage, "exportGroup", 2, NATIONAL, by="issuing body") == ("ExportReferenceUsed", NATIONAL, 1)
    export(stage, 2, OTHER_NATIONAL)
    assert [group_of(stage, number).reference for number in (1, 2)] == [NATIONAL, OTHER_NATIONAL]


def test_exported_of__each_device__its_exported_wh_only(stage: Stage) -> None:
    in_state(stage, EXPORTED)
    [more] = give(stage, FULL, first=INTERVAL + 9)
    begin(stage, [more], [FULL])
    assert [stage.see(f"{EXPORTS}.exportedOf", device) for device in (DEVICE, DEVICE + 1)] == [FULL, 0]
    export(stage, 2, OTHER_NATIONAL)
    [other] = give(stage, FULL, participant=2)
    begin(stage, [other], [FULL], by="neighbour")
    export(stage, 3, b"\x03" * 32)
    assert [stage.see(f"{EXPORTS}.exportedOf", device) for device in (DEVICE, DEVICE + 1)] == [2 * FULL, FULL]


def test_export__account_closed_since__is_the_issuing_bodys_to_decide(stage: Stage) -> None:
    in_state(stage, COMPLETE)
    close(stage)
    export(stage, 1)
    assert group_of(stage, 1).state == EXPORTED


@pytest.mark.parametrize("missing", [1, 2])
def test_construction__without_registry_or_certificates__reverts(stage: Stage, missing: int) -> None:
    given = [stage.address(name) for name in ("AccessManager", "MemberRegistryMock", GOO)]
    given[missing] = NOBODY
    assert unbuilt(stage, EXPORTS, *given) == ("ExportAddressZero",)


@pytest.mark.parametrize("missing", [2, 3, 4])
def test_construction__certificates_without_one_of_their_contracts__reverts(stage: Stage, missing: int) -> None:
    given = [stage.address(name) for name in ("AccessManager", "MemberRegistryMock", "market", "corrections", EXPORTS)]
    given[missing] = NOBODY
    assert unbuilt(stage, GOO, *given, "") == ("GuaranteeAddressZero",)
