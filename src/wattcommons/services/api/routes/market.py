"""Past intervals, backup prices and curves."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from wattcommons.domain.intervals import IntervalRange
from wattcommons.domain.order_history import orders_at
from wattcommons.services.api import caching, periods
from wattcommons.services.api.dependencies import Ctx, OptionalVisitor, Page, Signed, cursor_of, public_for, require_own
from wattcommons.services.api.models.market import Curves, GridPrices, IntervalResults
from wattcommons.services.api.problems import not_found
from wattcommons.services.api.views import market as view
from wattcommons.services.api.views.common import freshness
from wattcommons.services.store.reads import flows, market
from wattcommons.services.store.reads.orders import events_at
from wattcommons.services.store.reads.state import index_state

MOST_PRICES: Final = 400


def router() -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["market"])

    @routes.get("/v1/market/intervals")
    def intervals(ctx: Ctx, response: Response, visitor: OptionalVisitor, page: Page) -> IntervalResults:
        """Cleared intervals, newest first. What few traded is told to who is signed in only."""
        before = page.after(1)
        if visitor is None:
            public_for(5)(response)
        with ctx.store.read() as snapshot:
            state = index_state(snapshot)
            rows = market.results(snapshot, before[0] if before else None, page.limit + 1)
            many = {} if visitor else market.traders(snapshot, [row.interval for row in rows])
        more = len(rows) > page.limit
        rows = rows[: page.limit]
        least = ctx.settings.curve_group
        return IntervalResults(
            items=[
                view.result(row, ctx.length, energy=visitor is not None or many.get(row.interval, 0) >= least)
                for row in rows
            ],
            next=cursor_of(rows[-1].interval) if more else None,
            freshness=freshness(state),
        )

    @routes.get("/v1/market/prices", dependencies=[Depends(public_for(30))])
    def prices(ctx: Ctx, begin: periods.FromQuery, end: periods.ToQuery) -> GridPrices:
        """Backup prices of the intervals that begin in [from, to), past or to come, at most 400."""
        covered = periods.span(ctx, begin, end, MOST_PRICES)
        with ctx.store.read() as snapshot:
            schedule = market.tariffs(snapshot, covered)
        return GridPrices(items=view.grid_prices(schedule, covered, ctx.length))

    @routes.get("/v1/market/intervals/{interval}/curves", response_model=Curves)
    def curves(
        request: Request,
        response: Response,
        ctx: Ctx,
        visitor: Signed,
        interval: Annotated[int, Path(ge=0, le=2**32 - 1)],
        participant: Annotated[int, Query(ge=1, le=2**32 - 1, description="whose place to show; one's own")],
    ) -> Curves | Response:
        """Supply and demand of a settled interval, coarse enough to tell nobody's bid, with one's own place."""
        require_own(ctx, visitor, participant)
        with ctx.store.read() as snapshot:
            row = market.result(snapshot, interval)
            if row is None or not row.settled:
                raise not_found("this interval is not settled yet")
            tag = caching.tag_of(ctx, request, index_state(snapshot), visitor.wallet)
            if kept := caching.unchanged(request, response, tag):
                return kept
            seats = market.seated(snapshot, interval)
            events = events_at(snapshot, interval)
            own = flows.by_interval(snapshot, participant, IntervalRange(interval, interval + 1))  # type: ignore[arg-type]
        orders = {index: orders_at(found, interval) for index, found in events.items()}
        book = view.book_of(row, seats, orders, ctx.deployment.terms.k_ppm)
        traded = own[0].sums.bought_wh + own[0].sums.sold_wh if own else 0
        return view.curves(row, book, participant, traded, ctx.settings.curve_group, ctx.length)

    return routes
