"""Consumption claims of a settled village: from the chain's certificates and statements to the paper."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.api import ApiWorld, code_of, world_of
from tests.support.community import Community, made, member_key, used
from tests.support.records import Person, keep_person
from tests.support.village import BARN, FLAT, LOFT, MILL, ROOF, SPA
from wattcommons.domain.guarantees import certificate_id
from wattcommons.domain.intervals import IntervalLength
from wattcommons.domain.local_time import local_month
from wattcommons.domain.orders import Order
from wattcommons.domain.readings import Quality
from wattcommons.verifier import canonical

pytestmark = pytest.mark.integration

JANUARY = local_month(2026, 1, IntervalLength.HALF_HOUR)
COUNT = 3
ESTIMATED = 2
PROOF = "ab" * 32


def cancelled(village: Community, number: int, wh: int, period: tuple[int, int]) -> None:
    """The barn uses a certificate by a statement."""
    terms = (b"\1" * 32, b"\2" * 32, *period, b"FR", b"\3" * 32)
    village.do("GuaranteeOfOrigin.cancel", [number], [wh], terms, by=member_key(BARN))


@pytest.fixture
def world(village: Community, tmp_path: Path) -> Iterator[ApiWorld]:
    """Three settled intervals: the mill makes more than its neighbours use, the barn bids nothing. The spa's last
    reading is estimated. The barn gets certificates of each interval and cancels of the first: 200 Wh twice, of which
    only 333 Wh find consumption; of the second 50 Wh for another month; of an interval not its own, none.
    """
    orders: dict[int, Order | None] = {
        one: village.standing_order(one, from_interval=village.first) for one in (MILL, ROOF, SPA, FLAT, LOFT)
    }
    for step in range(COUNT):
        interval = village.first + step
        quality = Quality.ESTIMATED if step == ESTIMATED else Quality.MEASURED
        readings = {
            MILL: made(3_000, 30),
            ROOF: made(0, 200),
            SPA: used(900, quality),
            BARN: used(333),
            FLAT: used(80),
            LOFT: used(0),
        }
        village.record_interval(interval, readings)
        village.advance(village.settlement(interval, readings, orders))
    start, end = JANUARY.first * 1_800, JANUARY.end * 1_800
    mill, barn = member_key(MILL).address, member_key(BARN).address
    for step in range(2):
        number = certificate_id(1, village.first + step)
        move = "GuaranteeOfOrigin.safeTransferFrom"
        village.do(move, mill, barn, number, 500, b"", by=member_key(MILL))
    for wh in (200, 200):
        cancelled(village, certificate_id(1, village.first), wh, (start, end))
    cancelled(village, certificate_id(1, village.first + 1), 50, (end, end + 3_600))
    with world_of(village, tmp_path) as here:
        for number in (MILL, BARN):
            keep_person(here.store, number)
        yield here


def claim(world: ApiWorld, participant: int, month: str = "2026-01", **query: Any) -> Any:
    client = world.signed_in(member_key(participant))
    return client.get(f"/v1/participants/{participant}/claims/{month}", params=query)


def test_claim__neighbours__nothing_is_told(world: ApiWorld) -> None:
    client = world.signed_in(member_key(SPA))
    for kind in ("json", "csv", "pdf"):
        path = f"/v1/participants/{BARN}/claims/2026-01?format={kind}"
        assert code_of(client.get(path)) == (404, "not_yours")
        assert code_of(world.stranger.get(path)) == (401, "signed_out")


@pytest.mark.parametrize(
    ("month", "query"),
    [("2026-13", {}), ("26-01", {}), ("2026-01", {"proof": "AB" * 32}), ("2026-01", {"exclude": 0})],
)
def test_claim__what_is_none__refused(world: ApiWorld, month: str, query: dict[str, Any]) -> None:
    assert code_of(claim(world, BARN, month, **query)) == (422, "invalid")


def test_claim__month_without_part__there_is_none(world: ApiWorld) -> None:
    assert code_of(claim(world, BARN, "2025-12")) == (404, "no_statement")


def test_claim__statements__claimed_up_to_the_consumption_of_their_interval(world: ApiWorld) -> None:
    found = claim(world, BARN).json()
    first, second, _ = found["intervals"]
    number = str(certificate_id(1, world.village.first))
    assert first["uses"] == [
        {"statement": 1, "certificate": number, "wh": 200},
        {"statement": 2, "certificate": number, "wh": 133},
    ]
    assert first["consumption_wh"] == first["cancelled_wh"] == 333
    assert (second["cancelled_wh"], second["uses"]) == (0, [])
    assert found["left_wh"] == 67 + 50
    assert [(one["statement"], one["claimed_wh"]) for one in found["statements"]] == [(1, 200), (2, 133)]
    total = found["total"]
    assert (total["consumption_wh"], total["matched_wh"], total["share"]) == (999, 333, 3_333)


def test_claim__statement_for_somebody_else__left_out(world: ApiWorld) -> None:
    found = claim(world, BARN, exclude=1).json()
    assert found["excluded"] == [1]
    assert [(one["statement"], one["claimed_wh"]) for one in found["statements"]] == [(2, 200)]


def test_claim__buyer_and_producer__what_certificates_stand_behind(world: ApiWorld) -> None:
    bought = claim(world, SPA).json()
    assert [one["bought_wh"] for one in bought["intervals"]] == [900, 900, 0]
    assert bought["intervals"][ESTIMATED] | {"uncertified_wh": 900, "measured": False} == bought["intervals"][ESTIMATED]
    assert (bought["total"]["unmeasured"], bought["total"]["matched_wh"]) == (1, 1_800)
    own = claim(world, MILL).json()
    assert (own["total"]["own_use_wh"], own["total"]["share"]) == (30 * COUNT, 10_000)


def test_claim__data_file__canonical_and_its_print_everywhere(world: ApiWorld) -> None:
    answer = claim(world, BARN, proof=PROOF)
    digest = hashlib.sha256(answer.content).digest()
    assert answer.headers["repr-digest"] == f"sha-256=:{base64.b64encode(digest).decode()}:"
    assert canonical.load(answer.content, "the claim") == json.loads(answer.text)
    assert answer.json()["proofs"] == [PROOF]
    assert Person(BARN).name not in answer.text
    lines = list(csv.DictReader(io.StringIO(claim(world, BARN, proof=PROOF, format="csv").text.removeprefix("\ufeff"))))
    assert [line["part"] for line in lines] == ["month", "day"] + ["interval"] * COUNT
    assert [int(line["matched_wh"]) for line in lines] == [333, 333, 333, 0, 0]
    assert lines[2]["statements"] == "1 2"


def test_claim__month_over__the_same_bytes_at_any_later_time(world: ApiWorld) -> None:
    world.village.travel(JANUARY.end * 1_800)
    world.index()
    before = claim(world, BARN).content
    world.village.travel(JANUARY.end * 1_800 + 86_400)
    world.index()
    assert claim(world, BARN).content == before
    lines = csv.DictReader(io.StringIO(claim(world, BARN, format="csv").text.removeprefix("\ufeff")))
    assert {line["data_file_sha256"] for line in lines} == {hashlib.sha256(before).hexdigest()}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_claim__paper__named_and_not_kept(world: ApiWorld, language: str) -> None:
    pdf = claim(world, BARN, format="pdf", lang=language, proof=PROOF)
    assert pdf.content.startswith(b"%PDF-")
    assert pdf.headers["content-disposition"] == f'attachment; filename="claim-2026-01-participant-{BARN}.pdf"'
    assert pdf.headers["cache-control"] == "no-store"
    assert claim(world, BARN, format="pdf", lang=language, proof=PROOF).content == pdf.content
