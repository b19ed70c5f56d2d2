"""Daily indexes of Enedis: what is refused, and that a real file agrees with the load curve of the same meter."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from wattcommons.domain.channels import Channel
from wattcommons.domain.intervals import IntervalLength
from wattcommons.domain.reconciliation import Rules, Span, compare
from wattcommons.errors import InputError
from wattcommons.services.gateway.files.enedis_daily import DailyIndexes, is_daily_indexes, read_daily_indexes
from wattcommons.services.gateway.files.recognise import read_energy_file

pytestmark = pytest.mark.unit

DATA = Path(__file__).resolve().parents[5] / "shared" / "data" / "formats" / "enedis"
TITLES = "Identifiant PRM;Type de donnees;Grandeur physique;Grandeur metier;Etape metier;Unite"
ABOUT = "12345678901234;Index;Energie active;Consommation;Comptage Brut;Wh"
HEADER = "Horodate;Type de releve;EAS F1;EAS F2;EAS D1;EAS T"
FIRST = "2026-01-10T00:00:00+01:00;Arrêté quotidien;1;2;1000;1000"


def line(day: str, index: int | str) -> str:
    return f"{day};Arrêté quotidien;1;2;{index};{index}"


def read(tmp_path: Path, *lines: str, titles: str = TITLES, about: str = ABOUT, header: str = HEADER) -> DailyIndexes:
    path = tmp_path / "days.csv"
    path.write_text("\ufeff" + "\n".join([titles, about, header, *lines]) + "\n", encoding="utf-8")
    return read_daily_indexes(path)


def unix(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("2026-01-11T00:00:00;x;1;2;5;5", "the time is"),
        ("2026-01-11;x;1;2;5;5", "the time is"),
        (line("2026-01-11T00:00:00+01:00", "-5"), "the index is '-5'"),
        (line("2026-01-11T00:00:00+01:00", "1e3"), "the index is '1e3'"),
        (line("2026-01-10T00:00:00+01:00", 1_001), "two indexes for one moment"),
        ("2026-01-11T00:00:00+01:00;x;1", "the line ends before"),
    ],
)
def test_daily_indexes__bad_line__refused_with_its_number(tmp_path: Path, bad: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason) as caught:
        read(tmp_path, FIRST, bad)
    assert caught.value.line == 5


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"about": ABOUT.replace("Index", "Courbe de charge")}, "not indexes"),
        ({"about": ABOUT.replace(";Wh", ";kVA")}, "the unit is 'kVA'"),
        ({"about": ABOUT.replace("active", "reactive")}, "not active energy"),
        ({"header": "Horodate;Type de releve;EAS F1;EAS F2;EAS D1;EAS D2"}, "no line Horodate"),
    ],
)
def test_daily_indexes__another_file__refused(tmp_path: Path, changes: dict[str, str], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        read(tmp_path, FIRST, **changes)


def test_daily_indexes__a_single_index__refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no two indexes"):
        read(tmp_path, FIRST)


def test_daily_indexes__missing_day__one_difference_over_both(tmp_path: Path) -> None:
    found = read(tmp_path, FIRST, line("2026-01-12T00:00:00+01:00", 3_500))
    [span] = found.spans
    assert (span.start, span.end) == (unix("2026-01-10T00:00:00+01:00"), unix("2026-01-12T00:00:00+01:00"))
    assert span.energy == 2_500_000


def test_daily_indexes__empty_or_falling_index__nothing_is_said_of_the_time_before(tmp_path: Path) -> None:
    lines = [line(f"2026-01-{11 + at}T00:00:00+01:00", index) for at, index in enumerate(("", 1_200, 7, 20))]
    found = read(tmp_path, FIRST, *lines)
    assert [span.energy for span in found.spans] == [200_000, 13_000]
    assert found.falls == 1


def test_daily_indexes__kwh_and_production__by_their_words(tmp_path: Path) -> None:
    about = ABOUT.replace("Consommation", "Production").replace(";Wh", ";kWh")
    found = read(tmp_path, FIRST, line("2026-01-11T00:00:00+01:00", 1_002), about=about)
    assert found.channel is Channel.PRODUCTION
    assert found.spans[0].energy == 2_000_000


def test_daily_indexes__one_oclock_of_summer_time__is_midnight(tmp_path: Path) -> None:
    found = read(tmp_path, line("2026-07-01T01:00:00+02:00", 1), line("2026-07-02T01:00:00+02:00", 2))
    assert found.spans[0].start == unix("2026-07-01T00:00:00+02:00")
    assert found.spans[0].end == unix("2026-07-02T00:00:00+02:00")


def test_daily_indexes__load_curve__is_no_such_file(tmp_path: Path) -> None:
    path = tmp_path / "curve.csv"
    path.write_text(f"{TITLES}\n{ABOUT.replace('Index', 'Courbe de charge')}\nHoradate;Valeur\n", encoding="utf-8")
    assert not is_daily_indexes(path)


@pytest.mark.skipif(not DATA.exists(), reason="the data are not here")
def test_daily_indexes__real_file__agrees_with_the_load_curve_of_its_meter() -> None:
    [days], [curve] = list(DATA.glob("Enedis_Conso_Jour*.csv")), list(DATA.glob("Enedis_Conso_Heure*.csv.gz"))
    assert is_daily_indexes(days)
    assert not is_daily_indexes(curve)
    indexes, rows = read_daily_indexes(days), read_energy_file(curve).rows
    assert (len(indexes.spans), indexes.falls) == (197, 0)
    # In this period every step is a half-hour, whose whole watts make whole Wh but for a half.
    recorded = {row.start // 1_800: row.energy // 1_000 for row in rows if row.start >= indexes.spans[0].start}
    reference = [Span(one.start, one.end, one.energy, one.energy) for one in indexes.spans]
    found = compare(reference, recorded, IntervalLength.HALF_HOUR, Rules(tolerance_wh=40, tolerance=0))
    assert len(found.compared) == 197
    assert found.agrees
    planted = {
        at: wh * 9 // 10 if at >= unix("2024-05-02T00:00:00+02:00") // 1_800 else wh for at, wh in recorded.items()
    }
    since = compare(reference, planted, IntervalLength.HALF_HOUR, Rules()).since
    assert since is not None
    assert since.isoformat() == "2024-05-02"
