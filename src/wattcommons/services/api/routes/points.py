"""Partners' offers, and a member's points and vouchers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from wattcommons.chain.batch import Read, read_all
from wattcommons.chain.commitments import offer_hash
from wattcommons.services.api.dependencies import Ctx, Signed, Visitor, public_for, require_role
from wattcommons.services.api.models.registry import KeptText, Offer, OfferText, OwnOffer, Points
from wattcommons.services.api.views import members as view
from wattcommons.services.store.app.texts import Purpose, add_offer_text
from wattcommons.services.store.reads import members, points
from wattcommons.services.store.reads.state import index_state

Partner = Annotated[Visitor, Depends(require_role("partner"))]


def router() -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["points"])

    @routes.get("/v1/offers", dependencies=[Depends(public_for(30))])
    def offers(ctx: Ctx) -> list[Offer]:
        """What can be had for points now, what ends first in front."""
        with ctx.store.read() as snapshot:
            rows = points.offers_open(snapshot, ctx.now(index_state(snapshot)))
        return [view.offer(row) for row in rows]

    @routes.post("/v1/offers/texts", status_code=201)
    def keep_text(given: OfferText, ctx: Ctx, visitor: Partner) -> KeptText:
        """Keep what an offer says, before its partner publishes it with the code answered here.

        The code is made of every letter, so what is published can never be told otherwise. Of what a partner does not
        publish the latest 20 are kept.
        """
        code = f"0x{offer_hash(given.title, given.text).hex()}"
        with ctx.store.write() as connection:
            add_offer_text(connection, Purpose(code, given.title, given.text), visitor.wallet, int(ctx.clock()))
        return KeptText(code=code, title=given.title, text=given.text)

    @routes.get("/v1/me/offers")
    def own_offers(ctx: Ctx, visitor: Signed) -> list[OwnOffer]:
        """Offers of the partner who is signed in, open and ended, newest first, and what became of them."""
        with ctx.store.read() as snapshot:
            rows = points.offers_by(snapshot, visitor.wallet)
        return [view.own_offer(row) for row in rows]

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
