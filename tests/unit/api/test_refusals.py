"""Every refusal of a contract has words and says what to do."""

from __future__ import annotations

import re

import pytest

from wattcommons.chain.artifacts import load_artifact
from wattcommons.errors import RevertedError
from wattcommons.services.api.intents.refusals import ERRORS, order_refusal, refusal_of

pytestmark = pytest.mark.unit

SENT_ON = ("OrderBook", "GuaranteeOfOrigin", "ExportGroups", "Ecopoints", "ConsentRegistry", "Corrections")
KNOWN = {str(item["name"]) for contract in SENT_ON for item in load_artifact(contract).abi if item["type"] == "error"}


def test_refusals__names__are_the_contracts_errors() -> None:
    assert ERRORS.keys() <= KNOWN


@pytest.mark.parametrize("name", sorted(KNOWN | {"", "Panic", "Error"}))
def test_refusal__any_error__code_words_and_advice(name: str) -> None:
    found = refusal_of(RevertedError(name, {"reason": 3, "detail": 5}))
    assert re.fullmatch(r"[a-z0-9_]{3,60}", found.code)
    assert found.detail
    assert found.what_to_do


@pytest.mark.parametrize("reason", range(1, 8))
def test_refusal__of_an_order__each_reason_its_own_code(reason: int) -> None:
    found = refusal_of(RevertedError("OrderRefused", {"reason": reason, "detail": 986_400}))
    assert found == order_refusal(reason, 986_400)
    assert found.code != "refused"
    assert len({order_refusal(one).code for one in range(1, 8)}) == 7


def test_refusal__gate_closed__names_the_first_open_interval() -> None:
    assert "986400" in order_refusal(4, 986_400).detail
