"""Partners' offers, and a member's points and vouchers."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from wattcommons.chain.batch import Read, read_all
from wattcommons.services.api.dependencies import Ctx, Signed, public_for
from wattcommons.services.api.models.registry import Offer, Points
from wattcommons.services.api.views import members as view
from wattcommons.services.store.reads import members, points
from wattcommons.services.store.reads.state import index_state


def router() -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["points"])

    @routes.get("/v1/offers", dependencies=[Depends(public_for(30))])
    def offers(ctx: Ctx) -> list[Offer]:
        """What can be had for points now, what ends first in front."""
        with ctx.store.read() as snapshot:
            rows = points.offers_open(snapshot, ctx.now(index_state(snapshot)))
        return [view.offer(row) for row in rows]

    @routes.get("/v1/me/points")
    def mine(ctx: Ctx, visitor: Signed) -> Points:
        """Balance, what was ever awarded, vouchers, and what the next redemption is signed with."""
        with ctx.store.read() as snapshot:
            holdings = members.holdings_of(snapshot, visitor.wallet)
            vouchers = [] if visitor.member is None else points.vouchers_of(snapshot, visitor.member)
            now = ctx.now(index_state(snapshot))
        [nonce] = read_all(ctx.contracts, [Read("Ecopoints", "nonces", (visitor.wallet,))])
        return view.points(holdings, vouchers, int(nonce), now)

    return routes
