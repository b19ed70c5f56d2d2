"""A participant's month in sums: the lines of its statement, in exact Wh and n€.

What passed the grid's meter is told apart from what was used on the spot:

    PROD = AUTOPROD (sold to neighbours) + SURPLUS (to the grid)
    CONS = AUTOCONS (bought from neighbours) + COMPLEMENT (from the grid)

Own use stands beside them: with a gross basis it is self-consumption, with a net basis only what an interval nets.
In one interval a participant is on one side of the local market and on one side of the grid, so the money of an
interval belongs to one line. A corrected reading does not undo its trade: what was bought beyond what was used went
back to the grid, and what was sold beyond what was made came from it. Everything is provisional: only the network
operator's own monthly data are definitive.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from wattcommons.domain.intervals import IntervalRange
from wattcommons.domain.readings import Quality
from wattcommons.domain.tariffs import Tariff
from wattcommons.domain.units import IntervalIndex
from wattcommons.errors import RuleError


class SettledLine(NamedTuple):
    """One settled interval of a participant: Wh and n€ as in `settlement.Legs`, and the grid's prices then (µ€/kWh)."""

    interval: IntervalIndex
    quality: Quality
    late: bool
    production_wh: int
    consumption_wh: int
    own_use_wh: int
    bought_wh: int
    sold_wh: int
    grid_import_wh: int
    grid_export_wh: int
    local_neur: int
    fee_neur: int
    grid_neur: int
    grid_only_neur: int
    tariff: Tariff


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums of settled intervals. Costs and earnings in n€, each above zero in the usual case; a price below zero turns
    its sign."""

    intervals: int
    production_wh: int
    consumption_wh: int
    own_use_wh: int
    bought_wh: int
    sold_wh: int
    grid_import_wh: int
    grid_export_wh: int
    bought_neur: int
    sold_neur: int
    fee_neur: int
    grid_import_neur: int
    grid_export_neur: int
    grid_only_neur: int

    @property
    def injected_wh(self) -> int:
        """PROD: what left through the grid's meter."""
        return self.sold_wh + self.grid_export_wh

    @property
    def withdrawn_wh(self) -> int:
        """CONS: what came through the grid's meter."""
        return self.bought_wh + self.grid_import_wh

    @property
    def value_neur(self) -> int:
        """Everything earned less everything paid, whoever bills it."""
        earned = self.sold_neur + self.grid_export_neur
        return earned - self.bought_neur - self.fee_neur - self.grid_import_neur

    @property
    def saved_neur(self) -> int:
        """Gain over dealing with the supplier alone: never below zero but by a correction."""
        return self.value_neur - self.grid_only_neur


class TariffPart(NamedTuple):
    """What a month holds under one tariff."""

    tariff: Tariff
    sums: Sums


@dataclass(frozen=True, slots=True)
class MonthSums:
    """A month. `expected`: its intervals that have ended and belong to the participant's ownership; of them `unread`
    have no reading and `waiting` have one that is not settled. `estimated`, `corrected`, `late` count settled ones.

    `parts`: the same by tariff, the dearest first; more than one where prices changed or depend on the hour.
    """

    total: Sums
    parts: tuple[TariffPart, ...]
    expected: int
    unread: int
    waiting: int
    estimated: int
    corrected: int
    late: int

    @property
    def complete(self) -> bool:
        """Whether every interval is settled on a measured or corrected reading. Provisional it stays."""
        return not (self.unread or self.waiting or self.estimated)


def month_sums(lines: Iterable[SettledLine], expected: IntervalRange, read: int) -> MonthSums:
    """The sums of a month's settled intervals; `read`: how many of the `expected` ones have a reading.

    Raises RuleError when an interval is there twice or outside, its energies do not add up, or more intervals are
    settled than were read.
    """
    seen: set[int] = set()
    by_tariff: dict[Tariff, list[SettledLine]] = defaultdict(list)
    for line in lines:
        if line.interval in seen or line.interval not in expected:
            raise RuleError(f"interval {line.interval} is in the month twice, or not at all")
        _check(line)
        seen.add(line.interval)
        by_tariff[line.tariff].append(line)
    if not len(seen) <= read <= len(expected):
        raise RuleError(f"{len(seen)} intervals are settled, {read} read, of {len(expected)}")
    settled = [line for part in by_tariff.values() for line in part]
    parts = (TariffPart(tariff, _sums(part)) for tariff, part in by_tariff.items())
    return MonthSums(
        total=_sums(settled),
        parts=tuple(sorted(parts, key=_dearest_first)),
        expected=len(expected),
        unread=len(expected) - read,
        waiting=read - len(seen),
        estimated=sum(line.quality is Quality.ESTIMATED for line in settled),
        corrected=sum(line.quality is Quality.CORRECTED for line in settled),
        late=sum(line.late for line in settled),
    )


def mean_price(amount_neur: int, energy_wh: int) -> int | None:
    """µ€/kWh at which `energy_wh` costs `amount_neur`, rounded half away from zero: for showing only. None for 0 Wh."""
    if energy_wh <= 0:
        return None
    rounded = (2 * abs(amount_neur) + energy_wh) // (2 * energy_wh)
    return -rounded if amount_neur < 0 else rounded


def _dearest_first(part: TariffPart) -> tuple[int, int, int]:
    return -part.tariff.retail, part.tariff.feed_in, part.tariff.network_fee


def _check(line: SettledLine) -> None:
    if line.quality is Quality.CORRECTED:
        net = line.sold_wh + line.grid_export_wh - line.bought_wh - line.grid_import_wh
        sides = line.production_wh - line.consumption_wh == net and not (
            (line.sold_wh and line.bought_wh) or (line.grid_export_wh and line.grid_import_wh)
        )
    else:
        sides = (
            line.production_wh == line.own_use_wh + line.sold_wh + line.grid_export_wh
            and line.consumption_wh == line.own_use_wh + line.bought_wh + line.grid_import_wh
            and not (line.sold_wh + line.grid_export_wh and line.bought_wh + line.grid_import_wh)
        )
    if not sides:
        raise RuleError(f"the energies of interval {line.interval} do not add up")


def _sums(lines: list[SettledLine]) -> Sums:
    return Sums(
        intervals=len(lines),
        production_wh=sum(line.production_wh for line in lines),
        consumption_wh=sum(line.consumption_wh for line in lines),
        own_use_wh=sum(line.own_use_wh for line in lines),
        bought_wh=sum(line.bought_wh for line in lines),
        sold_wh=sum(line.sold_wh for line in lines),
        grid_import_wh=sum(line.grid_import_wh for line in lines),
        grid_export_wh=sum(line.grid_export_wh for line in lines),
        bought_neur=-sum(line.local_neur for line in lines if line.bought_wh),
        sold_neur=sum(line.local_neur for line in lines if line.sold_wh),
        fee_neur=sum(line.fee_neur for line in lines),
        grid_import_neur=-sum(line.grid_neur for line in lines if line.grid_import_wh),
        grid_export_neur=sum(line.grid_neur for line in lines if line.grid_export_wh),
        grid_only_neur=sum(line.grid_only_neur for line in lines),
    )
