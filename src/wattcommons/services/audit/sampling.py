"""Signatures of a very large book checked by sample, and what that shows, with a confidence that is stated exactly.

Runs are drawn evenly and without replacement while they are read (Vitter's algorithm R), by a seed: the same seed draws
the same runs. What the sample says of all is the exact upper bound of the hypergeometric distribution, not an estimate.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from math import comb
from typing import Final, Generic, TypeVar

from wattcommons.errors import SettingsError

CONFIDENCE_PPM: Final = 950_000
T = TypeVar("T")


class Sample(Generic[T]):
    """`size` of whatever is offered, each with the same chance."""

    def __init__(self, size: int, seed: int) -> None:
        """Raises SettingsError for a size below 1."""
        if size < 1:
            raise SettingsError(f"is {size}", "give the number of signatures to check, 1 or more", setting="--sample")
        self.size = size
        self.seed = seed
        self.offered = 0
        self._chosen: list[T] = []
        self._dice = random.Random(seed)  # noqa: S311 - whoever repeats the audit has to draw the same

    def offer(self, one: T) -> None:
        """One more of those to draw from."""
        self.offered += 1
        if len(self._chosen) < self.size:
            self._chosen.append(one)
        else:
            place = self._dice.randrange(self.offered)
            if place < self.size:
                self._chosen[place] = one

    @property
    def chosen(self) -> tuple[T, ...]:
        """Those drawn."""
        return tuple(self._chosen)


@dataclass(frozen=True, slots=True)
class SampleResult:
    """`bad` of `checked` signatures of a `population` did not hold; at most `bound` do not, with `confidence_ppm`.

    `seed`: by which they were drawn.
    """

    population: int
    checked: int
    bad: int
    seed: int
    bound: int
    confidence_ppm: int = CONFIDENCE_PPM

    @property
    def words(self) -> str:
        """What was done and what it shows."""
        if self.checked == self.population:
            return f"all {self.population:,} signatures were checked: {self.bad:,} bad"
        return (
            f"{self.checked:,} of {self.population:,} signatures were checked, drawn evenly by seed {self.seed}: "
            f"{self.bad:,} bad. With {_percent(self.confidence_ppm)} confidence at most {self.bound:,} of all "
            f"({_percent(-(-self.bound * 1_000_000 // max(self.population, 1)))}) are bad, by the exact hypergeometric "
            "bound, if nobody knew the seed before the book was closed. Everything but signatures is complete"
        )


def result_of(population: int, checked: int, bad: int, seed: int) -> SampleResult:
    """What a sample says."""
    return SampleResult(population, checked, bad, seed, bad_at_most(population, checked, bad))


def bad_at_most(population: int, checked: int, bad: int, confidence_ppm: int = CONFIDENCE_PPM) -> int:
    """The largest number of bad ones in a population that a sample does not rule out.

    That is the largest K for which a sample of `checked`, drawn without replacement, holds `bad` or fewer of K with a
    chance of more than 1 − confidence. Exact, in whole numbers.
    """
    low, high = bad, population - (checked - bad)  # every one that was seen to be good is good
    step = 1
    while low + step < high and _is_possible(population, checked, bad, low + step, confidence_ppm):
        low += step
        step *= 2
    high = min(high, low + step)
    while low < high:
        middle = (low + high + 1) // 2
        if _is_possible(population, checked, bad, middle, confidence_ppm):
            low = middle
        else:
            high = middle - 1
    return low


def _is_possible(population: int, checked: int, bad: int, among: int, confidence_ppm: int) -> bool:
    """Whether P(at most `bad` of `among` in the sample) > 1 − confidence."""
    # Drawing the sample out of all, or the bad ones out of all, is the same chance: the smaller one is reckoned with.
    few, other = sorted((checked, among))
    ways = sum(comb(other, found) * comb(population - other, few - found) for found in range(min(bad, few) + 1))
    return ways * 1_000_000 > (1_000_000 - confidence_ppm) * comb(population, few)


def _percent(ppm: int) -> str:
    text = f"{ppm / 10_000:.4f}".rstrip("0").rstrip(".")
    return f"{text} %"
