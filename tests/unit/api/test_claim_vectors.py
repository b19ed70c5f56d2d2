"""The shared claim file is what the domain and the API make of its readings and statements, to the byte."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.artifacts import ROOT
from wattcommons.domain.claims import ClaimLine, Metered, Used, claims, sums_of
from wattcommons.domain.intervals import IntervalLength, start_unix
from wattcommons.services.api.models.claim import ConsumptionClaim
from wattcommons.services.api.views.claim import claim_bytes, claim_digest

pytestmark = pytest.mark.unit

VECTOR: dict[str, Any] = json.loads((ROOT / "tests" / "vectors" / "claim.json").read_text("utf-8"))
SUMS = ("intervals", "unmeasured", "consumption_wh", "own_use_wh", "bought_wh", "cancelled_wh", "matched_wh")


def lines() -> tuple[ClaimLine, ...]:
    metered = [Metered(*row) for row in VECTOR["metered"]]
    uses = [Used(row[0], int(row[1]), *row[2:]) for row in VECTOR["uses"]]
    return claims(metered, uses, IntervalLength.HALF_HOUR).of(VECTOR["document"]["participant"])


def test_vector__its_readings_and_statements__the_documents_intervals() -> None:
    told = [
        (
            start_unix(line.interval, IntervalLength.HALF_HOUR),
            line.own_use_wh,
            line.bought_wh,
            [(one.statement, str(one.certificate), one.wh) for one in line.portions],
        )
        for line in lines()
    ]
    assert told == [
        (
            one["start"],
            one["own_use_wh"],
            one["bought_wh"],
            [(use["statement"], use["certificate"], use["wh"]) for use in one["uses"]],
        )
        for one in VECTOR["document"]["intervals"]
    ]


def test_vector__sums_of_its_lines__the_documents_total() -> None:
    found = sums_of(lines())
    total = VECTOR["document"]["total"]
    assert [getattr(found, name) for name in SUMS] == [total[name] for name in SUMS]
    assert found.share == total["share"]


def test_vector__read_and_written_again__the_same_bytes() -> None:
    claim = ConsumptionClaim.model_validate(VECTOR["document"])
    assert json.loads(claim_bytes(claim)) == VECTOR["document"]
    assert claim_digest(claim).hex() == VECTOR["sha256"]
