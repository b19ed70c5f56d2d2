"""Ecopoints: what a period's consumption target earns.

Points have three decimals; the unit here is the milli-point (mPt). They are won from recorded readings only: with
one interval missing nobody knows what was used, so there is no award and no guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final, NewType

from wattcommons.errors import RuleError

MilliPoint = NewType("MilliPoint", int)

POINT: Final = MilliPoint(1_000)
"""One point."""


class TargetOutcome(IntEnum):
    """How a period with a target ended; numbers as the coach contract stores them."""

    NONE = 0
    AWARD = 1
    MISS = 2
    NO_DATA = 3
    ACCOUNT_CLOSED = 4


@dataclass(frozen=True, slots=True)
class AwardRule:
    """`points_per_kwh` (>= 0) for each kWh used less than expected, at most `max_award` mPt a period.

    A point a kWh is a milli-point a Wh: nothing rounds.
    """

    points_per_kwh: int
    max_award: MilliPoint

    def __post_init__(self) -> None:
        if self.points_per_kwh < 0 or self.max_award < 0:
            raise RuleError("an award rule below zero", "points are only ever given")

    def award(self, saved_wh: int) -> MilliPoint:
        """mPt for `saved_wh` (>= 0), capped."""
        return MilliPoint(min(saved_wh * self.points_per_kwh, self.max_award))


@dataclass(frozen=True, slots=True)
class Goal:
    """Expected and targeted consumption of one participant over one period, Wh; fixed before it begins.

    Raises RuleError unless 0 <= target <= expectation.
    """

    expectation_wh: int
    target_wh: int

    def __post_init__(self) -> None:
        if not 0 <= self.target_wh <= self.expectation_wh:
            raise RuleError(
                f"a target of {self.target_wh} Wh against {self.expectation_wh} Wh expected",
                "a target lies between 0 and the expectation",
            )


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a period's end says. `saved_wh` is counted from the expectation, and 0 without an award."""

    outcome: TargetOutcome
    actual_wh: int
    saved_wh: int
    points: MilliPoint


def evaluate(
    goal: Goal, actual_wh: int, *, measured: int, intervals: int, rule: AwardRule, account_open: bool = True
) -> Evaluation:
    """Judges a period of which `measured` of its `intervals` readings are measured or corrected.

    The target is met by actual <= target, equality included; the award counts (expectation − actual) Wh.
    A closed account gets nothing. Raises RuleError on a negative use or more readings than intervals.
    """
    if actual_wh < 0 or not 0 <= measured <= intervals or intervals == 0:
        raise RuleError(f"{actual_wh} Wh in {measured} of {intervals} intervals", "count what was recorded")
    if measured < intervals:
        return Evaluation(TargetOutcome.NO_DATA, actual_wh, 0, MilliPoint(0))
    if actual_wh > goal.target_wh:
        return Evaluation(TargetOutcome.MISS, actual_wh, 0, MilliPoint(0))
    if not account_open:
        return Evaluation(TargetOutcome.ACCOUNT_CLOSED, actual_wh, 0, MilliPoint(0))
    saved = goal.expectation_wh - actual_wh
    return Evaluation(TargetOutcome.AWARD, actual_wh, saved, rule.award(saved))
