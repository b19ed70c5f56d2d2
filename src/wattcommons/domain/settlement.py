"""Settling one interval: from readings and orders in force to energy, money and certificates.

All inputs are functions of the interval, frozen before the clearing. Money is counted from the
participant's side: positive is received. Nothing here rounds: Wh × µ€/kWh = n€.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from wattcommons.domain.auction import DEFAULT_K_PPM, BookEntry, Clearing, Side, clear
from wattcommons.domain.orders import Order, effective_buy, effective_sell
from wattcommons.domain.readings import Reading
from wattcommons.domain.tariffs import Tariff
from wattcommons.domain.units import IntervalIndex, NanoEur, ParticipantIndex, Wh, value_of
from wattcommons.errors import RuleError


@dataclass(frozen=True, slots=True)
class Seat:
    """A participant on the roster of an interval, with everything its settlement depends on.

    `reading`: as recorded before the freeze; absent (ABSENT_READING) leaves it out of the clearing.
    `order`: in force in the interval, None for grid only. `eligible`: its credit suffices.
    """

    participant: ParticipantIndex
    reading: Reading
    order: Order | None = None
    suspended: bool = False
    eligible: bool = True

    @property
    def trades(self) -> bool:
        """Whether it takes part in the local market; otherwise it deals with the grid only."""
        return self.order is not None and self.reading.is_present and self.eligible and not self.suspended


@dataclass(frozen=True, slots=True)
class Collection:
    """Which legs pass through the community's ledger; by default members' own suppliers bill them."""

    grid: bool = False
    network_fee: bool = False


@dataclass(frozen=True, slots=True)
class Legs:
    """Everything one participant did in one interval, in Wh and n€.

    production = own use + sold + grid export; consumption = own use + bought + grid import.
    `local_neur`: received for sold less paid for bought. `fee_neur`: network fee on what was bought, a cost
    when positive. `grid_neur`: received from (or, negative, paid to) the grid.
    `grid_only_neur`: what `grid_neur` would be without neighbours.
    """

    participant: ParticipantIndex
    own_use_wh: Wh
    bought_wh: Wh
    sold_wh: Wh
    grid_import_wh: Wh
    grid_export_wh: Wh
    local_neur: NanoEur
    fee_neur: NanoEur
    grid_neur: NanoEur
    grid_only_neur: NanoEur

    @property
    def value_neur(self) -> NanoEur:
        """All legs together, whoever bills them."""
        return NanoEur(self.local_neur - self.fee_neur + self.grid_neur)

    @property
    def saved_neur(self) -> NanoEur:
        """What the participant gained over dealing with the grid alone: never negative."""
        return NanoEur(self.value_neur - self.grid_only_neur)

    def ledger_neur(self, collection: Collection) -> NanoEur:
        """Change of the participant's balance with the community."""
        fee = self.fee_neur if collection.network_fee else 0
        grid = self.grid_neur if collection.grid else 0
        return NanoEur(self.local_neur - fee + grid)


@dataclass(frozen=True, slots=True)
class IntervalSettlement:
    """One settled interval. `legs` in index order, for every participant with a reading; `missing` had none."""

    interval: IntervalIndex
    tariff: Tariff
    clearing: Clearing
    legs: tuple[Legs, ...]
    missing: tuple[ParticipantIndex, ...]

    @property
    def network_neur(self) -> NanoEur:
        """What the network is due for the local trades."""
        return NanoEur(sum(leg.fee_neur for leg in self.legs))

    @property
    def grid_neur(self) -> NanoEur:
        """What the grid is due, all participants together (negative: it pays)."""
        return NanoEur(-sum(leg.grid_neur for leg in self.legs))


@dataclass(frozen=True, slots=True)
class CertificateSplit:
    """A producer's certified Wh of one interval; the three parts add up to `issued_wh`.

    `own_use_wh`: cancelled at issue for the producer. `sold_wh`: cancelled at issue for the buyers, by the
    supply lines. `minted_wh`: went to the grid, held by the producer.
    """

    own_use_wh: Wh
    sold_wh: Wh
    minted_wh: Wh

    @property
    def issued_wh(self) -> int:
        """All certified Wh."""
        return self.own_use_wh + self.sold_wh + self.minted_wh


