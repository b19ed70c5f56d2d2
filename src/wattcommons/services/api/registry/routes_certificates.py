"""Certificates: queries, one certificate, files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import StreamingResponse

from wattcommons.services.api.context import Context
from wattcommons.services.api.dependencies import Ctx, Signed
from wattcommons.services.api.downloads import CSV, headers, streamed
from wattcommons.services.api.exports.csv_text import csv_line
from wattcommons.services.api.models.common import Account
from wattcommons.services.api.problems import invalid, not_yours
from wattcommons.services.api.registry import models, queries, views
from wattcommons.services.api.registry.scope import Scope, scope_of
from wattcommons.services.store.reads.state import index_state

COLUMNS: Final = tuple(name for name in models.Bundle.model_fields if not name.startswith(("storage_eff", "emissions")))
_CHUNK: Final = 200
_YEAR_S: Final = 366 * 86_400
_FILE: Any = {200: {"content": {"text/csv": {}}, "description": "The file"}}
Source = Annotated[Account | None, Query(alias="source_id", description="whose account; see `query`")]


def router() -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["registry"], prefix="/registry/v1/certificate")

    @routes.post("/query")
    def query(ctx: Ctx, visitor: Signed, given: models.Query) -> models.Bundles:
        """Bundles of an account."""
        with ctx.store.read() as snapshot:
            now = ctx.now(index_state(snapshot))
            scope = scope_of(snapshot, visitor, given.source_id, now)
            page = queries.found(ctx, snapshot, scope, given, now)
        return models.Bundles(
            granular_certificate_bundles=[views.shown(part, page.around) for part in page.parts], next=page.next
        )

    @routes.post("/query_full")
    def query_full(ctx: Ctx, visitor: Signed, given: models.Query) -> models.BundlesFull:
        """Bundles of an account, with their devices and who issued them."""
        with ctx.store.read() as snapshot:
            now = ctx.now(index_state(snapshot))
            scope = scope_of(snapshot, visitor, given.source_id, now)
            page = queries.found(ctx, snapshot, scope, given, now)
        return models.BundlesFull(
            granular_certificate_bundles=[views.shown_full(part, page.around) for part in page.parts], next=page.next
        )

    @routes.get("/certificates_template", response_class=StreamingResponse, responses=_FILE)
    def template() -> Response:
        """The header of the file that `export` gives."""
        return Response(csv_line(COLUMNS), media_type=CSV, headers=headers("certificates_template.csv"))

    @routes.get("/export", response_class=StreamingResponse, responses=_FILE)
    def export(
        ctx: Ctx,
        visitor: Signed,
        begin: Annotated[int, Query(alias="from", ge=0, le=2**40, description="Unix seconds")],
        end: Annotated[int, Query(alias="to", ge=0, le=2**40, description="Unix seconds, exclusive")],
        source: Source = None,
    ) -> StreamingResponse:
        """Bundles of an account as CSV, of at most a year of production."""
        if not begin <= end <= begin + _YEAR_S:
            raise invalid("to", "the time is empty, or more than a year", "ask for it in parts")
        with ctx.store.read() as snapshot:
            now = ctx.now(index_state(snapshot))
            scope = scope_of(snapshot, visitor, source, now)
        return streamed(_lines(ctx, scope, begin, end, now), "certificates.csv", CSV)

    @routes.get("/{issuance_id}")
    def one(
        ctx: Ctx,
        visitor: Signed,
        issuance_id: Annotated[models.IssuanceId, Path()],
        source: Source = None,
    ) -> models.BundlesFull:
        """The bundles of one certificate that an account has, or has used."""
        given = models.Query(source_id=source, issuance_ids=[issuance_id])
        with ctx.store.read() as snapshot:
            now = ctx.now(index_state(snapshot))
            scope = scope_of(snapshot, visitor, source, now)
            page = queries.found(ctx, snapshot, scope, given, now)
        if not page.parts:
            raise not_yours()
        return models.BundlesFull(
            granular_certificate_bundles=[views.shown_full(part, page.around) for part in page.parts], next=None
        )

    return routes


def _lines(ctx: Context, scope: Scope, begin: int, end: int, now: int) -> Iterator[str]:
    yield csv_line(COLUMNS)
    query = models.Query(
        certificate_period_start=views.moment(begin), certificate_period_end=views.moment(end), limit=_CHUNK
    )
    for page in queries.pages(ctx, scope, query, now):
        for part in page.parts:
            shown = views.shown(part, page.around)
            yield csv_line(_cell(getattr(shown, name)) for name in COLUMNS)


def _cell(value: object) -> object:
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if isinstance(value, datetime) else value
