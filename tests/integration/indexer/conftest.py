"""An eventful day on a development chain, and the databases it is indexed into."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from web3 import Web3

from tests.support.devnet import GENESIS_TIME
from tests.support.eventful import Eventful, found, live
from tests.support.postgres import Postgres, postgres
from wattcommons.chain.deployment import Deployment
from wattcommons.chain.devnet import DevnetOptions, devnet
from wattcommons.chain.node import connect
from wattcommons.services.store.engine import Store, open_store


@dataclass(frozen=True)
class Lived:
    """A day that is over, its last interval settled whole."""

    web3: Web3
    node: str
    day: Eventful

    @property
    def deployment(self) -> Deployment:
        return self.day.community.deployment


@pytest.fixture(scope="session")
def lived() -> Iterator[Lived]:
    with devnet(DevnetOptions(genesis_time=GENESIS_TIME)) as running:
        web3 = connect(running.ipc_path)
        day = found(web3)
        marks = live(day, corrections=True, exports=True)
        day.clear([marks["half"]])
        yield Lived(web3, running.ipc_path, day)


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    with postgres() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def new_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Store]]:
    """Makes empty stores, of either kind."""
    opened: list[Store] = []

    def make() -> Store:
        if request.param == "sqlite":
            url = str(tmp_path / f"index-{len(opened)}.db")
        else:
            server: Postgres = request.getfixturevalue("server")
            url = server.database()
        opened.append(open_store(url))
        return opened[-1]

    yield make
    for store in opened:
        store.close()
