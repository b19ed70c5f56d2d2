"""What the pages need to know of the community before anybody signs in."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from wattcommons.domain.intervals import first_open
from wattcommons.services.api.context import Context
from wattcommons.services.api.dependencies import Ctx, public_for
from wattcommons.services.api.models.common import Freshness
from wattcommons.services.api.models.community import Community


def router() -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["community"])

    @routes.get("/v1/community", dependencies=[Depends(public_for(2))])
    def community(ctx: Ctx) -> Community:
        """Settings of the community, its contracts, the chain's time."""
        return community_of(ctx)

    return routes


def community_of(ctx: Context) -> Community:
    """The community as everybody sees it."""
    terms, settings, state = ctx.deployment.terms, ctx.settings, ctx.state()
    now = ctx.now(state)
    return Community(
        name=terms.name,
        chain_id=ctx.deployment.chain_id,
        chain_name=settings.chain_name or terms.name,
        interval_minutes=terms.interval_minutes,
        gate_lead_s=terms.gate_lead_s,
        zone=settings.zone,
        country=settings.country,
        contracts=ctx.deployment.addresses,
        certificate_word=settings.certificate_word,
        devnet=ctx.is_devnet,
        speed=settings.speed,
        now=now,
        first_open_interval=first_open(now, terms.gate_lead_s, ctx.length),
        collects_grid=terms.collect_grid,
        collects_network_fee=terms.collect_network_fee,
        k_ppm=terms.k_ppm,
        points_per_kwh=terms.points_per_kwh,
        controller=settings.controller,
        version=ctx.version,
        index=Freshness(block=state.block, at=state.at),
    )
