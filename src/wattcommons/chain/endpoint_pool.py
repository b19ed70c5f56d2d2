"""Several connections over the same nodes, so that the questions of several threads need not wait for each other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import LifoQueue
from typing import Any

from web3.providers.base import JSONBaseProvider
from web3.types import RPCEndpoint, RPCResponse

from wattcommons.chain.endpoints import Endpoints


class EndpointPool(JSONBaseProvider):
    """A web3 provider that lends each question one of `size` connections made by `make`. Raises as `Endpoints`."""

    def __init__(self, make: Callable[[], Endpoints], size: int = 8) -> None:
        super().__init__()
        self._free: LifoQueue[Endpoints] = LifoQueue()
        self._all = [make() for _ in range(size)]
        for one in self._all:
            self._free.put(one)
        self._last = threading.local()

    def __repr__(self) -> str:
        return f"EndpointPool({self._all[0]!r}, {len(self._all)})"

    __str__ = __repr__

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        """One question."""
        with self._lent() as endpoints:
            return endpoints.make_request(method, params)

    def make_batch_request(self, requests: list[tuple[RPCEndpoint, Any]]) -> list[RPCResponse]:
        """Several questions at once; the answers in their order."""
        with self._lent() as endpoints:
            return endpoints.make_batch_request(requests)

    def move_on(self) -> None:
        """The answer that this thread had last helped nobody: its connection asks another node first from now on."""
        last: Endpoints | None = getattr(self._last, "endpoints", None)
        if last is not None:
            last.move_on()

    def close(self) -> None:
        """Close all connections."""
        for one in self._all:
            one.close()

    @contextmanager
    def _lent(self) -> Iterator[Endpoints]:
        endpoints = self._free.get()
        self._last.endpoints = endpoints
        try:
            yield endpoints
        finally:
            self._free.put(endpoints)
