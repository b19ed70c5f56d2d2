"""A gateway's folder and its daemon as a process of its own, and files of readings for it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eth_account import Account
from eth_account.signers.local import LocalAccount

from tests.support.ports import free_port
from wattcommons.chain.deployment import Deployment
from wattcommons.domain.intervals import start_utc

HEADER = "meter_id,interval_start_utc,interval_minutes,consumption_wh,production_wh"
PASSWORD = "for tests only"  # noqa: S105
START_S = 60.0


def write_key(folder: Path, name: str, account: LocalAccount) -> str:
    """An encrypted key file and its password's, and the lines of settings that name them."""
    content = Account.encrypt(account.key, PASSWORD, kdf="pbkdf2", iterations=1_000)
    for path, text in ((folder / f"{name}.key", json.dumps(content)), (folder / f"{name}.password", PASSWORD)):
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
    return f'keystore = "{name}.key"\npassword_file = "{name}.password"\n'


def csv_of(readings: Mapping[tuple[str, int], tuple[int, int]], deployment: Deployment) -> str:
    """(meter, interval) -> (consumption, production) as a file of ours."""
    length = deployment.terms.length
    lines = [
        f"{meter},{start_utc(interval, length):%Y-%m-%dT%H:%M:%SZ},{length.minutes},{used},{made}"
        for (meter, interval), (used, made) in readings.items()
    ]
    return "\n".join([HEADER, *lines]) + "\n"


@dataclass
class GatewayFolder:
    """`settings`: TOML after [gateway]; participants, sources and delivery are the test's."""

    path: Path
    deployment: Deployment
    keys: Iterable[LocalAccount]
    settings: str
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        self.deployment.save(self.path / "deployment.json")
        keys = "".join(f"[[key]]\n{write_key(self.path, f'key-{n}', key)}" for n, key in enumerate(self.keys))
        self.config = self.path / "gateway.toml"
        head = "[gateway]\ncheckpoint_seconds = 1\n[clock]\ncheck = false\n"
        self.config.write_text(f"{head}[http]\nport = {self.port}\n{keys}{self.settings}", encoding="utf-8")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def watt(self, *words: str, timeout: float = 60.0) -> subprocess.CompletedProcess[str]:
        return run_watt("oracle", *words, "--config", str(self.config), timeout=timeout)

    def status(self) -> dict[str, Any]:
        done = self.watt("status", "--json")
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def start(self) -> Daemon:
        return Daemon([*WATT, "oracle", "run", "--config", str(self.config)], self.path / "daemon.log")


WATT = [sys.executable, "-m", "wattcommons"]


class Zygote:
    """Forks daemons that are ready in a moment, see `oracle_zygote.py`. Ends with the block."""

    def __init__(self) -> None:
        script = Path(__file__).with_name("oracle_zygote.py")
        self._process = subprocess.Popen(
            [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Zygote:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def fork(self, folder: GatewayFolder) -> int:
        """A running daemon's process id."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None
        stdin.write(f"{folder.config}\t{folder.path / 'daemon.log'}\n")
        stdin.flush()
        return int(stdout.readline())


def run_watt(*words: str, timeout: float = 60.0) -> subprocess.CompletedProcess[str]:
    """A command to its end."""
    return subprocess.run([*WATT, *words], capture_output=True, text=True, timeout=timeout, check=False)


class Daemon:
    """A process of ours, with what it says in a file. Ends with the block, whatever happens in it."""

    def __init__(self, command: list[str], log: Path) -> None:
        self.log = log
        with log.open("ab") as output:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)

    def __enter__(self) -> Daemon:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def wait_for(self, port: int, timeout: float = START_S) -> Daemon:
        """Until it listens."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.said()
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return self
            time.sleep(0.05)
        raise AssertionError(f"nothing listens on {port}: {self.said()}")

    def stop(self, timeout: float = 20.0) -> int:
        """As a service manager does; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout)

    def kill(self) -> None:
        """As a power cut does."""
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")[-4_000:]
