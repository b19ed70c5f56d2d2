"""Telegrams of a P1 port: what is refused, what is read, however the bytes come."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.p1 import crc16, lines, telegram
from wattcommons.domain.channels import Channel, MilliWh
from wattcommons.errors import MeterDataError
from wattcommons.services.gateway.sources.p1 import samples_of
from wattcommons.services.gateway.sources.p1_telegrams import MAX_TELEGRAM, P1Framer, P1Parser, P1Telegram

pytestmark = pytest.mark.unit

SAMPLES = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "formats" / "dsmr"
USED, MADE = Channel.CONSUMPTION, Channel.PRODUCTION
REAL = ("telegram_v4_2.txt", "telegram_v5.txt", "telegram_fluvius_v171.txt")

OWN = telegram(lines("001234.567", "000100.001", "000000.000", "000432.100"))


def real(name: str) -> bytes:
    if not SAMPLES.is_dir():
        pytest.skip("the shared meter data is not here")
    return (SAMPLES / name).read_bytes()


@pytest.fixture(scope="module")
def parser() -> P1Parser:
    return P1Parser()


def outcomes(parser: P1Parser, data: bytes, framer: P1Framer | None = None) -> list[P1Telegram | str]:
    """Telegrams, and the kinds of errors."""
    found: list[P1Telegram | str] = []
    for one in (framer or P1Framer()).feed(data):
        try:
            if isinstance(one, MeterDataError):
                raise one
            found.append(parser.parse(one))
        except MeterDataError as error:
            found.append(error.kind)
    return found


# --- what is refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["own", *REAL])
def test_telegram__any_byte_flipped__is_refused(parser: P1Parser, name: str) -> None:
    intact = OWN if name == "own" else real(name)
    framer = P1Framer()
    [whole] = framer.feed(intact)
    for place in range(len(intact)):
        for mask in (1 << (place % 7), 0x80):
            flipped = bytearray(intact)
            flipped[place] ^= mask
            *between, last = framer.feed(bytes(flipped) + intact)
            assert last == whole, f"byte {place} spoils the next telegram"
            assert between, f"byte {place} goes unseen"
            for one in between:
                if isinstance(one, str):
                    with pytest.raises(MeterDataError) as caught:
                        parser.parse(one)
                    assert caught.value.kind == "checksum"


@pytest.mark.parametrize("name", ["own", *REAL])
def test_telegram__cut_anywhere__is_truncated(name: str) -> None:
    intact = OWN if name == "own" else real(name)
    [whole] = P1Framer().feed(intact)
    for length in range(1, len(intact)):
        error, last = P1Framer().feed(intact[:length] + intact)
        assert last == whole
        assert isinstance(error, MeterDataError)
        assert error.kind == "truncated"


def test_telegram__begun_before_we_listened__is_left_aside(parser: P1Parser) -> None:
    [whole] = outcomes(parser, OWN)
    for start in range(1, len(OWN) + 1):
        assert outcomes(parser, OWN[start:] + OWN) == [whole]


@pytest.mark.parametrize("end", [b"!\r\n", b"!\0\r\n"])
def test_telegram__of_an_old_meter_without_a_checksum__is_refused(parser: P1Parser, end: bytes) -> None:
    assert outcomes(parser, OWN[: OWN.rindex(b"!")] + end) == ["no-checksum"]


@pytest.mark.parametrize("end", [b"!12345\r\n", b"!123\r\n", b"!12g4\r\n", b"!abcd\r\n", b"!\n", b"! 1234\r\n"])
def test_telegram__last_line_of_another_form__is_malformed(parser: P1Parser, end: bytes) -> None:
    assert outcomes(parser, OWN[: OWN.rindex(b"!")] + end) == ["malformed"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-32-be", "cp037"])
def test_telegram__in_another_encoding__yields_nothing(parser: P1Parser, encoding: str) -> None:
    found = outcomes(parser, OWN.decode().encode(encoding) + OWN)
    assert [one for one in found if isinstance(one, P1Telegram)] in ([], outcomes(parser, OWN))


def test_telegram__a_byte_of_8_bits__is_wrong_encoding(parser: P1Parser) -> None:
    assert outcomes(parser, telegram(["0-0:96.13.0(é)"])) == ["encoding"]


def test_telegram__without_end__is_too_large_once_and_forgotten(parser: P1Parser) -> None:
    framer = P1Framer()
    found = outcomes(parser, b"/" + b"A" * 10 * MAX_TELEGRAM, framer)
    assert found == ["too-large"]
    assert outcomes(parser, OWN, framer) == outcomes(parser, OWN)


def test_telegram__end_without_end__is_too_large(parser: P1Parser) -> None:
    assert outcomes(parser, b"/X!" + b"A" * 10 * MAX_TELEGRAM) == ["too-large"]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("-00001.000*kWh", "negative"),
        ("-00000.000*kWh", "negative"),
        ("9999999999.000*kWh", "absurd"),
        ("9" * 5_000 + "*kWh", "absurd"),
        ("001234.567*Wh", "unit"),
        ("001234.567*MWh", "unit"),
        ("001234.567", "unit"),
        ("001234.567*", "unit"),
        ("001234.5670001*kWh", "number"),
        ("1e5*kWh", "number"),
        ("1E999999999*kWh", "number"),
        ("NaN*kWh", "number"),
        ("Infinity*kWh", "number"),
        ("0x10*kWh", "number"),
        ("*kWh", "number"),
        ("", "unit"),
        ("1*2*kWh", "malformed"),
        ("12 34.567*kWh", "malformed"),
        ("12,567*kWh", "malformed"),
        ("1)(2*kWh", "malformed"),
        ("1", "unit"),
    ],
)
def test_register__of_another_form__is_refused(parser: P1Parser, value: str, kind: str) -> None:
    wrong = [line for line in lines("000001.000", "000002.000") if "1.8.2" not in line]
    assert outcomes(parser, telegram([*wrong, f"1-0:1.8.2({value})"])) == [kind]


def test_register__twice__is_malformed(parser: P1Parser) -> None:
    both = lines("000001.000", "000002.000")
    assert outcomes(parser, telegram([*both, "1-0:1.8.1(000009.000*kWh)"])) == ["malformed"]


def test_register__line_without_its_end__is_malformed(parser: P1Parser) -> None:
    both = lines("000001.000", "000002.000")
    assert outcomes(parser, telegram([*both, "1-0:2.8.0(000009.000*kWh)\n1-0:1.7.0(00.1*kW)"])) == ["malformed"]


def test_register__of_one_tariff_only__is_truncated(parser: P1Parser) -> None:
    alone = [line for line in lines("000001.000", "000002.000") if "1.8.2" not in line]
    assert outcomes(parser, telegram(alone)) == ["truncated"]


def test_samples__of_a_register_the_meter_has_not__none(parser: P1Parser) -> None:
    used_only = [line for line in lines("000001.000", "000002.000") if "1-0:2.8" not in line]
    [found] = outcomes(parser, telegram(used_only))
    assert isinstance(found, P1Telegram)
    assert found.indexes == {USED: 3_000_000}
    with pytest.raises(MeterDataError, match="production") as caught:
        samples_of(found, frozenset(Channel))
    assert caught.value.kind == "missing"
    assert [one.index for one in samples_of(found, frozenset({USED}))] == [3_000_000]


def test_parser__a_line_it_cannot_read__the_meter_is_in_no_log(
    parser: P1Parser, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        P1Parser()
        broken = telegram([line.replace(")", ") ()") if "96.1.1" in line else line for line in lines("1.000", "2.000")])
        assert outcomes(parser, broken) == ["malformed"]
    assert caplog.text == ""


@given(st.binary(max_size=400))
def test_stream__garbage__yields_no_telegram_and_no_crash(data: bytes) -> None:
    assert not [one for one in P1Framer().feed(data + b"/") if isinstance(one, str) and crc_is_right(one)]


def crc_is_right(text: str) -> bool:
    body, _, crc = text.rpartition("!")
    return crc16(f"{body}!".encode()) == int(crc.strip("\0\r\n"), 16)


# --- what is read ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "telegram_v4_2.txt",
            P1Telegram("3960221976967177082151037881335713", {USED: MilliWh(3_016_829_000), MADE: MilliWh(0)}, "42"),
        ),
        (
            "telegram_v5.txt",
            P1Telegram("K8EG004046395507", {USED: MilliWh(6_825_000), MADE: MilliWh(2_444_000)}, "50"),
        ),
        (
            "telegram_fluvius_v171.txt",
            P1Telegram("1SAG3101021605", {USED: MilliWh(15_792_000), MADE: MilliWh(11_000)}, "50217"),
        ),
    ],
)
def test_telegram__of_a_meter__its_indexes(parser: P1Parser, name: str, expected: P1Telegram) -> None:
    assert outcomes(parser, real(name)) == [expected]


def test_telegram__four_tariffs__their_sum(parser: P1Parser) -> None:
    four = [*lines("000001.001", "000002.002"), "1-0:1.8.3(000003.003*kWh)", "1-0:1.8.4(000004.004*kWh)"]
    [found] = outcomes(parser, telegram(four))
    assert isinstance(found, P1Telegram)
    assert found.indexes[USED] == 10_010_000


def test_telegram__with_a_total__the_total(parser: P1Parser) -> None:
    [found] = outcomes(parser, telegram([*lines("000001.000", "000002.000"), "1-0:1.8.0(000003.0005*kWh)"]))
    assert isinstance(found, P1Telegram)
    assert found.indexes[USED] == 3_000_500
    [sample] = samples_of(found, frozenset({USED}))
    assert (sample.modulus, sample.at) == (None, None)


def test_telegram__registers_with_alike_numbers__are_not_mistaken(parser: P1Parser) -> None:
    others = ["0-1:1.8.1(000009.000*kWh)", "1-0:1.8.10(000009.000*kWh)", "0-1:96.1.1(3153)", "1-0:1.8.11(x)"]
    [found] = outcomes(parser, telegram([*others, *lines("000001.000", "000002.000"), *others]))
    [plain] = outcomes(parser, telegram(lines("000001.000", "000002.000")))
    assert found == plain


def test_telegram__other_lines_broken__are_ignored(parser: P1Parser) -> None:
    [found] = outcomes(parser, telegram([*lines("000001.000", "000002.000"), "1-0:99.97.0(99)(x)", "nonsense"]))
    [plain] = outcomes(parser, telegram(lines("000001.000", "000002.000")))
    assert found == plain


@given(st.lists(st.sampled_from([OWN, OWN[:70], b"noise", b"!\r\n"]), max_size=5), st.data())
def test_stream__cut_into_any_pieces__same_outcomes(parts: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=30)))
    framer = P1Framer()
    pieces = [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    found = [one for piece in pieces for one in framer.feed(piece)]
    assert [str(one) for one in found] == [str(one) for one in P1Framer().feed(stream)]
