"""What a scrape finds: the queue by fate, its age, and how the worker fares; each application has its own."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from tests.unit.relay.doubles import LAST, Ledger, run
from wattcommons.errors import StoreError
from wattcommons.services.delivery.fate import Fate, RunFate
from wattcommons.services.relay.metrics import RelayMetrics
from wattcommons.services.relay.worker import Worker
from wattcommons.services.store.run_queue import RunQueue

pytestmark = pytest.mark.unit


def scraped(metrics: RelayMetrics) -> dict[str, float]:
    lines = metrics.text().decode().splitlines()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if line[0] != "#")}


def test_text__queue_closed__store_error(tmp_path: Path) -> None:
    queue = RunQueue(tmp_path / "relay.sqlite")
    metrics = RelayMetrics(queue, Worker(queue, Ledger(), threading.Event(), lambda: (0, 0)))
    queue.close()
    with pytest.raises(StoreError):
        metrics.text()


def test_text__some_work_done__counted_by_what_became_of_it(tmp_path: Path) -> None:
    queue, ledger = RunQueue(tmp_path / "relay.sqlite"), Ledger()
    worker = Worker(queue, ledger, threading.Event(), lambda: (12, 34))
    metrics = RelayMetrics(queue, worker)
    assert scraped(RelayMetrics(queue, worker))["watt_relay_age_seconds"] == 0
    queue.add([run(1), run(1, LAST - 1), run(2)], "waiting", int((time.time() - 60) * 1_000))
    ledger.fates = {run(1): RunFate(Fate.FINAL, 3), run(2): RunFate(Fate.RECORDED)}
    worker.round()
    found = scraped(metrics)
    assert 59 < found.pop("watt_relay_age_seconds") < 90
    assert found == {
        'watt_relay_runs{fate="final"}': 1,
        'watt_relay_runs{fate="recorded"}': 1,
        'watt_relay_runs{fate="waiting"}': 1,
        "watt_relay_open": 2,
        'watt_relay_done_total{fate="final"}': 1,
        'watt_relay_batches_total{outcome="done"}': 1,
        'watt_relay_batches_total{outcome="failed"}': 0,
        "watt_relay_failing": 0,
        "watt_relay_block": 12,
        "watt_relay_block_time_seconds": 34,
    }


def test_text__round_fails__failing_until_one_works(tmp_path: Path) -> None:
    queue = RunQueue(tmp_path / "relay.sqlite")
    worker = Worker(queue, Ledger(), threading.Event(), lambda: (0, 0), failure="away")
    assert scraped(RelayMetrics(queue, worker))["watt_relay_failing"] == 1
    worker.round()
    assert scraped(RelayMetrics(queue, worker))["watt_relay_failing"] == 0
