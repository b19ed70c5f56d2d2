"""Every error as application/problem+json (RFC 9457), with what to do about it and never a stack trace."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from wattcommons.errors import ChainError, RevertedError, RuleError, StoreError, UserError, WattError

MEDIA_TYPE: Final = "application/problem+json"
_SHOWN: Final = 300


class ApiProblem(HTTPException):
    """An answer that is an error. `code`: stable word for programs; `detail`: what is wrong, for people; `what_to_do`:
    what would make it right; `where`: the field or parameter; `retry_s`: seconds after which to try again.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        what_to_do: str | None = None,
        *,
        where: str | None = None,
        retry_s: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        more = dict(headers or {}) | ({} if retry_s is None else {"Retry-After": str(retry_s)})
        super().__init__(status, detail, more)
        self.code, self.what_to_do, self.where = code, what_to_do, where


def not_found(what: str = "nothing is here") -> ApiProblem:
    """404 for what does not exist."""
    return ApiProblem(404, "not_found", what, "look at the list it comes from")


def not_yours() -> ApiProblem:
    """404 for what belongs to somebody else, or does not exist: which of the two is not told."""
    return ApiProblem(404, "not_yours", "you have nothing by this number", "see /v1/me for what is yours")


def invalid(where: str, detail: str, what_to_do: str | None = None, *, code: str = "invalid") -> ApiProblem:
    """422 for a field or parameter."""
    return ApiProblem(422, code, detail, what_to_do, where=where)


def problem_of(error: Exception) -> ApiProblem | None:
    """The problem that stands for one of this package's own errors; None for any other."""
    if isinstance(error, ApiProblem):
        return error
    if isinstance(error, RuleError):
        return ApiProblem(422, "rule", error.message, error.hint or None)
    if isinstance(error, RevertedError):
        return ApiProblem(409, "refused", error.message, error.hint or "read the chain's state again, then try anew")
    if isinstance(error, ChainError):
        # Not the node's own words: they may tell where it is.
        return ApiProblem(503, "node_unavailable", "the community's node does not answer", "try again soon", retry_s=10)
    if isinstance(error, StoreError):
        return ApiProblem(
            503, "store_unavailable", "the store cannot be used at the moment", "try again soon", retry_s=30
        )
    if isinstance(error, UserError):
        return ApiProblem(422, "invalid", error.message, error.hint or None)
    return None


def problem_response(problem: ApiProblem) -> JSONResponse:
    """The answer."""
    content = {
        "type": "about:blank",
        "title": _title(problem.status_code),
        "status": problem.status_code,
        "code": problem.code,
        "detail": str(problem.detail),
        "what_to_do": problem.what_to_do,
        "where": problem.where,
    }
    return JSONResponse(content, problem.status_code, dict(problem.headers or {}), media_type=MEDIA_TYPE)


def defect_response(error: Exception, path: str) -> JSONResponse:
    """500 for a defect: a number to the client, the reason to the log."""
    incident = secrets.token_hex(4)
    log: Any = structlog.get_logger("api")
    log.error("defect", incident=incident, path=path, kind=type(error).__name__, exc_info=error)
    return problem_response(
        ApiProblem(500, "defect", f"the server failed (incident {incident})", "try again; tell the operator the number")
    )


def add_handlers(app: FastAPI) -> None:
    """Turn every error of a route into a problem."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(WattError, _ours)


async def _http(_: Request, error: Exception) -> JSONResponse:
    if isinstance(error, ApiProblem):
        return problem_response(error)
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = getattr(error, "headers", None)
    if status == 404:
        return problem_response(ApiProblem(404, "not_found", "nothing is here", "see /v1/openapi.json"))
    if status == 405:
        what = "this cannot be done here that way"
        return problem_response(ApiProblem(405, "method", what, "see /v1/openapi.json", headers=headers))
    return problem_response(ApiProblem(status, "http", str(getattr(error, "detail", "refused")), headers=headers))


async def _validation(_: Request, error: Exception) -> JSONResponse:
    found: Sequence[Any] = error.errors() if isinstance(error, RequestValidationError) else ()
    first = found[0] if found else {"loc": (), "msg": "the request is wrong", "type": ""}
    place, *rest = [str(part) for part in first["loc"]] or [""]
    if first["type"] == "json_invalid":
        return problem_response(ApiProblem(400, "json", "the body is no JSON", "send one JSON object", where="body"))
    where = ".".join(rest) or place
    more = "" if len(found) < 2 else f"; {len(found) - 1} more are wrong"
    detail = f"{where}: {first['msg'][:_SHOWN]}{more}"
    return problem_response(ApiProblem(422, "invalid", detail, "see /v1/openapi.json for what it takes", where=where))


async def _ours(request: Request, error: Exception) -> JSONResponse:
    problem = problem_of(error)
    return defect_response(error, request.url.path) if problem is None else problem_response(problem)


def _title(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"
