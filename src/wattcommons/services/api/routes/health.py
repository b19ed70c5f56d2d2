"""Whether the server lives, and up to where its index is."""

from __future__ import annotations

from fastapi import APIRouter, Response

from wattcommons.errors import StoreError
from wattcommons.services.api.dependencies import Ctx
from wattcommons.services.api.models.health import Health
from wattcommons.services.store.reads.state import EMPTY


def router() -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["health"])

    @routes.get("/v1/health", responses={503: {"model": Health, "description": "Something is wrong"}})
    def health(ctx: Ctx, response: Response) -> Health:
        """Whether all is well; 503 and what is not otherwise."""
        troubles = []
        state = EMPTY
        try:
            state = ctx.state()
        except StoreError:
            troubles.append("the store cannot be read")
        else:
            if state.block < 0:
                troubles.append("the index is empty: has it been started?")
        if ctx.desk is not None and ctx.desk.trouble:
            troubles.append(ctx.desk.trouble)
        if troubles:
            response.status_code = 503
        return Health(ok=not troubles, troubles=troubles, block=state.block, final_block=state.final_block, at=state.at)

    return routes
