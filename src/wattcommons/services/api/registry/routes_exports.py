"""Export groups: lists, one group, its file, and what is done with them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response

from wattcommons.domain.export_book import GroupState
from wattcommons.services.api.dependencies import Ctx, Page, Signed, Visitor, cursor_of, require_role
from wattcommons.services.api.downloads import CSV, attached
from wattcommons.services.api.registry import exports
from wattcommons.services.api.registry import models_exports as models
from wattcommons.services.api.registry.idempotency import IdempotencyKey, once
from wattcommons.services.api.registry.scope import READS_ALL
from wattcommons.services.store.reads import exports as reads
from wattcommons.services.store.reads.exports import Wanted

_FILE: Any = {200: {"content": {"text/csv": {}, "application/json": {}}, "description": "The file"}}
Number = Annotated[int, Path(ge=1, le=2**53, description="group")]
IssuingBody = Annotated[Visitor, Depends(require_role("issuing_body"))]


def router() -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["registry"], prefix="/registry/v1/export_group")
    _add_reads(routes)
    _add_actions(routes)
    return routes


def _add_reads(routes: APIRouter) -> None:
    @routes.get("")
    def groups(
        ctx: Ctx,
        visitor: Signed,
        page: Page,
        state: Annotated[models.GroupState | None, Query(description="only those of this state")] = None,
        device: Annotated[int | None, Query(alias="device_id", ge=1, le=2**31 - 1)] = None,
    ) -> models.ExportGroups:
        """One's own groups, newest first; for auditors and the issuing body everybody's."""
        after = page.after(1)
        member = None if visitor.has(*READS_ALL) else visitor.member or 0
        wanted = Wanted(member, device, None if state is None else GroupState[state.name])
        with ctx.store.read() as snapshot:
            rows = reads.groups(snapshot, wanted, after[0] if after else None, page.limit + 1)
        more = len(rows) > page.limit
        rows = rows[: page.limit]
        items = [exports.shown(ctx, row) for row in rows]
        return models.ExportGroups(items=items, next=cursor_of(rows[-1].export_group) if more else None)

    @routes.get("/{group}")
    def one(ctx: Ctx, visitor: Signed, group: Number) -> models.ExportGroupFull:
        """A group with what lies in it."""
        with ctx.store.read() as snapshot:
            return exports.shown_full(ctx, snapshot, exports.seen(snapshot, visitor, group))

    @routes.get("/{group}/file", response_class=Response, responses=_FILE)
    def file(
        ctx: Ctx,
        visitor: Signed,
        group: Number,
        kind: Annotated[models.FileFormat, Query(alias="format")] = models.FileFormat.CSV,
    ) -> Response:
        """The file of a whole group for the national registry: the same bytes as `watt export file` writes."""
        with ctx.store.read() as snapshot:
            made = exports.file_of(ctx, snapshot, exports.seen(snapshot, visitor, group))
        as_csv = kind is models.FileFormat.CSV
        text = made.as_csv() if as_csv else made.as_json()
        name = f"export-group-{group}.{kind.value}"
        return attached(text.encode(), name, CSV if as_csv else "application/json")


def _add_actions(routes: APIRouter) -> None:
    @routes.post("/fill")
    def fill(
        ctx: Ctx, visitor: Signed, given: models.Fill, idempotency_key: IdempotencyKey = None
    ) -> models.ExportAnswer:
        """Make, or fill, the next group of a device."""

        def make() -> models.ExportAnswer:
            return exports.fill(ctx, visitor, given)

        return once(ctx, visitor, idempotency_key, "export_fill", given, models.ExportAnswer, make)

    @routes.post("/release")
    def release(
        ctx: Ctx, visitor: Signed, given: models.Release, idempotency_key: IdempotencyKey = None
    ) -> models.ExportAnswer:
        """Take certificates out of an own group again."""

        def make() -> models.ExportAnswer:
            return exports.release(ctx, visitor, given)

        return once(ctx, visitor, idempotency_key, "export_release", given, models.ExportAnswer, make)

    @routes.post("/give_back")
    def give_back(
        ctx: Ctx, visitor: IssuingBody, given: models.GiveBack, idempotency_key: IdempotencyKey = None
    ) -> models.ExportAnswer:
        """Take certificates out of anybody's group, to its member's wallet: for the issuing body alone."""

        def make() -> models.ExportAnswer:
            return exports.give_back(ctx, visitor, given)

        return once(ctx, visitor, idempotency_key, "export_give_back", given, models.ExportAnswer, make)

    @routes.post("/accept")
    def accept(
        ctx: Ctx, visitor: IssuingBody, given: models.Accept, idempotency_key: IdempotencyKey = None
    ) -> models.ExportAnswer:
        """Record under which reference a complete group lives on: for the issuing body alone. Final."""

        def make() -> models.ExportAnswer:
            return exports.decide(ctx, visitor, given)

        return once(ctx, visitor, idempotency_key, "export_accept", given, models.ExportAnswer, make)

    @routes.post("/decline")
    def decline(
        ctx: Ctx, visitor: IssuingBody, given: models.Decline, idempotency_key: IdempotencyKey = None
    ) -> models.ExportAnswer:
        """Send a complete group back: for the issuing body alone."""

        def make() -> models.ExportAnswer:
            return exports.decide(ctx, visitor, given)

        return once(ctx, visitor, idempotency_key, "export_decline", given, models.ExportAnswer, make)
