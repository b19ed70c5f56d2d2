"""Statements, files of readings and allocation keys of a settled village, from the chain to the file."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.support.api import ApiWorld, code_of, world_of
from tests.support.community import Community, Outcome, made, member_key, used
from tests.support.records import Person, keep_person
from tests.support.village import BARN, FLAT, LOFT, MILL, ROOF, SPA
from wattcommons.domain.intervals import IntervalLength
from wattcommons.domain.local_time import local_month
from wattcommons.domain.orders import Order
from wattcommons.domain.settlement import IntervalSettlement
from wattcommons.services.gateway.files.green_button import parse_green_button
from wattcommons.services.gateway.files.parsed import Hints

pytestmark = pytest.mark.integration

JANUARY = local_month(2026, 1, IntervalLength.HALF_HOUR)
COUNT = 4


class Settled(ApiWorld):
    """`settlements`: what the domain makes of the intervals that the chain has settled."""

    settlements: list[IntervalSettlement]


@pytest.fixture
def world(village: Community, tmp_path: Path) -> Iterator[ApiWorld]:
    """Four intervals read and settled, a fifth read by the mill alone; the loft is silent in the second."""
    orders: dict[int, Order | None] = {
        one: village.standing_order(one, from_interval=village.first) for one in (MILL, ROOF, SPA, FLAT, LOFT)
    }
    done = []
    for step in range(COUNT):
        interval = village.first + step
        readings = {MILL: made(1_000, 30), ROOF: made(300 * step, 200), SPA: used(900), FLAT: used(333), BARN: used(80)}
        if step != 1:
            readings[LOFT] = used(111 + step)
        village.record_interval(interval, readings)
        if step == 1:
            village.past_deadline(interval)
        settlement = village.settlement(interval, readings, orders)
        village.advance(settlement)
        assert Outcome(*village.see("EnergyMarket.outcomeOf", interval)).settled
        done.append(settlement)
    last = village.first + COUNT
    village.after(last)
    village.record(village.run(MILL, last, made(500)))
    with world_of(village, tmp_path) as here:
        here.settlements = done  # type: ignore[attr-defined]
        for number in (MILL, FLAT):
            keep_person(here.store, number)
        yield here


def sums_of(world: ApiWorld, participant: int, name: str) -> int:
    settlements: list[IntervalSettlement] = world.settlements  # type: ignore[attr-defined]
    return sum(getattr(leg, name) for one in settlements for leg in one.legs if leg.participant == participant)


def january_ends(world: ApiWorld) -> None:
    world.village.travel(JANUARY.end * 1_800)
    world.index()


def statement(world: ApiWorld, participant: int, month: str = "2026-01", **query: Any) -> Any:
    client = world.signed_in(member_key(participant))
    return client.get(f"/v1/participants/{participant}/statements/{month}", params=query)


def test_statement__neighbours__nothing_is_told(world: ApiWorld) -> None:
    client = world.signed_in(member_key(FLAT))
    for path in ("statements/2026-01", "export", "export?format=green_button"):
        assert code_of(client.get(f"/v1/participants/{MILL}/{path}")) == (404, "not_yours")
        assert code_of(world.stranger.get(f"/v1/participants/{MILL}/{path}")) == (401, "signed_out")


@pytest.mark.parametrize("month", ["2026-13", "2026-1", "26-01", "1999-12", "2026-01-01"])
def test_statement__month_that_is_none__refused(world: ApiWorld, month: str) -> None:
    assert code_of(statement(world, MILL, month)) == (422, "invalid")


@pytest.mark.parametrize("month", ["2025-12", "2026-02", "2099-12"])
def test_statement__month_without_part__there_is_none(world: ApiWorld, month: str) -> None:
    assert code_of(statement(world, MILL, month)) == (404, "no_statement")


def test_statement__producer__sums_of_the_chains_settlements(world: ApiWorld) -> None:
    found = statement(world, MILL).json()
    total = found["total"]
    assert (found["status"], found["number"], found["over"]) == ("provisional", None, False)
    assert total["autoprod_wh"] == sums_of(world, MILL, "sold_wh") > 0
    assert total["surplus_wh"] == sums_of(world, MILL, "grid_export_wh")
    assert total["prod_wh"] == total["autoprod_wh"] + total["surplus_wh"]
    assert total["own_use_wh"] == COUNT * 30
    assert int(total["autoprod_neur"]) == sums_of(world, MILL, "local_neur")
    assert int(total["saving_neur"]) == sums_of(world, MILL, "saved_neur") > 0
    assert (found["expected_intervals"], found["unread"], found["waiting"]) == (
        world.village.now() // 1_800 - world.village.first,
        world.village.now() // 1_800 - world.village.first - COUNT - 1,
        1,
    )
    assert found["name"] == Person(MILL).name


def test_statement__month_over__has_a_number_for_ever(world: ApiWorld) -> None:
    january_ends(world)
    numbers = {one: statement(world, one).json()["number"] for one in (MILL, FLAT, LOFT)}
    assert sorted(numbers.values()) == [1, 2, 3]
    assert {one: statement(world, one).json()["number"] for one in (LOFT, FLAT, MILL)} == numbers
    assert statement(world, MILL).json()["over"] is True


def test_statement__files__pdf_and_csv_by_name(world: ApiWorld) -> None:
    january_ends(world)
    pdf = statement(world, FLAT, format="pdf", lang="en")
    assert pdf.content.startswith(b"%PDF-")
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.headers["content-disposition"] == 'attachment; filename="statement-2026-01-participant-4.pdf"'
    assert pdf.headers["cache-control"] == "no-store"
    [line] = csv.DictReader(io.StringIO(statement(world, FLAT, format="csv").text.removeprefix("\ufeff")))
    assert int(line["AUTOCONS_wh"]) == sums_of(world, FLAT, "bought_wh") > 0
    assert int(line["saving_nano_eur"]) == sums_of(world, FLAT, "saved_neur")


def test_export__csv__every_reading_with_what_settled_it(world: ApiWorld) -> None:
    answer = world.signed_in(member_key(MILL)).get(f"/v1/participants/{MILL}/export")
    lines = list(csv.DictReader(io.StringIO(answer.text)))
    assert [line["settled"] for line in lines] == ["yes"] * COUNT + ["no"]
    assert [int(line["sold_wh"] or 0) for line in lines[:COUNT]] == [
        leg.sold_wh
        for one in world.settlements  # type: ignore[attr-defined]
        for leg in one.legs
        if leg.participant == MILL
    ]
    assert lines[-1]["production_wh"] == "500"
    assert lines[-1]["sold_wh"] == ""


def test_export__part__only_its_intervals(world: ApiWorld) -> None:
    begin = (world.village.first + 1) * 1_800
    query = {"from": begin, "to": begin + 3_600}
    answer = world.signed_in(member_key(MILL)).get(f"/v1/participants/{MILL}/export", params=query)
    assert len(answer.text.splitlines()) == 3


@pytest.mark.parametrize("query", [{"from": 10, "to": 5}, {"from": 0, "to": 2**40}, {"format": "xls"}, {"from": -1}])
def test_export__impossible_part__refused(world: ApiWorld, query: dict[str, Any]) -> None:
    answer = world.signed_in(member_key(MILL)).get(f"/v1/participants/{MILL}/export", params=query)
    assert code_of(answer) == (422, "invalid")


def test_export__green_button__read_back_by_our_own_parser(world: ApiWorld) -> None:
    query = {"format": "green_button"}
    answer = world.signed_in(member_key(MILL)).get(f"/v1/participants/{MILL}/export", params=query)
    parsed = parse_green_button(io.BytesIO(answer.content), Path("feed.xml"), Hints(ZoneInfo("Europe/Paris")))
    assert len(parsed.rows) == 2 * (COUNT + 1)
    assert Person(MILL).name not in answer.text
    assert Person(MILL).prm not in answer.text


def test_operator_files__anybody_else__refused(world: ApiWorld) -> None:
    for account in (member_key(MILL), world.village.metering_operator, world.village.treasurer):
        client = world.signed_in(account)
        assert code_of(client.get(f"/v1/operator/keys/2026-01?producer={MILL}")) == (403, "role")
        assert code_of(client.get("/v1/operator/statements/2026-01")) == (403, "role")


def test_keys__producer__shares_of_what_it_sold(world: ApiWorld) -> None:
    operator = world.signed_in(world.village.operator)
    answer = operator.get(f"/v1/operator/keys/2026-01?producer={MILL}")
    assert answer.headers["content-disposition"].endswith(f'"allocation-keys-{Person(MILL).prm}-2026-01.csv"')
    header, *lines = answer.text.removeprefix("\ufeff").splitlines()
    assert header == f"Horodate;P{ROOF};P{SPA};{Person(FLAT).prm};P{LOFT};P{BARN}"
    assert len(lines) == len(JANUARY)
    first = lines[world.village.first - JANUARY.first].split(";")
    keys = [int(one.replace(",", "")) for one in first[1:]]
    assert first[0] == "04/01/2026 01:00"
    settled = world.settlements[0]  # type: ignore[attr-defined]
    mill = next(leg for leg in settled.legs if leg.participant == MILL)
    injected = mill.sold_wh + mill.grid_export_wh
    assert sum(keys) == mill.sold_wh * 10_000 // injected > 0
    bought = {leg.participant: leg.bought_wh for leg in settled.legs}
    for participant, key in zip((ROOF, SPA, FLAT, LOFT, BARN), keys, strict=True):
        assert abs(key * injected - bought[participant] * 10_000) < injected


def test_keys__participant_without_part__refused(world: ApiWorld) -> None:
    operator = world.signed_in(world.village.operator)
    assert code_of(operator.get("/v1/operator/keys/2026-01?producer=99")) == (422, "invalid")
    assert code_of(operator.get("/v1/operator/keys/2026-01")) == (422, "invalid")


def test_all_statements__csv_and_zip__everybody_once(world: ApiWorld) -> None:
    january_ends(world)
    operator = world.signed_in(world.village.operator)
    text = operator.get("/v1/operator/statements/2026-01").text.removeprefix("\ufeff")
    lines = list(csv.DictReader(io.StringIO(text)))
    assert [int(line["participant"]) for line in lines] == list(world.village.participants)
    assert sorted(int(line["number"]) for line in lines) == list(range(1, world.village.size + 1))
    packed = operator.get("/v1/operator/statements/2026-01?format=zip")
    archive = zipfile.ZipFile(io.BytesIO(packed.content))
    assert len(archive.namelist()) == world.village.size
    assert archive.read(archive.namelist()[0]).startswith(b"%PDF-")
    assert statement(world, MILL).json()["number"] == next(
        int(line["number"]) for line in lines if line["participant"] == str(MILL)
    )
