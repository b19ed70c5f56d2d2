"""Prices of the grid, and the schedule that dates them."""

from __future__ import annotations

import pytest

from wattcommons.domain.tariff_schedule import TariffSchedule
from wattcommons.domain.tariffs import Tariff
from wattcommons.errors import RuleError

pytestmark = pytest.mark.unit

DAY = Tariff(retail=250_000, feed_in=100_000, network_fee=20_000)
NIGHT = Tariff(retail=180_000, feed_in=90_000, network_fee=20_000)
EVENT = Tariff(retail=700_000, feed_in=-10_000, network_fee=0)


@pytest.fixture
def schedule() -> TariffSchedule:
    """Day prices by default from interval 100 on; bands 1 day, 2 night, 3 event."""
    schedule = TariffSchedule()
    for tariff in (DAY, NIGHT, EVENT):
        schedule.add_band(tariff)
    schedule.set_default(1, 100, first_open=50)
    return schedule


# --- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("retail", "feed_in", "fee", "match"),
    [
        (1_000_000_001, 0, 0, "retail price is 1000000001"),
        (0, -1_000_000_001, 0, "feed-in price is -1000000001"),
        (0, 0, 1_000_000_001, "network fee is 1000000001"),
    ],
)
def test_tariff__price_out_of_range__refused(retail: int, feed_in: int, fee: int, match: str) -> None:
    with pytest.raises(RuleError, match=match):
        Tariff(retail, feed_in, fee)


@pytest.mark.parametrize("code", [0, 4])
def test_band__never_added__refused(schedule: TariffSchedule, code: int) -> None:
    with pytest.raises(RuleError, match=f"tariff band {code} does not exist"):
        schedule.band(code)


def test_set_default__gate_closed__refused(schedule: TariffSchedule) -> None:
    with pytest.raises(RuleError, match="gate of interval 119 has closed"):
        schedule.set_default(2, 119, first_open=120)


def test_set_codes__gate_closed__refused(schedule: TariffSchedule) -> None:
    with pytest.raises(RuleError, match="gate of interval 119 has closed"):
        schedule.set_codes(119, [2, 2], first_open=120)


def test_set_codes__one_unknown_band__changes_nothing(schedule: TariffSchedule) -> None:
    with pytest.raises(RuleError, match="tariff band 9 does not exist"):
        schedule.set_codes(120, [2, 9], first_open=110)
    assert schedule.at(120) == DAY


@pytest.mark.parametrize(
    ("first", "codes", "match"),
    [(120, [], "no codes are given from interval 120"), (2**32 - 1, [2, 2], "interval is 4294967296")],
)
def test_set_codes__none_or_past_the_last_interval__refused(
    schedule: TariffSchedule, first: int, codes: list[int], match: str
) -> None:
    with pytest.raises(RuleError, match=match):
        schedule.set_codes(first, codes, first_open=110)


def test_at__before_the_first_default__refused(schedule: TariffSchedule) -> None:
    with pytest.raises(RuleError, match="interval 99 has no tariff"):
        schedule.at(99)


# --- prices --------------------------------------------------------------------------------------


def test_tariff__band__floor_ceiling_spread() -> None:
    assert (DAY.floor, DAY.ceiling, DAY.spread, DAY.has_local_price) == (100_000, 230_000, 130_000, True)
    assert Tariff(120, 100, 20).has_local_price
    assert not Tariff(119, 100, 20).has_local_price


@pytest.mark.parametrize(("wh", "expected"), [(10, 1_000_000), (0, 0), (-10, -2_500_000)])
def test_grid_value__given_and_taken__at_its_own_price(wh: int, expected: int) -> None:
    assert DAY.grid_value(wh) == expected


def test_set_default__later_date__leaves_what_is_before(schedule: TariffSchedule) -> None:
    schedule.set_default(2, 200, first_open=150)
    assert [schedule.at(interval) for interval in (100, 199, 200, 10_000)] == [DAY, DAY, NIGHT, NIGHT]


def test_set_default__earlier_than_a_pending_one__replaces_it(schedule: TariffSchedule) -> None:
    schedule.set_default(2, 200, first_open=150)
    schedule.set_default(3, 180, first_open=150)
    assert [schedule.at(interval) for interval in (179, 180, 200)] == [DAY, EVENT, EVENT]


def test_set_codes__single_intervals__override_and_return(schedule: TariffSchedule) -> None:
    schedule.set_codes(110, [2, 0, 3], first_open=100)
    assert [schedule.code_at(interval) for interval in range(109, 114)] == [1, 2, 1, 3, 1]
    schedule.set_codes(110, [0], first_open=110)
    assert schedule.at(110) == DAY


def test_set_codes__interval_before_the_default__has_a_tariff(schedule: TariffSchedule) -> None:
    schedule.set_codes(60, [2], first_open=50)
    assert schedule.at(60) == NIGHT
