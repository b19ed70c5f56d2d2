"""One interval settled: energy, money and certificates, by hand."""

from __future__ import annotations

import pytest

from wattcommons.domain.auction import NO_CLEARING, BookEntry, Side
from wattcommons.domain.orders import FOREVER, NO_CAP, LimitKind, Order, default_standing_order
from wattcommons.domain.readings import ABSENT_READING, Quality, Reading
from wattcommons.domain.settlement import (
    CertificateSplit,
    Collection,
    IntervalSettlement,
    Legs,
    Seat,
    build_book,
    certificate_split,
    correction_neur,
    legs_of,
    settle,
    settle_late,
)
from wattcommons.domain.tariffs import Tariff
from wattcommons.errors import RuleError

pytestmark = pytest.mark.unit

TARIFF = Tariff(retail=250_000, feed_in=100_000, network_fee=20_000)
INTERVAL = 1_000
MILL, ROOF, FLAT, SPA = 3, 12, 20, 21


def standing(participant: int) -> Order:
    return default_standing_order(participant, from_interval=0, nonce=1, deadline=0)


def fixed(participant: int, buy: int = 0, sell: int = 0, buy_cap: int = NO_CAP, sell_cap: int = NO_CAP) -> Order:
    return Order(participant, LimitKind.FIXED, True, buy, sell, buy_cap, sell_cap, 0, FOREVER, 1, 0)


def village() -> list[Seat]:
    """The mill has 1,000 Wh over; roof 500 over; the flat lacks 600; the spa's meter is silent."""
    return [
        Seat(MILL, Reading(1_200, 200), standing(MILL)),
        Seat(ROOF, Reading(800, 300), standing(ROOF)),
        Seat(FLAT, Reading(0, 600), standing(FLAT)),
        Seat(SPA, ABSENT_READING, standing(SPA)),
    ]


def leg(result: IntervalSettlement, participant: int) -> Legs:
    return next(leg for leg in result.legs if leg.participant == participant)


# --- refusals ------------------------------------------------------------------------------------


def test_settle__two_seats_of_a_participant__refused() -> None:
    with pytest.raises(RuleError, match="participant 3 has two seats in interval 1000"):
        settle(INTERVAL, TARIFF, [*village(), village()[0]])


@pytest.mark.parametrize("traded", [301, -1])
def test_legs_of__more_than_the_net_energy_or_the_other_way__refused(traded: int) -> None:
    with pytest.raises(RuleError, match=f"traded {traded} Wh of 300 Wh net"):
        legs_of(1, Reading(500, 200), TARIFF, 150_000, traded)


def test_legs_of__trade_without_a_price__refused() -> None:
    with pytest.raises(RuleError, match="traded 100 Wh without a price"):
        legs_of(1, Reading(500, 200), TARIFF, None, 100)


@pytest.mark.parametrize("sold", [-1, 301])
def test_certificate_split__sold_what_was_not_left__refused(sold: int) -> None:
    with pytest.raises(RuleError, match=f"{sold} Wh are sold out of 500 Wh"):
        certificate_split(Reading(500, 200), sold)


# --- the village by hand -------------------------------------------------------------------------


def test_settle__village__energy_and_money_by_hand() -> None:
    # F = 100000, R − f = 230000, spread 130000. Sellers ask 132500, the flat gives 197500 to the seller.
    # 1,500 Wh for 600: price 132500; the mill gets ⌊1000·600/1500⌋ = 400, the roof the other 200.
    result = settle(INTERVAL, TARIFF, village())
    assert result.clearing.price == 132_500
    assert result.clearing.matched_wh == 600
    assert result.missing == (SPA,)
    assert leg(result, MILL) == Legs(
        MILL, 200, 0, 400, 0, 600, 400 * 132_500, 0, 600 * 100_000, grid_only_neur=1_000 * 100_000
    )
    assert leg(result, ROOF) == Legs(
        ROOF, 300, 0, 200, 0, 300, 200 * 132_500, 0, 300 * 100_000, grid_only_neur=500 * 100_000
    )
    assert leg(result, FLAT) == Legs(
        FLAT, 0, 600, 0, 0, 0, -600 * 132_500, 600 * 20_000, 0, grid_only_neur=-600 * 250_000
    )
    assert leg(result, FLAT).saved_neur == 600 * (250_000 - 132_500 - 20_000)
    assert leg(result, MILL).saved_neur == 400 * 32_500
    assert (result.network_neur, result.grid_neur) == (600 * 20_000, -900 * 100_000)


def test_settle__exact_delivery__costs_exactly_price_times_energy() -> None:
    result = settle(
        INTERVAL, TARIFF, [Seat(MILL, Reading(700, 0), standing(MILL)), Seat(FLAT, Reading(0, 700), standing(FLAT))]
    )
    assert result.clearing.price == 165_000
    assert leg(result, FLAT).ledger_neur(Collection()) == -700 * 165_000
    assert leg(result, MILL).ledger_neur(Collection()) == 700 * 165_000
    assert leg(result, FLAT).grid_neur == leg(result, MILL).grid_neur == 0


