"""Cancelling with a statement, withdrawing, batches at their bounds, wallets that are contracts."""

from __future__ import annotations

from typing import Any

import pytest
from web3.exceptions import ContractCustomError

from tests.contracts.registry.kit import deploy
from tests.contracts.tokens.certificates import (
    BATCH,
    DEVICE,
    GOO,
    ID,
    INTERVAL,
    TERMS,
    WH,
    entry,
    held,
    issue,
    signed_cancellation,
    totals,
)
from tests.contracts.tokens.kit import NOBODY, REFERENCE, Stage

pytestmark = pytest.mark.contracts

ERC165, ERC1155, ERC1155_URI, ERC20 = "0x01ffc9a7", "0xd9b67a26", "0x0e89341c", "0x36372b07"


@pytest.fixture
def holding(stage: Stage) -> Stage:
    """The prosumer holds 1,000 Wh of `ID`; 300 Wh more were cancelled at issue."""
    issue(stage, entry(1, 100, 200, WH))
    return stage


def many(stage: Stage, count: int) -> list[int]:
    """That many ids of which the prosumer holds 5 Wh each."""
    for i in range(count):
        issue(stage, entry(1, 0, 0, 5), interval=INTERVAL + i)
    return [ID + i for i in range(count)]


# ---------------------------------------------------------------------- cancel


@pytest.mark.parametrize(("ids", "amounts"), [(0, 0), (BATCH + 1, BATCH + 1), (1, 2), (2, 1), (1, 0), (0, 1)])
def test_cancel__batch_out_of_bounds__reverts(holding: Stage, ids: int, amounts: int) -> None:
    refused = holding.refused(f"{GOO}.cancel", [ID] * ids, [1] * amounts, TERMS, by="prosumer")
    assert refused == ("GuaranteeBatchSize", ids, amounts, BATCH)


@pytest.mark.parametrize("count", [1, 2, BATCH])
def test_cancel__batch_within_bounds__one_statement(stage: Stage, count: int) -> None:
    ids = many(stage, count)
    receipt = stage.do(f"{GOO}.cancel", ids, [2] * count, TERMS, by="prosumer")
    [statement] = stage.events(receipt, f"{GOO}.StatementIssued")
    assert (statement["statement"], statement["holder"]) == (1, stage.address("prosumer"))
    assert statement["totalWh"] == 2 * count
    assert tuple(statement["terms"].values()) == TERMS
    lines = stage.events(receipt, f"{GOO}.CertificateCancelled")
    assert [(line["statement"], line["id"], line["wh"]) for line in lines] == [(1, token, 2) for token in ids]
    assert totals(stage) == (5 * count, 2 * count, 0)
    assert all(held(stage, "prosumer", token) == 3 for token in (ids[0], ids[-1]))


def test_cancel__statements__numbered_without_gaps(holding: Stage) -> None:
    for number in (1, 2, 3):
        holding.do(f"{GOO}.cancel", [ID], [1], TERMS, by="prosumer")
        assert holding.see(f"{GOO}.statementCount") == number


@pytest.mark.parametrize(("start", "end"), [(5, 5), (6, 5), (2**64 - 1, 0)])
def test_cancel__empty_period__reverts(holding: Stage, start: int, end: int) -> None:
    terms = (*TERMS[:2], start, end, *TERMS[4:])
    refused = holding.refused(f"{GOO}.cancel", [ID], [1], terms, by="prosumer")
    assert refused == ("GuaranteePeriodInvalid", start, end)


@pytest.mark.parametrize("amounts", [[WH + 1], [WH, 1], [2**24 + 1], [2**256 - 1]])
def test_cancel__more_than_held__reverts(holding: Stage, amounts: list[int]) -> None:
    refused = holding.refused(f"{GOO}.cancel", [ID] * len(amounts), amounts, TERMS, by="prosumer")
    left = WH if len(amounts) == 1 else 0
    assert refused == ("ERC1155InsufficientBalance", holding.address("prosumer").lower(), left, amounts[-1], ID)


