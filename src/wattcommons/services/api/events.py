"""News for open pages: what the index has taken in since the last look, as ids and intervals, never as energy.

The hub looks at the store, so that it does not matter which process indexes. Everybody hears of cleared and settled
intervals; a member hears of the own participants and the own wallet besides. News are hints: a page asks again.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final

import anyio.to_thread
import structlog

from wattcommons.chain.deployment import Deployment
from wattcommons.chain.logs import RawLog
from wattcommons.errors import StoreError
from wattcommons.services.api.news import News, news_of
from wattcommons.services.store.engine import Store
from wattcommons.services.store.reads.news import logs_between
from wattcommons.services.store.reads.state import IndexState, index_state

_QUEUE: Final = 200
_MOST_LOGS: Final = 2_000
"""Past so many at once pages are told that everything changed: they have to ask for it anyway."""


@dataclass(eq=False)
class Listener:
    """One open stream. `participants`, `wallet`: whose news it may hear beside everybody's; `key`: who is counted."""

    key: str
    wallet: str | None = None
    participants: frozenset[int] = frozenset()
    queue: asyncio.Queue[News | None] = field(default_factory=lambda: asyncio.Queue(_QUEUE))

    def may_hear(self, news: News) -> bool:
        """Whether these news are everybody's or this listener's own."""
        if news.public:
            return True
        return (self.wallet is not None and self.wallet in news.wallets) or not self.participants.isdisjoint(
            news.participants
        )

    def tell(self, news: News | None) -> None:
        """Queue news; a listener that does not keep up is ended, and asks for everything when it comes back."""
        try:
            self.queue.put_nowait(news)
        except asyncio.QueueFull:
            with suppress(asyncio.QueueEmpty):
                self.queue.get_nowait()
            self.queue.put_nowait(None)


class EventHub:
    """Looks at the store every `poll_s` seconds while anybody listens. `most`, `each`: open streams in all, of one."""

    def __init__(self, *, poll_s: float = 1.0, most: int = 500, each: int = 8) -> None:
        self.poll_s, self.most, self.each = poll_s, most, each
        self.state = IndexState(-1, -1, 0)
        self._listeners: set[Listener] = set()
        self._count: Counter[str] = Counter()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False
        self._log: Any = structlog.get_logger("api")

    @property
    def listeners(self) -> int:
        """Open streams."""
        return len(self._listeners)

    @asynccontextmanager
    async def running(self, store: Store, deployment: Deployment) -> AsyncIterator[None]:
        """Look at the store while the block runs."""
        self._loop, self._closed = asyncio.get_running_loop(), False
        watching = asyncio.create_task(self._watch(store, deployment), name="news")
        try:
            yield
        finally:
            self.close()
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching
            self._loop = None

    def join(self, listener: Listener) -> bool:
        """Let somebody listen; False when too many do."""
        if self._closed or len(self._listeners) >= self.most or self._count[listener.key] >= self.each:
            return False
        self._listeners.add(listener)
        self._count[listener.key] += 1
        return True

    def leave(self, listener: Listener) -> None:
        """Somebody has gone."""
        if listener in self._listeners:
            self._listeners.discard(listener)
            self._count[listener.key] -= 1
            self._count += Counter()  # forget who has none left

    def close(self) -> None:
        """End all streams. From the loop's own thread; `close_soon` from another."""
        self._closed = True
        for listener in self._listeners:
            listener.tell(None)

    def close_soon(self) -> None:
        """End all streams, from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self.close)

    def publish(self, news: News) -> None:
        """Tell news, from any thread."""
        loop = self._loop
        if loop is not None:
            with suppress(RuntimeError):  # the loop has just ended
                loop.call_soon_threadsafe(self._tell, news)

    def _tell(self, news: News) -> None:
        for listener in self._listeners:
            if listener.may_hear(news):
                listener.tell(news)

    async def _watch(self, store: Store, deployment: Deployment) -> None:
        while True:
            try:
                for news in await anyio.to_thread.run_sync(self._look, store, deployment):
                    self._tell(news)
            except StoreError as error:
                self._log.warning("news not known", reason=str(error))
            await asyncio.sleep(self.poll_s)

    def _look(self, store: Store, deployment: Deployment) -> list[News]:
        """News since the last look; the first look only finds out where the index is."""
        before = self.state
        with store.read() as connection:
            self.state = index_state(connection)
            first = before.block + 1
            if before.block < 0 or self.state.block < first or not self._listeners:
                return []  # a rewind tells nothing: what comes after it does
            logs = logs_between(connection, first, self.state.block, _MOST_LOGS + 1)
        return list(_translated(deployment, logs))


def _translated(deployment: Deployment, logs: list[RawLog]) -> Iterator[News]:
    if len(logs) > _MOST_LOGS:
        yield News.everything()
        return
    yield from news_of(deployment, logs)
