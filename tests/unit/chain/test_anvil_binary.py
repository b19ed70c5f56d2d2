"""Finding the development node's program."""

from __future__ import annotations

from pathlib import Path

import pytest

from wattcommons.chain import anvil_binary
from wattcommons.chain.anvil_binary import find_anvil
from wattcommons.errors import ToolMissing

pytestmark = pytest.mark.unit


def _program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(anvil_binary, "__file__", str(tmp_path / "site-packages" / "anvil_binary.py"))
    return tmp_path


def test_find_anvil__nowhere__says_what_to_install(bare_machine: Path) -> None:
    with pytest.raises(ToolMissing, match="anvil was not found.*make setup"):
        find_anvil()


def test_find_anvil__named_and_absent__never_falls_back(bare_machine: Path) -> None:
    _program(bare_machine / "bin" / "anvil")
    with pytest.raises(ToolMissing, match="other"):
        find_anvil(bare_machine / "other")


def test_find_anvil__npm_package_above__before_the_path(bare_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _program(bare_machine / "bin" / "anvil")
    packaged = _program(bare_machine / "node_modules" / "@foundry-rs" / "anvil-linux-amd64" / "bin" / "anvil")
    below = bare_machine / "deep" / "down"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert find_anvil() == packaged


def test_find_anvil__only_on_path__taken(bare_machine: Path) -> None:
    on_path = _program(bare_machine / "bin" / "anvil")
    assert find_anvil() == on_path
