"""What a period will come to: what is known so far, and for the rest what the same weekdays brought before.

Each local day has a part that is known and a part that is not (its intervals to come, and those without a reading).
The unknown part counts as the mean of the last four whole days of the same weekday, by its share of the day. Where no
such day is known it is the mean of all whole days known; where none is, the known part's own mean; where nothing is
known at all, the fallback, which is for the whole period. Every day's part rounds down.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from wattcommons.domain.ecopoints import AwardRule, Goal, MilliPoint
from wattcommons.domain.units import PPM

SAME_WEEKDAYS: Final = 4
CLOSE_PPM: Final = 950_000
"""From this part of a target on a forecast comes close to it."""


@dataclass(frozen=True, slots=True)
class DayLeft:
    """A local day (as in date.toordinal()) of `intervals`, `left` of which are not known yet."""

    day: int
    intervals: int
    left: int


def forecast(known: int, days: Sequence[DayLeft], history: Mapping[int, int], fallback: int = 0) -> int:
    """The period's total in the unit of `known` (Wh, or n€ of either sign).

    `days`: every day of the period; `history`: day -> total of whole days before, of any age.
    """
    intervals = sum(one.intervals for one in days)
    left = sum(one.left for one in days)
    if not left:
        return known
    weekdays = _weekdays(history)
    mean = sum(history.values()) // len(history) if history else None
    total = known
    for one in days:
        if not one.left:
            continue
        same = weekdays.get(date.fromordinal(one.day).weekday())
        expected = sum(same) // len(same) if same else mean
        if expected is not None:
            total += expected * one.left // one.intervals
        elif left < intervals:
            total += known * one.left // (intervals - left)
        else:
            total += fallback * one.left // intervals
    return total


def alert(forecast_wh: int, goal: Goal) -> str:
    """`above` where the target will be passed, `close` from 95 % of it on, else `on_course`."""
    if forecast_wh > goal.target_wh:
        return "above"
    return "close" if forecast_wh * PPM >= goal.target_wh * CLOSE_PPM else "on_course"


def points_ahead(forecast_wh: int, goal: Goal, rule: AwardRule) -> MilliPoint:
    """The award if the period ends as forecast and every reading comes, mPt."""
    if forecast_wh > goal.target_wh:
        return MilliPoint(0)
    return rule.award(goal.expectation_wh - forecast_wh)


def _weekdays(history: Mapping[int, int]) -> dict[int, list[int]]:
    """Weekday -> the latest totals of it."""
    found: dict[int, list[int]] = {}
    for day in sorted(history, reverse=True):
        totals = found.setdefault(date.fromordinal(day).weekday(), [])
        if len(totals) < SAME_WEEKDAYS:
            totals.append(history[day])
    return found
