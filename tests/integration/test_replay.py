"""Replaying files of readings from the command line: a small one made here, and a week of real homes."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from wattcommons.chain.contracts import Contracts
from wattcommons.chain.deployment import load_deployment
from wattcommons.chain.devnet import DevnetOptions, devnet
from wattcommons.chain.node import connect
from wattcommons.cli.main import build
from wattcommons.domain.intervals import IntervalLength, start_utc
from wattcommons.domain.local_time import local_month
from wattcommons.scenarios.replay import genesis_time
from wattcommons.services.audit.book import book
from wattcommons.services.gateway.csv_readings import read_readings

pytestmark = pytest.mark.integration

HEADER = "meter_id,interval_start_utc,interval_minutes,consumption_wh,production_wh"
START = datetime(2026, 3, 1, tzinfo=UTC)
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
FONTANA = DATA / "community-fontana" / "readings-2016-08-to-2017-01.csv.gz"
FONTANA_PRICES = DATA / "tariff" / "us-ca-fontana-tou-2016-2017-hourly.csv"

Row = tuple[str, datetime, int, int, int]


def rows(
    days: int, *, skip: Iterable[tuple[str, int]] = (), minutes: int = 30, start: datetime = START
) -> Iterator[Row]:
    """Four meters: a mill that runs all day, a roof by day, two flats. `skip`: (meter, interval) left out."""
    left_out = set(skip)
    for at in range(days * 24 * 60 // minutes):
        moment = start + timedelta(minutes=at * minutes)
        sun = 1_500 if 8 <= moment.hour < 16 else 0
        for meter, used, made in (
            ("mill", 100 + at % 7, 900),
            ("roof", 250, sun),
            ("flat-1", 300 + 13 * (at % 5), 0),
            ("flat-2", 700 - 11 * (at % 3), 0),
        ):
            if (meter, at) not in left_out:
                yield meter, moment, minutes, used, made


def write(path: Path, lines: Iterable[Row]) -> Path:
    text = [f"{meter},{when:%Y-%m-%dT%H:%M:%SZ},{step},{used},{made}" for meter, when, step, used, made in lines]
    path.write_text("\n".join([HEADER, *text]) + "\n", encoding="utf-8")
    return path


def watt(*arguments: object) -> Result:
    return CliRunner().invoke(build(), ["replay", *map(str, arguments)])


def replayed(tmp_path: Path, *arguments: object) -> dict[str, Any]:
    """The report of a replay that must succeed and audit clean."""
    out = tmp_path / "report.json"
    result = watt(*arguments, "--report", out)
    assert result.exit_code == 0, result.output + result.stderr
    report: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    assert report["audit"]["ok"]
    return report


# --------------------------------------------------------------------- mistakes


def test_replay__negative_energy__one_line_with_file_and_line(tmp_path: Path) -> None:
    path = write(tmp_path / "bad.csv", [("mill", START, 30, 100, 900), ("mill", START + timedelta(hours=1), 30, -1, 0)])
    result = watt(path)
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert f"{path}:3: consumption_wh is '-1', negative" in result.stderr


def test_replay__day_that_is_none__exits_2(tmp_path: Path) -> None:
    result = watt(write(tmp_path / "some.csv", rows(1)), "--from", "yesterday")
    assert result.exit_code == 2
    assert "--from: 'yesterday' is no day or moment" in result.stderr


def test_replay__addresses_of_a_chain_that_ends_with_it__exits_2(tmp_path: Path) -> None:
    result = watt(write(tmp_path / "some.csv", rows(1)), "--deployment", tmp_path / "deployment.json")
    assert result.exit_code == 2
    assert "--rpc" in result.stderr


def test_replay__on_a_named_chain__leaves_the_addresses_to_audit_it(tmp_path: Path) -> None:
    path, out = write(tmp_path / "some.csv", rows(1)), tmp_path / "deployment.json"
    with devnet(DevnetOptions(genesis_time=genesis_time(read_readings(path, IntervalLength.HALF_HOUR)))) as node:
        result = watt(path, "--rpc", node.http_url, "--deployment", out)
        assert result.exit_code == 0, result.output
        contracts = Contracts(connect(node.ipc_path), load_deployment(out))
        assert book(contracts).ok


def test_replay__report_in_no_folder__exits_2_before_any_work(tmp_path: Path) -> None:
    result = watt(write(tmp_path / "some.csv", rows(1)), "--report", tmp_path / "nowhere" / "report.json")
    assert result.exit_code == 2
    assert "--report" in result.stderr


def test_replay__coarser_than_the_community__exits_2_unless_split(tmp_path: Path) -> None:
    lines = [*rows(1), ("hall", START, 120, 1_001, 0)]
    community = tmp_path / "community.toml"
    community.write_text('[community]\nname = "Val"\n[market]\ninterval_minutes = 30\n', encoding="utf-8")
    path = write(tmp_path / "coarse.csv", lines)
    result = watt(path, "--community", community)
    assert result.exit_code == 2
    assert "a step of 120 min is coarser" in result.stderr
    report = replayed(tmp_path, path, "--community", community, "--split-coarse")
    hall = next(one for one in report["per_participant"] if one["meter_id"] == "hall")
    assert (hall["readings"], hall["consumption_wh"]) == (4, 1_001)


def test_replay__price_missing__exits_2(tmp_path: Path) -> None:
    prices = tmp_path / "prices.csv"
    prices.write_text("interval_start_utc,retail_price_per_kwh\n2026-03-01T00:00:00Z,0.20\n", encoding="utf-8")
    result = watt(write(tmp_path / "some.csv", rows(1)), "--tariff", prices)
    assert result.exit_code == 2
    assert "no price for the interval that starts at 2026-03-01T00:30:00Z" in result.stderr


def test_replay__meter_of_no_participant__exits_2(tmp_path: Path) -> None:
    community = tmp_path / "community.toml"
    community.write_text(
        '[community]\nname = "Val"\n[[participants]]\nmeter_id = "mill"\nexport_power_w = 9000\n', encoding="utf-8"
    )
    result = watt(write(tmp_path / "some.csv", rows(1)), "--community", community)
    assert result.exit_code == 2
    assert "is no participant of the community" in result.stderr


def test_replay__chain_of_today__exits_2_and_says_why(tmp_path: Path) -> None:
    path = write(tmp_path / "some.csv", rows(1, start=datetime(2016, 3, 1, tzinfo=UTC)))
    with devnet(DevnetOptions(genesis_time=int(START.timestamp()))) as node:
        result = watt(path, "--rpc", node.ipc_path)
    assert result.exit_code == 2
    assert "the chain's clock stands at" in result.stderr


def test_replay__used_chain__exits_2_and_says_why(tmp_path: Path) -> None:
    path = write(tmp_path / "some.csv", rows(1))
    with devnet(DevnetOptions(genesis_time=int(START.timestamp()) - 86_400)) as node:
        assert watt(path, "--rpc", node.ipc_path).exit_code == 0
        again = watt(path, "--rpc", node.ipc_path)
    assert again.exit_code == 2
    assert "the chain is in use" in again.stderr


# --------------------------------------------------------------------- two days


def test_replay__two_days__everything_adds_up(tmp_path: Path) -> None:
    report = replayed(tmp_path, write(tmp_path / "some.csv", rows(2)))
    energy, money = report["energy_wh"], report["money_neur"]
    assert (report["intervals"], report["participants"]) == (96, 4)
    assert report["readings"] == {"recorded": 384, "rejected": 0}
    assert energy["production"] == 96 * 900 + 32 * 1_500
    assert energy["production"] == energy["self_consumed"] + energy["local"] + energy["grid_export"]
    assert energy["consumption"] == energy["self_consumed"] + energy["local"] + energy["grid_import"]
    assert energy["local"] == sum(line["matched_wh"] for line in report["clearings"]) > 0
    assert money["local_paid"] == money["local_received"]
    assert money["local_paid"] == sum(
        line["matched_wh"] * line["price_micro_eur_per_kwh"] for line in report["clearings"]
    )
    assert money["grid_paid"] == energy["grid_import"] * 201_600
    assert money["grid_received"] == energy["grid_export"] * 40_000
    assert money["saved_vs_grid_only"] == energy["local"] * (201_600 - 40_000)
    certificates = report["certificates_wh"]
    assert certificates["issued"] == energy["production"]
    assert certificates["held"] == energy["grid_export"]
    assert certificates["issued"] == certificates["cancelled"] + certificates["held"]
    assert sum(one["saved_neur"] for one in report["per_participant"]) == money["saved_vs_grid_only"]
    assert all(one["saved_neur"] >= 0 for one in report["per_participant"])
    assert 0 < report["gas"]["per_certificate"] < 60_000
    assert [line["interval_start_utc"] for line in report["clearings"][:2]] == [
        "2026-03-01T00:00:00Z",
        "2026-03-01T00:30:00Z",
    ]


def test_replay__json__is_the_report_and_nothing_else(tmp_path: Path) -> None:
    path = write(tmp_path / "some.csv", rows(1))
    result = watt(path, "--json", "--to", "2026-03-01T06:00:00Z")
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["intervals"] == 12


def test_replay__table__fits_80_columns(tmp_path: Path) -> None:
    result = watt(write(tmp_path / "some.csv", rows(1)))
    assert result.exit_code == 0, result.stderr
    assert max(len(line.rstrip()) for line in result.stdout.splitlines()) <= 80
    assert "Assumed tariff" in result.stdout


def test_replay__gap__cleared_after_the_deadline_and_flagged(tmp_path: Path) -> None:
    path = write(tmp_path / "gap.csv", rows(2, skip=[("mill", 20), ("mill", 21), ("flat-1", 95)]))
    report = replayed(tmp_path, path)
    flagged = [at for at, line in enumerate(report["clearings"]) if line["somebody_left_out"]]
    # flat-1 leaves after its last reading, so only the mill's gap is one.
    assert flagged == [20, 21]
    assert report["intervals"] == 96


def test_replay__meters_of_different_years__each_for_its_time(tmp_path: Path) -> None:
    early = [row for row in rows(1) if row[0] in ("mill", "flat-1")]
    late = [row for row in rows(1, start=START + timedelta(days=400)) if row[0] in ("roof", "flat-2")]
    report = replayed(tmp_path, write(tmp_path / "years.csv", [*early, *late]))
    assert report["intervals"] == 96
    assert report["readings"]["recorded"] == 192
    assert not any(line["somebody_left_out"] for line in report["clearings"])


def test_replay__implausible_readings__refused_and_reported(tmp_path: Path) -> None:
    community = tmp_path / "community.toml"
    meters = "".join(
        f'[[participants]]\nmeter_id = "{meter}"\nimport_power_w = {power}\nexport_power_w = 9000\n'
        for meter, power in (("mill", 9_000), ("roof", 9_000), ("flat-1", 9_000), ("flat-2", 500))
    )
    community.write_text(f'[community]\nname = "Val"\n{meters}', encoding="utf-8")
    report = replayed(tmp_path, write(tmp_path / "some.csv", rows(1)), "--community", community)
    assert report["readings"] == {"recorded": 144, "rejected": 48}
    assert all(line["somebody_left_out"] for line in report["clearings"])


def test_replay__over_a_months_end__debts_are_paid_up(tmp_path: Path) -> None:
    start = start_utc(local_month(2026, 4, IntervalLength.HALF_HOUR).first, IntervalLength.HALF_HOUR)
    path = write(tmp_path / "month.csv", rows(3, start=start - timedelta(days=1, hours=12)))
    result = watt(path)
    assert result.exit_code == 0, result.stderr
    assert "of debts, through the treasurer" in result.stdout


# --------------------------------------------------------------------- real homes


@pytest.mark.skipif(not FONTANA.exists(), reason="the readings of the twelve homes are not here")
def test_replay__week_of_twelve_homes__audits_clean(tmp_path: Path) -> None:
    week = ("--from", "2016-08-08", "--to", "2016-08-15")
    report = replayed(tmp_path, FONTANA, *week, "--tariff", FONTANA_PRICES)
    assert (report["intervals"], report["participants"]) == (168, 12)
    assert report["readings"] == {"recorded": 2_016, "rejected": 0}
    with gzip.open(FONTANA, "rt", encoding="utf-8") as lines:
        fields = [line.rstrip().split(",") for line in lines if "2016-08-08" <= line.split(",")[1][:10] < "2016-08-15"]
    assert report["energy_wh"]["consumption"] == sum(int(one[3]) for one in fields)
    assert report["energy_wh"]["production"] == sum(int(one[4]) for one in fields)


def test_replay__interrupted__exits_130_and_leaves_no_half_report(tmp_path: Path) -> None:
    path, out = write(tmp_path / "some.csv", rows(20)), tmp_path / "report.json"
    command = [str(Path(sys.executable).with_name("watt")), "replay", str(path), "--report", str(out)]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    running = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert running.stdout is not None
    assert "Every meter" in running.stdout.readline()
    time.sleep(0.6)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 130, said
    assert said.startswith("watt: interrupted")
    assert list(tmp_path.iterdir()) == [path]
