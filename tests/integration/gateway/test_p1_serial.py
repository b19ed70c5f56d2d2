"""A DSMR meter's P1 port on a real line: a pseudo-terminal and a TCP bridge."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.support.p1 import METER, lines, telegram
from tests.support.serial_line import PtyLine, Recorder, eventually, pty_line, running, talking, tcp_line
from wattcommons.domain.channels import Channel
from wattcommons.errors import SourceLost, StoreFull
from wattcommons.services.gateway.samples import IndexSeen
from wattcommons.services.gateway.sources import p1
from wattcommons.services.gateway.sources.p1 import P1Source

pytestmark = pytest.mark.integration

USED, MADE = Channel.CONSUMPTION, Channel.PRODUCTION
BOTH, USED_ONLY = frozenset(Channel), frozenset({USED})
SAMPLES = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "formats" / "dsmr"
OWN = telegram(lines("000001.001", "000002.002", "000000.500", "000000.000"))


@pytest.fixture
def line(tmp_path: Path) -> Iterator[PtyLine]:
    with pty_line(tmp_path) as one:
        yield one


@pytest.fixture
def sink() -> Recorder:
    return Recorder()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence is noticed in a second."""
    monkeypatch.setattr(p1, "SILENCE_S", 1.0)


# --- what is refused -------------------------------------------------------------------------------------


def test_source__no_such_port__is_lost(tmp_path: Path, sink: Recorder) -> None:
    with (
        running(P1Source("p1", str(tmp_path / "ttyNONE"), BOTH, sink)) as outcome,
        pytest.raises(SourceLost, match="ENOENT"),
    ):
        outcome.result(5)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    ("said", "hint"),
    [
        (b"", "cable"),
        (b"\x93\xa7\xff\x80" * 50, "baud"),
        (OWN.replace(b"000001.001", b"000001.002"), "wrong checksum"),
        (OWN[:-6] + b"\r\n", "without a checksum"),
    ],
    ids=["silent", "garbage", "checksum", "old"],
)
def test_source__no_valid_telegram__is_lost_and_says_what_came(
    line: PtyLine, sink: Recorder, said: bytes, hint: str
) -> None:
    with (
        talking(line, said),
        running(P1Source("p1", str(line.path), BOTH, sink)) as outcome,
        pytest.raises(SourceLost, match="no valid telegram") as caught,
    ):
        outcome.result(5)
    assert hint in caught.value.hint
    assert sink.samples == []


def test_source__production_the_meter_does_not_count__no_sample_at_all(line: PtyLine, sink: Recorder) -> None:
    said = telegram([one for one in lines("000001.001", "000002.002") if "1-0:2.8" not in one])
    with talking(line, said), running(P1Source("p1", str(line.path), BOTH, sink)):
        eventually(lambda: sink.problems)
    assert [error.kind for error in sink.problems] == ["missing"]
    assert sink.samples == []


def test_source__broken_telegrams_between_good_ones__yield_nothing(line: PtyLine, sink: Recorder) -> None:
    numbers = count()

    def say() -> bytes:
        number = next(numbers)
        whole = telegram(lines(f"{number:06d}.000", "000000.000"))
        return whole if number % 2 == 0 else whole.replace(b"1.8.1(0", b"1.8.1(9")

    with talking(line, say), running(P1Source("p1", str(line.path), BOTH, sink)):
        eventually(lambda: len(sink.of(USED)) >= 6)
    assert sink.kinds == {"checksum"}
    assert all(index // 10**6 % 2 == 0 for index in sink.of(USED))


def test_source__store_is_full__is_the_callers_to_know(line: PtyLine) -> None:
    with (
        talking(line, OWN),
        running(P1Source("p1", str(line.path), BOTH, Recorder(StoreFull("no space")))) as outcome,
        pytest.raises(StoreFull),
    ):
        outcome.result(5)


# --- what is read ----------------------------------------------------------------------------------------


def test_source__telegram__both_indexes(line: PtyLine, sink: Recorder) -> None:
    with talking(line, OWN), running(P1Source("p1", str(line.path), BOTH, sink)):
        eventually(lambda: len(sink.samples) >= 4)
    assert sink.samples[:2] == [IndexSeen(USED, 3_003_000, None, METER), IndexSeen(MADE, 500_000, None, METER)]
    assert sink.notes == {
        "mode": "P1 version 50",
        "meter": METER,
        "index": "consumption 3003 Wh, production 500 Wh",
    }
    assert sink.problems == []


@pytest.mark.parametrize(
    ("name", "used", "made"),
    [
        ("telegram_v4_2.txt", 3_016_829, 0),
        ("telegram_v5.txt", 6_825, 2_444),
        ("telegram_fluvius_v171.txt", 15_792, 11),
    ],
)
def test_source__telegram_of_a_real_meter__its_indexes(
    line: PtyLine, sink: Recorder, name: str, used: int, made: int
) -> None:
    if not SAMPLES.is_dir():
        pytest.skip("the shared meter data is not here")
    said = (SAMPLES / name).read_bytes()
    with talking(line, said), running(P1Source("p1", str(line.path), BOTH, sink)):
        eventually(lambda: sink.samples)
    assert (sink.of(USED), sink.of(MADE)) == ([used * 1_000], [made * 1_000])
    assert sink.problems == []


def test_source__baud_is_set__the_line_has_that_speed(line: PtyLine, sink: Recorder) -> None:
    with talking(line, OWN, baud=9_600), running(P1Source("p1", str(line.path), USED_ONLY, sink, baud=9_600)):
        eventually(lambda: sink.samples)
    assert (sink.of(USED), sink.of(MADE)) == ([3_003_000], [])


def test_source__adapter_pulled_out_and_put_back__is_lost_and_found_again(line: PtyLine, sink: Recorder) -> None:
    source = P1Source("p1", str(line.path), BOTH, sink)
    with running(source) as outcome:
        with talking(line, OWN):
            eventually(lambda: sink.samples)
        line.unplug()
        with pytest.raises(SourceLost, match="the line is gone"):
            outcome.result(5)
    line.plug_in()
    taken = len(sink.samples)
    with talking(line, OWN), running(source):
        eventually(lambda: len(sink.samples) > taken)


def test_source__through_a_tcp_bridge__same_and_lost_with_it(sink: Recorder) -> None:
    with (
        tcp_line() as bridge,
        talking(bridge, OWN),
        running(P1Source("p1", bridge.url, BOTH, sink)) as outcome,
    ):
        eventually(lambda: sink.samples)
        bridge.drop()
        with pytest.raises(SourceLost, match="the line is gone"):
            outcome.result(5)
    assert sink.of(USED) == [3_003_000]
