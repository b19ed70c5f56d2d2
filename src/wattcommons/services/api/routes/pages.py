"""The web app's files, and its one page for every other path."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, HTMLResponse, Response

from wattcommons.services.api.problems import not_found
from wattcommons.services.api.settings import ApiSettings

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'none'"
)
_MISSING: Final = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Watt Commons</title>'
    "<p>The pages are not built. The API answers under <code>/v1/</code>, described by "
    "<code>/v1/openapi.json</code>.</p></html>"
)
_IMMUTABLE: Final = "public, max-age=31536000, immutable"
_METHODS: Final = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_API: Final = ("v1/", "registry/v1/", "rpc/")


def router(settings: ApiSettings) -> APIRouter:
    """The routes, outside the API's description."""
    routes = APIRouter(include_in_schema=False)
    folder = settings.frontend.resolve() if settings.frontend else None

    @routes.api_route("/{path:path}", methods=_METHODS)
    def page(request: Request, path: str) -> Response:
        """A file of the app; for a path that names none, the app's page, which knows its own paths."""
        if path.startswith(_API) or path in ("v1", "rpc") or request.method not in ("GET", "HEAD"):
            raise not_found()
        if folder is None or not (folder / "index.html").is_file():
            if path:
                raise not_found()
            return HTMLResponse(_MISSING, headers={"Content-Security-Policy": _POLICY})
        found = _file(folder, path)
        if found is None:
            if "." in path.rpartition("/")[2]:
                raise not_found("there is no such file")
            found = folder / "index.html"
        kind = mimetypes.guess_type(found.name)[0] or "application/octet-stream"
        # Built files carry a hash of their content in their name.
        lasting = found.parent.name == "assets"
        headers = {
            "Content-Security-Policy": _POLICY,
            "Cache-Control": _IMMUTABLE if lasting else "no-cache",
        }
        return FileResponse(found, media_type=kind, headers=headers)

    return routes


def _file(folder: Path, path: str) -> Path | None:
    """The file of the app at a path, never one outside its folder."""
    if not path or "\0" in path:
        return None
    try:
        found = (folder / path).resolve()
        return found if found.is_relative_to(folder) and found.is_file() else None
    except OSError:
        return None
