"""What the usual publishers of meter values send over MQTT, by profile.

    teleinfo2mqtt  `teleinfo/<id>`             {LABEL: {raw, value, timestamp}}: a Linky's frame
    emonhub        `emon/<node>/<key>`         a bare number, the key is the topic's last level
    emonhub-json   `emon/<node>`               {key: number, ..., "time": epoch seconds}
    shelly         `<prefix>/events/rpc`       Gen2 and later: see `mqtt_shelly`
    tasmota        `tele/<name>/SENSOR`        ENERGY.Total and, on meters of both directions, ENERGY.ExportActive, kWh
    zigbee2mqtt    `zigbee2mqtt/<name>`        energy and, on meters of both directions, produced_energy, kWh
    json           any                         a path for each channel

Shapes as in the publishers' sources: fmartinou/teleinfo2mqtt (app/teleinfo), openenergymonitor/emonhub
(EmonHubMqttInterfacer.py), arendst/Tasmota (xdrv_03_energy.ino), the device pages of zigbee2mqtt.io.
A message with nothing of ours (another component's event, a value not known yet) gives no sample and no error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from wattcommons.domain.channels import Channel
from wattcommons.errors import MeterDataError, SettingsError
from wattcommons.services.gateway.samples import IndexSeen, PowerSeen
from wattcommons.services.gateway.sources.mqtt_json import (
    POWER_UNIT,
    UNITS,
    as_energy,
    as_moment,
    as_number,
    as_power,
    at_path,
    read_json,
    read_text,
)
from wattcommons.services.gateway.sources.mqtt_shelly import check_component, shelly_values
from wattcommons.services.gateway.sources.mqtt_teleinfo import teleinfo_samples

Sample = IndexSeen | PowerSeen


@dataclass(frozen=True, slots=True)
class MqttProfile:
    """How to read the messages of one topic.

    `kind`: a profile's name. `consumption`, `production`: where the channel's value stands, if not where the profile
    has it: a path such as `sensors.main.energy_wh`; of `emonhub` the key, of `shelly` a component such as `em1data:1`
    or a path below `params`. `unit`: Wh, kWh, mWh, or W for a power that has no index; only for `emonhub`,
    `emonhub-json` and `json`, the others have their own. `time`: path of the message's own time (epoch s or ms, or
    ISO 8601 with offset), if not where the profile has it. `take_time`: date the samples by it.
    """

    kind: str
    consumption: str = ""
    production: str = ""
    unit: str = "Wh"
    time: str = ""
    take_time: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise SettingsError(f"{self.kind!r} is none of {', '.join(KINDS)}", setting="profile")
        if self.unit not in UNITS and self.unit != POWER_UNIT:
            raise SettingsError(f"{self.unit!r} is none of {', '.join(UNITS)}, {POWER_UNIT}", setting="unit")
        if self.unit != "Wh" and self.kind in _OWN_UNIT:
            raise SettingsError(f"the profile {self.kind} has its own unit", "leave it out", setting="unit")
        if self.kind == "teleinfo2mqtt" and (self.consumption or self.production):
            raise SettingsError("a Linky's labels are known", "leave consumption and production out", setting="profile")
        if self.kind == "shelly":
            check_component(self.consumption)
            check_component(self.production)
        if self.take_time and self.kind in _NO_TIME:
            raise SettingsError(f"{self.kind} gives no time to be relied on", "leave it out", setting="take_time")
        if self.take_time and self.kind == "json" and not self.time:
            raise SettingsError("no path of the message's time is given", "set `time` too", setting="take_time")

    def place(self, channel: Channel) -> str:
        """The option that says where the channel's value stands; empty where it is left to the profile."""
        return self.consumption if channel is Channel.CONSUMPTION else self.production


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where a JSON profile has its values: paths, unit (empty: a setting) and how its topics end."""

    consumption: str = ""
    production: str = ""
    unit: str = ""
    time: str = ""
    topic: str = ""

    def place(self, channel: Channel) -> str:
        return self.consumption if channel is Channel.CONSUMPTION else self.production


_OWN_UNIT: Final = {"teleinfo2mqtt", "shelly", "tasmota", "zigbee2mqtt"}
_NO_TIME: Final = {"teleinfo2mqtt", "emonhub"}
_NO_PLACES: Final = {"emonhub-json", "json"}
_LAYOUTS: Final = {
    "emonhub-json": _Layout(time="time"),
    "tasmota": _Layout("ENERGY.Total", "ENERGY.ExportActive", "kWh", "Time", "/SENSOR"),
    "zigbee2mqtt": _Layout("energy", "produced_energy", "kWh", "last_seen"),
    "json": _Layout(),
}


def check_gives(profile: MqttProfile, gives: frozenset[Channel]) -> None:
    """Raises SettingsError when the profile cannot tell where a value of each of these channels stands."""
    if not gives:
        raise SettingsError("at least one channel is needed", "consumption, production or both", setting="gives")
    to_say = profile.kind in _NO_PLACES or (profile.kind == "emonhub" and len(gives) > 1)
    for channel in gives:
        if to_say and not profile.place(channel):
            raise SettingsError(
                f"where {channel.value} stands in messages of {profile.kind} is not said",
                f"set `{channel.value}` of the profile",
                setting=channel.value,
            )


def read_message(profile: MqttProfile, topic: str, payload: bytes, gives: frozenset[Channel]) -> list[Sample]:
    """The samples of one message, for the channels in `gives` only. Raises MeterDataError for an unusable one."""
    return _READERS[profile.kind](profile, topic, payload, gives)


def _read_layout(profile: MqttProfile, topic: str, payload: bytes, gives: frozenset[Channel]) -> list[Sample]:
    layout = _LAYOUTS[profile.kind]
    if not topic.endswith(layout.topic):
        return []
    message = read_json(payload)
    if message is None:
        return []
    if not isinstance(message, (dict, list)):
        raise MeterDataError("malformed", "a message that is a single value, not an object")
    values: dict[Channel, Decimal] = {}
    for channel in _in_order(gives):
        value = at_path(message, profile.place(channel) or layout.place(channel))
        if isinstance(value, list) and profile.kind == "tasmota":
            value = _tasmota_phases(message, channel, value)
        if value is not None:
            values[channel] = as_number(value)
    return _samples(profile, values, layout.unit or profile.unit, message, profile.time or layout.time)


def _tasmota_phases(message: Any, channel: Channel, value: list[object]) -> Decimal:
    """ExportActive of a meter of several phases is a list of them; so is Total, if told to (SetOption129).

    Older versions wrote a list too, with the sum first and then each tariff, but then Total as well: so only a list
    beside a plain Total is known to be of phases.
    """
    if channel is Channel.CONSUMPTION or isinstance(at_path(message, "ENERGY.Total"), list):
        raise MeterDataError(
            "malformed", f"{channel.value} is a list, of phases or of tariffs", "set SetOption129 to 0"
        )
    return sum((as_number(phase) for phase in value), Decimal(0))


def _read_bare(profile: MqttProfile, topic: str, payload: bytes, gives: frozenset[Channel]) -> list[Sample]:
    key = topic.rpartition("/")[2]
    channels = [channel for channel in _in_order(gives) if (profile.place(channel) or key) == key]
    text = read_text(payload) if channels else ""
    values = {channel: as_number(text) for channel in channels if text}
    return _samples(profile, values, profile.unit, None, "")


def _read_shelly(profile: MqttProfile, topic: str, payload: bytes, gives: frozenset[Channel]) -> list[Sample]:
    if not topic.endswith("/events/rpc"):
        return []
    params, values = shelly_values(
        read_json(payload), {channel: profile.place(channel) for channel in _in_order(gives)}
    )
    return _samples(profile, values, "Wh", params, profile.time or "ts")


def _read_teleinfo(_profile: MqttProfile, _topic: str, payload: bytes, gives: frozenset[Channel]) -> list[Sample]:
    return list(teleinfo_samples(read_json(payload), gives))


def _samples(
    profile: MqttProfile, values: Mapping[Channel, Decimal], unit: str, message: object, time: str
) -> list[Sample]:
    if not values:
        return []
    at: int | None = None
    if profile.take_time:
        moment = at_path(message, time)
        if moment is None:
            raise MeterDataError("time", f"a message without its time `{time}`")
        at = as_moment(moment)
    if unit == POWER_UNIT:
        return [PowerSeen(channel, as_power(value), at) for channel, value in values.items()]
    return [IndexSeen(channel, as_energy(value, unit), at=at) for channel, value in values.items()]


def _in_order(gives: frozenset[Channel]) -> list[Channel]:
    return [channel for channel in Channel if channel in gives]


_READERS: Final[Mapping[str, Callable[[MqttProfile, str, bytes, frozenset[Channel]], list[Sample]]]] = {
    "teleinfo2mqtt": _read_teleinfo,
    "emonhub": _read_bare,
    "emonhub-json": _read_layout,
    "shelly": _read_shelly,
    "tasmota": _read_layout,
    "zigbee2mqtt": _read_layout,
    "json": _read_layout,
}
KINDS: Final = tuple(_READERS)
"""The profiles by name."""