@pytest.mark.parametrize("amounts", [[0], [1, 0]])
def test_cancel__zero_wh__reverts(holding: Stage, amounts: list[int]) -> None:
    refused = holding.refused(f"{GOO}.cancel", [ID] * len(amounts), amounts, TERMS, by="prosumer")
    assert refused == ("GuaranteeAmountZero", ID)


def test_cancel__one_bad_line__undoes_the_whole_statement(holding: Stage) -> None:
    holding.refused(f"{GOO}.cancel", [ID, ID + 1], [5, 5], TERMS, by="prosumer")
    assert (held(holding, "prosumer"), holding.see(f"{GOO}.statementCount")) == (WH, 0)


# ---------------------------------------------------------------------- cancel by signature


@pytest.mark.parametrize(
    "changes",
    [
        {"by": "neighbour"},
        {"by": "operator"},
        {"ids": [ID + 1]},
        {"amounts": [6]},
        {"nonce": 1},
        {"domain": {"chainId": 1}},
        {"domain": {"verifyingContract": NOBODY}},
        {"domain": {"name": "Watt Commons Ecopoints"}},
        {"domain": {"version": "2"}},
    ],
    ids=str,
)
def test_cancel_for__something_else_signed__reverts(holding: Stage, changes: dict[str, Any]) -> None:
    arguments = signed_cancellation(holding, [ID], [5], **changes)
    refused = holding.refused(f"{GOO}.cancelFor", *arguments, by="stranger")
    assert refused == ("GuaranteeSignatureInvalid", holding.address("prosumer").lower())


def test_cancel_for__statement_changed__reverts(holding: Stage) -> None:
    holder, ids, amounts, terms, deadline, signature = signed_cancellation(holding, [ID], [5])
    for position in range(len(terms)):
        changed = list(terms)
        changed[position] = terms[position] + 1 if isinstance(terms[position], int) else b"\x09" * len(terms[position])
        refused = holding.refused(
            f"{GOO}.cancelFor", holder, ids, amounts, tuple(changed), deadline, signature, by="stranger"
        )
        assert refused == ("GuaranteeSignatureInvalid", holder.lower())


def test_cancel_for__deadline_passed__reverts_from_the_next_second(holding: Stage) -> None:
    deadline = holding.now() + 100
    arguments = signed_cancellation(holding, [ID], [5], deadline=deadline)
    holding.travel(deadline)
    holding.call(f"{GOO}.cancelFor", *arguments).call({"from": holding.address("stranger")})
    holding.travel(deadline + 1)
    refused = holding.refused(f"{GOO}.cancelFor", *arguments, by="stranger")
    assert refused == ("GuaranteeSignatureExpired", deadline)


def test_cancel_for__replayed__reverts(holding: Stage) -> None:
    arguments = signed_cancellation(holding, [ID], [5])
    receipt = holding.do(f"{GOO}.cancelFor", *arguments, by="stranger")
    assert holding.events(receipt, f"{GOO}.StatementIssued")[0]["holder"] == holding.address("prosumer")
    refused = holding.refused(f"{GOO}.cancelFor", *arguments, by="stranger")
    assert refused == ("GuaranteeSignatureInvalid", holding.address("prosumer").lower())
    assert held(holding, "prosumer") == WH - 5


@pytest.mark.parametrize(("manner", "good"), [(0, True), (1, False), (2, True), (3, False), (5, False)])
def test_cancel_for__contract_wallet__asked_under_a_gas_cap(stage: Stage, manner: int, good: bool) -> None:
    owner = stage.address("prosumer")
    wallet = deploy(stage.web3, "ContractWalletMock", owner, manner, sender=stage.address("deployer"))
    stage.registry("setMember", 3, wallet.address)
    token = (DEVICE + 2) << 32 | INTERVAL
    issue(stage, entry(3, 0, 0, WH))
    arguments = signed_cancellation(stage, [token], [5], holder=wallet.address, by="prosumer")
    if good:
        stage.do(f"{GOO}.cancelFor", *arguments, by="stranger")
        assert held(stage, wallet.address, token) == WH - 5
    else:
        refused = stage.refused(f"{GOO}.cancelFor", *arguments, by="stranger")
        assert refused == ("GuaranteeSignatureInvalid", wallet.address.lower())


