"""A Linky on a real line: a pseudo-terminal, a TCP bridge and a port shared by RFC 2217."""

from __future__ import annotations

import termios
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
import serial

from tests.support.serial_line import (
    PtyLine,
    Recorder,
    eventually,
    pty_line,
    rfc2217_server,
    running,
    talking,
    tcp_line,
)
from tests.support.tic import METER, STX, historic, standard
from wattcommons.domain.channels import Channel
from wattcommons.errors import SourceLost, StoreFull
from wattcommons.services.gateway.samples import IndexSeen
from wattcommons.services.gateway.sources import tic
from wattcommons.services.gateway.sources.tic import TicSource
from wattcommons.services.gateway.sources.tic_frames import MODULUS, TicMode

pytestmark = pytest.mark.integration

USED, MADE = Channel.CONSUMPTION, Channel.PRODUCTION
BOTH, USED_ONLY = frozenset(Channel), frozenset({USED})
SAMPLES = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "formats" / "tic"


@pytest.fixture
def line(tmp_path: Path) -> Iterator[PtyLine]:
    with pty_line(tmp_path) as one:
        yield one


@pytest.fixture
def sink() -> Recorder:
    return Recorder()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence is noticed in a second instead of ten."""
    monkeypatch.setattr(tic, "SILENCE_S", 1.0)
    monkeypatch.setattr(tic, "DETECT_S", dict.fromkeys(TicMode, 0.7))


# --- what is refused -------------------------------------------------------------------------------------


def test_source__no_such_port__is_lost_and_says_where_to_look(tmp_path: Path, sink: Recorder) -> None:
    with (
        running(TicSource("linky", str(tmp_path / "ttyNONE"), USED_ONLY, sink)) as outcome,
        pytest.raises(SourceLost, match="ENOENT") as caught,
    ):
        outcome.result(5)
    assert "by-id" in caught.value.hint


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_source__port_is_no_device__is_lost(tmp_path: Path, sink: Recorder, kind: str) -> None:
    path = tmp_path / kind
    path.mkdir() if kind == "folder" else path.write_bytes(standard(1))
    with (
        running(TicSource("linky", str(path), USED_ONLY, sink)) as outcome,
        pytest.raises(SourceLost, match="no serial port"),
    ):
        outcome.result(5)
    assert sink.samples == []


def test_source__device_that_is_no_line__is_lost(sink: Recorder) -> None:
    with running(TicSource("linky", "/dev/null", USED_ONLY, sink)) as outcome, pytest.raises(SourceLost):
        outcome.result(5)


def test_source__port_read_by_another_program__is_lost(line: PtyLine, sink: Recorder) -> None:
    with (
        serial.Serial(str(line.path), exclusive=True),
        running(TicSource("a", str(line.path), BOTH, sink)) as outcome,
        pytest.raises(SourceLost, match="another program"),
    ):
        outcome.result(5)


@pytest.mark.parametrize("scheme", ["socket", "rfc2217"])
def test_source__nobody_answers_there__is_lost(scheme: str, sink: Recorder) -> None:
    with (
        running(TicSource("linky", f"{scheme}://127.0.0.1:1", USED_ONLY, sink)) as outcome,
        pytest.raises(SourceLost, match="cannot be opened"),
    ):
        outcome.result(5)


def test_source__bridge_speaks_no_rfc2217__stops_at_once_when_told(sink: Recorder) -> None:
    with tcp_line() as bridge, running(TicSource("a", bridge.url.replace("socket", "rfc2217"), BOTH, sink)) as outcome:
        time.sleep(0.3)
        assert not outcome.done()


@pytest.mark.usefixtures("impatient")
def test_source__silent_line__is_lost(line: PtyLine, sink: Recorder) -> None:
    with (
        running(TicSource("linky", str(line.path), USED_ONLY, sink)) as outcome,
        pytest.raises(SourceLost, match="no frame of a Linky") as caught,
    ):
        outcome.result(5)
    assert "I1 and I2" in caught.value.hint


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    ("said", "heard"),
    [
        (b"\x93\xa7\xff\x80" * 50, "is it a Linky's output"),
        (standard(1).replace(b"EAST", b"EASU"), "a wrong checksum"),
        (standard(1)[:-1], "ends after"),
        (bytes(byte | (byte.bit_count() & 1) << 7 for byte in standard(1)), "8 bits"),
    ],
    ids=["garbage", "checksum", "truncated", "parity"],
)
def test_source__no_valid_frame__is_lost_and_says_what_came(
    line: PtyLine, sink: Recorder, said: bytes, heard: str
) -> None:
    with (
        talking(line, said),
        running(TicSource("linky", str(line.path), USED_ONLY, sink)) as outcome,
        pytest.raises(SourceLost) as caught,
    ):
        outcome.result(5)
    assert heard in caught.value.hint
    assert sink.samples == []


@pytest.mark.usefixtures("impatient")
def test_source__mode_is_set_and_only_garbage_comes__is_told_of(line: PtyLine, sink: Recorder) -> None:
    broken = standard(1).replace(b"EAST", b"EASU")
    with (
        talking(line, broken),
        running(TicSource("a", str(line.path), BOTH, sink, TicMode.STANDARD)) as outcome,
        pytest.raises(SourceLost, match="no frame"),
    ):
        outcome.result(5)
    assert "checksum" in sink.kinds
    assert sink.samples == []


@pytest.mark.usefixtures("impatient")
def test_source__meter_in_another_mode_than_set__no_sample_and_lost(line: PtyLine, sink: Recorder) -> None:
    with (
        talking(line, historic(1)),
        running(TicSource("a", str(line.path), USED_ONLY, sink, TicMode.STANDARD)) as out,
        pytest.raises(SourceLost),
    ):
        out.result(5)
    assert sink.kinds == {"mode"}
    assert sink.samples == []


@pytest.mark.parametrize(("said", "word"), [(historic(1), "supplier"), (standard(1), "network operator")])
def test_source__production_the_meter_does_not_count__no_sample_at_all(
    line: PtyLine, sink: Recorder, said: bytes, word: str
) -> None:
    with talking(line, said), running(TicSource("linky", str(line.path), BOTH, sink)) as outcome:
        eventually(lambda: sink.problems)
        time.sleep(0.5)
        assert not outcome.done()
    assert sink.samples == []
    [error] = sink.problems  # told once a minute
    assert error.kind == "mode"
    assert word in error.hint
    assert sink.notes["mode"] in ("historique", "standard")


def test_source__broken_frames_between_good_ones__are_told_of_and_yield_nothing(line: PtyLine, sink: Recorder) -> None:
    numbers = count()

    def say() -> bytes:
        number = next(numbers)
        whole = standard(1_000 + number, 2_000 + number)
        return whole if number % 2 == 0 else whole.replace(b"\nEAST\t0", b"\nEAST\t9")

    with talking(line, say), running(TicSource("linky", str(line.path), BOTH, sink)):
        eventually(lambda: len(sink.of(USED)) >= 6)
    assert sink.kinds == {"checksum"}
    assert all(index // 1_000 % 2 == 0 for index in sink.of(USED))


def test_source__store_is_full__is_the_callers_to_know(line: PtyLine) -> None:
    sink = Recorder(StoreFull("no space"))
    with (
        talking(line, standard(1)),
        running(TicSource("linky", str(line.path), USED_ONLY, sink)) as outcome,
        pytest.raises(StoreFull),
    ):
        outcome.result(5)
    assert sink.samples == []


# --- what is read ----------------------------------------------------------------------------------------


def test_source__producer_in_standard__both_indexes(line: PtyLine, sink: Recorder) -> None:
    with talking(line, standard(123_456_789, 987_654)), running(TicSource("linky", str(line.path), BOTH, sink)):
        eventually(lambda: len(sink.samples) >= 4)
    assert sink.samples[:2] == [
        IndexSeen(USED, 123_456_789_000, MODULUS, METER),
        IndexSeen(MADE, 987_654_000, MODULUS, METER),
    ]
    assert sink.notes == {
        "mode": "standard",
        "meter": METER,
        "clock": "right",
        "index": "consumption 123456789 Wh, production 987654 Wh",
    }
    assert not any(sink.degraded)
    assert sink.problems == []


def test_source__clock_of_the_meter_degraded__is_passed_on(line: PtyLine, sink: Recorder) -> None:
    with talking(line, standard(5, 6, degraded=True)), running(TicSource("linky", str(line.path), BOTH, sink)):
        eventually(lambda: sink.degraded)
    assert all(sink.degraded)
    assert sink.notes["clock"] == "degraded"


def test_source__meter_at_1200_baud__is_detected(
    line: PtyLine, sink: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tic, "DETECT_S", dict.fromkeys(TicMode, 1.0))
    with talking(line, historic({"HCHC": 40, "HCHP": 2}), baud=1_200):
        source = TicSource("linky", str(line.path), USED_ONLY, sink)
        with running(source):
            eventually(lambda: sink.samples)
        # Found once, it is tried first from then on.
        began = len(sink.samples)
        monkeypatch.setitem(tic.DETECT_S, TicMode.STANDARD, 60.0)
        with running(source):
            eventually(lambda: len(sink.samples) > began, 5)
    assert sink.of(USED) == [42_000]
    assert sink.notes["mode"] == "historique"
    assert sink.problems == []  # what came at the wrong speed says nothing of the meter
    assert "clock" not in sink.notes


@pytest.mark.parametrize(("mode", "baud"), [(TicMode.STANDARD, 9_600), (TicMode.HISTORIQUE, 1_200)])
def test_source__mode_is_set__the_line_has_its_speed_at_once(
    line: PtyLine, sink: Recorder, mode: TicMode, baud: int
) -> None:
    said = standard(7) if mode is TicMode.STANDARD else historic(7)
    with talking(line, said, baud=baud), running(TicSource("linky", str(line.path), USED_ONLY, sink, mode)):
        eventually(lambda: sink.samples, 3)
    assert sink.of(USED) == [7_000]


def test_source__port_that_knows_no_parity__is_read_without(line: PtyLine, sink: Recorder) -> None:
    with serial.Serial(str(line.path), 9_600), pytest.raises(termios.error):
        serial.Serial(str(line.path), 9_600, bytesize=7, parity="E")
    with talking(line, standard(7)), running(TicSource("linky", str(line.path), USED_ONLY, sink, TicMode.STANDARD)):
        eventually(lambda: sink.samples, 3)


@pytest.mark.parametrize(("name", "index"), [("ticFrameStandard.txt", 0), ("ticFrameHistoric.txt", 104_000)])
def test_source__frame_of_a_real_meter__its_index(line: PtyLine, sink: Recorder, name: str, index: int) -> None:
    if not SAMPLES.is_dir():
        pytest.skip("the shared meter data is not here")
    frame = (SAMPLES / name).read_bytes()
    with talking(line, frame), running(TicSource("linky", str(line.path), USED_ONLY, sink)):
        eventually(lambda: sink.samples)
    assert sink.of(USED) == [index]
    assert sink.problems == []


@pytest.mark.usefixtures("impatient")
def test_source__errors_before_the_first_frame__are_told_of_with_it(line: PtyLine, sink: Recorder) -> None:
    numbers = count()

    def say() -> bytes:
        return standard(8) if next(numbers) > 4 else standard(8).replace(b"EAST", b"EASU")

    with talking(line, say), running(TicSource("linky", str(line.path), USED_ONLY, sink)):
        eventually(lambda: sink.samples)
    assert sink.kinds == {"checksum"}


@pytest.mark.usefixtures("impatient")
def test_source__line_falls_silent__is_lost_and_found_again(line: PtyLine, sink: Recorder) -> None:
    source = TicSource("linky", str(line.path), BOTH, sink)
    with running(source) as outcome:
        with talking(line, standard(10, 1)):
            eventually(lambda: sink.samples)
        line.send(STX + standard(11, 1)[1:40])
        with pytest.raises(SourceLost, match="no valid frame for 1 s"):
            outcome.result(5)
    with talking(line, standard(12, 1)), running(source):
        eventually(lambda: sink.of(USED)[-1] == 12_000)
    assert sink.of(USED) == [10_000, 12_000]


def test_source__adapter_pulled_out_and_put_back__is_lost_and_found_again(line: PtyLine, sink: Recorder) -> None:
    source = TicSource("linky", str(line.path), BOTH, sink)
    with running(source) as outcome:
        with talking(line, standard(10, 1)):
            eventually(lambda: sink.samples)
        line.unplug()
        with pytest.raises(SourceLost, match="the line is gone"):
            outcome.result(5)
    with running(source) as outcome, pytest.raises(SourceLost, match="ENOENT"):
        outcome.result(5)
    line.plug_in()
    with talking(line, standard(12, 1)), running(source):
        eventually(lambda: sink.of(USED)[-1] == 12_000)


def test_source__through_a_tcp_bridge__same_and_lost_with_it(sink: Recorder) -> None:
    with (
        tcp_line() as bridge,
        talking(bridge, standard(21, 22)),
        running(TicSource("linky", bridge.url, BOTH, sink)) as outcome,
    ):
        eventually(lambda: sink.samples)
        bridge.drop()
        with pytest.raises(SourceLost, match="the line is gone"):
            outcome.result(5)
    assert (sink.of(USED), sink.of(MADE)) == ([21_000], [22_000])


@pytest.mark.usefixtures("impatient")
def test_source__through_rfc2217__the_speed_is_set_over_there(line: PtyLine, sink: Recorder) -> None:
    with (
        rfc2217_server(line.path) as url,
        talking(line, historic(31), baud=1_200),
        running(TicSource("linky", url, USED_ONLY, sink)),
    ):
        eventually(lambda: sink.samples)
    assert sink.of(USED) == [31_000]
    assert sink.notes["mode"] == "historique"
