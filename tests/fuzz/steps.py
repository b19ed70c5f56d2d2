"""A value that is a function of the interval, in the plainest way."""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T")


class Steps(Generic[T]):
    """From each date on another value; a change holds for later dates too."""

    def __init__(self, before: T) -> None:
        self.dated: list[tuple[int, T]] = [(-1, before)]

    def at(self, interval: int) -> T:
        return next(value for start, value in reversed(self.dated) if start <= interval)

    def set(self, start: int, value: T) -> None:
        self.dated = [step for step in self.dated if step[0] < start]
        self.dated.append((start, value))

    @property
    def last(self) -> tuple[int, T]:
        """The newest date, however far ahead, and its value."""
        return self.dated[-1]
