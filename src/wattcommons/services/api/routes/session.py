"""Signing in with Ethereum, and signing out."""

from __future__ import annotations

import secrets
from typing import Any, Final

import structlog
from fastapi import APIRouter, Request, Response

from wattcommons.chain.accounts import checksummed
from wattcommons.chain.sign_in import SignInText, is_signed_by, parse_sign_in, sign_in_message
from wattcommons.errors import RuleError
from wattcommons.services.api.context import Context
from wattcommons.services.api.dependencies import (
    COOKIE,
    Ctx,
    OptionalVisitor,
    Signed,
    client_of,
    require_same_site,
    token_hash,
    too_many,
)
from wattcommons.services.api.models.session import NodeAddress, Session, SignIn, SignInChallenge
from wattcommons.services.api.models.session_request import ChallengeRequest
from wattcommons.services.api.node_address import kept_as, node_token
from wattcommons.services.api.problems import ApiProblem
from wattcommons.services.store.app.sessions import (
    StoredSession,
    add_nonce,
    add_session,
    end_session,
    find_session,
    use_nonce,
)

_CHALLENGE_S: Final = 300
_SKEW_S: Final = 5
_STATEMENT: Final = "Sign in to {name}. This costs nothing and moves nothing."


def router() -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["session"])

    @routes.post("/v1/session/challenge")
    def challenge(ctx: Ctx, request: Request, asked: ChallengeRequest) -> SignInChallenge:
        """The text to sign for an account; good for five minutes and one sign-in."""
        _limit(ctx, request)
        now = int(ctx.clock())
        nonce, expires = secrets.token_hex(16), now + _CHALLENGE_S
        with ctx.store.write() as connection:
            add_nonce(connection, nonce, now, expires)
        text = _text(ctx, _origin(ctx, request), asked.account, nonce, now, expires)
        return SignInChallenge(nonce=nonce, message=text.text(), expires=expires)

    @routes.post("/v1/session", status_code=201)
    def begin(ctx: Ctx, request: Request, response: Response, given: SignIn) -> Session:
        """Begin a session by a signed challenge: a cookie, or with `bearer` a token."""
        _limit(ctx, request)
        if not given.bearer:
            require_same_site(request, ctx)
        now = int(ctx.clock())
        text = _checked(ctx, given.message, now)
        with ctx.store.write() as connection:  # used up before anything else is asked: no second try by it
            fresh = use_nonce(connection, text.nonce, now)
        if not fresh:
            raise ApiProblem(401, "nonce", "this text was used before, or is too old", "ask for a new one, and sign it")
        message, signature = sign_in_message(given.message), bytes.fromhex(given.signature[2:])
        if not is_signed_by(ctx.contracts.web3, text.account, message, signature):
            raise ApiProblem(401, "signature", "the signature is not that account's", "sign with the account shown")
        token = secrets.token_urlsafe(32)
        expires = now + ctx.settings.session_s
        with ctx.store.write() as connection:
            add_session(connection, token_hash(token), StoredSession(text.account, now, expires, given.bearer))
        log: Any = structlog.get_logger("api")
        log.info("signed in", wallet=text.account)
        if given.bearer:
            return Session(wallet=text.account, expires=expires, token=token)
        response.set_cookie(
            COOKIE,
            token,
            max_age=ctx.settings.session_s,
            path="/",
            secure=ctx.settings.secure,
            httponly=True,
            samesite="strict",
        )
        return Session(wallet=text.account, expires=expires)

    @routes.get("/v1/session")
    def current(visitor: Signed) -> Session:
        """The session of this request."""
        return Session(wallet=visitor.wallet, expires=visitor.expires)

    @routes.post("/v1/session/node", status_code=201)
    def node(ctx: Ctx, request: Request, visitor: Signed) -> NodeAddress:
        """The node's address for the member's own wallet, which sends no cookie. The same as long as the session."""
        if visitor.bearer:
            own = request.headers["authorization"][7:].strip()
            return NodeAddress(path=f"/rpc/{own}", expires=visitor.expires)
        token = node_token(request.cookies[COOKIE])
        digest = token_hash(kept_as(token))
        with ctx.store.write() as connection:
            if find_session(connection, digest) is None:
                kept = StoredSession(visitor.wallet, int(ctx.clock()), visitor.expires, bearer=True)
                add_session(connection, digest, kept)
        return NodeAddress(path=f"/rpc/{token}", expires=visitor.expires)

    @routes.delete("/v1/session", status_code=204)
    def end(ctx: Ctx, request: Request, visitor: OptionalVisitor, response: Response) -> None:
        """End the session, and its wallet's; harmless without one."""
        if visitor is not None:
            with ctx.store.write() as connection:
                end_session(connection, visitor.token_hash)
                if not visitor.bearer:
                    end_session(connection, token_hash(kept_as(node_token(request.cookies[COOKIE]))))
        response.delete_cookie(COOKIE, path="/", secure=ctx.settings.secure, httponly=True, samesite="strict")

    return routes


def _limit(ctx: Context, request: Request) -> None:
    wait = ctx.sign_ins.take(client_of(request))
    if wait:
        raise too_many(wait)


def _origin(ctx: Context, request: Request) -> str:
    """The origin to sign in at: the one whose page asks, where it is one of ours."""
    origin = request.headers.get("origin")
    if origin in ctx.settings.origins:
        return str(origin)
    host = ctx.settings.domains.get(request.headers.get("host", ""))
    return host or ctx.settings.origins[0]


def _text(ctx: Context, origin: str, account: str, nonce: str, now: int, expires: int) -> SignInText:
    domain = next(domain for domain, known in ctx.settings.domains.items() if known == origin)
    statement = _statement(ctx)
    return SignInText(domain, checksummed(account), statement, origin, ctx.deployment.chain_id, nonce, now, expires)


def _statement(ctx: Context) -> str:
    name = ctx.deployment.terms.name.encode("ascii", "replace").decode()[:80]
    return _STATEMENT.format(name=name)


def _checked(ctx: Context, message: str, now: int) -> SignInText:
    """The text that was signed, if it is one of this server's and of this time. Raises ApiProblem."""
    try:
        text = parse_sign_in(message)
    except RuleError as error:
        raise ApiProblem(422, "sign_in_text", error.message, error.hint, where="message") from None
    expected = ctx.settings.domains.get(text.domain)
    if expected is None or text.uri != expected:
        raise _wrong("it is for another site", "sign in at the community's own address only")
    if text.chain_id != ctx.deployment.chain_id:
        raise _wrong(f"it is for chain {text.chain_id}", f"the community's chain is {ctx.deployment.chain_id}")
    if text.statement != _statement(ctx):
        raise _wrong("its wording is not this community's", "ask for a new text, and sign it")
    if not text.issued - _SKEW_S <= now < text.expires <= text.issued + _CHALLENGE_S:
        raise _wrong("it is too old", "ask for a new one, and sign it", code="expired")
    return text


def _wrong(detail: str, what_to_do: str, *, code: str = "sign_in_text") -> ApiProblem:
    return ApiProblem(401, code, f"the text cannot be used: {detail}", what_to_do, where="message")
