"""`watt audit reconcile` on a chain that holds a real home's weeks: beside its own meter's files, and doctored ones."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from wattcommons.chain.devnet import DevnetOptions, devnet
from wattcommons.cli.main import build
from wattcommons.domain.intervals import IntervalLength
from wattcommons.scenarios.replay import genesis_time
from wattcommons.services.gateway.csv_readings import read_readings

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
HOMES = DATA / "homes" / "half-hourly-homes.csv.gz"
ENEDIS = DATA / "formats" / "enedis"
pytestmark = [pytest.mark.integration, pytest.mark.skipif(not DATA.exists(), reason="the data are not here")]

HEADER = "meter_id,interval_start_utc,interval_minutes,consumption_wh,production_wh"
# Paris midnights on both sides of the change to summer time.
FIRST, END = datetime(2024, 3, 26, 23, tzinfo=UTC), datetime(2024, 4, 6, 22, tzinfo=UTC)
HOME, ROOF = 1, 2
"""Participants, in the order of their meters' names."""
GAP = datetime(2024, 3, 28, 12, tzinfo=UTC)
Row = tuple[str, datetime, int, int]


@dataclass(frozen=True)
class Scene:
    """`rows`: what was recorded, meter, start, used and made Wh; the roof lacks one half-hour."""

    rpc: str
    deployment: Path
    rows: tuple[Row, ...]

    def run(self, *words: object) -> Result:
        where = ("--rpc", self.rpc, "--deployment", str(self.deployment))
        return CliRunner().invoke(build(), ["audit", "reconcile", *map(str, words), *where])

    def told(self, *words: object, code: int) -> dict[str, Any]:
        result = self.run(*words, "--json")
        assert result.exit_code == code, result.output + result.stderr
        found: dict[str, Any] = json.loads(result.stdout)
        assert found["ok"] is (code == 0)
        return found


def write(path: Path, rows: Iterable[Row]) -> Path:
    lines = [f"{meter},{start:%Y-%m-%dT%H:%M:%SZ},30,{used},{made}" for meter, start, used, made in rows]
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return path


def recorded() -> Iterator[Row]:
    with gzip.open(HOMES, "rt", encoding="utf-8") as text:
        for row in csv.DictReader(text):
            start = datetime.fromisoformat(row["interval_start_utc"])
            if row["meter_id"] == "fr-enedis-01" and FIRST <= start < END:
                assert row["interval_minutes"] == "30"
                yield "home", start, int(row["consumption_wh"]), int(row["production_wh"])
                if start != GAP:
                    yield "roof", start, 150, 1_200 if 8 <= start.hour < 16 else 0


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("reconcile")
    rows = tuple(recorded())
    path, deployment = write(folder / "recorded.csv", rows), folder / "deployment.json"
    with devnet(DevnetOptions(genesis_time=genesis_time(read_readings(path, IntervalLength.HALF_HOUR)))) as node:
        done = CliRunner().invoke(
            build(), ["replay", str(path), "--rpc", node.http_url, "--deployment", str(deployment)]
        )
        assert done.exit_code == 0, done.output
        yield Scene(node.http_url, deployment, rows)


@pytest.fixture
def daily() -> Path:
    [path] = ENEDIS.glob("Enedis_Conso_Jour*.csv")
    return path


def transformer(scene: Scene, path: Path, change: Callable[[datetime, int], int] = lambda _, wh: wh) -> Path:
    """A meter above both that counts 2 % more than they use less what they make, as far as both are known."""
    nets: dict[datetime, int] = {}
    for _, start, used, made in scene.rows:
        nets[start] = nets.get(start, 0) + used - made
    nets.pop(GAP)
    rows = []
    for start, net in sorted(nets.items()):
        metered = change(start, net + abs(net) * 2 // 100)
        rows.append(("transformer", start, max(0, metered), max(0, -metered)))
    return write(path, rows)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "whose meter '1429xxxxxxxxxx' is, is not said"),
        (("--participant", 1, "--sum", "1,2"), "exclude one another"),
        (("--sum", "1;2"), "is no list of participants"),
        (("--match", "other=1"), "the file has no meter 'other'"),
        (("--match", "1429xxxxxxxxxx"), "names no meter and participant"),
        (("--participant", 1, "--meter", "other"), "has no meter 'other'"),
        (("--participant", 1, "--loss", "3"), "is no band"),
        (("--participant", 1, "--loss", "4..3"), "no band of percentages"),
        (("--participant", 1, "--tolerance", "a lot"), "is no percentage"),
        (("--participant", 1, "--zone", "Europe/Nowhere"), "unknown"),
        (("--participant", 1, "--direction", "production"), "holds no production"),
        (("--participant", 1, "--from", "2025-01-01"), "nothing of the period"),
        (("--participant", 77), "nothing is recorded of participant 77"),
        (("--participant", 1, "--to", "2024-02-01"), "no day of the file is recorded whole"),
    ],
)
def test_reconcile__mistake__one_line_and_exit_2(
    scene: Scene, daily: Path, words: tuple[object, ...], said: str
) -> None:
    result = scene.run(daily, *words)
    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


