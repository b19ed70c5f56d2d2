"""Defects seen in other registries of certificates, each shown not to exist here."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from web3 import Web3

import wattcommons.domain
from tests.contracts.market.scene import SHORT, recorded
from tests.contracts.registry.kit import deploy
from tests.contracts.tokens.certificates import (
    BATCH,
    DEVICE,
    GOO,
    ID,
    INTERVAL,
    MOST,
    TERMS,
    WH,
    entry,
    held,
    issue,
    lifetime,
    signed_cancellation,
    totals,
)
from tests.contracts.tokens.kit import REFERENCE, Stage
from tests.support.community import KEYS, Community, device_terms, proposal
from tests.support.device_record import KNOWN, SCHOOL_ROOF
from tests.support.devnet import rpc
from tests.support.village import MILL
from wattcommons.chain.artifacts import load_artifact
from wattcommons.chain.codec import function_of
from wattcommons.chain.contracts import Call
from wattcommons.chain.device_commitment import Disclosure, leaf_of, root_of
from wattcommons.chain.roles import RESTRICTED, Role
from wattcommons.domain.device_record import position_of
from wattcommons.errors import RuleError

pytestmark = pytest.mark.contracts

SIZES = (0, 1, 2, BATCH, BATCH + 1)
"""None, one, some, the most that a statement takes, one more."""
CERTIFICATE_MODULES = ("guarantees", "certificate_ledger", "devices", "device_record", "settlement", "corrections")


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


# ---------------------------------------------------------------------- batches


@pytest.mark.parametrize("count", SIZES)
def test_batch_issue__of_any_length__issues_each_of_it_and_nothing_else(stage: Stage, count: int) -> None:
    """Elsewhere the loop of a batch issue ran to `<= length` and always reverted; nobody had tried it."""
    for i in range(count):
        stage.registry("setMember", 100 + i, Web3.to_checksum_address(f"0x{0xAA00 + i:040x}"))
        stage.registry("setParticipant", 100 + i, 100 + i, 500 + i, True)
    receipt = issue(stage, *(entry(100 + i, 1, 2, 3 + i) for i in range(count)))
    told = [(event["id"] >> 32, event["mintedWh"]) for event in stage.events(receipt, f"{GOO}.Issued")]
    assert told == [(500 + i, 3 + i) for i in range(count)]
    assert [totals(stage, 500 + i)[0] for i in range(count + 1)] == [6 + i for i in range(count)] + [0]


@pytest.mark.parametrize("count", SIZES)
@pytest.mark.parametrize("function", ["cancel", "cancelFor", "recover", "safeBatchTransferFrom", "balanceOfBatch"])
def test_batch_function__of_any_length__does_all_of_it_or_says_why_not(stage: Stage, function: str, count: int) -> None:
    """Elsewhere no batch function had a test at all."""
    ids, prosumer, neighbour = many(stage, count), stage.address("prosumer"), stage.address("neighbour")
    arguments: tuple[Any, ...]
    match function:
        case "cancel":
            arguments = (ids, [5] * count, TERMS)
        case "cancelFor":
            arguments = signed_cancellation(stage, ids, [5] * count)
        case "recover":
            stage.registry("replaceWallet", 1, stage.address("new wallet"))
            arguments = (prosumer, ids)
        case "safeBatchTransferFrom":
            arguments = (prosumer, neighbour, ids, [5] * count, b"")
        case _:
            assert stage.see(f"{GOO}.balanceOfBatch", [prosumer] * count, ids) == [5] * count
            return
    if function != "safeBatchTransferFrom" and not 1 <= count <= BATCH:
        refused = stage.refused(f"{GOO}.{function}", *arguments, by="prosumer")
        assert refused == ("GuaranteeBatchSize", count, count, BATCH)
        assert [held(stage, "prosumer", token) for token in ids] == [5] * count
        return
    stage.do(f"{GOO}.{function}", *arguments, by="prosumer")
    receiver = {"recover": "new wallet", "safeBatchTransferFrom": "neighbour"}.get(function)
    assert [held(stage, "prosumer", token) for token in ids] == [0] * count
    if receiver:
        assert [held(stage, receiver, token) for token in ids] == [5] * count
    assert totals(stage)[1] == (0 if receiver else 5 * count)


# ---------------------------------------------------------------------- what has ended moves no more


@pytest.mark.parametrize("path", ["single", "batch", "operator single", "operator batch"])
@pytest.mark.parametrize("end", ["withdrawn", "cancelled", "expired"])
def test_certificate__that_has_ended__moves_by_no_standard_transfer(holding: Stage, end: str, path: str) -> None:
    """Elsewhere a revoked certificate still moved by a plain ERC-1155 transfer: its state lay beside the token."""
    prosumer, neighbour = holding.address("prosumer"), holding.address("neighbour")
    holding.do(f"{GOO}.setApprovalForAll", holding.address("stranger"), True, by="prosumer")
    left = 0
    expected: tuple[Any, ...] = ("ERC1155InsufficientBalance", prosumer.lower(), left, 1, ID)
    if end == "withdrawn":
        holding.do(f"{GOO}.withdraw", prosumer, ID, WH, REFERENCE, by="issuing body")
    elif end == "cancelled":
        holding.do(f"{GOO}.cancel", [ID], [WH], TERMS, by="prosumer")
    else:
        left = WH
        holding.travel(lifetime().cancellable_until)
        expected = ("GuaranteeTransferClosed", ID, lifetime().transferable_until)
    one = (prosumer, neighbour, ID, 1, b"")
    function = f"{GOO}.safeTransferFrom"
    if path.endswith("batch"):
        function, one = f"{GOO}.safeBatchTransferFrom", (prosumer, neighbour, [ID], [1], b"")
    by = "stranger" if path.startswith("operator") else "prosumer"
    assert holding.refused(function, *one, by=by) == expected
    assert (held(holding, "prosumer"), held(holding, "neighbour")) == (left, 0)


def test_certificate__withdrawn_in_part__only_the_rest_moves(holding: Stage) -> None:
    """Elsewhere a state was of the whole certificate or of nothing."""
    prosumer, neighbour = holding.address("prosumer"), holding.address("neighbour")
    holding.do(f"{GOO}.withdraw", prosumer, ID, 600, REFERENCE, by="issuing body")
    refused = holding.refused(f"{GOO}.safeTransferFrom", prosumer, neighbour, ID, 401, b"", by="prosumer")
    assert refused == ("ERC1155InsufficientBalance", prosumer.lower(), 400, 401, ID)
    holding.do(f"{GOO}.safeTransferFrom", prosumer, neighbour, ID, 400, b"", by="prosumer")
    assert (held(holding, "prosumer"), held(holding, "neighbour")) == (0, 400)


@pytest.mark.parametrize("late_days", [0, 200, 364])
def test_expiry__of_a_certificate_issued_late__counts_from_production(stage: Stage, late_days: int) -> None:
    """Elsewhere the clock started at the issue, so that a late one lived longer; or nothing ever looked at it."""
    known, prosumer, neighbour = lifetime(), stage.address("prosumer"), stage.address("neighbour")
    late = known.production_end + late_days * 86_400
    if late > stage.now():
        stage.travel(late)
    issue(stage, entry(1, 0, 0, WH))
    stage.travel(known.transferable_until - 1)
    transfer = (prosumer, neighbour, ID, 1, b"")
    stage.call(f"{GOO}.safeTransferFrom", *transfer).call({"from": prosumer})
    stage.travel(known.transferable_until)
    refused = stage.refused(f"{GOO}.safeTransferFrom", *transfer, by="prosumer")
    assert refused == ("GuaranteeTransferClosed", ID, known.transferable_until)
    stage.travel(known.cancellable_until - 1)
    stage.call(f"{GOO}.cancel", [ID], [1], TERMS).call({"from": prosumer})
    stage.travel(known.cancellable_until)
    refused = stage.refused(f"{GOO}.cancel", [ID], [1], TERMS, by="prosumer")
    assert refused == ("GuaranteeExpired", ID, known.cancellable_until)


# ---------------------------------------------------------------------- who issues, what, how often


def test_settlement__a_second_time__issues_nothing_again(village: Community) -> None:
    """Elsewhere the same device and interval were issued twice."""
    settled = recorded(village, SHORT)
    village.advance(settled)
    before = village.see("GuaranteeOfOrigin.totalsOf", 1)
    assert before[0] == SHORT[MILL].production_wh
    assert village.refused("EnergyMarket.advance", *proposal(settled), 100)[0] == "MarketIntervalFinal"
    village.do("EnergyMarket.settleLate", MILL, village.first, 1)
    village.record(village.run(MILL, village.first, SHORT[MILL]))
    assert village.see("GuaranteeOfOrigin.totalsOf", 1) == before
    refused = village.refused("GuaranteeOfOrigin.issue", village.first, [entry(MILL, 0, 0, 1)], by=village.issuing_body)
    assert refused == ("GuaranteeOnlyMarket", village.issuing_body.address.lower())


def test_old_id__even_by_the_market__takes_no_other_volume(holding: Stage) -> None:
    """Elsewhere the issuer minted any volume on an id that existed."""
    holding.do(f"{GOO}.cancel", [ID], [WH], TERMS, by="prosumer")
    for again in (1, WH, MOST):
        refused = holding.refused(f"{GOO}.issue", INTERVAL, [entry(1, 0, 0, again)], by="market")
        assert refused == ("GuaranteeAlreadyIssued", ID, 1_300)
    assert totals(holding) == (1_300, 1_300, 0)


@pytest.mark.parametrize("role", list(Role))
def test_amount__chosen_by_a_role__is_never_issued(village: Community, role: Role) -> None:
    """Elsewhere the right to mint an amount was a role, and so a key's. Here no role makes a key issue."""
    key = KEYS.role(role)
    for function, arguments, error in (
        ("issue", (village.first, [entry(MILL, 0, 0, 5)]), "GuaranteeOnlyMarket"),
        ("correct", (village.first, entry(MILL, 0, 0, 5), 0, REFERENCE), "GuaranteeOnlyCorrections"),
    ):
        admin, chosen = KEYS.role(Role.ADMIN), [function_of(GOO, function).selector]
        village.do("AccessManager.setTargetFunctionRole", village.address(GOO), chosen, int(role), by=admin)
        assert village.refused(f"{GOO}.{function}", *arguments, by=key) == (error, key.address.lower())


