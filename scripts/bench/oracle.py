"""The oracle's path measured: minutes of many meters over MQTT, the daemon and a relay to a chain; and an idle gateway.

    scripts/bench/oracle.py                        100 meters, a week of minutes (a million messages)
    scripts/bench/oracle.py --meters 20 --days 1
    scripts/bench/oracle.py --idle 60              memory and CPU of a gateway with four sources, for so many seconds
    scripts/bench/oracle.py --idle 60 --direct     the same without a relay: it speaks to the node itself

Needs Mosquitto. Broker, daemon, relay and chain all run on this machine.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench_helpers import helper
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
from rich.console import Console
from rich.table import Table

from wattcommons.chain.devnet import DevnetOptions, devnet
from wattcommons.chain.node import connect

GENESIS = 1_767_225_600  # 2026-01-01T00:00:00Z, as in the tests
WINDOW = 20_000
"""Messages on their way to the broker at once."""
POLL_S = 5
MOST_S = 3_600


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--meters", type=int, default=100)
    words.add_argument("--days", type=int, default=7)
    words.add_argument("--idle", type=int, default=0, metavar="SECONDS")
    words.add_argument("--direct", action="store_true")
    given = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="watt-bench-") as folder, ExitStack() as stack:
        bench = Bench(Path(folder), stack, given.meters if not given.idle else 1, direct=given.direct)
        rows = bench.idle(given.idle) if given.idle else bench.week(given.days)
    table = Table("what", "number", title="oracle" if not given.idle else "idle gateway, four sources")
    for row in rows:
        table.add_row(*row)
    Console().print(table)
    return 0


class Bench:
    """A community of meters under one gateway key, its broker and its relay."""

    def __init__(self, folder: Path, stack: ExitStack, meters: int, *, direct: bool = False) -> None:
        self.folder, self.stack, self.meters, self.direct = folder, stack, meters, direct
        community, oracle = helper("community"), helper("oracle")
        self.oracle = oracle
        self.key = community.KEYS.gateway("concentrator")
        options = DevnetOptions(genesis_time=GENESIS, gas_limit=200_000_000, states_kept=4)
        self.node = stack.enter_context(devnet(options))
        web3 = connect(self.node.ipc_path, timeout_s=300)
        founded = community.found(web3, size=meters, gateway=self.key.address)
        self.village = community.Community(web3, founded)
        self.broker = stack.enter_context(
            helper("mosquitto").mosquitto(folder / "broker", extra="max_queued_messages 0\nmax_inflight_messages 0")
        )
        self.relay_port = oracle.free_port()
        relay = folder / "relay"
        relay.mkdir()
        founded.deployment.save(relay / "deployment.json")
        oracle.write_key(relay, "relay", community.KEYS.service("relay"))
        (relay / "relay.toml").write_text(
            f'[relay]\nport = {self.relay_port}\n[chain]\nrpc = ["{self.node.http_url}"]\n'
            "[limits]\nruns_a_second = 10000\nrun_burst = 100000\nrequests_a_second = 1000\nrequest_burst = 10000\n"
        )
        command = [*oracle.WATT, "relay", "run", "--config", str(relay / "relay.toml")]
        self.relay = stack.enter_context(oracle.Daemon(command, folder / "relay.log")).wait_for(self.relay_port)

    def gateway(self, sources: str, participants: range) -> Any:
        way = f'rpc = ["{self.node.http_url}"]' if self.direct else f'relays = ["http://127.0.0.1:{self.relay_port}"]'
        listed = "".join(f"[[participant]]\nindex = {n}\nimport_w = 9000\nexport_w = 9000\n" for n in participants)
        settings = (
            f'[[mqtt]]\nname = "b"\nhost = "127.0.0.1"\nport = {self.broker.port}\n{listed}{sources}'
            f"[delivery]\n{way}\npoll_seconds = 2\nmost = 20000\n"
        )
        return self.oracle.GatewayFolder(self.folder / "gateway", self.village.deployment, [self.key], settings)

    def week(self, days: int) -> list[tuple[str, str]]:
        """Every minute of every meter, with its own time, as fast as they are taken."""
        intervals, first = days * 48, self.village.first
        self.village.after(first + intervals)
        sources = "".join(
            f'[[source]]\nname = "m{n}"\nkind = "mqtt"\nbroker = "b"\ntopic = "emon/{n}"\nprofile = "emonhub-json"\n'
            f'consumption = "use"\nproduction = "make"\ntake_time = true\nparticipant = {n}\n'
            for n in range(1, self.meters + 1)
        )
        folder = self.gateway(sources, range(1, self.meters + 1))
        before = self.village.web3.eth.block_number
        daemon = self.stack.enter_context(folder.start()).wait_for(folder.port)
        self.wait_until_online(daemon)
        begun = time.monotonic()
        sent = self.publish(first * 1_800, intervals * 30 + 1)
        published = time.monotonic() - begun
        total = intervals * self.meters
        while (outbox := self.outbox(folder))["final"] < total:
            if time.monotonic() - begun > MOST_S or outbox["parked"]:
                raise SystemExit(f"{outbox}: {daemon.said()}")
            time.sleep(POLL_S)
        seconds = time.monotonic() - begun
        gas = self.gas(before)
        memory, cpu = usage(daemon.process.pid)
        relay_memory, relay_cpu = usage(self.relay.process.pid)
        return [
            ("meters, days", f"{self.meters}, {days}"),
            ("messages over MQTT", f"{sent:,}"),
            ("published in", f"{published:.0f} s"),
            ("readings confirmed final", f"{total:,}"),
            ("all in", f"{seconds:.0f} s"),
            ("messages a second, from meter to journal", f"{sent / seconds:,.0f}"),
            ("readings a second, signed, relayed, final", f"{total / seconds:,.0f}"),
            ("gas a reading", f"{gas / total:,.0f}"),
            ("daemon: memory, CPU", f"{memory:.0f} MB, {cpu:.0f} s"),
            ("relay: memory, CPU", f"{relay_memory:.0f} MB, {relay_cpu:.0f} s"),
        ]

    def wait_until_online(self, daemon: Any) -> None:
        """The daemon says so once it has subscribed; what is sent before it never sees."""
        with helper("mosquitto").Publisher(self.broker) as client:
            client.listen("watt-oracle/b/state")
            for _ in range(600):
                if client.received.get("watt-oracle/b/state") == b"online":
                    return
                time.sleep(0.1)
        raise SystemExit(daemon.said())

    def publish(self, start: int, minutes: int) -> int:
        client = Client(CallbackAPIVersion.VERSION2)
        client.max_inflight_messages_set(1_000)
        client.connect("127.0.0.1", self.broker.port)
        client.loop_start()
        sent = 0
        for minute in range(-1, minutes):  # an interval is whole once its meter was seen before it began
            for meter in range(1, self.meters + 1):
                shown = {
                    "time": start + minute * 60,
                    "use": 1_000 + minute * (5 + meter % 40),
                    "make": (minute + 1) * (meter % 9),
                }
                last = client.publish(f"emon/{meter}", json.dumps(shown), qos=1)
                sent += 1
                if sent % WINDOW == 0:
                    last.wait_for_publish(600)
        last.wait_for_publish(600)
        client.disconnect()
        client.loop_stop()
        return sent

    def outbox(self, folder: Any) -> dict[str, int]:
        found: dict[str, int] = folder.status()["outbox"]
        return found

    def gas(self, before: int) -> int:
        web3 = self.village.web3
        return sum(int(web3.eth.get_block(n)["gasUsed"]) for n in range(before + 1, web3.eth.block_number + 1))

    def idle(self, seconds: int) -> list[tuple[str, str]]:
        """A Linky on a serial line, a P1 port, a broker and a folder, each speaking as they do at home."""
        lines, tic, p1 = helper("serial_line"), helper("tic"), helper("p1")
        self.village.after(self.village.first)
        (self.folder / "tic").mkdir()
        (self.folder / "p1").mkdir()
        linky = self.stack.enter_context(lines.pty_line(self.folder / "tic"))
        port = self.stack.enter_context(lines.pty_line(self.folder / "p1"))
        sources = (
            f'[[source]]\nname = "linky"\nkind = "tic"\nport = "{linky.path}"\nparticipant = 1\n'
            f'[[source]]\nname = "p1"\nkind = "p1"\nport = "{port.path}"\nparticipant = 1\n'
            '[[source]]\nname = "shelly"\nkind = "mqtt"\nbroker = "b"\ntopic = "emon/1"\nprofile = "emonhub-json"\n'
            'consumption = "use"\nproduction = "make"\nparticipant = 1\n'
            '[[source]]\nname = "files"\nkind = "folder"\npath = "drop"\n'
        )
        folder = self.gateway(sources, range(1, 2))
        (folder.path / "drop").mkdir()
        daemon = self.stack.enter_context(folder.start()).wait_for(folder.port)
        meters = self.stack.enter_context(helper("mosquitto").Publisher(self.broker))
        self.speak(linky, port, meters, 10, tic, p1)
        _, cpu_before = usage(daemon.process.pid)
        self.speak(linky, port, meters, seconds, tic, p1)
        memory, cpu = usage(daemon.process.pid)
        return [
            ("memory (RSS)", f"{memory:.0f} MB"),
            ("CPU of one core", f"{100 * (cpu - cpu_before) / seconds:.1f} %"),
            ("measured for", f"{seconds} s: a Linky's frame and a P1 telegram a second, a message in ten"),
        ]

    def speak(self, linky: Any, port: Any, meters: Any, seconds: int, tic: Any, p1: Any) -> None:
        for second in range(seconds):
            linky.send(tic.standard(1_000 + second // 10, 5), 9_600)
            port.send(p1.telegram(p1.lines("000004.426", "000002.399")), 115_200)
            if second % 10 == 0:
                meters.send("emon/1", json.dumps({"use": 1_000 + second, "make": 4}))
            time.sleep(1)


def usage(pid: int) -> tuple[float, float]:
    """Resident memory (MB) and CPU time so far (s) of a process."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    resident = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return resident / 1_024, (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    sys.exit(main())
