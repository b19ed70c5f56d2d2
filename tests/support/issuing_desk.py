"""The issuing body's desk: its commands on a village, with its key in a file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from eth_account.signers.local import LocalAccount
from typer.testing import CliRunner, Result

from tests.support.community import Community
from wattcommons.cli.main import build
from wattcommons.domain.intervals import start_utc

APP = build(["device", "certificate"])
RECORD = ("--installation", "FR-0042", "--name", "Roof of the school", "--owner", "Zoé Martin", "--meter", "30001234")
PLACE = ("--latitude", "45.188529", "--longitude", "-5.7", "--support", "1250.50")


@dataclass
class Desk:
    """A folder with a community's deployment file and the issuing body's key, and the node it lives on."""

    folder: Path
    village: Community

    @property
    def record(self) -> Path:
        return self.folder / "roof.json"

    def key(self, account: LocalAccount) -> tuple[object, ...]:
        """An encrypted key file's options."""
        keystore, password = self.folder / f"{account.address}.key", self.folder / "password"
        locked = Account.encrypt(account.key, "word", kdf="pbkdf2", iterations=1)
        keystore.write_text(json.dumps(locked), encoding="utf-8")
        password.write_text("word\n", encoding="utf-8")
        return ("--keystore", keystore, "--password-file", password)

    @property
    def place(self) -> tuple[object, ...]:
        rpc = self.village.web3.provider.ipc_path  # type: ignore[attr-defined]
        return ("--deployment", self.folder / "deployment.json", "--rpc", rpc)

    def run(self, *words: object, typed: str | None = None) -> Result:
        return CliRunner().invoke(APP, [str(word) for word in words], input=typed)

    def see(self, *words: object) -> Result:
        """A command that reads the chain."""
        return self.run(*words, *self.place)

    def act(self, *words: object, by: LocalAccount | None = None, typed: str | None = None) -> Result:
        return self.run(*words, *self.key(by or self.village.issuing_body), *self.place, typed=typed)

    def done(self, *words: object) -> dict[str, Any]:
        """Carried out without being asked; what it says to a program."""
        result = self.act(*words, "--yes", "--json")
        assert result.exit_code == 0, result.stderr
        answer: dict[str, Any] = json.loads(result.stdout)
        return answer

    def shown(self, device: int) -> dict[str, Any]:
        result = self.see("device", "show", device, "--json")
        assert result.exit_code == 0, result.stderr
        answer: dict[str, Any] = json.loads(result.stdout)
        return answer

    def refused(self, said: str, result: Result, code: int = 2) -> None:
        assert result.exit_code == code, result.output
        assert result.stderr.startswith("watt: ")
        assert result.stderr.count("\n") == 1
        assert said in result.stderr, result.stderr

    def new(self) -> str:
        """A record's file; its commitment."""
        result = self.run("device", "record", "new", *RECORD, *PLACE, "--out", self.record, "--json")
        assert result.exit_code == 0, result.stderr
        return str(json.loads(result.stdout)["commitment"])


def narrow(result: Result) -> str:
    """What a person reads: at most 80 columns."""
    assert result.exit_code == 0, result.stderr
    for line in result.stdout.splitlines():
        assert len(line) <= 80 or line.lstrip().startswith(("watt ", ".venv")), line
    return " ".join(result.stdout.split())


def moment(village: Community, interval: int) -> str:
    return f"{start_utc(interval, village.terms.length):%Y-%m-%dT%H:%M:%SZ}"


def desk_of(village: Community, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk in an empty folder, with nothing said by the environment."""
    for name in ("RPC_URL", "DEPLOYMENT", "KEYSTORE", "PASSWORD_FILE"):
        monkeypatch.delenv(f"WATT_{name}", raising=False)
    village.deployment.save(folder / "deployment.json")
    return Desk(folder, village)
