"""What each participant traded locally, and the 13 bytes by which the settlement publishes it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from wattcommons.domain.units import MAX_WH, ParticipantIndex, checked_participant
from wattcommons.errors import RuleError

FILL_BYTES: Final = 13
_MAX_OFFSET: Final = 2**40 - 1


@dataclass(frozen=True, slots=True)
class Fill:
    """A local trade of one participant in one interval.

    `wh`: positive sold, negative bought, never 0. `offset` (Wh): where the fill begins on the line
    [0, Q], on which the sellers' fills lie end to end in index order, and the buyers' likewise.
    """

    participant: ParticipantIndex
    wh: int
    offset: int

    def __post_init__(self) -> None:
        checked_participant(self.participant)
        if not 0 < abs(self.wh) <= MAX_WH:
            raise RuleError(f"a fill is {self.wh} Wh", f"it is 1 to {MAX_WH} Wh, sold or bought")
        if not 0 <= self.offset <= _MAX_OFFSET:
            raise RuleError(f"a fill starts at {self.offset} Wh", "its offset has 40 bits")

    @property
    def end(self) -> int:
        """Where the fill ends on the line [0, Q], Wh."""
        return self.offset + abs(self.wh)


def pack_fills(fills: Iterable[Fill]) -> bytes:
    """Fills as the settle event carries them, big endian: participant 4 | signed Wh 4 | offset 5 bytes."""
    return b"".join(
        fill.participant.to_bytes(4, "big") + fill.wh.to_bytes(4, "big", signed=True) + fill.offset.to_bytes(5, "big")
        for fill in fills
    )


def unpack_fills(packed: bytes) -> tuple[Fill, ...]:
    """Inverse of `pack_fills`. Raises RuleError on a broken length or value."""
    if len(packed) % FILL_BYTES:
        raise RuleError(f"packed fills have {len(packed)} bytes", f"each fill has {FILL_BYTES}")
    return tuple(
        Fill(
            participant=ParticipantIndex(int.from_bytes(packed[at : at + 4], "big")),
            wh=int.from_bytes(packed[at + 4 : at + 8], "big", signed=True),
            offset=int.from_bytes(packed[at + 8 : at + 13], "big"),
        )
        for at in range(0, len(packed), FILL_BYTES)
    )
