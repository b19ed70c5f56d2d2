"""Meters at a real broker: its refusals, and what is read of each profile."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.integration.gateway.mqtt_kit import (
    MADE,
    NOON,
    USED,
    Taken,
    bound,
    broker_of,
    fails,
    running_source,
    until,
)
from tests.support.mosquitto import Mosquitto, Publisher, make_authority, mosquitto
from wattcommons.domain.channels import Channel, MilliWh
from wattcommons.errors import StoreDamaged
from wattcommons.services.gateway.samples import IndexSeen, PowerSeen
from wattcommons.services.gateway.sources.mqtt_profiles import MqttProfile

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    """One broker for all tests that leave it running; each has its own topics and client."""
    with mosquitto(tmp_path_factory.mktemp("broker")) as running:
        yield running


# --- refusals ------------------------------------------------------------------------------------------


def test_source__wrong_password__says_so_without_showing_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with mosquitto(tmp_path, users={"gateway": "right"}) as running:
        broker = broker_of(running, "g", user="gateway", password=SecretStr("hunter2"))
        error = fails(broker)
        nobody = fails(broker_of(running, "g"))
    assert "refuses us, user gateway" in error.message
    assert "check user and password" in error.hint
    assert "without a user" in nobody.message
    assert "hunter2" not in f"{error}{broker!r}{caplog.text}"


def test_source__right_password__reads(tmp_path: Path) -> None:
    sink = Taken()
    with mosquitto(tmp_path, users={"gateway": "right"}) as running:
        broker = broker_of(running, "g", user="gateway", password=SecretStr("right"))
        with running_source(broker, bound("meter", sink)), Publisher(running, "gateway", "right") as other:
            other.send("meter", '{"wh": 5}')
            until(lambda: sink.samples)
    assert sink.samples == [IndexSeen(USED, MilliWh(5_000))]


def test_source__certificates__checked(tmp_path: Path) -> None:
    ours, foreign = make_authority(tmp_path / "ours"), make_authority(tmp_path / "foreign")
    with mosquitto(tmp_path, tls=ours) as running:
        assert (
            "certificate is not to be trusted" in fails(broker_of(running, "g", tls=True, ca_file=foreign.ca)).message
        )
        assert "certificate is not to be trusted" in fails(broker_of(running, "g", tls=True)).message
        missing = fails(broker_of(running, "g", tls=True, ca_file=tmp_path / "nothing.pem"))
        assert "nothing.pem cannot be read" in missing.message
        assert "does not answer" in fails(broker_of(running, "g")).message  # plain text to a TLS port
        sink = Taken()
        with running_source(broker_of(running, "g", tls=True, ca_file=ours.ca), bound("meter", sink)) as run:
            assert "connected to mqtts://" in sink.notes["broker"]
        assert run.exception() is None


def test_source__no_broker__says_where(shared: Mosquitto, tmp_path: Path) -> None:
    gone = Mosquitto(tmp_path)
    error = fails(broker_of(gone, "g"))
    assert f"mqtt://127.0.0.1:{gone.port}: nothing listens there" in error.message
    assert "check the port, and `tls`" in fails(broker_of(shared, "no-tls", tls=True)).hint
    assert "no such host" in fails(broker_of(gone, "g", host="broker.invalid")).message


def test_source__damaged_store__told_to_the_caller(shared: Mosquitto) -> None:
    sink = Taken(StoreDamaged("the file is damaged"))
    with running_source(broker_of(shared, "damaged"), bound("damaged", sink)) as run, Publisher(shared) as other:
        other.send("damaged", '{"wh": 1}')
        until(run.done)
    assert isinstance(run.exception(), StoreDamaged)
    assert not sink.samples


# --- what is read --------------------------------------------------------------------------------------


def _shelly(**components: object) -> str:
    return json.dumps({"src": "s", "dst": "s/events", "method": "NotifyStatus", "params": {"ts": NOON, **components}})


@pytest.mark.parametrize(
    ("profile", "gives", "topic", "payload", "expected"),
    [
        (
            MqttProfile("teleinfo2mqtt"),
            {USED, MADE},
            "teleinfo/021528603314",
            '{"ADSC": {"raw": "021528603314", "value": 21528603314}, "EAST": {"raw": "008545433", "value": 8545433},'
            ' "EAIT": {"raw": "000000021", "value": 21}}',
            [
                IndexSeen(USED, MilliWh(8_545_433_000), 10**12, "021528603314"),
                IndexSeen(MADE, MilliWh(21_000), 10**12, "021528603314"),
            ],
        ),
        (MqttProfile("emonhub"), {USED}, "emon/emontx/E1", "1234.5", [IndexSeen(USED, MilliWh(1_234_500))]),
        (
            MqttProfile("emonhub-json", consumption="E1", take_time=True),
            {USED},
            "emon/emontx",
            '{"P1": 300, "E1": 1234, "time": 1780315200.25}',
            [IndexSeen(USED, MilliWh(1_234_000), at=NOON * 1_000 + 250)],
        ),
        (
            MqttProfile("shelly"),
            {USED, MADE},
            "roof/events/rpc",
            _shelly(**{"emdata:0": {"id": 0, "total_act": 95884.11, "total_act_ret": 5123.04}}),
            [IndexSeen(USED, MilliWh(95_884_110)), IndexSeen(MADE, MilliWh(5_123_040))],
        ),
        (
            MqttProfile("tasmota"),
            {USED},
            "tele/plug/SENSOR",
            '{"Time": "2022-01-11T21:57:38", "ENERGY": {"Total": 3.705, "Power": 5}}',
            [IndexSeen(USED, MilliWh(3_705_000))],
        ),
        (
            MqttProfile("zigbee2mqtt"),
            {USED, MADE},
            "zigbee2mqtt/meter",
            '{"energy": 12.34, "produced_energy": 0.5, "power": 3}',
            [IndexSeen(USED, MilliWh(12_340_000)), IndexSeen(MADE, MilliWh(500_000))],
        ),
        (
            MqttProfile("json", consumption="sensors.main.w", unit="W"),
            {USED},
            "any",
            '{"sensors": {"main": {"w": "230.5"}}}',
            [PowerSeen(USED, 230)],
        ),
    ],
    ids=lambda value: value.kind if isinstance(value, MqttProfile) else "",
)
def test_source__each_profile__read_end_to_end(
    shared: Mosquitto,
    profile: MqttProfile,
    gives: set[Channel],
    topic: str,
    payload: str,
    expected: list[IndexSeen | PowerSeen],
) -> None:
    sink = Taken()
    with (
        running_source(broker_of(shared, f"each-{profile.kind}"), bound(topic, sink, profile, *gives)),
        Publisher(shared) as other,
    ):
        other.send(topic, payload)
        until(lambda: sink.samples)
    assert sink.samples == expected
    assert not sink.problems


def test_source__garbage_between_good_messages__harms_nothing(shared: Mosquitto) -> None:
    sink = Taken()
    with running_source(broker_of(shared, "garbage"), bound("garbage", sink)), Publisher(shared) as other:
        other.send("garbage", '{"wh": 1}')
        for junk in (b"\xff\xfe", b"{", b"[" * 60_000, b'{"wh": NaN}', b'{"wh": -1}', b'{"wh": 1e99}', b"x" * 100_000):
            other.send("garbage", junk)
        other.send("garbage", '{"else": 1}')
        other.send("garbage", '{"wh": 2}')
        until(lambda: len(sink.samples) == 2)
    assert sink.indexes == [1_000, 2_000]
    assert sink.problems == ["encoding", "malformed", "nested", "number", "negative", "absurd", "too-large"]


def test_source__patterns_and_plain_topics__each_binding_gets_its_own(shared: Mosquitto) -> None:
    plain, level, rest, elsewhere = Taken(), Taken(), Taken(), Taken()
    bindings = [
        bound("site/a/meter", plain),
        bound("site/+/meter", level),
        bound("site/a/#", rest),
        bound("site/b/meter", elsewhere),
    ]
    with running_source(broker_of(shared, "patterns"), *bindings), Publisher(shared) as other:
        other.send("site/a/meter", '{"wh": 1}')
        other.send("site/c/meter", '{"wh": 2}')
        other.send("site/b/meter", '{"wh": 3}')
        until(lambda: elsewhere.samples and len(set(level.indexes)) == 3)
    # A broker may send a message once for every pattern it matches: the same index twice changes nothing.
    assert set(plain.indexes) == set(rest.indexes) == {1_000}
    assert set(level.indexes) == {1_000, 2_000, 3_000}
    assert set(elsewhere.indexes) == {3_000}


def test_source__retained_message__left_aside_and_noted(shared: Mosquitto) -> None:
    sink = Taken()
    with Publisher(shared) as other:
        other.send("retained", '{"wh": 1}', retain=True)
        with running_source(broker_of(shared, "retained"), bound("retained", sink)):
            until(lambda: "retained" in sink.notes)
            other.send("retained", '{"wh": 2}', retain=True)
            until(lambda: sink.samples)
    assert sink.indexes == [2_000]
