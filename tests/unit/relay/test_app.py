"""The relay's web interface: every request has an answer of the agreed form, and no answer holds an energy."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from tests.support.own_loop import run as run_alone
from tests.unit.relay.doubles import LAST, NOW, Scene, failing, run, scene
from wattcommons.domain.packing import encode_batch
from wattcommons.errors import NodeUnavailable, StoreError, StoreFull, WrongChain
from wattcommons.services.delivery.fate import Fate, Refusal, RunFate
from wattcommons.services.relay import app as module
from wattcommons.services.relay.app import RelayParts, relay_app
from wattcommons.services.relay.desk import entry_of
from wattcommons.services.relay.silence import Silent
from wattcommons.services.runtime.limits import Buckets

pytestmark = pytest.mark.unit

Answer = httpx.Response
BINARY = {"Content-Type": "application/octet-stream"}
MOST = (1 << 256) - 1
SILENT = Silent(3, LAST, 5, 1, NOW, 7_000)


class Relay:
    """The application over doubles; `ask` puts one request to it."""

    def __init__(self, here: Scene, **options: Any) -> None:
        self.here = here
        facts: dict[str, Any] = {"age_s": 0}
        self.troubles: list[str] = []
        parts: dict[str, Any] = {
            "requests": Buckets(0.001, 1_000, clock=lambda: 0.0),
            "health": lambda: (facts, self.troubles),
            "metrics": lambda: b"watt_relay_open 0.0\n",
            "silent": lambda: [SILENT],
            "operator_token": SecretStr("opén sesame"),
        }
        self.parts = RelayParts(desk=here.desk, **(parts | options))
        self.app = relay_app(self.parts)

    def ask(self, method: str, path: str, client: str = "192.0.2.1", **options: Any) -> Answer:
        async def once() -> Answer:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False, client=(client, 1))
            async with httpx.AsyncClient(transport=transport, base_url="http://relay") as caller:
                return await caller.request(method, path, **options)

        return run_alone(once())

    def post(self, body: Any, client: str = "192.0.2.1", **headers: str) -> Answer:
        return self.ask("POST", "/v1/runs", client, content=body, headers=BINARY | headers)


@pytest.fixture
def here(tmp_path: Path) -> Scene:
    return scene(tmp_path)


@pytest.fixture
def relay(here: Scene) -> Relay:
    return Relay(here)


def problem(answer: Answer) -> tuple[int, str]:
    """Status and title of an answer that has to be a problem, with what to do."""
    assert answer.headers["content-type"] == "application/problem+json"
    content = answer.json()
    assert content.keys() == {"type", "status", "title", "detail"}
    assert content["status"] == answer.status_code
    assert content["detail"]
    return answer.status_code, content["title"]


def test_post__other_content_type__415(relay: Relay) -> None:
    assert problem(relay.ask("POST", "/v1/runs", json=[]))[0] == 415
    assert problem(relay.ask("POST", "/v1/runs", content=b"x"))[0] == 415
    headers = {"Content-Type": "Application/Octet-Stream; charset=x"}
    assert relay.ask("POST", "/v1/runs", content=encode_batch([run()]), headers=headers).status_code == 200


@pytest.mark.parametrize(
    "body",
    [b"", b"x", bytes(73), bytes(74), encode_batch([run()])[:-1], encode_batch([run()]) + b"\0", b"\xff" * 5_000],
)
def test_post__no_whole_runs__422_and_nothing_queued(relay: Relay, body: bytes) -> None:
    assert problem(relay.post(body))[0] == 422
    assert relay.here.queue.counts().open == 0


def test_post__too_many_runs_or_too_long_a_run__422(relay: Relay) -> None:
    one = encode_batch([run()])
    assert problem(relay.post(one * 501)) == (422, "501 runs")
    assert problem(relay.post(encode_batch([run(1, LAST - 2_000, *range(1_001))]))) == (422, "a run of 1001 readings")
    assert relay.here.queue.counts().open == 0


def test_post__too_large__413_and_no_more_is_read_than_allowed(relay: Relay) -> None:
    assert problem(relay.post(bytes(262_145)))[0] == 413
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 65_536
            yield bytes(65_536)

    assert problem(relay.post(endless()))[0] == 413
    assert sent <= 6 * 65_536
    assert problem(relay.post(b"", **{"Content-Length": "9" * 4_400}))[0] == 413


def test_post__body_that_does_not_come__408(here: Scene) -> None:
    async def slow() -> AsyncIterator[bytes]:
        yield b"x"
        await asyncio.sleep(30)

    assert problem(Relay(here, body_s=0.05).post(slow()))[0] == 408


def test_post__one_address_too_often__429_with_a_wait_and_the_others_served(here: Scene) -> None:
    relay = Relay(here, requests=Buckets(0.5, 3, clock=lambda: 0.0))
    answers = [relay.post(b"garbage") for _ in range(5)]
    assert [one.status_code for one in answers] == [422, 422, 422, 429, 429]
    assert problem(answers[-1])[0] == 429
    assert int(answers[-1].headers["Retry-After"]) == 3
    assert relay.post(encode_batch([run()]), client="192.0.2.2").status_code == 200


def test_post__runs_of_no_known_key__cost_their_sender_as_much_as_requests(here: Scene) -> None:
    relay = Relay(here, requests=Buckets(0.5, 10, clock=lambda: 0.0))
    forged = [run(1, LAST - at, key="stranger") for at in range(20)]
    here.known.answers = dict.fromkeys(forged, False)
    assert relay.post(encode_batch(forged)).status_code == 200
    assert problem(relay.post(encode_batch([run()])))[0] == 429
    assert relay.post(encode_batch([run()]), client="192.0.2.2").status_code == 200


@pytest.mark.parametrize("error", [NodeUnavailable("no node answers"), WrongChain(1, 2)])
def test_post__chain_has_nothing_to_say__503_with_a_wait(
    relay: Relay, monkeypatch: pytest.MonkeyPatch, error: Any
) -> None:
    monkeypatch.setattr(relay.here.known, "fits", failing(error))
    answer = relay.post(encode_batch([run()]))
    assert problem(answer) == (503, error.message)
    assert answer.headers["Retry-After"]


def test_post__disk_full__503(relay: Relay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay.here.queue, "find", failing(StoreFull("the disk is full")))
    assert problem(relay.post(encode_batch([run()]))) == (503, "the disk is full")


def test_post__a_defect__500_of_the_agreed_form_and_nothing_inside_told(
    relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise ZeroDivisionError("inside")

    monkeypatch.setattr(relay.here.known, "fits", fail)
    answer = relay.post(encode_batch([run()]))
    assert problem(answer)[0] == 500
    assert "inside" not in answer.text


def test_post__too_much_at_once__503_and_none_waits_for_ever(here: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", 0)
    assert problem(Relay(here).post(encode_batch([run()])))[0] == 503


def test_post__good_runs__one_entry_each_in_order_and_durable(relay: Relay) -> None:
    runs = [run(2), run(1, LAST - 3, 5, 6, 7)]
    relay.here.queue.add([run(9)], "waiting", 1)
    relay.here.queue.settle([entry_of(run(9), RunFate(Fate.CONFLICT, 8, conflicts=(LAST,)))], 2)
    answer = relay.post(encode_batch([*runs, run(9)]))
    waiting = {"fate": "waiting", "block": 0, "reason": 0, "detail": "0", "conflicts": []}
    conflict = {"fate": "conflict", "block": 8, "reason": 0, "detail": "0", "conflicts": [LAST]}
    assert answer.json() == [
        {"participant": 2, "first": LAST, "count": 1} | waiting,
        {"participant": 1, "first": LAST - 3, "count": 3} | waiting,
        {"participant": 9, "first": LAST, "count": 1} | conflict,
    ]
    assert {one.signed for one in relay.here.queue.due(9)} == set(runs)


def test_post__refused__reason_and_the_whole_detail(relay: Relay) -> None:
    relay.here.known.answers = {run(): False}
    relay.here.judge.fates = {run(): RunFate(Fate.REFUSED, 4, Refusal.SIGNATURE_INVALID, MOST)}
    [entry] = relay.post(encode_batch([run()])).json()
    assert (entry["fate"], entry["block"], entry["reason"], entry["detail"]) == ("refused", 4, 5, str(MOST))


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/", 404), ("GET", "/docs", 404), ("GET", "/openapi.json", 404), ("GET", "/v1/runs", 405)],
)
def test_request__elsewhere__a_problem_too(relay: Relay, method: str, path: str, status: int) -> None:
    assert problem(relay.ask(method, path))[0] == status


def test_health__trouble__503_with_what_it_is(relay: Relay, here: Scene) -> None:
    assert relay.ask("GET", "/v1/health").json() == {"ok": True, "troubles": [], "age_s": 0}
    relay.troubles = ["delivery: no node answers"]
    answer = relay.ask("GET", "/v1/health")
    assert (answer.status_code, answer.json()["troubles"]) == (503, ["delivery: no node answers"])
    broken = Relay(here, health=failing(StoreError("the file is gone"))).ask("GET", "/v1/health")
    assert (broken.status_code, broken.json()) == (503, {"ok": False, "troubles": ["the file is gone"]})


def test_metrics__asked__as_they_are(relay: Relay, here: Scene) -> None:
    answer = relay.ask("GET", "/metrics")
    assert (answer.text, answer.headers["content-type"].split(";")[0]) == ("watt_relay_open 0.0\n", "text/plain")
    assert problem(Relay(here, metrics=failing(StoreError("gone"))).ask("GET", "/metrics"))[0] == 503


def test_silent__without_the_token__401_and_guesses_are_counted(here: Scene) -> None:
    relay = Relay(here, requests=Buckets(0.5, 4, clock=lambda: 0.0))
    given = ["", "Bearer ", "Bearer wrong", "Basic x"]
    answers = [relay.ask("GET", "/v1/silent", headers={"Authorization": one}) for one in given]
    assert {problem(one)[0] for one in answers} == {401}
    assert problem(relay.ask("GET", "/v1/silent"))[0] == 429


def test_silent__no_token_set__nobody_is_let_in(here: Scene) -> None:
    relay = Relay(here, operator_token=None)
    assert problem(relay.ask("GET", "/v1/silent", headers={"Authorization": "Bearer "}))[0] == 401


def test_silent__operator__everybody_and_no_energy(relay: Relay, here: Scene) -> None:
    headers = {"Authorization": "Bearer opén sesame".encode()}
    [found] = relay.ask("GET", "/v1/silent", headers=headers).json()
    assert found == {
        "participant": 3,
        "last": LAST,
        "missing": 5,
        "lost": 1,
        "deadline": NOW,
        "estimated_cost_neur": 7_000,
    }
    away = Relay(here, silent=failing(NodeUnavailable("no node answers")))
    assert problem(away.ask("GET", "/v1/silent", headers=headers)) == (503, "no node answers")
