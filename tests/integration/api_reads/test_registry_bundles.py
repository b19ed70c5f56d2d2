"""Bundles of an eventful day: whatever happened, their ranges are 1 to issued and their sums the chain's balances."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise
from typing import Any

import pytest

from tests.integration.api_reads.conftest import Lived
from tests.support.api import Client
from tests.support.eventful import FLAT, MILL, ROOF, SPA
from tests.support.reading_api import ReadingApi

pytestmark = pytest.mark.integration


def everything(api: ReadingApi, who: str, **given: Any) -> list[dict[str, Any]]:
    """All pages of a query."""
    api.read("/v1/me", who)  # signs in
    client = Client(api.app, {"Authorization": f"Bearer {api.tokens[who]}"})
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        answer = client.post("/registry/v1/certificate/query", {"limit": 7, "cursor": cursor, **given})
        assert answer.status_code == 200, answer.text
        found += answer.json()["granular_certificate_bundles"]
        cursor = answer.json()["next"]
        if cursor is None:
            return found


def test_query__wrong_cursor_or_stranger__nothing_of_others(api: ReadingApi, lived: Lived) -> None:
    assert everything(api, lived.stranger) == []
    assert api.refused(
        "/registry/v1/certificate/export", lived.stranger, from_=0, to=1, source_id=lived.wallet(MILL)
    ) == (
        404,
        "not_yours",
    )


def test_query__whole_registry__each_wh_in_one_bundle_and_holdings_as_the_chain(api: ReadingApi, lived: Lived) -> None:
    parts: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for one in everything(api, lived.auditor):
        parts[int(one["certificate_id"])].append(one)
    assert len(parts) > 20
    assert {"Active", "Claimed", "Cancelled", "Withdrawn", "Locked"} <= {
        one["certificate_bundle_status"] for found in parts.values() for one in found
    }
    for number, found in parts.items():
        spans = [(one["certificate_bundle_id_range_start"], one["certificate_bundle_id_range_end"]) for one in found]
        issued = lived.day.read("GuaranteeOfOrigin", "certificate", number)[6]
        assert (spans[0][0], spans[-1][1]) == (1, issued)
        assert all(before[1] + 1 == after[0] for before, after in pairwise(spans))
        held: Counter[str] = Counter()
        for one in found:
            assert one["bundle_quantity"] == (
                one["certificate_bundle_id_range_end"] - one["certificate_bundle_id_range_start"] + 1
            )
            if one["certificate_bundle_status"] == "Active":
                held[one["account_id"]] += one["bundle_quantity"]
        holders = sorted(held)
        balances = lived.day.read("GuaranteeOfOrigin", "balanceOfBatch", holders, [number] * len(holders))
        assert list(balances) == [held[one] for one in holders]


@pytest.mark.parametrize("participant", [MILL, ROOF, SPA, FLAT])
def test_query__one_account__its_part_of_the_whole_and_no_more(api: ReadingApi, lived: Lived, participant: int) -> None:
    wallet = lived.wallet(participant)
    whole = {one["granular_certificate_bundle_id"]: one for one in everything(api, lived.auditor)}
    for who in {wallet, lived.successor(participant)} if participant == FLAT else {wallet}:
        own = everything(api, who)
        assert own == everything(api, lived.auditor, source_id=who)
        assert all(whole[one["granular_certificate_bundle_id"]] == one for one in own)
        named = {key for key, one in whole.items() if one["account_id"] == who}
        assert named <= {one["granular_certificate_bundle_id"] for one in own}
        assert {one["account_id"] for one in own} <= {who, None}


def test_query__by_source__those_of_such_devices(api: ReadingApi, lived: Lived) -> None:
    whole = everything(api, lived.auditor)
    for source in ("solar", "hydro", "wind", "other"):
        expected = [one for one in whole if one["energy_source"] == source]
        assert everything(api, lived.auditor, energy_source=source) == expected
