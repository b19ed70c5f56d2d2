"""Degree days on the base of 18 °C, in exact tenths, and a month of use beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from wattcommons.errors import RuleError

BASE_TENTHS: Final = 180
"""18 °C in tenths of °C: below it homes are heated, above it cooled."""


@dataclass(frozen=True, slots=True)
class DegreeDays:
    """Heating and cooling of a number of days, in tenths of °C × day, all >= 0 (RuleError otherwise)."""

    days: int
    heating: int
    cooling: int

    def __post_init__(self) -> None:
        if self.days < 1 or self.heating < 0 or self.cooling < 0:
            raise RuleError(f"{self.heating} and {self.cooling} degree days in {self.days} days", "give 1 day or more")

    @property
    def total(self) -> int:
        """Heating and cooling together."""
        return self.heating + self.cooling


def degree_days(daily_means_tenths: Sequence[int]) -> DegreeDays:
    """Σ (18 °C − T)⁺ and Σ (T − 18 °C)⁺ over daily mean temperatures in tenths of °C. Raises RuleError for no day."""
    return DegreeDays(
        days=len(daily_means_tenths),
        heating=sum(max(0, BASE_TENTHS - mean) for mean in daily_means_tenths),
        cooling=sum(max(0, mean - BASE_TENTHS) for mean in daily_means_tenths),
    )


@dataclass(frozen=True, slots=True)
class MonthUse:
    """Recorded use of one whole calendar month, Wh, and its weather. Raises RuleError on an impossible month."""

    year: int
    month: int
    used_wh: int
    weather: DegreeDays

    def __post_init__(self) -> None:
        if not 1 <= self.month <= 12 or self.used_wh < 0:
            raise RuleError(f"month {self.month} with {self.used_wh} Wh", "months are 1 to 12, use is not negative")
