"""What happens to every request before and after its route: limits of size, time and number, headers, ETags.

Plain ASGI, so that streams pass through untouched.
"""

from __future__ import annotations

import asyncio
import hashlib
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wattcommons.services.api.problems import ApiProblem, defect_response, problem_of, problem_response
from wattcommons.services.api.settings import ApiSettings
from wattcommons.services.runtime.limits import Buckets, sender_of

_TAGGED: Final = 4_194_304
"""Longest answer that is held back to be tagged, bytes."""
_API: Final = ("/v1/", "/registry/v1/", "/rpc")
_TAGS: Final = ("/v1/", "/registry/v1/")


class Guard:
    """What nobody else has caught becomes a problem, and the log alone learns why."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            problem = problem_of(error)
            response = problem_response(problem) if problem else defect_response(error, scope["path"])
            if begun:
                raise
            await response(scope, receive, send)


class ClientLimit:
    """So many requests of one address. It also writes down whom a request is counted for."""

    def __init__(self, app: ASGIApp, clients: Buckets, settings: ApiSettings) -> None:
        self._app, self._clients, self._proxies = app, clients, settings.trusted_proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] == "http":
            client = self._client(scope)
            scope["watt_client"] = client
            wait = self._clients.take(client)
            if wait:
                problem = ApiProblem(429, "too_many", "too many requests", "wait a moment", retry_s=int(wait) + 1)
                await problem_response(problem)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _client(self, scope: Scope) -> str:
        host = scope["client"][0] if scope.get("client") else ""
        if host in self._proxies:
            # The last entry is the proxy's own; what stands before it anybody may have written.
            forwarded = Headers(scope=scope).get("x-forwarded-for", "").rpartition(",")[2].strip()
            host = forwarded or host
        return sender_of(host)


class BodyLimit:
    """A request's body has a greatest size, and a time to arrive in."""

    def __init__(self, app: ASGIApp, settings: ApiSettings) -> None:
        self._app, self._most, self._seconds = app, settings.limits.body_bytes, settings.limits.body_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isascii() and announced.isdigit() and int(announced[:20]) > self._most:
            await problem_response(self._too_large())(scope, receive, send)
            return
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._seconds
        taken, whole = 0, False

        async def bounded() -> Message:
            nonlocal taken, whole
            if whole:
                return await receive()
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError:
                raise ApiProblem(408, "slow", "the request took too long to arrive", "send it again") from None
            taken += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            if taken > self._most:
                raise self._too_large()
            return message

        await self._app(scope, bounded, send)

    def _too_large(self) -> ApiProblem:
        return ApiProblem(413, "too_large", f"more than {self._most} bytes", "send less at once")


class SafeHeaders:
    """Headers that keep a browser to this site, and tell caches what to keep: nothing, unless a route says so."""

    def __init__(self, app: ASGIApp, settings: ApiSettings) -> None:
        self._app = app
        self._fixed = {
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        }
        if settings.secure:
            self._fixed["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        api = scope["path"].startswith(_API)

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._fixed.items():
                    headers.setdefault(name, value)
                if api:
                    headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
                    if message["status"] >= 400:
                        headers["Cache-Control"] = "no-store"
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, dressed)


class Tags:
    """An ETag on every JSON answer to a GET, and 304 where the client has it already."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or not scope["path"].startswith(_TAGS):
            await self._app(scope, receive, send)
            return
        known = Headers(scope=scope).get("if-none-match", "")
        start: Message | None = None
        body = bytearray()

        async def tagged(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                if not _taggable(message):
                    await send(message)
                    return
                start = message
                return
            if start is None:
                await send(message)
                return
            body.extend(message.get("body", b""))
            if message.get("more_body", False) and len(body) <= _TAGGED:
                return
            headers = MutableHeaders(scope=start)
            first, start = start, None
            if not message.get("more_body", False):
                tag = f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
                headers["ETag"] = tag
                if known == "*" or tag in (one.strip() for one in known.split(",")):
                    first["status"] = 304
                    del headers["Content-Length"]
                    body.clear()
            await send(first)
            await send({**message, "body": bytes(body)})

        await self._app(scope, receive, tagged)


def _taggable(message: Message) -> bool:
    headers = Headers(raw=message["headers"])
    kind = headers.get("content-type", "")
    return message["status"] == 200 and kind.startswith("application/json") and "etag" not in headers
