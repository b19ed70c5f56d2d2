"""The settings of `watt serve`: every mistake is named, and what is shipped is what is the default."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from wattcommons.errors import InputError
from wattcommons.services.api.config import ServeConfig, read_serve_config
from wattcommons.services.api.settings import ApiSettings

pytestmark = pytest.mark.unit

LEAST = '[chain]\nrpc = ["http://127.0.0.1:8545/secret-key"]\n'


def read(folder: Path, text: str) -> ServeConfig:
    path = folder / "serve.toml"
    path.write_text(text, encoding="utf-8")
    return read_serve_config(path)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "chain.rpc"),
        ("[chain]\nrpc = []", "chain.rpc"),
        (LEAST + 'finality = "soon"', "chain.finality"),
        (LEAST + "[serve]\nport = 0", "serve.port"),
        (LEAST + '[serve]\norigins = ["watt.example"]', "serve.origins"),
        (LEAST + '[serve]\norigins = ["https://watt.example/"]', "serve.origins"),
        (LEAST + '[serve]\norigins = ["https://me@watt.example"]', "serve.origins"),
        (LEAST + '[serve]\norigins = ["https://Watt.example"]', "serve.origins"),
        (LEAST + "[serve]\nsession_hours = 100", "serve.session_hours"),
        (LEAST + '[community]\nzone = "Europe/Nowhere"', "community.zone"),
        (LEAST + '[community]\ncertificate_word = "origin"', "community.certificate_word"),
        (LEAST + '[community]\nauditors = ["0x12"]', "community.auditors"),
        (LEAST + "[community]\nleast_group = 1", "community.least_group"),
        (LEAST + "[limits]\nbody_bytes = 1", "limits.body_bytes"),
        (LEAST + "[serve]\nprot = 1", "serve.prot"),
    ],
)
def test_config__mistake__named_with_what_to_write(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, text)
    assert named in caught.value.message
    assert caught.value.hint
    assert "secret-key" not in str(caught.value)


def test_config__least__paths_are_the_folder_s_and_origins_this_machine(tmp_path: Path) -> None:
    config = read(tmp_path, LEAST)
    assert config.deployment == tmp_path / "deployment.json"
    assert config.store == str(tmp_path / "community.sqlite")
    assert config.api.origins == ("http://localhost:8750", "http://127.0.0.1:8750")
    assert config.api == ApiSettings(origins=config.api.origins)
    assert (config.keystore, config.devnet_key) == (None, False)
    assert "secret-key" not in repr(config)


def test_config__shipped_file__is_the_defaults_with_a_key(tmp_path: Path) -> None:
    shipped = files("wattcommons.cli").joinpath("texts", "serve.toml").read_text("utf-8")
    config = read(tmp_path, shipped)
    assert config.api == ApiSettings(origins=config.api.origins)
    assert config.keystore == tmp_path / "serve.key"
    assert config.password_file == tmp_path / "serve.password"


def test_config__store_url__kept_and_never_shown(tmp_path: Path) -> None:
    config = read(tmp_path, LEAST + '[store]\nurl = "postgresql://watt:hidden@db/watt"')
    assert config.store == "postgresql://watt:hidden@db/watt"
    assert "hidden" not in repr(config)


def test_config__devnet__the_public_key_sends(tmp_path: Path) -> None:
    config = read(tmp_path, LEAST + '[devnet]\nenabled = true\nspeed = 60\nmembers = ["amira"]')
    assert (config.devnet_key, config.api.devnet, config.api.speed) == (True, True, 60)
    assert config.demo_members == ("amira",)
