"""How long to wait before trying again: longer after each failure, and never all at the same moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from wattcommons.errors import RuleError


@dataclass
class Backoff:
    """Waits in seconds that grow by `factor` from `first` up to `most`, each drawn evenly from 0 up to its bound.

    Drawing from the whole range ("full jitter", M. Brooker, Exponential Backoff and Jitter, AWS, 2015) spreads a
    thousand gateways that lost the same node best. Raises RuleError unless 0 < first <= most and factor >= 1.
    """

    random: Random
    first: float = 1.0
    factor: float = 2.0
    most: float = 300.0
    _bound: float = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not 0 < self.first <= self.most or not self.factor >= 1:
            raise RuleError(
                f"waits from {self.first} s to {self.most} s by a factor of {self.factor}",
                "the first wait is above 0 and not above the longest, the factor 1 or more",
            )
        self._bound = self.first

    @property
    def bound(self) -> float:
        """The longest that the next wait can be, seconds."""
        return self._bound

    def pause(self) -> float:
        """The wait after one more failure, seconds."""
        drawn = self.random.uniform(0.0, self._bound)
        self._bound = min(self.most, self._bound * self.factor)
        return drawn

    def reset(self) -> None:
        """It worked: the next failure waits as the first one did."""
        self._bound = self.first
