"""Frames of a Linky's customer output (TIC), from bytes that come in any pieces.

Source: Enedis-NOI-CPT_54E, modes *historique* and *standard*.

    frame       STX group… ETX
    historique  LF label SP data SP checksum CR          sum over label…data
    standard    LF label HT [time HT] data HT checksum CR   sum over label…last HT
    checksum    (sum of the bytes & 0x3F) + 0x20: it may be a space, so nothing is ever split on blanks

A frame is taken whole or not at all: one group with a wrong checksum and nothing of the frame is believed, for the
next one is a second away. The checksum does not see bit 6 of a byte; so whatever is read must also look as the
document has it: labels of capitals, indexes and numbers of digits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Final

from wattcommons.domain.channels import MWH_A_WH, MilliWh
from wattcommons.errors import MeterDataError

MODULUS: Final = MilliWh(10**9 * MWH_A_WH)
"""mWh at which an index wraps: nine digits of Wh."""
MAX_FRAME: Final = 4_096
"""Most bytes between STX and ETX; a producer's three-phase frame has some 1,600."""

_STX, _ETX, _EOT = 0x02, 0x03, 0x04
_SEVEN: Final = 0x7F
"""Frames are found by their lower 7 bits, so that a line that leaves the parity in bit 7 is told from a silent one."""
_IDLE: Final = frozenset(b"\0\r\n\x04")
"""Bytes that mean nothing between two frames."""

_GROUPS: Final = re.compile(rb"(?:\n[\t -~]+\r)+")
_STANDARD: Final = re.compile(rb"\n[^ \t]+\t")
_LABEL: Final = re.compile(r"[A-Z][A-Z0-9+-]*")
_INDEX: Final = re.compile(r"[0-9]{9}")
_METER: Final = re.compile(r"[0-9]{12}")
_PRM: Final = re.compile(r"[0-9]{14}")
_STATUS: Final = re.compile(r"[0-9A-F]{8}")
_ANY_TIME: Final = re.compile(r"[HhEe]?[0-9 ]*")
_TIME: Final = re.compile(r"([HE])" + r"([0-9]{2})" * 6, re.IGNORECASE)

_PRODUCER: Final = 1 << 8
_DEGRADED: Final = 1 << 16

_REGISTERS: Final = (
    ("BASE",),
    ("HCHC", "HCHP"),
    ("EJPHN", "EJPHPM"),
    ("BBRHCJB", "BBRHPJB", "BBRHCJW", "BBRHPJW", "BBRHCJR", "BBRHPJR"),
)
"""The registers of each kind of contract in historique: what was withdrawn is their sum."""
_SHORT: Final = frozenset({"ADIR1", "ADIR2", "ADIR3"})
"""A three-phase meter over its power sends short frames with these warnings, and no index."""
_READ: Final = frozenset(
    {"ADCO", "ADSC", "DATE", "STGE", "PRM", "EAST", "EAIT"} | _SHORT | {one for some in _REGISTERS for one in some}
)

_Groups = dict[str, tuple[str, str]]
"""Label -> (time, data); the time is empty where the group has none."""


class TicMode(Enum):
    """How a Linky speaks."""

    STANDARD = "standard"
    HISTORIQUE = "historique"


@dataclass(frozen=True, slots=True)
class TicFrame:
    """What a frame says.

    `meter`: its secondary address, 12 digits. `consumption`, `production`: mWh withdrawn and injected in all, below
    MODULUS; in historique the first is a sum of registers modulo MODULUS, so that it wraps as one register does, and
    None in a short frame, and the second is always None. `producer`: whether the meter counts what is injected, None
    where it does not say. `clock_degraded`: the meter's own clock is wrong; `date`: that clock, unix seconds, None
    where it has none. `prm`: the point of delivery, 14 digits, or empty.
    """

    mode: TicMode
    meter: str
    consumption: MilliWh | None
    production: MilliWh | None = None
    producer: bool | None = None
    clock_degraded: bool = False
    date: int | None = None
    prm: str = ""


class TicFramer:
    """Cuts a line's bytes into frames. It keeps one unfinished frame at most, of MAX_FRAME bytes at most."""

    def __init__(self) -> None:
        self._body: bytearray | None = None  # None: outside of a frame
        self._stray: int | None = None  # bytes since the last frame's end; None: its end was not seen

    def feed(self, data: bytes) -> list[TicFrame | MeterDataError]:
        """What the next bytes complete, in order: frames, and why others are none.

        Kinds: `checksum`, `truncated` (a new frame begins too early, or a group is missing), `interrupted` (EOT),
        `encoding` (a byte of 8 bits), `too-large`, `malformed`, `number`, `negative`.
        """
        outcomes: list[TicFrame | MeterDataError] = []
        for byte in data:
            outcome = self._outside(byte) if self._body is None else self._inside(self._body, byte)
            if outcome is not None:
                outcomes.append(outcome)
        return outcomes

    def _outside(self, byte: int) -> MeterDataError | None:
        if byte & _SEVEN != _STX:
            if self._stray is not None and byte not in _IDLE:
                self._stray += 1
            return None
        stray, self._stray, self._body = self._stray, None, _begun(byte)
        return MeterDataError("malformed", f"{stray} bytes outside of a frame") if stray else None

    def _inside(self, body: bytearray, byte: int) -> TicFrame | MeterDataError | None:
        low = byte & _SEVEN
        if low == _ETX:
            self._body, self._stray = None, 0
            try:
                return parse_frame(bytes(body) if byte == _ETX else b"\xff")
            except MeterDataError as error:
                return error
        if low == _STX:
            self._body = _begun(byte)
            return MeterDataError("truncated", f"a frame ends after {len(body)} bytes") if body else None
        if low == _EOT:
            self._body = None
            return MeterDataError("interrupted", f"the meter broke off a frame after {len(body)} bytes")
        if len(body) == MAX_FRAME:
            self._body = None
            return MeterDataError("too-large", f"a frame of more than {MAX_FRAME} bytes")
        body.append(byte)
        return None


