"""Consumption claims: which part of what was used is matched, in the same interval, by certified production.

In each interval Wh are claimed in this order, each as far as metered consumption still leaves room:

    1. own use     made and used at the point itself, certified and cancelled at issue for its producer
    2. bought      from neighbours, certified and cancelled at issue for the buyer
    3. cancelled   certificates of this very interval that the member cancelled by a statement

Points of one member are served by their numbers, statements by theirs, and a statement's certificates by theirs: the
answer depends on nothing else, so no two claims of a member take the same Wh. A statement counts only where its
reporting period holds the whole interval. What finds no room is not claimed, and is not moved to another interval.

Nothing is claimed against an estimated reading, and nothing against an absent one. Local Wh whose maker earned no
certificate (no registered device, an estimated reading) are told as `uncertified` and not claimed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from wattcommons.domain.intervals import IntervalLength, end_unix, start_unix
from wattcommons.domain.units import MAX_INDEX
from wattcommons.errors import RuleError

ORDER: Final = ("own_use", "bought", "cancelled")
"""The order of use."""
_WHOLE: Final = 10_000


class Metered(NamedTuple):
    """A settled interval of one point, Wh. `own_certified_wh`, `bought_certified_wh`: the part of own use and of what
    was bought that certificates stand behind. `measured`: the reading is measured or corrected, not estimated.
    `corrected`: it was corrected after its settlement, so that more may have been bought than was used.
    """

    interval: int
    participant: int
    consumption_wh: int
    own_use_wh: int
    own_certified_wh: int
    bought_wh: int
    bought_certified_wh: int
    measured: bool
    corrected: bool = False


class Used(NamedTuple):
    """Wh of one certificate cancelled by one statement, and the statement's reporting period [from, to), Unix s."""

    statement: int
    certificate: int
    wh: int
    period_from: int
    period_to: int

    @property
    def interval(self) -> int:
        """In which the certificate's energy was made."""
        return self.certificate & MAX_INDEX


class Portion(NamedTuple):
    """The part of a cancelled certificate that is claimed at one point, Wh, above zero."""

    statement: int
    certificate: int
    wh: int


@dataclass(slots=True)
class _Stock:
    """A use, and the Wh of it that are left."""

    use: Used
    left: int


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """The claim of one point in one interval, Wh. `matched_wh` never passes `consumption_wh`."""

    interval: int
    participant: int
    consumption_wh: int
    own_use_wh: int
    bought_wh: int
    portions: tuple[Portion, ...]
    uncertified_wh: int
    measured: bool

    @property
    def cancelled_wh(self) -> int:
        """Claimed by statements."""
        return sum(one.wh for one in self.portions)

    @property
    def matched_wh(self) -> int:
        """All that is claimed."""
        return self.own_use_wh + self.bought_wh + self.cancelled_wh


@dataclass(frozen=True, slots=True)
class Claims:
    """Lines by interval and point. `left_wh`: cancelled by statements in these intervals and claimed nowhere, Wh."""

    lines: tuple[ClaimLine, ...]
    left_wh: int

    def of(self, participant: int) -> tuple[ClaimLine, ...]:
        """One point's lines, in order of time."""
        return tuple(line for line in self.lines if line.participant == participant)


@dataclass(frozen=True, slots=True)
class ClaimSums:
    """Sums of lines, Wh. `unmeasured`: of the intervals, those with an estimated reading."""

    intervals: int
    consumption_wh: int
    own_use_wh: int
    bought_wh: int
    cancelled_wh: int
    uncertified_wh: int
    unmeasured: int

    @property
    def matched_wh(self) -> int:
        """All that is claimed."""
        return self.own_use_wh + self.bought_wh + self.cancelled_wh

    @property
    def share(self) -> int | None:
        """Hundredths of a percent of consumption that are matched, rounded down, 0 to 10,000; None for no use."""
        return self.matched_wh * _WHOLE // self.consumption_wh if self.consumption_wh else None


