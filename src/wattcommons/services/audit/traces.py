"""A value that is a function of the interval, as every dated change in the registry is."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Trace(Generic[T]):
    """What is in force from which interval on. A change applies to everything dated later too."""

    def __init__(self, before: T) -> None:
        self._from: list[int] = []
        self._values: list[T] = []
        self._before = before

    @property
    def last(self) -> int:
        """From when the value dated last is in force; 0 when nothing is dated."""
        return self._from[-1] if self._from else 0

    def at(self, interval: int) -> T:
        """The value in force in an interval."""
        position = bisect_right(self._from, interval)
        return self._values[position - 1] if position else self._before

    def set(self, first: int, value: T) -> None:
        """Replaces the value from `first` on."""
        self.update(first, lambda _: value)

    def update(self, first: int, change: Callable[[T], T]) -> None:
        """Changes the value from `first` on, in each of the values dated later."""
        position = bisect_left(self._from, first)
        if position == len(self._from) or self._from[position] != first:
            self._from.insert(position, first)
            self._values.insert(position, self._values[position - 1] if position else self._before)
        for later in range(position, len(self._from)):
            self._values[later] = change(self._values[later])
