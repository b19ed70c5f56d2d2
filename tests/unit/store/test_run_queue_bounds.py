"""The relay's queue: bounded, fair, and the same run always the same entry."""

from __future__ import annotations

from pathlib import Path

import pytest

from wattcommons.domain.packing import SignedRun
from wattcommons.domain.readings import Quality, Reading, Run
from wattcommons.errors import StoreDamaged
from wattcommons.services.store.database import Database
from wattcommons.services.store.run_queue import QueuedRun, RunQueue

pytestmark = pytest.mark.unit


def run(participant: int, first: int = 10, wh: int = 1, signature: bytes = bytes(64)) -> SignedRun:
    reading = Reading(0, wh, Quality.MEASURED)  # type: ignore[arg-type]
    return SignedRun(Run(participant, first, (reading,)), signature)  # type: ignore[arg-type]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "relay.sqlite"


@pytest.fixture
def queue(file: Path) -> RunQueue:
    return RunQueue(file, most_each=3, most=5, kept_each=2)


def add(queue: RunQueue, *runs: SignedRun, at: int = 1_000) -> list[bool]:
    return queue.add(runs, "waiting", at)


def due(queue: RunQueue, limit: int = 100, skip: int = 0) -> list[tuple[int, int]]:
    return [(one.signed.run.participant, one.signed.run.first) for one in queue.due(limit, skip)]


def test_open__file_of_another_kind__refused(file: Path) -> None:
    Database(file, ["CREATE TABLE a (b)"], 1).close()
    with pytest.raises(StoreDamaged):
        RunQueue(file)


def test_add__participants_places_taken__its_own_runs_alone_are_turned_away(queue: RunQueue) -> None:
    assert add(queue, *(run(1, first) for first in range(4)), run(2)) == [True] * 3 + [False, True]


def test_add__all_places_taken__only_known_runs_are_still_there(queue: RunQueue) -> None:
    add(queue, *(run(participant) for participant in range(1, 6)))
    assert add(queue, run(6), run(3)) == [False, True]
    queue.settle([QueuedRun(run(1), "final", done=True)], 2_000)
    assert add(queue, run(6)) == [True]


def test_add__same_run_again__one_entry_as_it_was(queue: RunQueue) -> None:
    add(queue, run(1))
    queue.settle([QueuedRun(run(1), "recorded")], 2_000)
    assert add(queue, run(1), run(1), at=9_000) == [True] * 2
    counts = queue.counts()
    assert (counts.open, counts.oldest, counts.by_fate) == (1, 1_000, {"recorded": 1})


def test_add__other_signature_or_reading__entries_of_their_own(queue: RunQueue) -> None:
    add(queue, run(1), run(1, signature=bytes(63) + b"\x01"), run(1, wh=2))
    assert queue.counts().open == 3
    assert queue.find([run(1, wh=3)]) == [None]


def test_due__one_with_many__others_come_in_turn(queue: RunQueue) -> None:
    add(queue, run(1, 10), run(1, 11), run(1, 12))
    add(queue, run(2, 20), run(3, 30), at=2_000)
    assert due(queue) == [(1, 10), (2, 20), (3, 30), (1, 11), (1, 12)]
    assert due(queue, limit=2, skip=2) == [(3, 30), (1, 11)]
    assert due(queue, skip=5) == []


def test_settle__finished__told_as_it_was_and_due_no_more(queue: RunQueue) -> None:
    most = (1 << 256) - 1
    add(queue, run(1), run(2), run(3))
    told = [
        QueuedRun(run(1), "refused", done=True, block=7, reason=7, detail=most),
        QueuedRun(run(2), "conflict", done=True, block=8, conflicts=(10, 11)),
        QueuedRun(run(3), "recorded"),
    ]
    queue.settle(told, 5_000)
    assert queue.find([run(3), run(1), run(2)]) == [told[2], told[0], told[1]]
    assert due(queue) == [(3, 10)]


def test_open__again__everything_is_there(queue: RunQueue, file: Path) -> None:
    add(queue, run(1), run(2))
    queue.settle([QueuedRun(run(1), "final", done=True, block=3)], 2_000)
    queue.close()
    again = RunQueue(file)
    assert again.find([run(1)]) == [QueuedRun(run(1), "final", done=True, block=3)]
    assert [one.signed for one in again.due(10)] == [run(2)]


def test_purge__old_or_more_than_are_kept__forgotten_and_never_what_is_open(queue: RunQueue) -> None:
    for at in range(5):
        add(queue, run(1, at), run(2, at))
        queue.settle([QueuedRun(run(1, at), "final", done=True)], 1_000 * at)
        if at < 2:
            queue.settle([QueuedRun(run(2, at), "final", done=True)], 1_000 * at)
    assert queue.purge(1_000) == 4
    left = [[one is not None for one in queue.find([run(p, at) for at in range(5)])] for p in (1, 2)]
    assert left == [[False, False, False, True, True], [False, True, True, True, True]]
    assert queue.counts().open == 3


def test_counts__empty__nothing_is_old(queue: RunQueue) -> None:
    assert (queue.counts().open, queue.counts().oldest, queue.counts().by_fate) == (0, None, {})
