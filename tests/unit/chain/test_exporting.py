"""National references and reasons as the chain keeps them, and the contract's refusals in words."""

from __future__ import annotations

from typing import Any

import pytest

from wattcommons.chain.artifacts import load_artifact
from wattcommons.chain.commitments import text_hash
from wattcommons.chain.export_refusals import explained
from wattcommons.chain.exporting import reason_of, reference_of, reference_text
from wattcommons.errors import RevertedError, RuleError

pytestmark = pytest.mark.unit

ACCOUNT = "0x00000000000000000000000000000000000000c0"


@pytest.mark.parametrize("text", ["", "é", "a" * 33, "tab\there", "0x" + "00" * 32])
def test_reference__none_that_fits__refused(text: str) -> None:
    with pytest.raises(RuleError):
        reference_of(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [("FR-2026-0001", "FR-2026-0001"), ("a" * 32, "a" * 32), ("0x" + "ff" * 32, "0x" + "ff" * 32), ("0x12", "0x12")],
)
def test_reference__there_and_back__as_it_was_written(text: str, shown: str) -> None:
    word = reference_of(text)
    assert len(word) == 32
    assert reference_text(word) == shown


def test_reason__text_or_digits__hash_or_as_it_is() -> None:
    digits = "0x" + "1f" * 32
    assert reason_of(digits) == bytes.fromhex("1f" * 32)
    assert reason_of("meter under repair") == text_hash("meter under repair")
    with pytest.raises(RuleError, match="a reason is missing"):
        reason_of("  ")


SAID: dict[str, Any] = {"uint256": 7, "address": ACCOUNT, "uint32": 3, "uint8": 2, "bytes32": b"\1" * 32}
ERRORS = [item for item in load_artifact("ExportGroups").abi if item["type"] == "error"]
UNEXPLAINED = {"ExportBatchSize", "ExportAddressZero", "AccessManagedInvalidAuthority", "AccessManagedRequiredDelay"}
"""Of calls that this program does not make, and of deployments."""


@pytest.mark.parametrize("item", [one for one in ERRORS if one["name"].startswith(("Export", "AccessManaged"))])
def test_explained__every_refusal_of_the_contract__in_words(item: dict[str, Any]) -> None:
    arguments = {one["name"]: SAID[one["type"]] for one in item["inputs"]}
    error = RevertedError(item["name"], arguments, contract="ExportGroups")
    found = explained(error)
    assert isinstance(found, RuleError) is (item["name"] not in UNEXPLAINED)
    if isinstance(found, RuleError):
        assert found.hint


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("GuaranteeTransferClosed", {"id": 5, "transferableUntil": 9}, "certificate 5 is too old"),
        ("GuaranteeExpired", {"id": 5, "cancellableUntil": 9}, "certificate 5 is too old"),
        ("GuaranteeNotAccountHolder", {"account": ACCOUNT}, "is not the wallet of a member"),
        (
            "ERC1155InsufficientBalance",
            {"sender": ACCOUNT, "balance": 1, "needed": 2, "tokenId": 5},
            "certificate 5: 1 Wh are held, 2 are asked for",
        ),
    ],
)
def test_explained__refusals_of_the_certificates__in_words(name: str, arguments: dict[str, Any], said: str) -> None:
    declared = {item["name"]: item for item in load_artifact("GuaranteeOfOrigin").abi if item["type"] == "error"}
    assert {one["name"] for one in declared[name]["inputs"]} == arguments.keys()
    assert said in str(explained(RevertedError(name, arguments)))


def test_explained__what_nobody_can_correct__given_back() -> None:
    error = RevertedError("Panic", {"code": 17})
    assert explained(error) is error
