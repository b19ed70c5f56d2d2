"""Nothing lost, nothing doubled: a gateway that is killed at any moment, on a line that fails in every way."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.support.community import KEYS, Community, found
from tests.support.devnet import GENESIS_TIME
from tests.support.flaky_proxy import FlakyProxy
from tests.support.oracle import Daemon, GatewayFolder, Zygote, csv_of
from wattcommons.chain.batch import Read, read_all
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.devnet import Devnet, DevnetOptions, devnet
from wattcommons.chain.events import read_events
from wattcommons.chain.node import connect
from wattcommons.chain.stored import reading_of
from wattcommons.domain.intervals import start_utc
from wattcommons.domain.packing import run_headers

pytestmark = [pytest.mark.integration, pytest.mark.long]

METERS, INTERVALS, KILLS = 10, 200, 50
GATEWAY = KEYS.gateway("concentrator")
SEED = 20261125


@dataclass
class Chain:
    """A development chain that can be stopped and started from its state, behind a proxy."""

    state: Path
    proxy: FlakyProxy
    node: Devnet

    @contextlib.contextmanager
    def running(self, options: DevnetOptions) -> Iterator[None]:
        with devnet(options) as self.node:
            self.proxy.target = int(self.node.http_url.rpartition(":")[2])
            yield


def readings_of(first: int) -> dict[tuple[str, int], tuple[int, int]]:
    """(meter, interval) -> (consumption, production), each pair its own."""
    chance = random.Random(SEED)
    return {
        (f"meter-{meter}", first + at): (chance.randrange(4_000), chance.randrange(4_000))
        for at in range(INTERVALS)
        for meter in range(1, METERS + 1)
    }


def settings(proxy: FlakyProxy) -> str:
    participants = "".join(
        f'[[participant]]\nindex = {n}\nimport_w = 9000\nexport_w = 9000\nmeter_ids = ["meter-{n}"]\n'
        for n in range(1, METERS + 1)
    )
    return (
        participants
        + f'[delivery]\nrpc = ["{proxy.url}"]\npoll_seconds = 1\ntimeout_seconds = 2\n'
        + '[[source]]\nname = "drop"\nkind = "folder"\npath = "drop"\n'
        + '[[source]]\nname = "push"\nkind = "http"\ntoken_file = "push.token"\n'
    )


def push(folder: GatewayFolder, rows: list[dict[str, object]]) -> None:
    """As any program that pushes: again until it is told that they were taken."""
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.HTTPError):
            answer = httpx.post(
                f"{folder.url}/v1/push/push", json={"rows": rows}, headers={"Authorization": "Bearer t"}, timeout=5
            )
            assert answer.status_code in (200, 503), answer.text
            if answer.status_code == 200:
                return
        time.sleep(0.05)
    raise AssertionError("a push was never taken")


def feed(folder: GatewayFolder, readings: dict[tuple[str, int], tuple[int, int]], done: threading.Event) -> None:
    """Half of the readings as files, half pushed, in small portions."""
    length = folder.deployment.terms.length
    places = list(readings)
    for number in range(0, len(places), 40):
        part = {place: readings[place] for place in places[number : number + 40]}
        if number // 40 % 2:
            rows: list[dict[str, object]] = []
            for (meter, interval), energies in part.items():
                start = f"{start_utc(interval, length):%Y-%m-%dT%H:%M:%SZ}"
                rows += [
                    {"meter_id": meter, "channel": channel, "start": start, "minutes": length.minutes, "wh": wh}
                    for channel, wh in zip(("consumption", "production"), energies, strict=True)
                ]
            push(folder, rows)
        else:
            whole = folder.path / "drop" / f"{number}.csv.part"
            whole.write_text(csv_of(part, folder.deployment), encoding="utf-8")
            whole.rename(whole.with_suffix(""))
        time.sleep(1.0)
    done.set()


def test_oracle__killed_at_fifty_moments_on_a_failing_line__every_reading_once(tmp_path: Path) -> None:
    with FlakyProxy(1) as proxy, Zygote() as zygote, contextlib.ExitStack() as stack:
        chain = Chain(tmp_path / "state.json", proxy, None)  # type: ignore[arg-type]
        options = DevnetOptions(genesis_time=GENESIS_TIME, dump_state=chain.state)
        with chain.running(options):
            web3 = connect(chain.node.ipc_path)
            village = Community(web3, found(web3, size=METERS, gateway=GATEWAY.address))
            village.after(village.first + INTERVALS)
            readings = readings_of(village.first)
            folder = GatewayFolder(tmp_path / "gateway", village.deployment, [GATEWAY], settings(proxy))
            (folder.path / "drop").mkdir()
            (folder.path / "push.token").write_text("t\n", encoding="utf-8")
            fed = threading.Event()
            feeder = threading.Thread(target=feed, args=(folder, readings, fed), daemon=True)
            feeder.start()
            proxy.random(seed=SEED, good_share=0.7)
            kill_at_random(zygote, folder, KILLS // 2)
        later = DevnetOptions(load_state=chain.state, dump_state=chain.state)
        stack.enter_context(chain.running(later))
        kill_at_random(zygote, folder, KILLS - KILLS // 2)
        proxy.random(seed=SEED + 1, good_share=0.9)
        daemon = stack.enter_context(folder.start())
        feeder.join(120)
        assert fed.is_set(), daemon.said()
        wait_until_final(folder, len(readings), daemon)
        assert daemon.stop() == 0, daemon.said()
        proxy_saw = {behaviour for behaviour, count in proxy.seen.items() if count}
        assert len(proxy_saw) > 10, "the line hardly failed"
        contracts = Contracts(connect(chain.node.ipc_path), village.deployment)
        assert on_chain(contracts, village.first) == readings
        assert recorded_times(contracts) == {}


def kill_at_random(zygote: Zygote, folder: GatewayFolder, times: int) -> None:
    """From the first moments of the program on; how far each one comes is left to chance."""
    chance = random.Random(SEED + times)
    for _ in range(times):
        daemon = zygote.fork(folder)
        time.sleep(chance.uniform(0.02, 2.5))
        try:
            os.kill(daemon, signal.SIGKILL)
        except ProcessLookupError:
            raise AssertionError(f"it ended by itself: {log_of(folder)}") from None


def log_of(folder: GatewayFolder) -> str:
    return (folder.path / "daemon.log").read_text(encoding="utf-8")[-4_000:]


def wait_until_final(folder: GatewayFolder, count: int, daemon: Daemon) -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        found_ = httpx.get(f"{folder.url}/health", timeout=5).json() if _listens(folder) else {}
        outbox = found_.get("outbox", {})
        assert outbox.get("parked", 0) == 0, folder.status()
        if outbox.get("final") == count:
            return
        time.sleep(1.0)
    raise AssertionError(f"{folder.status()['outbox']} after three minutes: {daemon.said()}")


def _listens(folder: GatewayFolder) -> bool:
    with contextlib.suppress(httpx.HTTPError):
        httpx.get(f"{folder.url}/metrics", timeout=5)
        return True
    return False


def on_chain(contracts: Contracts, first: int) -> dict[tuple[str, int], tuple[int, int]]:
    reads = [Read("MeterLedger", "readingsOf", (meter, first, INTERVALS)) for meter in range(1, METERS + 1)]
    answers = read_all(contracts, reads)
    return {
        (f"meter-{meter}", first + at): (reading.consumption_wh, reading.production_wh)
        for at in range(INTERVALS)
        for meter, words in enumerate(answers, 1)
        for reading in [reading_of(words[at])[0]]
    }


def recorded_times(contracts: Contracts) -> dict[tuple[int, int], int]:
    """Conflicts reported by the ledger: a reading that was sent twice with two values."""
    conflicts: dict[tuple[int, int], int] = {}
    seen: set[tuple[int, int]] = set()
    for event in read_events(contracts, contracts.web3.eth.block_number):
        if event.name == "ReadingConflict":
            place = (event.args["participant"], event.args["interval"])
            conflicts[place] = conflicts.get(place, 0) + 1
        if event.name == "RunsRecorded":
            for participant, start, count in run_headers(event.args["runs"]):
                seen |= {(participant, start + at) for at in range(count)}
    assert len(seen) == METERS * INTERVALS
    return conflicts
