"""The relay as a process of its own, on a real chain: what it takes, what it refuses, what it remembers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.community import KEYS, Community, Founded, found, made, used
from tests.support.devnet import GENESIS_TIME, rpc
from tests.support.flaky_proxy import Behaviour, FlakyProxy
from tests.support.oracle import WATT, Daemon, write_key
from tests.support.ports import free_port
from tests.support.village import FLAT, MILL, ROOF, SPA
from wattcommons.chain.devnet import DevnetOptions, devnet
from wattcommons.chain.node import connect
from wattcommons.chain.sender import Sender
from wattcommons.domain.packing import SignedRun, encode_batch
from wattcommons.errors import NodeUnavailable
from wattcommons.services.delivery.fate import Fate, Refusal
from wattcommons.services.delivery.relay_carrier import RelayCarrier
from wattcommons.services.keeper.keeper import Keeper

pytestmark = pytest.mark.integration

TOKEN = "operators only"  # noqa: S105


@dataclass
class Scene:
    """A village, a relay's folder, and the line between the relay and its node."""

    village: Community
    folder: Path
    line: FlakyProxy
    port: int

    def relay(self, limits: str = "") -> Daemon:
        (self.folder / "relay.toml").write_text(
            f'[relay]\nport = {self.port}\ntoken_file = "token"\nsilent_after_hours = 1\n'
            f'[chain]\nrpc = ["{self.line.url}"]\ntimeout_seconds = 2\n{limits}',
            encoding="utf-8",
        )
        command = [*WATT, "relay", "run", "--config", str(self.folder / "relay.toml")]
        return Daemon(command, self.folder / "relay.log").wait_for(self.port)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def post(self, body: bytes, kind: str = "application/octet-stream") -> httpx.Response:
        return httpx.post(f"{self.url}/v1/runs", content=body, headers={"Content-Type": kind}, timeout=10)

    def carry(self, *runs: SignedRun) -> list[Fate]:
        carrier = RelayCarrier([self.url], timeout_s=10)
        try:
            return [fate.fate for fate in carrier.carry(runs)]
        finally:
            carrier.close()

    def until(self, runs: list[SignedRun], fate: Fate) -> None:
        deadline = time.monotonic() + 40
        while time.monotonic() < deadline:
            fates = self.carry(*runs)
            if set(fates) == {fate}:
                return
            time.sleep(0.2)
        raise AssertionError(f"{fates}: {(self.folder / 'relay.log').read_text(encoding='utf-8')[-3_000:]}")


@pytest.fixture(scope="module")
def founded_chain() -> Iterator[tuple[Any, Founded, str]]:
    with devnet(DevnetOptions(genesis_time=GENESIS_TIME)) as node:
        web3 = connect(node.ipc_path)
        standing = (MILL, ROOF, SPA, FLAT)
        yield web3, found(web3, size=6, producers=(MILL, ROOF), standing=standing), node.http_url


@pytest.fixture
def scene(founded_chain: tuple[Any, Founded, str], tmp_path: Path) -> Iterator[Scene]:
    web3, founded, url = founded_chain
    taken = rpc(web3, "evm_snapshot")
    village = Community(web3, founded).arrive()
    founded.deployment.save(tmp_path / "deployment.json")
    write_key(tmp_path, "relay", KEYS.service("relay"))
    (tmp_path / "token").write_text(TOKEN + "\n", encoding="utf-8")
    with FlakyProxy(int(url.rpartition(":")[2])) as line:
        yield Scene(village, tmp_path, line, free_port())
    rpc(web3, "evm_revert", taken)


def test_runs__not_ours_to_take__refused_with_what_to_do(scene: Scene) -> None:
    with scene.relay():
        good = encode_batch([scene.village.run(MILL, scene.village.first, made(1))])
        cases = [
            (good, "application/json", 415),
            (b"", "application/octet-stream", 422),
            (good[:-1], "application/octet-stream", 422),
            (b"\xff" * 1_000, "application/octet-stream", 422),
            (good * 501, "application/octet-stream", 422),
            (b"\0" * 300_000, "application/octet-stream", 413),
        ]
        for body, kind, status in cases:
            answer = scene.post(body, kind)
            assert answer.status_code == status, answer.text
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["detail"]
        counts = httpx.get(f"{scene.url}/metrics", timeout=5).text
        assert "watt_relay_open 0.0" in counts


