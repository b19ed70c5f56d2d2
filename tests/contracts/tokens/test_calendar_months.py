"""Calendar months on chain agree with the shared vectors and with the domain."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from web3 import Web3

from tests.contracts.registry.kit import deploy
from wattcommons.domain.calendar import add_months

pytestmark = pytest.mark.contracts

VECTORS = Path(__file__).parents[2] / "vectors" / "months.json"
CASES: list[dict[str, Any]] = json.loads(VECTORS.read_text(encoding="utf-8"))["cases"]


def test_add_months__shared_vectors__agree(node: Web3) -> None:
    months = deploy(node, "CalendarMonthsMock", sender=node.eth.accounts[0])
    answers = {
        case["why"]: months.functions.addMonths(case["from_unix"], case["months"]).call() - case["to_unix"]
        for case in CASES
    }
    assert {why: error for why, error in answers.items() if error} == {}


def test_add_months__any_second_of_four_centuries__agrees_with_the_domain(node: Web3) -> None:
    months = deploy(node, "CalendarMonthsMock", sender=node.eth.accounts[0])
    rng = random.Random(19)
    for _ in range(400):
        unix, count = rng.randrange(400 * 366 * 86_400), rng.choice((0, 1, 12, 18, 60, rng.randrange(240)))
        assert months.functions.addMonths(unix, count).call() == add_months(unix, count), (unix, count)
