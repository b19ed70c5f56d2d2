"""The stream of news over a real server: each hears of what everybody may hear and of the own, and of nothing else."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.api import ApiWorld, world_of
from tests.support.community import Community, made, member_key, used
from tests.support.village import BARN, FLAT, MILL, ROOF, SPA
from wattcommons.services.api.settings import Limits

pytestmark = pytest.mark.integration

OPEN = Limits(streams=4, streams_each=2, session_requests_s=100, challenges_s=100)


@pytest.fixture
def world(village: Community, tmp_path: Path) -> Iterator[ApiWorld]:
    with world_of(village, tmp_path, limits=OPEN) as made_world:
        yield made_world


@contextmanager
def serving(world: ApiWorld) -> Iterator[str]:
    """The server on a port of its own, with its worker; its address."""
    ports: list[int] = []
    opened = threading.Event()

    def listens(port: int) -> None:
        ports.append(port)
        opened.set()

    thread = threading.Thread(target=world.server.run, args=("127.0.0.1", 0, listens))
    thread.start()
    try:
        assert opened.wait(10)
        address = f"http://127.0.0.1:{ports[0]}"
        wait_for(lambda: _answers(address))
        yield address
    finally:
        world.server.stop()
        thread.join(15)
        assert not thread.is_alive(), "open streams held the server"


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/v1/community", timeout=2).status_code == 200
    except httpx.TransportError:
        return False


def wait_for(what: Any, seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


@dataclass
class Heard:
    """What one listener has heard: kinds and data."""

    news: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [data for one, data in self.news if one == kind]


@contextmanager
def listening(address: str, token: str | None = None) -> Iterator[Heard]:
    heard = Heard()
    client = httpx.Client(timeout=httpx.Timeout(30))
    headers = {"authorization": f"Bearer {token}"} if token else {}

    def read() -> None:
        try:
            with client.stream("GET", f"{address}/v1/events", headers=headers) as answer:
                kind = ""
                for line in answer.iter_lines():
                    if line.startswith("event: "):
                        kind = line[7:]
                    elif line.startswith("data: "):
                        heard.news.append((kind, json.loads(line[6:])))
        except (httpx.TransportError, httpx.StreamError, RuntimeError):
            pass
        heard.ended.set()

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    wait_for(lambda: heard.of("heartbeat"))
    yield heard  # the thread ends with the server: nothing else interrupts its reading


def test_events__too_many_streams_of_one__refused(world: ApiWorld) -> None:
    with serving(world) as address, listening(address), listening(address):
        answer = httpx.get(f"{address}/v1/events", timeout=5)
        assert (answer.status_code, answer.json()["code"]) == (503, "too_many_streams")


def test_events__session_that_has_ended__refused(world: ApiWorld) -> None:
    with serving(world) as address:
        answer = httpx.get(f"{address}/v1/events", headers={"authorization": "Bearer nothing"}, timeout=5)
        assert answer.status_code == 401


def test_events__an_interval__everybody_hears_numbers_and_members_their_own(
    world: ApiWorld, village: Community
) -> None:
    with (
        serving(world) as address,
        listening(address) as stranger,
        listening(address, world.token(member_key(SPA))) as spa,
        listening(address, world.token(member_key(FLAT))) as flat,
    ):
        interval = village.open()
        order = village.order(SPA, interval, nonce=7)
        village.place(order)
        readings = {MILL: made(900), ROOF: made(0), SPA: used(800), 5: used(0), BARN: used(0), FLAT: used(0)}
        orders = {i: village.standing_order(i) for i in (MILL, ROOF, FLAT, 5)} | {SPA: order}
        village.record_interval(interval, readings)
        village.advance(village.settlement(interval, readings, orders))
        world.index()
        for one in (stranger, spa, flat):
            wait_for(lambda one=one: one.of("settled"))
            assert one.of("cleared") == [{"first": interval, "last": interval}]
        assert spa.of("orders") == [{"participant": SPA}]
        assert flat.of("orders") == stranger.of("orders") == stranger.of("readings") == []
        assert spa.of("readings") == [{}]
        told = json.dumps([stranger.news, spa.news, flat.news])
        assert "800" not in told, "ids and intervals, never energy"


def test_events__an_intent__its_wallet_hears_each_step(world: ApiWorld, village: Community) -> None:
    with (
        serving(world) as address,
        listening(address, world.token(member_key(SPA))) as spa,
        listening(address, world.token(member_key(FLAT))) as flat,
    ):
        order = village.order(SPA, village.open(), nonce=7)
        struct, signature = village.signed_order(order)
        names = "participant standing shares buy_limit sell_limit buy_cap_wh sell_cap_wh from_interval to_interval"
        terms = dict(zip(f"{names} nonce deadline".split(), struct, strict=True))
        token = world.token(member_key(SPA))
        answer = httpx.post(
            f"{address}/v1/orders",
            json={"order": terms, "signature": "0x" + signature.hex()},
            headers={"authorization": f"Bearer {token}"},
            timeout=10,
        )
        assert answer.status_code == 202, answer.text
        wait_for(lambda: "done" in [one["state"] for one in spa.of("intent")])
        assert {one["intent"] for one in spa.of("intent")} == {answer.json()["id"]}
        assert flat.of("intent") == []


def test_events__server_stops__streams_end_at_once(world: ApiWorld) -> None:
    with serving(world) as address, listening(address) as heard:
        begun = time.monotonic()
        world.server.stop()
        assert heard.ended.wait(8)
        assert time.monotonic() - begun < 8
