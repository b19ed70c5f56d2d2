"""Reading what a participant's target is judged by: between the store's rows and `views/targets.py`."""

from __future__ import annotations

from datetime import date
from typing import Final

from wattcommons.domain.advice import KEEP_GOING, Advice, Observed, advise
from wattcommons.domain.ecopoints import AwardRule, MilliPoint, TargetOutcome
from wattcommons.domain.intervals import IntervalRange, interval_at
from wattcommons.domain.local_periods import days_between
from wattcommons.domain.local_time import local_date, local_day, local_start
from wattcommons.services.api.context import Context
from wattcommons.services.api.models.energy import TargetNow
from wattcommons.services.api.views.targets import Course, past
from wattcommons.services.store.reads import flows, market
from wattcommons.services.store.reads.flows import FlowSums
from wattcommons.services.store.reads.points import TargetRow
from wattcommons.services.store.reads.snapshot import Snapshot

HISTORY_DAYS: Final = 56
ADVICE_DAYS: Final = 7
_KNOWN: Final = (TargetOutcome.AWARD, TargetOutcome.MISS, TargetOutcome.ACCOUNT_CLOSED)


def award_rule(ctx: Context) -> AwardRule:
    """What a period's end earns in this community."""
    terms = ctx.deployment.terms
    return AwardRule(terms.points_per_kwh, MilliPoint(terms.max_award_mpt))


def course_of(ctx: Context, snapshot: Snapshot, participant: int, row: TargetRow, now: int) -> Course:
    """How a participant's period goes, seen from `now` (unix seconds of the chain)."""
    length, zone = ctx.length, ctx.settings.zone
    covered = IntervalRange(row.first_interval, row.end_interval)  # type: ignore[arg-type]
    days = days_between(covered, length, zone)
    ordinals = [local_date(day.first, length, zone).toordinal() for day in days]
    today = local_date(interval_at(now, length), length, zone).toordinal()
    _, _, measured = flows.measured(snapshot, participant, covered)
    known = {one.day: one.sums for one in flows.by_day(snapshot, participant, today - HISTORY_DAYS, today)}
    settled = {one.day: one.sums for one in flows.by_day(snapshot, participant, ordinals[0], ordinals[-1] + 1)}
    return Course(
        row=row,
        days=days,
        ordinals=ordinals,
        used=dict(flows.consumption(snapshot, participant, covered)),
        measured=measured,
        ended=min(max(interval_at(now, length) - covered.first, 0), len(covered)),
        history={day: sums for day, sums in known.items() if _is_whole(ctx, day, sums)},
        settled=settled,
    )


def advice_of(ctx: Context, snapshot: Snapshot, participant: int, now: int) -> Advice:
    """One piece of advice from the week before today."""
    length, zone = ctx.length, ctx.settings.zone
    today = local_date(interval_at(now, length), length, zone)
    first = date.fromordinal(today.toordinal() - ADVICE_DAYS)
    covered = IntervalRange(local_day(first, length, zone).first, local_day(today, length, zone).first)
    rows = market.surroundings(snapshot, participant, covered, ctx.settings.min_group)
    if not rows:
        return KEEP_GOING
    observed = [
        Observed(
            local_start(one.interval, length, zone).hour,
            one.consumption_wh,
            one.grid_import_wh,
            one.grid_export_wh,
            one.price,
            one.network_fee,
            one.retail,
            one.feed_in,
            one.surplus_wh,
            one.short_wh,
        )
        for one in rows
    ]
    return advise(observed, length.minutes)


def _is_whole(ctx: Context, day: int, sums: FlowSums) -> bool:
    return sums.settled == len(local_day(date.fromordinal(day), ctx.length, ctx.settings.zone))


def past_target(ctx: Context, snapshot: Snapshot, participant: int, row: TargetRow) -> TargetNow:
    """A target whose period is over: as it was judged, or as the readings say until then."""
    covered = IntervalRange(row.first_interval, row.end_interval)  # type: ignore[arg-type]
    if row.outcome in _KNOWN:
        return past(row, row.consumption_wh, 0, ctx.length)
    used, _, good = flows.measured(snapshot, participant, covered)
    return past(row, used, len(covered) - good, ctx.length)
