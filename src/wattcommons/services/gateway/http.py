"""A gateway's own small web server: health, metrics, and readings pushed by other programs.

    GET  /health                 200 when all is well, 503 and what is not
    GET  /metrics                Prometheus
    POST /v1/push/SOURCE         rows of whole steps, or indexes as they are now; `Authorization: Bearer TOKEN`

    {"rows":    [{"meter_id": "roof-1", "channel": "production", "start": "2026-04-01T10:00:00Z", "minutes": 30,
                  "wh": 412, "estimated": false}]}
    {"indexes": [{"channel": "consumption", "wh": 18623827, "meter": "031664001115"}]}

A push is answered after it is durable: 200 with what became of the rows. Anything else means nothing was kept, and the
same push may be sent again: rows that are there already are counted as known.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import FastAPI, Header, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from starlette.concurrency import run_in_threadpool

from wattcommons.domain.channels import MWH_A_WH, Channel, EnergyRow, MilliWh
from wattcommons.domain.units import MAX_WH
from wattcommons.errors import InputError, MeterDataError, RuleError, StoreError
from wattcommons.services.gateway.facts import GatewayFacts
from wattcommons.services.gateway.samples import IndexSeen, Sink

MAX_BODY: Final = 1_048_576
_MAX_ROWS: Final = 10_000
_MOST_INDEX_WH: Final = 10**12


@dataclass(frozen=True)
class PushTarget:
    """A source that other programs push to. `token` is compared in constant time."""

    token: SecretStr
    sink: Sink
    takes_indexes: bool


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    meter_id: Annotated[str, Field(max_length=64)] = ""
    channel: Annotated[str, Field(pattern="^(consumption|production)$")]
    start: Annotated[str, Field(max_length=40)]
    minutes: Annotated[int, Field(ge=1, le=1_440)]
    wh: Annotated[int, Field(ge=0, le=MAX_WH)]
    estimated: bool = False

    def row(self) -> EnergyRow:
        try:
            start = datetime.fromisoformat(self.start)
        except ValueError:
            raise InputError(f"start is {self.start!r}", "write it like 2026-03-29T01:00:00Z") from None
        if start.tzinfo is None or start.microsecond:
            raise InputError(f"start is {self.start!r}", "give whole seconds and an offset, like 2026-03-29T01:00:00Z")
        energy = MilliWh(self.wh * MWH_A_WH)
        unix = int(start.timestamp())
        return EnergyRow(self.meter_id, Channel(self.channel), unix, self.minutes, energy, not self.estimated)


class _Index(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    channel: Annotated[str, Field(pattern="^(consumption|production)$")]
    wh: Annotated[int, Field(ge=0, le=_MOST_INDEX_WH)]
    meter: Annotated[str, Field(max_length=64)] = ""


class _Push(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    rows: Annotated[list[_Row], Field(max_length=_MAX_ROWS)] = []
    indexes: Annotated[list[_Index], Field(max_length=2)] = []


def gateway_app(
    look: Callable[[], GatewayFacts], metrics: Callable[[], bytes], targets: Mapping[str, PushTarget]
) -> FastAPI:
    """The application. It holds no state of its own."""
    app = FastAPI(title="Watt Commons gateway", docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/health")
    def health() -> JSONResponse:
        try:
            facts = look()
        except StoreError as error:
            return JSONResponse({"ok": False, "troubles": [error.message]}, 503)
        troubles = facts.troubles()
        return JSONResponse(
            {"ok": not troubles, "troubles": troubles, "outbox": asdict(facts.outbox)}, 503 if troubles else 200
        )

    @app.get("/metrics")
    def scrape() -> Response:
        return Response(metrics(), media_type="text/plain; version=0.0.4; charset=utf-8")

    @app.post("/v1/push/{source}")
    async def push(source: str, request: Request, authorization: Annotated[str, Header()] = "") -> JSONResponse:
        target = targets.get(source)
        given = authorization.removeprefix("Bearer ")
        # Unknown sources and wrong tokens look alike: nobody learns which sources there are.
        wanted = target.token.get_secret_value() if target is not None else ""
        if not wanted or not hmac.compare_digest(given.encode(), wanted.encode()) or target is None:
            return problem(401, "not allowed", "send the source's token as `Authorization: Bearer TOKEN`")
        body = bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > MAX_BODY:
                return problem(413, f"more than {MAX_BODY} bytes", "send fewer rows at once")
        return await run_in_threadpool(_take, target, bytes(body))  # a thread: the store waits for the disk

    return app


def _take(target: PushTarget, body: bytes) -> JSONResponse:
    try:
        push = _Push.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the body"
        return problem(422, f"{place}: {first['msg'].lower()}", "correct it and push again: nothing was kept")
    if bool(push.indexes) == bool(push.rows):
        return problem(422, "a push holds rows, or indexes", "send the two apart: each is kept or refused whole")
    if push.indexes and not target.takes_indexes:
        return problem(422, "indexes: this source is bound to no participant", "send rows, or set its participant")
    try:
        if push.indexes:
            target.sink.seen(
                [IndexSeen(Channel(one.channel), MilliWh(one.wh * MWH_A_WH), meter=one.meter) for one in push.indexes]
            )
        taken = target.sink.rows([one.row() for one in push.rows]) if push.rows else None
    except (InputError, RuleError, MeterDataError) as error:
        return problem(422, error.message, error.hint)
    except StoreError as error:
        return problem(503, error.message, error.hint)
    answer: dict[str, Any] = {"indexes": len(push.indexes)}
    return JSONResponse(answer | (asdict(taken) if taken is not None else {}))


def problem(status: int, title: str, what_to_do: str) -> JSONResponse:
    """An error as application/problem+json (RFC 9457)."""
    content = {"type": "about:blank", "status": status, "title": title, "detail": what_to_do}
    return JSONResponse(content, status, media_type="application/problem+json")
