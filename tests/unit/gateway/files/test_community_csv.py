"""The community's own CSV, brought to rows: one mistake and nothing is taken."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from wattcommons.domain.channels import Channel
from wattcommons.errors import InputError
from wattcommons.services.gateway.csv_readings import COLUMNS
from wattcommons.services.gateway.files.parsed import ParsedFile
from wattcommons.services.gateway.files.recognise import read_energy_file

pytestmark = pytest.mark.unit

HEADER = ",".join(COLUMNS)
GOOD = "roof,2026-06-01T12:00:00Z,30,100,900"
NOON = 1_780_315_200


def read(tmp_path: Path, *lines: str, end: str = "\n") -> ParsedFile:
    path = tmp_path / "readings.csv"
    path.write_text("\n".join(lines) + end, encoding="utf-8")
    return read_energy_file(path)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("roof,2026-06-01T12:30:00Z,30,-1,0", "negative"),
        ("roof,2026-06-01T12:30:00Z,30,0,1.5", "production_wh is '1.5'"),
        ("roof,2026-06-01T12:30:00Z,30,,0", "not a whole number"),
        ("roof,2026-06-01T12:30:00Z,30,16777216,0", "more than 16777215"),
        ("roof,2026-06-01T12:10:00Z,30,1,0", "off the grid"),
        ("roof,2026-06-01T12:30:00+02:00,30,1,0", "interval_start_utc"),
        ("roof,2026-06-01T12:30:00Z,7,1,0", "interval_minutes"),
        ("roof,2026-06-01T12:30:00Z,30,1", "4 fields"),
        ("", "0 fields"),
        (" roof,2026-06-01T12:30:00Z,30,1,0", "meter_id"),
        (",2026-06-01T12:30:00Z,30,1,0", "meter's number"),
        (GOOD, "overlaps that of line 2"),
        ("roof,2026-06-01T12:15:00Z,15,1,0", "overlaps that of line 2"),
        ('"roof,2026-06-01T12:30:00Z,30,1,0', "not CSV"),
        ("r" * 20_000, "a line of more than"),
    ],
)
def test_read__half_wrong__nothing_taken(tmp_path: Path, row: str, reason: str) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, HEADER, GOOD, row)
    assert reason in caught.value.reason
    assert caught.value.line == 3


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (HEADER + ",note", "unknown column 'note'"),
        (HEADER.replace(",production_wh", ""), "missing column production_wh"),
        (HEADER + ",production_wh", "there twice"),
    ],
)
def test_read__bad_header__refused(tmp_path: Path, header: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        read(tmp_path, header, GOOD)


def test_read__header_only__refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no value"):
        read(tmp_path, HEADER)


def test_read__last_line_without_an_end__refused(tmp_path: Path) -> None:
    """90 may be the beginning of 900."""
    with pytest.raises(InputError, match="the file may be cut"):
        read(tmp_path, HEADER, GOOD[:-1], end="")


def test_read__rows_of_a_meter__one_for_each_direction(tmp_path: Path) -> None:
    parsed = read(tmp_path, HEADER, "roof,2026-06-01T13:30:00Z,15,7,0", GOOD)
    assert [(row.channel, row.start - NOON, row.minutes, row.energy) for row in parsed.rows] == [
        (Channel.CONSUMPTION, 0, 30, 100_000),
        (Channel.CONSUMPTION, 5_400, 15, 7_000),
        (Channel.PRODUCTION, 0, 30, 900_000),
        (Channel.PRODUCTION, 5_400, 15, 0),
    ]
    assert (parsed.layout, parsed.meters, parsed.gaps.count) == ("community CSV", ("roof",), 4)


def test_read__gzip_and_byte_order_mark__same_rows(tmp_path: Path) -> None:
    plain = read(tmp_path, HEADER, GOOD)
    packed = tmp_path / "packed"
    packed.write_bytes(gzip.compress(f"\ufeff{HEADER}\r\n{GOOD}\r\n".encode()))
    assert read_energy_file(packed).rows == plain.rows
