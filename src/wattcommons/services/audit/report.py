"""What an audit says: one line a check, and every broken entry by its name."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

from wattcommons.chain.events import Event
from wattcommons.services.audit.sampling import SampleResult

MAX_BROKEN: Final = 100
"""Broken entries kept of one check; all are counted."""

NOT_PROVED: Final = (
    "that the meters are honest: a signature proves which gateway spoke, not what flowed",
    "that blocks were sealed by the community's validators: a development chain has no seals, and none are read here",
    "that the code at the contracts' addresses is the published one: compare what their creation transactions carry",
    "who signed orders, enrolments and withdrawals: the contracts checked it when they landed, the logs carry no"
    " such signatures",
    "that a correction is true: the metering operator made it under its own name, and no gateway signed it",
    "that each credit flag was due when it was set: it is taken from its event",
)


@dataclass(frozen=True, slots=True)
class Broken:
    """One entry that does not follow from the evidence. `tx` is empty where no transaction can be blamed."""

    entry: str
    expected: str
    found: str
    tx: str = ""
    interval: int | None = None
    at: int | None = None
    """The block's time, unix seconds, where an event is to blame."""

    def __str__(self) -> str:
        at = f" in {self.tx}" if self.tx else ""
        return f"{self.entry}{at}: expected {self.expected}, found {self.found}"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report: what was checked, how many entries, and the broken ones (all are in `broken_count`)."""

    name: str
    ok: bool
    counted: int
    detail: str
    broken: tuple[Broken, ...]
    broken_count: int


@dataclass(frozen=True, slots=True)
class EventKind:
    """So many events of a kind. `how` is recomputed, noted (`why` says why that is enough) or unexplained."""

    key: str
    count: int
    how: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """So many Wh of what was produced or consumed (`side`) went this way, in parts of so many readings."""

    side: str
    name: str
    wh: int
    readings: int


@dataclass(slots=True)
class Day:
    """Energy of a UTC day that begins at `start` (unix seconds), Wh; `own_use_wh` and `bought_wh` as far as settled.

    Of its cleared `intervals` so many have `prices`, of `price_sum` µ€/kWh together; `traded_neur`: n€ of local trade.
    """

    start: int
    readings: int = 0
    production_wh: int = 0
    consumption_wh: int = 0
    own_use_wh: int = 0
    bought_wh: int = 0
    intervals: int = 0
    prices: int = 0
    price_sum: int = 0
    traded_neur: int = 0


@dataclass(frozen=True, slots=True)
class AuditReport:
    """The result of an audit of intervals [first, end), each of `interval_s` seconds, against the state at `block`.

    `timestamp`: the block's, unix seconds. `lines` account for every recorded Wh of the intervals, `days` add them up;
    `events` says of each kind what it was explained by; `sample` is what a sample of the signatures shows, None when
    all were checked.
    """

    first: int
    end: int
    block: int
    checks: tuple[Check, ...]
    not_proved: tuple[str, ...]
    timestamp: int = 0
    interval_s: int = 0
    lines: tuple[Line, ...] = ()
    days: tuple[Day, ...] = ()
    events: tuple[EventKind, ...] = ()
    sample: SampleResult | None = None

    @property
    def ok(self) -> bool:
        """Every line holds."""
        return all(check.ok for check in self.checks)

    @property
    def broken(self) -> tuple[Broken, ...]:
        """The broken entries kept, in the order of the checks."""
        return tuple(entry for check in self.checks for entry in check.broken)

    def check(self, name: str) -> Check:
        """The line of that name. Raises KeyError for an unknown one."""
        for one in self.checks:
            if one.name == name:
                return one
        raise KeyError(name)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"ok": self.ok, **asdict(self)}


class Findings:
    """What the parts of an audit count and find while they read; turned into the report's lines at the end."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._counted = dict.fromkeys(names, 0)
        self._details: dict[str, list[str]] = {name: [] for name in names}
        self._broken: dict[str, list[Broken]] = {name: [] for name in names}
        self._broken_count = dict.fromkeys(names, 0)

    def count(self, check: str, number: int = 1) -> None:
        """So many more entries were checked."""
        self._counted[check] += number

    def note(self, check: str, text: str) -> None:
        """Something a reader should know that breaks nothing."""
        self._details[check].append(text)

    def broken(
        self,
        check: str,
        entry: str,
        expected: object,
        found: object,
        *,
        event: Event | None = None,
        tx: str = "",
        interval: int | None = None,
    ) -> None:
        """An entry does not hold; `event` or `tx` says which transaction it came by."""
        self._broken_count[check] += 1
        if len(self._broken[check]) < MAX_BROKEN:
            blamed = event.tx_hash if event is not None else tx
            at = event.timestamp if event is not None else None
            self._broken[check].append(Broken(entry, _shown(expected), _shown(found), blamed, interval, at))

    def equal(
        self,
        check: str,
        entry: str,
        expected: object,
        found: object,
        *,
        event: Event | None = None,
        tx: str = "",
        interval: int | None = None,
    ) -> bool:
        """Whether the two are equal; a broken entry when not."""
        if expected == found:
            return True
        self.broken(check, entry, expected, found, event=event, tx=tx, interval=interval)
        return False

    def checks(self) -> tuple[Check, ...]:
        """The lines, in the order in which the checks were named."""
        return tuple(
            Check(
                name,
                self._broken_count[name] == 0,
                counted,
                "; ".join(self._details[name]),
                tuple(self._broken[name]),
                self._broken_count[name],
            )
            for name, counted in self._counted.items()
        )


def _shown(value: object) -> str:
    return f"0x{value.hex()}" if isinstance(value, bytes) else str(value)
