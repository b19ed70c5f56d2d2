"""SQLite and PostgreSQL: the same tables made by the migrations, the same rows, and nothing lost by a kill."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.support.index import ABOUT_THE_INDEX, caught_up, contents
from tests.support.paper_chain import DEPLOYMENT, PaperChain
from tests.support.paper_village import ACTS, PaperVillage
from tests.support.postgres import Postgres
from wattcommons.errors import StoreError
from wattcommons.services.indexer.rebuild import rebuild
from wattcommons.services.store.engine import Store, open_store
from wattcommons.services.store.schema import drift

pytestmark = pytest.mark.integration

TESTS = Path(__file__).resolve().parents[2]
NewStore = Callable[[], Store]


def test_open__no_access__says_so_without_the_password(server: Postgres) -> None:
    url = server.database()
    for wrong, why in (
        (url.replace("for-tests", "guessed"), "authentication failed"),
        (f"{url}_none", "does not exist"),
        (url.replace(str(server.port), "1"), "does not answer"),
    ):
        with pytest.raises(StoreError, match=why) as caught:
            open_store(wrong)
        assert "guessed" not in str(caught.value)
        assert "for-tests" not in str(caught.value)


def test_read__write_in_it__refused(server: Postgres) -> None:
    store = open_store(server.database())
    store.migrate()
    with pytest.raises(StoreError, match="read-only transaction"), store.read() as connection:
        connection.execute(text("INSERT INTO sign_in_nonces VALUES ('a', 1)"))
    with pytest.raises(StoreError) as caught, store.write() as connection:
        connection.execute(text("INSERT INTO sign_in_nonces VALUES ('hunter2', 1), ('hunter2', 2)"))
    assert "hunter2" not in str(caught.value)
    store.close()


def test_migrate__from_empty__tables_are_those_described(new_store: NewStore) -> None:
    store = new_store()
    store.migrate()
    store.migrate()
    store.require_current()
    with store.read() as connection:
        assert drift(connection) == [], "describe it in a migration: scripts/new_migration.py"


def story(depth: int) -> PaperChain:
    dice, village, chain = random.Random(11), PaperVillage(), PaperChain(depth=depth)
    chain.mine(village.begin() + village.join(dice) + village.join(dice))
    for _ in range(50):
        chain.mine([event for act in dice.choices(ACTS, k=5) for event in getattr(village, act)(dice)])
    return chain


def test_index__blocks_replaced__same_on_both(new_store: NewStore, tmp_path: Path) -> None:
    chain = story(depth=12)
    store, scratch = new_store(), open_store(tmp_path / "scratch.db")
    caught_up(store, chain, DEPLOYMENT)
    gone = chain.blocks[-9:]
    chain.drop(9)
    for _, logs in gone[:4]:  # some of what was there comes again in other blocks
        chain.mine([])
        chain.blocks[-1] = (chain.blocks[-1][0], [])
        assert logs is not None
    chain.mine([])
    for _ in range(9):
        chain.mine([])
    caught_up(store, chain, DEPLOYMENT)
    caught_up(scratch, chain, DEPLOYMENT)
    assert contents(store) == contents(scratch)
    rebuild(store, DEPLOYMENT, "Europe/Paris")
    assert contents(store, ABOUT_THE_INDEX) == contents(scratch, ABOUT_THE_INDEX)
    scratch.close()


def test_rebuild__reader_meanwhile__sees_the_old_rows_whole(new_store: NewStore) -> None:
    store = new_store()
    caught_up(store, story(depth=0), DEPLOYMENT)
    counted = text("SELECT (SELECT COUNT(*) FROM readings), (SELECT COUNT(*) FROM settlements)")
    seen = []

    def look(_: int) -> None:
        with store.read() as connection:
            seen.append(tuple(connection.execute(counted).one()))

    look(0)
    rebuild(store, DEPLOYMENT, "Europe/Paris", look)
    look(0)
    assert len(set(seen)) == 1
    assert seen[0][0] > 0


KILLED = """
import os, signal, sys, types
tests = types.ModuleType("tests")
tests.__path__ = [sys.argv[3]]
sys.modules["tests"] = tests
from tests.integration.indexer.test_databases import story
from tests.support.index import caught_up
from tests.support.paper_chain import DEPLOYMENT
from wattcommons.services.indexer import indexer
from wattcommons.services.store.engine import open_store

indexer._MOST_LOGS = indexer._MOST_BLOCKS = 10
calls, write = 0, indexer.write_state

def killing(*arguments):
    global calls
    calls += 1
    write(*arguments)
    if calls == int(sys.argv[4]):
        os.kill(os.getpid(), signal.SIGKILL)

indexer.write_state = killing
chain = story(depth=int(sys.argv[2]))
chain.stretch = 3
caught_up(open_store(sys.argv[1]), chain, DEPLOYMENT)
"""


@pytest.mark.parametrize(("depth", "at"), [(0, 7), (40, 3)])
def test_index__killed_again_and_again__ends_the_same(depth: int, at: int, new_store: NewStore, tmp_path: Path) -> None:
    store = new_store()
    url = store._url.render_as_string(hide_password=False)
    kills = 0
    while True:
        done = subprocess.run(
            [sys.executable, "-c", KILLED, url, str(depth), str(TESTS), str(at)],
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=60,
        )
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL, done.stderr
        kills += 1
    assert kills >= 2
    whole = open_store(tmp_path / "whole.db")
    caught_up(whole, story(depth), DEPLOYMENT)
    assert contents(store) == contents(whole)
    whole.close()