def test_runs__good_and_bad_together__each_with_its_own_fate(scene: Scene) -> None:
    village = scene.village
    village.after(village.first + 1)
    runs = [
        village.run(MILL, village.first, made(500)),
        village.run(ROOF, village.first, made(500), by=KEYS.gateway("stranger")),
        village.run(SPA, village.first, used(10**6)),
        village.run(FLAT, village.first + 1, used(1), used(1)),
        village.run(FLAT, village.first, used(7)),
    ]
    with scene.relay():
        scene.until([runs[0], runs[4]], Fate.FINAL)
        carrier = RelayCarrier([scene.url])
        deadline = time.monotonic() + 20
        while carrier.carry([runs[2]])[0].fate is Fate.WAITING and time.monotonic() < deadline:
            time.sleep(0.2)
        mill, stranger, too_much, early, _ = carrier.carry(runs)
        assert mill.block > 0
        assert (stranger.fate, stranger.reason) == (Fate.REFUSED, Refusal.SIGNATURE_INVALID)
        assert (too_much.fate, too_much.reason) == (Fate.REFUSED, Refusal.IMPLAUSIBLE)
        assert early.fate is Fate.WAITING
        carrier.close()
    assert village.reading(MILL, village.first)[0] == 500
    assert village.reading(FLAT, village.first)[1] == 7


def test_runs__another_reading_is_recorded__conflict_named(scene: Scene) -> None:
    village = scene.village
    village.after(village.first + 1)
    with scene.relay():
        first = [village.run(MILL, village.first, made(500))]
        scene.until(first, Fate.FINAL)
        other = [village.run(MILL, village.first, made(501), made(9))]
        scene.until(other, Fate.CONFLICT)
        [fate] = RelayCarrier([scene.url]).carry(other)
        assert fate.conflicts == (village.first,)
    assert village.reading(MILL, village.first)[0] == 500
    assert village.reading(MILL, village.first + 1)[0] == 9


def test_runs__killed_with_the_node_away__the_queue_is_there_again(scene: Scene) -> None:
    village = scene.village
    runs = [village.run(participant, village.first, used(5)) for participant in (MILL, ROOF, SPA)]
    village.after(village.first)
    with scene.relay() as relay:
        scene.carry(village.run(FLAT, village.first, used(1)))  # the registry was asked once
        scene.line.behave(Behaviour.REFUSE)
        with pytest.raises(NodeUnavailable):  # these keys it never heard of
            scene.carry(*runs)
        scene.line.behave(Behaviour.PASS)
        scene.line.random(1, 1.0)
        assert set(scene.carry(*runs)) <= {Fate.WAITING, Fate.RECORDED, Fate.FINAL}
        relay.kill()
    scene.line.behave(Behaviour.REFUSE)
    with scene.relay():
        assert set(scene.carry(*runs)) <= {Fate.WAITING, Fate.RECORDED, Fate.FINAL}
        scene.line.behave(Behaviour.PASS)
        scene.until(runs, Fate.FINAL)
    assert [village.reading(participant, village.first)[1] for participant in (MILL, ROOF, SPA)] == [5, 5, 5]


def test_runs__flood_of_one_participant__its_neighbours_are_served_and_it_in_its_turn(scene: Scene) -> None:
    village = scene.village
    village.after(village.first + 29)
    flood = [village.run(MILL, village.first + at, made(at)) for at in range(30)]
    with scene.relay("[limits]\nrun_burst = 5\nruns_a_second = 2\nrequest_burst = 1000\n"):
        assert scene.post(encode_batch(flood)).status_code == 200
        metrics = httpx.get(f"{scene.url}/metrics", timeout=5).text
        total = sum(float(line.split()[1]) for line in metrics.splitlines() if line.startswith("watt_relay_runs{"))
        assert 5 <= total <= 7
        scene.until([village.run(SPA, village.first, used(3))], Fate.FINAL)
        scene.until(flood, Fate.FINAL)


