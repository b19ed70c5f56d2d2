"""What one's own certificates make for a national registry, and the groups that one has begun."""

from __future__ import annotations

from fastapi import APIRouter

from wattcommons.services.api.dependencies import Ctx, Page, Signed, cursor_of
from wattcommons.services.api.registry import exports
from wattcommons.services.api.registry.models_exports import ExportGroups, ExportPlan
from wattcommons.services.store.reads import exports as reads
from wattcommons.services.store.reads.exports import Wanted


def router() -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["certificates"])

    @routes.get("/v1/me/export-plan")
    def plan(ctx: Ctx, visitor: Signed) -> ExportPlan:
        """By device: how many groups of 1 MWh the wallet's certificates make, and how far the next one is."""
        with ctx.store.read() as snapshot:
            found = exports.plan(ctx, snapshot, visitor)
            return ExportPlan(items=[exports.towards(snapshot, visitor, one) for one in found])

    @routes.get("/v1/me/export-groups")
    def groups(ctx: Ctx, visitor: Signed, page: Page) -> ExportGroups:
        """One's own groups, newest first, whatever else one's roles."""
        after = page.after(1)
        with ctx.store.read() as snapshot:
            wanted = Wanted(visitor.member or 0)
            rows = reads.groups(snapshot, wanted, after[0] if after else None, page.limit + 1)
        more = len(rows) > page.limit
        rows = rows[: page.limit]
        items = [exports.shown(ctx, row) for row in rows]
        return ExportGroups(items=items, next=cursor_of(rows[-1].export_group) if more else None)

    return routes
