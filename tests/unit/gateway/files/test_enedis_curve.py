"""The load curve of Enedis: what is refused, what is flagged, and that sums are exact."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.energy_files import AUTUMN, HALF_HOUR, ORDINARY, PRM, SPRING, day_curve, enedis_curve, unix
from wattcommons.domain.channels import Channel
from wattcommons.errors import InputError
from wattcommons.services.gateway.files.parsed import ParsedFile
from wattcommons.services.gateway.files.recognise import read_energy_file

pytestmark = pytest.mark.unit

DAY = day_curve(ORDINARY)
LAST = "2026-06-02T00:00:00+02:00;194"


def read(tmp_path: Path, content: bytes | str) -> ParsedFile:
    path = tmp_path / "curve.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_energy_file(path)


def refusal(tmp_path: Path, content: bytes | str) -> InputError:
    with pytest.raises(InputError) as caught:
        read(tmp_path, content)
    assert caught.value.file == str(tmp_path / "curve.csv")
    assert caught.value.hint
    return caught.value


# --- refused ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2026-06-02T00:30:00+02:00;-1", "negative"),
        ("2026-06-02T00:30:00+02:00;1e3", "not a number"),
        ("2026-06-02T00:30:00+02:00;36000001", "more than 36 MW"),
        ("2026-06-02T00:30:00+02:00;9999999999999", "not a number"),
        ("2026-06-02T00:30:00+02:00", "the line ends before 'valeur'"),
        ("2026-06-02T00:30:00+02:00;1;2", "more fields"),
        ("2026-06-02T00:30:00;1", "some times carry an offset and some do not"),
        ("02/06/2026 00:30;1", "some times carry an offset and some do not"),
        ("2026-06-31T00:30:00+02:00;1", "the time is"),
        ("2026-06-02T24:00:00+02:00;1", "the time is"),
        ("9999-12-31T23:59:59-23:59;1", "the time is"),
        ("1769-12-31T23:30:00+00:00;1", "the time is"),
        ("tomorrow;1", "the time is"),
        (f"{LAST.partition(';')[0]};195", "another value than in line 51"),
        ('"2026-06-02T00:30:00+02:00;1', "not CSV"),
    ],
)
def test_read__bad_line__refused_with_its_line(tmp_path: Path, line: str, reason: str) -> None:
    found = refusal(tmp_path, enedis_curve(DAY).decode() + line + "\n")
    assert reason in found.reason
    assert found.line == 52


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"unit": "VA"}, "the unit is 'VA'"),
        ({"unit": ""}, "the unit is ''"),
        ({"business": "Autre"}, "neither consumption nor production"),
        ({"physical": "Energie reactive"}, "not active energy"),
        ({"kind": "Index"}, "not a load curve"),
        ({"kind": "Energie quotidienne"}, "not a load curve"),
        ({"step": "7"}, "a step of '7' minutes"),
        ({"step": "-30"}, "a step of '-30' minutes"),
        ({"prm": ""}, "the meter's number is ''"),
        ({"prm": "1" * 65}, "the meter's number is"),
        ({"prm": "14\x0729"}, "the meter's number is"),
    ],
)
def test_read__bad_title__refused_on_its_line(tmp_path: Path, changes: dict[str, str], reason: str) -> None:
    found = refusal(tmp_path, enedis_curve(DAY, **changes))
    assert reason in found.reason
    assert found.line in (2, 4)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [(1, "ends before what the titles name"), (2, "ends before Horodate;Valeur"), (3, "holds no value")],
)
def test_read__file_cut_after_its_titles__refused(tmp_path: Path, lines: int, reason: str) -> None:
    content = b"".join(enedis_curve(DAY).splitlines(keepends=True)[:lines])
    assert reason in refusal(tmp_path, content).reason


def test_read__title_twice__refused(tmp_path: Path) -> None:
    content = enedis_curve(DAY).replace(b"Etape metier;", b"UNIT\xc3\x89;")
    assert "twice" in refusal(tmp_path, content).reason


def test_read__windows_1252__refused(tmp_path: Path) -> None:
    content = enedis_curve(DAY).decode("utf-8-sig").replace("Unite", "Unité").encode("cp1252")
    assert "not utf-8" in refusal(tmp_path, content).reason


def test_read__all_values_empty__refused(tmp_path: Path) -> None:
    assert "no value" in refusal(tmp_path, enedis_curve([(end, None) for end, _power in DAY])).reason


def test_read__single_line__refused_because_its_step_cannot_be_told(tmp_path: Path) -> None:
    assert "not one of its 1 steps is certain" in refusal(tmp_path, enedis_curve(DAY[:1])).reason


def test_read__endless_line__refused_before_it_is_read(tmp_path: Path) -> None:
    found = refusal(tmp_path, enedis_curve(DAY) + b"0" * 20_000)
    assert "a line of more than" in found.reason
    assert found.line == 52


# --- flagged ---------------------------------------------------------------------------------------


def test_read__step_changes_twice__outermost_hours_flagged(tmp_path: Path) -> None:
    """30 -> 60 -> 30 min, as in the real file: the first and the last hour may be half-hours after a loss."""
    day = day_curve(ORDINARY)
    hours = [(end, power) for end, power in day[16:40] if end % 3_600 == 0]
    parsed = read(tmp_path, enedis_curve([*day[:16], *hours, *day[40:]]))
    assert [row.minutes for row in parsed.rows] == [30] * 16 + [60] * 10 + [30] * 8
    assert (parsed.gaps.count, parsed.ambiguous.count) == (0, 2)
    assert "2026-06-01T07:00:00Z (line 20)" in parsed.ambiguous.first[0]
    assert "how long its step was cannot be told" in parsed.ambiguous.first[0]


def test_read__one_half_hour_missing__gap_and_no_longer_step(tmp_path: Path) -> None:
    parsed = read(tmp_path, enedis_curve([*DAY[:20], *DAY[21:]]))
    assert {row.minutes for row in parsed.rows} == {30}
    assert (len(parsed.rows), parsed.gaps.count, parsed.ambiguous.count) == (47, 1, 0)
    assert parsed.gaps.first == ("2026-06-01T08:00:00Z",)


def test_read__hours_in_a_file_of_half_hours__flagged(tmp_path: Path) -> None:
    hours = [(end, power) for end, power in DAY[16:] if end % 3_600 == 0]
    parsed = read(tmp_path, enedis_curve([*DAY[:16], *hours], step="30"))
    assert (len(parsed.rows), parsed.ambiguous.count) == (16, 16)


def test_read__last_line_without_an_end__flagged(tmp_path: Path) -> None:
    """194 may be the beginning of 1940: the file was perhaps not copied whole."""
    parsed = read(tmp_path, enedis_curve(DAY).rstrip())
    assert (len(parsed.rows), parsed.ambiguous.count) == (47, 1)
    assert "the file ends within its line" in parsed.ambiguous.first[0]


def test_read__lines_twice_and_equal__taken_once_and_told(tmp_path: Path) -> None:
    doubled = [step for step in DAY for _ in range(2)]
    for curve in (doubled, [*DAY, *DAY]):
        parsed = read(tmp_path, enedis_curve(curve))
        assert len(parsed.rows) == 48
        assert parsed.notices == ("some values are there twice and equal: taken once",)


def test_read__corrected_stage__estimated_and_told(tmp_path: Path) -> None:
    parsed = read(tmp_path, enedis_curve(DAY).replace(b"Comptage Brut", b"Comptage Corrige"))
    assert {row.exact for row in parsed.rows} == {False}
    assert "count as estimated" in parsed.notices[0]


# --- taken -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", [SPRING, ORDINARY, AUTUMN])
@pytest.mark.parametrize(
    ("business", "channel"), [("Consommation", Channel.CONSUMPTION), ("Production", Channel.PRODUCTION)]
)
def test_read__whole_day__rows_at_the_start_of_their_steps(
    tmp_path: Path, day: date, business: str, channel: Channel
) -> None:
    curve = day_curve(day)
    parsed = read(tmp_path, enedis_curve(curve, business=business))
    assert parsed.layout == "Enedis load curve"
    assert [(row.start, row.energy) for row in parsed.rows] == [
        (end - HALF_HOUR, (power or 0) * 500) for end, power in curve
    ]
    assert {(row.meter_id, row.channel, row.minutes, row.exact) for row in parsed.rows} == {(PRM, channel, 30, True)}
    assert (parsed.gaps.count, parsed.ambiguous.count, parsed.notices) == (0, 0, ())


def test_read__no_mark_accents_capitals_blank_line_swapped_columns__same_rows(tmp_path: Path) -> None:
    plain = read(tmp_path, enedis_curve(DAY))
    text = enedis_curve(DAY, bom=False).decode()
    text = (
        text.replace("Grandeur metier", "GRANDEUR MÉTIER")
        .replace("Unite", "  Unité ")
        .replace("Horodate", "\nHorodate")
    )
    assert read(tmp_path, text).rows == plain.rows
    head, table = enedis_curve(DAY).decode().split("Horodate;Valeur\n")
    swapped = [";".join(reversed(line.split(";"))) for line in table.splitlines()]
    assert read(tmp_path, "\n".join((head + "Valeur;Horodate", *swapped, ""))).rows == plain.rows


def test_read__windows_line_ends_and_trailing_separators__same_rows(tmp_path: Path) -> None:
    content = enedis_curve(DAY)
    assert read(tmp_path, content.replace(b"\n", b";\r\n")).rows == read(tmp_path, content).rows


def test_read__newest_first__same_rows(tmp_path: Path) -> None:
    assert read(tmp_path, enedis_curve(DAY[::-1])).rows == read(tmp_path, enedis_curve(DAY)).rows


def test_read__two_curves_in_one_file__both_directions(tmp_path: Path) -> None:
    both = enedis_curve(DAY) + enedis_curve(DAY, business="Production", bom=False)
    parsed = read(tmp_path, both)
    assert len(parsed.rows) == 96
    assert {row.channel for row in parsed.rows} == set(Channel)


@pytest.mark.parametrize(("unit", "energy"), [("kW", 2_500_000), ("Wh", 5_000), ("kWh", 5_000_000)])
def test_read__other_units__converted(tmp_path: Path, unit: str, energy: int) -> None:
    parsed = read(tmp_path, enedis_curve([(end, 5) for end, _power in DAY], unit=unit))
    assert {row.energy for row in parsed.rows} == {energy}


@given(st.lists(st.integers(0, 36_000_000), min_size=13, max_size=60), st.sampled_from([10, 15, 20, 30, 60]))
def test_read__any_powers_and_step__sum_exact_to_the_mwh(
    tmp_path_factory: pytest.TempPathFactory, powers: list[int], minutes: int
) -> None:
    start = unix("2026-06-01T00:00:00+00:00")
    curve = [(start + (number + 1) * minutes * 60, power) for number, power in enumerate(powers)]
    parsed = read(tmp_path_factory.mktemp("sums"), enedis_curve(curve))
    assert [row.minutes for row in parsed.rows] == [minutes] * len(powers)
    assert sum(row.energy for row in parsed.rows) == sum(powers) * minutes * 1_000 // 60
