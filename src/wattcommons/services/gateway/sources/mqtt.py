"""Meter values from an MQTT broker: one connection for any number of meters.

Nothing is lost between the broker and the sink: the session is kept by the broker, topics are subscribed at QoS 1, and
a message is acknowledged after the sink took it. When the store is full, nothing is acknowledged; the connection is
dropped, and the broker hands the same messages in again, in their order, at the next one.

Nothing old is dated now: a retained message and one that waited for us at the broker show an index of some time ago.
Without a time of its own such a message is left aside, for the next one shows the same index or a later one; with one
(a profile's `take_time`) it is taken. What waited is told from what is new by a mark: after subscribing, we send a
message to ourselves, which arrives behind all that waited.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Event
from typing import Final
from uuid import uuid4

from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.matcher import MQTTMatcher
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from wattcommons.domain.channels import Channel
from wattcommons.errors import MeterDataError, SettingsError, SourceLost, StoreDamaged, StoreError
from wattcommons.services.gateway.samples import Sink
from wattcommons.services.gateway.sources.mqtt_broker import (
    OFFLINE,
    ONLINE,
    MqttBroker,
    new_client,
    refused,
    unreachable,
)
from wattcommons.services.gateway.sources.mqtt_profiles import MqttProfile, check_gives, read_message

_TICK_S: Final = 0.5
_BURST: Final = 100
_LEAVE_S: Final = 1.5
_ANSWER_S: Final = 10.0
_RETRY_S: Final = (1.0, 60.0)
_STORE_PAUSE_S: Final = 5.0
_MARK_S: Final = 30.0
"""A broker that does not let us write to our own topic sends no mark: what comes later than this counts as new."""
_MARK_AGAIN_S: Final = 1.0
"""A broker whose queue for us is full drops the mark: it is sent again until it comes back."""
_UNAVAILABLE: Final = 136  # MQTT 5.0, table 2-6: server unavailable


@dataclass(frozen=True, slots=True)
class MqttBinding:
    """One meter at the broker. `topic` may hold + and #; `gives`: the channels taken; `sink`: who takes them."""

    topic: str
    profile: MqttProfile
    gives: frozenset[Channel]
    sink: Sink

    def __post_init__(self) -> None:
        levels = self.topic.split("/")
        wrong = any(len(level) > 1 and {"+", "#"} & set(level) for level in levels) or "#" in levels[:-1]
        if not self.topic or wrong or "\0" in self.topic or len(self.topic.encode()) > 65_535:
            raise SettingsError(
                f"{self.topic!r} is no topic", "+ stands for one whole level, # for all at the end", setting="topic"
            )
        check_gives(self.profile, self.gives)


class MqttSource:
    """A source of readings for all bindings of one broker."""

    def __init__(self, name: str, broker: MqttBroker, bindings: Sequence[MqttBinding]) -> None:
        self.name = name
        self._broker = broker
        self._routes = _Routes(bindings)

    def run(self, stop: Event) -> None:
        """Takes messages until `stop` is set. A lost connection is opened again, with longer and longer pauses.

        Raises SourceLost when the first connection fails or the broker refuses us, StoreDamaged when a sink says so.
        """
        while not stop.is_set():
            pool = ThreadPoolExecutor(1, thread_name_prefix=self.name)
            link = _Link(self._broker, self._routes)
            served = pool.submit(link.serve)
            pool.shutdown(wait=False)
            while not stop.is_set() and not wait([served], _TICK_S / 2).done:
                pass
            link.leave()
            if not wait([served], _LEAVE_S).done:
                return  # it is held up in a connection attempt; it hands in nothing any more
            try:
                served.result()
            except SourceLost:
                if not stop.is_set():
                    raise
            except StoreDamaged:
                raise
            except StoreError as error:
                self._routes.note("store", f"it takes nothing at present: {error.message}")
                stop.wait(_STORE_PAUSE_S)


class _Routes:
    """Which bindings a topic concerns. Plain topics are looked up; patterns cost a walk through their tree."""

    def __init__(self, bindings: Sequence[MqttBinding]) -> None:
        self.topics = sorted({binding.topic for binding in bindings})
        self._sinks = list({id(binding.sink): binding.sink for binding in bindings}.values())
        self._plain: dict[str, list[MqttBinding]] = {}
        patterns: dict[str, list[MqttBinding]] = {}
        for binding in bindings:
            kept = patterns if {"+", "#"} & set(binding.topic) else self._plain
            kept.setdefault(binding.topic, []).append(binding)
        self._patterns: MQTTMatcher | None = None
        if patterns:
            self._patterns = MQTTMatcher()  # type: ignore[no-untyped-call]
            for topic, some in patterns.items():
                self._patterns[topic] = some

    def of(self, topic: str) -> Iterable[MqttBinding]:
        plain = self._plain.get(topic, [])
        if self._patterns is None:
            return plain
        matching = self._patterns.iter_match(topic)  # type: ignore[no-untyped-call]
        return [*plain, *(binding for some in matching for binding in some)]

    def note(self, key: str, value: str) -> None:
        for sink in self._sinks:
            sink.note(key, value)


