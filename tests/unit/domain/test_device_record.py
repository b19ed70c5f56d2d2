"""A device's record: which fields it has, in which order, and what they may hold."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattcommons.domain.device_record import (
    MAX_SIGNS,
    MAX_SUPPORT_CENTS,
    NAMES,
    DeviceRecord,
    check_value,
    position_of,
    schema_octets,
    value_octets,
)
from wattcommons.errors import RuleError

pytestmark = pytest.mark.unit

ROOF: dict[str, Any] = {"installation": "FR-0042", "name": "Roof of the school", "address": "1 rue Haute", "meter": "1"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"installation": None}, "no installation"),
        ({"name": None}, "no name"),
        ({"name": ""}, "name has 0 signs"),
        ({"name": "x" * (MAX_SIGNS + 1)}, f"name has {MAX_SIGNS + 1} signs"),
        ({"name": " roof"}, "blanks"),
        ({"name": "ro\nof"}, "cannot be printed"),
        ({"name": "\ud800"}, "cannot be printed"),
        ({"name": "e\u0301cole"}, "normal form"),
        ({"name": 5}, "name is no text"),
        ({"installation": "a" * 65}, "installation 'a"),
        ({"installation": "-a"}, "malformed"),
        ({"address": None}, "does not say where the device stands"),
        ({"latitude_udeg": 45_000_000}, "one coordinate alone"),
        ({"longitude_udeg": 45_000_000}, "one coordinate alone"),
        ({"latitude_udeg": 90_000_001, "longitude_udeg": 0}, "latitude_udeg is 90000001"),
        ({"latitude_udeg": 0, "longitude_udeg": -180_000_001}, "longitude_udeg is -180000001"),
        ({"latitude_udeg": "45", "longitude_udeg": 0}, "latitude_udeg is no whole number"),
        ({"latitude_udeg": True, "longitude_udeg": 0}, "latitude_udeg is no whole number"),
        ({"meter": None}, "does not say where the device feeds in"),
        ({"grid_point": "10YFR-RTE------D"}, "wrong check sign"),
        ({"support_cents": -1}, "support_cents is -1"),
        ({"support_cents": MAX_SUPPORT_CENTS + 1}, "support_cents is"),
        ({"color": "red"}, "no field 'color'"),
    ],
)
def test_record__field_missing_or_malformed__refused_by_name(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(RuleError, match=said):
        DeviceRecord(ROOF | changes)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"address": None, "latitude_udeg": -90_000_000, "longitude_udeg": 180_000_000},
        {"meter": None, "grid_point": "10YFR-RTE------C"},
        {"support_cents": 0},
        {"support_cents": MAX_SUPPORT_CENTS, "support_contract": "OA 2026/17", "owner": "Zoé", "name": "x" * MAX_SIGNS},
    ],
)
def test_record__good_fields__all_there_in_order(changes: dict[str, Any]) -> None:
    values = ROOF | changes
    found = DeviceRecord(values)
    assert tuple(found.values) == NAMES
    assert {name: value for name, value in found.values.items() if value is not None} == {
        name: value for name, value in values.items() if value is not None
    }
    with pytest.raises(TypeError):
        found.values["name"] = "other"  # type: ignore[index]


def test_schema__as_released__never_changes() -> None:
    """A field more, or another order, is a new version: old records would not hold under it."""
    assert [position_of(name) for name in NAMES] == list(range(12))
    assert schema_octets() == (
        b'{"fields":["installation","name","owner","address","latitude_udeg","longitude_udeg","grid_point","meter",'
        b'"support_contract","support_cents","inspection","note"],"name":"wattcommons device record","version":1}'
    )


def test_check_value__absent__always_may_be() -> None:
    for name in NAMES:
        check_value(name, None)
    with pytest.raises(RuleError, match="no field"):
        check_value("color", None)


@given(st.none() | st.integers() | st.text(), st.none() | st.integers() | st.text())
def test_value_octets__two_values__never_the_same(one: Any, other: Any) -> None:
    try:
        found = value_octets(one), value_octets(other)
    except UnicodeEncodeError:
        return  # a lone surrogate, which no field takes
    assert (found[0] == found[1]) == (one == other)
    assert json.loads(found[0]) == one
