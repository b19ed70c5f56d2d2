"""The relay's settings: every mistake is named with its key, and no address of a node is shown."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from wattcommons.errors import InputError
from wattcommons.services.relay.config import read_relay_config

pytestmark = pytest.mark.unit
RPC = '[chain]\nrpc = ["http://node.example/secret"]\n'


def written(folder: Path, text: str) -> Path:
    path = folder / "relay.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "chain.rpc is missing"),
        ("[chain]\nrpc = []\n", "chain.rpc is missing"),
        (RPC + 'finality = "soon"\n', "chain.finality"),
        (RPC + 'finality = "-1"\n', "chain.finality"),
        (RPC + "timeout_seconds = 0\n", "chain.timeout_seconds"),
        (RPC + '[relay]\nport = "9751"\n', "relay.port"),
        (RPC + "[relay]\nsilent_after_hours = 0\n", "relay.silent_after_hours"),
        (RPC + "[relay]\nprot = 1\n", "relay.prot"),
        (RPC + "[limits]\nruns_a_second = 0\n", "limits.runs_a_second"),
        (RPC + "[relays]\n", "relays"),
        (RPC + "[relay\n", "not valid TOML"),
    ],
)
def test_read__mistake__named_with_its_key(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(InputError) as caught:
        read_relay_config(written(tmp_path, text))
    assert named in str(caught.value)
    assert "secret" not in str(caught.value)


def test_read__no_file__says_how_one_is_made(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="watt relay init"):
        read_relay_config(tmp_path / "relay.toml")


def test_read__address_of_the_node__not_in_the_repr(tmp_path: Path) -> None:
    config = read_relay_config(written(tmp_path, RPC))
    assert config.rpc == ("http://node.example/secret",)
    assert "secret" not in repr(config)


def test_read__paths__beside_the_file(tmp_path: Path) -> None:
    config = read_relay_config(written(tmp_path, RPC + '[relay]\ntoken_file = "token"\nstate = "/var/lib/r.sqlite"\n'))
    assert config.token_file == tmp_path / "token"
    assert config.keystore == tmp_path / "relay.key"
    assert config.state == Path("/var/lib/r.sqlite")
    assert config.finality == 0
    assert read_relay_config(written(tmp_path, RPC + 'finality = "node"\n')).finality is None


def test_read__the_file_that_init_writes__shows_the_defaults(tmp_path: Path) -> None:
    shipped = files("wattcommons.cli").joinpath("texts", "relay.toml").read_text("utf-8")
    bare = '[chain]\nrpc = ["http://127.0.0.1:8545"]\n'
    path = written(tmp_path, shipped)
    found = read_relay_config(path)
    written(tmp_path, bare)
    assert found == read_relay_config(path)
