"""The test wallet of frontend/tests/wallet-fixture: built once a session, put into a page before its own code."""

from __future__ import annotations

import fcntl
import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.artifacts import ROOT

FRONTEND = ROOT / "frontend"


@dataclass(frozen=True)
class WalletKit:
    """A person's wallet: private keys of the development chain, and the network it stands on at first."""

    keys: Sequence[str]
    chain_id: int

    def settings_script(self) -> str:
        """To run before the wallet's own script."""
        settings = {"keys": list(self.keys), "chainId": self.chain_id}
        return f"window.testWalletSettings = {json.dumps(settings)};"


@pytest.fixture(scope="session")
def wallet_script(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The wallet as one script, built once for all of a run's processes: the first builds, the others wait."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "wallet"
    folder.mkdir(exist_ok=True)
    script = folder / "wallet.js"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not script.exists():
            _build(folder)
    return script


def _build(folder: Path) -> None:
    words = ["npx", "--no-install", "vite", "build", "--config", "tests/wallet-fixture/vite.config.ts"]
    words += ["--outDir", str(folder), "--logLevel", "warn"]
    done = subprocess.run(words, cwd=FRONTEND, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
