"""`watt prove` and `watt verify`, as people run them: exit codes and what is said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from wattcommons.chain.deployment import Deployment
from wattcommons.verifier.anchors import dump_checkpoint

pytestmark = pytest.mark.integration

WATT = str(Path(sys.executable).with_name("watt"))
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("WATT_")} | {"COLUMNS": "80"}


def watt(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [WATT, *words], cwd=folder, capture_output=True, text=True, timeout=60, env=CLEAN, check=False
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, proofs: Any) -> Path:
    """The files a stranger was given."""
    place = tmp_path_factory.mktemp("stranger")
    deployment: Deployment = proofs.day.community.deployment
    deployment.save(place / "deployment.json")
    (place / "checkpoint.json").write_bytes(dump_checkpoint(proofs.anchor.checkpoint))
    (place / "devnet.json").write_bytes(proofs.files["plain"])
    (place / "sealed.json").write_bytes(proofs.sealed["claimed"])
    (place / "changed.json").write_bytes(proofs.sealed["claimed"].replace(b'"participant":1', b'"participant":2'))
    return place


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("deployment.json",), "this is no proof file|not in canonical form"),
        (("sealed.json", "--checkpoint", "deployment.json"), "deployment.json: the checkpoint"),
        (("sealed.json", "--checkpoint", "sealed.json"), "sealed.json: the checkpoint"),
        (("sealed.json", "--block-hash", "0x12"), "--block-hash: is not 0x and 64"),
        (("missing.json",), "missing.json: no such file"),
    ],
)
def test_verify__a_file_that_is_none__one_line_and_two(folder: Path, words: tuple[str, ...], said: str) -> None:
    done = watt(folder, "verify", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert any(one in done.stderr for one in said.split("|")), done.stderr


def test_verify__changed__one_and_the_reason(folder: Path) -> None:
    done = watt(folder, "verify", "changed.json", "--checkpoint", "checkpoint.json")
    assert done.returncode == 1
    assert "✗ broken" in done.stdout
    assert "BROKEN: this file proves nothing." in done.stdout


def test_verify__no_anchor__three_and_what_is_missing(folder: Path) -> None:
    done = watt(folder, "verify", "devnet.json", "--deployment", "deployment.json")
    assert done.returncode == 3
    assert "? not proved: block" in done.stdout
    assert "its chain seals nothing" in " ".join(done.stdout.split())


def test_verify__checkpoint__zero_and_every_line(folder: Path) -> None:
    done = watt(folder, "verify", "sealed.json", "--checkpoint", "checkpoint.json", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["standing"] == "proved"
    assert {line["standing"] for line in told["lines"]} == {"proved"}
    assert [line["about"] for line in told["lines"]][:4] == ["block", "contracts", "reading", "signature"]
    plain = watt(folder, "verify", "sealed.json", "--checkpoint", "checkpoint.json")
    assert (plain.returncode, "All proved." in plain.stdout) == (0, True)


def test_prove__then_verify_by_hash__zero(folder: Path, proofs: Any) -> None:
    node = ("--deployment", "deployment.json", "--rpc", proofs.node)
    made = watt(folder, "prove", "certificate", str(proofs.numbers["plain"]), "-o", "made.json", *node)
    assert made.returncode == 0, made.stderr
    assert "Check it" in made.stdout
    told = json.loads(watt(folder, "verify", "made.json", "--json").stdout)
    trusted = ("--block-hash", told["facts"]["block_hash"], "--deployment", "deployment.json")
    assert watt(folder, "verify", "made.json", *trusted).returncode == 0
    refused = watt(folder, "prove", "checkpoint", "-o", "none.json", *node)
    assert refused.returncode == 2
    assert "no validators' seals" in refused.stderr
