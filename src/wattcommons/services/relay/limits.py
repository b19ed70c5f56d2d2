"""How much one sender may ask for: a bucket of tokens each, refilled with time."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable


class Buckets:
    """`rate` tokens a second for each key, at most `burst` at once. Thread-safe.

    Memory is bounded: past `most` keys the one that asked longest ago is forgotten, which only fills its bucket.
    """

    def __init__(
        self, rate: float, burst: float, *, most: int = 10_000, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate, self._burst, self._most, self._clock = rate, burst, most, clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def take(self, key: Hashable, tokens: float = 1.0) -> float:
        """Take tokens and return 0, or take nothing and return the seconds after which there are enough.

        More than `burst` at once is taken as `burst`: it would never be there.
        """
        wanted = min(tokens, self._burst)
        with self._lock:
            now = self._clock()
            level, since = self._buckets.pop(key, (self._burst, now))
            level = min(self._burst, level + (now - since) * self._rate)
            wait = 0.0 if level >= wanted else (wanted - level) / self._rate
            self._buckets[key] = (level if wait else level - wanted, now)
            while len(self._buckets) > self._most:
                self._buckets.popitem(last=False)
        return wait
