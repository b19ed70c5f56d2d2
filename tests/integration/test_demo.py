"""`watt demo` as a person runs it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

WATT = str(Path(sys.executable).with_name("watt"))
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("WATT_")} | {"COLUMNS": "80"}
CHAPTERS = {
    "fr": ["Un village", "Deux foyers", "tricherie", "certificat", "Green Coach", "audité", "vos propres relevés"],
    "en": ["A village", "Two homes", "cheat", "certificate", "Green Coach", "audited", "your own readings"],
}
ERRORS = (
    "LedgerRunRefused: signature invalid",
    "MarketProposalWrong",
    "AccessManagedUnauthorized",
    "GuaranteeOnlyMarket",
)
ENDS = {"fr": ("objectif tenu", "manqué", "Le livre est juste"), "en": ("target met", "missed", "The book holds")}


@pytest.mark.parametrize(("language", "homes", "days"), [("fr", 4, 1), ("en", 6, 3)])
def test_demo__small_village__seven_chapters_and_exit_0(language: str, homes: int, days: int) -> None:
    words = ["demo", "--no-serve", "--homes", str(homes), "--days", str(days), "--lang", language]
    done = subprocess.run([WATT, *words], capture_output=True, text=True, timeout=120, env=CLEAN, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert max(len(line.rstrip()) for line in lines) <= 80
    headings = [line for line in lines if re.match(r"[1-7]  .*─", line)]
    assert len(headings) == 7
    for heading, words_of_it in zip(headings, CHAPTERS[language], strict=True):
        assert words_of_it in heading
    for said in (*ERRORS, *ENDS[language]):
        assert said in done.stdout
    assert "✗" not in done.stdout.partition(headings[5])[2]


def _is_node(process: str) -> bool:
    try:
        return b"anvil" in Path(f"/proc/{process}/cmdline").read_bytes()
    except FileNotFoundError:
        return False


def test_demo__ctrl_c__one_line_130_and_no_node_left() -> None:
    running = subprocess.Popen(
        [WATT, "demo", "--no-serve", "--homes", "60"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=CLEAN,
    )
    children = Path(f"/proc/{running.pid}/task/{running.pid}/children")
    deadline = time.monotonic() + 30
    while not (nodes := [one for one in children.read_text().split() if _is_node(one)]):
        assert time.monotonic() < deadline, "no node was started"
        time.sleep(0.05)
    time.sleep(0.5)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=40)
    assert running.returncode == 130
    assert said.splitlines()[-1].startswith("watt: interrupted")
    assert "Traceback" not in said
    assert not any(Path(f"/proc/{node}").exists() for node in nodes)
