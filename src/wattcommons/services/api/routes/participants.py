"""A participant's own energy, money, bids, trades and target: for its member alone."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request, Response

from wattcommons.domain.intervals import first_open, interval_at, start_unix
from wattcommons.domain.local_periods import Span, chart_of, start_of
from wattcommons.domain.order_history import Placed, order_lives
from wattcommons.services.api import caching, courses, periods
from wattcommons.services.api.dependencies import Ctx, OwnParticipant, Page, Signed, cursor_of
from wattcommons.services.api.models.common import Period
from wattcommons.services.api.models.energy import Energy, Home, Supplies, Targets
from wattcommons.services.api.models.market import Orders, Trades
from wattcommons.services.api.views import energy as view
from wattcommons.services.api.views import market as market_view
from wattcommons.services.api.views import targets as target_view
from wattcommons.services.api.views.common import freshness
from wattcommons.services.store.reads import flows, market, members, points, supplies
from wattcommons.services.store.reads.corrections import corrections_of
from wattcommons.services.store.reads.energy import chart_sums, range_sums
from wattcommons.services.store.reads.orders import order_events
from wattcommons.services.store.reads.state import index_state

MOST_DAYS: Final = 31


def router() -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["participants"], prefix="/v1/participants/{participant}")
    _add_home(routes)
    _add_energy(routes)
    _add_market(routes)
    _add_targets(routes)
    return routes


def _add_home(routes: APIRouter) -> None:
    @routes.get("/home", response_model=Home)
    def home(
        request: Request, response: Response, ctx: Ctx, visitor: Signed, participant: OwnParticipant
    ) -> Home | Response:
        """Now, today and this month at a glance."""
        with ctx.store.read() as snapshot:
            state = index_state(snapshot)
            now = ctx.now(state)
            here = periods.today(ctx, now)
            if kept := caching.unchanged(request, response, caching.tag_of(ctx, request, state, visitor.wallet, here)):
                return kept
            newest = flows.latest(snapshot, participant)
            result = market.result(snapshot, newest.interval) if newest else None
            month = chart_of(Span.MONTH, here, ctx.length, ctx.settings.zone)
            day = chart_of(Span.DAY, here, ctx.length, ctx.settings.zone)
            row = points.target_at(snapshot, participant, interval_at(now, ctx.length))
            course = courses.course_of(ctx, snapshot, participant, row, now) if row else None
            return Home(
                participant=participant,
                latest=view.latest(newest, result.price if result else None, ctx.length) if newest else None,
                today=view.flows(range_sums(snapshot, participant, day.whole)),
                month=view.flows(view.total(chart_sums(snapshot, participant, month))),
                target=target_view.now(course, courses.award_rule(ctx), ctx.length) if course else None,
                points_mpt=members.holdings_of(snapshot, visitor.wallet).points_mpt,
                freshness=freshness(state),
            )


def _add_energy(routes: APIRouter) -> None:
    @routes.get("/energy", response_model=Energy)
    def energy(
        request: Request,
        response: Response,
        ctx: Ctx,
        visitor: Signed,
        participant: OwnParticipant,
        period: periods.PeriodQuery = Period.DAY,
        day: periods.DateQuery = None,
    ) -> Energy | Response:
        """A local day or week by interval, a month by day, a year by month. Absent readings are counted, never zero."""
        with ctx.store.read() as snapshot:
            state = index_state(snapshot)
            chart = periods.chart(ctx, period, day, ctx.now(state))
            tag = caching.tag_of(ctx, request, state, visitor.wallet, chart.first_day)
            if kept := caching.unchanged(request, response, tag):
                return kept
            sums = chart_sums(snapshot, participant, chart)
            corrected = corrections_of(snapshot, participant, chart.whole)
            basis = members.basis_of(snapshot, participant)
        return view.energy(participant, basis, period, chart, sums, corrected, ctx.length, state)

    @routes.get("/supplies", response_model=Supplies)
    def supplied(
        request: Request,
        response: Response,
        ctx: Ctx,
        visitor: Signed,
        participant: OwnParticipant,
        begin: periods.FromQuery,
        end: periods.ToQuery,
    ) -> Supplies | Response:
        """Who supplied whom over the settled intervals that begin in [from, to), at most 31 days and an hour."""
        an_hour = 60 // ctx.length.minutes
        covered = periods.span(ctx, begin, end, (MOST_DAYS * 24 + 1) * an_hour)
        with ctx.store.read() as snapshot:
            state = index_state(snapshot)
            if kept := caching.unchanged(request, response, caching.tag_of(ctx, request, state, visitor.wallet)):
                return kept
            sums = flows.settled_sums(snapshot, participant, covered)
            bought = supplies.bought_from(snapshot, participant, covered) if sums.bought_wh else []
            sold = supplies.sold_to(snapshot, participant, covered) if sums.sold_wh else []
        return view.supplies(participant, start_of(covered, ctx.length), sums, bought, sold)


def _add_market(routes: APIRouter) -> None:
    @routes.get("/orders")
    def orders(ctx: Ctx, participant: OwnParticipant) -> Orders:
        """Bids in force, coming and past, and what a new one needs."""
        with ctx.store.read() as snapshot:
            now = ctx.now(index_state(snapshot))
            events = order_events(snapshot, participant)
        lead = ctx.deployment.terms.gate_lead_s
        opened = first_open(now, lead, ctx.length)
        used = (one.order.nonce if isinstance(one, Placed) else one.nonce for one in events)
        return market_view.orders(
            participant,
            order_lives(events, interval_at(now, ctx.length)),
            max(used, default=0) + 1,
            opened,
            start_unix(opened, ctx.length) - lead,
            now,
            ctx.length,
        )

    @routes.get("/trades")
    def trades(ctx: Ctx, participant: OwnParticipant, page: Page) -> Trades:
        """Settled intervals, newest first."""
        before = page.after(1)
        with ctx.store.read() as snapshot:
            rows = market.trades(snapshot, participant, before[0] if before else None, page.limit + 1)
        more = len(rows) > page.limit
        rows = rows[: page.limit]
        return Trades(
            items=[market_view.trade(row, ctx.length) for row in rows],
            next=cursor_of(rows[-1].interval) if more else None,
        )


def _add_targets(routes: APIRouter) -> None:
    @routes.get("/targets", response_model=Targets)
    def targets(
        request: Request, response: Response, ctx: Ctx, visitor: Signed, participant: OwnParticipant
    ) -> Targets | Response:
        """The current target in full: progress, forecast of energy and bill, one piece of advice; those before."""
        with ctx.store.read() as snapshot:
            state = index_state(snapshot)
            now = ctx.now(state)
            tag = caching.tag_of(ctx, request, state, visitor.wallet, periods.today(ctx, now))
            if kept := caching.unchanged(request, response, tag):
                return kept
            rows = points.targets_of(snapshot, participant)
            interval = interval_at(now, ctx.length)
            current = next((one for one in rows if one.first_interval <= interval < one.end_interval), None)
            progress = None
            if current is not None:
                course = courses.course_of(ctx, snapshot, participant, current, now)
                target = target_view.now(course, courses.award_rule(ctx), ctx.length)
                advice = courses.advice_of(ctx, snapshot, participant, now)
                progress = target_view.progress(target, course, advice, ctx.length)
            past = [
                courses.past_target(ctx, snapshot, participant, one) for one in rows if one.end_interval <= interval
            ]
        return Targets(participant=participant, current=progress, past=past)
