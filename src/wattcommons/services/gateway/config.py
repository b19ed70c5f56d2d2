"""The gateway's settings, read from a TOML file strictly: an unknown key or a value out of range is refused by name.

Paths are relative to the folder of the file. Secrets (passwords, tokens, the node's address, which may hold an access
key) are never shown in a repr; passwords and tokens are only ever named by the file they stand in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from wattcommons.domain.channels import Channel
from wattcommons.domain.local_time import DEFAULT_ZONE, checked_zone
from wattcommons.domain.units import MAX_INDEX, MAX_WH, ParticipantIndex
from wattcommons.errors import SettingsError
from wattcommons.services.gateway.config_sources import SourceConfig, read_brokers, read_source
from wattcommons.services.gateway.intake_rules import ParticipantRules
from wattcommons.services.gateway.sources.mqtt_broker import MqttBroker
from wattcommons.services.runtime.toml_table import Table, read_toml

HINT: Final = "make one with `watt oracle init FOLDER`"
_DAY_S: Final = 86_400


@dataclass(frozen=True)
class KeyFile:
    """An encrypted key file and the file with its password."""

    keystore: Path
    password_file: Path


@dataclass(frozen=True)
class DeliveryConfig:
    """How readings leave. `relays` or `rpc` (or both: then finality is only believed from a node of one's own).

    `finality`: blocks on top that make a block final; None takes the node's own word. `poll_s`: seconds between two
    looks at what is on its way. `sender`: key file of the account that sends; None: the gateway's own key.
    """

    relays: tuple[str, ...] = field(default=(), repr=False)
    rpc: tuple[str, ...] = field(default=(), repr=False)
    ca_file: Path | None = None
    sender: KeyFile | None = None
    finality: int | None = 0
    poll_s: int = 15
    most: int = 2_000
    run: int = 96
    timeout_s: int = 30


@dataclass(frozen=True)
class HttpConfig:
    """Where health, metrics and HTTP push listen; `port` 0 listens nowhere."""

    host: str = "127.0.0.1"
    port: int = 9750


@dataclass(frozen=True)
class GatewayConfig:
    """Everything `watt oracle` needs to know.

    `bridge_s`: longest time between two samples across a boundary that is still measured. `most_split`: most
    intervals a gap is split over, estimated. `retention_s`: how long readings are kept once they are final.
    """

    path: Path
    deployment: Path
    state: Path
    keys: tuple[KeyFile, ...]
    participants: tuple[ParticipantRules, ...]
    sources: tuple[SourceConfig, ...]
    brokers: Mapping[str, MqttBroker]
    delivery: DeliveryConfig
    http: HttpConfig
    home_assistant: str = ""
    zone: str = DEFAULT_ZONE
    check_clock: bool = True
    bridge_s: int = 120
    most_split: int = 336
    split_coarser: bool = False
    checkpoint_s: int = 60
    retention_s: int = 400 * _DAY_S
    lang: str = "en"

    def source(self, name: str) -> SourceConfig:
        """A source by its name. Raises SettingsError for one that is not there."""
        for one in self.sources:
            if one.name == name:
                return one
        names = ", ".join(one.name for one in self.sources)
        raise SettingsError(f"{self.path} has no source {name!r}", f"its sources are {names}", setting="SOURCE")


def read_config(path: Path) -> GatewayConfig:
    """Read and check a gateway's settings. Raises InputError naming the file, the key and what to write."""
    top = read_toml(path, HINT)
    base = path.absolute().parent
    gateway = top.table("gateway")
    deployment = base / gateway.text("deployment", "deployment.json", most=512)
    state = base / gateway.text("state", "oracle.sqlite", most=512)
    zone = gateway.checked("time_zone", checked_zone, DEFAULT_ZONE)
    lang = gateway.choice("language", {"en": "en", "fr": "fr"}, "en")
    intervals = top.table("intervals")
    clock = top.table("clock")
    http = top.table("http")
    brokers = read_brokers(top.tables("mqtt"), base)
    participants = _participants(top)
    sources = tuple(read_source(table, base, brokers) for table in top.tables("source"))
    config = GatewayConfig(
        path=path,
        deployment=deployment,
        state=state,
        keys=_keys(top, base),
        participants=tuple(_with_channels(one, sources, top) for one in participants),
        sources=sources,
        brokers=brokers,
        delivery=_delivery(top.table("delivery"), base),
        http=HttpConfig(http.text("host", "127.0.0.1", most=255), http.whole("port", 9750, 0, 65_535)),
        home_assistant=_home_assistant(top.table("home_assistant"), brokers),
        zone=zone,
        check_clock=clock.flag("check", default=True),
        bridge_s=intervals.whole("bridge_seconds", 120, 1, 3_600),
        most_split=intervals.whole("most_split", 336, 1, 10_000),
        split_coarser=intervals.flag("split_coarser", default=False),
        checkpoint_s=gateway.whole("checkpoint_seconds", 60, 1, 3_600),
        retention_s=gateway.whole("retention_days", 400, 1, 36_500) * _DAY_S,
        lang=lang,
    )
    for table in (gateway, intervals, clock, http, top):
        table.finish()
    _check_sources(config, top)
    return config


def _keys(top: Table, base: Path) -> tuple[KeyFile, ...]:
    tables = top.tables("key")
    if not tables:
        raise top.wrong("key", "is missing", "write [[key]] with keystore and password_file")
    return tuple(_key(table, base) for table in tables)


def _key(table: Table, base: Path) -> KeyFile:
    found = KeyFile(base / table.text("keystore", most=512), base / table.text("password_file", most=512))
    table.finish()
    return found


def _participants(top: Table) -> list[ParticipantRules]:
    tables = top.tables("participant")
    if not tables:
        raise top.wrong("participant", "is missing", "write [[participant]] with index, import_w and export_w")
    found: list[ParticipantRules] = []
    numbers: set[str] = set()
    for table in tables:
        index = table.whole("index", None, 1, MAX_INDEX)
        if any(index == one.index for one in found):
            raise table.wrong("index", f"is {index}, as of one above", "name each participant once")
        meters = frozenset(table.texts("meter_ids", most=64))
        for number in sorted(meters & numbers):
            raise table.wrong("meter_ids", f"has {number!r}, as one above", "a meter belongs to one participant")
        numbers |= meters
        import_w, export_w = table.whole("import_w", None, 0, MAX_WH), table.whole("export_w", 0, 0, MAX_WH)
        found.append(ParticipantRules(ParticipantIndex(index), import_w, export_w, frozenset(), meters))
        table.finish()
    return found


def _with_channels(one: ParticipantRules, sources: tuple[SourceConfig, ...], top: Table) -> ParticipantRules:
    """What a participant's reading needs: consumption always, production where it may have any."""
    needed = {Channel.CONSUMPTION} | ({Channel.PRODUCTION} if one.export_w else set())
    given = {channel for source in sources if source.serves(one) for channel in source.gives}
    for channel in sorted(needed - given, key=lambda item: item.value):
        raise top.wrong(
            "source",
            f"gives no {channel.value} of participant {one.index}",
            "bind a source to it, or set export_w = 0 where nothing is produced",
        )
    return ParticipantRules(one.index, one.import_w, one.export_w, frozenset(needed), one.meter_ids)


def _delivery(table: Table, base: Path) -> DeliveryConfig:
    relays, rpc = table.texts("relays", most=512), table.texts("rpc", most=512)
    if not relays and not rpc:
        raise table.wrong("relays", "is missing", "name a relay in relays, or a node in rpc")
    for key, urls in (("relays", relays), ("rpc", rpc)):
        for url in urls:
            if not url.startswith(("http://", "https://")) and (key == "relays" or "://" in url):
                raise table.wrong(key, "has an address that is none", "write http://HOST:PORT or https://HOST")
    sender = table.table("sender")
    ca_file = table.text("ca_file", "", most=512)
    tag = table.text("finality", "0", most=16)
    if tag != "node" and not (tag.isdigit() and len(tag) < 5):
        raise table.wrong("finality", f"is {tag!r}", 'write "node", or blocks as text like "0" or "12"')
    found = DeliveryConfig(
        relays=tuple(relays),
        rpc=tuple(rpc),
        ca_file=base / ca_file if ca_file else None,
        sender=_key(sender, base) if sender.has("keystore") else None,
        finality=None if tag == "node" else int(tag),
        poll_s=table.whole("poll_seconds", 15, 1, 3_600),
        most=table.whole("most", 2_000, 1, 20_000),
        run=table.whole("run", 96, 1, 1_000),
        timeout_s=table.whole("timeout_seconds", 30, 1, 300),
    )
    sender.finish()
    table.finish()
    return found


def _home_assistant(table: Table, brokers: Mapping[str, MqttBroker]) -> str:
    broker = table.text("broker", "")
    if broker and broker not in brokers:
        raise table.wrong("broker", f"is {broker!r}, which is no [[mqtt]] of this file", "name one of them")
    table.finish()
    return broker


def _check_sources(config: GatewayConfig, top: Table) -> None:
    names = [source.name for source in config.sources]
    for name in names:
        if names.count(name) > 1:
            raise top.wrong("source", f"has two named {name!r}", "give each a name of its own")
    known = {one.index for one in config.participants}
    for source in config.sources:
        if source.participant is not None and source.participant not in known:
            raise top.wrong(
                "source",
                f"{source.name} names participant {source.participant}",
                "add a [[participant]] with that index",
            )
