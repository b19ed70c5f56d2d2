"""What becomes of runs that are handed in: nothing of a stranger's is queued, nothing refused by guess."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.relay.doubles import LAST, NOW, WAITING, Scene, run, scene
from wattcommons.errors import NodeUnavailable, ReceiptTimeout, StoreFull
from wattcommons.services.delivery.fate import Fate, Refusal, RunFate
from wattcommons.services.relay.desk import Handed, entry_of

pytestmark = pytest.mark.unit


@pytest.fixture
def here(tmp_path: Path) -> Scene:
    return scene(tmp_path)


def test_take__signature_that_does_not_fit__the_ledgers_word_and_never_queued(here: Scene) -> None:
    forged, doubtful = run(1, key="stranger"), run(2, key="stranger")
    refused = RunFate(Fate.REFUSED, 9, Refusal.SIGNATURE_INVALID, 5)
    here.known.answers = {forged: False, doubtful: False}
    here.judge.fates[forged] = refused
    assert here.desk.take([forged, run(3), doubtful]) == Handed([refused, WAITING, WAITING], strange=2)
    assert here.judge.carried == [[forged, doubtful]]
    assert [one.signed for one in here.queue.due(10)] == [run(3)]


def test_take__ledger_has_nothing_to_say_on_a_stranger__waiting(here: Scene) -> None:
    here.known.answers = {run(): False}
    here.judge.error = ReceiptTimeout("0x1")
    assert here.desk.take([run()]).fates == [WAITING]


def test_take__not_ended__waiting_and_not_queued(here: Scene) -> None:
    assert here.desk.take([run(1, LAST + 1), run(1, LAST, 1, 2), run(1, 2**32 - 2)]).fates == [WAITING] * 3
    assert here.queue.counts().open == 0
    here.desk.now = lambda: NOW + 1_800
    assert here.desk.take([run(1, LAST + 1)]).fates == [WAITING]
    assert here.queue.counts().open == 1


def test_take__nobody_knows_a_key__the_others_are_queued_before_it_is_said(here: Scene) -> None:
    here.known.answers = {run(2): None}
    with pytest.raises(NodeUnavailable):
        here.desk.take([run(2), run(1)])
    assert [one.signed for one in here.queue.due(10)] == [run(1)]


def test_take__node_away_for_a_stranger__the_others_are_queued_before_it_is_said(here: Scene) -> None:
    here.known.answers = {run(2): False}
    here.judge.error = NodeUnavailable("away")
    with pytest.raises(NodeUnavailable):
        here.desk.take([run(2), run(1)])
    assert here.queue.counts().open == 1


def test_take__store_fails__said_and_nobody_is_told_waiting(here: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise StoreFull("full")

    monkeypatch.setattr(here.queue, "add", full)
    with pytest.raises(StoreFull):
        here.desk.take([run()])
    assert not here.desk.came.is_set()


def test_take__participants_places_taken__its_runs_wait_outside_and_others_come_in(tmp_path: Path) -> None:
    here = scene(tmp_path, most_each=2)
    runs = [run(1, LAST - at) for at in range(4)]
    assert here.desk.take([*runs, run(2)]).fates == [WAITING] * 5
    assert here.queue.counts().open == 3


def test_take__all_places_taken__the_next_waits_outside(tmp_path: Path) -> None:
    here = scene(tmp_path, most=1)
    assert here.desk.take([run(1), run(2)]).fates == [WAITING, WAITING]
    assert [one.signed for one in here.queue.due(10)] == [run(1)]


def test_take__participant_too_fast__its_new_runs_wait_outside_but_known_ones_are_told(tmp_path: Path) -> None:
    here = scene(tmp_path, places=2)
    runs = [run(1, LAST - at) for at in range(3)]
    here.desk.take(runs)
    assert [one.signed.run.first for one in here.queue.due(10)] == [LAST - 1, LAST]
    for _ in range(5):
        assert here.desk.take(runs[:2]).fates == [WAITING] * 2
    here.desk.take([run(2)])
    assert here.queue.counts().open == 3


def test_take__garbage_in_a_participants_name__costs_it_no_place(tmp_path: Path) -> None:
    here = scene(tmp_path, places=1)
    garbage = [run(1, LAST - at, key="stranger") for at in range(50)]
    here.known.answers = dict.fromkeys(garbage, False)
    here.desk.take(garbage)
    here.desk.take([run(1)])
    assert here.queue.counts().open == 1


def test_take__same_run_again__one_entry_and_its_fate(here: Scene) -> None:
    assert here.desk.take([run(), run()]).fates == [WAITING] * 2
    assert here.desk.came.is_set()
    assert here.queue.counts().open == 1
    fate = RunFate(Fate.CONFLICT, 7, conflicts=(LAST,))
    here.queue.settle([entry_of(run(), fate)], 1)
    here.known.answers = {run(): None}  # nobody is asked about what is known
    assert here.desk.take([run()]) == Handed([fate])
