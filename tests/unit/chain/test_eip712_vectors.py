"""The signed messages: the package, the contracts' sources and the shared vectors agree to the byte."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from eth_account.messages import encode_typed_data

from tests.support.eip712 import fields_of, load, message_of, primary_of, signed, signer_of, types_of
from wattcommons.chain import typed_data
from wattcommons.chain.signing import digest_of, recover, recover_compact
from wattcommons.chain.typed_data import SIGNED_NAMES, VERSION

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[3]
VECTORS = load()
CASES = VECTORS["cases"]
HALF_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141 // 2
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])


def hex_bytes(text: str) -> bytes:
    return bytes.fromhex(text[2:])


def case_named(name: str) -> dict[str, Any]:
    [case] = [case for case in CASES if case["name"] == name]
    return case


def contract_sources() -> list[str]:
    permit = ROOT / "node_modules/@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol"
    return [path.read_text(encoding="utf-8") for path in (*(ROOT / "contracts").rglob("*.sol"), permit)]


@pytest.mark.parametrize("s", [0, HALF_ORDER + 1])
def test_recover__impossible_or_malleable_s__nobody(s: int) -> None:
    case = case_named("a_reading")
    assert recover_compact(message_of(case), hex_bytes(case["compact"])[:32] + s.to_bytes(32, "big")) is None


@pytest.mark.parametrize("other", ["the_same_reading_on_another_chain", "the_same_reading_at_another_contract"])
def test_recover__signature_for_another_domain__somebody_else(other: str) -> None:
    case, elsewhere = case_named("a_reading"), case_named(other)
    assert case["message"] == elsewhere["message"]
    assert recover(message_of(elsewhere), hex_bytes(case["signature"])) != signer_of(VECTORS, case).address


@each_case
def test_message__any_kind__digest_and_signatures_of_the_vectors(case: dict[str, Any]) -> None:
    made = signed(VECTORS, case)
    assert made == {name: case[name] for name in made}


@each_case
def test_message__any_kind__hashes_by_the_type_text(case: dict[str, Any]) -> None:
    message = encode_typed_data(case["domain"], types_of(case["type"]), fields_of(case))
    assert digest_of(message) == hex_bytes(case["digest"])


@each_case
def test_recover__signature_of_the_vectors__its_signer(case: dict[str, Any]) -> None:
    signer = VECTORS["addresses"][case["signer"]]
    assert recover(message_of(case), hex_bytes(case["signature"])) == signer
    if "compact" in case:
        assert recover_compact(message_of(case), hex_bytes(case["compact"])) == signer


@each_case
def test_type_text__any_kind__stands_in_the_contracts(case: dict[str, Any]) -> None:
    texts = {
        "".join(re.findall(r'"([^"]*)"', literal))
        for source in contract_sources()
        for literal in re.findall(r'keccak256\(\s*((?:"[^"]*"\s*)+)\)', source)
    }
    assert case["type"] in texts


@pytest.mark.parametrize("contract", SIGNED_NAMES)
def test_domain__signing_contract__named_as_in_its_source(contract: str) -> None:
    wanted = f'EIP712("{SIGNED_NAMES[contract]}", "{VERSION}")'
    assert sum(wanted in source for source in contract_sources()) == 1
    assert {case["domain"]["name"] for case in CASES if case["contract"] == contract} == {SIGNED_NAMES[contract]}


def test_vectors__cover_every_message() -> None:
    functions = {name for name in vars(typed_data) if name.endswith("_message") and not name.startswith("_")}
    covered = {f"{primary_of(case).lower()}_message" for case in CASES} - {"spreadorder_message"}
    assert covered == functions
