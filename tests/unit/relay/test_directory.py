"""Whose key a signature has to be: asked once, remembered for a while, a no never remembered."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.relay.doubles import DEPLOYMENT, LAST, Registry, run
from wattcommons.domain.packing import SignedRun
from wattcommons.services.relay import directory as module
from wattcommons.services.relay.directory import Directory

pytestmark = pytest.mark.unit
EVER = 2**32 - 1


class Moment:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Registry:
    found = Registry({(1, 0, EVER): "1", (2, 0, LAST): "2", (2, LAST, EVER): "new"})
    monkeypatch.setattr(module, "read_all", found.read_all)
    return found


@pytest.fixture
def moment() -> Moment:
    return Moment()


@pytest.fixture
def directory(registry: Registry, moment: Moment) -> Directory:
    contracts: Any = SimpleNamespace(deployment=DEPLOYMENT)
    return Directory(contracts, monotonic=moment)


def test_fits__forged_malformed_or_for_nobody__no(directory: Directory, registry: Registry) -> None:
    malformed = SignedRun(run().run, bytes(64))
    assert directory.fits([run(key="stranger"), malformed, run(9, key="1")]) == [False, False, False]
    assert (1, LAST) in registry.asked
    assert len(registry.asked) == 2  # what nobody can have signed is not asked about


def test_fits__key_changes__each_key_in_its_time(directory: Directory) -> None:
    runs = [run(2, LAST - 1), run(2, LAST - 1, key="new"), run(2, LAST), run(2, LAST, key="new")]
    assert directory.fits(runs) == [True, False, False, True]


def test_fits__known_key__not_asked_again_until_it_is_old(
    directory: Directory, registry: Registry, moment: Moment
) -> None:
    assert directory.fits([run(1, LAST - 5), run(1)]) == [True, True]
    asked = len(registry.asked)
    assert directory.fits([run(1, at) for at in range(LAST - 5, LAST + 1)]) == [True] * 6
    assert len(registry.asked) == asked
    moment.now += 61
    assert directory.fits([run(1)]) == [True]
    assert len(registry.asked) == asked + 1


def test_fits__key_enrolled_since_a_no__yes_at_once(directory: Directory, registry: Registry) -> None:
    assert directory.fits([run(1, key="late")]) == [False]
    registry.keys[(1, 0, EVER)] = "late"
    assert directory.fits([run(1, key="late"), run(1)]) == [True, False]


def test_fits__node_away__last_known_key_counts_and_unknown_is_not_guessed(
    directory: Directory, registry: Registry, moment: Moment
) -> None:
    assert directory.fits([run(1)]) == [True]
    registry.away = True
    moment.now += 10_000
    assert directory.fits([run(1), run(1, key="stranger"), run(2, key="new")]) == [True, False, None]


def test_fits__node_that_times_out__asked_again_only_after_a_while(
    directory: Directory, registry: Registry, moment: Moment
) -> None:
    def time_out() -> None:
        moment.now += 30

    registry.away, registry.pause = True, time_out
    assert directory.fits([run(1)]) == [None]
    assert directory.fits([run(1)]) == [None]
    assert len(registry.asked) == 1
    registry.away = False
    moment.now += 10
    assert directory.fits([run(1)]) == [True]


def test_fits__node_that_refuses_at_once__asked_again_at_once(directory: Directory, registry: Registry) -> None:
    registry.away = True
    assert directory.fits([run(1)]) == [None]
    registry.away = False
    assert directory.fits([run(1)]) == [True]


def test_fits__any_number_of_strangers__memory_is_bounded(
    directory: Directory, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_SIGNERS", 5)
    monkeypatch.setattr(module, "_KEPT", 3)
    registry.keys = {(who, 0, EVER): str(who) for who in range(1, 9)}
    for who in range(1, 9):
        directory.fits([run(who), run(who, key=f"stranger {who}")])
    assert len(directory._known) == 3
    assert len(directory._signatures._addresses) <= 5
