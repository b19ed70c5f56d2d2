"""Gate closure, checked of every dated change; and the type by which the parts of an audit read events."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from wattcommons.chain.events import Event
from wattcommons.domain.intervals import IntervalLength, first_open
from wattcommons.domain.units import IntervalIndex
from wattcommons.services.audit import checks
from wattcommons.services.audit.report import Findings

Handler: TypeAlias = Callable[[Event], None]
Handlers: TypeAlias = dict[str, Handler]
"""`Contract.Event` -> what reads it."""


class Gate:
    """Which intervals could still be changed when an event happened."""

    def __init__(self, length: IntervalLength, lead_s: int, findings: Findings) -> None:
        self._length = length
        self._lead_s = lead_s
        self._findings = findings

    def first_open(self, event: Event) -> IntervalIndex:
        """The first interval whose gate was open at the event's block."""
        return first_open(event.timestamp, self._lead_s, self._length)

    def check(self, event: Event, interval: int) -> None:
        """Counts a dated change; broken when the gate of the interval it begins with had closed."""
        self._findings.count(checks.DATES)
        opened = self.first_open(event)
        if interval < opened:
            self._findings.broken(
                checks.DATES,
                f"{event.key} dated {interval}",
                f"{opened} or later",
                interval,
                event=event,
                interval=interval,
            )
