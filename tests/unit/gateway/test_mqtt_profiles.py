"""MQTT messages: everything that cannot be a reading is named, what can be is exact, and the rest is passed over."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattcommons.domain.channels import Channel, MilliWh
from wattcommons.errors import MeterDataError, SettingsError
from wattcommons.services.gateway.samples import IndexSeen, PowerSeen
from wattcommons.services.gateway.sources.mqtt import MqttBinding
from wattcommons.services.gateway.sources.mqtt_broker import MqttBroker
from wattcommons.services.gateway.sources.mqtt_json import MAX_PAYLOAD
from wattcommons.services.gateway.sources.mqtt_profiles import KINDS, MqttProfile, check_gives, read_message

pytestmark = pytest.mark.unit

USED, MADE = Channel.CONSUMPTION, Channel.PRODUCTION
ONE, BOTH = frozenset({USED}), frozenset({USED, MADE})
WH = MqttProfile("json", consumption="wh")
TOPIC = {
    "teleinfo2mqtt": "teleinfo/021528603314",
    "emonhub": "emon/emontx/E1",
    "shelly": "meter/events/rpc",
    "tasmota": "tele/meter/SENSOR",
}


def _read(profile: MqttProfile, payload: object, gives: frozenset[Channel] = ONE, topic: str = "") -> list[object]:
    content = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return list(read_message(profile, topic or TOPIC.get(profile.kind, "meter"), content, gives))


def _kind(profile: MqttProfile, payload: object, gives: frozenset[Channel] = ONE, topic: str = "") -> str:
    with pytest.raises(MeterDataError) as caught:
        _read(profile, payload, gives, topic)
    assert len(str(caught.value)) < 300
    return caught.value.kind


def _index(channel: Channel, index: int, **more: object) -> IndexSeen:
    return IndexSeen(channel, MilliWh(index), **more)  # type: ignore[arg-type]


# --- refusals --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payload", "kind"),
    [
        (b'{"wh": 1}' + b" " * MAX_PAYLOAD, "too-large"),
        (b'{"wh": "\xe9"}', "encoding"),
        ('{"wh": 1}'.encode("utf-16"), "encoding"),
        (b'{"wh": 1', "malformed"),
        (b"online", "malformed"),
        (b"17", "malformed"),
        (b'\xef\xbb\xbf{"wh": 1}', "malformed"),
        (b'{"wh": 1}{"wh": 2}', "malformed"),
        (b'{"wh": ' + b"9" * 5_000 + b"}", "malformed"),
        (b"[" * MAX_PAYLOAD, "nested"),
        (b'{"a":' * 10_000, "nested"),
        (b'{"wh": NaN}', "number"),
        (b'{"wh": -Infinity}', "number"),
        (b'{"wh": true}', "number"),
        (b'{"wh": "12 Wh"}', "number"),
        (b'{"wh": ""}', "number"),
        (b'{"wh": "1_000"}', "number"),
        (b'{"wh": "NaN"}', "number"),
        (b'{"wh": [1]}', "number"),
        (b'{"wh": {}}', "number"),
        (b'{"wh": -0.001}', "negative"),
        (b'{"wh": "-1"}', "negative"),
        (b'{"wh": 1000000000000.001}', "absurd"),
        (b'{"wh": 1e30}', "absurd"),
        (b'{"wh": 1e999999999}', "absurd"),
        (b'{"wh": 1e99999999999999999999999999}', "absurd"),
        (b'{"wh": "1e999"}', "absurd"),
    ],
)
def test_message__no_reading_in_it__named(payload: bytes, kind: str) -> None:
    assert _kind(WH, payload) == kind


@pytest.mark.parametrize("kind", KINDS)
@given(junk=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_message__any_bytes__a_named_error_or_nothing(kind: str, junk: bytes) -> None:
    profile = MqttProfile(kind, "a" if "json" in kind else "", "b" if "json" in kind else "")
    try:
        read_message(profile, TOPIC.get(kind, "meter"), junk, ONE if kind == "emonhub" else BOTH)
    except MeterDataError as error:
        assert error.kind in {"encoding", "malformed", "number", "negative", "absurd"}


@pytest.mark.parametrize("kind", KINDS)
@given(
    tree=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "EAST",
                        "raw",
                        "BASE",
                        "ENERGY",
                        "Total",
                        "energy",
                        "method",
                        "params",
                        "emdata:0",
                        "total_act",
                        "a",
                    ]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_message__any_json__a_named_error_or_samples_in_range(kind: str, tree: object) -> None:
    profile = MqttProfile(kind, "a" if "json" in kind else "", "b" if "json" in kind else "")
    if kind == "shelly":
        tree = {"method": "NotifyStatus", "params": tree}
    try:
        samples = _read(profile, tree, ONE if kind == "emonhub" else BOTH)
    except MeterDataError:
        return
    for sample in samples:
        assert isinstance(sample, IndexSeen)
        assert 0 <= sample.index <= 10**15


@pytest.mark.parametrize(
    ("settings", "setting"),
    [
        ({"kind": "zwave"}, "profile"),
        ({"kind": "json", "unit": "MWh"}, "unit"),
        ({"kind": "tasmota", "unit": "kWh"}, "unit"),
        ({"kind": "teleinfo2mqtt", "consumption": "EAST"}, "profile"),
        ({"kind": "teleinfo2mqtt", "take_time": True}, "take_time"),
        ({"kind": "emonhub", "take_time": True}, "take_time"),
        ({"kind": "json", "consumption": "wh", "take_time": True}, "take_time"),
        ({"kind": "shelly", "consumption": "em:0"}, "profile"),
        ({"kind": "shelly", "production": "em1data"}, "profile"),
    ],
)
def test_profile__settings_that_cannot_work__refused(settings: dict[str, object], setting: str) -> None:
    with pytest.raises(SettingsError) as caught:
        MqttProfile(**settings)  # type: ignore[arg-type]
    assert caught.value.setting == setting


@pytest.mark.parametrize(
    ("profile", "gives", "setting"),
    [
        (MqttProfile("json", consumption="wh"), BOTH, "production"),
        (MqttProfile("emonhub-json"), ONE, "consumption"),
        (MqttProfile("emonhub", consumption="E1"), BOTH, "production"),
        (MqttProfile("tasmota"), frozenset(), "gives"),
    ],
)
def test_profile__no_place_for_a_channel__refused(
    profile: MqttProfile, gives: frozenset[Channel], setting: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        check_gives(profile, gives)
    assert caught.value.setting == setting


@pytest.mark.parametrize("topic", ["", "a/#/b", "a+/b", "a/b#", "a\0b", "x" * 65_536])
def test_binding__wrong_topic__refused(topic: str) -> None:
    with pytest.raises(SettingsError, match="is no topic"):
        MqttBinding(topic, WH, ONE, sink=None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fact", "value"),
    [("host", ""), ("port", 0), ("client_id", ""), ("will_topic", "a/+"), ("keepalive_s", 1), ("user", None)],
)
def test_broker__facts_that_cannot_be__refused(fact: str, value: object) -> None:
    facts = {"host": "h", "port": 1883, "client_id": "g", "will_topic": "w", "user": "u", "password": "p"}
    with pytest.raises(SettingsError) as caught:
        MqttBroker(**(facts | {fact: value}))  # type: ignore[arg-type]
    assert caught.value.setting == fact


# --- profiles --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_message__nothing_of_ours__no_sample_and_no_error(kind: str) -> None:
    profile = MqttProfile(kind, "a" if "json" in kind else "", "b" if "json" in kind else "")
    gives = ONE if kind == "emonhub" else BOTH
    assert _read(profile, b"", gives) == []  # a retained topic was cleared
    if kind != "emonhub":
        assert _read(profile, {"other": {"x": 1}, "state": "online"}, gives) == []


def test_json__paths__objects_lists_and_nothing_there() -> None:
    profile = MqttProfile("json", consumption="phases.1.total", production="roof.kwh", unit="kWh")
    payload = {"phases": [{"total": 1}, {"total": "2.5"}], "roof": {"kwh": 0}}
    assert _read(profile, payload, BOTH) == [_index(USED, 2_500_000), _index(MADE, 0)]
    assert _read(profile, {"phases": [{"total": 1}], "roof": 3}, BOTH) == []
    assert _read(profile, {"phases": [1, {"total": None}]}, BOTH) == []


def test_json__power__whole_watts_and_no_index() -> None:
    profile = MqttProfile("json", consumption="w", unit="W")
    assert [_read(profile, {"w": watts}) for watts in (230.5, 231.5, 0.49, "12")] == [
        [PowerSeen(USED, watts)] for watts in (230, 232, 0, 12)
    ]
    assert _kind(profile, {"w": -5}) == "negative"
    assert _kind(profile, {"w": 10**9 + 1}) == "absurd"


def test_message__its_own_time__taken_only_if_told() -> None:
    payload = {"wh": 1, "at": "2026-06-01T12:00:00Z"}
    told = MqttProfile("json", consumption="wh", time="at", take_time=True)
    assert _read(MqttProfile("json", consumption="wh", time="at"), payload) == [_index(USED, 1_000)]
    assert _read(told, payload) == [_index(USED, 1_000, at=1_780_315_200_000)]
    assert _kind(told, {"wh": 1}) == "time"
    assert _read(told, {"other": 1}) == []


def _frame(**labels: str) -> dict[str, object]:
    return {label: {"raw": raw, "value": 1, "timestamp": "2026-06-01T12:00:00.000Z"} for label, raw in labels.items()}


def test_teleinfo__standard__raw_digits_and_the_meters_number() -> None:
    frame = _frame(ADSC="021528603314", EAST="000545433", EAIT="000000021", SINSTS="00321", STGE="003A0001")
    profile = MqttProfile("teleinfo2mqtt")
    used, made = (
        _index(channel, index, modulus=10**12, meter="021528603314")
        for channel, index in ((USED, 545_433_000), (MADE, 21_000))
    )
    assert _read(profile, frame, BOTH) == [used, made]
    assert _read(profile, frame, ONE) == [used]
    assert _read(profile, {label: frame[label] for label in ("ADSC", "EAST")}, BOTH) == [used]
    assert _read(profile, _frame(EAST="000545433")) == [_index(USED, 545_433_000, modulus=10**12)]


@pytest.mark.parametrize(
    ("frame", "kind"),
    [
        (_frame(EAST="12345"), "number"),
        (_frame(EAST="0005454 3"), "number"),
        (_frame(EAST="-00545433"), "number"),
        ({"EAST": {"value": 545_433}}, "malformed"),
        ({"EAST": 545_433}, "malformed"),
        ([1], "malformed"),
        (_frame(ADCO="020830022493", HCHC="000000001"), "truncated"),
    ],
)
def test_teleinfo__damaged_frame__named(frame: object, kind: str) -> None:
    assert _kind(MqttProfile("teleinfo2mqtt"), frame) == kind


def test_teleinfo__historique__the_sum_of_its_registers() -> None:
    profile = MqttProfile("teleinfo2mqtt")
    base = _frame(ADCO="020830022493", BASE="008565401", PAPP="00540")
    assert _read(profile, base) == [_index(USED, 8_565_401_000, modulus=10**12, meter="020830022493")]
    two = _frame(ADCO="020830022493", HCHC="999999999", HCHP="000000011")
    assert _read(profile, two) == [_index(USED, 10_000, modulus=10**12, meter="020830022493")]  # wraps as one does
    tempo = _frame(
        BBRHCJB="000000001",
        BBRHPJB="000000002",
        BBRHCJW="000000003",
        BBRHPJW="000000004",
        BBRHCJR="000000005",
        BBRHPJR="000000006",
    )
    assert _read(profile, tempo) == [_index(USED, 21_000, modulus=10**12)]
    assert _kind(profile, base, frozenset({MADE})) == "mode"


def test_emonhub__bare_numbers__by_the_topics_last_level() -> None:
    one = MqttProfile("emonhub")
    assert _read(one, b"12345678.0\n") == [_index(USED, 12_345_678_000)]
    assert _read(one, b"1e+6") == [_index(USED, 10**9)]
    both = MqttProfile("emonhub", consumption="E1", production="E2")
    assert _read(both, b"7", BOTH, "emon/emontx/E2") == [_index(MADE, 7_000)]
    assert _read(both, b"-61", BOTH, "emon/emontx/rssi") == []
    assert _kind(one, b"None") == "number"
    assert _kind(one, b"-3") == "negative"


def test_emonhub_json__keys_and_epoch_time__read() -> None:
    profile = MqttProfile("emonhub-json", consumption="E1", production="E2", take_time=True)
    payload = b'{"P1": 300.5, "E1": 1234, "E2": 5, "time": 1780315200.0679, "rssi": -61}'
    at = 1_780_315_200_067
    assert _read(profile, payload, BOTH) == [_index(USED, 1_234_000, at=at), _index(MADE, 5_000, at=at)]


def _notice(method: str = "NotifyStatus", **components: object) -> dict[str, object]:
    return {"src": "s", "dst": "s/events", "method": method, "params": {"ts": 1780315200.5} | components}


EMDATA = {"id": 0, "a_total_act_energy": 0.03, "total_act": 95884.11, "total_act_ret": 5123.04}


def test_shelly__each_component_that_counts__both_directions() -> None:
    auto = MqttProfile("shelly")
    three_phases = _notice(**{"em:0": {"total_act_power": 142.6}, "emdata:0": EMDATA})
    assert _read(auto, three_phases, BOTH) == [_index(USED, 95_884_110), _index(MADE, 5_123_040)]
    full = _notice("NotifyFullStatus", **{"emdata:0": EMDATA})
    dated = _read(MqttProfile("shelly", take_time=True), full)
    assert dated == [_index(USED, 95_884_110, at=1_780_315_200_500)]
    clamps = _notice(
        **{
            "switch:0": {"id": 0, "output": True},  # its relay counts nothing
            "em1data:0": {"id": 0, "total_act_energy": 3458.24, "total_act_ret_energy": 1605.24},
            "em1data:1": {"id": 1, "total_act_energy": 2768.67, "total_act_ret_energy": 25.49},
        }
    )
    assert _read(auto, clamps, BOTH) == [_index(USED, 3_458_240), _index(MADE, 1_605_240)]
    assert _read(MqttProfile("shelly", consumption="em1data:1"), clamps) == [_index(USED, 2_768_670)]
    roof = MqttProfile("shelly", production="em1data:1.total_act_energy")
    assert _read(roof, clamps, BOTH) == [_index(USED, 3_458_240), _index(MADE, 2_768_670)]


def test_shelly__switch__its_total_counts_both_directions() -> None:
    auto = MqttProfile("shelly")
    energy = {"total": 1342.238, "by_minute": [0, 0, 0], "minute_ts": 1_703_811_193}
    both = _notice(**{"switch:0": {"id": 0, "aenergy": energy, "ret_aenergy": {"total": 42.138}}})
    assert _read(auto, both, BOTH) == [_index(USED, 1_300_100), _index(MADE, 42_138)]
    used_only = _notice(**{"pm1:0": {"id": 0, "aenergy": energy}})
    assert _read(auto, used_only) == [_index(USED, 1_342_238)]
    assert _read(auto, used_only, BOTH) == []  # with what was returned untold, what was used is not known either
    assert _read(MqttProfile("shelly", consumption="pm1:0.aenergy.total"), used_only) == [_index(USED, 1_342_238)]


@pytest.mark.parametrize(
    ("topic", "message"),
    [
        ("meter/events/rpc", _notice(**{"switch:0": {"id": 0, "apower": 918.63}})),
        ("meter/events/rpc", _notice(sys={"cfg_rev": 35})),
        ("meter/events/rpc", _notice("NotifyEvent", events=[{"component": "emdata:0", "event": "data"}])),
        ("meter/events/rpc", {"id": 1, "result": {"emdata:0": EMDATA}}),
        ("meter/online", True),
        ("meter/status/emdata:0", EMDATA),
    ],
)
def test_shelly__other_events__passed_over(topic: str, message: object) -> None:
    assert _read(MqttProfile("shelly"), message, BOTH, topic) == []


def test_shelly__clock_not_set__not_dated_by_it() -> None:
    early = {"method": "NotifyStatus", "params": {"ts": 1.61, "emdata:0": EMDATA}}
    assert _kind(MqttProfile("shelly", take_time=True), early) == "time"
    assert _kind(MqttProfile("shelly"), {"method": "NotifyStatus", "params": []}) == "malformed"


def test_tasmota__totals__kwh_and_its_own_topic_only() -> None:
    auto = MqttProfile("tasmota")
    payload = {"Time": "2026-06-01T14:00:00", "ENERGY": {"Total": 3.705, "Today": 0.026, "ExportActive": 0.5}}
    assert _read(auto, payload, BOTH) == [_index(USED, 3_705_000), _index(MADE, 500_000)]
    assert _read(auto, payload, BOTH, "tele/meter/STATE") == []
    assert _read(auto, {"Time": "2026-06-01T14:00:00", "AM2301": {"Temperature": 21.3}}, BOTH) == []
    assert _kind(MqttProfile("tasmota", take_time=True), payload) == "time"  # local time without an offset
    smart = MqttProfile("tasmota", consumption="SML.Total_in", production="SML.Total_out")
    assert _read(smart, {"SML": {"Total_in": 12.3456, "Total_out": 1}}, BOTH) == [
        _index(USED, 12_345_600),
        _index(MADE, 1_000_000),
    ]


def test_tasmota__several_phases__summed_only_where_they_are_phases() -> None:
    auto = MqttProfile("tasmota")
    phases = {"ENERGY": {"Total": 6, "ExportActive": [0.1, 0.2, 0.3]}}
    assert _read(auto, phases, BOTH) == [_index(USED, 6_000_000), _index(MADE, 600_000)]
    tariffs = {"ENERGY": {"Total": [6, 4, 2], "ExportActive": [3, 1, 2]}}
    assert _kind(auto, tariffs) == "malformed"
    assert _kind(auto, tariffs, frozenset({MADE})) == "malformed"


def test_zigbee2mqtt__energies__kwh_and_unknown_ones_passed_over() -> None:
    auto = MqttProfile("zigbee2mqtt", take_time=True)
    payload = {"energy": 123.45, "produced_energy": None, "power": 17, "last_seen": "2026-06-01T14:00:00+02:00"}
    assert _read(auto, payload, BOTH) == [_index(USED, 123_450_000, at=1_780_315_200_000)]
