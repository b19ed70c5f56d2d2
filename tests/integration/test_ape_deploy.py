"""`ape run deploy`: the package's plan with the contracts that ape compiles."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from wattcommons.chain.deployment import CONTRACTS
from wattcommons.chain.roles import Role

pytestmark = [pytest.mark.integration, pytest.mark.deep]

ROOT = Path(__file__).resolve().parents[2]


def test_ape_run_deploy__local_network__every_contract_and_role() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    done = subprocess.run(
        [str(Path(sys.executable).with_name("ape")), "run", "deploy"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        env=environment,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for name in CONTRACTS:
        assert f"{name:<18}0x" in done.stdout
    assert f"{len(Role)} roles granted" in done.stdout
