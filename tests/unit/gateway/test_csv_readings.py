"""Reading files: every mistake with its line, then sums, splits, gaps, and the real files."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattcommons.domain.intervals import IntervalLength
from wattcommons.domain.readings import Quality, Reading
from wattcommons.domain.units import Wh
from wattcommons.errors import InputError
from wattcommons.services.gateway.csv_readings import COLUMNS, ReadOptions, read_readings, steps_of

pytestmark = pytest.mark.unit

HEADER = ",".join(COLUMNS)
DATA = Path(__file__).parents[3].parent / "shared" / "data"
HALF_HOUR, HOUR = IntervalLength.HALF_HOUR, IntervalLength.HOUR
NOON = 1_780_315_200  # 2026-06-01T12:00:00Z
Writer = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Writer:
    def write(*rows: str, header: str = HEADER) -> Path:
        path = tmp_path / "readings.csv"
        path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
        return path

    return write


def _refusal(path: Path, length: IntervalLength = HALF_HOUR, options: ReadOptions | None = None) -> InputError:
    with pytest.raises(InputError) as caught:
        read_readings(path, length, options)
    assert caught.value.file == str(path)
    assert caught.value.hint
    return caught.value


GOOD = "roof,2026-06-01T12:00:00Z,30,100,900"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("roof,2026-06-01T12:30:00Z,30,-1,0", "negative"),
        ("roof,2026-06-01T12:30:00Z,30,0,1.5", "production_wh is '1.5'"),
        ("roof,2026-06-01T12:30:00Z,30,1e3,0", "not a whole number"),
        ("roof,2026-06-01T12:30:00Z,30,,0", "not a whole number"),
        ("roof,2026-06-01T12:30:00Z,30, 5,0", "not a whole number"),
        ("roof,2026-06-01T12:30:00Z,30,٣,0", "not a whole number"),
        ("roof,2026-06-01T12:30:00Z,30,16777216,0", "more than 16777215"),
        ("roof,2026-06-01T12:30:00Z,30,999999999999999999,0", "more than 16777215"),
        ("roof,2026-06-01T12:10:00Z,30,1,0", "off the grid"),
        ("roof,2026-06-01T12:30:00,30,1,0", "interval_start_utc"),
        ("roof,2026-06-01T12:30:00+02:00,30,1,0", "interval_start_utc"),
        ("roof,2026-06-31T12:30:00Z,30,1,0", "interval_start_utc"),
        ("roof,1969-12-31T23:30:00Z,30,1,0", "interval_start_utc"),
        ("roof,2026-06-01T12:30:00Z,7,1,0", "interval_minutes"),
        ("roof,2026-06-01T12:30:00Z,0,1,0", "interval_minutes"),
        ("roof,2026-06-01T12:30:00Z,half,1,0", "interval_minutes"),
        ("roof,2026-06-01T13:00:00Z,60,1,0", "coarser"),
        ("roof,2026-06-01T12:30:00Z,30,1", "4 fields"),
        ("roof,2026-06-01T12:30:00Z,30,1,0,0", "6 fields"),
        ("", "0 fields"),
        (",2026-06-01T12:30:00Z,30,1,0", "meter_id"),
        (" roof,2026-06-01T12:30:00Z,30,1,0", "meter_id"),
        ("r\x07f,2026-06-01T12:30:00Z,30,1,0", "meter_id"),
        (GOOD, "twice: see line 2"),
        ("roof,2026-06-01T12:15:00Z,15,1,0", "twice: see line 2"),
        ('"roof,2026-06-01T12:30:00Z,30,1,0', "not CSV"),
    ],
)
def test_read__bad_row__refused_with_its_line(write: Writer, row: str, reason: str) -> None:
    refusal = _refusal(write(GOOD, row))
    assert reason in refusal.reason
    assert refusal.line is not None and refusal.line >= 3


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (HEADER + ",note", "unknown column 'note'"),
        (HEADER.replace(",production_wh", ""), "missing column production_wh"),
        (HEADER + ",production_wh", "production_wh is there twice"),
        (HEADER.replace(",", ";"), "unknown column"),
        ("", "empty"),
    ],
)
def test_read__bad_header__refused_on_line_one(write: Writer, header: str, reason: str) -> None:
    refusal = _refusal(write(GOOD, header=header))
    assert reason in refusal.reason
    assert refusal.line == 1


def test_read__header_only__refused(write: Writer) -> None:
    assert "no readings" in _refusal(write()).reason


def test_read__absent_file__refused(tmp_path: Path) -> None:
    assert "cannot be read" in _refusal(tmp_path / "none.csv").reason


def test_read__truncated_gzip__refused(tmp_path: Path) -> None:
    path = tmp_path / "readings.csv.gz"
    path.write_bytes(gzip.compress((HEADER + "\n" + GOOD * 1_000).encode())[:-12])
    assert "gzip" in _refusal(path).reason


def test_read__another_encoding__refused(tmp_path: Path) -> None:
    path = tmp_path / "readings.csv"
    path.write_bytes(f"{HEADER}\ntoit-é,2026-06-01T12:00:00Z,30,1,0\n".encode("cp1252"))
    assert "UTF-8" in _refusal(path).reason


def test_read__bad_row_outside_the_period__refused_all_the_same(write: Writer) -> None:
    path = write("roof,2020-01-01T00:00:00Z,30,-4,0", GOOD)
    assert _refusal(path, options=ReadOptions(from_unix=NOON)).line == 2


def test_read__nothing_in_the_period__refused(write: Writer) -> None:
    assert "period" in _refusal(write(GOOD), options=ReadOptions(to_unix=NOON)).reason


def test_read__step_across_two_intervals__refused(write: Writer) -> None:
    path = write("roof,2026-06-01T12:20:00Z,20,1,0")
    assert "crosses" in _refusal(path).reason


def test_read__sum_past_24_bits__refused(write: Writer) -> None:
    path = write("mill,2026-06-01T12:00:00Z,15,0,16777215", "mill,2026-06-01T12:15:00Z,15,0,1")
    assert "sum passes" in _refusal(path).reason


def test_read__partial_interval_not_wanted__refused(write: Writer) -> None:
    refusal = _refusal(write("roof,2026-06-01T12:00:00Z,15,1,0"), options=ReadOptions(refuse_partial=True))
    assert (refusal.line, "lacks" in refusal.reason) == (2, True)


def test_read__coarse_rows_that_overlap__refused_even_when_split(write: Writer) -> None:
    path = write(GOOD, "roof,2026-06-01T12:00:00Z,60,1,0")
    assert "twice" in _refusal(path, options=ReadOptions(split_coarser=True)).reason


def test_read__plain_gzip_and_byte_order_mark__same_readings(tmp_path: Path) -> None:
    text = f"{HEADER}\n{GOOD}\n".encode()
    found = []
    for name, data in (("a.csv", text), ("b.csv", b"\xef\xbb\xbf" + text), ("c.csv.gz", gzip.compress(text))):
        (tmp_path / name).write_bytes(data)
        found.append(read_readings(tmp_path / name, HALF_HOUR).meters)
    assert found[0] == found[1] == found[2]
    assert found[0][0].readings == {NOON // 1_800: Reading(Wh(900), Wh(100))}


def test_read__columns_and_rows_in_any_order__sorted(write: Writer) -> None:
    path = write(
        "5,30,roof,2026-06-01T12:30:00Z,1",
        "6,30,flat,2026-06-01T12:00:00Z,0",
        "7,30,roof,2026-06-01T12:00:00Z,0",
        header="consumption_wh,interval_minutes,meter_id,interval_start_utc,production_wh",
    )
    file = read_readings(path, HALF_HOUR)
    assert [(meter.meter_id, [r.consumption_wh for r in meter.readings.values()]) for meter in file.meters] == [
        ("flat", [6]),
        ("roof", [7, 5]),
    ]
    assert (file.rows, file.readings, file.missing, file.estimated) == (3, 3, 0, 0)


def test_read__finer_steps_of_changing_length__summed_exactly(write: Writer) -> None:
    path = write(
        "roof,2026-06-01T12:00:00Z,15,10,1",
        "roof,2026-06-01T12:15:00Z,15,20,2",
        "roof,2026-06-01T12:30:00Z,30,30,4",
    )
    (meter,) = read_readings(path, HOUR).meters
    assert meter.readings == {NOON // 3_600: Reading(Wh(7), Wh(60))}


def test_read__a_step_missing__interval_left_out_and_told(write: Writer) -> None:
    path = write(
        "roof,2026-06-01T12:00:00Z,30,10,0",
        "roof,2026-06-01T12:30:00Z,30,10,0",
        "roof,2026-06-01T13:00:00Z,30,10,0",
        "roof,2026-06-01T15:00:00Z,60,10,0",
    )
    (meter,) = read_readings(path, HOUR).meters
    hour = NOON // 3_600
    assert list(meter.readings) == [hour, hour + 3]
    assert (meter.missing, meter.first_missing, meter.partial) == (2, (hour + 1, hour + 2), 1)
    assert (meter.first, meter.last) == (hour, hour + 3)


@given(st.integers(0, 2**24 - 1), st.sampled_from([60, 120, 240]))
def test_read__split__estimated_and_exact(tmp_path_factory: pytest.TempPathFactory, wh: int, minutes: int) -> None:
    path = tmp_path_factory.getbasetemp() / "split.csv"
    path.write_text(f"{HEADER}\nmill,2026-06-01T12:00:00Z,{minutes},0,{wh}\n", encoding="utf-8")
    (meter,) = read_readings(path, HALF_HOUR, ReadOptions(split_coarser=True)).meters
    parts = [reading.production_wh for reading in meter.readings.values()]
    assert (len(parts), sum(parts)) == (minutes // 30, wh)
    assert max(parts) - min(parts) <= 1
    assert {reading.quality for reading in meter.readings.values()} == {Quality.ESTIMATED}


def test_read__period__first_in_last_out(write: Writer) -> None:
    rows = [f"roof,2026-06-01T{hour}:00:00Z,60,{hour},0" for hour in range(10, 16)]
    file = read_readings(write(*rows), HOUR, ReadOptions(from_unix=NOON, to_unix=NOON + 2 * 3_600))
    assert [r.consumption_wh for r in file.meters[0].readings.values()] == [12, 13]
    assert (file.rows, file.readings) == (6, 2)


def test_steps_of__mixed_file__counts_each(write: Writer) -> None:
    assert steps_of(write(GOOD, "flat,2026-06-01T12:00:00Z,60,1,0", "b,2026-06-01T12:00:00Z,60,1,0")) == {30: 1, 60: 2}


# --- real files ----------------------------------------------------------------------------------

FONTANA = DATA / "community-fontana" / "readings-2016-08-to-2017-01.csv.gz"
HOMES = DATA / "homes" / "half-hourly-homes.csv.gz"


@pytest.mark.skipif(not FONTANA.exists(), reason="the data folder beside the repository is absent")
def test_read__fontana__twelve_homes_and_the_gap_of_november() -> None:
    file = read_readings(FONTANA, HOUR)
    assert (file.rows, file.readings, len(file.meters)) == (52_884, 52_884, 12)
    assert all(meter.missing == 2 for meter in file.meters)


@pytest.mark.skipif(not FONTANA.exists(), reason="the data folder beside the repository is absent")
def test_read__fontana_week__2016_readings_without_gaps() -> None:
    # 8 to 15 August 2016, UTC.
    file = read_readings(FONTANA, HOUR, ReadOptions(from_unix=1_470_614_400, to_unix=1_471_219_200))
    assert (file.readings, file.missing) == (2_016, 0)


@pytest.mark.skipif(not FONTANA.exists(), reason="the data folder beside the repository is absent")
def test_read__fontana_at_half_hours__refused_unless_split() -> None:
    with pytest.raises(InputError, match="coarser") as caught:
        read_readings(FONTANA, HALF_HOUR)
    assert caught.value.line == 2
    file = read_readings(FONTANA, HALF_HOUR, ReadOptions(split_coarser=True))
    assert file.estimated == file.readings == 2 * 52_884


@pytest.mark.skipif(not HOMES.exists(), reason="the data folder beside the repository is absent")
def test_read__half_hourly_homes_at_an_hour__same_energy_but_for_the_partial_hours() -> None:
    fine, coarse = read_readings(HOMES, HALF_HOUR), read_readings(HOMES, HOUR)
    assert {meter.meter_id: meter.missing for meter in fine.meters} == {
        "au-ausgrid-12": 4,
        "fr-emhass-01": 411,
        "fr-enedis-01": 0,
    }
    sums = [
        [sum(r.consumption_wh for r in meter.readings.values()) for meter in file.meters] for file in (fine, coarse)
    ]
    assert (sums[0][0], sums[0][2]) == (sums[1][0], sums[1][2])
    assert sums[1][1] < sums[0][1]
    assert [meter.partial for meter in coarse.meters] == [0, 31, 0]


def test_read__a_meter_of_which_only_part_of_an_interval_is_there__is_named(write: Writer) -> None:
    """Regression: it vanished without a word."""
    path = write("roof,2026-06-01T12:00:00Z,30,1,0", "shed,2026-06-01T12:00:00Z,15,1,0")
    file = read_readings(path, IntervalLength.HALF_HOUR)
    assert [meter.meter_id for meter in file.meters] == ["roof"]
    assert file.incomplete == {"shed": 1}


def test_read__nothing_but_parts_of_intervals__says_so(write: Writer) -> None:
    refusal = _refusal(write("shed,2026-06-01T12:00:00Z,15,1,0"))
    assert "has all of its finer steps" in str(refusal)
