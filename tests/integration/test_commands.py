"""`watt devnet`, `deploy`, `check` and `audit`, as an operator runs them one after the other."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.ports import free_port

pytestmark = pytest.mark.integration

WATT = str(Path(sys.executable).with_name("watt"))
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("WATT_")} | {"COLUMNS": "80"}


def watt(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [WATT, *words], cwd=folder, capture_output=True, text=True, timeout=60, env=CLEAN, check=False
    )


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    running = subprocess.Popen(
        [WATT, "devnet", "--port", str(port)], stdout=subprocess.PIPE, text=True, env=CLEAN | {"PYTHONUNBUFFERED": "1"}
    )
    assert running.stdout is not None
    assert "running" in running.stdout.readline()
    yield f"http://127.0.0.1:{port}"
    running.send_signal(signal.SIGINT)
    said, _ = running.communicate(timeout=40)
    assert running.returncode == 0
    assert "stopped" in said


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, node: str) -> Path:
    place = tmp_path_factory.mktemp("community")
    assert watt(place, "community", "new", "community.toml").returncode == 0
    done = watt(place, "deploy", "community.toml", "--devnet-key", "--rpc", node, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["addresses"] == json.loads((place / "deployment.json").read_text())["addresses"]
    return place


def test_check__deployed__every_line_holds(folder: Path, node: str) -> None:
    done = watt(folder, "check", "--rpc", node, "--json")
    assert done.returncode == 0
    names = [line["name"] for line in json.loads(done.stdout)["checks"]]
    assert names == [
        "program", "compiled contracts", "development node", "node", "deployment file", "contracts", "community"
    ]  # fmt: skip


def test_check__no_node_there__exit_1_and_the_other_lines(folder: Path) -> None:
    done = watt(folder, "check", "--rpc", "http://127.0.0.1:9")
    assert done.returncode == 1
    assert "✗ node" in done.stdout
    assert "✓ deployment file" in done.stdout


def test_audit_book__nothing_happened__holds(folder: Path, node: str) -> None:
    done = watt(folder, "audit", "book", "--rpc", node, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["ok"] is True


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("audit", "certificate", "4294967297"), "certificate 4294967297 was never issued"),
        (("audit", "book", "--from", "2026-02-30"), "--from: '2026-02-30' is no day or moment"),
        (("audit", "book", "--from", "2026-02-02", "--to", "2026-02-01"), "--to: is not after --from"),
        (("deploy", "community.toml", "--out", "other.json"), "--keystore: a key file"),
        (("deploy", "community.toml", "--devnet-key"), "deployment.json is there already"),
    ],
)
def test_command__mistake__one_line_and_2(folder: Path, node: str, words: tuple[str, ...], said: str) -> None:
    done = watt(folder, *words, "--rpc", node)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert said in done.stderr
