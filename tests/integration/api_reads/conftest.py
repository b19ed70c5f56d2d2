"""An eventful day on a development chain, indexed into either database, and the API's reads of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest

from tests.support.devnet import GENESIS_TIME
from tests.support.eventful import NAMES, Eventful, found, live
from tests.support.index import caught_up
from tests.support.postgres import postgres
from tests.support.reading_api import ReadingApi, reading_api
from wattcommons.chain.block_logs import BlockLogs
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.devnet import DevnetOptions, devnet
from wattcommons.chain.node import connect
from wattcommons.chain.roles import Role
from wattcommons.services.store.engine import open_store


@dataclass(frozen=True)
class Lived:
    """A day that is over. `marks`: certificates and intervals of interest."""

    day: Eventful
    marks: Mapping[str, int]

    @property
    def contracts(self) -> Contracts:
        return self.day.community.contracts

    def wallet(self, participant: int) -> str:
        """The first wallet of a participant's member."""
        return self.day.wallet(participant)

    def successor(self, participant: int) -> str:
        """The wallet that took over from it."""
        return self.day.community.keys.member(f"{NAMES[participant]}, second").address

    def role(self, role: Role) -> str:
        return self.day.community.keys.role(role).address

    @property
    def auditor(self) -> str:
        return self.day.community.keys.service("auditor").address

    @property
    def stranger(self) -> str:
        return self.day.community.keys.service("stranger").address


@pytest.fixture(scope="session")
def lived() -> Iterator[Lived]:
    with devnet(DevnetOptions(genesis_time=GENESIS_TIME)) as running:
        day = found(connect(running.ipc_path))
        yield Lived(day, live(day))


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def api(request: pytest.FixtureRequest, lived: Lived, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReadingApi]:
    """Groups of two are large enough here."""
    if request.param == "sqlite":
        yield from _indexed(lived, str(tmp_path_factory.mktemp("reads") / "index.db"))
        return
    with postgres() as server:
        yield from _indexed(lived, server.database())


def _indexed(lived: Lived, url: str) -> Iterator[ReadingApi]:
    store = open_store(url)
    store.migrate()
    deployment = lived.day.community.deployment
    caught_up(store, BlockLogs(lived.day.web3, deployment), deployment)
    yield reading_api(store, lived.contracts, auditors=frozenset([lived.auditor]))
    store.close()
