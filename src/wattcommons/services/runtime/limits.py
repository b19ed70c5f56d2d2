"""How much one sender may ask for: a bucket of tokens each, refilled with time."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from ipaddress import ip_address
from typing import Final

_DEBT: Final = 10
"""A bucket may be this many times its content below empty: so long a sender is kept away at most."""


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
            level = self._level(key)
            wait = 0.0 if level >= wanted else (wanted - level) / self._rate
            self._keep(key, level if wait else level - wanted)
        return wait

    def charge(self, key: Hashable, tokens: float) -> None:
        """Take tokens for what is done already, whether they are there or not."""
        with self._lock:
            self._keep(key, max(self._level(key) - tokens, -_DEBT * self._burst))

    def _level(self, key: Hashable) -> float:
        now = self._clock()
        level, since = self._buckets.pop(key, (self._burst, now))
        return min(self._burst, level + (now - since) * self._rate)

    def _keep(self, key: Hashable, level: float) -> None:
        self._buckets[key] = (level, self._clock())
        while len(self._buckets) > self._most:
            self._buckets.popitem(last=False)


def sender_of(host: str) -> str:
    """Whom a remote address is counted for: an IPv6 customer has a whole /64 (RFC 6177), and counts as one."""
    try:
        address = ip_address(host)
    except ValueError:
        return host[:64]
    if address.version == 4:
        return str(address)
    mapped = address.ipv4_mapped
    return str(mapped) if mapped is not None else address.packed[:8].hex()