def test_strangers_contract__under_the_real_topic__issues_nothing_here(village: Community) -> None:
    """Elsewhere a stranger's contract issued under the real topic, and whoever read topics alone believed it."""
    rpc(village.web3, "anvil_autoImpersonateAccount", True)
    stranger = village.stranger.address
    ends = (village.address("AccessManager"), village.address("MemberRegistry"), stranger, stranger, stranger)
    copy = deploy(village.web3, GOO, *ends, "", sender=stranger)
    village.after(village.first)
    data = bytes.fromhex(copy.encode_abi("issue", [village.first, [entry(MILL, 0, 0, 5_000)]])[2:])
    sent = village.sender().send(Call(Web3.to_checksum_address(copy.address), data, "copy.issue"))
    real = Web3.keccak(text="Issued(uint256,uint32,address,uint256,uint256,uint256)").hex()
    assert sent.logs[0]["topics"][0].removeprefix("0x") == real.removeprefix("0x")
    assert copy.functions.totalsOf(1).call()[0] == 5_000, "the copy believes it"
    assert village.events(sent, f"{GOO}.Issued") == []
    assert village.see(f"{GOO}.totalsOf", 1) == (0, 0, 0)
    village.advance(recorded(village, SHORT))
    assert village.see(f"{GOO}.totalsOf", 1)[0] == SHORT[MILL].production_wh


