"""Fills as a proof file holds them: a third of their bytes, for what follows from the others is left out.

Of a fill the settlement publishes participant, Wh and where it begins on the line of all that was traded. Sellers' and
buyers' fills lie end to end in the order of the participants, so that only steps from one participant to the next and
Wh are written: each as a number of 7 bits a byte, low ones first, the Wh doubled and odd when bought.
"""

from __future__ import annotations

from collections.abc import Sequence

from wattcommons.domain.fills import Fill, pack_fills, unpack_fills
from wattcommons.domain.units import ParticipantIndex
from wattcommons.errors import InputError, RuleError

_WHAT = "the fills of the proof file"


def shorten(chunks: Sequence[bytes]) -> list[bytes]:
    """Chunks of packed fills, shortened. Raises InputError for such as no settlement makes."""
    short = []
    lines = _Lines()
    for chunk in chunks:
        written = bytearray()
        try:
            fills = unpack_fills(chunk)
        except RuleError as error:
            raise InputError(f"{_WHAT}: {error.message}") from error
        for fill in fills:
            step = fill.participant - lines.participant
            if lines.next(step, fill.wh) != fill:
                raise InputError(f"{_WHAT} do not lie end to end")
            written += _number(step) + _number(2 * abs(fill.wh) + (fill.wh < 0))
        short.append(bytes(written))
    return short


def lengthen(chunks: Sequence[bytes]) -> tuple[bytes, ...]:
    """Inverse of `shorten`. Raises InputError for what it never gives."""
    lines = _Lines()
    found = []
    for chunk in chunks:
        numbers = _numbers(chunk)
        if len(numbers) % 2:
            raise InputError(f"{_WHAT} are cut off")
        pairs = zip(numbers[::2], numbers[1::2], strict=True)
        found.append(pack_fills(lines.next(step, -(wh >> 1) if wh & 1 else wh >> 1) for step, wh in pairs))
    if shorten(found) != list(chunks):
        raise InputError(f"{_WHAT} are not in their one form")
    return tuple(found)


class _Lines:
    """How far participants, sellers' and buyers' fills have come."""

    def __init__(self) -> None:
        self.participant = 0
        self._sold = 0
        self._bought = 0

    def next(self, step: int, wh: int) -> Fill:
        if step < 1:
            raise InputError(f"{_WHAT} are not in the order of the participants")
        self.participant += step
        try:
            fill = Fill(ParticipantIndex(self.participant), wh, self._sold if wh > 0 else self._bought)
        except RuleError as error:
            raise InputError(f"{_WHAT}: {error.message}") from error
        if wh > 0:
            self._sold += wh
        else:
            self._bought -= wh
        return fill


def _number(value: int) -> bytes:
    written = bytearray()
    while value > 0x7F:
        written.append(0x80 | value & 0x7F)
        value >>= 7
    return bytes([*written, value])


def _numbers(data: bytes) -> list[int]:
    found, value, shift = [], 0, 0
    for byte in data:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            found.append(value)
            value, shift = 0, 0
        elif shift > 35:
            raise InputError(f"{_WHAT} hold a number that is too large")
    if shift:
        raise InputError(f"{_WHAT} are cut off")
    return found
