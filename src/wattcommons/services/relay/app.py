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

import asyncio
import hmac
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Final

from fastapi import FastAPI, Header, Request, Response
from fastapi.responses import JSONResponse
from pydantic import SecretStr
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from wattcommons.domain.packing import SignedRun, decode_batch
from wattcommons.errors import ChainError, RuleError, StoreError
from wattcommons.services.delivery.fate import RunFate
from wattcommons.services.relay.desk import Desk
from wattcommons.services.relay.silence import Silent
from wattcommons.services.runtime.limits import Buckets, sender_of

MAX_BODY: Final = 262_144
MAX_RUNS: Final = 500
MAX_READINGS: Final = 1_000
"""Of one run: as many as a gateway signs at most."""
BODY_S: Final = 30.0
"""How long a request may take to arrive."""
_AT_ONCE: Final = 16
_BINARY: Final = "application/octet-stream"


@dataclass(frozen=True)
class RelayParts:
    """What the application works with. `health`: facts, and what is wrong now in one line each (none when all is
    well); `requests`: tokens of each remote address.
    """

    desk: Desk
    requests: Buckets
    health: Callable[[], tuple[dict[str, Any], list[str]]]
    metrics: Callable[[], bytes]
    silent: Callable[[], Sequence[Silent]]
    operator_token: SecretStr | None = None
    body_s: float = BODY_S


def relay_app(parts: RelayParts) -> FastAPI:
    """The application. It holds no state but how many requests are worked on."""
    app = FastAPI(title="Watt Commons relay", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_exception_handler(HTTPException, _http_problem)
    app.add_exception_handler(Exception, _defect)
    working = asyncio.Semaphore(_AT_ONCE)

    @app.post("/v1/runs")
    async def runs(request: Request, content_type: Annotated[str, Header()] = "") -> Response:
        """Take signed runs in, or tell what became of them."""
        sender = _sender(request)
        wait = parts.requests.take(sender)
        if wait:
            return _too_many(wait)
        if content_type.partition(";")[0].strip().lower() != _BINARY:
            return problem(415, f"the content type is {content_type[:60]!r}", f"send {_BINARY}")
        try:
            async with asyncio.timeout(parts.body_s):
                body = await _body(request)
        except TimeoutError:
            return problem(408, f"the request took more than {parts.body_s:g} s", "send fewer runs at once")
        except ClientDisconnect:
            return problem(400, "the request is cut off", "hand the runs in again")
        if body is None:
            return problem(413, f"more than {MAX_BODY} bytes", "send fewer runs at once")
        if working.locked():
            return problem(503, "too many requests are worked on", "hand the runs in again", retry_s=5)
        async with working:
            return await run_in_threadpool(_take, parts, sender, body)  # a thread: store and node take their time

    @app.get("/v1/health")
    def health() -> Response:
        """Whether all is well."""
        try:
            facts, troubles = parts.health()
        except StoreError as error:
            facts, troubles = {}, [error.message]
        return JSONResponse({"ok": not troubles, "troubles": troubles} | facts, 503 if troubles else 200)

    @app.get("/metrics")
    def metrics() -> Response:
        """The metrics."""
        try:
            return Response(parts.metrics(), media_type="text/plain; version=0.0.4; charset=utf-8")
        except StoreError as error:
            return problem(503, error.message, error.hint or "try again later")

    @app.get("/v1/silent")
    def silent(request: Request, authorization: Annotated[str, Header()] = "") -> Response:
        """Participants that have not been heard for long."""
        wait = parts.requests.take(_sender(request))
        if wait:
            return _too_many(wait)
        given = authorization.removeprefix("Bearer ").encode("latin-1")  # the bytes as they were sent
        wanted = parts.operator_token.get_secret_value().encode() if parts.operator_token else b""
        if not wanted or not hmac.compare_digest(given, wanted):
            return problem(401, "not allowed", "send the operator's token as `Authorization: Bearer TOKEN`")
        try:
            return JSONResponse([asdict(one) for one in parts.silent()])
        except ChainError as error:
            return problem(503, error.message, error.hint or "try again later", retry_s=30)

    return app


async def _body(request: Request) -> bytes | None:
    """The body; None when it is too large, of which no more is read than is allowed."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced[:20]) > MAX_BODY:
        return None
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BODY:
            return None
    return bytes(body)


def _take(parts: RelayParts, sender: str, body: bytes) -> Response:
    try:
        runs = decode_batch(body)
    except RuleError as error:
        return problem(422, error.message, error.hint or "send whole signed runs")
    if not 0 < len(runs) <= MAX_RUNS:
        return problem(422, f"{len(runs)} runs", f"send 1 to {MAX_RUNS} at once")
    longest = max(len(one.run.readings) for one in runs)
    if longest > MAX_READINGS:
        return problem(422, f"a run of {longest} readings", f"sign at most {MAX_READINGS} in one run")
    try:
        handed = parts.desk.take(runs)
    except ChainError as error:
        return problem(503, error.message, "keep the readings and hand them in again", retry_s=10)
    except StoreError as error:
        return problem(503, error.message, "keep the readings and hand them in again", retry_s=60)
    # Each of them has cost questions to the node.
    parts.requests.charge(sender, handed.strange)
    return JSONResponse([_entry(one, fate) for one, fate in zip(runs, handed.fates, strict=True)])


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


def _sender(request: Request) -> str:
    return sender_of(request.client.host if request.client else "")


def _too_many(wait: float) -> Response:
    return problem(429, "too many requests", "wait, then hand in again what is left", retry_s=int(wait) + 1)


def problem(status: int, title: str, what_to_do: str, *, retry_s: int | None = None) -> JSONResponse:
    """An error as application/problem+json (RFC 9457)."""
    content = {"type": "about:blank", "status": status, "title": title, "detail": what_to_do}
    headers = {} if retry_s is None else {"Retry-After": str(retry_s)}
    return JSONResponse(content, status, headers, media_type="application/problem+json")


async def _http_problem(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    title = str(error.detail).lower() if isinstance(error, HTTPException) else "failure"
    answer = problem(status, title, "known are POST /v1/runs, GET /v1/health, GET /v1/silent and GET /metrics")
    answer.headers.update(getattr(error, "headers", None) or {})
    return answer


async def _defect(_: Request, _error: Exception) -> Response:
    return problem(500, "the relay failed", "hand the runs in again; the operator finds the reason in the log")
