"""A participant's monthly statement: what stands on it, whatever paper or file it is written on."""

from __future__ import annotations

from dataclasses import dataclass

from wattcommons.domain.intervals import IntervalLength, IntervalRange
from wattcommons.domain.local_time import local_start
from wattcommons.domain.statements import MonthSums


@dataclass(frozen=True)
class StatementHead:
    """Who the statement is for and from. `name`, `prm`: personal, None where not known; `label`: the member's word.

    `number`: None while the month runs. `issued`: Unix second up to which the data are true.
    """

    community: str
    controller: str
    participant: int
    label: str | None
    name: str | None
    prm: str | None
    basis: str
    source: str
    number: int | None
    issued: int
    collects_fee: bool
    collects_grid: bool


@dataclass(frozen=True)
class Statement:
    """A month of a participant, always provisional. `period`: the intervals it is about: of the month, of the
    participant's ownership, ended by `head.issued`. `over`: whether the month has ended.
    """

    head: StatementHead
    month: str
    period: IntervalRange
    length: IntervalLength
    zone: str
    over: bool
    sums: MonthSums
    corrections_neur: int = 0
    """What corrections of settled readings changed, n€: the sums have it in them."""

    def day(self, *, last: bool) -> str:
        """First or last local day of the period, ISO; of an empty period the day before it begins may be its last."""
        interval = self.period.end - 1 if last else self.period.first
        return local_start(interval, self.length, self.zone).date().isoformat()
