"""A relay's queue: bounded, fair, known by the bytes, and there again after a start."""

from __future__ import annotations

from pathlib import Path

import pytest

from wattcommons.domain.packing import SignedRun
from wattcommons.domain.readings import Reading, Run
from wattcommons.domain.units import IntervalIndex, ParticipantIndex, Wh
from wattcommons.services.store.run_queue import QueuedRun, RunQueue

pytestmark = pytest.mark.unit


def run_of(participant: int, first: int, wh: int = 5) -> SignedRun:
    return SignedRun(Run(ParticipantIndex(participant), IntervalIndex(first), (Reading(Wh(wh), Wh(0)),)), bytes(64))


@pytest.fixture
def queue(tmp_path: Path) -> RunQueue:
    return RunQueue(tmp_path / "queue.sqlite", most_each=3, most=5)


def test_add__more_than_one_participant_may_have__refused_and_the_others_taken(queue: RunQueue) -> None:
    assert queue.add([run_of(1, at) for at in range(4)], "waiting", 1) == [True, True, True, False]
    assert queue.add([run_of(2, 0), run_of(3, 0), run_of(4, 0)], "waiting", 1) == [True, True, False]


def test_add__same_run_again__one_entry_as_it_was(queue: RunQueue) -> None:
    queue.add([run_of(1, 0)], "waiting", 1)
    queue.settle([QueuedRun(run_of(1, 0), "final", done=True, block=9)], 2)
    queue.add([run_of(1, 0)], "waiting", 3)
    [entry] = queue.find([run_of(1, 0)])
    assert entry == QueuedRun(run_of(1, 0), "final", done=True, block=9)
    assert queue.due(10) == []


def test_find__another_value_for_the_same_interval__another_run(queue: RunQueue) -> None:
    queue.add([run_of(1, 0, wh=5)], "waiting", 1)
    assert queue.find([run_of(1, 0, wh=6)]) == [None]


def test_due__one_participant_with_many__every_one_gets_a_turn(queue: RunQueue) -> None:
    queue.add([run_of(1, at) for at in range(3)], "waiting", 1)
    queue.add([run_of(2, 0), run_of(3, 0)], "waiting", 2)
    assert [entry.signed.run.participant for entry in queue.due(3)] == [1, 2, 3]


def test_settle__every_field__there_again_after_a_start(tmp_path: Path) -> None:
    path = tmp_path / "queue.sqlite"
    first = RunQueue(path)
    first.add([run_of(1, 7)], "waiting", 1)
    entry = QueuedRun(run_of(1, 7), "refused", done=True, block=3, reason=7, detail=2**250, conflicts=(7,))
    first.settle([entry], 2)
    first.close()
    assert RunQueue(path).find([run_of(1, 7)]) == [entry]


def test_purge__done_long_ago__forgotten_and_nothing_else(queue: RunQueue) -> None:
    queue.add([run_of(1, 0), run_of(1, 1)], "waiting", 1)
    queue.settle([QueuedRun(run_of(1, 0), "final", done=True)], 5)
    assert (queue.purge(5), queue.purge(6)) == (0, 1)
    counts = queue.counts()
    assert (counts.open, counts.oldest, counts.by_fate) == (1, 1, {"waiting": 1})
