"""The audit of a real chain with all its parts: processes, samples, the commands, and the index beside the chain."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import update

from tests.support.devnet import GENESIS_TIME
from tests.support.eventful import Eventful, found, live
from tests.support.index import caught_up
from wattcommons.chain.block_logs import BlockLogs
from wattcommons.chain.devnet import DevnetOptions, devnet
from wattcommons.chain.node import connect
from wattcommons.services.audit import checks, signers
from wattcommons.services.audit.book import book
from wattcommons.services.audit.sampling import Sample
from wattcommons.services.store.engine import open_store
from wattcommons.services.store.index_tables import readings

pytestmark = pytest.mark.integration

WATT = str(Path(sys.executable).with_name("watt"))
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("WATT_")} | {"COLUMNS": "80"}


@dataclass(frozen=True)
class Place:
    """A community after its day; a folder with its deployment file and its index; the node's address."""

    day: Eventful
    folder: Path
    node: str

    def watt(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [WATT, *words, "--rpc", self.node]
        return subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, timeout=120, env=CLEAN, check=False
        )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("audited")
    with devnet(DevnetOptions(genesis_time=GENESIS_TIME)) as running:
        web3 = connect(running.ipc_path)
        day = found(web3)
        live(day)
        deployment = day.community.deployment
        deployment.save(folder / "deployment.json")
        with closing(open_store(folder / "watt.db")) as store:
            caught_up(store, BlockLogs(web3, deployment), deployment)
        yield Place(day, folder, running.http_url)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("audit", "book", "--seed", "3"), "--seed: is given without --sample"),
        (("audit", "book", "--html", "no/such/folder/report.html"), "its folder is not there"),
        (("audit", "index", "--store", "mysql://h/n"), "is no kind of store"),
    ],
)
def test_command__mistake__one_line_and_2(place: Place, words: tuple[str, ...], said: str) -> None:
    done = place.watt(*words)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert said in done.stderr


def test_audit_index__tampered_row__named_and_1(place: Place) -> None:
    with closing(open_store(place.folder / "tampered.db")) as store:
        deployment = place.day.community.deployment
        caught_up(store, BlockLogs(place.day.web3, deployment), deployment)
        with store.write() as connection:
            one = (readings.c.participant == 1, readings.c.interval == place.day.first)
            connection.execute(update(readings).where(*one).values(production_wh=9))
    done = place.watt("audit", "index", "--store", "tampered.db")
    assert done.returncode == 1
    assert "✗ readings" in done.stdout
    assert "production_wh is 9, the chain says" in done.stdout
    assert "The index does NOT say" in done.stdout


def test_audit_index__honest__every_row(place: Place) -> None:
    done = place.watt("audit", "index", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert report["ok"] is True
    assert {table["name"] for table in report["tables"]} >= {"raw_logs", "readings", "settlements", "consents"}


def test_book__processes__same_report(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signers, "GROUP_BYTES", 500)
    monkeypatch.setattr(signers, "START_BYTES", 0)
    contracts = place.day.community.contracts
    assert book(contracts, processes=2) == book(contracts, processes=1)


def test_book__eventful_day__every_event_explained(place: Place) -> None:
    report = book(place.day.community.contracts)
    assert report.ok, [str(entry) for entry in report.broken]
    assert {one.how for one in report.events} == {"recomputed", "noted"}
    assert {line.side for line in report.lines} == {"produced", "consumed"}
    assert "not settled yet" in {line.name for line in report.lines}  # one interval is settled in part


def test_book__sample__stated(place: Place) -> None:
    report = book(place.day.community.contracts, sample=Sample(5, 1))
    assert report.ok
    assert report.sample is not None
    assert (report.sample.checked, report.sample.bad) == (5, 0)
    assert report.check(checks.SIGNATURES).counted == 5


def test_audit_book__html_and_sample__written(place: Place) -> None:
    done = place.watt("audit", "book", "--html", "report.html", "--sample", "5", "--seed", "7", "--processes", "1")
    assert done.returncode == 0, done.stderr
    assert "What was produced" in done.stdout
    assert "Written: report.html" in done.stdout
    assert "drawn evenly by seed 7" in " ".join(done.stdout.split())
    page = (place.folder / "report.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 3
    assert "The book holds" in page


def test_audit_book__json__lines_days_and_events(place: Place) -> None:
    done = place.watt("audit", "book", "--json", "--processes", "2")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["ok"] is True
    assert sum(line["wh"] for line in report["lines"] if line["side"] == "produced") == sum(
        day["production_wh"] for day in report["days"]
    )
    assert all(kind["how"] != "unexplained" for kind in report["events"])
