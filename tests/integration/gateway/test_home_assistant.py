"""Home Assistant as a client of the broker sees it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.gateway.mqtt_kit import (
    USED,
    WILL,
    broker_of,
    until,
)
from tests.support.mosquitto import Mosquitto, Publisher, mosquitto
from wattcommons.domain.channels import MilliWh
from wattcommons.services.gateway.sources.home_assistant import HomeAssistant

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    """One broker for all tests that leave it running; each has its own topics and client."""
    with mosquitto(tmp_path_factory.mktemp("broker")) as running:
        yield running


def test_home_assistant__totals__described_and_shown(shared: Mosquitto) -> None:
    shown = HomeAssistant(broker_of(shared, "ha"), "gateway")
    shown.start()
    try:
        shown.publish(7, USED, MilliWh(8_545_433_999))
        with Publisher(shared) as other:
            other.listen("homeassistant/#")
            other.listen("wattcommons/gateway/#")
            other.listen(f"{WILL}/ha")
            state = "wattcommons/gateway/7/consumption"
            until(lambda: state in other.received)
            assert other.received[state] == b"8545.433"
            config = json.loads(other.received["homeassistant/sensor/gateway/p7_consumption/config"])
            assert config["state_topic"] == state
            shown.publish(7, USED, MilliWh(8_545_434_000))
            until(lambda: other.received[state] == b"8545.434")
            shown.close()
            until(lambda: other.received[f"{WILL}/ha"] == b"offline")
    finally:
        shown.close()


def test_home_assistant__no_broker__disturbs_nothing(tmp_path: Path) -> None:
    gone = Mosquitto(tmp_path)
    for broker in (broker_of(gone, "ha"), broker_of(gone, "ha", tls=True, ca_file=tmp_path / "nothing.pem")):
        shown = HomeAssistant(broker, "gateway")
        shown.start()
        shown.publish(7, USED, MilliWh(1))
        shown.close()
        shown.publish(7, USED, MilliWh(2_000))
