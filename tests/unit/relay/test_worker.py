"""The worker: everything unfinished is carried, and whatever fails is tried again later."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from tests.unit.relay.doubles import LAST, Ledger, run
from wattcommons.errors import NodeUnavailable, ReorganisedError, StoreDamaged, StoreFull
from wattcommons.services.delivery.fate import Fate, RunFate
from wattcommons.services.relay.worker import Worker
from wattcommons.services.store.run_queue import RunQueue

pytestmark = pytest.mark.unit
FINAL = RunFate(Fate.FINAL, 5)


@pytest.fixture
def queue(tmp_path: Path) -> RunQueue:
    return RunQueue(tmp_path / "relay.sqlite")


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def worker(queue: RunQueue, ledger: Ledger) -> Worker:
    return Worker(queue, ledger, threading.Event(), lambda: (12, 34), poll_s=0.01, clock=lambda: 1_000.0)


def add(queue: RunQueue, count: int, participant: int = 1) -> list[object]:
    runs = [run(participant, LAST - at) for at in range(count)]
    queue.add(runs, "waiting", 1)
    return list(runs)


def test_round__carrier_has_nothing_to_say__nothing_changes(queue: RunQueue, ledger: Ledger, worker: Worker) -> None:
    add(queue, 2)
    ledger.error = NodeUnavailable("away")
    with pytest.raises(NodeUnavailable):
        worker.round()
    assert queue.counts().by_fate == {"waiting": 2}


def test_run__failures__waited_out_and_told_until_a_round_works(
    queue: RunQueue, ledger: Ledger, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(queue, 1)
    ledger.error = NodeUnavailable("away")
    stop = threading.Event()
    told: list[str] = []

    def wait(_: float) -> bool:
        told.append(worker.failure)
        if len(told) == 1:
            ledger.error = StoreFull("full")
        elif len(told) == 2:
            ledger.error, ledger.fates = None, {run(): FINAL}
        else:
            stop.set()
            return True
        return False

    monkeypatch.setattr(stop, "wait", wait)
    monkeypatch.setattr(worker.came, "wait", lambda _: True)
    worker.run(stop)
    assert told == ["away", "full", ""]
    assert (worker.failures, worker.fates) == (2, {"final": 1})


@pytest.mark.parametrize("error", [StoreDamaged("damaged"), ReorganisedError("gone"), sqlite3.Error("a defect")])
def test_run__what_needs_a_person__ends_it(queue: RunQueue, ledger: Ledger, worker: Worker, error: Exception) -> None:
    add(queue, 1)
    ledger.error = error
    with pytest.raises(type(error)):
        worker.run(threading.Event())


def test_run__stopped_while_idle__returns_at_once(worker: Worker) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()
    stop.set()
    worker.came.set()
    thread.join(5)
    assert not thread.is_alive()


def test_round__more_than_one_page__all_are_carried(queue: RunQueue, ledger: Ledger, worker: Worker) -> None:
    worker.most = 3
    runs = add(queue, 8) + add(queue, 1, participant=2)
    assert worker.round() is True
    assert sorted(len(one) for one in ledger.carried) == [3, 3, 3]
    assert {one for part in ledger.carried for one in part} == set(runs)
    assert worker.head == (12, 34)


def test_round__fates__kept_and_counted_once(queue: RunQueue, ledger: Ledger, worker: Worker) -> None:
    add(queue, 3)
    ledger.fates = {run(): FINAL, run(1, LAST - 1): RunFate(Fate.RECORDED)}
    assert worker.round() is True
    assert worker.round() is True
    assert queue.counts().by_fate == {"final": 1, "recorded": 1, "waiting": 1}
    assert (worker.fates, worker.batches) == ({"final": 1}, 2)
    ledger.fates |= {run(1, LAST - 1): FINAL, run(1, LAST - 2): FINAL}
    assert worker.round() is False
    assert worker.round() is False
    assert len(ledger.carried) == 3


def test_round__finished_long_ago__forgotten(queue: RunQueue, ledger: Ledger, worker: Worker) -> None:
    add(queue, 1)
    ledger.fates = {run(): FINAL}
    worker.round()
    worker.clock = lambda: 1_000.0 + worker.retention_s + 3_601
    worker.round()
    assert queue.find([run()]) == [None]
