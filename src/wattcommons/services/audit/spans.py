"""Many interval numbers in few words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

MAX_SPANS: Final = 8


def spans(ordered: Sequence[int]) -> str:
    """Increasing numbers as `5-9, 12`; the first eight spans, and how many more."""
    found: list[tuple[int, int]] = []
    for number in ordered:
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    told = [str(first) if first == last else f"{first}-{last}" for first, last in found[:MAX_SPANS]]
    more = len(found) - MAX_SPANS
    return ", ".join(told) + (f" and {more} spans more" if more > 0 else "")
