"""`watt demo` to its end: a village that lives on, with its web app."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import httpx
import pytest

from tests.support.ports import free_port

pytestmark = pytest.mark.integration

WATT = str(Path(sys.executable).with_name("watt"))
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("WATT_")} | {"COLUMNS": "80"}
START_S = 90.0


class Demo:
    """A running demo. `lines`: what it has printed so far."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []
        self.errors: list[str] = []
        self._readers = [
            threading.Thread(target=self._read, args=(stream, into), daemon=True)
            for stream, into in ((process.stdout, self.lines), (process.stderr, self.errors))
            if stream is not None
        ]
        for reader in self._readers:
            reader.start()

    def wait_for(self, words: str) -> None:
        deadline = time.monotonic() + START_S
        while not any(words in line for line in self.lines):
            assert self.process.poll() is None, f"it ended: {self.errors}"
            assert time.monotonic() < deadline, f"it never said {words!r}: {self.lines[-3:]}"
            time.sleep(0.05)

    def children(self) -> list[str]:
        tasks = Path(f"/proc/{self.process.pid}/task").iterdir()
        return [child for task in tasks for child in (task / "children").read_text().split()]

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(40)
        for reader in self._readers:
            reader.join(5)
        return code

    @staticmethod
    def _read(stream: IO[str], into: list[str]) -> None:
        into += iter(stream.readline, "")


@contextmanager
def demo(*words: str) -> Iterator[Demo]:
    small = ["demo", "--homes", "4", "--days", "1"]
    with subprocess.Popen(
        [WATT, *small, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=CLEAN
    ) as process:
        try:
            yield Demo(process)
        finally:
            if process.poll() is None:
                process.kill()


def test_demo__port_taken__said_before_anything_is_played() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [WATT, "demo", "--port", str(port)], capture_output=True, text=True, timeout=60, env=CLEAN, check=False
        )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.strip().splitlines()[-1].startswith(f"watt: --port: 127.0.0.1:{port} cannot be listened to")
    assert "choose another port" in done.stderr


@pytest.mark.parametrize("speed", ["0", "3601"])
def test_demo__impossible_speed__refused(speed: str) -> None:
    done = subprocess.run(
        [WATT, "demo", "--speed", speed], capture_output=True, text=True, timeout=60, env=CLEAN, check=False
    )
    assert done.returncode == 2
    assert "speed" in done.stderr


def test_demo__served__lives_on_and_ctrl_c_stops_it_whole() -> None:
    port = free_port()
    with demo("--port", str(port), "--speed", "1800") as running:
        running.wait_for(f"http://127.0.0.1:{port}/")
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
            community = client.get("/v1/community").json()
            assert (community["devnet"], community["speed"]) == (True, 1800)
            first = newest(client)
            deadline = time.monotonic() + 30
            while newest(client) < first + 3:
                assert time.monotonic() < deadline, "no half-hour was settled"
                time.sleep(0.2)
            names = [one["name"] for one in client.get("/v1/devnet/wallets").json()]
            assert names[:3] == ["Flat 1", "Flat 2", "Roof 1"]
            assert "Operator" in names
            assert client.get("/").status_code == 200
        children = running.children()
        assert children
        assert running.interrupt() == 0, running.errors
    assert running.errors == []
    assert running.lines[-1].strip() == "The village has stopped. Nothing is left running."
    assert not any(Path(f"/proc/{child}").exists() for child in children)


def newest(client: httpx.Client) -> int:
    """The newest settled interval; 0 while the index has not seen one."""
    items = client.get("/v1/market/intervals", params={"limit": 1}).json()["items"]
    return int(items[0]["interval"]) if items and items[0]["settled"] else 0
