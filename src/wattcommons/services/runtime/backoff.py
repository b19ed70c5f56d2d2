"""How long to wait before trying again: longer after each failure, and never all at the same moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from wattcommons.errors import RuleError


@dataclass
class Backoff:
    """Waits in seconds that grow by `factor` from `first` up to `most`, each drawn evenly from `least` up to its bound.

    Drawing from (nearly) the whole range ("full jitter", M. Brooker, Exponential Backoff and Jitter, AWS, 2015)
    spreads best a thousand gateways that lost the same node. Raises RuleError unless
    0 <= least <= first <= most, 0 < first and factor >= 1.
    """

    random: Random
    first: float = 1.0
    factor: float = 2.0
    most: float = 300.0
    least: float = 0.2
    _bound: float = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not 0 <= self.least <= self.first <= self.most or not self.first > 0 or not self.factor >= 1:
            raise RuleError(
                f"waits of {self.least} s, from {self.first} s to {self.most} s by a factor of {self.factor}",
                "the least is not above the first, the first above 0 and not above the most, the factor 1 or more",
            )
        self._bound = self.first

    @property
    def bound(self) -> float:
        """The longest that the next wait can be, seconds."""
        return self._bound

    def pause(self) -> float:
        """The wait after one more failure, seconds."""
        drawn = self.random.uniform(self.least, self._bound)
        self._bound = min(self.most, self._bound * self.factor)
        return drawn

    def reset(self) -> None:
        """It worked: the next failure waits as the first one did."""
        self._bound = self.first
