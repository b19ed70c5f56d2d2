"""The indexer: what it refuses, where it stops, and that a crash at any point leaves nothing half done."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.index import ABOUT_THE_INDEX, caught_up, contents
from tests.support.paper_chain import DEPLOYMENT, PaperChain, said
from tests.support.paper_village import ACTS, PaperVillage
from wattcommons.errors import DeploymentError, FatalError, ReorganisedError, SettingsError, StoreError
from wattcommons.services.indexer import indexer as indexer_module
from wattcommons.services.indexer import opening, projector, rebuild
from wattcommons.services.indexer.indexer import Indexer
from wattcommons.services.indexer.status import index_status
from wattcommons.services.store import bulk, index_rows
from wattcommons.services.store.engine import Store, open_store

pytestmark = pytest.mark.unit


def lived(blocks: int = 60, depth: int = 0, seed: int = 3) -> PaperChain:
    """A chain with something of everything."""
    dice, village, chain = random.Random(seed), PaperVillage(), PaperChain(depth=depth)
    chain.mine(village.begin() + village.join(dice) + village.join(dice) + village.join(dice))
    for _ in range(blocks):
        chain.mine([event for act in dice.choices(ACTS, k=4) for event in getattr(village, act)(dice)])
    return chain


@pytest.fixture
def new_store(tmp_path: Path) -> Callable[[], Store]:
    made: list[Store] = []

    def make() -> Store:
        made.append(open_store(tmp_path / f"{len(made)}.db"))
        return made[-1]

    return make


NewStore = Callable[[], Store]


def test_open__another_deployment__refused(new_store: NewStore) -> None:
    store = new_store()
    caught_up(store, lived(3), DEPLOYMENT)
    for other in (replace(DEPLOYMENT, chain_id=5), replace(DEPLOYMENT, block=9)):
        with pytest.raises(DeploymentError, match="of another community"):
            Indexer(store, lived(3), other).open()
        with pytest.raises(DeploymentError, match="of another community"):
            rebuild.rebuild(store, other, "Europe/Paris")


def test_open__another_zone__asks_for_a_rebuild(new_store: NewStore) -> None:
    store = new_store()
    chain = lived()
    caught_up(store, chain, DEPLOYMENT)
    with pytest.raises(SettingsError, match="watt index rebuild") as caught:
        Indexer(store, chain, DEPLOYMENT, "Indian/Reunion").open()
    assert caught.value.setting == "zone"
    before = contents(store)
    rebuild.rebuild(store, DEPLOYMENT, "Indian/Reunion")
    Indexer(store, chain, DEPLOYMENT, "Indian/Reunion").open()
    after = contents(store)
    assert {name for name in before if before[name] != after[name]} <= {"days", "index_state"}
    assert index_status(store).zone == "Indian/Reunion"


def test_open__unknown_zone__refused(new_store: NewStore) -> None:
    with pytest.raises(SettingsError, match="Mars"):
        Indexer(new_store(), lived(1), DEPLOYMENT, "Mars/Olympus")


def test_open__newer_program__refused(new_store: NewStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store = new_store()
    caught_up(store, lived(3), DEPLOYMENT)
    monkeypatch.setattr(opening, "PROJECTIONS", 0)
    with pytest.raises(StoreError, match="newer version"):
        Indexer(store, lived(3), DEPLOYMENT).open()


def test_open__older_program__rebuilds(new_store: NewStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store = new_store()
    chain = lived()
    caught_up(store, chain, DEPLOYMENT)
    before = contents(store, ABOUT_THE_INDEX)
    for module in (opening, indexer_module, rebuild):
        monkeypatch.setattr(module, "PROJECTIONS", projector.PROJECTIONS + 1)
    caught_up(store, chain, DEPLOYMENT)
    assert contents(store, ABOUT_THE_INDEX) == before
    assert contents(store)["index_state"][0][2] == projector.PROJECTIONS + 1


def test_rebuild__no_index__says_what_to_run(new_store: NewStore) -> None:
    store = new_store()
    store.migrate()
    with pytest.raises(StoreError, match="watt index run"):
        rebuild.rebuild(store, DEPLOYMENT, "Europe/Paris")
    with pytest.raises(StoreError, match="watt index run"):
        index_status(store)


def test_step__final_block_replaced__stops_after_a_restart_too(new_store: NewStore) -> None:
    store = new_store()
    chain = lived(20, depth=3)
    indexer = caught_up(store, chain, DEPLOYMENT)
    before = contents(store)
    chain.drop(5)
    for _ in range(9):
        chain.mine([])
    with pytest.raises(ReorganisedError):
        indexer.step()
    again = Indexer(store, chain, DEPLOYMENT)
    again.open()
    with pytest.raises(ReorganisedError):
        again.step()
    assert contents(store) == before


def test_step__log_of_other_contracts__stops(new_store: NewStore) -> None:
    store = new_store()
    chain = lived(3)
    odd = replace(said("EnergyMarket.IntervalSettled", interval=1), topics=(b"\1" * 32,))
    chain.mine([odd])
    with pytest.raises(FatalError, match="of no known event"):
        caught_up(store, chain, DEPLOYMENT)


def test_step__another_indexer_wrote__notices_and_goes_on(new_store: NewStore) -> None:
    store = new_store()
    chain = lived(10)
    first, second = caught_up(store, chain, DEPLOYMENT), caught_up(store, chain, DEPLOYMENT)
    chain.mine([])
    second.step()
    chain.mine([])
    with pytest.raises(StoreError, match="another indexer"):
        first.step()
    while first.step():
        pass
    assert first.state.next_block == len(chain.blocks)


@pytest.mark.parametrize("depth", [0, 8])
def test_step__crash_at_any_write__same_tables_in_the_end(
    depth: int, new_store: NewStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain = lived(30, depth=depth)
    chain.stretch = 4
    monkeypatch.setattr(indexer_module, "_MOST_LOGS", 25)
    monkeypatch.setattr(indexer_module, "_MOST_BLOCKS", 3)
    whole = new_store()
    caught_up(whole, chain, DEPLOYMENT)
    fuse = Fuse()
    for name in ("insert_rows", "replace_rows", "delete_rows"):
        monkeypatch.setattr(index_rows, name, fuse(getattr(bulk, name)))
    for name in ("add_logs", "add_blocks", "write_state", "settle_blocks"):
        monkeypatch.setattr(indexer_module, name, fuse(getattr(indexer_module, name)))
    store = new_store()
    crashes = 0
    indexer = Indexer(store, chain, DEPLOYMENT)
    indexer.open()
    more, budget = True, 0
    while more:
        fuse.left = budget
        try:
            more, budget = indexer.step(), 0
        except Crash:
            crashes += 1
            budget += 4  # every transaction is broken off at one point after the other
            if crashes % 2:  # the same process goes on, or a new one does
                indexer = Indexer(store, chain, DEPLOYMENT)
                fuse.left = 10**9
                indexer.open()
    assert crashes > 30
    assert contents(store) == contents(whole)


class Crash(Exception):
    """Out of nowhere."""


class Fuse:
    """Lets so many calls through, then none."""

    left = 10**9

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def fused(*arguments: Any, **named: Any) -> Any:
            if self.left <= 0:
                raise Crash
            self.left -= 1
            return function(*arguments, **named)

        return fused


def test_status__of_an_index__what_is_in_it(new_store: NewStore) -> None:
    store = new_store()
    chain = lived(40, depth=5)
    caught_up(store, chain, DEPLOYMENT)
    found = index_status(store)
    rows = contents(store)
    assert found.block == len(chain.blocks) - 1
    assert found.final_block == found.block - 5
    assert found.at == chain.blocks[-1][0].timestamp
    assert (found.logs, found.readings) == (len(rows["raw_logs"]), len(rows["readings"]))
    assert found.readings > 0
    assert not found.outdated
