"""How a serial line is named, and how often its troubles are told."""

from __future__ import annotations

import pytest

from tests.support.serial_line import Recorder
from wattcommons.errors import MeterDataError, SettingsError
from wattcommons.services.gateway.sources.serial_line import Complaints, check_url

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ttyUSB0",
        "COM3",
        "socket://",
        "socket://meter.lan",
        "socket://meter.lan:0",
        "socket://meter.lan:65536",
        "socket://meter.lan:p1",
        "socket://[::1:2000",
        "socket://meter.lan:2000/deeper",
        "socket://meter.lan:2000?logging=debug",
        "rfc2217://meter.lan:2217?logging",
        "rfc2217://:2217",
        "spy:///dev/ttyUSB0?file=/etc/passwd",
        "loop://",
        "alt:///dev/ttyUSB0?class=PosixPollSerial",
        "http://meter.lan:80",
    ],
)
def test_url__no_serial_line__is_refused(url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        check_url(url)
    assert caught.value.setting == "port"
    assert "/dev/ttyUSB0" in caught.value.hint


@pytest.mark.parametrize("url", ["socket://me:hunter2@meter.lan:2000", "rfc2217://:hunter2@meter.lan:2217"])
def test_url__with_a_password__is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        check_url(url)
    assert "hunter2" not in f"{caught.value} {caught.value!r}"


@pytest.mark.parametrize(
    "url",
    [
        "/dev/ttyUSB0",
        "/dev/serial/by-id/usb-FTDI_FT232R_A50285BI-if00-port0",
        "socket://192.0.2.7:2000",
        "socket://[2001:db8::7]:2000",
        "rfc2217://meter.lan:2217",
        "rfc2217://meter.lan:2217?ign_set_control",
    ],
)
def test_url__a_serial_line__stays_as_it_is(url: str) -> None:
    assert check_url(url) == url


def test_complaints__same_kind_again__waits_a_second_and_a_standing_one_a_minute() -> None:
    now, sink = [100.0], Recorder()
    complaints = Complaints(sink, standing={"mode"}, clock=lambda: now[0])

    def tell(*kinds: str) -> list[str]:
        sink.problems.clear()
        for kind in kinds:
            complaints.tell(MeterDataError(kind, "x"))
        return [error.kind for error in sink.problems]

    assert tell("mode", "checksum", "mode", "checksum", "truncated") == ["mode", "checksum", "truncated"]
    now[0] += 0.9
    assert tell("mode", "checksum") == []
    now[0] += 0.1
    assert tell("mode", "checksum") == ["checksum"]
    now[0] += 59.0
    assert tell("mode", "checksum") == ["mode", "checksum"]
