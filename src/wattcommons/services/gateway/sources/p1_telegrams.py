"""Telegrams of a DSMR meter's P1 port, from bytes that come in any pieces.

Source: DSMR P1 companion standard 5.0.2. A telegram goes from `/` to `!` and a CRC of four hexadecimal digits; one
without a CRC (DSMR 2.2 and 3) is refused, for nothing would show that a digit is wrong. dsmr-parser checks the CRC
and reads the lines; it is given those we need only, so that no other line can make a telegram unreadable (and its
reader of power failure logs grows with every telegram).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from wattcommons.domain.channels import Channel, MilliWh
from wattcommons.errors import MeterDataError

MAX_TELEGRAM: Final = 16_384
"""Most bytes of a telegram; one with the longest text message and all logs has some 5,000."""

_START, _END, _LF = b"/!\n"
_IDLE: Final = frozenset(b"\0\r\n")
_LAST_LINE: Final = re.compile(rb"!(?P<crc>[0-9A-F]{4})?\0?\r\n")
_TOTALS: Final = {Channel.CONSUMPTION: "1.8.0", Channel.PRODUCTION: "2.8.0"}
_TARIFFS: Final = {
    Channel.CONSUMPTION: ("1.8.1", "1.8.2", "1.8.3", "1.8.4"),
    Channel.PRODUCTION: ("2.8.1", "2.8.2", "2.8.3", "2.8.4"),
}
_ALWAYS: Final = 2  # so many tariffs a meter has at least
_REGISTERS: Final = (*_TOTALS.values(), *(code for codes in _TARIFFS.values() for code in codes))
_METER, _VERSION, _VERSION_BE = "0-0:96.1.1", "1-3:0.2.8", "0-0:96.1.4"
_PLACES: Final = 6  # of kWh, to the mWh
_MOST_KWH: Final = 10**9


@dataclass(frozen=True, slots=True)
class P1Telegram:
    """What a telegram says. `indexes`: mWh withdrawn and injected in all, where it has them; `meter`: its number."""

    meter: str
    indexes: Mapping[Channel, MilliWh]
    version: str = ""


class P1Framer:
    """Cuts a line's bytes into telegrams with a CRC, not yet checked. It keeps one unfinished telegram at most."""

    def __init__(self) -> None:
        self._body: bytearray | None = None  # None: outside of a telegram
        self._ending: int | None = None  # where the last line begins
        self._stray: int | None = None  # bytes since the last telegram's end; None: its end was not seen

    def feed(self, data: bytes) -> list[str | MeterDataError]:
        """What the next bytes complete, in order: telegrams, and why others are none.

        Kinds: `truncated`, `encoding` (a byte of 8 bits), `too-large`, `no-checksum`, `malformed`.
        """
        outcomes: list[str | MeterDataError] = []
        for byte in data:
            outcome = self._outside(byte) if self._body is None else self._inside(self._body, byte)
            if outcome is not None:
                outcomes.append(outcome)
        return outcomes

    def _outside(self, byte: int) -> MeterDataError | None:
        if byte != _START:
            if self._stray is not None and byte not in _IDLE:
                self._stray += 1
            return None
        stray = self._stray
        self._begin()
        return MeterDataError("malformed", f"{stray} bytes outside of a telegram") if stray else None

    def _begin(self) -> None:
        self._body, self._ending, self._stray = bytearray(b"/"), None, None

    def _inside(self, body: bytearray, byte: int) -> str | MeterDataError | None:
        if byte == _START:  # no line holds one: texts are in hexadecimal digits
            self._begin()
            return MeterDataError("truncated", f"a telegram ends after {len(body)} bytes")
        if len(body) == MAX_TELEGRAM:
            self._body = None
            return MeterDataError("too-large", f"a telegram of more than {MAX_TELEGRAM} bytes")
        body.append(byte)
        if self._ending is None:
            if byte == _END:
                self._ending = len(body) - 1
            return None
        if byte != _LF:
            return None
        self._body, self._stray = None, 0
        return _whole(bytes(body), self._ending)


def _whole(body: bytes, ending: int) -> str | MeterDataError:
    if not body.isascii():
        return MeterDataError(
            "encoding", "a byte of 8 bits in a telegram", "check the speed and the parity of the line"
        )
    last = _LAST_LINE.fullmatch(body, ending)
    if last is None:
        return MeterDataError("malformed", "a telegram whose last line is no checksum")
    if last["crc"] is None:
        return MeterDataError(
            "no-checksum",
            "a telegram without a checksum, as of DSMR 2.2 and 3",
            "such a meter cannot be read safely: ask the network operator for a newer one",
        )
    return body.decode("ascii")


