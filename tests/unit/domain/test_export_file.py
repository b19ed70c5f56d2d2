"""The export file: what is no whole group is refused; the same group is the same bytes in whatever order it comes."""

from __future__ import annotations

import csv
import io
import json
import random
from dataclasses import replace
from typing import Any

import pytest

from wattcommons.domain.devices import SupportScheme
from wattcommons.domain.export_file import ExportedDevice, ExportFile, Item
from wattcommons.domain.guarantees import certificate_id
from wattcommons.domain.intervals import IntervalLength
from wattcommons.domain.units import DeviceIndex, IntervalIndex
from wattcommons.errors import RuleError

pytestmark = pytest.mark.unit

ROOF = ExportedDevice(
    DeviceIndex(1),
    "T010100",
    "F01040100",
    9_000,
    1_600_000_000,
    "FR",
    SupportScheme.FEED_IN_PREMIUM,
    "0x" + "ab" * 32,
)
FIRST = 1_767_225_600 // 1_800  # 2026-01-01T00:00:00Z


def _items(*amounts: int, device: int = 1) -> tuple[Item, ...]:
    return tuple(
        Item(certificate_id(DeviceIndex(device), IntervalIndex(FIRST + at)), wh, 1_767_300_000 + at)
        for at, wh in enumerate(amounts)
    )


def _file(**changes: Any) -> ExportFile:
    facts: dict[str, Any] = {
        "community": "Les Moulins",
        "chain_id": 2026,
        "contract": "0x00000000000000000000000000000000000000C0",
        "group": 3,
        "reference": None,
        "device": ROOF,
        "length": IntervalLength.HALF_HOUR,
        "items": _items(400_000, 1, 599_999),
    }
    return ExportFile(**facts | changes)


@pytest.mark.parametrize("amounts", [(), (999_999,), (1_000_000, 1)])
def test_file__not_a_whole_group__refused(amounts: tuple[int, ...]) -> None:
    with pytest.raises(RuleError, match=f"export group 3 has {sum(amounts):,} Wh"):
        _file(items=_items(*amounts))


def test_file__other_device_or_twice_or_nothing__refused() -> None:
    with pytest.raises(RuleError, match="not of device 1"):
        _file(items=(*_items(500_000), *_items(500_000, device=2)))
    with pytest.raises(RuleError, match="twice"):
        _file(items=(*_items(500_000), *_items(500_000)))
    with pytest.raises(RuleError, match="without Wh"):
        _file(items=_items(1_000_000, 0))


def test_json__whole_group__answers_for_every_field() -> None:
    content = json.loads(_file().as_json())
    assert content["certificates"][1] == {
        "certificate": str(1 << 32 | FIRST + 1),
        "production_start": "2026-01-01T00:30:00Z",
        "production_end": "2026-01-01T01:00:00Z",
        "issued": "2026-01-01T20:40:01Z",
        "wh": 1,
    }
    assert (content["production_start"], content["production_end"]) == ("2026-01-01T00:00:00Z", "2026-01-01T01:30:00Z")
    assert (content["issued_first"], content["issued_last"]) == ("2026-01-01T20:40:00Z", "2026-01-01T20:40:02Z")
    assert (content["energy_source"], content["energy_carrier"], content["wh"]) == ("solar", "electricity", 1_000_000)
    assert content["device"] == {
        "number": 1,
        "technology": "T010100",
        "fuel": "F01040100",
        "capacity_w": 9_000,
        "operational_since": "2020-09-13T12:26:40Z",
        "country": "FR",
        "support": "feed in premium",
        "commitment": ROOF.commitment,
        "record": None,
    }


def test_file__items_in_any_order__same_bytes() -> None:
    items = list(_items(*([10_000] * 100)))
    expected = _file(items=tuple(items))
    random.Random(7).shuffle(items)
    shuffled = _file(items=tuple(items))
    assert shuffled.as_json() == expected.as_json()
    assert shuffled.as_csv() == expected.as_csv()


def test_csv__whole_group__a_line_a_certificate_with_all_facts() -> None:
    record = {"name": 'Moulin, "du haut"', "grid_point": "10YFR-RTE------C"}
    reference = "0x" + "0c" * 32
    text = _file(device=replace(ROOF, record=record), reference=reference, community="=1+1").as_csv()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [int(row["certificate_wh"]) for row in rows] == [400_000, 1, 599_999]
    assert {row["national_reference"] for row in rows} == {reference}
    assert json.loads(rows[0]["device_record"]) == record
    assert rows[0]["device_support"] == "feed in premium"
    assert rows[0]["community"] == "'=1+1"
    assert text.endswith("\r\n")


def test_file__unknown_fuel_and_no_reference__left_empty() -> None:
    made = _file(device=replace(ROOF, fuel="F02010501"))
    [row, *_] = csv.DictReader(io.StringIO(made.as_csv(), newline=""))
    assert (row["energy_source"], row["national_reference"]) == ("", "")
    assert json.loads(made.as_json())["energy_source"] is None
