"""The workbook of Enedis: dangerous and broken ones first."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.support.energy_files import (
    AUTUMN,
    HALF_HOUR,
    ORDINARY,
    PRM,
    SPRING,
    day_curve,
    enedis_xlsx,
    local,
    repacked,
    workbook,
)
from wattcommons.domain.channels import Channel
from wattcommons.errors import InputError
from wattcommons.services.gateway.files.parsed import ParsedFile
from wattcommons.services.gateway.files.recognise import read_energy_file

pytestmark = pytest.mark.unit

DAY = day_curve(ORDINARY)
HEADER = ["Début", "Fin", "Valeur (en kW)"]
NAME = "export.xlsx"


def read(tmp_path: Path, content: bytes, name: str = NAME) -> ParsedFile:
    path = tmp_path / name
    path.write_bytes(content)
    return read_energy_file(path)


def refusal(tmp_path: Path, content: bytes, name: str = NAME) -> InputError:
    with pytest.raises(InputError) as caught:
        read(tmp_path, content, name)
    assert caught.value.file == str(tmp_path / name)
    assert caught.value.hint
    return caught.value


def table(*rows: Sequence[object], header: Sequence[object] = HEADER, title: str = "Consommation Horaire") -> bytes:
    return workbook([["PRM", PRM], header, *rows], title)


# --- dangerous ---------------------------------------------------------------------------------------


def test_read__zip_bomb__refused_before_it_unfolds(tmp_path: Path) -> None:
    content = repacked(
        enedis_xlsx(DAY), lambda name, part: part + b" " * 40 * 2**20 if name.startswith("xl/worksheets/") else part
    )
    assert len(content) < 2**20
    assert "unfolds to more" in refusal(tmp_path, content).reason


def test_read__large_part_beside_the_sheet__refused(tmp_path: Path) -> None:
    content = repacked(enedis_xlsx(DAY), lambda name, part: part + b" " * 5 * 2**20 if "styles" in name else part)
    assert "styles.xml is too large" in refusal(tmp_path, content).reason


def test_read__zip_that_lies_about_sizes__refused(tmp_path: Path) -> None:
    """The sizes in its table of contents say 10 bytes; the unpacker stops there and finds the rest wrong."""
    content = bytearray(enedis_xlsx(DAY))
    at = 0
    while (at := content.find(b"PK\x01\x02", at)) >= 0:
        content[at + 24 : at + 28] = (10).to_bytes(4, "little")
        at += 4
    assert "the workbook is broken" in refusal(tmp_path, bytes(content)).reason


def test_read__thousands_of_parts__refused(tmp_path: Path) -> None:
    made = io.BytesIO(enedis_xlsx(DAY))
    with zipfile.ZipFile(made, "a") as archive:
        for number in range(100):
            archive.writestr(f"xl/more/{number}.xml", "<x/>")
    assert "more parts" in refusal(tmp_path, made.getvalue()).reason


@pytest.mark.parametrize(
    "declaration",
    [
        b'<!DOCTYPE lol [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        b'<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        b"<!--" + b" " * 70_000 + b"--><!DOCTYPE x>",
    ],
    ids=["entities", "external", "late"],
)
def test_read__document_type_in_a_part__refused(tmp_path: Path, declaration: bytes) -> None:
    content = repacked(
        enedis_xlsx(DAY), lambda name, part: declaration + part[part.index(b"<w") :] if "sheet1" in name else part
    )
    assert "declares entities" in refusal(tmp_path, content).reason


def test_read__part_in_utf_16__refused(tmp_path: Path) -> None:
    content = repacked(
        enedis_xlsx(DAY), lambda name, part: part.decode().encode("utf-16") if "sheet1" in name else part
    )
    assert "no plain XML" in refusal(tmp_path, content).reason


def test_read__row_far_below__refused_in_bounded_time(tmp_path: Path) -> None:
    far = b'<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>'
    content = repacked(
        enedis_xlsx(DAY), lambda name, part: part.replace(b"</sheetData>", far) if "sheet1" in name else part
    )
    assert "more than 200000 rows" in refusal(tmp_path, content).reason


def test_read__column_far_right__refused(tmp_path: Path) -> None:
    assert "more than 64 columns" in refusal(tmp_path, workbook([["x"] * 65])).reason


@pytest.mark.parametrize(
    "content",
    [enedis_xlsx(DAY)[:-40], enedis_xlsx(DAY)[:1_000], b"PK\x03\x04", b"PK\x03\x04" + b"\0" * 100],
    ids=["end cut", "half", "only a mark", "noise"],
)
def test_read__cut_workbook__refused(tmp_path: Path, content: bytes) -> None:
    assert "the workbook is broken" in refusal(tmp_path, content).reason


def test_read__another_zip__refused(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("readings.csv", "1;2")
    assert "not a readable workbook" in refusal(tmp_path, made.getvalue()).reason


def test_read__unusual_packing__refused(tmp_path: Path) -> None:
    content = repacked(enedis_xlsx(DAY), lambda _name, part: part, zipfile.ZIP_LZMA)
    assert "unusual way" in refusal(tmp_path, content).reason


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"])
def test_read__broken_part__refused(tmp_path: Path, part: str) -> None:
    content = repacked(enedis_xlsx(DAY), lambda name, old: old[: len(old) // 2] if name == part else old)
    assert "not a readable workbook" in refusal(tmp_path, content).reason


def test_read__old_or_protected_excel__refused(tmp_path: Path) -> None:
    assert "old or protected" in refusal(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600).reason


# --- wrong content -----------------------------------------------------------------------------------

MIDNIGHT, HALF_PAST = "01/06/2026 00:00:00", "01/06/2026 00:30:00"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ([MIDNIGHT, HALF_PAST, "-0,62"], "negative"),
        ([MIDNIGHT, HALF_PAST, -0.62], "negative"),
        ([MIDNIGHT, HALF_PAST, "36000,001"], "more than 36 MW"),
        ([MIDNIGHT, HALF_PAST, 1e300], "the value is 1e+300"),
        ([MIDNIGHT, HALF_PAST, 0.1234567], "more than six decimals"),
        ([MIDNIGHT, HALF_PAST, "douze"], "not a number"),
        ([MIDNIGHT, HALF_PAST, True], "the value is 'True'"),
        ([MIDNIGHT, HALF_PAST, datetime(2026, 1, 1)], "the value is '2026-01-01"),  # noqa: DTZ001
        ([MIDNIGHT, None, "0,62"], "the time is 'None'"),
        ([MIDNIGHT, "demain", "0,62"], "the time is 'demain'"),
        ([MIDNIGHT, "2026-06-01T00:30:00+02:00", "0,62"], "the time is '2026-06-01T00:30:00+02:00'"),
        ([MIDNIGHT, MIDNIGHT, "0,62"], "a step from"),
        ([HALF_PAST, MIDNIGHT, "0,62"], "a step from"),
        ([MIDNIGHT, "02/06/2026 00:00:00", "0,62"], "a step from"),
    ],
)
def test_read__bad_row__refused_with_its_number(tmp_path: Path, row: list[object], reason: str) -> None:
    found = refusal(tmp_path, table(row))
    assert reason in found.reason
    assert found.line == 3


def test_read__step_twice_with_another_value__refused(tmp_path: Path) -> None:
    found = refusal(tmp_path, table([MIDNIGHT, HALF_PAST, "1"], [MIDNIGHT, HALF_PAST, "2"]))
    assert ("another value than in line 3" in found.reason, found.line) == (True, 4)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (["Date", "Valeur (en kWh)"], "no sheet with the columns"),
        (["Début", "Valeur (en kW)"], "no sheet with the columns"),
        (["Début", "Fin", "Puissance"], "no sheet with the columns"),
        (["Début", "Fin", "Valeur (en kVA)"], "the unit is 'kva'"),
        (["Début", "Fin", "Valeur (en kWh)"], "the unit is 'kwh'"),
    ],
)
def test_read__another_table__refused(tmp_path: Path, header: list[str], reason: str) -> None:
    assert reason in refusal(tmp_path, table([MIDNIGHT, HALF_PAST, "1"], header=header)).reason


def test_read__value_at_a_time_that_never_comes__refused(tmp_path: Path) -> None:
    found = refusal(tmp_path, table(["29/03/2026 02:00:00", "29/03/2026 02:30:00", "0,62"]))
    assert "there is no such time in Europe/Paris" in found.reason


def test_read__direction_nowhere__refused(tmp_path: Path) -> None:
    assert "consumption or production" in refusal(tmp_path, table([MIDNIGHT, HALF_PAST, "1"], title="Feuille")).reason


def test_read__several_meters__refused(tmp_path: Path) -> None:
    content = workbook([[PRM, "2" * 14], HEADER, [MIDNIGHT, HALF_PAST, "1"]])
    assert "several meters" in refusal(tmp_path, content).reason


# --- taken -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", [SPRING, ORDINARY, AUTUMN])
def test_read__numbers_and_dates_as_excel_keeps_them__same_rows(tmp_path: Path, day: datetime) -> None:
    curve = day_curve(day)
    parsed = read(tmp_path, enedis_xlsx(curve, dated=True))
    assert parsed.rows == read(tmp_path, enedis_xlsx(curve)).rows
    assert [(row.start, row.energy) for row in parsed.rows] == [
        (end - HALF_HOUR, (power or 0) * 500) for end, power in curve
    ]


def test_read__begins_as_a_clock_shows_them__same_rows(tmp_path: Path) -> None:
    """02:30 summer time to 02:00 winter time, 01:30 to 03:00 in spring: half an hour all the same."""
    for day in (SPRING, AUTUMN):
        rows = [
            [f"{local(end - HALF_HOUR):%d/%m/%Y %H:%M}", f"{local(end):%d/%m/%Y %H:%M}", (power or 0) / 1000]
            for end, power in day_curve(day)
        ]
        assert read(tmp_path, table(*rows)).rows == read(tmp_path, enedis_xlsx(day_curve(day))).rows


def test_read__half_hours_that_never_come_as_na__not_even_gaps(tmp_path: Path) -> None:
    rows: list[list[object]] = []
    for end, power in day_curve(SPRING):
        until = local(end)
        rows.append([until - timedelta(minutes=30), until, (power or 0) / 1000])
        if until.hour == 1 and until.minute == 30:
            rows += [[until + i * timedelta(minutes=30), until + (i + 1) * timedelta(minutes=30), "NA"] for i in (0, 1)]
    parsed = read(tmp_path, table(*rows))
    assert (len(parsed.rows), parsed.gaps.count, parsed.ambiguous.count) == (46, 0, 0)


def test_read__noise_below_a_millionth__taken_off(tmp_path: Path) -> None:
    parsed = read(tmp_path, table([MIDNIGHT, HALF_PAST, 0.62000000000000011]))
    assert parsed.rows[0].energy == 310_000


def test_read__hours_and_watts__converted(tmp_path: Path) -> None:
    parsed = read(
        tmp_path,
        table([MIDNIGHT, "01/06/2026 01:00:00", 620], header=["Début", "Fin", "Valeur (en W)"], title="Production"),
    )
    [row] = parsed.rows
    assert (row.minutes, row.energy, row.channel, row.meter_id) == (60, 620_000, Channel.PRODUCTION, PRM)


def test_read__meter_and_direction__from_the_name_of_the_file(tmp_path: Path) -> None:
    content = workbook([HEADER, [MIDNIGHT, HALF_PAST, "1"]], "Feuille")
    name = f"{PRM}_Export_courbe_de_charge_Production_01062026-02062026.xlsx"
    [row] = read(tmp_path, content, name).rows
    assert (row.meter_id, row.channel) == (PRM, Channel.PRODUCTION)
    [unnamed] = read(tmp_path, content, "production.xlsx").rows
    assert unnamed.meter_id == ""