def build_book(seats: Iterable[Seat], tariff: Tariff) -> list[BookEntry]:
    """The offers of those who trade: |net| within the order's cap, at the effective limit; none of 0 Wh."""
    book = []
    for seat in seats:
        net = seat.reading.net_wh
        if seat.order is None or not seat.trades or not net:
            continue
        limits = seat.order.limits(tariff)
        if net > 0:
            wh, side, limit = min(net, seat.order.sell_cap_wh), Side.SELL, effective_sell(limits.sell, tariff)
        else:
            wh, side, limit = min(-net, seat.order.buy_cap_wh), Side.BUY, effective_buy(limits.buy, tariff)
        if wh:
            book.append(BookEntry(seat.participant, side, Wh(wh), limit))
    return book


def settle(
    interval: IntervalIndex, tariff: Tariff, seats: Iterable[Seat], k_ppm: int = DEFAULT_K_PPM
) -> IntervalSettlement:
    """Clears an interval and settles every participant of its roster that has a reading.

    Raises RuleError when a participant has two seats.
    """
    roster = sorted(seats, key=lambda seat: seat.participant)
    for before, after in pairwise(roster):
        if before.participant == after.participant:
            raise RuleError(f"participant {after.participant} has two seats in interval {interval}")
    clearing = clear(build_book(roster, tariff), tariff.floor, tariff.ceiling, k_ppm)
    traded = {fill.participant: fill.wh for fill in clearing.fills}
    return IntervalSettlement(
        interval=interval,
        tariff=tariff,
        clearing=clearing,
        legs=tuple(
            legs_of(seat.participant, seat.reading, tariff, clearing.price, traded.get(seat.participant, 0))
            for seat in roster
            if seat.reading.is_present
        ),
        missing=tuple(seat.participant for seat in roster if not seat.reading.is_present),
    )


def legs_of(participant: ParticipantIndex, reading: Reading, tariff: Tariff, price: int | None, traded_wh: int) -> Legs:
    """The legs of one participant that traded `traded_wh` (sold positive, bought negative) at `price`.

    Raises RuleError when it traded more than its net energy, the other way round, or without a price.
    """
    net = reading.net_wh
    if not min(net, 0) <= traded_wh <= max(net, 0):
        raise RuleError(f"participant {participant} traded {traded_wh} Wh of {net} Wh net")
    if price is None and traded_wh:
        raise RuleError(f"participant {participant} traded {traded_wh} Wh without a price")
    rest = net - traded_wh
    bought = max(-traded_wh, 0)
    return Legs(
        participant=participant,
        own_use_wh=reading.own_use_wh,
        bought_wh=Wh(bought),
        sold_wh=Wh(max(traded_wh, 0)),
        grid_import_wh=Wh(max(-rest, 0)),
        grid_export_wh=Wh(max(rest, 0)),
        local_neur=value_of(traded_wh, price or 0),
        fee_neur=value_of(bought, tariff.network_fee),
        grid_neur=tariff.grid_value(rest),
        grid_only_neur=tariff.grid_value(net),
    )


def settle_late(participant: ParticipantIndex, reading: Reading, tariff: Tariff) -> Legs:
    """The legs of a reading that arrived after the clearing: the grid only."""
    return legs_of(participant, reading, tariff, None, 0)


def correction_neur(old: Reading, new: Reading, traded_wh: int, tariff: Tariff) -> NanoEur:
    """Money adjustment of a correction, n€: g(new − traded) − g(old − traded) on the grid leg.

    The trade stands as cleared, even where the new net energy no longer covers it.
    """
    return NanoEur(tariff.grid_value(new.net_wh - traded_wh) - tariff.grid_value(old.net_wh - traded_wh))


def certificate_split(reading: Reading, sold_wh: int) -> CertificateSplit:
    """What a reading's production becomes, `sold_wh` of it sold to neighbours; nothing unless it earns.

    Raises RuleError when more was sold than is left over after own use.
    """
    if not reading.earns_certificates:
        return CertificateSplit(Wh(0), Wh(0), Wh(0))
    minted = reading.production_wh - reading.own_use_wh - sold_wh
    if sold_wh < 0 or minted < 0:
        raise RuleError(f"{sold_wh} Wh are sold out of {reading.production_wh} Wh produced")
    return CertificateSplit(reading.own_use_wh, Wh(sold_wh), Wh(minted))
