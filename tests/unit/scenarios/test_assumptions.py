"""The community assumed without a community file."""

from __future__ import annotations

from pathlib import Path

import pytest

from wattcommons.chain.deployment import CommunityTerms
from wattcommons.domain.intervals import IntervalLength
from wattcommons.domain.readings import Reading, max_wh
from wattcommons.domain.tariffs import Tariff
from wattcommons.errors import InputError
from wattcommons.scenarios.assumptions import assumed_spec, length_for, power_for, prices_for
from wattcommons.services.gateway.csv_readings import MeterReadings, ReadingsFile
from wattcommons.services.gateway.csv_tariff import PriceRow, TariffFile

pytestmark = pytest.mark.unit

HOUR = IntervalLength.HOUR


def readings_file(**meters: tuple[int, int]) -> ReadingsFile:
    """Meters with one reading each in interval 100: (production, consumption)."""
    found = tuple(
        MeterReadings(name, {100: Reading(*wh)}, 0, (), 0)  # type: ignore[dict-item, arg-type]
        for name, wh in sorted(meters.items())
    )
    return ReadingsFile(Path("readings.csv"), HOUR, len(found), found)


def tariff_file(prices: dict[int, PriceRow]) -> TariffFile:
    return TariffFile(Path("prices.csv"), HOUR, "EUR", prices)  # type: ignore[arg-type]


def test_prices_for__interval_without_a_price__refused_with_its_time() -> None:
    file = readings_file(flat=(0, 10))
    with pytest.raises(InputError) as refused:
        prices_for(file, tariff_file({99: PriceRow(200_000)}), assumed_spec(file))  # type: ignore[arg-type]
    assert "1970-01-05T04:00:00Z" in refused.value.reason
    assert refused.value.file == "prices.csv"


def test_prices_for__columns_left_out__are_the_communitys() -> None:
    file = readings_file(flat=(0, 10))
    prices = prices_for(file, tariff_file({100: PriceRow(250_000)}), assumed_spec(file))  # type: ignore[arg-type]
    assert prices == {100: Tariff(250_000, 40_000, 0)}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("steps", "split", "expected"),
    [
        ([15], False, 15),
        ([30], False, 30),
        ([60], False, 60),
        ([10], False, 30),
        ([5, 15], False, 15),
        ([30, 60], False, 60),
        ([30, 60], True, 30),
        ([120], False, 60),
    ],
)
def test_length_for__steps_of_a_file__shortest_that_sums_exactly(steps: list[int], split: bool, expected: int) -> None:
    assert length_for(steps, split=split) == expected


def test_power_for__usual_sizes__smallest_for_which_the_reading_is_plausible() -> None:
    assert power_for(0, HOUR) == 3_000
    assert power_for(max_wh(3_000, HOUR), HOUR) == 3_000
    assert power_for(max_wh(3_000, HOUR) + 1, HOUR) == 6_000
    assert power_for(max_wh(36_000, HOUR) + 1, HOUR) == 40_000
    assert max_wh(power_for(1_000_000, HOUR), HOUR) >= 1_000_000


def test_assumed_spec__who_produces__has_a_device() -> None:
    spec = assumed_spec(readings_file(flat=(0, 10), roof=(2_000, 300)))
    flat, roof = spec.participants
    assert flat.device is None
    assert roof.device is not None
    assert roof.device.capacity_w == roof.export_w == 3_000
    assert spec.terms.interval_minutes == 60


def test_assumed_spec__large_connection__credit_bears_a_week_of_it() -> None:
    usual = assumed_spec(readings_file(flat=(0, 10))).terms.credit_limit_neur
    large = assumed_spec(readings_file(spa=(0, 200_000))).terms.credit_limit_neur
    assert usual == CommunityTerms().credit_limit_neur
    assert large >= 6 * 24 * 200_000 * CommunityTerms().retail