class _Link:
    """One connection and those that follow it, all in one thread; only `leave` is for another."""

    def __init__(self, broker: MqttBroker, routes: _Routes) -> None:
        self._broker, self._routes = broker, routes
        self._leave = Event()
        self._answered = False
        self._refusal: SourceLost | None = None
        self._pause = _RETRY_S[0]
        self._mark_topic, self._mark = f"{broker.will_topic}/mark", b""
        self._waited_until: float | None = None
        self._mark_again = 0.0
        self._taken = self._left_aside = 0

    def leave(self) -> None:
        """Ends `serve` soon; from now on nothing more is handed in."""
        self._leave.set()

    def serve(self) -> None:
        """Connects, and takes messages until told to leave. Raises SourceLost, and whatever a sink raises."""
        client = new_client(self._broker, keep_session=True)
        client.on_connect, client.on_message, client.on_subscribe = self._connected, self._take, self._subscribed
        try:
            client.connect(self._broker.host, self._broker.port, self._broker.keepalive_s)
        except OSError as error:
            raise unreachable(self._broker, error) from None
        answer_by = time.monotonic() + _ANSWER_S
        try:
            while not self._leave.is_set():
                kept = self._listen(client)
                if self._refusal is not None:
                    raise self._refusal
                if not self._answered and (not kept or time.monotonic() > answer_by):
                    raise SourceLost(f"{self._broker.place}: the broker does not answer", "check the port, and `tls`")
                if not kept:
                    self._again(client)
                elif self._waited_until is not None:
                    self._look_for_mark(client, self._waited_until)
        finally:
            if client.is_connected():
                client.publish(self._broker.will_topic, OFFLINE, qos=0, retain=True)
            client.disconnect()

    def _listen(self, client: Client) -> bool:
        """Waits for messages and takes those that are there. False when the connection is lost."""
        kept = client.loop(_TICK_S)
        for _ in range(_BURST):  # paho takes one message each time it waits: too slow for a crowd
            before = self._taken
            if kept is not MQTTErrorCode.MQTT_ERR_SUCCESS or client.loop_read() is not MQTTErrorCode.MQTT_ERR_SUCCESS:
                break
            if self._taken == before:
                break
        return kept is MQTTErrorCode.MQTT_ERR_SUCCESS

    def _again(self, client: Client) -> None:
        self._routes.note("broker", "the connection is lost")
        if self._leave.wait(self._pause):
            return
        self._pause = min(2 * self._pause, _RETRY_S[1])
        try:
            client.reconnect()
        except OSError as error:
            self._routes.note("broker", unreachable(self._broker, error).message)

    def _connected(
        self, client: Client, _data: object, flags: ConnectFlags, reason: ReasonCode, _properties: Properties | None
    ) -> None:
        if reason.is_failure:
            if not self._answered or reason.value != _UNAVAILABLE:
                self._refusal = refused(self._broker, reason)
            return
        self._answered, self._pause = True, _RETRY_S[0]
        self._routes.note("broker", f"connected to {self._broker.place}")
        self._waited_until = time.monotonic() + _MARK_S if flags.session_present else None
        self._mark = uuid4().hex.encode()
        client.subscribe([(topic, 1) for topic in (self._mark_topic, *self._routes.topics)])
        self._send_mark(client)
        client.publish(self._broker.will_topic, ONLINE, qos=1, retain=True)

    def _send_mark(self, client: Client) -> None:
        self._mark_again = time.monotonic() + _MARK_AGAIN_S
        client.publish(self._mark_topic, self._mark, qos=1)  # at QoS 0 it would overtake what waits

    def _look_for_mark(self, client: Client, until: float) -> None:
        if time.monotonic() >= until:
            self._all_waited_taken("the broker does not give our mark back; ")
        elif time.monotonic() >= self._mark_again:
            self._send_mark(client)

    def _all_waited_taken(self, remark: str = "") -> None:
        self._waited_until = None
        if remark or self._left_aside:
            text = f"{remark}{self._left_aside} messages without a time of their own were left aside"
            self._routes.note("waited", text)
        self._left_aside = 0

    def _subscribed(
        self, _client: Client, _data: object, _mid: int, reasons: list[ReasonCode], _properties: Properties | None
    ) -> None:
        for topic, reason in zip((self._mark_topic, *self._routes.topics), reasons, strict=False):
            if reason.is_failure:
                self._routes.note("refused", f"the broker does not let us read {topic}")

    def _take(self, client: Client, _data: object, message: MQTTMessage) -> None:
        if self._leave.is_set():
            return
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = ""
        if topic == self._mark_topic:
            if message.payload == self._mark:  # else of an earlier connection: it waited too
                self._all_waited_taken()
        else:
            for binding in self._routes.of(topic):
                self._hand_in(binding, topic, message)
        client.ack(message.mid, message.qos)
        self._taken += 1

    def _hand_in(self, binding: MqttBinding, topic: str, message: MQTTMessage) -> None:
        if message.retain:
            binding.sink.note("retained", f"{topic}: an old value, left aside")
            return
        try:
            samples = read_message(binding.profile, topic, bytes(message.payload), binding.gives)
        except MeterDataError as error:
            binding.sink.problem(error)
            return
        if self._waited_until is not None and samples and samples[0].at is None:
            self._left_aside += 1
            return
        if samples:
            binding.sink.seen(samples)
