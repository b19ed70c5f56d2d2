"""Answers that cost something: a tag that is known before the work is done.

The index changes only with its newest block, so an answer is a function of that block, of what is asked and of who
asks. A client that sends such a tag back gets 304 for a few reads of one row.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from fastapi import Request, Response

from wattcommons.services.api.context import Context
from wattcommons.services.store.reads.state import IndexState

Kept = TypeVar("Kept")


class Recent(Generic[Kept]):
    """The latest answers to questions that everybody asks alike, by their tags. Thread-safe; what is asked twice at
    once may be made twice.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Kept] = OrderedDict()

    def get(self, tag: str, make: Callable[[], Kept]) -> Kept:
        """The answer that a tag stands for, made where it is not at hand."""
        with self._lock:
            found = self._kept.get(tag)
        if found is None:
            found = make()
            with self._lock:
                self._kept[tag] = found
                while len(self._kept) > self._most:
                    self._kept.popitem(last=False)
        return found


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
