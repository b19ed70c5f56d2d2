"""The real files: their energies, to the Wh, against what else is known of them."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.support.energy_files import unix
from wattcommons.services.gateway.files.recognise import read_energy_file

pytestmark = pytest.mark.unit

PARIS = ZoneInfo("Europe/Paris")
CURVE = "formats/enedis/Enedis_Conso_Heure_20221024-20240725_1429xxxxxxxxxx.csv.gz"
INDEX = "formats/enedis/Enedis_Conso_Jour_20240109-20240725_1429xxxxxxxxxx.csv"


@pytest.fixture(scope="module")
def data() -> Path:
    folder = Path(__file__).resolve().parents[4].parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the shared meter data is not here")
    return folder


def index_labels(path: Path) -> list[tuple[datetime, int]]:
    """(label, total index in Wh) of each day of the index file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        table = csv.reader(file, delimiter=";")
        header = next(row for row in table if row and row[0] == "Horodate")
        total = header.index("EAS T")
        rows = [row for row in table if re.match(r"[0-9]{4}-", row[0] if row else "")]
        return [(datetime.fromisoformat(row[0]), int(row[total])) for row in rows]


def test_enedis_curve__daily_sums__equal_the_index_to_the_wh(data: Path) -> None:
    """All 197 days agree exactly, once a day is what it is to Enedis: from local midnight to local midnight.

    In summer the index file labels its values 01:00+02:00. They were not taken then: read as local midnight they
    agree to the Wh on every day, the one of 46 half-hours included; read as 01:00 no day but one does.
    """
    energy = {row.start: row.energy for row in read_energy_file(data / CURVE).rows}
    days = index_labels(data / INDEX)
    differences: Counter[str] = Counter()
    lengths: Counter[int] = Counter()
    for (label, before), (next_label, after) in pairwise(days):
        since, until = (
            int(datetime(*moment.timetuple()[:3], tzinfo=PARIS).timestamp()) for moment in (label, next_label)
        )
        steps = range(since, until, 1_800)
        lengths[len(steps)] += 1
        differences["midnight"] += sum(energy[start] for start in steps) != (after - before) * 1_000
        literal = range(int(label.timestamp()), int(next_label.timestamp()), 1_800)
        if label.utcoffset() == next_label.utcoffset() and "+02:00" in label.isoformat() and literal[-1] in energy:
            summed = sum(energy.get(start, 0) for start in literal)
            differences["literal summer"] += summed != (after - before) * 1_000
            differences["summer days"] += 1
    assert differences["midnight"] == 0
    assert lengths == {48: 196, 46: 1}
    assert (differences["summer days"], differences["literal summer"]) == (114, 113)


def test_enedis_curve__changes_and_gaps__flagged_as_they_are(data: Path) -> None:
    parsed = read_energy_file(data / CURVE)
    assert Counter(row.minutes for row in parsed.rows) == {30: 24_660, 60: 3_003}
    assert parsed.ambiguous.count == 2
    assert parsed.ambiguous.first[0].startswith("2022-11-12T08:00:00Z (line 934)")
    assert parsed.ambiguous.first[1].startswith("2023-03-18T13:00:00Z (line 3939)")
    assert parsed.gaps.count == 25
    assert parsed.gaps.first[:2] == ("2023-01-10T22:00:00Z", "2023-01-10T23:00:00Z")
    assert parsed.notices == ()


def test_enedis_curve__with_what_was_left_out__adds_up_to_all_its_lines(data: Path) -> None:
    """Mean W over half-hours are even, so that not even a half Wh is cut anywhere."""
    parsed = read_energy_file(data / CURVE)
    assert all(row.energy % 1_000 == 0 for row in parsed.rows)
    spring, autumn = unix("2024-03-31T01:00:00+01:00"), unix("2023-10-29T00:00:00+02:00")
    starts = {row.start for row in parsed.rows}
    assert {spring + number * 1_800 for number in range(8)} <= starts
    assert {autumn + number * 1_800 for number in range(50)} <= starts


def test_enedis_index__brought_as_a_curve__refused_by_its_kind(data: Path) -> None:
    with pytest.raises(Exception, match="holds 'Index', not a load curve"):
        read_energy_file(data / INDEX)


def test_green_button__feed__every_value(data: Path) -> None:
    path = data / "formats/greenbutton/openespi-test_usage_data_1.xml"
    values = re.findall(r"</timePeriod>\s*<value>(\d+)</value>", path.read_text(encoding="utf-8"))
    parsed = read_energy_file(path)
    assert [row.energy for row in parsed.rows] == [int(value) * 1_000 for value in values]
    assert (parsed.meters, parsed.gaps.count) == (("5446AF3F",), 0)
    assert (parsed.rows[0].start, parsed.rows[-1].start, parsed.rows[0].minutes) == (1_330_578_000, 1_331_009_100, 15)
    assert [row.exact for row in parsed.rows] == [False, False, *[True] * 478]


@pytest.mark.parametrize(
    ("name", "rows", "gaps"),
    [
        ("homes/half-hourly-homes.csv.gz", 2 * 58_407, 415),
        ("community-fontana/readings-2016-08-to-2017-01.csv.gz", 105_768, 24),
    ],
)
def test_community_csv__whole_files__every_line_in_both_directions(data: Path, name: str, rows: int, gaps: int) -> None:
    parsed = read_energy_file(data / name)
    assert (len(parsed.rows), parsed.gaps.count) == (rows, gaps)
