"""Who is signed in."""

from __future__ import annotations

from fastapi import APIRouter

from wattcommons.services.api.dependencies import Ctx, Signed
from wattcommons.services.api.models.session import Me
from wattcommons.services.api.views import members as view
from wattcommons.services.store.reads import members


def router() -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["me"])

    @routes.get("/v1/me")
    def me(ctx: Ctx, visitor: Signed) -> Me:
        """Member, roles, metering points and what the wallet has."""
        with ctx.store.read() as snapshot:
            known = visitor.member is not None
            return view.me(
                visitor.wallet,
                visitor.member,
                active=visitor.active,
                name=members.name_of(snapshot, visitor.member) if visitor.member is not None else None,
                roles=sorted(visitor.roles),
                participants=members.participant_rows(snapshot, visitor.member or 0) if known else [],
                holdings=members.holdings_of(snapshot, visitor.wallet),
                credit_limit_neur=ctx.deployment.terms.credit_limit_neur,
            )

    return routes
