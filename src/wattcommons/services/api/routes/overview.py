"""The community in sums, for everybody.

Nothing here tells one member's energy: below a group's size, or with a few producers only, all sums are withheld, and
only intervals that are settled as a whole and hold a group count at all, the same ones in every sum. Late readings are
in no sum. Who is not signed in sees whole days that have ended: at night a single plant may be all that produces.
"""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request, Response

from wattcommons.domain.intervals import IntervalRange, interval_at
from wattcommons.domain.local_periods import Chart, ended_days
from wattcommons.domain.local_time import local_date, local_day
from wattcommons.services.api import caching, periods
from wattcommons.services.api.context import Context
from wattcommons.services.api.dependencies import Ctx, OptionalVisitor, public_for
from wattcommons.services.api.models.common import Period
from wattcommons.services.api.models.community import Overview
from wattcommons.services.api.views import overview as view
from wattcommons.services.store.reads import community
from wattcommons.services.store.reads.snapshot import Snapshot
from wattcommons.services.store.reads.state import IndexState, index_state

_KEPT: Final = 64


def router() -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["community"])
    recent: caching.Recent[Overview] = caching.Recent(_KEPT)

    @routes.get("/v1/community/overview", response_model=Overview)
    def overview(
        request: Request,
        response: Response,
        ctx: Ctx,
        visitor: OptionalVisitor,
        period: periods.PeriodQuery = Period.DAY,
        day: periods.DateQuery = None,
    ) -> Overview | Response:
        """Production, consumption, rates, prices and kinds of plants over a local day, week, month or year."""
        if visitor is None:
            public_for(5)(response)
        with ctx.store.read() as snapshot:
            state = index_state(snapshot)
            chart: Chart | None = (asked := periods.chart(ctx, period, day, ctx.now(state)))
            if visitor is None:
                chart = ended_days(asked, periods.today(ctx, ctx.now(state)), ctx.length, ctx.settings.zone)
            tag = caching.tag_of(ctx, request, state, asked.first_day, period.value, visitor is None)
            if kept := caching.unchanged(request, response, tag):
                return kept
            return recent.get(tag, lambda: _made(ctx, snapshot, period, asked, chart, state))

    return routes


def _made(
    ctx: Context, snapshot: Snapshot, period: Period, asked: Chart, chart: Chart | None, state: IndexState
) -> Overview:
    """`chart`: the part of what is asked for that may be shown."""
    least, plants = ctx.settings.min_group, min(ctx.settings.curve_group, ctx.settings.min_group)
    numbers = community.numbers(snapshot, interval_at(ctx.now(state), ctx.length))
    if chart is None or numbers.participants < least or numbers.producers < plants:
        return view.overview(period, asked, numbers, None, [], ctx.length, state)
    sums = community.column_sums(snapshot, chart.columns, least)
    mix = view.mix(_kinds(ctx, snapshot, chart, least), plants)
    return view.overview(period, chart, numbers, sums, mix, ctx.length, state)


def _kinds(ctx: Context, snapshot: Snapshot, chart: Chart, least: int) -> list[community.Kind]:
    """Production by fuel over the days of a chart since the community has been a group on each of them."""
    covered, first_day = chart.whole, chart.first_day
    small = community.last_small(snapshot, covered, least)
    if small is not None:
        day = local_date(small, ctx.length, ctx.settings.zone)
        first_day = day.toordinal() + 1
        if first_day >= chart.end_day:
            return []
        covered = IntervalRange(local_day(day, ctx.length, ctx.settings.zone).end, covered.end)
    return community.mix(snapshot, covered, first_day, chart.end_day)
