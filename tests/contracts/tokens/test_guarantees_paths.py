"""Every state of a certificate on every path that could move it, to the second."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contracts.tokens.certificates import (
    DEVICE,
    GOO,
    ID,
    INTERVAL,
    TERMS,
    WH,
    entry,
    held,
    issue,
    lifetime,
    signed_cancellation,
    totals,
)
from tests.contracts.tokens.kit import LENGTH_S, NOBODY, REFERENCE, Stage, unauthorized

pytestmark = pytest.mark.contracts

NONSENSE = ID + (1 << 64)
SOME = 10

Attempt = tuple[str, tuple[Any, ...], str]
"""Function, arguments, caller."""


def transfer(stage: Stage, token: int, by: str = "prosumer") -> Attempt:
    return "safeTransferFrom", (stage.address("prosumer"), stage.address("neighbour"), token, SOME, b""), by


def batch_transfer(stage: Stage, token: int, by: str = "prosumer") -> Attempt:
    ends = (stage.address("prosumer"), stage.address("neighbour"))
    return "safeBatchTransferFrom", (*ends, [token], [SOME], b""), by


def operator_transfer(stage: Stage, token: int) -> Attempt:
    stage.do(f"{GOO}.setApprovalForAll", stage.address("stranger"), True, by="prosumer")
    return transfer(stage, token, "stranger")


def operator_batch_transfer(stage: Stage, token: int) -> Attempt:
    stage.do(f"{GOO}.setApprovalForAll", stage.address("stranger"), True, by="prosumer")
    return batch_transfer(stage, token, "stranger")


def cancel(stage: Stage, token: int) -> Attempt:
    return "cancel", ([token], [SOME], TERMS), "prosumer"


def cancel_for(stage: Stage, token: int) -> Attempt:
    return "cancelFor", signed_cancellation(stage, [token], [SOME], deadline=2**63), "stranger"


def withdraw(stage: Stage, token: int) -> Attempt:
    return "withdraw", (stage.address("prosumer"), token, SOME, REFERENCE), "issuing body"


def withdraw_claim(stage: Stage, token: int) -> Attempt:
    return "withdraw", (NOBODY, token, SOME, REFERENCE), "issuing body"


def claim(stage: Stage, token: int) -> Attempt:
    return "claim", (token,), "stranger"


def recover(stage: Stage, token: int) -> Attempt:
    stage.registry("replaceWallet", 1, stage.address("new wallet"))
    return "recover", (stage.address("prosumer"), [token]), "stranger"


TRANSFERS = (transfer, batch_transfer, operator_transfer, operator_batch_transfer)
OTHERS = (cancel, cancel_for, withdraw, recover)
MOVES = {transfer: SOME, batch_transfer: SOME, operator_transfer: SOME, operator_batch_transfer: SOME, recover: WH}
PATHS = pytest.mark.parametrize("path", TRANSFERS + OTHERS, ids=lambda path: path.__name__)
Path = Callable[[Stage, int], Attempt]


@pytest.fixture
def holding(stage: Stage) -> Stage:
    """The prosumer holds 1,000 Wh of `ID`; 300 Wh more were cancelled at issue."""
    issue(stage, entry(1, 100, 200, WH))
    return stage


def refusal_of(stage: Stage, path: Path, token: int = ID, at: int | None = None) -> tuple[Any, ...]:
    function, arguments, by = path(stage, token)
    if at is not None:
        stage.travel(at)
    return stage.refused(f"{GOO}.{function}", *arguments, by=by)


def perform(stage: Stage, path: Path, token: int = ID, at: int | None = None) -> None:
    function, arguments, by = path(stage, token)
    if at is not None:
        stage.next_block_at(at)
    stage.do(f"{GOO}.{function}", *arguments, by=by)


def insufficient(stage: Stage, token: int = ID) -> tuple[Any, ...]:
    return ("ERC1155InsufficientBalance", stage.address("prosumer").lower(), 0, SOME, token)


def expected_without_balance(stage: Stage, path: Path, token: int = ID) -> tuple[Any, ...]:
    return ("GuaranteeAmountZero", token) if path is recover else insufficient(stage, token)


# ---------------------------------------------------------------------- refusals, state by state


@PATHS
def test_path__never_issued__reverts(holding: Stage, path: Path) -> None:
    token = ID + 1
    assert refusal_of(holding, path, token) == expected_without_balance(holding, path, token)


@PATHS
def test_path__number_of_no_certificate__reverts(holding: Stage, path: Path) -> None:
    """It ends in the same 64 bits as one that is held."""
    expected = ("GuaranteeAmountZero" if path is recover else "GuaranteeNotIssued", NONSENSE)
    assert refusal_of(holding, path, NONSENSE) == expected


@PATHS
def test_path__all_cancelled__reverts(holding: Stage, path: Path) -> None:
    holding.do(f"{GOO}.cancel", [ID], [WH], TERMS, by="prosumer")
    assert refusal_of(holding, path) == expected_without_balance(holding, path)


@PATHS
def test_path__all_withdrawn__reverts(holding: Stage, path: Path) -> None:
    holding.do(f"{GOO}.withdraw", holding.address("prosumer"), ID, WH, REFERENCE, by="issuing body")
    assert refusal_of(holding, path) == expected_without_balance(holding, path)


@pytest.mark.parametrize("path", TRANSFERS, ids=lambda path: path.__name__)
@pytest.mark.parametrize("months", [12, 18])
def test_transfer__twelve_months_after_production__reverts(holding: Stage, path: Path, months: int) -> None:
    until = lifetime().transferable_until
    at = until if months == 12 else lifetime().cancellable_until
    assert refusal_of(holding, path, at=at) == ("GuaranteeTransferClosed", ID, until)


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.__name__)
def test_path__eighteen_months_after_production__reverts(holding: Stage, path: Path) -> None:
    until = lifetime().cancellable_until
    assert refusal_of(holding, path, at=until) == ("GuaranteeExpired", ID, until)


@pytest.mark.parametrize("path", [claim, withdraw_claim], ids=lambda path: path.__name__)
def test_claim_paths__expired__revert(stage: Stage, path: Path) -> None:
    stage.registry("setClosed", 1, True)
    issue(stage, entry(1, 0, 0, WH))
    stage.registry("setClosed", 1, False)
    until = lifetime().cancellable_until
    assert refusal_of(stage, path, at=until) == ("GuaranteeExpired", ID, until)


# ---------------------------------------------------------------------- success to the last second


@PATHS
def test_path__in_time__does_exactly_its_part(holding: Stage, path: Path) -> None:
    last = lifetime().transferable_until if path in TRANSFERS else lifetime().cancellable_until
    perform(holding, path, at=last - 1)
    receiver = "new wallet" if path is recover else "neighbour"
    moved = MOVES.get(path, 0)
    gone = 0 if moved else SOME
    assert (held(holding, "prosumer"), held(holding, receiver)) == (WH - moved - gone, moved)
    expected = {cancel: (1_300, 310, 0), cancel_for: (1_300, 310, 0), withdraw: (1_300, 300, 10)}
    assert totals(holding) == expected.get(path, (1_300, 300, 0))


@pytest.mark.parametrize(
    "end",
    [
        1_756_598_400,  # 2025-08-31T00:00Z: 18 months later is the last of February
        1_756_598_400 - LENGTH_S,  # 2025-08-30T23:30Z
        1_740_787_200,  # 2025-03-01T00:00Z
        1_709_164_800,  # 2024-02-29T00:00Z: a year later is 28 February
        1_767_225_600,  # 2026-01-01T00:00Z
    ],
)
def test_state_of__any_production_end__turns_at_the_second(stage: Stage, end: int) -> None:
    token = DEVICE << 32 | (end // LENGTH_S - 1)
    issue(stage, entry(1, 0, 0, 1), interval=end // LENGTH_S - 1)
    known = lifetime(token)
    for at, state in (
        (known.transferable_until - 1, 1),
        (known.transferable_until, 2),
        (known.cancellable_until - 1, 2),
        (known.cancellable_until, 3),
    ):
        if at > stage.now():
            stage.travel(at)
            assert stage.see(f"{GOO}.stateOf", token) == state, at
    assert stage.see(f"{GOO}.stateOf", token) == 3


def test_expiry__issued_late__counts_from_production_not_from_issue(stage: Stage) -> None:
    stage.travel(lifetime().transferable_until + 86_400)
    issue(stage, entry(1, 0, 0, WH))
    assert refusal_of(stage, transfer)[0] == "GuaranteeTransferClosed"
    perform(stage, cancel)
    assert held(stage, "prosumer") == WH - SOME


# ---------------------------------------------------------------------- who


@pytest.mark.parametrize("path", TRANSFERS, ids=lambda path: path.__name__)
@pytest.mark.parametrize("receiver", ["stranger", "partner", "operator", "GuaranteeOfOrigin"])
def test_transfer__to_no_account_holder__reverts(holding: Stage, path: Path, receiver: str) -> None:
    function, arguments, by = path(holding, ID)
    sent = (arguments[0], holding.address(receiver), *arguments[2:])
    refused = holding.refused(f"{GOO}.{function}", *sent, by=by)
    assert refused == ("GuaranteeNotAccountHolder", holding.address(receiver).lower())


@pytest.mark.parametrize("path", TRANSFERS, ids=lambda path: path.__name__)
def test_transfer__to_nobody__reverts(holding: Stage, path: Path) -> None:
    function, arguments, by = path(holding, ID)
    refused = holding.refused(f"{GOO}.{function}", arguments[0], NOBODY, *arguments[2:], by=by)
    assert refused == ("ERC1155InvalidReceiver", NOBODY)


@pytest.mark.parametrize("path", (*TRANSFERS, cancel, cancel_for), ids=lambda path: path.__name__)
def test_path__account_closed__reverts(holding: Stage, path: Path) -> None:
    function, arguments, by = path(holding, ID)
    holding.registry("setClosed", 1, True)
    refused = holding.refused(f"{GOO}.{function}", *arguments, by=by)
    assert refused == ("GuaranteeNotAccountHolder", holding.address("prosumer").lower())


@pytest.mark.parametrize("path", (*TRANSFERS, cancel, cancel_for), ids=lambda path: path.__name__)
def test_path__wallet_replaced__old_key_is_powerless(holding: Stage, path: Path) -> None:
    function, arguments, by = path(holding, ID)
    holding.registry("replaceWallet", 1, holding.address("new wallet"))
    refused = holding.refused(f"{GOO}.{function}", *arguments, by=by)
    assert refused == ("GuaranteeNotAccountHolder", holding.address("prosumer").lower())


@pytest.mark.parametrize("path", [transfer, batch_transfer], ids=lambda path: path.__name__)
@pytest.mark.parametrize("who", ["neighbour", "stranger", "operator", "issuing body", "market"])
def test_transfer__of_another_account__reverts(holding: Stage, path: Path, who: str) -> None:
    function, arguments, _ = path(holding, ID)
    refused = holding.refused(f"{GOO}.{function}", *arguments, by=who)
    expected = ("ERC1155MissingApprovalForAll", holding.address(who).lower(), holding.address("prosumer").lower())
    assert refused == expected


def test_cancel__by_approved_operator_or_anyone_else__only_own_wh(holding: Stage) -> None:
    holding.do(f"{GOO}.setApprovalForAll", holding.address("neighbour"), True, by="prosumer")
    refused = holding.refused(f"{GOO}.cancel", [ID], [SOME], TERMS, by="neighbour")
    assert refused == ("ERC1155InsufficientBalance", holding.address("neighbour").lower(), 0, SOME, ID)


@pytest.mark.parametrize(
    "who", ["stranger", "prosumer", "operator", "treasurer", "coach", "partner", "market", "deployer"]
)
def test_withdraw__by_anyone_but_the_issuing_body__reverts(holding: Stage, who: str) -> None:
    function, arguments, _ = withdraw(holding, ID)
    assert holding.refused(f"{GOO}.{function}", *arguments, by=who) == unauthorized(holding, who)


def test_recover__wallet_not_replaced__reverts(holding: Stage) -> None:
    refused = holding.refused(f"{GOO}.recover", holding.address("prosumer"), [ID], by="stranger")
    assert refused == ("GuaranteeNoSuccessor", holding.address("prosumer").lower())


def test_recover__account_closed__reverts_until_reopened(holding: Stage) -> None:
    holding.registry("replaceWallet", 1, holding.address("new wallet"))
    holding.registry("setClosed", 1, True)
    arguments = (holding.address("prosumer"), [ID])
    refused = holding.refused(f"{GOO}.recover", *arguments, by="stranger")
    assert refused == ("GuaranteeNotAccountHolder", holding.address("new wallet").lower())
    holding.registry("setClosed", 1, False)
    holding.do(f"{GOO}.recover", *arguments, by="stranger")
    assert held(holding, "new wallet") == WH


def test_recover__twice_replaced__to_the_last_wallet(holding: Stage) -> None:
    for wallet in ("new wallet", "newest wallet"):
        holding.registry("replaceWallet", 1, holding.address(wallet))
    receipt = holding.do(f"{GOO}.recover", holding.address("prosumer"), [ID], by="stranger")
    [event] = holding.events(receipt, f"{GOO}.Recovered")
    assert (event["newWallet"], event["ids"]) == (holding.address("newest wallet"), [ID])
    assert held(holding, "newest wallet") == WH


def test_interval_of_the_suite__is_the_one_meant() -> None:
    assert (INTERVAL + 1) * LENGTH_S == lifetime().production_end == 1_756_598_400
