"""Readings, runs, their bytes, and what a connection can carry."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.books import readings, vectors
from wattcommons.domain.intervals import IntervalLength
from wattcommons.domain.packing import SignedRun, decode_batch, encode_batch, pack_readings, unpack_readings
from wattcommons.domain.readings import ABSENT_READING, MAX_RUN, Quality, Reading, Run, is_plausible, max_wh
from wattcommons.errors import RuleError

pytestmark = [pytest.mark.unit, pytest.mark.fuzz]

VECTORS = vectors("readings.json")


def hex_bytes(text: str) -> bytes:
    return bytes.fromhex(text[2:])


def signed_run_of(case: dict[str, Any]) -> SignedRun:
    packed = b"".join(hex_bytes(reading) for reading in case["readings"])
    run = Run(case["participant"], case["first_interval"], unpack_readings(packed))
    return SignedRun(run, hex_bytes(case["signature"]))


# --- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("production", "consumption", "quality"),
    [
        (-1, 0, Quality.MEASURED),
        (0, 2**24, Quality.MEASURED),
        (1, 0, Quality.ABSENT),
        (0, 1, Quality.ABSENT),
    ],
)
def test_reading__impossible_values__refused(production: int, consumption: int, quality: Quality) -> None:
    with pytest.raises(RuleError):
        Reading(production, consumption, quality)


@pytest.mark.parametrize(
    ("participant", "first", "count", "match"),
    [
        (0, 1, 1, "participant is 0"),
        (1, -1, 1, "first interval is -1"),
        (1, 1, 0, "a run holds 0 readings"),
        (1, 1, MAX_RUN + 1, "a run holds 65536 readings"),
        (1, 2**32 - 1, 2, "ends at 4294967297"),
    ],
)
def test_run__impossible_values__refused(participant: int, first: int, count: int, match: str) -> None:
    with pytest.raises(RuleError, match=match):
        Run(participant, first, (Reading(0, 0),) * count)


def test_signed_run__long_signature__refused() -> None:
    with pytest.raises(RuleError, match="a signature has 65 bytes"):
        SignedRun(Run(1, 1, (Reading(0, 0),)), bytes(65))


@pytest.mark.parametrize("case", VECTORS["refused_readings"], ids=lambda case: case["name"])
def test_unpack_readings__broken_bytes__refused(case: dict[str, Any]) -> None:
    with pytest.raises(RuleError):
        unpack_readings(hex_bytes(case["packed"]))


@pytest.mark.parametrize("case", VECTORS["refused_batches"], ids=lambda case: case["name"])
def test_decode_batch__broken_bytes__refused(case: dict[str, Any]) -> None:
    with pytest.raises(RuleError):
        decode_batch(hex_bytes(case["encoded"]))


def test_max_wh__negative_power__refused() -> None:
    with pytest.raises(RuleError, match="a power is -1 W"):
        max_wh(-1, IntervalLength.HOUR)


# --- values --------------------------------------------------------------------------------------


def test_reading__surplus_and_lack__net_and_own_use() -> None:
    assert (Reading(800, 300).net_wh, Reading(800, 300).own_use_wh) == (500, 300)
    assert (Reading(300, 800).net_wh, Reading(300, 800).own_use_wh) == (-500, 300)


def test_reading__qualities__presence_and_certificates() -> None:
    present = {quality: Reading(0, 0, quality).is_present for quality in Quality}
    earns = {quality for quality in Quality if Reading(0, 0, quality).earns_certificates}
    assert present == {
        Quality.ABSENT: False,
        Quality.MEASURED: True,
        Quality.ESTIMATED: True,
        Quality.CORRECTED: True,
    }
    assert earns == {Quality.MEASURED, Quality.CORRECTED}
    assert Reading(0, 0) != ABSENT_READING


def test_run__items__interval_by_interval() -> None:
    run = Run(7, 100, (Reading(1, 0), Reading(2, 0)))
    assert list(run.items()) == [(100, Reading(1, 0)), (101, Reading(2, 0))]
    assert run.end == 102


@pytest.mark.parametrize("case", VECTORS["readings"], ids=lambda case: case["name"])
def test_pack_readings__by_hand__bytes_and_back(case: dict[str, Any]) -> None:
    reading = Reading(case["production_wh"], case["consumption_wh"], Quality(case["quality"]))
    assert pack_readings([reading]) == hex_bytes(case["packed"])
    assert unpack_readings(hex_bytes(case["packed"])) == (reading,)


@pytest.mark.parametrize("case", VECTORS["batches"], ids=lambda case: case["name"])
def test_encode_batch__by_hand__bytes_and_back(case: dict[str, Any]) -> None:
    runs = tuple(signed_run_of(run) for run in case["runs"])
    assert encode_batch(runs) == hex_bytes(case["encoded"])
    assert decode_batch(hex_bytes(case["encoded"])) == runs


runs = st.builds(
    Run,
    participant=st.integers(1, 2**32 - 1),
    first=st.integers(0, 2**32 - 100),
    readings=st.lists(readings, min_size=1, max_size=5).map(tuple),
)


@given(st.lists(st.builds(SignedRun, run=runs, signature=st.binary(min_size=64, max_size=64)), max_size=4))
def test_decode_batch__any_batch__round_trip(batch: list[SignedRun]) -> None:
    encoded = encode_batch(batch)
    assert decode_batch(encoded) == tuple(batch)
    if encoded:
        with pytest.raises(RuleError):
            decode_batch(encoded[:-1])


# --- plausibility --------------------------------------------------------------------------------


@pytest.mark.parametrize("case", VECTORS["plausible"], ids=lambda case: case["name"])
def test_max_wh__power_and_length__by_hand(case: dict[str, Any]) -> None:
    assert max_wh(case["power_w"], IntervalLength(case["minutes"])) == case["max_wh"]


@pytest.mark.parametrize(
    ("production", "consumption", "expected"),
    [(3_300, 4_950, True), (3_301, 4_950, False), (3_300, 4_951, False), (0, 0, True)],
)
def test_is_plausible__at_and_above_the_limits__decides_each_direction(
    production: int, consumption: int, expected: bool
) -> None:
    reading = Reading(production, consumption)
    plausible = is_plausible(reading, import_power_w=9_000, export_power_w=6_000, length=IntervalLength.HALF_HOUR)
    assert plausible is expected
