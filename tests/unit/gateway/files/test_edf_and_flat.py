"""The export of EDF and the flat layout of Enedis, beyond what all local-time layouts share."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.support.energy_files import AUTUMN, ORDINARY, PRM, day_curve, edf, enedis_flat
from wattcommons.domain.channels import Channel
from wattcommons.errors import InputError
from wattcommons.services.gateway.files.parsed import ParsedFile
from wattcommons.services.gateway.files.recognise import read_energy_file

pytestmark = pytest.mark.unit

DAY = day_curve(ORDINARY)


def read(tmp_path: Path, content: bytes, **hints: str) -> ParsedFile:
    path = tmp_path / "export.csv"
    path.write_bytes(content)
    return read_energy_file(path, **hints)


def refusal(tmp_path: Path, content: bytes) -> InputError:
    with pytest.raises(InputError) as caught:
        read(tmp_path, content)
    assert caught.value.hint
    return caught.value


def in_cp1252(text: str) -> bytes:
    return text.encode("cp1252")


# --- EDF -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "reason", "line"),
    [
        ("23:30:00;192", "23:30:00;-192", "negative", 6),
        ("23:30:00;192", "23:30:00;x", "not a number", 6),
        ("23:30:00;192", "23:30:00;36000001", "more than 36 MW", 6),
        ("23:30:00;192;Réelle", "23:30:00;192", "the line ends before", 6),
        ("23:30:00;192", "192;23:30:00", "the time is", 6),
        ("23:30:00", "24:00:00", "the time is", 6),
        ("23:30:00", "23:30", "the time is", 6),
        ("23:30:00", "00:00:00", "another value than in line 5", 6),
        ("12:30:00", "00:00:00", "not on top of its day", 28),
        ("12:30:00", "12:00:00", "another value than in line 28", 29),
        ("01/06/2026;;", "", "a time before any day", 5),
        ("01/06/2026", "31/06/2026", "there is no day 31/06/2026", 4),
        ("01/06/2026", "01/06/0026", "a day in the year 26", 4),
        ("Puissance atteinte (W)", "Puissance atteinte (VA)", "the unit is 'va'", 3),
        ("Puissance atteinte (W)", "Energie (Wh)", "no column 'Puissance atteinte (W)'", 3),
    ],
)
def test_edf__bad_content__refused_with_its_line(tmp_path: Path, old: str, new: str, reason: str, line: int) -> None:
    text = edf(DAY).decode("cp1252")
    assert old in text
    found = refusal(tmp_path, in_cp1252(text.replace(old, new, 1)))
    assert reason in found.reason
    assert found.line == line


def test_edf__older_day_first__refused(tmp_path: Path) -> None:
    content = edf(DAY) + b"02/06/2026;;\r\n00:00:00;1;R\xe9elle\r\n"
    assert "stands below an older day" in refusal(tmp_path, content).reason


def test_edf__no_value__refused(tmp_path: Path) -> None:
    assert "no value" in refusal(tmp_path, b"\r\n".join(edf(DAY).splitlines()[:4])).reason


def test_edf__line_off_the_half_hours__its_half_hour_flagged(tmp_path: Path) -> None:
    """Seen in exports: 12:14:10 between 12:00:00 and 12:30:00, after a cut of power."""
    text = edf(DAY).decode("cp1252").replace("12:00:00;", "12:14:10;148;Réelle\r\n12:00:00;")
    parsed = read(tmp_path, in_cp1252(text))
    assert (len(parsed.rows), parsed.ambiguous.count, parsed.gaps.count) == (47, 2, 0)
    assert "2026-06-01 12:14:10" in parsed.ambiguous.first[0]
    assert "2026-06-01 12:30:00" in parsed.ambiguous.first[1]


@pytest.mark.parametrize("day", [ORDINARY, AUTUMN])
def test_edf__every_line_twice__taken_once(tmp_path: Path, day: date) -> None:
    """Seen in exports; on the autumn day the doubled lines must not pass for the doubled hour."""
    curve = day_curve(day)
    lines = edf(curve).decode("cp1252").splitlines()
    doubled = "\r\n".join(line for line in lines for _ in range(1 + line.endswith("elle")))
    parsed = read(tmp_path, in_cp1252(doubled))
    assert len(parsed.rows) == len(curve)
    assert "taken once" in parsed.notices[1]


def test_edf__hours_instead_of_half_hours__flagged(tmp_path: Path) -> None:
    hours = [step for step in day_curve(ORDINARY) if step[0] % 3_600 == 0]
    parsed = read(tmp_path, edf([*DAY[:14], *[step for step in hours if step[0] > DAY[13][0]]]))
    assert {row.minutes for row in parsed.rows} == {30}
    assert (len(parsed.rows), parsed.ambiguous.count) == (14, 17)


def test_edf__estimated_values__not_exact(tmp_path: Path) -> None:
    parsed = read(tmp_path, edf(DAY, nature="Estimée"))
    assert {row.exact for row in parsed.rows} == {False}
    assert "count as estimated" in parsed.notices[0]


def test_edf__no_meter_named__said_or_taken_from_the_hint(tmp_path: Path) -> None:
    parsed = read(tmp_path, edf(DAY))
    assert (parsed.meters, parsed.notices) == (("",), ("the file names no meter",))
    hinted = read(tmp_path, edf(DAY), meter_id="kitchen")
    assert (hinted.meters, hinted.notices) == (("kitchen",), ())


def test_edf__saved_again_as_utf_8__same_rows(tmp_path: Path) -> None:
    assert read(tmp_path, edf(DAY, encoding="utf-8-sig")).rows == read(tmp_path, edf(DAY)).rows


def test_edf__kilowatts__converted(tmp_path: Path) -> None:
    assert {row.energy for row in read(tmp_path, edf([(end, 2) for end, _ in DAY], unit="kW")).rows} == {1_000_000}


# --- the flat layout ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "reason", "line"),
    [
        ("23:30:00;192;", "23:30:00;-192;", "negative", 48),
        ("23:30:00;192;", "23:30:00;36000001;", "more than 36 MW", 48),
        ("23:30:00;192;B;PT30M;0;0", "23:30:00", "the line ends before", 48),
        ("23:30:00;192;B;PT30M", "23:30:00;192;B;P1D", "the step is 'P1D'", 48),
        ("23:00:00;190;B;PT30M", "23:00:00;190;B;PT60M", "begins before that of line 46 ends", 47),
        ("23:30:00;192;B;PT30M", "23:30:00;192;B;", "no step, as other lines have", 48),
        ("W;2026-06-01 23:30:00", "VA;2026-06-01 23:30:00", "the unit is 'VA'", 48),
        ("W;2026-06-01 23:30:00", "kW;2026-06-01 23:30:00", "above it is another", 48),
        ("CONS;BRUT;W;2026-06-01 23:30:00", "X;BRUT;W;2026-06-01 23:30:00", "neither consumption", 48),
        ("01 23:30:00", "01 23:00:00", "another value than in line 47", 48),
        ("01 23:30:00", "01 23.30", "the time is", 48),
        ("Grandeur physique;", "", "no column 'grandeur physique'", 1),
        ("Date de fin", "Date de début", "twice", 1),
    ],
)
def test_flat__bad_content__refused_with_its_line(tmp_path: Path, old: str, new: str, reason: str, line: int) -> None:
    text = enedis_flat(DAY).decode()
    assert old in text
    found = refusal(tmp_path, text.replace(old, new, 1).encode())
    assert reason in found.reason
    assert found.line == line


def test_flat__windows_1252__refused(tmp_path: Path) -> None:
    assert "not utf-8" in refusal(tmp_path, in_cp1252(enedis_flat(DAY).decode())).reason


def test_flat__only_reactive_power__refused(tmp_path: Path) -> None:
    assert "no value" in refusal(tmp_path, enedis_flat(DAY).replace(b";PA;", b";PRI;")).reason


def test_flat__step_off_the_grid__flagged_with_what_it_reaches_into(tmp_path: Path) -> None:
    parsed = read(tmp_path, enedis_flat(DAY).replace(b"01 12:00:00", b"01 12:14:10"))
    assert (len(parsed.rows), parsed.ambiguous.count) == (46, 2)


def test_flat__no_column_for_the_step__told_by_distance(tmp_path: Path) -> None:
    content = enedis_flat(DAY).replace(b";Nature;Pas;", b";Nature;Autre;")
    assert read(tmp_path, content).rows == read(tmp_path, enedis_flat(DAY)).rows


def test_flat__step_of_an_hour__hour(tmp_path: Path) -> None:
    for day, hours in ((ORDINARY, 24), (AUTUMN, 25)):
        parsed = read(tmp_path, enedis_flat(day_curve(day, 3_600), step="PT1H"))
        assert [row.minutes for row in parsed.rows] == [60] * hours


def test_flat__several_meters_and_directions__kept_apart(tmp_path: Path) -> None:
    lines = enedis_flat(DAY).decode().splitlines()
    other = [line.replace(PRM, "2" * 14) for line in lines[1:]]
    made = [line.replace("CONS", "PROD") for line in lines[1:]]
    mixed = [line for three in zip(lines[1:], other, made, strict=True) for line in three]
    parsed = read(tmp_path, "\n".join((lines[0], *mixed, "")).encode())
    assert parsed.meters == (PRM, "2" * 14)
    assert len(parsed.rows) == 144
    made_mwh = sum(row.energy for row in parsed.rows if row.channel is Channel.PRODUCTION)
    assert made_mwh == sum(power or 0 for _end, power in DAY) * 500


@pytest.mark.parametrize(
    ("old", "new"), [("192;B;PT30M;0;0", "192;E;PT30M;0;0"), ("192;B;PT30M;0;0", "192;B;PT30M;1;0")]
)
def test_flat__estimated_or_implausible__not_exact(tmp_path: Path, old: str, new: str) -> None:
    parsed = read(tmp_path, enedis_flat(DAY).replace(old.encode(), new.encode()))
    assert [row.exact for row in parsed.rows] == [True] * 46 + [False, True]
    assert "count as estimated" in parsed.notices[0]


def test_flat__other_quantities_beside__left_out_and_told(tmp_path: Path) -> None:
    lines = enedis_flat(DAY).decode().splitlines()
    reactive = [line.replace(";PA;", ";PRI;").replace(";W;", ";VAr;") for line in lines[1:]]
    parsed = read(tmp_path, "\n".join((*lines, *reactive, "")).encode())
    assert (len(parsed.rows), parsed.notices) == (48, ("'PRI' is not active energy and is left out",))
