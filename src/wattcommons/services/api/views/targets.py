"""A month's target: how it goes, what it will come to, and what would help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from wattcommons.domain.advice import Advice
from wattcommons.domain.ecopoints import AwardRule, Goal, MilliPoint, TargetOutcome
from wattcommons.domain.forecast import DayLeft, alert, forecast, points_ahead
from wattcommons.domain.intervals import IntervalLength, IntervalRange, start_unix
from wattcommons.services.api.models.energy import TargetDay, TargetNow, TargetProgress
from wattcommons.services.store.reads.flows import FlowSums
from wattcommons.services.store.reads.points import TargetRow

_OUTCOMES: Final = {
    TargetOutcome.NONE: "open",
    TargetOutcome.AWARD: "award",
    TargetOutcome.MISS: "miss",
    TargetOutcome.NO_DATA: "no_data",
    TargetOutcome.ACCOUNT_CLOSED: "account_closed",
}


@dataclass(frozen=True)
class Course:
    """What is known of a period that runs or has ended.

    `days`: its local days; `ordinals`: the same as in date.toordinal(); `used`: interval -> Wh of every reading;
    `measured`: how many readings are measured or corrected; `ended`: intervals that are over. `history`: day -> the
    settled sums of whole days; `settled`: likewise of the period's days, whole or not.
    """

    row: TargetRow
    days: Sequence[IntervalRange]
    ordinals: Sequence[int]
    used: Mapping[int, int]
    measured: int
    ended: int
    history: Mapping[int, FlowSums]
    settled: Mapping[int, FlowSums]

    @property
    def used_wh(self) -> int:
        """All that was read so far."""
        return sum(self.used.values())


def now(course: Course, rule: AwardRule, length: IntervalLength) -> TargetNow:
    """A target that runs, or has run out and is not judged yet."""
    row = course.row
    goal = Goal(row.expectation_wh, row.target_wh)
    ahead = _energy_ahead(course)
    return _target(
        row,
        length,
        used_wh=course.used_wh,
        missing=max(course.ended - course.measured, 0),
        forecast_wh=ahead,
        forecast_points=points_ahead(ahead, goal, rule),
        warning=alert(ahead, goal),
    )


def past(row: TargetRow, used_wh: int, missing: int, length: IntervalLength) -> TargetNow:
    """A target whose period is over."""
    return _target(
        row,
        length,
        used_wh=used_wh,
        missing=missing,
        forecast_wh=used_wh,
        forecast_points=row.points_mpt,
        warning=None,
    )


def progress(target: TargetNow, course: Course, advice: Advice, length: IntervalLength) -> TargetProgress:
    """A target in full: day by day, with the bill to expect and one piece of advice."""
    row = course.row
    return TargetProgress(
        target=target,
        formula=row.formula,
        days=_days(course, length),
        forecast_bill_neur=-_money_ahead(course, {day: one.value_neur for day, one in course.history.items()}, "value"),
        forecast_grid_only_neur=-_money_ahead(
            course, {day: one.grid_only_neur for day, one in course.history.items()}, "grid_only"
        ),
        advice=advice.code,
        advice_values=advice.values,
    )


def _days(course: Course, length: IntervalLength) -> list[TargetDay]:
    row = course.row
    intervals = row.end_interval - row.first_interval
    total = 0
    days = []
    for day in course.days:
        used = sum(course.used.get(interval, 0) for interval in day)
        total += used
        days.append(
            TargetDay(
                start=start_unix(day.first, length),
                used_wh=used,
                total_wh=total,
                allowed_wh=row.target_wh * (day.end - row.first_interval) // intervals,
            )
        )
    return days


def _energy_ahead(course: Course) -> int:
    days = [
        DayLeft(ordinal, len(day), sum(interval not in course.used for interval in day))
        for day, ordinal in zip(course.days, course.ordinals, strict=True)
    ]
    history = {day: one.consumption_wh for day, one in course.history.items()}
    return forecast(course.used_wh, days, history, course.row.expectation_wh)


def _money_ahead(course: Course, history: Mapping[int, int], which: str) -> int:
    days = []
    known = 0
    for day, ordinal in zip(course.days, course.ordinals, strict=True):
        one = course.settled.get(ordinal, FlowSums())
        if one.settled > len(day):  # the period cuts this day: what of it belongs to the period is not known apart
            one = FlowSums()
        known += one.value_neur if which == "value" else one.grid_only_neur
        days.append(DayLeft(ordinal, len(day), len(day) - one.settled))
    return forecast(known, days, history)


def _target(
    row: TargetRow,
    length: IntervalLength,
    *,
    used_wh: int,
    missing: int,
    forecast_wh: int,
    forecast_points: int | MilliPoint,
    warning: str | None,
) -> TargetNow:
    return TargetNow(
        period=row.period,
        first_interval=row.first_interval,
        end_interval=row.end_interval,
        start=start_unix(row.first_interval, length),
        end=start_unix(row.end_interval, length),
        expectation_wh=row.expectation_wh,
        target_wh=row.target_wh,
        used_wh=used_wh,
        missing_intervals=missing,
        forecast_wh=max(forecast_wh, 0),
        outcome=_OUTCOMES[TargetOutcome(row.outcome)],
        points_mpt=row.points_mpt,
        forecast_points_mpt=int(forecast_points),
        alert=warning,
    )
