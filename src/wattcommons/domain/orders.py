"""Orders: what a participant accepts to pay and to receive, from when, until when."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from wattcommons.domain.tariffs import MAX_TARIFF_PRICE, Tariff
from wattcommons.domain.units import (
    MAX_INDEX,
    MAX_WH,
    PPM,
    IntervalIndex,
    MicroEurPerKwh,
    ParticipantIndex,
    Wh,
    checked_interval,
    checked_participant,
    checked_wh,
)
from wattcommons.errors import RuleError

NO_CAP: Final = MAX_WH
FOREVER: Final = IntervalIndex(MAX_INDEX)
"""End of a standing order."""
DEFAULT_BUY_SHARE_PPM: Final = 750_000
DEFAULT_SELL_SHARE_PPM: Final = 250_000
_MAX_NONCE: Final = 2**40 - 1
_MAX_DEADLINE: Final = 2**64 - 1


class LimitKind(IntEnum):
    """How an order's limits are meant: prices in µ€/kWh, or ppm of the interval's spread."""

    FIXED = 0
    SHARE = 1


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of an order under one tariff, µ€/kWh: the buyer's includes the network fee.

    May lie above R or below F; `effective_buy` and `effective_sell` bound them.
    """

    buy: int
    sell: int


@dataclass(frozen=True, slots=True)
class Order:
    """One order of one participant, as signed.

    `buy_limit`, `sell_limit`: µ€/kWh within ±1,000,000,000 (kind fixed) or 0..1,000,000 ppm of the spread (kind share).
    `buy_cap_wh`, `sell_cap_wh`: most energy traded locally in an interval; 16,777,215 is no cap.
    In force in [from_interval, to_interval): a start of 0 means the first open interval when it lands,
    a standing order has no end (2^32 − 1). `nonce` (1 to 2^40 − 1) increases strictly per participant;
    `deadline` is the last unix second to land.
    Raises RuleError when a field is out of range.
    """

    participant: ParticipantIndex
    kind: LimitKind
    standing: bool
    buy_limit: int
    sell_limit: int
    buy_cap_wh: Wh
    sell_cap_wh: Wh
    from_interval: IntervalIndex
    to_interval: IntervalIndex
    nonce: int
    deadline: int

    def __post_init__(self) -> None:
        checked_participant(self.participant)
        checked_wh(self.buy_cap_wh, "buy cap")
        checked_wh(self.sell_cap_wh, "sell cap")
        checked_interval(self.from_interval, "an order's first interval")
        checked_interval(self.to_interval, "an order's end")
        for what, limit in (("buy limit", self.buy_limit), ("sell limit", self.sell_limit)):
            if self.kind is LimitKind.FIXED:
                if abs(limit) > MAX_TARIFF_PRICE:
                    raise RuleError(f"the {what} is {limit} µ€/kWh", f"it lies within ±{MAX_TARIFF_PRICE}")
            elif not 0 <= limit <= PPM:
                raise RuleError(f"the {what} is {limit} ppm", "a share lies between 0 and 1,000,000 ppm")
        if self.standing and self.to_interval != FOREVER:
            raise RuleError(f"a standing order ends at {self.to_interval}", f"its end is {FOREVER}")
        if self.from_interval >= self.to_interval:
            raise RuleError(
                f"an order ends at interval {self.to_interval} and starts at {self.from_interval}",
                "let it end later than it starts",
            )
        if not 1 <= self.nonce <= _MAX_NONCE:
            raise RuleError(f"an order's nonce is {self.nonce}", f"it lies between 1 and {_MAX_NONCE}")
        if not 0 <= self.deadline <= _MAX_DEADLINE:
            raise RuleError(f"an order's deadline is {self.deadline}", "it is a unix second")

    @property
    def shares(self) -> bool:
        """Whether the limits are shares of the spread: they are signed as another message then."""
        return self.kind is LimitKind.SHARE

    def limits(self, tariff: Tariff) -> Limits:
        """The member's own limits under `tariff`, before the grid bounds them.

        A share s buys up to F + ⌊s·(R − f − F)⌋ + f and sells from F + ⌊s·(R − f − F)⌋: rounded down,
        less than 1 µ€/kWh, in the seller's disfavour and the buyer's favour.
        """
        if self.kind is LimitKind.FIXED:
            return Limits(self.buy_limit, self.sell_limit)
        floor, spread = tariff.floor, tariff.spread
        return Limits(
            buy=floor + self.buy_limit * spread // PPM + tariff.network_fee,
            sell=floor + self.sell_limit * spread // PPM,
        )


def effective_buy(limit: int, tariff: Tariff) -> MicroEurPerKwh:
    """Highest price a buyer with this limit accepts: min(l, R) − f, for it pays price + f."""
    return MicroEurPerKwh(min(limit, tariff.retail) - tariff.network_fee)


def effective_sell(limit: int, tariff: Tariff) -> MicroEurPerKwh:
    """Lowest price a seller with this limit accepts: max(l, F), for the grid pays F."""
    return MicroEurPerKwh(max(limit, tariff.feed_in))


def default_standing_order(
    participant: ParticipantIndex, from_interval: IntervalIndex, nonce: int, deadline: int
) -> Order:
    """The order of who never bids: buys up to ¾ of the spread, sells from ¼ of it, no caps, no end."""
    return Order(
        participant=participant,
        kind=LimitKind.SHARE,
        standing=True,
        buy_limit=DEFAULT_BUY_SHARE_PPM,
        sell_limit=DEFAULT_SELL_SHARE_PPM,
        buy_cap_wh=NO_CAP,
        sell_cap_wh=NO_CAP,
        from_interval=from_interval,
        to_interval=FOREVER,
        nonce=nonce,
        deadline=deadline,
    )