CERTIFICATE_RIGHTS = [
    (contract, function, role)
    for contract, functions in RESTRICTED.items()
    for function, role in functions.items()
    if contract in (GOO, "Corrections") or "evice" in function
]


@pytest.mark.parametrize(("contract", "function", "role"), CERTIFICATE_RIGHTS)
def test_right__of_one_role__no_other_key_has_it_nor_schedules_it(
    village: Community, contract: str, function: str, role: Role
) -> None:
    """Elsewhere a vote whose identifier was the hash of its data skipped the vote. An operation's number is such a hash
    here too: nobody without the role announces it or carries it out."""
    chosen, target = function_of(contract, function).selector, village.address(contract)
    data = chosen + bytes(32 * 24)
    strangers = [KEYS.role(other) for other in Role if other not in (role, Role.ADMIN)] + [village.stranger]
    for account in strangers:
        caller = account.address.lower()
        unauthorized = ("AccessManagerUnauthorizedCall", caller, target.lower(), chosen)
        assert village.refused("AccessManager.schedule", target, data, 0, by=account) == unauthorized
        assert village.refused("AccessManager.execute", target, data, by=account) == unauthorized
    held_by = village.see("AccessManager.hasRole", int(role), KEYS.role(role).address)
    assert held_by == (True, 0)