def test_reconcile__no_file_of_energies__exit_2_with_its_name(scene: Scene, tmp_path: Path) -> None:
    path = tmp_path / "poem.txt"
    path.write_text("Sur le pont\n", encoding="utf-8")
    result = scene.run(path, "--participant", 1)
    assert result.exit_code == 2
    assert f"{path}: a layout that is not known" in result.stderr


def test_reconcile__daily_indexes_of_the_meter__agree_across_the_change_of_clocks(scene: Scene, daily: Path) -> None:
    [found] = scene.told(daily, "--participant", HOME, code=0)["outcomes"]
    assert found["days_compared"] == 11
    assert found["since"] is None
    assert abs(found["reference_wh"] - found["recorded_wh"]) < 11 * 30
    assert "2024-03-31" in [day["day"] for day in found["days"] if day["spans"]]


def test_reconcile__load_curve_of_the_meter__equal_to_the_wh(scene: Scene) -> None:
    [curve] = ENEDIS.glob("Enedis_Conso_Heure*.csv.gz")
    [found] = scene.told(curve, "--participant", HOME, "--tolerance", 0, "--tolerance-wh", 30, code=0)["outcomes"]
    assert found["days_compared"] == 11
    assert abs(found["reference_wh"] - found["recorded_wh"]) <= 48 * 11 // 2


def test_reconcile__planted_deviation__who_by_how_much_since_when(scene: Scene, tmp_path: Path) -> None:
    since = datetime(2024, 4, 1, 22, tzinfo=UTC)
    rows = [
        (
            "other meter" if meter == "home" else "2",
            start,
            used * 5 // 4 if meter == "home" and start >= since else used,
            made,
        )
        for meter, start, used, made in scene.rows
    ]
    path = write(tmp_path / "reference.csv", rows)
    found = scene.told(path, "--match", f"other meter={HOME}", "--match", f"2={ROOF}", code=1)["outcomes"]
    states = {(one["participants"][0], one["direction"]): one["since"] for one in found}
    assert states == {
        (HOME, "consumption"): "2024-04-02",
        (HOME, "production"): None,
        (ROOF, "consumption"): None,
        (ROOF, "production"): None,
    }
    [run] = next(one for one in found if one["since"])["deviations"]
    assert (run["days"], run["lasting"], run["goes_on"]) == (5, True, True)
    missing = sum(used // 4 for meter, start, used, _ in scene.rows if meter == "home" and start >= since)
    assert -missing < run["deviation_wh"] < -missing * 95 // 100

    shown = scene.run(path, "--match", f"other meter={HOME}", "--match", f"2={ROOF}")
    assert shown.exit_code == 1
    assert all(len(line) <= 80 for line in shown.stdout.splitlines())
    assert "since 2024-04-02, 5 days, goes on" in shown.stdout
    assert "1 of 4 compared deviate" in shown.stdout


def test_reconcile__transformer__within_the_stated_losses(scene: Scene, tmp_path: Path) -> None:
    path = transformer(scene, tmp_path / "transformer.csv")
    [found] = scene.told(path, "--sum", f"{HOME},{ROOF}", "--loss", "1..3", code=0)["outcomes"]
    assert (found["direction"], found["participants"]) == ("net", [HOME, ROOF])
    assert found["absent_intervals"] == {}
    scene.told(path, "--sum", f"{HOME},{ROOF}", "--loss", "4..6", code=1)


def test_reconcile__transformer__what_flows_past_the_participants_since_when(scene: Scene, tmp_path: Path) -> None:
    since = datetime(2024, 3, 30, 23, tzinfo=UTC)
    path = transformer(scene, tmp_path / "tapped.csv", lambda start, wh: wh + (120 if start >= since else 0))
    [found] = scene.told(path, "--sum", f"{HOME},{ROOF}", "--loss", "1..3", code=1)["outcomes"]
    assert found["since"] == "2024-03-31"
    assert all(run["deviation_wh"] < 0 for run in found["deviations"])


def test_reconcile__absent_interval__named_and_never_zero(scene: Scene, daily: Path, tmp_path: Path) -> None:
    rows = [
        ("2", start, 150, 1_200 if 8 <= start.hour < 16 else 0) for meter, start, *_ in scene.rows if meter == "home"
    ]
    whole_days = [row for row in rows if row[1] < END - timedelta(hours=1)]
    found = scene.told(write(tmp_path / "roof.csv", whole_days), code=0)["outcomes"]
    assert [one["absent_intervals"] for one in found] == [{str(ROOF): 1}, {str(ROOF): 1}]
    [day] = [day for day in found[1]["days"] if day["incomplete"]]
    assert (day["day"], day["incomplete"], day["spans"]) == ("2024-03-28", 1, 47)
