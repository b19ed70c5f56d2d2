"""What the gateway reads, shown in Home Assistant: discovery by MQTT, if the member wants it.

Source: home-assistant.io, integrations/mqtt (MQTT discovery) and integrations/sensor.mqtt. A sensor's description is
retained below `homeassistant/sensor/<node>/`, its state below `wattcommons/<node>/`; it counts as unavailable while
the gateway is gone. This is for the eye only: nothing that fails here disturbs a reading.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from threading import Lock
from typing import Final

from paho.mqtt.client import Client, ConnectFlags
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from wattcommons.domain.channels import MWH_A_WH, Channel, MilliWh
from wattcommons.errors import SettingsError, SourceLost
from wattcommons.services.gateway.sources.mqtt_broker import OFFLINE, ONLINE, MqttBroker, new_client

PREFIX: Final = "homeassistant"
_NODE: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LEAVE_S: Final = 1.0


def discovery_configs(
    node: str, participant: int, channels: Iterable[Channel], will_topic: str, prefix: str = PREFIX
) -> dict[str, str]:
    """Topic -> description (JSON) of one sensor for each channel of a participant.

    `node`: the gateway's name, unique at the broker; letters, digits, _ and - only, else SettingsError.
    """
    if not _NODE.fullmatch(node):
        raise SettingsError(f"{node!r} is no name for Home Assistant", "letters, digits, _ and - only", setting="node")
    configs = {}
    for channel in channels:
        name = f"p{participant}_{channel.value}"
        config = {
            "name": channel.value.capitalize(),
            "unique_id": f"{node}_{name}",
            "state_topic": state_topic(node, participant, channel),
            "availability_topic": will_topic,
            "device_class": "energy",
            "state_class": "total_increasing",
            "unit_of_measurement": "kWh",
            "suggested_display_precision": 3,
            "device": {
                "identifiers": [f"{node}_p{participant}"],
                "name": f"Participant {participant}",
                "manufacturer": "WattCommons",
            },
        }
        configs[f"{prefix}/sensor/{node}/{name}/config"] = json.dumps(config, sort_keys=True)
    return configs


def state_topic(node: str, participant: int, channel: Channel) -> str:
    """Where a channel's total is published."""
    return f"wattcommons/{node}/{participant}/{channel.value}"


def kwh_text(total: MilliWh) -> str:
    """A total in kWh with three decimals, exact to the Wh; what is finer is cut off."""
    whole, rest = divmod(total // MWH_A_WH, 1_000)
    return f"{whole}.{rest:03d}"


class HomeAssistant:
    """Publishes totals through a connection of its own. `publish` may be called from any thread and never waits.

    `broker`: with a client id and a will topic of its own, not those of a source.
    """

    def __init__(self, broker: MqttBroker, node: str, prefix: str = PREFIX) -> None:
        discovery_configs(node, 0, (), broker.will_topic)  # refuses a wrong name at once
        self._broker, self._node, self._prefix = broker, node, prefix
        self._lock = Lock()
        self._states: dict[tuple[int, Channel], str] = {}
        self._client: Client | None = None

    def start(self) -> None:
        """Connects in the background, and again whenever the connection is lost."""
        try:
            client = new_client(self._broker, keep_session=False)
        except SourceLost:
            return  # no readable certificates: there is nothing to be shown with
        client.on_connect = self._connected
        client.connect_async(self._broker.host, self._broker.port, self._broker.keepalive_s)
        client.loop_start()
        self._client = client

    def publish(self, participant: int, channel: Channel, total: MilliWh) -> None:
        """Shows a total. Without a connection only the last one is remembered, and shown when there is one."""
        text = kwh_text(total)
        with self._lock:
            known = self._states.get((participant, channel))
            self._states[participant, channel] = text
        if text != known and self._client is not None:
            self._send(self._client, participant, channel, text, described=known is not None)

    def close(self) -> None:
        """Says that we are gone, and goes; within about a second."""
        client, self._client = self._client, None
        if client is None:
            return
        gone = client.publish(self._broker.will_topic, OFFLINE, qos=1, retain=True)
        if client.is_connected():
            gone.wait_for_publish(_LEAVE_S)
        client.disconnect()  # its thread, which may be held up in a connection attempt, ends by itself

    def _connected(
        self, client: Client, _data: object, _flags: ConnectFlags, reason: ReasonCode, _properties: Properties | None
    ) -> None:
        if reason.is_failure:
            return
        client.publish(self._broker.will_topic, ONLINE, qos=1, retain=True)
        with self._lock:
            states = dict(self._states)
        for (participant, channel), text in states.items():
            self._send(client, participant, channel, text, described=False)

    def _send(self, client: Client, participant: int, channel: Channel, text: str, *, described: bool) -> None:
        if not client.is_connected():
            return
        if not described:
            configs = discovery_configs(
                self._node, participant, [channel], self._broker.will_topic, prefix=self._prefix
            )
            for topic, config in configs.items():
                client.publish(topic, config, qos=0, retain=True)
        client.publish(state_topic(self._node, participant, channel), text, qos=0, retain=True)