def claims(metered: Iterable[Metered], uses: Iterable[Used], length: IntervalLength) -> Claims:
    """What one member may claim. `metered`: settled intervals of all of the member's points; `uses`: all that the
    member cancelled of these intervals.

    Raises RuleError when a point has an interval twice, a statement names a certificate twice, or the energies of a
    line cannot be.
    """
    seats = _seats(metered)
    by_interval = _by_interval(uses)
    lines: list[ClaimLine] = []
    left = 0
    for interval, points in sorted(seats.items()):
        stock = [_Stock(one, one.wh) for one in by_interval.pop(interval, [])]
        usable = [one for one in stock if _covers(one.use, interval, length)]
        lines += [_line(point, usable) for point in points]
        left += sum(one.left for one in stock)
    left += sum(one.wh for unread in by_interval.values() for one in unread)
    return Claims(tuple(lines), left)


def sums_of(lines: Sequence[ClaimLine]) -> ClaimSums:
    """Sums of lines."""
    return ClaimSums(
        intervals=len(lines),
        consumption_wh=sum(line.consumption_wh for line in lines),
        own_use_wh=sum(line.own_use_wh for line in lines),
        bought_wh=sum(line.bought_wh for line in lines),
        cancelled_wh=sum(line.cancelled_wh for line in lines),
        uncertified_wh=sum(line.uncertified_wh for line in lines),
        unmeasured=sum(not line.measured for line in lines),
    )


def _line(point: Metered, stock: list[_Stock]) -> ClaimLine:
    """Takes what it claims out of `stock`."""
    if not point.measured:
        local = point.own_use_wh + point.bought_wh
        return ClaimLine(point.interval, point.participant, point.consumption_wh, 0, 0, (), local, measured=False)
    own, bought = point.own_certified_wh, point.bought_certified_wh
    # Where a correction left less use than had been bought, the rest of what was bought was not used here.
    bought = min(bought, point.consumption_wh - point.own_use_wh)
    # The rest of own use and of purchases was used too: no certificate stands behind it, and one that the member
    # cancels may well, for what is matched is what was used.
    room = point.consumption_wh - own - bought
    portions = []
    for one in stock:
        taken = min(room, one.left)
        if taken:
            portions.append(Portion(one.use.statement, one.use.certificate, taken))
            one.left -= taken
            room -= taken
    uncertified = min(point.own_use_wh + point.bought_wh - own - bought, room)
    return ClaimLine(
        point.interval,
        point.participant,
        point.consumption_wh,
        own,
        bought,
        tuple(portions),
        uncertified,
        measured=True,
    )


def _seats(metered: Iterable[Metered]) -> dict[int, list[Metered]]:
    found: dict[int, dict[int, Metered]] = defaultdict(dict)
    for one in metered:
        if one.participant in found[one.interval]:
            raise RuleError(f"interval {one.interval} of participant {one.participant} is there twice")
        possible = (
            0 <= one.own_certified_wh <= one.own_use_wh
            and 0 <= one.bought_certified_wh <= one.bought_wh
            and one.own_use_wh + one.bought_wh * (not one.corrected) <= one.consumption_wh
        )
        if not possible:
            raise RuleError(f"the energies of participant {one.participant} in interval {one.interval} cannot be")
        found[one.interval][one.participant] = one
    return {interval: [points[number] for number in sorted(points)] for interval, points in found.items()}


def _by_interval(uses: Iterable[Used]) -> dict[int, list[Used]]:
    found: dict[int, list[Used]] = defaultdict(list)
    seen: set[tuple[int, int]] = set()
    for one in uses:
        key = (one.statement, one.certificate)
        if key in seen or one.wh < 0:
            raise RuleError(f"statement {one.statement} names certificate {one.certificate} twice, or less than 0 Wh")
        seen.add(key)
        found[one.interval].append(one)
    return {interval: sorted(listed) for interval, listed in found.items()}


def _covers(use: Used, interval: int, length: IntervalLength) -> bool:
    return use.period_from <= start_unix(interval, length) and end_unix(interval, length) <= use.period_to
