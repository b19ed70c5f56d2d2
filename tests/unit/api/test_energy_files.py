"""Files of readings are read back by the program's own parsers."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest

from wattcommons.domain.channels import MWH_A_WH, Channel
from wattcommons.domain.intervals import IntervalLength, start_unix
from wattcommons.domain.local_time import local_day, local_month
from wattcommons.domain.readings import Quality
from wattcommons.services.api.exports.csv_text import csv_line, plain
from wattcommons.services.api.exports.energy_csv import COLUMNS, energy_csv
from wattcommons.services.api.exports.green_button import Feed, green_button
from wattcommons.services.gateway.files.green_button import parse_green_button
from wattcommons.services.gateway.files.parsed import Hints
from wattcommons.services.store.reads.export_rows import ExportRow

pytestmark = pytest.mark.unit

HALF = IntervalLength.HALF_HOUR
ZONE = "Europe/Paris"
ATOM, ESPI = "{http://www.w3.org/2005/Atom}", "{http://naesb.org/espi}"


def row(interval: int, production: int, consumption: int, quality: Quality = Quality.MEASURED) -> ExportRow:
    return ExportRow(interval, production, consumption, int(quality), False, *(None,) * 13)


def settled(interval: int) -> ExportRow:
    legs = (200, 0, 500, 0, 300)
    return ExportRow(
        interval, 1_000, 200, 1, True, *legs, 55_000_000, 0, 12_000_000, 32_000_000, 110_000, 200_000, 40_000, 0
    )


def feed(**changes: object) -> Feed:
    values = {
        "community": "31337/0xabc",
        "participant": 7,
        "title": "Les Moulins & Cie <énergie>",
        "updated": 1_777_586_400,
        "length": HALF,
        "zone": ZONE,
    }
    return Feed(**(values | changes))  # type: ignore[arg-type]


def written(rows: list[ExportRow], **changes: object) -> str:
    return "".join(green_button(feed(**changes), lambda: iter(rows)))


def test_csv__text_like_a_formula__is_made_harmless() -> None:
    assert plain("=HYPERLINK(1)") == "'=HYPERLINK(1)"
    assert plain("Roof -1") == "Roof -1"


def test_csv__separator_in_a_cell__is_quoted() -> None:
    assert csv_line(["a;b", None, 3], ";") == '"a;b";;3\r\n'


def test_energy_csv__absent_interval__has_no_line() -> None:
    day = local_day(date(2026, 4, 1), HALF)
    lines = list(energy_csv(7, [row(day.first, 0, 5), row(day.first + 2, 0, 6)], HALF, ZONE))
    assert len(lines) == 3
    assert lines[0] == ",".join(COLUMNS) + "\r\n"
    assert lines[1].startswith("participant-7,2026-03-31T22:00:00Z,30,5,0,2026-04-01T00:00+02:00,measured,no,,")


def test_energy_csv__settled_interval__says_what_became_of_it() -> None:
    [_, line] = energy_csv(7, [settled(1_000)], HALF, ZONE)
    values = dict(zip(COLUMNS, line.strip().split(","), strict=True))
    assert values["sold_wh"] == "500"
    assert values["local_price_micro_eur_per_kwh"] == "110000"
    assert values["local_nano_eur"] == "55000000"


def test_energy_csv__doubled_hour_of_autumn__two_lines_with_their_offsets() -> None:
    day = local_day(date(2026, 10, 25), HALF)
    lines = list(energy_csv(7, [row(interval, 0, 1) for interval in day], HALF, ZONE))
    local = [line.split(",")[5] for line in lines[1:]]
    assert len(local) == len(set(local)) == 50
    assert "2026-10-25T02:30+02:00" in local
    assert "2026-10-25T02:30+01:00" in local


def test_green_button__read_by_our_parser__gives_every_reading_back() -> None:
    month = local_month(2026, 3, HALF)
    rows = [row(interval, interval % 7, interval % 11) for interval in month if interval % 50]
    parsed = parse_green_button(io.BytesIO(written(rows).encode()), Path("feed.xml"), Hints(ZoneInfo(ZONE)))
    found = {(one.channel, one.start): one.energy for one in parsed.rows}
    assert len(found) == 2 * len(rows)
    for one in rows:
        start = start_unix(one.interval, HALF)
        assert found[Channel.PRODUCTION, start] == one.production_wh * MWH_A_WH
        assert found[Channel.CONSUMPTION, start] == one.consumption_wh * MWH_A_WH
    assert {one.meter_id for one in parsed.rows} == {"participant-7"}


def test_green_button__qualities__estimates_stay_estimates() -> None:
    rows = [row(1_000, 0, 1), row(1_001, 0, 2, Quality.ESTIMATED), row(1_002, 0, 3, Quality.CORRECTED)]
    root = ElementTree.fromstring(written(rows))  # noqa: S314  our own
    qualities = [one.text for one in root.iter(f"{ESPI}quality")]
    assert qualities == ["14", "8", "7"] * 2


def test_green_button__reading_types__as_the_conventions_say() -> None:
    root = ElementTree.fromstring(written([row(1_000, 0, 1)]))  # noqa: S314
    wanted = {
        "accumulationBehaviour": "4",
        "commodity": "1",
        "currency": "978",
        "dataQualifier": "12",
        "intervalLength": "1800",
        "kind": "12",
        "powerOfTenMultiplier": "0",
        "uom": "72",
    }
    types = list(root.iter(f"{ESPI}ReadingType"))
    assert [one.findtext(f"{ESPI}flowDirection") for one in types] == ["1", "19"]
    for one in types:
        assert {name: one.findtext(f"{ESPI}{name}") for name in wanted} == wanted


def test_green_button__central_european_zone__has_its_rules() -> None:
    root = ElementTree.fromstring(written([row(1_000, 0, 1)]))  # noqa: S314
    local = next(root.iter(f"{ESPI}LocalTimeParameters"))
    assert [(one.tag.removeprefix(ESPI), one.text) for one in local] == [
        ("dstEndRule", "AE0E3000"),
        ("dstOffset", "3600"),
        ("dstStartRule", "3E0E2000"),
        ("tzOffset", "3600"),
    ]


@pytest.mark.parametrize("zone", ["Indian/Reunion", "Europe/Lisbon", "America/Montreal"])
def test_green_button__zone_of_other_rules__claims_none(zone: str) -> None:
    assert "LocalTimeParameters" not in written([row(1_000, 0, 1)], zone=zone)


def test_green_button__same_data__same_feed_and_ids_of_their_own() -> None:
    rows = [row(1_000, 0, 1), row(3_000, 1, 1)]
    text = written(rows)
    assert text == written(rows)
    root = ElementTree.fromstring(text)  # noqa: S314
    ids = [one.text for one in root.iter(f"{ATOM}id")]
    assert len(ids) == len(set(ids))
    assert all(one is not None and one.startswith("urn:uuid:") for one in ids)
    assert not set(ids) & {one.text for one in ElementTree.fromstring(written(rows, participant=8)).iter(f"{ATOM}id")}  # noqa: S314


def test_green_button__no_reading__is_a_feed_without_blocks() -> None:
    root = ElementTree.fromstring(written([]))  # noqa: S314
    assert not list(root.iter(f"{ESPI}IntervalBlock"))
    assert root.findtext(f"{ATOM}title") == "Les Moulins & Cie <énergie>"