def test_runs__strangers_flood_in_a_participants_name__only_the_stranger_is_turned_away(scene: Scene) -> None:
    village = scene.village
    village.after(village.first)
    forged = [village.run(MILL, village.first, made(at), by=KEYS.gateway("stranger")) for at in range(100)]
    own = village.run(MILL, village.first, made(500))
    with scene.relay("[limits]\nrun_burst = 50\nruns_a_second = 1\nrequest_burst = 50\nrequests_a_second = 5\n"):
        answers = [scene.post(encode_batch(forged)) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 429, 429]
        assert int(answers[1].headers["retry-after"]) >= 5
        assert "watt_relay_open 0.0" in httpx.get(f"{scene.url}/metrics", timeout=5).text
        # From another address of this machine.
        with httpx.Client(transport=httpx.HTTPTransport(local_address="127.0.0.2"), timeout=10) as gateway:
            headers = {"Content-Type": "application/octet-stream"}
            deadline = time.monotonic() + 20
            fate = ""
            while fate != "final" and time.monotonic() < deadline:
                answer = gateway.post(f"{scene.url}/v1/runs", content=encode_batch([own]), headers=headers)
                assert answer.status_code == 200, answer.text
                fate = answer.json()[0]["fate"]
                time.sleep(0.3)
            assert fate == "final"


def test_run__stopped_by_the_service_manager__ends_well_with_everything_kept(scene: Scene) -> None:
    village = scene.village
    village.after(village.first)
    runs = [village.run(participant, village.first, used(5)) for participant in (MILL, SPA)]
    with scene.relay() as relay:
        scene.carry(*runs)
        scene.line.behave(Behaviour.STALL)
        scene.carry(*runs)
        assert relay.stop() == 0
        assert '"event": "stopped"' in relay.said()
    scene.line.behave(Behaviour.PASS)
    with scene.relay():
        scene.until(runs, Fate.FINAL)


def test_health__node_away__503_though_nothing_is_queued_until_it_is_back(scene: Scene) -> None:
    scene.line.behave(Behaviour.REFUSE)
    with scene.relay():
        deadline = time.monotonic() + 20
        while httpx.get(f"{scene.url}/v1/health", timeout=5).status_code != 503:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        scene.line.behave(Behaviour.PASS)
        while (answer := httpx.get(f"{scene.url}/v1/health", timeout=5)).status_code != 200:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        facts = answer.json()
        assert (facts["ok"], facts["open"], facts["age_s"]) == (True, 0, 0)
        assert facts["block"] == scene.village.web3.eth.block_number
        assert facts["block_time"] == scene.village.now()


def test_silent__nobody_but_the_operator(scene: Scene) -> None:
    with scene.relay():
        for headers in ({}, {"Authorization": "Basic x"}, {"Authorization": "Bearer wrong"}):
            assert httpx.get(f"{scene.url}/v1/silent", headers=headers, timeout=5).status_code == 401


def test_silent__a_roof_not_heard__what_it_missed_and_what_it_will_cost(scene: Scene) -> None:
    village = scene.village
    first = village.first
    with scene.relay():
        for at in range(2):
            village.after(first + at)
            runs = [village.run(MILL, first + at, made(1_000)), village.run(ROOF, first + at, made(1_000))]
            runs += [village.run(other, first + at, used(800)) for other in (SPA, FLAT, 5, 6)]
            scene.until(runs, Fate.FINAL)
        sender = Sender(village.web3, KEYS.service("keeper"))
        while village.contracts.read("EnergyMarket", "firstUncleared") < first + 2:
            Keeper(village.contracts, sender).cycle()
        village.after(first + 9)
        found_ = httpx.get(f"{scene.url}/v1/silent", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=10).json()
    roof = next(one for one in found_ if one["participant"] == ROOF)
    prices = [village.contracts.read("EnergyMarket", "outcomeOf", first + at)[0] for at in range(2)]
    # Two buyers with bids of 800 Wh each, two sellers of 1,000: each seller sells 800.
    gain = sum(800 * (price - village.terms.feed_in) for price in prices)
    assert gain > 0
    assert roof == {
        "participant": ROOF,
        "last": first + 1,
        "missing": 8,
        "lost": 0,
        "deadline": (first + 3) * village.length_s + village.terms.deadline_s,
        "estimated_cost_neur": gain * 8 // 2,
    }
    assert "wh" not in " ".join(roof).lower()
