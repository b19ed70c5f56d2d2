"""Telling layouts apart by content, the limits that hold for all of them, and broken files of every layout."""

from __future__ import annotations

import gzip
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.energy_files import (
    LOCAL_LAYOUTS,
    ORDINARY,
    data_connect_2026,
    day_curve,
    enedis_curve,
    enedis_flat,
)
from tests.unit.gateway.files.test_green_button import WHOLE
from wattcommons.errors import InputError
from wattcommons.services.gateway.csv_readings import COLUMNS
from wattcommons.services.gateway.files.opened import Limits
from wattcommons.services.gateway.files.parsed import ParsedFile
from wattcommons.services.gateway.files.recognise import LAYOUTS, read_energy_file

pytestmark = pytest.mark.unit

DAY = day_curve(ORDINARY)
OWN = ("\n".join([",".join(COLUMNS), *(f"roof,2026-06-01T{h:02}:00:00Z,60,{h},0" for h in range(24))]) + "\n").encode()
FILES: dict[str, bytes] = {
    **{layout: make(DAY) for layout, make in LOCAL_LAYOUTS.items()},
    "Enedis load curve": enedis_curve(DAY),
    "community CSV": OWN,
    "Green Button": WHOLE.encode(),
}
every = pytest.mark.parametrize("layout", FILES)


def read(tmp_path: Path, content: bytes, limits: Limits | None = None) -> ParsedFile:
    path = tmp_path / "consumption"
    path.write_bytes(content)
    return read_energy_file(path) if limits is None else read_energy_file(path, limits=limits)


# --- refused ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"hello\n",
        b"\0" * 1_000,
        b"%PDF-1.7",
        b"a;b;c\n1;2;3\n",
        b"timestamp,kwh\n2026-06-01,1\n",
        enedis_curve(DAY).decode().encode("utf-16"),
        os.urandom(4_096),
    ],
    ids=["text", "zeros", "pdf", "table", "csv", "utf-16", "noise"],
)
def test_read__unknown_layout__refused_with_the_known_ones(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(InputError, match="a layout that is not known") as caught:
        read(tmp_path, content)
    assert all(layout in caught.value.hint for layout in LAYOUTS)


def test_read__empty_file__refused(tmp_path: Path) -> None:
    for content in (b"", gzip.compress(b"")):
        with pytest.raises(InputError, match="the file is empty"):
            read(tmp_path, content)


def test_read__no_file_or_no_regular_one__refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, reason in (
        (tmp_path / "none", "cannot be read"),
        (tmp_path, "regular|cannot"),
        (tmp_path / "pipe", "regular"),
    ):
        with pytest.raises(InputError, match=reason):
            read_energy_file(path)


def test_read__symbolic_link__followed_only_when_asked(tmp_path: Path) -> None:
    (tmp_path / "curve.csv").write_bytes(enedis_curve(DAY))
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "curve.csv")
    with pytest.raises(InputError, match="cannot be read"):
        read_energy_file(link, follow_links=False)
    assert len(read_energy_file(link).rows) == 48


@every
def test_read__file_above_the_limit__refused(tmp_path: Path, layout: str) -> None:
    content = FILES[layout]
    with pytest.raises(InputError, match="the file is larger than 0 MiB"):
        read(tmp_path, content, Limits(raw=len(content) - 1))


@every
def test_read__unfolds_above_the_limit__refused(tmp_path: Path, layout: str) -> None:
    content = FILES[layout]
    with pytest.raises(InputError, match="the unpacked file is larger than 0 MiB"):
        read(tmp_path, gzip.compress(content), Limits(unpacked=len(content) - 1))


def test_read__gzip_bomb__refused_while_it_unfolds(tmp_path: Path) -> None:
    bomb = gzip.compress(data_connect_2026(DAY) + b" " * 2**28)
    assert len(bomb) < 2**19
    with pytest.raises(InputError, match="larger than 8 MiB"):
        read(tmp_path, bomb)
    bomb = gzip.compress(enedis_flat(DAY) + (b" " * 1_023 + b"\n") * 2**14)
    with pytest.raises(InputError, match="the unpacked file is larger than 8 MiB"):
        read(tmp_path, bomb, Limits(unpacked=2**23))


def test_read__lines_or_fields_without_end__refused(tmp_path: Path) -> None:
    flat = enedis_flat(DAY)
    for more, reason in ((b"\n" * 10_001, "more than 10000 lines"), (b";" * 99 + b"\n", "more than 64 fields")):
        with pytest.raises(InputError, match=reason):
            read(tmp_path, flat + more, Limits(lines=10_000))


def test_read__gzip_in_gzip__refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a layout that is not known"):
        read(tmp_path, gzip.compress(gzip.compress(enedis_flat(DAY))))


@every
def test_read__broken_gzip__refused(tmp_path: Path, layout: str) -> None:
    packed = bytearray(gzip.compress(FILES[layout]))
    for content in (packed[: len(packed) // 2], packed[:-1], packed[:20] + b"\xff" * 20 + packed[40:]):
        with pytest.raises(InputError, match="gzip"):
            read(tmp_path, bytes(content))


# --- every layout, broken anywhere -------------------------------------------------------------------


def told(tmp_path: Path, content: bytes) -> ParsedFile | None:
    """What a broken file gives: it is refused by name or read; anything else is a defect."""
    try:
        return read(tmp_path, content)
    except InputError as error:
        assert error.reason
        assert error.hint
        return None


@every
def test_read__cut_anywhere__refused_or_the_rows_before_the_cut(tmp_path: Path, layout: str) -> None:
    content = FILES[layout]
    whole = set(read(tmp_path, content).rows)
    for length in random.Random(1).sample(range(len(content)), 40):
        parsed = told(tmp_path, content[:length])
        if parsed is not None:
            rows = {row if row.exact else None for row in parsed.rows} - {None}
            assert rows <= whole, f"cut at {length}"


@every
def test_read__any_byte_flipped__refused_or_read(tmp_path: Path, layout: str) -> None:
    content = bytearray(FILES[layout])
    chance = random.Random(2)
    for place in chance.sample(range(len(content)), 60):
        flipped = content.copy()
        flipped[place] ^= 1 << chance.randrange(8)
        told(tmp_path, bytes(flipped))


# --- taken -----------------------------------------------------------------------------------------


@every
def test_read__plain_or_gzip_under_any_name__same_file(tmp_path: Path, layout: str) -> None:
    plain, packed = read(tmp_path, FILES[layout]), read(tmp_path, gzip.compress(FILES[layout]))
    assert plain == packed
    assert plain.layout == layout
    assert list(plain.rows) == sorted(plain.rows, key=lambda row: (row.meter_id, row.channel.value, row.start))


def test_layouts__every_one__has_a_sample_here() -> None:
    assert set(FILES) == set(LAYOUTS)


@pytest.mark.parametrize("make", [enedis_flat, data_connect_2026, enedis_curve])
def test_read__a_year__bounded(tmp_path: Path, make: Callable[..., bytes]) -> None:
    start = DAY[0][0]
    year = [(start + number * 1_800, number % 9_000) for number in range(17_520)]
    parsed = read(tmp_path, make(year))
    assert len(parsed.rows) == 17_520
    assert sum(row.energy for row in parsed.rows) == sum(power for _end, power in year) * 500
