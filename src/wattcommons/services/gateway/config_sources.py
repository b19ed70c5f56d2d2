"""The settings of sources and brokers: one table a source, one a broker.

kind = "tic"     a Linky's customer output: port, mode (auto, standard, historique)
kind = "p1"      a DSMR meter's P1 port: port, baud
kind = "mqtt"    values from a broker: broker, topic, profile and its options
kind = "folder"  files dropped in a folder: path
kind = "http"    pushed by another program: token_file
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from wattcommons.domain.channels import Channel
from wattcommons.domain.units import MAX_INDEX, ParticipantIndex
from wattcommons.errors import InputError, SettingsError
from wattcommons.services.gateway.intake_rules import ParticipantRules
from wattcommons.services.gateway.sources.mqtt_broker import MqttBroker
from wattcommons.services.gateway.sources.mqtt_profiles import MqttProfile, check_gives
from wattcommons.services.gateway.sources.serial_line import check_url
from wattcommons.services.runtime.toml_table import Table

KINDS: Final = ("tic", "p1", "mqtt", "folder", "http")
_CHANNELS: Final = {channel.value: channel for channel in Channel}


@dataclass(frozen=True)
class SourceConfig:
    """One source. `participant`: whose meter it reads; None where rows name their meter. The rest is for its kind.

    `port`: a serial device or URL of tic and p1. `place`: the folder, or the file of the token. `retry_s`: how long a
    lost source is left alone at first.
    """

    name: str
    kind: str
    participant: ParticipantIndex | None
    gives: frozenset[Channel]
    port: str = ""
    mode: str = "auto"
    baud: int = 115_200
    broker: str = ""
    topic: str = ""
    profile: MqttProfile | None = None
    place: Path | None = None

    def serves(self, one: ParticipantRules) -> bool:
        """Whether it may give readings of a participant."""
        return self.participant == one.index if self.participant is not None else bool(one.meter_ids)


def read_source(table: Table, base: Path, brokers: Mapping[str, MqttBroker]) -> SourceConfig:
    """One [[source]]. Raises InputError naming the key."""
    name, kind = table.text("name"), table.choice("kind", {one: one for one in KINDS})
    files = kind in ("folder", "http")
    participant = None
    if table.has("participant") or not files:
        participant = ParticipantIndex(table.whole("participant", None, 1, MAX_INDEX))
    gives = frozenset(_channel(table, one) for one in table.texts("gives")) or frozenset(Channel)
    port = mode = broker = topic = ""
    baud, profile, place = 115_200, None, None
    if kind in ("tic", "p1"):
        port = _port(table)
    if kind == "tic":
        mode = table.choice("mode", {one: one for one in ("auto", "standard", "historique")}, "auto")
    if kind == "p1":
        baud = table.whole("baud", 115_200, 300, 4_000_000)
    if kind == "mqtt":
        broker, topic = table.text("broker"), table.text("topic", most=1_024)
        if broker not in brokers:
            raise table.wrong("broker", f"is {broker!r}, which is no [[mqtt]] of this file", "name one of them")
        profile = _profile(table, gives)
    if files:
        key = "path" if kind == "folder" else "token_file"
        place = base / table.text(key, most=512)
    table.finish()
    return SourceConfig(
        name=name,
        kind=kind,
        participant=participant,
        gives=gives,
        port=port,
        mode=mode,
        baud=baud,
        broker=broker,
        topic=topic,
        profile=profile,
        place=place,
    )


def read_brokers(tables: Sequence[Table], base: Path) -> dict[str, MqttBroker]:
    """Every [[mqtt]] by its name. Raises InputError naming the key."""
    found: dict[str, MqttBroker] = {}
    for table in tables:
        name = table.text("name")
        if name in found:
            raise table.wrong("name", f"is {name!r}, as of one above", "give each broker a name of its own")
        tls = table.flag("tls", default=False)
        user, ca_file = table.text("user", "", most=256), table.text("ca_file", "", most=512)
        password_file = table.text("password_file", "", most=512)
        found[name] = _checked(
            table,
            host=table.text("host", most=255),
            port=table.whole("port", 8_883 if tls else 1_883, 1, 65_535),
            client_id=table.text("client_id", f"watt-oracle-{name}", most=64),
            will_topic=table.text("will_topic", f"watt-oracle/{name}/state", most=256),
            user=user or None,
            password=read_secret(base / password_file, "the broker's password") if password_file else None,
            tls=tls,
            ca_file=base / ca_file if ca_file else None,
            keepalive_s=table.whole("keepalive_seconds", 60, 5, 3_600),
        )
        table.finish()
    return found


def read_secret(path: Path, what: str) -> SecretStr:
    """The first line of a file, as a secret. Raises InputError naming the file."""
    try:
        text = path.read_text(encoding="utf-8").split("\n", 1)[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{what} cannot be read ({type(error).__name__})", file=path) from None
    if not text:
        raise InputError(f"{what} is empty", "write it in the first line", file=path)
    return SecretStr(text)


def _checked(table: Table, **settings: object) -> MqttBroker:
    try:
        return MqttBroker(**settings)  # type: ignore[arg-type]
    except SettingsError as error:
        raise table.wrong(error.setting or "host", f"is wrong: {error.reason}", error.hint) from None


def _port(table: Table) -> str:
    try:
        return check_url(table.text("port", most=256))
    except SettingsError as error:
        raise table.wrong("port", f"is wrong: {error.reason}", error.hint) from None


def _profile(table: Table, gives: frozenset[Channel]) -> MqttProfile:
    try:
        profile = MqttProfile(
            kind=table.text("profile"),
            consumption=table.text("consumption", "", most=256),
            production=table.text("production", "", most=256),
            unit=table.text("unit", "Wh"),
            time=table.text("time", "", most=256),
            take_time=table.flag("take_time", default=False),
        )
        check_gives(profile, gives)
    except SettingsError as error:
        raise table.wrong(error.setting or "profile", f"is wrong: {error.reason}", error.hint) from None
    return profile


def _channel(table: Table, text: str) -> Channel:
    if text not in _CHANNELS:
        raise table.wrong("gives", f"has {text!r}", 'write "consumption", "production" or both')
    return _CHANNELS[text]