def _begun(stx: int) -> bytearray:
    """A new frame; one whose STX carries a parity bit is not of 7 bits from its first byte on."""
    return bytearray() if stx == _STX else bytearray([stx])


def parse_frame(body: bytes) -> TicFrame:
    """Reads what is between STX and ETX. Raises MeterDataError."""
    if not body.isascii():
        raise MeterDataError(
            "encoding", "a byte of 8 bits in a frame", "the line has 7 data bits and even parity: set the adapter so"
        )
    if not _GROUPS.fullmatch(body):
        raise MeterDataError("malformed", "a frame that is not made of groups")
    mode = TicMode.STANDARD if _STANDARD.match(body) else TicMode.HISTORIQUE
    groups: _Groups = {}
    for raw in body[1:-1].split(b"\r\n"):
        label, time, data = _group(raw, mode)
        if label in _READ:
            if label in groups:
                raise MeterDataError("malformed", f"{label} is twice in one frame")
            groups[label] = time, data
    return _standard(groups) if mode is TicMode.STANDARD else _historique(groups)


def _group(raw: bytes, mode: TicMode) -> tuple[str, str, str]:
    """Label, time and data of what is between LF and CR, its checksum checked."""
    standard = mode is TicMode.STANDARD
    separator = b"\t" if standard else b" "
    if raw[-2:-1] != separator:
        raise MeterDataError("malformed", "a group without a checksum of its own")
    if raw[-1] != (sum(raw[: -1 if standard else -2]) & 0x3F) + 0x20:
        raise MeterDataError("checksum", "a group has a wrong checksum", "look for a bad contact or a cable too long")
    fields = raw[:-2].decode("ascii").split(separator.decode(), -1 if standard else 1)
    if not 2 <= len(fields) <= 3 or not _LABEL.fullmatch(fields[0]):
        raise MeterDataError("malformed", "a group that is not a label and its data")
    time = fields[1] if len(fields) == 3 else ""
    if not _ANY_TIME.fullmatch(time):
        raise MeterDataError("malformed", "a group whose time is none")
    return fields[0], time, fields[-1]


def _standard(groups: _Groups) -> TicFrame:
    missing = {"ADSC", "EAST", "STGE"} - groups.keys()
    if missing:
        raise _missing(missing)
    status = groups["STGE"][1]
    if not _STATUS.fullmatch(status):
        raise MeterDataError("number", f"STGE is {status!r}, not eight hexadecimal digits")
    bits = int(status, 16)
    date, degraded = _clock(groups["DATE"][0]) if "DATE" in groups else (None, False)
    prm = groups.get("PRM", ("", ""))[1]
    return TicFrame(
        TicMode.STANDARD,
        _meter(groups, "ADSC"),
        _index(groups, "EAST"),
        _index(groups, "EAIT") if "EAIT" in groups else None,
        bool(bits & _PRODUCER),
        bool(bits & _DEGRADED) or degraded,
        date,
        prm if _PRM.fullmatch(prm) else "",
    )


def _historique(groups: _Groups) -> TicFrame:
    if "ADCO" not in groups:
        raise _missing({"ADCO"})
    meter = _meter(groups, "ADCO")
    contracts = [labels for labels in _REGISTERS if groups.keys() & set(labels)]
    if not contracts and groups.keys() & _SHORT:
        return TicFrame(TicMode.HISTORIQUE, meter, None)
    if len(contracts) != 1:
        raise _missing({"BASE"}) if not contracts else MeterDataError("malformed", "registers of several contracts")
    missing = set(contracts[0]) - groups.keys()
    if missing:
        raise _missing(missing)
    total = sum(_index(groups, label) for label in contracts[0]) % MODULUS
    return TicFrame(TicMode.HISTORIQUE, meter, MilliWh(total))


def _index(groups: _Groups, label: str) -> MilliWh:
    data = groups[label][1]
    if data.startswith("-"):
        raise MeterDataError("negative", f"{label} is {data!r}")
    if not _INDEX.fullmatch(data):
        raise MeterDataError("number", f"{label} is {data!r}, not nine digits")
    return MilliWh(int(data) * MWH_A_WH)


def _meter(groups: _Groups, label: str) -> str:
    number = groups[label][1]
    if not _METER.fullmatch(number):
        raise MeterDataError("number", f"{label} is not twelve digits")
    return number


def _clock(text: str) -> tuple[int | None, bool]:
    """Unix seconds of a time `SAAMMJJhhmmss`, and whether it is degraded.

    S: H in winter (UTC+1), E in summer (UTC+2), in small letters while the clock is degraded. No reading is dated by
    it, so one that makes no sense is only a degraded clock.
    """
    found = _TIME.fullmatch(text)
    if found is None:
        return None, True
    season, *parts = found.groups()
    year, month, day, hour, minute, second = (int(part) for part in parts)
    try:
        local = datetime(2000 + year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None, True
    offset = 1 if season.upper() == "H" else 2
    unix = (local - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1) - offset * 3_600
    return unix, season.islower()


def _missing(labels: set[str]) -> MeterDataError:
    return MeterDataError("truncated", f"a frame without {', '.join(sorted(labels))}")
