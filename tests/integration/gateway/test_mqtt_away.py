"""A broker, a source or a store that is away for a while: nothing is lost, and nothing old is dated now."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.gateway.mqtt_kit import (
    DATED,
    NOON,
    USED,
    WILL,
    Taken,
    bound,
    broker_of,
    running_source,
    until,
)
from tests.support.mosquitto import Mosquitto, Publisher, mosquitto
from wattcommons.domain.channels import MilliWh
from wattcommons.errors import StoreFull
from wattcommons.services.gateway.samples import IndexSeen
from wattcommons.services.gateway.sources import mqtt

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    """One broker for all tests that leave it running; each has its own topics and client."""
    with mosquitto(tmp_path_factory.mktemp("broker")) as running:
        yield running


def test_source__messages_sent_while_away__delivered_after_with_their_own_time(shared: Mosquitto) -> None:
    broker, sink = broker_of(shared, "away"), Taken()
    with Publisher(shared) as other:
        with running_source(broker, bound("away", sink, DATED)):
            other.send("away", f'{{"wh": 0, "t": {NOON}}}')
            until(lambda: sink.samples)
        for minute in range(1, 101):
            other.send("away", f'{{"wh": {minute}, "t": {NOON + 60 * minute}}}')
        with running_source(broker, bound("away", sink, DATED)):
            other.send("away", f'{{"wh": 101, "t": {NOON + 6_060}}}')
            until(lambda: len(sink.samples) >= 102)
    assert sink.samples == [
        IndexSeen(USED, MilliWh(minute * 1_000), at=(NOON + 60 * minute) * 1_000) for minute in range(102)
    ]


def test_source__undated_messages_sent_while_away__not_dated_now(shared: Mosquitto) -> None:
    broker, sink = broker_of(shared, "undated"), Taken()
    with Publisher(shared) as other:
        with running_source(broker, bound("undated", sink)):
            other.send("undated", '{"wh": 1}')
            until(lambda: sink.samples)
        for index in range(2, 52):
            other.send("undated", f'{{"wh": {index}}}')
        with running_source(broker, bound("undated", sink)):
            until(lambda: "waited" in sink.notes)
            other.send("undated", '{"wh": 52}')
            until(lambda: len(sink.samples) == 2)
    assert sink.indexes == [1_000, 52_000]
    assert sink.notes["waited"].startswith("50 messages without a time")


def test_source__not_allowed_to_mark_what_waits__reads_on_after_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mqtt, "_MARK_S", 1.0)
    rights = tmp_path / "rights"
    rights.write_text("topic readwrite meter\n", encoding="utf-8")
    rights.chmod(0o600)
    with mosquitto(tmp_path, extra=f"acl_file {rights}") as running, Publisher(running) as other:
        with running_source(broker_of(running, "g"), bound("meter", Taken())):
            pass
        sink = Taken()
        with running_source(broker_of(running, "g"), bound("meter", sink)):
            other.send("meter", '{"wh": 1}')
            time.sleep(1.1)
            other.send("meter", '{"wh": 2}')
            until(lambda: sink.samples)
    assert sink.indexes == [2_000]
    assert "does not give our mark back; 1 messages" in sink.notes["waited"]


def test_source__full_store__message_not_acknowledged_and_delivered_again(
    shared: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mqtt, "_STORE_PAUSE_S", 0.2)
    sink = Taken(StoreFull("no space is left"), StoreFull("no space is left"))
    with running_source(broker_of(shared, "full"), bound("full", sink, DATED)) as run, Publisher(shared) as other:
        for index in range(30):
            other.send("full", f'{{"wh": {index}, "t": {NOON + index}}}')
        until(lambda: len(sink.samples) >= 30)
        assert not run.done()
    assert sink.indexes == [index * 1_000 for index in range(30)]
    assert "no space is left" in sink.notes["store"]


def test_source__broker_restarted__connects_again_and_misses_nothing(tmp_path: Path) -> None:
    sink = Taken()
    with mosquitto(tmp_path) as running:
        with running_source(broker_of(running, "g"), bound("meter", sink, DATED)) as run:
            with Publisher(running) as other:
                other.send("meter", f'{{"wh": 1, "t": {NOON}}}')
                until(lambda: sink.samples)
            running.stop()
            until(lambda: "lost" in sink.notes["broker"])
            running.start()
            with Publisher(running) as other:  # most likely before the source is back
                other.send("meter", f'{{"wh": 2, "t": {NOON + 60}}}')
                until(lambda: len(sink.samples) == 2)
                other.send("meter", f'{{"wh": 3, "t": {NOON + 120}}}')
                until(lambda: len(sink.samples) == 3)
        assert run.exception() is None
    assert sink.indexes == [1_000, 2_000, 3_000]


def test_source__stopped_while_the_broker_is_gone__returns_in_time(tmp_path: Path) -> None:
    sink = Taken()
    with mosquitto(tmp_path) as running, running_source(broker_of(running, "g"), bound("meter", sink)) as run:
        running.stop()
        until(lambda: "lost" in sink.notes["broker"])
    assert run.exception() is None


def test_source__comes_goes_and_dies__others_are_told(shared: Mosquitto, monkeypatch: pytest.MonkeyPatch) -> None:
    topic = f"{WILL}/will"
    sink = Taken(RuntimeError("a defect"))
    with Publisher(shared) as other:
        other.listen(topic)
        with running_source(broker_of(shared, "will"), bound("will", Taken())):
            until(lambda: other.received.get(topic) == b"online")
        until(lambda: other.received.get(topic) == b"offline")
        # A process that dies says nothing any more: its will does.
        monkeypatch.setattr("paho.mqtt.client.Client.is_connected", lambda _self: False)
        monkeypatch.setattr("paho.mqtt.client.Client.disconnect", lambda self: self._sock_close())
        with running_source(broker_of(shared, "will"), bound("will", sink)) as run:
            until(lambda: other.received.get(topic) == b"online")
            other.send("will", '{"wh": 1}')
            until(lambda: other.received.get(topic) == b"offline")
    assert isinstance(run.exception(), RuntimeError)
