"""The grid's prices in one interval, which bound every local price."""

from __future__ import annotations

from dataclasses import dataclass

from wattcommons.domain.units import MicroEurPerKwh, NanoEur, checked_price, value_of


@dataclass(frozen=True, slots=True)
class Tariff:
    """Backup prices and network fee of one interval, µ€/kWh, signed 32 bits each.

    `retail` (R): the grid sells at it without limit. `feed_in` (F): the grid buys at it without limit.
    `network_fee` (f): what a kWh traded locally costs its buyer beside the price.
    R − f must fit 32 bits as well. Raises RuleError otherwise.
    """

    retail: MicroEurPerKwh
    feed_in: MicroEurPerKwh
    network_fee: MicroEurPerKwh

    def __post_init__(self) -> None:
        checked_price(self.retail, "retail price")
        checked_price(self.feed_in, "feed-in price")
        checked_price(self.network_fee, "network fee")
        checked_price(self.retail - self.network_fee, "retail price less network fee")

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
