"""What sources hand in, and to whom: the one interface between a source and the rest of the gateway.

A source runs in a thread of its own, reads its meter and hands what it saw to a `Sink`. It keeps nothing: how samples
become intervals, and how they survive a power cut, is the sink's business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Event
from typing import Protocol

from wattcommons.domain.channels import Channel, EnergyRow, MilliWh
from wattcommons.errors import MeterDataError


@dataclass(frozen=True, slots=True)
class IndexSeen:
    """A cumulative index as a meter showed it just now, mWh.

    `modulus`: mWh at which the display wraps to 0, None where it never does. `meter`: the meter's own number where
    it says one, so that an exchanged meter is noticed. `at`: unix ms, only where the source's own time is to be
    taken instead of this machine's clock (a setting of the source).
    """

    channel: Channel
    index: MilliWh
    modulus: int | None = None
    meter: str = ""
    at: int | None = None


@dataclass(frozen=True, slots=True)
class PowerSeen:
    """An instantaneous power, W (0 or more), from a meter that has no index. `at` as in IndexSeen."""

    channel: Channel
    power_w: int
    at: int | None = None


@dataclass(frozen=True, slots=True)
class RowsTaken:
    """What became of rows of whole steps, in intervals of the community. All of it is durable when this is returned.

    `new`: energies kept now. `known`: the same was there already. `differing`: another value was there and stays.
    `incomplete`: intervals of which a finer step is missing, left out. `unknown`: meter numbers of no participant.
    """

    new: int = 0
    known: int = 0
    differing: int = 0
    incomplete: int = 0
    coarser: int = 0
    unknown: tuple[str, ...] = ()


class Sink(Protocol):
    """Where one source hands in what it saw. Safe to use from the source's thread."""

    def seen(self, samples: Sequence[IndexSeen | PowerSeen], *, clock_degraded: bool = False) -> None:
        """Samples of one moment. `clock_degraded`: the meter says its own clock is wrong; noted.

        A sample that cannot be true is counted and told of, and changes nothing; it raises nothing. Raises StoreError:
        then the samples count as never handed in.
        """
        ...

    def rows(self, rows: Sequence[EnergyRow]) -> RowsTaken:
        """Energies of whole steps, any order; all are kept or none. Raises InputError, RuleError, StoreError."""
        ...

    def problem(self, error: MeterDataError) -> None:
        """Something unusable was received: counted by its kind, told of, and forgotten."""
        ...

    def note(self, key: str, value: str) -> None:
        """A fact for `status` and `check`, such as ("mode", "standard"); the last value of a key counts."""
        ...


class Source(Protocol):
    """A source of readings. `name` is unique and goes into logs and metrics."""

    name: str

    def run(self, stop: Event) -> None:
        """Read until `stop` is set; returns then within 2 s.

        Raises SourceLost when the meter or its line is gone: the caller waits, longer each time, and runs it again.
        """
        ...
