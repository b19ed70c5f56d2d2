"""Settings and keys: secrets are never shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from eth_account import Account

from wattcommons.chain.keystore import checked_address, load_keystore
from wattcommons.cli.settings import load_settings
from wattcommons.cli.wiring import deployer_key, node_address
from wattcommons.errors import InputError, RuleError, SettingsError

pytestmark = pytest.mark.unit

KEY = "0x" + "11" * 32
PASSWORD = "correct horse"  # noqa: S105
NODE = "https://node.example/v1/s3cret"


@pytest.fixture(scope="module")
def keystore(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "key.json"
    path.write_text(json.dumps(Account.encrypt(KEY, PASSWORD, kdf="scrypt", iterations=2)), encoding="utf-8")
    return path


def password(folder: Path, text: str = PASSWORD) -> Path:
    path = folder / "password"
    path.write_text(f"{text}\n", encoding="utf-8")
    return path


def test_load_keystore__wrong_password__told_without_it(keystore: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the password does not open") as caught:
        load_keystore(keystore, password(tmp_path, "wr0ng"))
    assert "wr0ng" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"version": 3, "crypto": {}}', "\x00"])
def test_load_keystore__no_key_file__refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "key.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match="no encrypted key file"):
        load_keystore(path, password(tmp_path))


def test_load_keystore__no_file__names_it(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.json: the key file is not there"):
        load_keystore(tmp_path / "gone.json", password(tmp_path))


def test_load_keystore__right_password__opens(keystore: Path, tmp_path: Path) -> None:
    assert load_keystore(keystore, password(tmp_path)).address == Account.from_key(KEY).address


@pytest.mark.parametrize("text", ["", "0x", "mill", "0x" + "g" * 40, "0x" + "0" * 40])
def test_checked_address__no_account__refused(text: str) -> None:
    with pytest.raises(RuleError):
        checked_address(text)


def test_checked_address__lower_case__checksummed() -> None:
    assert checked_address("0x52542d5ddfc21fac39fa1d9d8e986ff793c6f01a") == "0x52542d5dDfC21fAc39fA1d9d8E986FF793c6F01A"


def test_settings__node_with_a_key__not_in_its_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATT_RPC_URL", NODE)
    settings = load_settings()
    assert "s3cret" not in repr(settings)
    assert node_address(None, settings) == NODE
    assert node_address("http://other", settings) == "http://other"


@pytest.mark.parametrize(
    ("devnet_key", "chain_id", "said"),
    [(True, 1, "chain 1 is no development chain"), (False, 31_337, "a key file and the file of its password")],
)
def test_deployer_key__not_allowed__says_why(
    monkeypatch: pytest.MonkeyPatch, *, devnet_key: bool, chain_id: int, said: str
) -> None:
    monkeypatch.delenv("WATT_KEYSTORE", raising=False)
    with pytest.raises(SettingsError, match=said):
        deployer_key(None, None, devnet_key=devnet_key, chain_id=chain_id, settings=load_settings())
