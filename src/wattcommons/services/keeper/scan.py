"""Which intervals can be cleared now, and over which the market's mark can move."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wattcommons.chain.batch import Read, read_all, read_wide
from wattcommons.chain.contracts import Contracts
from wattcommons.domain.units import IntervalIndex

_PAGE: Final = 256


@dataclass(frozen=True)
class Due:
    """Intervals from the mark to the last ended one.

    `ready`: may be cleared (all readings in, or past the deadline) and are not final. `waiting`: ended, but
    readings may still come. `passable`: how many from the mark on are final or had nobody. `more`: the scan stopped
    before the last interval: enough was found, or the mark should move over what is passable first.
    """

    ready: tuple[IntervalIndex, ...]
    waiting: tuple[IntervalIndex, ...]
    passable: int
    more: bool


def scan(contracts: Contracts, mark: int, end: int, most: int) -> Due:
    """Look at [mark, end) in pages until `most` ready ones are found, or a page with nothing left to do."""
    ready: list[IntervalIndex] = []
    waiting: list[IntervalIndex] = []
    passable = 0
    at = mark
    while at < end and len(ready) < most:
        page = [IntervalIndex(index) for index in range(at, min(at + _PAGE, end))]
        outcomes = read_wide(contracts, [Read("EnergyMarket", "outcomeOf", (index,)) for index in page])
        open_ = [index for index, outcome in zip(page, outcomes, strict=True) if not outcome[3]]
        states = read_all(contracts, [Read("MeterLedger", "completeness", (index,)) for index in open_])
        nobody = [index for index, (present, waited, _, _) in zip(open_, states, strict=True) if not present + waited]
        counts = read_all(contracts, [Read("MemberRegistry", "rosterCount", (index,)) for index in nobody])
        empty = {index for index, count in zip(nobody, counts, strict=True) if not count}
        for index, (_, _, _, may_freeze) in zip(open_, states, strict=True):
            if index not in empty:
                (ready if may_freeze else waiting).append(index)
        if at == mark + passable:
            stuck = next((index for index in open_ if index not in empty), None)
            passable = (page[-1] + 1 if stuck is None else stuck) - mark
        at = page[-1] + 1
        if not ready and passable == at - mark:
            break
    return Due(tuple(ready[:most]), tuple(waiting), passable, at < end or len(ready) > most)
