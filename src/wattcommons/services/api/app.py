"""The application: its routers, what surrounds them, and its description (OpenAPI)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Final

from fastapi import APIRouter, FastAPI
from starlette.middleware.gzip import GZipMiddleware

from wattcommons import __version__
from wattcommons.services.api.context import Context
from wattcommons.services.api.middleware import BodyLimit, ClientLimit, Guard, SafeHeaders, Tags
from wattcommons.services.api.openapi import description_of
from wattcommons.services.api.problems import add_handlers
from wattcommons.services.api.registry import routes as registry
from wattcommons.services.api.routes import (
    certificates,
    claims,
    community,
    consents,
    devnet,
    enrolments,
    events,
    export_groups,
    exports,
    health,
    intents,
    market,
    me,
    operator,
    operator_exports,
    operator_records,
    overview,
    pages,
    participants,
    personal,
    points,
    proofs,
    rpc,
    session,
    shared,
    statements,
)

ROUTERS: Final[tuple[Callable[[], APIRouter], ...]] = (
    health.router,
    community.router,
    overview.router,
    market.router,
    session.router,
    me.router,
    participants.router,
    certificates.router,
    export_groups.router,
    proofs.router,
    points.router,
    intents.router,
    events.router,
    rpc.router,
    devnet.router,
    exports.router,
    statements.router,
    claims.router,
    consents.router,
    shared.router,
    personal.router,
    enrolments.router,
    operator.router,
    operator_records.router,
    operator_exports.router,
    registry.router,
)
"""The API's; the pages come last, for they take every other path."""


def create_app(context: Context) -> FastAPI:
    """The application over a context. It keeps no state of its own."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with context.events.running(context.store, context.deployment):
            yield

    app = _bare(lifespan)
    app.state.context = context
    app.include_router(pages.router(context.settings))
    add_handlers(app)
    # The last one added is the first to see a request.
    app.add_middleware(BodyLimit, settings=context.settings)
    app.add_middleware(ClientLimit, clients=context.clients, settings=context.settings)
    app.add_middleware(Tags)
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=5)
    app.add_middleware(Guard)
    app.add_middleware(SafeHeaders, settings=context.settings)
    return app


def describe() -> dict[str, Any]:
    """The API's description (OpenAPI), which needs no community."""
    return _bare(None).openapi()


def _bare(lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]] | None) -> FastAPI:
    """The API's routes without what they work with."""
    app = FastAPI(
        title="Watt Commons",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url="/v1/openapi.json",
        lifespan=lifespan,
        redirect_slashes=False,
    )
    for make in ROUTERS:
        app.include_router(make())
    described: dict[str, Any] = {}

    def description() -> dict[str, Any]:
        if not described:
            described.update(description_of(app))
        return described

    app.openapi = description  # type: ignore[method-assign]
    return app