# ---------------------------------------------------------------------- withdraw


def test_withdraw__zero_or_more_than_held__reverts(holding: Stage) -> None:
    prosumer = holding.address("prosumer")
    refused = holding.refused(f"{GOO}.withdraw", prosumer, ID, 0, REFERENCE, by="issuing body")
    assert refused == ("GuaranteeAmountZero", ID)
    for wh in (WH + 1, 2**255):
        refused = holding.refused(f"{GOO}.withdraw", prosumer, ID, wh, REFERENCE, by="issuing body")
        assert refused == ("ERC1155InsufficientBalance", prosumer.lower(), WH, wh, ID)


def test_withdraw__after_a_third_party_cancelled__only_what_is_left(holding: Stage) -> None:
    prosumer, neighbour = holding.address("prosumer"), holding.address("neighbour")
    holding.do(f"{GOO}.safeTransferFrom", prosumer, neighbour, ID, 400, b"", by="prosumer")
    holding.do(f"{GOO}.cancel", [ID], [300], TERMS, by="neighbour")
    refused = holding.refused(f"{GOO}.withdraw", neighbour, ID, 101, REFERENCE, by="issuing body")
    assert refused == ("ERC1155InsufficientBalance", neighbour.lower(), 100, 101, ID)
    receipt = holding.do(f"{GOO}.withdraw", neighbour, ID, 100, REFERENCE, by="issuing body")
    [event] = holding.events(receipt, f"{GOO}.Withdrawn")
    assert event == {"id": ID, "holder": neighbour, "wh": 100, "reason": REFERENCE}
    assert totals(holding) == (1_300, 600, 100)


def test_withdraw__from_a_closed_account__acts_at_once(holding: Stage) -> None:
    holding.registry("setClosed", 1, True)
    holding.do(f"{GOO}.withdraw", holding.address("prosumer"), ID, WH, REFERENCE, by="issuing body")
    assert held(holding, "prosumer") == 0


def test_withdraw__from_a_claim__part_and_rest(stage: Stage) -> None:
    stage.registry("setClosed", 1, True)
    issue(stage, entry(1, 0, 0, WH))
    for wh, left in ((400, 600), (600, 0)):
        refused = stage.refused(f"{GOO}.withdraw", NOBODY, ID, left + wh + 1, REFERENCE, by="issuing body")
        assert refused == ("GuaranteeClaimTooSmall", ID, left + wh, left + wh + 1)
        stage.do(f"{GOO}.withdraw", NOBODY, ID, wh, REFERENCE, by="issuing body")
        assert stage.see(f"{GOO}.certificate", ID)[7:9] == (left, 1 if left else 0)
    assert stage.refused(f"{GOO}.claim", ID, by="stranger") == ("GuaranteeNothingToClaim", ID)
    assert stage.refused(f"{GOO}.withdraw", NOBODY, ID, 0, REFERENCE, by="issuing body") == ("GuaranteeAmountZero", ID)
    assert totals(stage) == (WH, 0, WH)


# ---------------------------------------------------------------------- transfers in batches, receivers


@pytest.mark.parametrize("count", [0, 1, 2, BATCH, BATCH + 1])
def test_batch_transfer__any_size__moves_exactly_that(stage: Stage, count: int) -> None:
    ids = many(stage, count)
    ends = (stage.address("prosumer"), stage.address("neighbour"))
    stage.do(f"{GOO}.safeBatchTransferFrom", *ends, ids, [4] * count, b"", by="prosumer")
    assert [held(stage, "neighbour", token) for token in ids] == [4] * count
    assert [held(stage, "prosumer", token) for token in ids] == [1] * count


@pytest.mark.parametrize(("ids", "amounts"), [(1, 0), (0, 1), (2, 1)])
def test_batch_transfer__lengths_differ__reverts(holding: Stage, ids: int, amounts: int) -> None:
    ends = (holding.address("prosumer"), holding.address("neighbour"))
    refused = holding.refused(f"{GOO}.safeBatchTransferFrom", *ends, [ID] * ids, [1] * amounts, b"", by="prosumer")
    assert refused == ("ERC1155InvalidArrayLength", ids, amounts)


