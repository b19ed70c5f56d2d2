"""The API over a community on the test chain: its store, its index, its worker, and people who ask it.

    world = ApiWorld(village, tmp_path)
    world.index()
    with world.signed_in(member_key(1)) as member:
        member.get("/v1/session")

Nothing runs by itself: `index` takes in what the chain has, `work` lets the worker do one round.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
from eth_account import Account
from eth_account.signers.local import LocalAccount

from tests.support.community import KEYS, Community
from tests.support.own_loop import run
from wattcommons.chain.block_logs import BlockLogs
from wattcommons.chain.finality import Finality
from wattcommons.chain.sender import Sender
from wattcommons.chain.sign_in import sign_in_message
from wattcommons.chain.signing import sign
from wattcommons.services.api.intents.worker import IntentWorker
from wattcommons.services.api.serve import ApiServer, SendingOn
from wattcommons.services.api.settings import ApiSettings, Limits
from wattcommons.services.indexer.indexer import Indexer
from wattcommons.services.prover.make import prove
from wattcommons.services.store.app.intents import StoredIntent
from wattcommons.services.store.engine import Store, open_store

ORIGIN = "http://watt.test"
WIDE = Limits(
    requests_s=10_000,
    burst=10_000,
    session_requests_s=10_000,
    session_burst=10_000,
    challenges_s=1_000,
    challenge_burst=1_000,
)
SETTINGS = ApiSettings(origins=(ORIGIN,), devnet=True, limits=WIDE, min_group=2, curve_group=1)
RELAY = KEYS.service("orders")


class Client:
    """Somebody who asks, with cookies of the own; every request is one of a page of the community's."""

    def __init__(self, app: Any, headers: dict[str, str] | None = None) -> None:
        self._app = app
        self.cookies = httpx.Cookies()
        self.headers = {"origin": ORIGIN} if headers is None else headers

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request; a defect of the application fails the test where the answer is looked at."""

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._app, client=("127.0.0.1", 40_000))
            headers = self.headers | more.pop("headers", {})
            async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, cookies=self.cookies) as client:
                response = await client.request(method, path, headers=headers, **more)
                self.cookies.update(client.cookies)
                return response

        return run(ask())

    def get(self, path: str, **more: Any) -> httpx.Response:
        """GET."""
        return self.request("GET", path, **more)

    def post(self, path: str, content: Any = None, **more: Any) -> httpx.Response:
        """POST of JSON."""
        return self.request("POST", path, **({"json": content} if content is not None else {}), **more)

    def delete(self, path: str, **more: Any) -> httpx.Response:
        """DELETE."""
        return self.request("DELETE", path, **more)

    def rpc(self, method: str, *parameters: Any) -> Any:
        """The result of a JSON-RPC call, or its error's message as `!message`."""
        answer = self.post("/rpc", {"jsonrpc": "2.0", "id": 7, "method": method, "params": list(parameters)})
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert found["id"] == 7
        return f"!{found['error']['message']}" if "error" in found else found["result"]


class ApiWorld:
    """`settings`: changes of SETTINGS."""

    def __init__(self, village: Community, folder: Path, **settings: Any) -> None:
        self.village = village
        self.settings: ApiSettings = replace(SETTINGS, **settings)
        self.store: Store = open_store(folder / "community.sqlite")
        self.store.migrate()
        self.clock = time.time
        self.told: list[StoredIntent] = []
        source = BlockLogs(village.web3, village.deployment)
        self.indexer = Indexer(self.store, source, village.deployment, self.settings.zone)
        self.indexer.open()
        self.start()

    def start(self) -> None:
        """The server as after a start, over the same store."""
        sending = SendingOn(RELAY, self.village.contracts)
        self.server = ApiServer(
            self.settings, self.store, self.village.contracts, sending, clock=lambda: self.clock(), prover=self._proved
        )
        self.app = self.server.app
        self.desk = self.server.context.desk
        assert self.desk is not None
        self.worker = IntentWorker(
            self.store,
            self.village.contracts,
            Sender(self.village.web3, RELAY),
            Finality(0),
            self.desk,
            self.told.append,
            lambda: self.clock(),
        )

    def _proved(self, number: int) -> bytes:
        return prove(self.village.contracts, number).data

    def close(self) -> None:
        """Nothing of it is used any more."""
        self.store.close()

    def index(self) -> None:
        """Take in everything the chain has."""
        while self.indexer.step():
            pass

    def work(self, rounds: int = 3) -> None:
        """Let the worker send and follow."""
        for _ in range(rounds):
            time.sleep(0.05)  # the chain mines on its own
            self.worker.round()

    @property
    def stranger(self) -> Client:
        """Somebody without a session."""
        return Client(self.app)

    def signed_in(self, account: LocalAccount) -> Client:
        """Somebody with a session by cookie."""
        client = Client(self.app)
        answer = sign_in(client, account)
        assert answer.status_code == 201, answer.text
        return client

    def token(self, account: LocalAccount) -> str:
        """A bearer token of an account's."""
        answer = sign_in(Client(self.app), account, bearer=True)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["token"])


def sign_in(client: Client, account: LocalAccount, **more: Any) -> httpx.Response:
    """Ask for a text, sign it, send it back."""
    message = client.post("/v1/session/challenge", {"account": account.address}).json()["message"]
    signature = "0x" + sign(account, sign_in_message(message)).hex()
    return client.post("/v1/session", {"message": message, "signature": signature, **more})


def anybody(number: int) -> LocalAccount:
    """An account that nobody knows."""
    account: LocalAccount = Account.from_key(number.to_bytes(32, "big"))
    return account


def code_of(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a problem, which has the form of one."""
    found = answer.json()
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    assert found["status"] == answer.status_code
    assert found["detail"]
    return answer.status_code, found["code"]


@contextmanager
def world_of(village: Community, folder: Path, **settings: Any) -> Iterator[ApiWorld]:
    """A world for one test, indexed."""
    world = ApiWorld(village, folder, **settings)
    try:
        world.index()
        yield world
    finally:
        world.close()
