"""What trading with neighbours gained participants over the grid's prices, from the market's own records.

    gain of a fill   bought: Wh × (R − f − price)   sold: Wh × (price − F)        n€, see `Legs.saved_neur`

Read for a few participants when it is asked for, and nothing is kept but the sums: a community's fills of a month are
too many to be held in memory.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple

from wattcommons.chain.batch import Read, read_all
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.events import decode_logs
from wattcommons.chain.logs import ChainLogs
from wattcommons.chain.rpc import ask, quantity, useless
from wattcommons.domain.fills import unpack_fills

_TRADES: Final = 5_000

Window = tuple[int, int]
"""Intervals [first, end)."""


@dataclass(slots=True)
class Gain:
    """`neur`: gained in all settled intervals of the window, `intervals`: how many there are."""

    neur: int = 0
    intervals: int = 0

    def of(self, intervals: int) -> int:
        """As much for each of so many intervals, n€, rounded down; 0 when nothing was settled."""
        return self.neur * intervals // self.intervals if self.intervals else 0


class _Trade(NamedTuple):
    participant: int
    interval: int
    wh: int
    price: int


@dataclass
class _Tally:
    """The market's events of one pass, taken in the order of the chain."""

    contracts: Contracts
    block: int
    windows: Mapping[int, Window]
    gains: dict[int, Gain]
    _prices: dict[int, int] = field(default_factory=dict)
    _begun: dict[int, list[_Trade]] = field(default_factory=lambda: defaultdict(list))
    _trades: list[_Trade] = field(default_factory=list)

    def take(self, name: str, args: Mapping[str, Any]) -> None:
        if name == "IntervalCleared":
            self._prices[args["interval"]] = args["price"]
        elif name == "FillsSettled":
            interval = args["interval"]
            for fill in unpack_fills(args["fills"]):
                if self._counts(fill.participant, interval):
                    self._begun[interval].append(
                        _Trade(fill.participant, interval, fill.wh, self._prices.get(interval, 0))
                    )
        elif name == "IntervalSettled":
            interval = args["interval"]
            self._prices.pop(interval, None)
            self._trades += self._begun.pop(interval, ())
            for participant, gain in self.gains.items():
                gain.intervals += self._counts(participant, interval)
            if len(self._trades) > _TRADES:
                self.value()

    def value(self) -> None:
        """Turn the trades gathered into money."""
        intervals = sorted({trade.interval for trade in self._trades})
        reads = [Read("TariffSchedule", "pricesAt", (interval,)) for interval in intervals]
        tariffs = dict(zip(intervals, read_all(self.contracts, reads, block=self.block), strict=True))
        for trade in self._trades:
            retail, feed_in, fee = tariffs[trade.interval]
            unit = trade.price - feed_in if trade.wh > 0 else retail - fee - trade.price
            self.gains[trade.participant].neur += abs(trade.wh) * unit
        self._trades.clear()

    def _counts(self, participant: int, interval: int) -> bool:
        first, end = self.windows.get(participant, (0, 0))
        return first <= interval < end


def gains_of(contracts: Contracts, windows: Mapping[int, Window], block: int) -> dict[int, Gain]:
    """What each participant gained in its window, as far as it is settled at a block. Raises NodeUnavailable."""
    tally = _Tally(contracts, block, windows, {participant: Gain() for participant in windows})
    if not windows:
        return tally.gains
    deployment = contracts.deployment
    # No interval is settled before it has ended.
    since = (min(first for first, _ in windows.values()) + 1) * deployment.terms.length.seconds
    market = replace(deployment, addresses={"EnergyMarket": deployment.address("EnergyMarket")})
    logs = ChainLogs(contracts.web3, market).logs(_first_block(contracts, since, block), block)
    for event in decode_logs(deployment, logs):
        tally.take(event.name, event.args)
    tally.value()
    return tally.gains


def _first_block(contracts: Contracts, timestamp: int, last: int) -> int:
    """The first block at or after a moment; the last one when there is none."""
    web3 = contracts.web3
    low, high = min(contracts.deployment.block, last), last
    while low < high:
        middle = (low + high) // 2
        header = ask(web3, "eth_getBlockByNumber", hex(middle), False)
        if not isinstance(header, dict):
            raise useless(web3, f"the node does not give block {middle}")
        if quantity(web3, header.get("timestamp")) < timestamp:
            low = middle + 1
        else:
            high = middle
    return low
