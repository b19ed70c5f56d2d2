"""The relay's web interface.

    POST /v1/runs     signed runs in the wire format of the ledger (`domain/packing.py`); a list with one entry a run:
                      {participant, first, count, fate, block, reason, detail, conflicts}. Handing the same run in
                      again asks what became of it.
    GET  /v1/health   200 when all is well, 503 and what is not
    GET  /metrics     Prometheus
    GET  /v1/silent   who has not been heard for long; the operator's bearer token

Errors are application/problem+json with what to do. No answer holds an energy.
"""

from __future__ import annotations

import hmac
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Final

from fastapi import FastAPI, Header, Request, Response
from fastapi.responses import JSONResponse
from pydantic import SecretStr
from starlette.concurrency import run_in_threadpool

from wattcommons.domain.packing import SignedRun, decode_batch
from wattcommons.errors import NodeUnavailable, RuleError, StoreError
from wattcommons.services.delivery.fate import RunFate
from wattcommons.services.relay.desk import Desk
from wattcommons.services.relay.limits import Buckets
from wattcommons.services.relay.silence import Silent

MAX_BODY: Final = 262_144
MAX_RUNS: Final = 500
_BINARY: Final = "application/octet-stream"


@dataclass(frozen=True)
class RelayParts:
    """What the application works with. `troubles`: what is wrong now, one line each; empty when all is well."""

    desk: Desk
    requests: Buckets
    readings: Buckets
    troubles: Callable[[], list[str]]
    metrics: Callable[[], bytes]
    silent: Callable[[], Sequence[Silent]]
    operator_token: SecretStr | None = None


def relay_app(parts: RelayParts) -> FastAPI:
    """The application. It holds no state of its own."""
    app = FastAPI(title="Watt Commons relay", docs_url=None, redoc_url=None)

    @app.post("/v1/runs")
    async def runs(request: Request, content_type: Annotated[str, Header()] = "") -> Response:
        """Take signed runs in, or tell what became of them."""
        wait = parts.requests.take(request.client.host if request.client else "")
        if wait:
            return _too_many(wait)
        if content_type != _BINARY:
            return problem(415, f"the content type is {content_type[:60]!r}", f"send {_BINARY}")
        body = bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > MAX_BODY:
                return problem(413, f"more than {MAX_BODY} bytes", "send fewer runs at once")
        return await run_in_threadpool(_take, parts, bytes(body))

    @app.get("/v1/health")
    def health() -> Response:
        """Whether all is well."""
        try:
            troubles = parts.troubles()
        except StoreError as error:
            troubles = [error.message]
        return JSONResponse(
            {"ok": not troubles, "troubles": troubles, "time": int(time.time())}, 503 if troubles else 200
        )

    @app.get("/metrics")
    def metrics() -> Response:
        """The metrics."""
        return Response(parts.metrics(), media_type="text/plain; version=0.0.4; charset=utf-8")

    @app.get("/v1/silent")
    def silent(authorization: Annotated[str, Header()] = "") -> Response:
        """Participants that have not been heard for long."""
        given = authorization.removeprefix("Bearer ").encode()
        wanted = parts.operator_token.get_secret_value().encode() if parts.operator_token else b""
        if not wanted or not hmac.compare_digest(given, wanted):
            return problem(401, "not allowed", "send the operator's token as `Authorization: Bearer TOKEN`")
        try:
            return JSONResponse([asdict(one) for one in parts.silent()])
        except NodeUnavailable as error:
            return problem(503, error.message, error.hint or "try again later")

    return app


def _take(parts: RelayParts, body: bytes) -> Response:
    try:
        runs = decode_batch(body)
    except RuleError as error:
        return problem(422, error.message, error.hint or "send whole signed runs")
    if not 0 < len(runs) <= MAX_RUNS:
        return problem(422, f"{len(runs)} runs", f"send 1 to {MAX_RUNS} at once")
    # One gateway gone mad must not use up its neighbours' places; a stranger cannot speak in anybody's name for long
    # either, for what no key signed is never queued.
    for participant, count in Counter(one.run.participant for one in runs).items():
        wait = parts.readings.take(participant, count)
        if wait:
            return _too_many(wait)
    try:
        fates = parts.desk.take(runs)
    except NodeUnavailable as error:
        return problem(503, error.message, "keep the readings and hand them in again", retry_s=10)
    except StoreError as error:
        return problem(503, error.message, "keep the readings and hand them in again", retry_s=60)
    if None in fates:
        return problem(503, "the queue is full", "keep the readings and hand them in again", retry_s=60)
    return JSONResponse([_entry(one, fate) for one, fate in zip(runs, fates, strict=True) if fate is not None])


def _entry(signed: SignedRun, fate: RunFate) -> dict[str, Any]:
    return {
        "participant": signed.run.participant,
        "first": signed.run.first,
        "count": len(signed.run.readings),
        "fate": fate.fate.value,
        "block": fate.block,
        "reason": int(fate.reason),
        "detail": str(fate.detail),  # as text: it may have more bits than other languages' JSON numbers
        "conflicts": list(fate.conflicts),
    }


def _too_many(wait: float) -> Response:
    return problem(429, "too many requests", "wait, then hand in again what is left", retry_s=int(wait) + 1)


def problem(status: int, title: str, what_to_do: str, *, retry_s: int | None = None) -> JSONResponse:
    """An error as application/problem+json (RFC 9457)."""
    content = {"type": "about:blank", "status": status, "title": title, "detail": what_to_do}
    headers = {} if retry_s is None else {"Retry-After": str(retry_s)}
    return JSONResponse(content, status, headers, media_type="application/problem+json")
