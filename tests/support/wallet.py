"""The test wallet of frontend/tests/wallet-fixture: built once a session, put into a page before its own code."""

from __future__ import annotations

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
def wallet_script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wallet as one script."""
    folder = tmp_path_factory.mktemp("wallet")
    words = ["npx", "--no-install", "vite", "build", "--config", "tests/wallet-fixture/vite.config.ts"]
    done = subprocess.run(
        [*words, "--outDir", str(folder), "--logLevel", "warn"],
        cwd=FRONTEND,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder / "wallet.js"
