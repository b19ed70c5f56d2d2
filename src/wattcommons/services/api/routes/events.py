"""The stream of news (server-sent events)."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from typing import Any, Final

import anyio.to_thread
from fastapi import APIRouter, Request
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.responses import Response

from wattcommons.errors import StoreError
from wattcommons.services.api.context import Context
from wattcommons.services.api.dependencies import Ctx, OptionalVisitor, Visitor, client_of
from wattcommons.services.api.events import Listener
from wattcommons.services.api.news import News
from wattcommons.services.api.problems import ApiProblem
from wattcommons.services.store.app.sessions import find_session
from wattcommons.services.store.reads.standing import participants_of, standing_of
from wattcommons.services.store.reads.state import index_state

HEARTBEAT_S: Final = 15.0
_EXAMPLE: Final = 'event: cleared\ndata: {"first":986400,"last":986400}\n\n'


def router() -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["events"])

    @routes.get(
        "/v1/events",
        response_class=EventSourceResponse,
        responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}, "example": _EXAMPLE}}}},
    )
    async def events(ctx: Ctx, request: Request, visitor: OptionalVisitor) -> Response:
        """News as they happen: `readings`, `cleared`, `settled`, `orders`, `intent`, `certificates`, `consent`, and a
        `heartbeat` with the newest block. A signed-in member hears of the own things besides everybody's.
        """
        key = client_of(request) if visitor is None else visitor.token_hash.hex()
        listener = Listener(key)
        if visitor is not None:
            await anyio.to_thread.run_sync(_settle, ctx, listener, visitor.wallet)
        if not ctx.events.join(listener):
            raise ApiProblem(503, "too_many_streams", "too many pages listen at once", "close some", retry_s=30)
        return EventSourceResponse(_stream(ctx, listener, visitor), ping=3_600, headers={"Cache-Control": "no-store"})

    return routes


async def _stream(ctx: Context, listener: Listener, visitor: Visitor | None) -> AsyncIterator[ServerSentEvent]:
    beat = 0.0
    try:
        while True:
            wait = beat - time.monotonic()
            if wait <= 0:
                if visitor is not None and not await anyio.to_thread.run_sync(_still_open, ctx, visitor):
                    return
                state = ctx.events.state
                yield _event("heartbeat", {"block": state.block, "at": state.at})
                beat = time.monotonic() + HEARTBEAT_S
                continue
            news: News | None = None
            with anyio.move_on_after(wait) as scope:
                news = await listener.queue.get()
            if scope.cancelled_caught:
                continue
            if news is None:
                return
            if news.members and listener.wallet is not None:
                await anyio.to_thread.run_sync(_settle, ctx, listener, listener.wallet)
            for kind in news.kinds:
                yield _event(kind, news.data)
    finally:
        ctx.events.leave(listener)


def _event(kind: str, data: dict[str, Any]) -> ServerSentEvent:
    return ServerSentEvent(data=json.dumps(data, separators=(",", ":")), event=kind)


def _settle(ctx: Context, listener: Listener, wallet: str) -> None:
    """Find out what is the listener's own."""
    with ctx.store.read() as connection:
        standing = standing_of(connection, wallet, ctx.now(index_state(connection)))
        own = () if standing.member is None else participants_of(connection, standing.member)
    listener.wallet, listener.participants = wallet, frozenset(own)


def _still_open(ctx: Context, visitor: Visitor) -> bool:
    try:
        with ctx.store.read() as connection:
            found = find_session(connection, visitor.token_hash)
    except StoreError:
        return False
    return found is not None and found.expires > ctx.clock()
