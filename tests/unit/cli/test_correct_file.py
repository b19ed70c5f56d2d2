"""A file of corrections: each mistake named with its line, and what a good one asks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from wattcommons.chain.correction_plan import Asked
from wattcommons.cli.correct_file import interval_at, read_corrections
from wattcommons.domain.corrections import reason_code
from wattcommons.domain.intervals import IntervalLength
from wattcommons.errors import InputError, RuleError

pytestmark = pytest.mark.unit

HALF = IntervalLength.HALF_HOUR
HEADER = "participant,interval_start_datetime,interval_end_datetime,production_wh,consumption_wh,reason"
GOOD = "7,2026-03-29T01:00:00Z,2026-03-29T01:30:00Z,1200,300,drift"


def write(path: Path, *lines: str) -> Path:
    file = path / "corrections.csv"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return file


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (GOOD.replace("7,", "0,", 1), "participant is '0'"),
        (GOOD.replace("7,", "seven,", 1), "participant is 'seven'"),
        (GOOD.replace("01:00:00Z", "01:00"), "interval_start_datetime"),
        (GOOD.replace("01:00:00Z", "01:10:00Z"), "no interval begins then"),
        (GOOD.replace("01:30:00Z", "02:00:00Z"), "30 minutes after its start"),
        (GOOD.replace("1200", "-1"), "production_wh is '-1'"),
        (GOOD.replace("300", "16777216"), "consumption_wh is '16777216'"),
        (GOOD.replace("drift", "x" * 33), "1 to 32 letters"),
        (GOOD.replace("drift", ""), "no reason is given"),
        (f"{GOOD},more", "7 fields instead of 6"),
    ],
)
def test_file__wrong_row__line_and_what_to_do(tmp_path: Path, row: str, said: str) -> None:
    file = write(tmp_path, HEADER, row)
    with pytest.raises(InputError) as caught:
        read_corrections(file, HALF, None)
    assert (caught.value.file, caught.value.line) == (str(file), 2)
    assert said in f"{caught.value.message} {caught.value.hint}"


def test_file__same_reading_twice__both_lines_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the reading of line 2 again") as caught:
        read_corrections(write(tmp_path, HEADER, GOOD, GOOD), HALF, None)
    assert caught.value.line == 3


@pytest.mark.parametrize("lines", [("",), (HEADER,), (HEADER.replace("reason", "why"), GOOD), ("participant", "7")])
def test_file__without_rows_or_of_other_columns__refused(tmp_path: Path, lines: tuple[str, ...]) -> None:
    with pytest.raises(InputError):
        read_corrections(write(tmp_path, *lines), HALF, None)


@pytest.mark.parametrize("text", ["", "  ", "x" * 33, "dérive", "a\u00a0b"])
def test_reason__empty_long_or_not_plain__refused(text: str) -> None:
    with pytest.raises(RuleError):
        reason_code(text)


def test_file__good__as_asked(tmp_path: Path) -> None:
    begin = 1_774_746_000 // 1_800
    short = "participant,interval_start_datetime,production_wh,consumption_wh"
    given = reason_code("given for all")
    [one] = read_corrections(write(tmp_path, HEADER, GOOD), HALF, given)
    assert one == Asked(7, begin, 1_200, 300, reason_code("drift"), 2)
    [other] = read_corrections(write(tmp_path, short, "7,2026-03-29T01:00:00Z,0,0"), HALF, given)
    assert other == Asked(7, begin, 0, 0, given, 2)
    assert interval_at(begin * 1_800, HALF) == begin


def test_reason__hash__as_it_is() -> None:
    assert reason_code(f"0x{'ab' * 32}") == bytes.fromhex("ab" * 32)