class P1Parser:
    """Reads telegrams with dsmr-parser, which is loaded here, for it takes 19 MB. For one thread."""

    def __init__(self) -> None:
        from dsmr_parser.exceptions import InvalidChecksumError  # type: ignore[import-untyped]
        from dsmr_parser.parsers import CosemParser, TelegramParser, ValueParser  # type: ignore[import-untyped]

        def line(code: str, value: type) -> dict[str, Any]:
            return {
                "obis_reference": rf"^{re.escape(code)}\([^\r\n]*\r\n",
                "value_parser": CosemParser(ValueParser(value)),
                "value_name": code,
            }

        lines = [line(f"1-0:{code}", Decimal) for code in _REGISTERS]
        lines += [line(code, str) for code in (_METER, _VERSION, _VERSION_BE)]
        self._parser = TelegramParser({"checksum_support": True, "objects": lines})
        self._wrong_crc = InvalidChecksumError
        # The library makes its table at the first telegram, and two threads at once would make a wrong one, for good.
        TelegramParser.crc16("")
        # It logs what it cannot read, with the meter's number; we tell of it ourselves, without.
        logging.getLogger("dsmr_parser.parsers").setLevel(logging.CRITICAL)

    def parse(self, text: str) -> P1Telegram:
        """Reads a whole telegram. Raises MeterDataError.

        Kinds: `checksum`, `malformed`, `number`, `negative`, `absurd`, `unit`, `truncated` (a register is missing).
        """
        try:
            read: Any = self._parser.parse(text, throw_ex=True)
        except self._wrong_crc:
            raise MeterDataError("checksum", "a telegram has a wrong checksum", "look for a bad contact") from None
        except ArithmeticError:
            raise MeterDataError("number", "a register in a telegram is no number") from None
        except Exception as error:  # noqa: BLE001 - it raises whatever its reading of a line happens to run into
            raise MeterDataError("malformed", f"a telegram that cannot be read ({type(error).__name__})") from None
        registers: dict[str, MilliWh] = {}
        for code in _REGISTERS:
            found = text.count(f"\n1-0:{code}(")
            if found > 1:
                raise MeterDataError("malformed", f"{code} is {found} times in one telegram")
            if found:
                one = getattr(read, f"1-0:{code}", None)
                if one is None:
                    raise MeterDataError("malformed", f"the line of {code} has no end")
                registers[code] = _energy(code, one.value, one.unit)
        indexes = {}
        for channel in Channel:
            total = _total(channel, registers)
            if total is not None:
                indexes[channel] = total
        return P1Telegram(_number(_text(read, _METER)), indexes, _text(read, _VERSION) or _text(read, _VERSION_BE))


def _total(channel: Channel, registers: Mapping[str, MilliWh]) -> MilliWh | None:
    """The register of the total, else the sum of the tariffs'; None where a telegram has neither."""
    if _TOTALS[channel] in registers:
        return registers[_TOTALS[channel]]
    tariffs = _TARIFFS[channel]
    if not registers.keys() & set(tariffs):
        return None
    missing = set(tariffs[:_ALWAYS]) - registers.keys()
    if missing:
        raise MeterDataError("truncated", f"a telegram without {', '.join(sorted(missing))}")
    return MilliWh(sum(registers[code] for code in tariffs if code in registers))


def _energy(code: str, value: Decimal | None, unit: str | None) -> MilliWh:
    """mWh of a register in kWh, exactly."""
    if unit != "kWh":
        raise MeterDataError("unit", f"{code} is in {unit or 'no unit'}, not kWh")
    exponent = None if value is None else value.as_tuple().exponent
    if value is None or not isinstance(exponent, int) or not -_PLACES <= exponent <= 0:
        raise MeterDataError("number", f"{code} is no number of kWh with at most {_PLACES} decimals")
    if value.is_signed():
        raise MeterDataError("negative", f"{code} is {value} kWh")
    if value >= _MOST_KWH:
        raise MeterDataError("absurd", f"{code} is {_MOST_KWH} kWh or more")
    _sign, digits, _ = value.as_tuple()
    return MilliWh(int("".join(map(str, digits))) * 10 ** (_PLACES + exponent))


def _text(read: Any, code: str) -> str:
    one = getattr(read, code, None)
    return str(one.value) if one is not None and one.value else ""


def _number(raw: str) -> str:
    """A meter's number: written in hexadecimal digits of its characters, as a rule; else as it stands."""
    try:
        plain = bytes.fromhex(raw).decode("ascii")
    except ValueError:
        return raw
    return plain if plain.isprintable() else raw
