"""Seeded chance: one independent stream per (seed, name), so that adding a home changes no other home.

`random.Random` seeded with text hashes it with SHA-512 and promises the same `random()` sequence in every
Python version; nothing else of that module is used. Floats are fine here: nothing of a simulation is settled
before it has become whole Wh.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """A named stream of pseudo-random numbers."""

    __slots__ = ("_next",)

    def __init__(self, seed: int, name: str) -> None:
        self._next = Random(f"{seed}/{name}").random

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        """A number of [low, high)."""
        return low + (high - low) * self._next()

    def normal(self, mean: float = 0.0, deviation: float = 1.0) -> float:
        """A Gaussian number (Box and Muller), cut at four deviations so that no rare draw breaks a village."""
        radius = math.sqrt(-2.0 * math.log(1.0 - self._next()))
        drawn = radius * math.cos(2.0 * math.pi * self._next())
        return mean + deviation * max(-4.0, min(4.0, drawn))

    def integer(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self._next() * (high - low + 1))

    def pick(self, items: Sequence[T]) -> T:
        """One of the items, each as likely as the others."""
        return items[int(self._next() * len(items))]

    def happens(self, probability: float) -> bool:
        """True with the given probability."""
        return self._next() < probability
