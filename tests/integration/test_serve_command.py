"""`watt serve` as a person starts it: mistakes are told in a line, and a folder made by `init` serves a community."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.support.community import Community
from tests.support.ports import free_port

pytestmark = pytest.mark.integration

PORT_LINE = "port = 8750"


def watt(*words: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "wattcommons", *map(str, words)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def made(village: Community, tmp_path: Path) -> Path:
    """A folder made by `init`, for the village's chain, on a port of its own."""
    village.deployment.save(tmp_path / "deployment.json")
    assert watt("serve", "init", "server", folder=tmp_path).returncode == 0
    settings = tmp_path / "server" / "serve.toml"
    text = settings.read_text(encoding="utf-8")
    assert PORT_LINE in text
    text = text.replace("http://127.0.0.1:8545", str(village.web3.provider.ipc_path))  # type: ignore[attr-defined]
    settings.write_text(text.replace(PORT_LINE, f"port = {free_port()}"), encoding="utf-8")
    return settings


def test_serve__no_settings__one_line_and_what_to_do(tmp_path: Path) -> None:
    done = watt("serve", "--config", "none.toml", folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "watt: none.toml: there is no such file (make one with `watt serve init FOLDER`)"
    ]


def test_serve_init__there_already__nothing_changed(made: Path) -> None:
    before = made.read_text(encoding="utf-8")
    done = watt("serve", "init", made.parent, "--deployment", made.parent / "deployment.json", folder=made.parent)
    assert done.returncode == 2
    assert "is there already" in done.stderr
    assert made.read_text(encoding="utf-8") == before


def test_serve__devnet_settings_on_another_chain__refused(made: Path) -> None:
    deployment = made.parent / "deployment.json"
    deployment.write_text(deployment.read_text().replace('"chain_id": 31337', '"chain_id": 5'), encoding="utf-8")
    made.write_text(made.read_text(encoding="utf-8") + "\n[devnet]\nenabled = true\n", encoding="utf-8")
    done = watt("serve", "--config", made, folder=made.parent)
    assert done.returncode == 2
    assert "no development chain" in done.stderr


def test_serve__folder_of_init__answers_and_ends_gracefully(made: Path, village: Community) -> None:
    port = next(line.split("=")[1].split("#")[0] for line in made.read_text().splitlines() if line.startswith("port"))
    address = f"http://127.0.0.1:{port.strip()}"
    command = [sys.executable, "-m", "wattcommons", "serve", "--config", str(made)]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        deadline = time.monotonic() + 60
        health = None
        while health is None or health.status_code != 200:
            assert time.monotonic() < deadline, running.stdout.read() if running.poll() is not None else "no answer"  # type: ignore[union-attr]
            time.sleep(0.2)
            try:
                health = httpx.get(f"{address}/v1/health", timeout=5)
            except httpx.TransportError:
                health = None
        community = httpx.get(f"{address}/v1/community", timeout=5).json()
        assert community["contracts"] == village.deployment.addresses
        assert httpx.get(f"{address}/v1/devnet/wallets", timeout=5).status_code == 404
    finally:
        os.kill(running.pid, signal.SIGTERM)
        said, _ = running.communicate(timeout=30)
    assert running.returncode == 0, said
    assert "Traceback" not in said
