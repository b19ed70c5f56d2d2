"""The node for wallets (JSON-RPC): see `rpc_policy.py` for who may ask what."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Body, Path
from fastapi.responses import JSONResponse

from wattcommons.chain.rpc import ask_all
from wattcommons.errors import ChainError
from wattcommons.services.api import rpc_policy as policy
from wattcommons.services.api.context import Context
from wattcommons.services.api.dependencies import Ctx, OptionalVisitor, Visitor, too_many, visitor_of
from wattcommons.services.api.node_address import kept_as
from wattcommons.services.api.problems import ApiProblem
from wattcommons.services.api.rpc_rules import Asking, Refused, Rules

_SIGN_IN: Final = "sign in, and give your wallet the address of your session"
_EXAMPLE: Final = {"jsonrpc": "2.0", "id": 1, "method": "eth_chainId", "params": []}
_ANY: Final[dict[str, Any]] = {"anyOf": [{"type": "object"}, {"type": "array", "items": {"type": "object"}}]}
_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {"application/json": {"schema": _ANY}}}}
Question = Annotated[Any, Body(examples=[_EXAMPLE])]


def router() -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["rpc"], responses=_RESPONSES)

    @routes.post("/rpc")
    def rpc(ctx: Ctx, visitor: OptionalVisitor, question: Question) -> JSONResponse:
        """Ask the node, as who the session says."""
        return JSONResponse(_answered(ctx, visitor, question))

    @routes.post("/rpc/{token}")
    def rpc_of_wallet(
        ctx: Ctx, token: Annotated[str, Path(pattern="^[A-Za-z0-9_-]{43}$")], question: Question
    ) -> JSONResponse:
        """Ask the node, as whose token stands in the address: that of `/v1/session/node`, or a bearer's own."""
        return JSONResponse(_answered(ctx, _wallet_of(ctx, token), question))

    return routes


def _wallet_of(ctx: Context, token: str) -> Visitor:
    """Whose wallet asks. Raises ApiProblem 401 for nobody's."""
    try:
        return visitor_of(ctx, kept_as(token), bearer=True)
    except ApiProblem as problem:
        if problem.code != "signed_out":
            raise
        return visitor_of(ctx, token, bearer=True)


def _answered(ctx: Context, visitor: Visitor | None, question: Any) -> Any:
    if not isinstance(question, list):
        return _answers(ctx, visitor, [question])[0]
    if not 0 < len(question) <= ctx.settings.limits.batch:
        most = ctx.settings.limits.batch
        return _error(None, -32600, f"a batch of {len(question)} calls", f"send 1 to {most} at once")
    return _answers(ctx, visitor, question)


def _answers(ctx: Context, visitor: Visitor | None, questions: list[Any]) -> list[Any]:
    """An answer to each question; those that are to be asked of the node go there together."""
    if visitor is not None and len(questions) > 1:
        wait = ctx.sessions.take(visitor.token_hash, len(questions) - 1)
        if wait:
            raise too_many(wait)
    rules = None if visitor is None else Rules(ctx, visitor)
    answers: list[Any] = []
    asked: list[tuple[int, Any, Asking]] = []
    for position, question in enumerate(questions):
        number = question.get("id") if isinstance(question, dict) else None
        if not isinstance(number, (int, str)):
            number = None
        try:
            found = _checked(ctx, rules, question)
        except Refused as refused:
            answers.append(_error(number, refused.code, refused.what, refused.advice))
            continue
        if isinstance(found, Asking):
            asked.append((position, number, found))
            answers.append(None)
        else:
            answers.append({"jsonrpc": "2.0", "id": number, "result": found})
    for (position, number, _), answer in zip(asked, _forwarded(ctx, asked), strict=True):
        answers[position] = {"jsonrpc": "2.0", "id": number, **answer}
    return answers


def _checked(ctx: Context, rules: Rules | None, question: Any) -> Any:
    """What to ask of the node, or the result itself. Raises Refused."""
    if not isinstance(question, dict) or question.get("jsonrpc") != "2.0":
        raise Refused(-32600, "this is no JSON-RPC 2.0 call", "send {jsonrpc, id, method, params}")
    method, parameters = question.get("method"), question.get("params", [])
    if not isinstance(method, str) or not isinstance(parameters, list):
        raise Refused(-32600, "method is a text and params a list", "send {jsonrpc, id, method, params}")
    if method == "eth_chainId":
        return hex(ctx.deployment.chain_id)
    if method == "net_version":
        return str(ctx.deployment.chain_id)
    if method == "web3_clientVersion":
        return f"WattCommons/{ctx.version}"
    if method in policy.PUBLIC:
        return Asking(method, ())
    if rules is None:
        raise Refused(-32001, f"{method[:60]} is for who is signed in", _SIGN_IN)
    return "0x0" if method in policy.FREE else rules.check(method, parameters)


def _forwarded(ctx: Context, asked: list[tuple[int, Any, Asking]]) -> list[dict[str, Any]]:
    if not asked:
        return []
    try:
        answers = ask_all(ctx.contracts.web3, [(one.method, one.parameters) for _, _, one in asked])
    except ChainError:
        broken = _error(None, -32603, "the community's node does not answer", "try again soon")["error"]
        return [{"error": broken} for _ in asked]
    return [
        {"error": answer["error"]} if "error" in answer else {"result": one.shape(answer["result"])}
        for (_, _, one), answer in zip(asked, answers, strict=True)
    ]


def _error(number: Any, code: int, what: str, advice: str) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": number, "error": {"code": code, "message": f"{what}: {advice}"}}