@pytest.mark.parametrize(
    ("collection", "expected"),
    [
        (Collection(), -600 * 132_500),
        (Collection(network_fee=True), -600 * 152_500),
        (Collection(grid=True), -600 * 132_500 - 150 * 250_000),
        (Collection(grid=True, network_fee=True), -600 * 152_500 - 150 * 250_000),
    ],
)
def test_ledger_neur__what_is_collected__is_booked(collection: Collection, expected: int) -> None:
    legs = legs_of(FLAT, Reading(0, 750), TARIFF, 132_500, -600)
    assert legs.ledger_neur(collection) == expected


def test_settle__no_band__everybody_deals_with_the_grid() -> None:
    result = settle(INTERVAL, Tariff(retail=100_000, feed_in=90_000, network_fee=20_000), village())
    assert result.clearing == NO_CLEARING
    assert leg(result, MILL).grid_export_wh == 1_000
    assert all(legs.value_neur == legs.grid_only_neur for legs in result.legs)


def test_settle__grid_pays_for_taking__signs_turn() -> None:
    tariff = Tariff(retail=-20_000, feed_in=-90_000, network_fee=0)
    result = settle(INTERVAL, tariff, [Seat(MILL, Reading(100, 0)), Seat(FLAT, Reading(0, 100))])
    assert leg(result, MILL).grid_neur == -9_000_000
    assert leg(result, FLAT).grid_neur == 2_000_000


@pytest.mark.parametrize(
    "seat",
    [
        Seat(MILL, Reading(1_000, 0), None),
        Seat(MILL, Reading(1_000, 0), standing(MILL), suspended=True),
        Seat(MILL, Reading(1_000, 0), standing(MILL), eligible=False),
    ],
    ids=["no order", "suspended", "not eligible"],
)
def test_settle__who_may_not_trade__grid_only(seat: Seat) -> None:
    result = settle(INTERVAL, TARIFF, [seat, Seat(FLAT, Reading(0, 600), standing(FLAT))])
    assert result.clearing.fills == ()
    assert leg(result, MILL).grid_export_wh == 1_000
    assert leg(result, FLAT).grid_import_wh == 600
    assert result.missing == ()


def test_settle__absent_reading__is_not_zero() -> None:
    result = settle(INTERVAL, TARIFF, [Seat(SPA, ABSENT_READING, standing(SPA)), Seat(FLAT, Reading(0, 0))])
    assert result.missing == (SPA,)
    assert [legs.participant for legs in result.legs] == [FLAT]


def test_build_book__caps__limit_the_offer_and_not_the_grid() -> None:
    seats = [
        Seat(MILL, Reading(1_000, 0), fixed(MILL, sell=120_000, sell_cap=250)),
        Seat(ROOF, Reading(1_000, 0), fixed(ROOF, sell=120_000, sell_cap=0)),
        Seat(FLAT, Reading(0, 900), fixed(FLAT, buy=300_000, buy_cap=400)),
        Seat(SPA, Reading(5, 5), fixed(SPA)),
    ]
    assert build_book(seats, TARIFF) == [
        BookEntry(MILL, Side.SELL, 250, 120_000),
        BookEntry(FLAT, Side.BUY, 400, 230_000),
    ]
    result = settle(INTERVAL, TARIFF, seats)
    assert (leg(result, FLAT).bought_wh, leg(result, FLAT).grid_import_wh) == (250, 650)
    assert leg(result, ROOF).grid_export_wh == 1_000


# --- late readings, corrections, certificates ----------------------------------------------------


def test_settle_late__reading_after_the_clearing__grid_only() -> None:
    assert settle_late(ROOF, Reading(800, 300), TARIFF) == Legs(
        ROOF, 300, 0, 0, 0, 500, 0, 0, 500 * 100_000, 500 * 100_000
    )


@pytest.mark.parametrize(
    ("old", "new", "traded", "expected"),
    [
        (Reading(800, 300), Reading(900, 300), 200, 100 * 100_000),
        (Reading(800, 300), Reading(800, 700), 200, -100 * 250_000 - 300 * 100_000),
        (Reading(0, 600), Reading(0, 700), -600, -100 * 250_000),
        (Reading(0, 600), Reading(0, 500), -600, 100 * 100_000),
        (Reading(0, 600), Reading(0, 600, Quality.CORRECTED), -600, 0),
    ],
    ids=["more sun", "no longer covers the trade", "used more", "bought more than used", "unchanged"],
)
def test_correction_neur__new_value__adjusts_the_grid_leg(
    old: Reading, new: Reading, traded: int, expected: int
) -> None:
    assert correction_neur(old, new, traded, TARIFF) == expected


@pytest.mark.parametrize(
    ("reading", "sold", "expected"),
    [
        (Reading(1_200, 200), 400, CertificateSplit(200, 400, 600)),
        (Reading(1_200, 200, Quality.CORRECTED), 0, CertificateSplit(200, 0, 1_000)),
        (Reading(100, 900), 0, CertificateSplit(100, 0, 0)),
        (Reading(0, 900), 0, CertificateSplit(0, 0, 0)),
        (Reading(1_200, 200, Quality.ESTIMATED), 400, CertificateSplit(0, 0, 0)),
    ],
)
def test_certificate_split__production__is_issued_to_the_wh(
    reading: Reading, sold: int, expected: CertificateSplit
) -> None:
    split = certificate_split(reading, sold)
    assert split == expected
    assert split.issued_wh == (reading.production_wh if reading.earns_certificates else 0)