def test_vote__that_nobody_can_skip__rights_are_those_of_five_functions() -> None:
    """So that the matrix above misses none of them."""
    assert {function for _, function, _ in CERTIFICATE_RIGHTS} == {
        "registerDevice",
        "bindDevice",
        "setDeviceIssuable",
        "withdraw",
        "correct",
    }


# ---------------------------------------------------------------------- what is shown of a device


def test_device__whose_few_possible_values_are_tried_out__gives_none_away(village: Community) -> None:
    """Elsewhere attributes were hashed without salt: whoever tried all few values of one found it."""
    terms = list(device_terms(village.now() + 86_400))
    terms[9] = KNOWN.commitment
    village.do("MemberRegistry.registerDevice", tuple(terms), by=village.issuing_body)
    device = village.see("MemberRegistry.deviceCount")
    commitment = village.see("MemberRegistry.deviceInfo", device)[9]
    shown = KNOWN.disclose(["address"]).fields["address"]
    assert Disclosure(commitment, {"address": shown}).fields["address"].value == "1 rue Haute"
    levels = {*shown.path, commitment}
    position = position_of("support_cents")
    tried = {leaf_of(position, salt, cents) for cents in range(0, 200_000, 1_000) for salt in (bytes(32), shown.salt)}
    assert leaf_of(position, KNOWN.salts[position], 125_000) not in tried
    assert not tried & levels
    assert not {Web3.keccak(text=str(value)) for value in SCHOOL_ROOF.values.values()} & levels


@pytest.mark.parametrize("other", ["installation", "name", "owner", "meter", "note"])
def test_device_field__shown_as_another_one__refused(other: str) -> None:
    """Elsewhere a hash was of the value alone, so that one attribute's proof was good for any."""
    shown = KNOWN.disclose(["address"]).fields["address"]
    with pytest.raises(RuleError):
        Disclosure(KNOWN.commitment, {other: shown})
    schema = bytes(Web3.keccak(text="another schema"))
    assert root_of("address", shown, schema) != KNOWN.commitment


# ---------------------------------------------------------------------- amounts


def test_split__of_a_thousand_at_250__is_four_parts_of_one_id(holding: Stage) -> None:
    """Elsewhere splitting 1,000 at 250 left 251 ids. Here an amount is a balance, and splits into nothing new."""
    prosumer, neighbour = holding.address("prosumer"), holding.address("neighbour")
    told: list[tuple[int, int]] = []
    for _ in range(4):
        receipt = holding.do(f"{GOO}.safeTransferFrom", prosumer, neighbour, ID, 250, b"", by="prosumer")
        told += [(event["id"], event["value"]) for event in holding.events(receipt, f"{GOO}.TransferSingle")]
        assert held(holding, "prosumer") + held(holding, "neighbour") == WH
    assert told == [(ID, 250)] * 4
    assert held(holding, "neighbour") == WH
    assert totals(holding) == (1_300, 300, 0)


