"""The grid's prices in one interval, which bound every local price."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wattcommons.domain.units import MicroEurPerKwh, NanoEur, value_of
from wattcommons.errors import RuleError

MAX_TARIFF_PRICE: Final = 1_000_000_000
"""Largest amount of a tariff's price either side of 0, µ€/kWh (1,000 €/kWh): then R − f fits 32 bits too."""


@dataclass(frozen=True, slots=True)
class Tariff:
    """Backup prices and network fee of one interval, µ€/kWh, signed, each within ±1,000,000,000.

    `retail` (R): the grid sells at it without limit. `feed_in` (F): the grid buys at it without limit.
    `network_fee` (f): what a kWh traded locally costs its buyer beside the price.
    Raises RuleError outside that range.
    """

    retail: MicroEurPerKwh
    feed_in: MicroEurPerKwh
    network_fee: MicroEurPerKwh

    def __post_init__(self) -> None:
        for what, price in (
            ("retail price", self.retail),
            ("feed-in price", self.feed_in),
            ("network fee", self.network_fee),
        ):
            if abs(price) > MAX_TARIFF_PRICE:
                raise RuleError(f"the {what} is {price} µ€/kWh", f"it lies within ±{MAX_TARIFF_PRICE}")

    @property
    def floor(self) -> MicroEurPerKwh:
        """Lowest local price: F, at which the grid buys everything."""
        return self.feed_in

    @property
    def ceiling(self) -> MicroEurPerKwh:
        """Highest local price: R − f, at which a buyer pays as much as to the grid."""
        return MicroEurPerKwh(self.retail - self.network_fee)

    @property
    def spread(self) -> int:
        """R − f − F, µ€/kWh: what a local kWh gains for its two sides together; below zero no local trade."""
        return self.ceiling - self.floor

    @property
    def has_local_price(self) -> bool:
        """Whether any local price is possible (R − f >= F)."""
        return self.spread >= 0

    def grid_value(self, wh: int) -> NanoEur:
        """g(wh): F·wh for energy given to the grid (wh >= 0), R·wh for energy taken (wh < 0), n€."""
        return value_of(wh, self.feed_in if wh >= 0 else self.retail)
