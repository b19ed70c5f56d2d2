"""What Home Assistant is told, without a broker."""

from __future__ import annotations

import json

import pytest

from wattcommons.domain.channels import Channel, MilliWh
from wattcommons.errors import SettingsError
from wattcommons.services.gateway.sources.home_assistant import HomeAssistant, discovery_configs, kwh_text, state_topic
from wattcommons.services.gateway.sources.mqtt_broker import MqttBroker

pytestmark = pytest.mark.unit

BROKER = MqttBroker("localhost", 1883, "gateway-ha", "wattcommons/gateway/state")


@pytest.mark.parametrize("node", ["", "a b", "a/b", "é", "#", "x" * 65])
def test_node__no_name_for_a_topic__refused(node: str) -> None:
    with pytest.raises(SettingsError, match="is no name"):
        discovery_configs(node, 7, [Channel.CONSUMPTION], "w")
    with pytest.raises(SettingsError, match="is no name"):
        HomeAssistant(BROKER, node)


def test_configs__each_channel__an_energy_sensor_of_its_own() -> None:
    configs = discovery_configs("gateway", 7, Channel, BROKER.will_topic)
    assert set(configs) == {
        "homeassistant/sensor/gateway/p7_consumption/config",
        "homeassistant/sensor/gateway/p7_production/config",
    }
    sensors = [json.loads(config) for config in configs.values()]
    for sensor, channel in zip(sensors, Channel, strict=True):
        assert sensor["state_topic"] == state_topic("gateway", 7, channel)
        assert sensor["availability_topic"] == BROKER.will_topic
        assert (sensor["device_class"], sensor["state_class"]) == ("energy", "total_increasing")
        assert sensor["unit_of_measurement"] == "kWh"
    assert sensors[0]["device"] == sensors[1]["device"]
    assert sensors[0]["unique_id"] != sensors[1]["unique_id"]


def test_configs__another_prefix__used() -> None:
    [topic] = discovery_configs("gateway", 7, [Channel.PRODUCTION], "w", prefix="ha")
    assert topic == "ha/sensor/gateway/p7_production/config"


@pytest.mark.parametrize(
    ("total", "text"), [(0, "0.000"), (999, "0.000"), (1_000, "0.001"), (8_545_433_999, "8545.433")]
)
def test_state__a_total__kwh_to_the_wh(total: int, text: str) -> None:
    assert kwh_text(MilliWh(total)) == text


def test_publish__not_started__remembered_and_nothing_sent() -> None:
    shown = HomeAssistant(BROKER, "gateway")
    shown.publish(7, Channel.CONSUMPTION, MilliWh(1_000))
    shown.close()
