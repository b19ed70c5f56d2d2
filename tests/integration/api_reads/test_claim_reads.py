"""What may be claimed of an eventful day, read from either database."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from tests.integration.api_reads.conftest import Lived
from tests.support.eventful import FLAT, NAMES, ROOF, SPA
from tests.support.reading_api import ReadingApi
from wattcommons.domain.intervals import IntervalRange
from wattcommons.domain.units import MAX_INDEX, IntervalIndex
from wattcommons.services.store.reads.claims import metered_of, used_of

pytestmark = pytest.mark.integration

EVER = IntervalRange(IntervalIndex(0), IntervalIndex(MAX_INDEX))


def test_claim__others_and_strangers__nothing_is_told(api: ReadingApi, lived: Lived) -> None:
    path = f"/v1/participants/{FLAT}/claims/2026-01"
    for who in (lived.wallet(SPA), lived.stranger, lived.auditor):
        assert api.refused(path, who) == (404, "not_yours")
    assert api.refused(path) == (401, "signed_out")


def test_metered__everybody__certified_purchases_are_all_that_certificates_say_was_sold(
    api: ReadingApi, lived: Lived
) -> None:
    with api.store.read() as connection:
        # One interval is left half settled: its makers are told of their sales, its buyers not yet.
        settled = IntervalRange(IntervalIndex(0), IntervalIndex(lived.marks["half"]))
        found = [one for participant in NAMES for one in metered_of(connection, participant, settled)]
        before = {"half": lived.marks["half"]}
        sums = text("select sum(sold_wh), sum(own_use_wh) from certificates where interval < :half")
        sold, own = connection.execute(sums, before).one()
        sums = text("select sum(bought_wh) from settlements where interval < :half")
        bought = connection.execute(sums, before).scalar_one()
    assert sum(one.bought_certified_wh for one in found) == sold > 0
    assert sum(one.own_certified_wh for one in found) == own
    assert sum(one.bought_wh for one in found) == bought >= sold


def test_used__holder__what_the_statements_cancelled(api: ReadingApi, lived: Lived) -> None:
    with api.store.read() as connection:
        uses = used_of(connection, lived.wallet(FLAT), EVER)
        assert used_of(connection, lived.wallet(SPA), EVER) == []
        after = IntervalRange(IntervalIndex(uses[-1].interval + 1), IntervalIndex(MAX_INDEX))
        assert sum(one.wh for one in used_of(connection, lived.wallet(FLAT), after)) < 300
    assert {one.certificate: one.wh for one in uses} == {lived.marks["traded"]: 100, lived.marks["claimed"]: 200}


def test_claim__a_day__sums_are_those_of_its_intervals(api: ReadingApi, lived: Lived) -> None:
    found: dict[str, Any] = api.read(f"/v1/participants/{ROOF}/claims/2026-01", lived.wallet(ROOF))
    for name in ("consumption_wh", "own_use_wh", "bought_wh", "cancelled_wh", "uncertified_wh"):
        assert found["total"][name] == sum(one[name] for one in found["intervals"])
        assert found["total"][name] == sum(day["sums"][name] for day in found["days"])
    assert found["total"]["consumption_wh"] > 0
    assert found["expected_intervals"] == found["unread"] + found["waiting"] + len(found["intervals"])
    assert found["total"]["cancelled_wh"] == found["left_wh"] == 0
