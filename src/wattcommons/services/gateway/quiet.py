"""Notices without a flood: a meter gone mad writes to the disk now and then, not as fast as it speaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from wattcommons.services.gateway.clock import Clock
from wattcommons.services.store.journal import Notice

_QUIET_MS: Final = 10_000


class Quiet:
    """Lets a notice of one source and kind through every ten seconds, with the count of those between."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._told: dict[tuple[str, str], int] = {}
        self._held: dict[tuple[str, str], Notice] = {}

    def some(self, notices: Sequence[Notice]) -> list[Notice]:
        """Those to be told of now."""
        found = []
        for notice in notices:
            key = (notice.source, notice.kind)
            held = self._held.pop(key, None)
            summed = replace(notice, count=notice.count + (held.count if held else 0))
            now = self._clock.now().steady
            if key in self._told and now - self._told[key] < _QUIET_MS:
                self._held[key] = summed
                continue
            self._told[key] = now
            found.append(summed)
        return found

    def rest(self) -> list[Notice]:
        """Those that were held back."""
        found = list(self._held.values())
        self._held.clear()
        return found
