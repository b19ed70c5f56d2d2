"""Answers that cost something: a tag that is known before the work is done.

The index changes only with its newest block, so an answer is a function of that block, of what is asked and of who
asks. A client that sends such a tag back gets 304 for a few reads of one row.
"""

from __future__ import annotations

import hashlib

from fastapi import Request, Response

from wattcommons.services.api.context import Context
from wattcommons.services.store.reads.state import IndexState


def tag_of(ctx: Context, request: Request, state: IndexState, *more: object) -> str:
    """The tag of an answer. `more`: whatever else it depends on: who asks, the local day."""
    parts = (ctx.version, ctx.deployment.chain_id, state.block, state.at, request.url.path, request.url.query, *more)
    digest = hashlib.blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
    return f'W/"{digest}"'


def unchanged(request: Request, response: Response, tag: str) -> Response | None:
    """304 where the client has what the tag stands for; else None, and the tag goes out with the answer."""
    known = request.headers.get("if-none-match", "")
    if tag in (one.strip() for one in known.split(",")):
        kept = {"ETag": tag}
        if "cache-control" in response.headers:
            kept["Cache-Control"] = response.headers["cache-control"]
        return Response(status_code=304, headers=kept)
    response.headers["ETag"] = tag
    return None
