"""The web app of a living village on this machine: chain, index, API and pages, with time in the test's hands.

One a test process, for founding it takes seconds. Tests that share it look at different members, or put back what they
change. Nobody lets time pass but a test that asks for it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx
import pytest
from playwright.sync_api import Browser

from tests.support.browser import Visit, visitors
from tests.support.ports import free_port
from wattcommons.chain.devnet import DevnetOptions, devnet
from wattcommons.chain.node import connect
from wattcommons.chain.roles import Role
from wattcommons.cli.living_server import HOST, LivingServerOptions, built_pages, living_server, living_store
from wattcommons.scenarios.demo import DemoOptions, DemoVillage
from wattcommons.scenarios.living import Living, living_village
from wattcommons.services.api.serve import ApiServer
from wattcommons.services.store.engine import Store

SCENE: Final = DemoOptions(homes=8, days=2, seed=1)
POLL_S: Final = 0.1
PATIENCE_S: Final = 60.0


class LivingApp:
    """The app at `address`. `living`: the village, whose time the test lets pass."""

    def __init__(self, living: Living, store: Store, options: LivingServerOptions) -> None:
        self.living, self.store = living, store
        self.address = f"http://{HOST}:{options.port}"
        self._options = options
        self._server: ApiServer | None = None
        self._thread: threading.Thread | None = None
        self._failures: list[BaseException] = []

    def start(self) -> None:
        """Serve, and wait until the index has caught up."""
        server = living_server(self.living, self.store, self._options)

        def run() -> None:
            try:
                server.run(HOST, self._options.port)
            except BaseException as error:  # noqa: BLE001  told by the fixture at the end
                self._failures.append(error)

        self._server, self._thread = server, threading.Thread(target=run, name="server", daemon=True)
        self._thread.start()
        self.caught_up()

    def stop(self) -> None:
        """The server goes down; the chain stays."""
        if self._server is not None and self._thread is not None:
            self._server.stop()
            self._thread.join(PATIENCE_S)
            assert not self._thread.is_alive(), "the server did not end"
        self._server = self._thread = None
        assert not self._failures, f"the server failed: {self._failures}"

    def pass_intervals(self, count: int = 1) -> int:
        """Let half-hours end and be settled, and the index see it; the last of them."""
        interval = 0
        for _ in range(count):
            interval = self.living.pass_interval()
        self.caught_up()
        return interval

    def caught_up(self) -> None:
        """Wait until the index is as far as the chain is now."""
        block = int(self.living.demo.contracts.web3.eth.block_number)
        deadline = time.monotonic() + PATIENCE_S
        while True:
            assert not self._failures, f"the server failed: {self._failures}"
            try:
                found = httpx.get(f"{self.address}/v1/health", timeout=5).json()
            except httpx.HTTPError:
                found = {"block": -1}
            if found.get("block", -1) >= block:
                return
            assert time.monotonic() < deadline, f"the index does not reach block {block}: {found}"
            time.sleep(0.05)

    def key(self, meter_id: str) -> str:
        """Private key of a member's wallet, by its meter: `flat-1`, `roof-2`, `mill`."""
        return "0x" + bytes(self.living.demo.community.keys.member(meter_id).key).hex()

    def role_key(self, role: Role) -> str:
        """Private key of a role's holder."""
        return "0x" + bytes(self.living.demo.community.keys.role(role).key).hex()

    def participant(self, meter_id: str) -> int:
        """Index on the chain."""
        return int(self.living.demo.community.participants[meter_id])


@contextmanager
def living_app(folder: Path) -> Iterator[LivingApp]:
    """A village, founded and served."""
    scene = DemoVillage(SCENE)
    pages = built_pages()
    assert pages, "the pages are not built: run `make setup`, or `npm run build -w frontend`"
    with devnet(DevnetOptions(genesis_time=scene.genesis)) as node:
        living = living_village(connect(node.ipc_path), scene)
        options = LivingServerOptions(node.http_url, folder, free_port(), poll_s=POLL_S, frontend=pages)
        with living_store(living, options) as store:
            app = LivingApp(living, store, options)
            app.start()
            try:
                yield app
            finally:
                app.stop()


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LivingApp]:
    with living_app(tmp_path_factory.mktemp("village")) as running:
        yield running


@pytest.fixture
def visit(browser: Browser, app: LivingApp, wallet_script: Path) -> Iterator[Visit]:
    """Opens browsers; see `visitors`."""
    with visitors(browser, app.address, wallet_script) as made:
        yield made