def test_trader__approved_by_one__moves_nobody_elses(holding: Stage) -> None:
    """Elsewhere a trader of another account moved your bundle."""
    prosumer, neighbour, third = (holding.address(who) for who in ("prosumer", "neighbour", "third member"))
    own = (DEVICE + 1) << 32 | INTERVAL
    issue(holding, entry(2, 0, 0, WH), interval=INTERVAL)
    holding.do(f"{GOO}.setApprovalForAll", third, True, by="neighbour")
    for function, arguments in (
        ("safeTransferFrom", (prosumer, third, ID, 1, b"")),
        ("safeBatchTransferFrom", (prosumer, third, [ID], [1], b"")),
        ("safeTransferFrom", (prosumer, neighbour, ID, 1, b"")),
    ):
        for trader in ("third member", "neighbour"):
            expected = ("ERC1155MissingApprovalForAll", holding.address(trader).lower(), prosumer.lower())
            assert holding.refused(f"{GOO}.{function}", *arguments, by=trader) == expected
    holding.do(f"{GOO}.safeTransferFrom", neighbour, third, own, 10, b"", by="third member")
    holding.do(f"{GOO}.setApprovalForAll", third, False, by="neighbour")
    refused = holding.refused(f"{GOO}.safeTransferFrom", neighbour, third, own, 1, b"", by="third member")
    assert refused == ("ERC1155MissingApprovalForAll", third.lower(), neighbour.lower())
    assert (held(holding, "prosumer"), held(holding, "third member", own)) == (WH, 10)


def test_trader__with_a_signature_of_its_own__cancels_nobody_elses(holding: Stage) -> None:
    """Elsewhere the interface took the account's name from the request."""
    forged = signed_cancellation(holding, [ID], [1], holder="prosumer", by="neighbour")
    for sender in ("neighbour", "prosumer", "operator"):
        refused = holding.refused(f"{GOO}.cancelFor", *forged, by=sender)
        assert refused == ("GuaranteeSignatureInvalid", holding.address("prosumer").lower())
    assert held(holding, "prosumer") == WH


@pytest.mark.parametrize("module", CERTIFICATE_MODULES)
def test_energy__in_the_code_of_certificates__is_whole_numbers_alone(module: str) -> None:
    """Elsewhere MWh and proportions were floats, compared with a tolerance that grew."""
    path = Path(wattcommons.domain.__file__).with_name(f"{module}.py")
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        where = f"{module}.py:{getattr(node, 'lineno', 0)}"
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), where
        assert not isinstance(getattr(node, "op", None), ast.Div), where
        assert not (isinstance(node, ast.Name) and node.id in ("float", "round", "Decimal", "Fraction")), where


def test_energy__on_the_chain__has_no_decimals() -> None:
    """Elsewhere a token of 18 decimals stood for MWh."""
    functions = {item["name"]: item for item in load_artifact(GOO).abi if item["type"] == "function"}
    assert "decimals" not in functions
    kinds = {one["type"] for item in functions.values() for one in (*item["inputs"], *item["outputs"])}
    assert not {kind for kind in kinds if "fixed" in kind or kind.startswith("int")}


@pytest.mark.parametrize("parts", [2, 11, 19])
def test_parts__of_an_amount_that_does_not_divide__add_up_to_the_wh(stage: Stage, parts: int) -> None:
    """Elsewhere proportions of an amount were rounded one by one, and the sum was another one."""
    issue(stage, entry(1, 0, 0, MOST))
    prosumer, receivers = stage.address("prosumer"), ("neighbour", "third member")
    share, rest = divmod(MOST, parts)
    assert rest
    for i in range(parts):
        receiver = stage.address(receivers[i % 2])
        stage.do(f"{GOO}.safeTransferFrom", prosumer, receiver, ID, share, b"", by="prosumer")
    assert held(stage, "prosumer") == rest
    assert sum(held(stage, who) for who in ("prosumer", *receivers)) == MOST
