"""A source at a real broker, and a sink that remembers what it was handed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager

import pytest

from tests.support.mosquitto import Mosquitto
from wattcommons.domain.channels import Channel, EnergyRow
from wattcommons.errors import MeterDataError, SourceLost
from wattcommons.services.gateway.samples import IndexSeen, PowerSeen, RowsTaken
from wattcommons.services.gateway.sources.mqtt import MqttBinding, MqttSource
from wattcommons.services.gateway.sources.mqtt_broker import MqttBroker
from wattcommons.services.gateway.sources.mqtt_profiles import MqttProfile

USED, MADE = Channel.CONSUMPTION, Channel.PRODUCTION
WILL = "wattcommons/test/state"
DATED = MqttProfile("json", consumption="wh", time="t", take_time=True)
PLAIN = MqttProfile("json", consumption="wh")
NOON = 1_780_315_200  # 2026-06-01T12:00:00Z


class Taken:
    """A sink that remembers, and refuses as long as `refusals` last."""

    def __init__(self, *refusals: Exception) -> None:
        self.samples: list[IndexSeen | PowerSeen] = []
        self.problems: list[str] = []
        self.notes: dict[str, str] = {}
        self._refusals = list(refusals)

    def seen(self, samples: Sequence[IndexSeen | PowerSeen], *, clock_degraded: bool = False) -> None:
        if self._refusals:
            raise self._refusals.pop(0)
        self.samples.extend(samples)

    def rows(self, rows: Sequence[EnergyRow]) -> RowsTaken:
        raise AssertionError("a broker has no rows")

    def problem(self, error: MeterDataError) -> None:
        self.problems.append(error.kind)

    def note(self, key: str, value: str) -> None:
        self.notes[key] = value

    @property
    def indexes(self) -> list[int]:
        return [sample.index for sample in self.samples if isinstance(sample, IndexSeen)]


def broker_of(running: Mosquitto, name: str, **more: object) -> MqttBroker:
    facts = {"host": running.host, "port": running.port, "client_id": name, "will_topic": f"{WILL}/{name}"}
    return MqttBroker(**(facts | more))  # type: ignore[arg-type]


def bound(topic: str, sink: Taken, profile: MqttProfile = PLAIN, *gives: Channel) -> MqttBinding:
    return MqttBinding(topic, profile, frozenset(gives or (USED,)), sink)


def until(what: Callable[[], object], seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


@contextmanager
def running_source(broker: MqttBroker, *bindings: MqttBinding) -> Iterator[Future[None]]:
    """A source in its own thread, connected; gone, within 2 s, at the end."""
    stop, sink = threading.Event(), bindings[0].sink
    assert isinstance(sink, Taken)
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(MqttSource("meters", broker, bindings).run, stop)
        try:
            until(lambda: "broker" in sink.notes or run.done())
            time.sleep(0.1)  # the subscription follows the connection
            yield run
        finally:
            stop.set()
            assert wait([run], 2).done, "it did not stop within 2 s"


def fails(broker: MqttBroker) -> SourceLost:
    with pytest.raises(SourceLost) as caught:
        MqttSource("meters", broker, [bound("a", Taken())]).run(threading.Event())
    return caught.value
