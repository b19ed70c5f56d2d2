"""Values of events in the form of the tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from wattcommons.chain.events import Event

Handlers = dict[str, Callable[[Event], None]]
"""`Contract.Event` -> what takes it."""

_MOST: Final = 2**63 - 1


def whole(value: int) -> int:
    """A number within 64 bits: contracts bound nearly all of theirs far below; what is not, is cut off there."""
    return min(value, _MOST) if value >= 0 else max(value, -_MOST)


def hexed(value: bytes) -> str:
    """0x and the digits."""
    return f"0x{value.hex()}"


def words(value: bytes) -> str:
    """Fixed bytes as the text in them; what is no printable ASCII becomes a question mark."""
    return "".join(chr(one) if 32 <= one < 127 else "?" for one in value.rstrip(b"\0"))


def place(event: Event) -> dict[str, int]:
    """Where and when an event happened, as tables of events keep it."""
    return {"block": event.block, "log_index": event.log_index, "at": event.timestamp}
