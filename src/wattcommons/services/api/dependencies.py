"""What routes ask for in their parameters: the context, who is asking, what is asked for is theirs, pages of lists.

    def route(ctx: Ctx, me: Signed, participant: OwnParticipant, page: Page) -> Answer

A session is looked up once a request. Whoever asks for what is another's gets the same answer as for what is not.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import Depends, Path, Query, Request, Response

from wattcommons.services.api.context import Context
from wattcommons.services.api.problems import ApiProblem, invalid, not_yours
from wattcommons.services.store.app.sessions import find_session
from wattcommons.services.store.reads.standing import Standing, owns, standing_of
from wattcommons.services.store.reads.state import index_state

COOKIE: Final = "watt_session"
AUDITOR: Final = "auditor"
_SAFE: Final = {"GET", "HEAD", "OPTIONS"}
_MOST: Final = 200


@dataclass(frozen=True)
class Visitor:
    """Who is signed in, with the standing of this moment. `bearer`: by a token in a header, not by a cookie."""

    wallet: str
    expires: int
    bearer: bool
    token_hash: bytes = field(repr=False)
    member: int | None = None
    active: bool = False
    roles: frozenset[str] = frozenset()

    def has(self, *roles: str) -> bool:
        """Whether one of these roles is held."""
        return not self.roles.isdisjoint(roles)


async def context(request: Request) -> Context:
    """The application's context."""
    found: Context = request.app.state.context
    return found


Ctx = Annotated[Context, Depends(context)]


def session_or_none(request: Request, ctx: Ctx) -> Visitor | None:
    """Who is signed in; None without a session. Raises ApiProblem for a session that has ended, for a write by cookie
    that another site may have caused, and for too many requests.
    """
    header = request.headers.get("authorization", "")
    bearer = header[:7].lower() == "bearer "
    token = header[7:].strip() if bearer else request.cookies.get(COOKIE, "")
    if not token or "\0" in token:  # see node_address.py
        return None
    if not bearer and request.method not in _SAFE:
        require_same_site(request, ctx)
    return visitor_of(ctx, token, bearer=bearer)


def visitor_of(ctx: Context, token: str, *, bearer: bool) -> Visitor:
    """Whose session a token stands for. Raises ApiProblem 401 for none, 429 for too many requests of it."""
    digest = token_hash(token)
    with ctx.store.read() as connection:
        found = find_session(connection, digest)
        if found is None or found.expires <= ctx.clock() or found.bearer != bearer:
            raise ApiProblem(401, "signed_out", "this session has ended", "sign in again")
        standing = standing_of(connection, found.wallet, ctx.now(index_state(connection)))
    wait = ctx.sessions.take(digest)
    if wait:
        raise too_many(wait)
    return _visitor(ctx, found.wallet, found.expires, bearer, digest, standing)


def _visitor(ctx: Context, wallet: str, expires: int, bearer: bool, digest: bytes, standing: Standing) -> Visitor:  # noqa: FBT001
    roles = standing.roles | {AUDITOR} if wallet in ctx.settings.auditors else standing.roles
    return Visitor(wallet, expires, bearer, digest, standing.member, standing.active, frozenset(roles))


OptionalVisitor = Annotated[Visitor | None, Depends(session_or_none)]


def session(visitor: OptionalVisitor) -> Visitor:
    """Who is signed in. Raises ApiProblem 401 without a session."""
    if visitor is None:
        raise ApiProblem(401, "signed_out", "this is for who is signed in", "sign in with your wallet")
    return visitor


Signed = Annotated[Visitor, Depends(session)]


def require_role(*roles: str) -> Callable[[Visitor], Visitor]:
    """A dependency: who is signed in holds one of these roles (`operator`, `issuing_body`, `auditor` …)."""

    def holder(visitor: Signed) -> Visitor:
        if not visitor.has(*roles):
            raise ApiProblem(403, "role", f"this is for: {', '.join(roles)}", "ask the operator for the role")
        return visitor

    return holder


def member(visitor: Signed) -> Visitor:
    """Who is signed in is a member. Raises ApiProblem 403 otherwise."""
    if visitor.member is None:
        raise ApiProblem(403, "no_member", "this wallet is no member's", "sign in with the wallet you enrolled")
    return visitor


Member = Annotated[Visitor, Depends(member)]
ParticipantPath = Annotated[int, Path(ge=1, le=2**32 - 1, description="participant index", examples=[1])]


def own_participant(participant: ParticipantPath, visitor: Signed, ctx: Ctx) -> int:
    """The participant of the path, which is the visitor's. Raises ApiProblem 404 `not_yours`."""
    require_own(ctx, visitor, participant)
    return participant


OwnParticipant = Annotated[int, Depends(own_participant)]


def require_own(ctx: Context, visitor: Visitor, participant: int) -> None:
    """Raises ApiProblem 404 unless a participant is the visitor's, where it comes in a query or a body."""
    if visitor.member is None:
        raise not_yours()
    with ctx.store.read() as connection:
        if not owns(connection, visitor.member, participant):
            raise not_yours()


def require_same_site(request: Request, ctx: Context) -> None:
    """Raises ApiProblem 403 unless a browser says that the page of this very community causes the request."""
    origin = request.headers.get("origin")
    if origin is not None:
        if origin in ctx.settings.origins:
            return
    elif request.headers.get("sec-fetch-site") == "same-origin":
        return
    raise ApiProblem(403, "other_site", "the request comes from another site", "use the community's own pages")


def token_hash(token: str) -> bytes:
    """What the store keeps of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def too_many(wait: float) -> ApiProblem:
    """429, with the seconds after which to come again."""
    return ApiProblem(429, "too_many", "too many requests", "wait a moment", retry_s=int(wait) + 1)


def client_of(request: Request) -> str:
    """The address a request is counted for; set by the rate limit, forwarded headers considered."""
    return str(request.scope.get("watt_client", ""))


# ---------------------------------------------------------------------------- lists and caching


@dataclass(frozen=True)
class PageOf:
    """Which part of a list: what comes after `after`, at most `limit` entries."""

    cursor: str | None
    limit: int

    def after(self, parts: int) -> tuple[int, ...] | None:
        """The position that `cursor` stands for, None for the beginning. Raises ApiProblem 422 for a wrong one."""
        if self.cursor is None:
            return None
        try:
            padded = self.cursor + "=" * (-len(self.cursor) % 4)
            found = json.loads(base64.b64decode(padded, b"-_", validate=True))
        except (ValueError, binascii.Error, RecursionError):
            found = None
        if (
            not isinstance(found, list)
            or len(found) != parts
            or not all(type(one) is int and abs(one) < 2**63 for one in found)
        ):
            raise invalid("cursor", "this is no cursor of this list", "take `next` of the page before", code="cursor")
        return tuple(found)


def cursor_of(*position: int) -> str:
    """What a client hands back to go on after a position."""
    return base64.urlsafe_b64encode(json.dumps(position, separators=(",", ":")).encode()).rstrip(b"=").decode()


def page(
    cursor: Annotated[str | None, Query(max_length=200, description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=_MOST, description="entries at most")] = 50,
) -> PageOf:
    """Which part of a list is asked for."""
    return PageOf(cursor, limit)


Page = Annotated[PageOf, Depends(page)]


def public_for(seconds: int) -> Callable[[Response], None]:
    """A dependency for what everybody may see: caches may keep it so long. Without it nothing is stored anywhere."""

    def cache(response: Response) -> None:
        response.headers["Cache-Control"] = f"public, max-age={seconds}"

    return cache
