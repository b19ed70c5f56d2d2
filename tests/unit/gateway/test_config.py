"""The gateway's settings: each mistake is refused with the file, the key and what to write."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from wattcommons.domain.channels import Channel
from wattcommons.errors import InputError, SettingsError
from wattcommons.services.gateway.config import GatewayConfig, read_config

pytestmark = pytest.mark.unit

WHOLE = """
[[key]]
keystore = "k.key"
password_file = "k.password"
[delivery]
relays = ["https://user:secret@relay.example"]
[[mqtt]]
name = "home"
host = "broker"
[[participant]]
index = 1
import_w = 9000
export_w = 3000
meter_ids = ["m1"]
[[source]]
name = "linky"
kind = "tic"
port = "/dev/ttyUSB0"
participant = 1
"""


def read(folder: Path, text: str) -> GatewayConfig:
    (folder / "gateway.toml").write_text(text, encoding="utf-8")
    return read_config(folder / "gateway.toml")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[[key]]", "[[kee]]", "key is missing"),
        ('name = "linky"', 'name = "linky"\nspeed = 3', "source[1].speed is no known key"),
        ("export_w = 3000", "export_w = -1", "participant[1].export_w is -1"),
        ("participant = 1\n", "participant = 2\n", "source gives no consumption of participant 1"),
        ('kind = "tic"', 'kind = "tick"', "source[1].kind is 'tick'"),
        ("/dev/ttyUSB0", "gopher://meter", "source[1].port is wrong"),
        ("participant = 1\n", 'participant = 1\ngives = ["consumption"]\n', "source gives no production"),
        ("participant = 1\n", 'participant = 1\ngives = ["heat"]\n', "source[1].gives has 'heat'"),
        ('relays = ["https://user:secret@relay.example"]', "", "delivery.relays is missing"),
        ("https://", "ftp://", "delivery.relays has an address that is none"),
        ('host = "broker"', 'host = "broker"\nport = 0', "mqtt[1].port is 0"),
        ('host = "broker"', 'host = "broker"\npassword_file = "none"', "the broker's password cannot be read"),
        (
            'kind = "tic"\nport = "/dev/ttyUSB0"',
            'kind = "mqtt"\nbroker = "no"\ntopic = "t"\nprofile = "json"',
            "broker",
        ),
        (
            'kind = "tic"\nport = "/dev/ttyUSB0"',
            'kind = "mqtt"\nbroker = "home"\ntopic = "t"\nprofile = "jsn"',
            "source[1].profile is wrong",
        ),
    ],
)
def test_read_config__one_mistake__file_and_key_named_and_no_secret(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, WHOLE.replace(old, new, 1))
    assert said in str(caught.value)
    assert caught.value.file is not None
    assert "secret" not in str(caught.value)


def test_read_config__two_sources_of_one_name__refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="two named 'linky'"):
        read(tmp_path, WHOLE + WHOLE[WHOLE.index("[[source]]") :])


def test_read_config__whole__paths_beside_the_file_and_safe_defaults(tmp_path: Path) -> None:
    config = read(tmp_path, WHOLE)
    assert config.state == tmp_path / "oracle.sqlite"
    assert config.keys[0].keystore == tmp_path / "k.key"
    assert config.check_clock and not config.split_coarser
    assert config.participants[0].channels == frozenset(Channel)
    assert "secret" not in repr(config)


def test_source__unknown_name__the_known_ones_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="its sources are linky"):
        read(tmp_path, WHOLE).source("p1")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_read_config__file_that_init_writes__is_in_order(tmp_path: Path, language: str) -> None:
    text = files("wattcommons.cli").joinpath("texts", f"gateway.{language}.toml").read_text("utf-8")
    config = read(tmp_path, text)
    assert (config.lang, config.sources[0].kind) == (language, "tic")
    assert config.sources[0].gives == {Channel.CONSUMPTION}
