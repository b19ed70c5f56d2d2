"""The description of the API: FastAPI's, with our problems in the place of its own errors."""

from __future__ import annotations

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from wattcommons.services.api.models.common import Problem
from wattcommons.services.api.problems import MEDIA_TYPE

_ABOUT: Final = (
    "Energy in Wh, prices in µ€/kWh, times in Unix seconds, all whole numbers; money in n€ and large identifiers as "
    "decimal strings. Every error is a problem with a stable `code` and what to do. Lists go on with `next` as "
    "`cursor`. A session comes as a cookie, or as a bearer token."
)
_PROBLEM: Final = {
    "description": "A problem",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def description_of(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document."""
    found = get_openapi(title=app.title, version=app.version, description=_ABOUT, routes=app.routes)
    schemas = found.setdefault("components", {}).setdefault("schemas", {})
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    schemas["Problem"] = Problem.model_json_schema()
    found["components"]["securitySchemes"] = {
        "cookie": {"type": "apiKey", "in": "cookie", "name": "watt_session"},
        "bearer": {"type": "http", "scheme": "bearer"},
    }
    for path in found["paths"].values():
        for operation in path.values():
            responses = operation.setdefault("responses", {})
            responses.pop("422", None)
            responses["default"] = _PROBLEM
    return found
