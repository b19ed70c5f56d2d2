"""Real components all the way: a serial line into the journal; a broker, the daemon, a relay and a chain together."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.support.community import KEYS, Community, found
from tests.support.devnet import GENESIS_TIME
from tests.support.mosquitto import Publisher, mosquitto
from tests.support.oracle import WATT, Daemon, GatewayFolder, write_key
from tests.support.ports import free_port
from tests.support.serial_line import PtyLine, pty_line
from tests.support.tic import standard
from tests.unit.gateway.desk import BOTH, STEP, T0, Desk
from wattcommons.chain.devnet import DevnetOptions, devnet
from wattcommons.chain.node import connect
from wattcommons.domain.readings import Quality
from wattcommons.services.gateway.sources.tic import TicSource

pytestmark = pytest.mark.integration

GATEWAY = KEYS.gateway("concentrator")


def test_tic__frames_on_a_serial_line__readings_to_the_wh(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.clock.at = T0 - 30_000
    with pty_line(tmp_path) as line:
        stop = threading.Event()
        source = TicSource("roof", str(line.path), BOTH, desk.roof)
        thread = threading.Thread(target=source.run, args=(stop,), daemon=True)
        thread.start()
        for step, (used, made) in enumerate([(1_000, 0), (1_000, 0), (1_400, 90), (1_400, 90), (1_900, 300)]):
            heard(desk, line, standard(used, made))
            desk.clock.wait(60_000 if step % 2 == 0 else STEP - 60_000)
        stop.set()
        thread.join(5)
    assert desk.readings() == [(2, 0, 90, 400, "measured")]


def heard(desk: Desk, line: PtyLine, frame: bytes) -> None:
    """Send a frame until it was taken."""
    facts = desk.intake.facts["roof"]
    before, deadline = facts.samples, time.monotonic() + 20
    while facts.samples == before:
        assert time.monotonic() < deadline, facts
        line.send(frame, 9_600)
        time.sleep(0.1)
    time.sleep(0.2)  # what was sent twice is read at the same moment of the clock


def until(true: Callable[[], bool], what: Callable[[], str], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, what()
        time.sleep(0.2)


def test_oracle__day_of_minutes_over_mqtt_and_the_relay__every_reading_on_the_chain(tmp_path: Path) -> None:
    """Three meters, one of them away for two hours; the relay is a process of its own."""
    with (
        devnet(DevnetOptions(genesis_time=GENESIS_TIME)) as node,
        mosquitto(tmp_path / "broker", extra="max_queued_messages 0") as broker,
    ):
        web3 = connect(node.ipc_path)
        village = Community(web3, found(web3, size=3, gateway=GATEWAY.address))
        first, count = village.first, 48
        village.after(first + count)
        relay_port = free_port()
        relay = tmp_path / "relay"
        relay.mkdir()
        village.deployment.save(relay / "deployment.json")
        write_key(relay, "relay", KEYS.service("relay"))
        (relay / "relay.toml").write_text(f'[relay]\nport = {relay_port}\n[chain]\nrpc = ["{node.http_url}"]\n')
        sources = "".join(
            f'[[source]]\nname = "m{n}"\nkind = "mqtt"\nbroker = "b"\ntopic = "emon/{n}"\nprofile = "emonhub-json"\n'
            f'consumption = "use"\nproduction = "make"\ntake_time = true\nparticipant = {n}\n'
            for n in (1, 2, 3)
        )
        participants = "".join(f"[[participant]]\nindex = {n}\nimport_w = 9000\nexport_w = 9000\n" for n in (1, 2, 3))
        settings = (
            f'[[mqtt]]\nname = "b"\nhost = "127.0.0.1"\nport = {broker.port}\n{participants}{sources}'
            f'[delivery]\nrelays = ["http://127.0.0.1:{relay_port}"]\npoll_seconds = 1\n'
            '[home_assistant]\nbroker = "b"\n'
        )
        folder = GatewayFolder(tmp_path / "gateway", village.deployment, [GATEWAY], settings)
        command = [*WATT, "relay", "run", "--config", str(relay / "relay.toml")]
        with (
            Daemon(command, tmp_path / "relay.log").wait_for(relay_port),
            folder.start().wait_for(folder.port) as daemon,
            Publisher(broker) as meters,
        ):
            meters.listen("homeassistant/#")
            meters.listen("watt-oracle/b/state")  # it says so once it has subscribed
            until(lambda: meters.received.get("watt-oracle/b/state") == b"online", daemon.said)
            start = first * village.length_s
            for minute in range(-1, count * 30 + 2):
                for meter in (1, 2, 3):
                    if meter == 3 and 600 < minute < 720:
                        continue  # its line is down
                    shown = {"time": start + minute * 60, "use": 10_000 + minute * 10 * meter, "make": 500 + minute}
                    meters.send(f"emon/{meter}", json.dumps(shown))
            until(lambda: folder.status()["outbox"]["final"] == 3 * count, daemon.said, 120)
            health = httpx.get(f"{folder.url}/health", timeout=5)
            assert (health.status_code, health.json()["troubles"]) == (200, [])
            metrics = httpx.get(f"{folder.url}/metrics", timeout=5).text
            assert 'watt_outbox_readings{state="final"} 144.0' in metrics
            assert 'watt_source_last_seen_seconds{source="m2"}' in metrics
            until(lambda: any("energy" in topic or "config" in topic for topic in meters.received), daemon.said, 10)
            assert daemon.stop() == 0
        for meter in (1, 2, 3):
            found_ = [village.reading(meter, first + at) for at in range(count)]
            assert [one[:2] for one in found_] == [(30, 300 * meter)] * count
            split = [at for at, one in enumerate(found_) if one[2] == Quality.ESTIMATED]
            assert split == ([20, 21, 22, 23] if meter == 3 else [])
        gaps = folder.status()["gaps"]
        assert [(gap["source"], gap["channel"], gap["split"]) for gap in gaps] == [
            ("m3", "consumption", True),
            ("m3", "production", True),
        ]