def test_batch_transfer__same_id_twice__never_more_than_held(holding: Stage) -> None:
    ends = (holding.address("prosumer"), holding.address("neighbour"))
    refused = holding.refused(f"{GOO}.safeBatchTransferFrom", *ends, [ID, ID], [WH, 1], b"", by="prosumer")
    assert refused == ("ERC1155InsufficientBalance", ends[0].lower(), 0, 1, ID)


@pytest.mark.parametrize("amount", [0, WH + 1, 2**24, 2**256 - 1])
def test_transfer__nothing_or_too_much__reverts(holding: Stage, amount: int) -> None:
    ends = (holding.address("prosumer"), holding.address("neighbour"))
    refused = holding.refused(f"{GOO}.safeTransferFrom", *ends, ID, amount, b"", by="prosumer")
    too_much = ("ERC1155InsufficientBalance", ends[0].lower(), WH, amount, ID)
    assert refused == (too_much if amount else ("GuaranteeAmountZero", ID))


def test_transfer__to_oneself__changes_nothing(holding: Stage) -> None:
    ends = (holding.address("prosumer"), holding.address("prosumer"))
    holding.do(f"{GOO}.safeTransferFrom", *ends, ID, WH, b"", by="prosumer")
    assert held(holding, "prosumer") == WH


def test_transfer__thousand_in_parts_of_250__four_parts(holding: Stage) -> None:
    ends = (holding.address("prosumer"), holding.address("neighbour"))
    for _ in range(4):
        holding.do(f"{GOO}.safeTransferFrom", *ends, ID, 250, b"", by="prosumer")
    assert (held(holding, "prosumer"), held(holding, "neighbour")) == (0, WH)


def test_transfer__receiving_contracts__asked_as_the_standard_says(holding: Stage) -> None:
    prosumer = holding.address("prosumer")
    wallets = [deploy(holding.web3, "ReceiverMock", manner, sender=holding.address("deployer")) for manner in range(4)]
    for index, wallet in enumerate(wallets):
        holding.registry("setMember", 20 + index, wallet.address)
    accepts, refuses, reverts, sends_back = (str(wallet.address) for wallet in wallets)
    holding.do(f"{GOO}.safeTransferFrom", prosumer, accepts, ID, 10, b"", by="prosumer")
    refused = holding.refused(f"{GOO}.safeTransferFrom", prosumer, refuses, ID, 10, b"", by="prosumer")
    assert refused == ("ERC1155InvalidReceiver", refuses.lower())
    with pytest.raises(ContractCustomError):  # the receiver's own error
        holding.call(f"{GOO}.safeTransferFrom", prosumer, reverts, ID, 10, b"").call({"from": prosumer})
    holding.do(f"{GOO}.safeTransferFrom", prosumer, sends_back, ID, 10, b"", by="prosumer")
    assert [held(holding, who) for who in (prosumer, accepts, refuses, reverts, sends_back)] == [WH - 10, 10, 0, 0, 0]


@pytest.mark.parametrize("count", [0, BATCH + 1])
def test_recover__batch_out_of_bounds__reverts(holding: Stage, count: int) -> None:
    holding.registry("replaceWallet", 1, holding.address("new wallet"))
    refused = holding.refused(f"{GOO}.recover", holding.address("prosumer"), [ID] * count, by="stranger")
    assert refused == ("GuaranteeBatchSize", count, count, BATCH)


@pytest.mark.parametrize("count", [1, BATCH])
def test_recover__batch_within_bounds__all_of_each(stage: Stage, count: int) -> None:
    ids = many(stage, count)
    stage.registry("replaceWallet", 1, stage.address("new wallet"))
    stage.do(f"{GOO}.recover", stage.address("prosumer"), ids, by="stranger")
    assert [held(stage, "new wallet", token) for token in ids] == [5] * count


def test_supports_interface__the_standards__and_no_other(stage: Stage) -> None:
    answers = [stage.see(f"{GOO}.supportsInterface", code) for code in (ERC165, ERC1155, ERC1155_URI, ERC20)]
    assert answers == [True, True, True, False]
    assert stage.see(f"{GOO}.uri", ID) == "guarantee/{id}.json"
