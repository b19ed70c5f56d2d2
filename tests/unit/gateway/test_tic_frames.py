"""A Linky's frames: what is refused, what is read, however the bytes come."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.tic import (
    EOT,
    ETX,
    METER,
    STX,
    checksum,
    historic,
    historic_frame,
    historic_groups,
    standard,
    standard_frame,
    standard_groups,
)
from wattcommons.domain.channels import Channel
from wattcommons.errors import MeterDataError
from wattcommons.services.gateway.sources.tic import samples_of
from wattcommons.services.gateway.sources.tic_frames import MAX_FRAME, MODULUS, TicFrame, TicFramer, TicMode

pytestmark = pytest.mark.unit

SAMPLES = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "formats" / "tic"
USED, MADE = Channel.CONSUMPTION, Channel.PRODUCTION
BOTH = frozenset(Channel)
UNSEEN = 0x40  # the checksum is a sum of the six lower bits

PRODUCER = standard(13_579_246, 2_468_013)
OFF_PEAK = historic({"HCHC": 7_000_111, "HCHP": 9_000_222})
NAMES = ("producer", "off-peak", "ticFrameStandard.txt", "ticFrameHistoric.txt")


@pytest.fixture(params=NAMES)
def frame(request: pytest.FixtureRequest) -> bytes:
    """Two frames of our own and two that meters sent."""
    own = {"producer": PRODUCER, "off-peak": OFF_PEAK}
    return own[request.param] if request.param in own else real(request.param)


def real(name: str) -> bytes:
    if not SAMPLES.is_dir():
        pytest.skip("the shared meter data is not here")
    return (SAMPLES / name).read_bytes()


def only(data: bytes) -> TicFrame:
    [found] = TicFramer().feed(data)
    assert isinstance(found, TicFrame), found
    return found


def kinds(data: bytes) -> list[str]:
    """The kinds of the errors in a stream that yields nothing else."""
    outcomes = TicFramer().feed(data)
    assert all(isinstance(one, MeterDataError) for one in outcomes), outcomes
    return [one.kind for one in outcomes if isinstance(one, MeterDataError)]


def replaced(groups: list[tuple[str, ...]], label: str, *data: str) -> list[tuple[str, ...]]:
    return [(label, *data) if group[0] == label else group for group in groups]


def without(groups: list[tuple[str, ...]], label: str) -> list[tuple[str, ...]]:
    return [group for group in groups if group[0] != label]


# --- what is refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize("mask", [1, 2, 4, 8, 16, 32, UNSEEN, 128, 0xFF])
def test_frame__any_byte_flipped__is_refused_or_says_the_same(frame: bytes, mask: int) -> None:
    intact = only(frame)
    framer = TicFramer()
    assert framer.feed(frame) == [intact]
    for place in range(len(frame)):
        flipped = bytearray(frame)
        flipped[place] ^= mask
        *between, last = framer.feed(bytes(flipped) + frame)
        assert last == intact, f"byte {place} spoils the next frame"
        read = [one for one in between if isinstance(one, TicFrame)]
        assert len(between) > len(read) or mask == UNSEEN, f"byte {place} goes unseen"
        assert not read or mask == UNSEEN
        for one in read:
            assert (one.meter, one.consumption, one.production) == (
                intact.meter,
                intact.consumption,
                intact.production,
            ), f"byte {place}"


def test_frame__cut_anywhere__is_truncated(frame: bytes) -> None:
    intact = only(frame)
    for length in range(2, len(frame)):
        first, error, last = TicFramer().feed(frame + frame[:length] + frame)
        assert (first, last) == (intact, intact)
        assert isinstance(error, MeterDataError)
        assert error.kind == "truncated"


def test_frame__begun_before_we_listened__is_left_aside(frame: bytes) -> None:
    intact = only(frame)
    for start in range(1, len(frame) + 1):
        assert TicFramer().feed(frame[start:] + frame) == [intact]


def test_frame__broken_off_by_the_meter__is_interrupted(frame: bytes) -> None:
    for length in range(1, len(frame)):
        assert kinds(frame[:length] + EOT + frame[length:]) == ["interrupted"]


def test_frame__parity_left_in_bit_7__is_wrong_encoding(frame: bytes) -> None:
    with_parity = bytes(byte | (byte.bit_count() & 1) << 7 for byte in frame)
    assert kinds(with_parity) == ["encoding"]
    assert kinds(frame[:-1] + bytes([ETX[0] | 0x80])) == ["encoding"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "cp037"])
def test_frame__in_another_encoding__yields_nothing(frame: bytes, encoding: str) -> None:
    assert not [one for one in TicFramer().feed(frame.decode().encode(encoding)) if isinstance(one, TicFrame)]


def test_frame__without_end__is_too_large_once_and_forgotten() -> None:
    framer = TicFramer()
    assert framer.feed(STX + b"\n" + b"A" * (MAX_FRAME - 1)) == []
    [error] = framer.feed(b"A" * 100_000)
    assert isinstance(error, MeterDataError)
    assert error.kind == "too-large"
    assert framer.feed(PRODUCER) == [only(PRODUCER)]


def test_frame__one_byte_too_long__is_too_large() -> None:
    groups = [("MSG1", "X" * (MAX_FRAME - 9))]
    assert len(standard_frame(groups)) == MAX_FRAME + 2
    assert kinds(standard_frame(groups)) == ["truncated"]  # whole, and without an index
    assert kinds(standard_frame([("MSG1", "X" * (MAX_FRAME - 8))])) == ["too-large"]


@pytest.mark.parametrize(
    ("index", "kind"),
    [
        ("-00000001", "negative"),
        ("-1", "negative"),
        ("00000000p", "number"),
        ("         ", "number"),
        ("1234567.8", "number"),
        ("12345678", "number"),
        ("1234567890", "number"),
        ("1e8", "number"),
        ("", "number"),
    ],
)
def test_index__not_nine_digits__is_refused(index: str, kind: str) -> None:
    assert kinds(standard(index)) == [kind]
    assert kinds(standard(1, index)) == [kind]
    assert kinds(historic_frame(replaced(historic_groups(1), "BASE", index))) == [kind]


@pytest.mark.parametrize("label", ["ADSC", "EAST", "STGE"])
def test_standard__without_a_group_that_is_always_there__is_truncated(label: str) -> None:
    assert kinds(standard_frame(without(standard_groups(1, 2), label))) == ["truncated"]


@pytest.mark.parametrize("label", ["HCHC", "HCHP", "ADCO"])
def test_historique__without_one_of_its_registers__is_truncated(label: str) -> None:
    groups = historic_groups({"HCHC": 1, "HCHP": 2})
    assert kinds(historic_frame(without(groups, label))) == ["truncated"]
    assert kinds(historic_frame(without(historic_groups(1), "BASE"))) == ["truncated"]


@pytest.mark.parametrize("label", ["EAST", "EAIT", "STGE", "ADSC"])
def test_standard__a_group_twice__is_malformed(label: str) -> None:
    groups = standard_groups(1, 2)
    again = next(group for group in groups if group[0] == label)
    assert kinds(standard_frame([*groups, again])) == ["malformed"]


def test_historique__registers_of_two_contracts__are_malformed() -> None:
    assert kinds(historic({"BASE": 1, "HCHC": 1, "HCHP": 1})) == ["malformed"]


@pytest.mark.parametrize(
    ("label", "data", "kind"),
    [("ADSC", "02152860331", "number"), ("ADSC", "02152860331X", "number"), ("STGE", "003A00010", "number")],
)
def test_standard__number_of_another_form__is_refused(label: str, data: str, kind: str) -> None:
    assert kinds(standard_frame(replaced(standard_groups(1), label, data))) == [kind]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\n\r",
        b"\nADSC",
        b"ADSC\t021528603314\t#\r",
        b"\n" + PRODUCER[1:-1],
        PRODUCER[1:-1] + b"\n",
        PRODUCER[1:-1].replace(b"\r\n", b"\r"),
        PRODUCER[1:-1].replace(b"\r\n", b"\n"),
        PRODUCER[1:-1].replace(b"\r\n", b"\r\0\n"),
        PRODUCER[1:-1] + OFF_PEAK[1:-1],
        OFF_PEAK[1:-1] + PRODUCER[1:-1],
        b"\nADSC\t" + checksum(b"ADSC\t") + b"\r",
        b"\nadsc\t1\t" + checksum(b"adsc\t1\t") + b"\r",
    ],
)
def test_frame__not_made_of_groups__is_malformed(body: bytes) -> None:
    assert kinds(STX + body + ETX) == ["malformed"]


def test_frame__group_we_do_not_read_is_broken__is_refused_all_the_same() -> None:
    assert kinds(PRODUCER.replace(b"SINSTS\t00420", b"SINSTS\t00421")) == ["checksum"]


def test_stream__bytes_between_two_frames__are_told_of() -> None:
    frame = only(PRODUCER)
    first, error, last = TicFramer().feed(PRODUCER + b"noise" + PRODUCER)
    assert (first, last) == (frame, frame)
    assert isinstance(error, MeterDataError)
    assert error.kind == "malformed"
    assert TicFramer().feed(PRODUCER + b"\r\n\0" + EOT + PRODUCER) == [frame, frame]


@given(st.binary(max_size=600))
def test_stream__garbage__yields_no_frame_and_no_crash(data: bytes) -> None:
    assert not [one for one in TicFramer().feed(data) if isinstance(one, TicFrame)]


@given(st.binary(max_size=200))
def test_frame__garbage_between_stx_and_etx__is_one_error_or_more(data: bytes) -> None:
    assert kinds(STX + data + ETX + STX + b"\n") != [] or EOT in data


# --- what is read ----------------------------------------------------------------------------------------


def test_historique__frame_of_a_meter__its_index() -> None:
    frame = only(real("ticFrameHistoric.txt"))
    assert frame == TicFrame(TicMode.HISTORIQUE, "812164417227", 104_000)


def test_standard__frame_of_a_meter__everything_it_says() -> None:
    frame = only(real("ticFrameStandard.txt"))
    assert frame == TicFrame(
        TicMode.STANDARD,
        "031664001115",
        consumption=0,
        production=None,
        producer=False,
        clock_degraded=False,
        date=1_505_463_361,  # 2017-09-15T10:16:01+02:00
        prm="00000000000000",
    )


def test_standard__producer__both_indexes() -> None:
    frame = only(PRODUCER)
    assert (frame.meter, frame.prm, frame.producer) == (METER, "19876543210987", True)
    assert (frame.consumption, frame.production) == (13_579_246_000, 2_468_013_000)
    samples = samples_of(frame, BOTH)
    assert [(one.channel, one.index, one.modulus, one.meter, one.at) for one in samples] == [
        (USED, 13_579_246_000, 10**12, METER, None),
        (MADE, 2_468_013_000, 10**12, METER, None),
    ]
    assert [one.channel for one in samples_of(frame, frozenset({MADE}))] == [MADE]


def test_checksum__is_a_blank__is_no_separator() -> None:
    index = next(n for n in range(10_000) if checksum(f"BASE {n:09d}".encode()) == b" ")
    assert f"BASE {index:09d}  \r".encode() in historic(index)
    assert only(historic(index)).consumption == index * 1_000
    index = next(n for n in range(10_000) if checksum(f"EAST\t{n:09d}\t".encode()) == b" ")
    assert only(standard(index)).consumption == index * 1_000


@pytest.mark.parametrize(
    "registers",
    [
        {"HCHC": 7, "HCHP": 9},
        {"EJPHN": 7, "EJPHPM": 9},
        {"BBRHCJB": 1, "BBRHPJB": 2, "BBRHCJW": 3, "BBRHPJW": 4, "BBRHCJR": 5, "BBRHPJR": 1},
    ],
)
def test_historique__several_registers__their_sum(registers: dict[str, int]) -> None:
    assert only(historic(registers)).consumption == 16_000


def test_historique__one_register_wraps__the_sum_wraps_alike() -> None:
    before = only(historic({"HCHC": 999_999_990, "HCHP": 500_000_000})).consumption
    after = only(historic({"HCHC": 5, "HCHP": 500_000_000})).consumption
    assert before is not None
    assert after is not None
    assert 0 <= before < MODULUS
    assert (after - before) % MODULUS == 15_000


def test_historique__short_frame_of_a_meter_over_its_power__no_index_and_no_error() -> None:
    groups = [("ADIR1", "065"), ("ADCO", METER), ("IINST1", "065"), ("IINST2", "001"), ("IINST3", "002")]
    assert only(historic_frame(groups)) == TicFrame(TicMode.HISTORIQUE, METER, None)


def test_standard__unknown_labels__are_ignored() -> None:
    groups = [*standard_groups(42), ("NEWLABEL", "anything at all"), ("X+1-2", "E260601140000", "")]
    assert only(standard_frame(groups)) == only(standard(42))


@pytest.mark.parametrize(
    ("time", "date", "degraded"),
    [
        ("E260601140000", 1_780_315_200, False),
        ("H260101000000", 1_767_222_000, False),
        ("e260601140000", 1_780_315_200, True),
        ("h260101000000", 1_767_222_000, True),
        (" 260601140000", None, True),
        ("E000000000000", None, True),
        ("E261301000000", None, True),
        ("E26060114000", None, True),
        ("", None, True),
    ],
)
def test_clock__as_the_letter_says__degraded_or_right(time: str, date: int | None, degraded: bool) -> None:
    frame = only(standard_frame(replaced(standard_groups(1), "DATE", time, "")))
    assert (frame.date, frame.clock_degraded) == (date, degraded)


def test_clock__as_the_status_says__degraded() -> None:
    groups = replaced(standard_groups(1), "STGE", "00010000")
    assert only(standard_frame(groups)).clock_degraded
    assert not only(standard_frame(replaced(groups, "STGE", "FFFEFFFF"))).clock_degraded


@given(st.lists(st.sampled_from([PRODUCER, OFF_PEAK, PRODUCER[:60], b"noise", EOT]), max_size=6), st.data())
def test_stream__cut_into_any_pieces__same_outcomes(parts: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=30)))
    framer = TicFramer()
    pieces = [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    outcomes = [one for piece in pieces for one in framer.feed(piece)]
    assert [_shown(one) for one in outcomes] == [_shown(one) for one in TicFramer().feed(stream)]


def _shown(outcome: TicFrame | MeterDataError) -> object:
    return (outcome.kind, outcome.message) if isinstance(outcome, MeterDataError) else outcome


# --- what is wanted of a frame ---------------------------------------------------------------------------


@pytest.mark.parametrize("gives", [BOTH, frozenset({MADE})])
def test_samples__production_of_a_meter_in_historique__none_and_whom_to_ask(gives: frozenset[Channel]) -> None:
    with pytest.raises(MeterDataError, match="historique") as caught:
        samples_of(only(OFF_PEAK), gives)
    assert caught.value.kind == "mode"
    assert "supplier" in caught.value.hint
    assert "standard" in caught.value.hint


@pytest.mark.parametrize("gives", [BOTH, frozenset({MADE})])
def test_samples__production_of_a_consumers_meter__none(gives: frozenset[Channel]) -> None:
    with pytest.raises(MeterDataError, match="consumer") as caught:
        samples_of(only(standard(1)), gives)
    assert caught.value.kind == "mode"


def test_samples__producers_frame_without_its_index__is_truncated() -> None:
    frame = only(standard_frame(without(standard_groups(1, 2), "EAIT")))
    with pytest.raises(MeterDataError, match="EAIT") as caught:
        samples_of(frame, BOTH)
    assert caught.value.kind == "truncated"
    assert [one.index for one in samples_of(frame, frozenset({USED}))] == [1_000]


def test_samples__consumption_in_historique__given() -> None:
    [sample] = samples_of(only(OFF_PEAK), frozenset({USED}))
    assert (sample.channel, sample.index, sample.modulus) == (USED, 16_000_333_000, MODULUS)
