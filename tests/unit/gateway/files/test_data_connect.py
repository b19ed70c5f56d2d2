"""Answers of Data Connect, saved as JSON, in the form until and from 2026."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.energy_files import ORDINARY, PRM, Curve, data_connect_5, data_connect_2026, day_curve
from wattcommons.domain.channels import Channel
from wattcommons.errors import InputError
from wattcommons.services.gateway.files.parsed import ParsedFile
from wattcommons.services.gateway.files.recognise import read_energy_file

pytestmark = pytest.mark.unit

DAY = day_curve(ORDINARY)
FORMS = {"v5": data_connect_5, "2026": data_connect_2026}
forms = pytest.mark.parametrize("make", FORMS.values(), ids=[*FORMS])
Change = Callable[[dict[str, Any]], object]


def read(tmp_path: Path, content: bytes, name: str = "consumption.json", **hints: Channel) -> ParsedFile:
    path = tmp_path / name
    path.write_bytes(content)
    return read_energy_file(path, **hints)


def refusal(tmp_path: Path, content: bytes, name: str = "consumption.json") -> InputError:
    with pytest.raises(InputError) as caught:
        read(tmp_path, content, name)
    assert caught.value.file == str(tmp_path / name)
    assert caught.value.hint
    return caught.value


def changed(content: bytes, change: Change) -> bytes:
    document = json.loads(content)
    change(document)
    return json.dumps(document).encode()


def reading(document: dict[str, Any]) -> Any:
    return document["meter_reading"]["interval_reading"][5]


def point(document: dict[str, Any]) -> Any:
    return document["grandeur"][0]["points"][5]


# --- refused ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda d: reading(d).update(value="-4"), "reading 6: the value is '-4': negative"),
        (lambda d: reading(d).update(value="36000001"), "more than 36 MW"),
        (lambda d: reading(d).update(value=True), "interval_reading[5]: no text 'value'"),
        (lambda d: reading(d).update(value=[1]), "interval_reading[5]: no text 'value'"),
        (lambda d: reading(d).update(value=10**30), "reading 6: the value is"),
        (lambda d: reading(d).update(interval_length="P1D"), "not one of 1 to 60 minutes"),
        (lambda d: reading(d).pop("interval_length"), "not one of 1 to 60 minutes"),
        (lambda d: reading(d).update(date="2026-06-01"), "the time is '2026-06-01'"),
        (lambda d: reading(d).pop("date"), "no text 'date'"),
        (lambda d: reading(d).update(date="2026-06-01 02:30:00"), "another value than in reading 5"),
        (lambda d: d["meter_reading"]["reading_type"].update(unit="VA"), "the unit is 'VA'"),
        (lambda d: d["meter_reading"].pop("reading_type"), "no object 'reading_type'"),
        (lambda d: d["meter_reading"].update(usage_point_id=""), "the meter's number is ''"),
        (lambda d: d["meter_reading"].update(usage_point_id="\ud800"), "the meter's number is"),
        (lambda d: d["meter_reading"].update(interval_reading=[]), "no value"),
        (lambda d: d["meter_reading"].update(interval_reading={}), "no list of objects 'interval_reading'"),
        (lambda d: d["meter_reading"].update(interval_reading=[1]), "no list of objects 'interval_reading'"),
        (lambda d: d.update(meter_reading=[]), "no object 'meter_reading'"),
    ],
)
def test_v5__bad_content__refused_with_its_place(tmp_path: Path, change: Change, reason: str) -> None:
    assert reason in refusal(tmp_path, changed(data_connect_5(DAY), change)).reason


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda d: point(d).update(v="-4"), "point 6: the value is '-4': negative"),
        (lambda d: point(d).update(v="36000001"), "more than 36 MW"),
        (lambda d: point(d).update(p="P1D"), "grandeur[0].points[5]: its step is 'P1D'"),
        (lambda d: point(d).pop("p"), "its step is ''"),
        (lambda d: point(d).update(d="2026-06-01"), "the time is '2026-06-01'"),
        (lambda d: d["grandeur"][0].update(unite="VA"), "the unit is 'VA'"),
        (lambda d: d["grandeur"][0].update(grandeurMetier="X"), "neither consumption nor production"),
        (lambda d: d["grandeur"][0].update(grandeurPhysique="PMA"), "no value"),
        (lambda d: d["grandeur"].append(d["grandeur"][0]), "a second curve of this direction"),
        (lambda d: d.update(grandeur="PA"), "no list of objects 'grandeur'"),
        (lambda d: d.pop("idPrm"), "no text 'idPrm'"),
        (lambda d: d.pop("grandeur"), "neither 'meter_reading' nor 'grandeur'"),
    ],
)
def test_2026__bad_content__refused_with_its_place(tmp_path: Path, change: Change, reason: str) -> None:
    assert reason in refusal(tmp_path, changed(data_connect_2026(DAY), change)).reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{", "not JSON"),
        (b"[" * 200_000, "nested too deep"),
        (b'{"meter_reading":' * 100_000, "nested too deep"),
        (b"[]", "no object"),
        (b'{"error": "ADAM-ERR0123"}', "the answer is an error: 'ADAM-ERR0123'"),
        (b'{"meter_reading": NaN}', "not JSON"),
        (b'{"x": "\xe9"}', "not JSON of UTF-8 text"),
        (b'{"x": ' + b"1" * 5_000 + b"}", "not JSON"),
        (b'{"x": 1e' + b"9" * 30 + b"}", "beyond all bounds"),
    ],
    ids=["cut", "deep list", "deep object", "list", "error", "nan", "latin", "long number", "huge number"],
)
def test_read__no_answer__refused(tmp_path: Path, content: bytes, reason: str) -> None:
    assert reason in refusal(tmp_path, content).reason


def test_read__too_large__refused(tmp_path: Path) -> None:
    assert "larger than 8 MiB" in refusal(tmp_path, b"{" + b" " * 2**24).reason


def test_v5__direction_nowhere__refused(tmp_path: Path) -> None:
    for name in ("answer.json", "consumption-and-production.json"):
        found = refusal(tmp_path, data_connect_5(DAY), name)
        assert "consumption or production" in found.reason
        assert "name" in found.hint


# --- taken -----------------------------------------------------------------------------------------


def test_v5__direction__from_the_setting_before_the_name(tmp_path: Path) -> None:
    for name, channel in (("consumption.json", Channel.CONSUMPTION), ("Production 2026.json", Channel.PRODUCTION)):
        assert {row.channel for row in read(tmp_path, data_connect_5(DAY), name).rows} == {channel}
    hinted = read(tmp_path, data_connect_5(DAY), "consumption.json", channel=Channel.PRODUCTION)
    assert {row.channel for row in hinted.rows} == {Channel.PRODUCTION}


def test_2026__direction__from_the_content_before_the_name(tmp_path: Path) -> None:
    parsed = read(tmp_path, data_connect_2026(DAY, business="PROD"))
    assert {(row.meter_id, row.channel) for row in parsed.rows} == {(PRM, Channel.PRODUCTION)}


@forms
def test_read__newest_first_numbers_and_offsets__same_rows(tmp_path: Path, make: Callable[[Curve], bytes]) -> None:
    """The order of an answer is not promised; whole numbers and times with an offset say the same."""
    plain = read(tmp_path, make(DAY))
    assert read(tmp_path, make(DAY[::-1])).rows == plain.rows

    def plainly(document: dict[str, Any]) -> None:
        holder = document.get("meter_reading") or document["grandeur"][0]
        for item in holder.get("interval_reading") or holder["points"]:
            for key in {"value", "v"} & item.keys():
                item[key] = int(item[key])
            for key in {"date", "d"} & item.keys():
                item[key] += "+02:00"

    assert read(tmp_path, changed(make(DAY), plainly)).rows == plain.rows


@pytest.mark.parametrize(
    ("make", "change"),
    [
        (data_connect_5, lambda d: reading(d).update(measure_type="C")),
        (data_connect_2026, lambda d: point(d).update(n="E")),
        (data_connect_2026, lambda d: point(d).update(iv="1")),
    ],
)
def test_read__corrected_or_implausible__not_exact(
    tmp_path: Path, make: Callable[[Curve], bytes], change: Change
) -> None:
    parsed = read(tmp_path, changed(make(DAY), change))
    assert [row.exact for row in parsed.rows] == [True] * 5 + [False] + [True] * 42
    assert "count as estimated" in parsed.notices[0]


def test_2026__maximum_power_beside__left_out_and_told(tmp_path: Path) -> None:
    def beside(document: dict[str, Any]) -> None:
        document["grandeur"].append({"grandeurMetier": "CONS", "grandeurPhysique": "PMA", "unite": "VA", "points": []})

    parsed = read(tmp_path, changed(data_connect_2026(DAY), beside))
    assert (len(parsed.rows), parsed.notices) == (48, ("'PMA' is not active energy and is left out",))
