"""What holds for every interval, whatever its readings, orders and prices."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.domain.books import seats, tariffs
from wattcommons.domain.auction import Side
from wattcommons.domain.orders import FOREVER, NO_CAP, LimitKind, Order
from wattcommons.domain.readings import Reading
from wattcommons.domain.settlement import Collection, Seat, build_book, certificate_split, settle
from wattcommons.domain.supply_lines import supply_lines
from wattcommons.domain.tariffs import Tariff

pytestmark = [pytest.mark.unit, pytest.mark.fuzz]

ks = st.sampled_from((0, 250_000, 500_000, 1_000_000))


@given(seats(), tariffs, ks)
def test_settle__any_interval__bought_is_sold_is_matched(roster: list[Seat], tariff: Tariff, k: int) -> None:
    result = settle(1, tariff, roster, k)
    assert sum(leg.bought_wh for leg in result.legs) == result.clearing.matched_wh
    assert sum(leg.sold_wh for leg in result.legs) == result.clearing.matched_wh


@given(seats(), tariffs, ks)
def test_settle__any_interval__every_wh_has_one_place(roster: list[Seat], tariff: Tariff, k: int) -> None:
    result = settle(1, tariff, roster, k)
    readings = {seat.participant: seat.reading for seat in roster}
    for leg in result.legs:
        reading = readings[leg.participant]
        assert leg.own_use_wh + leg.sold_wh + leg.grid_export_wh == reading.production_wh
        assert leg.own_use_wh + leg.bought_wh + leg.grid_import_wh == reading.consumption_wh
    assert {leg.participant for leg in result.legs} | set(result.missing) == set(readings)


@given(seats(), tariffs, ks)
def test_settle__any_interval__money_sums_to_zero(roster: list[Seat], tariff: Tariff, k: int) -> None:
    result = settle(1, tariff, roster, k)
    assert sum(leg.value_neur for leg in result.legs) + result.network_neur + result.grid_neur == 0
    assert sum(leg.ledger_neur(Collection()) for leg in result.legs) == 0
    booked = sum(leg.ledger_neur(Collection(grid=True, network_fee=True)) for leg in result.legs)
    assert booked + result.network_neur + result.grid_neur == 0


@given(seats(), tariffs, ks)
def test_settle__any_interval__nobody_worse_than_limit_or_grid(roster: list[Seat], tariff: Tariff, k: int) -> None:
    result = settle(1, tariff, roster, k)
    by_index = {seat.participant: seat for seat in roster}
    for leg in result.legs:
        assert leg.saved_neur >= 0
        seat = by_index[leg.participant]
        if leg.bought_wh or leg.sold_wh:
            assert seat.trades
            limits = seat.order.limits(tariff)
            if leg.bought_wh:
                assert result.clearing.price + tariff.network_fee <= min(limits.buy, tariff.retail)
                assert leg.bought_wh <= seat.order.buy_cap_wh
            if leg.sold_wh:
                assert result.clearing.price >= max(limits.sell, tariff.feed_in)
                assert leg.sold_wh <= seat.order.sell_cap_wh


@given(seats(), tariffs)
def test_settle__any_interval__nobody_willing_is_left_out_while_the_other_side_has_energy(
    roster: list[Seat], tariff: Tariff
) -> None:
    result = settle(1, tariff, roster)
    filled = {fill.participant: abs(fill.wh) for fill in result.clearing.fills}
    price = result.clearing.price
    if price is None:
        return
    unmet = {Side.BUY: False, Side.SELL: False}
    for entry in build_book(roster, tariff):
        willing = entry.limit <= price if entry.side is Side.SELL else entry.limit >= price
        unmet[entry.side] |= willing and filled.get(entry.participant, 0) < entry.wh
    assert not all(unmet.values())


@given(seats(), tariffs)
def test_certificates__any_interval__issued_is_own_use_and_sold_and_minted(roster: list[Seat], tariff: Tariff) -> None:
    result = settle(1, tariff, roster)
    readings = {seat.participant: seat.reading for seat in roster}
    for leg in result.legs:
        reading = readings[leg.participant]
        split = certificate_split(reading, leg.sold_wh)
        if reading.earns_certificates:
            assert (split.own_use_wh, split.sold_wh, split.minted_wh) == (
                leg.own_use_wh,
                leg.sold_wh,
                leg.grid_export_wh,
            )
            assert split.issued_wh == reading.production_wh
        else:
            assert split.issued_wh == 0
    sold = {leg.participant: leg.sold_wh for leg in result.legs}
    for line in supply_lines(result.clearing.fills):
        sold[line.seller] -= line.wh
    assert not any(sold.values()), "the lines say for whom each sold Wh is cancelled"


amounts = st.lists(st.integers(1, 5_000), min_size=1, max_size=5)


@given(amounts, amounts, st.integers(-100_000, 200_000), st.integers(0, 150_000), st.integers(0, 60_000))
@settings(max_examples=200)
def test_settle__everybody_at_the_grid_prices__anchored_on_the_long_side(
    over: list[int], lacking: list[int], feed_in: int, spread: int, fee: int
) -> None:
    tariff = Tariff(retail=feed_in + spread + fee, feed_in=feed_in, network_fee=fee)

    def seat(participant: int, reading: Reading) -> Seat:
        order = Order(participant, LimitKind.FIXED, True, tariff.retail, feed_in, NO_CAP, NO_CAP, 0, FOREVER, 1, 0)
        return Seat(participant, reading, order)

    sellers = [seat(index, Reading(wh, 0)) for index, wh in enumerate(over, start=1)]
    buyers = [seat(index, Reading(0, wh)) for index, wh in enumerate(lacking, start=100)]
    clearing = settle(1, tariff, sellers + buyers).clearing
    if sum(over) > sum(lacking):
        assert clearing.price == feed_in
    elif sum(over) < sum(lacking):
        assert clearing.price == tariff.ceiling
    assert clearing.matched_wh == min(sum(over), sum(lacking))


@given(seats(), tariffs)
def test_settle__the_default_order__both_sides_gain(roster: list[Seat], tariff: Tariff) -> None:
    share = [
        Seat(
            seat.participant,
            seat.reading,
            Order(seat.participant, LimitKind.SHARE, True, 750_000, 250_000, NO_CAP, NO_CAP, 0, FOREVER, 1, 0),
        )
        for seat in roster
    ]
    result = settle(1, tariff, share)
    if tariff.spread >= 4:
        assert all(leg.saved_neur > 0 for leg in result.legs if leg.bought_wh or leg.sold_wh)
