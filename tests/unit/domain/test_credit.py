"""Reserve, eligibility and withdrawals."""

from __future__ import annotations

import pytest

from wattcommons.domain.credit import is_eligible, reserve_neur, withdrawable_neur, worst_interval_neur
from wattcommons.domain.tariffs import Tariff
from wattcommons.errors import RuleError

pytestmark = pytest.mark.unit

USUAL = Tariff(retail=250_000, feed_in=100_000, network_fee=0)


def test_reserve__negative_count__refused() -> None:
    with pytest.raises(RuleError, match="-1 intervals are uncleared"):
        reserve_neur(-1, 1, 1, USUAL)


@pytest.mark.parametrize(
    ("tariff", "expected"),
    [
        (USUAL, 4_950 * 250_000),
        (Tariff(retail=-20_000, feed_in=-90_000, network_fee=0), 3_300 * 90_000),
        (Tariff(retail=10_000, feed_in=-90_000, network_fee=0), 3_300 * 90_000),
        (Tariff(retail=100_000, feed_in=-90_000, network_fee=0), 4_950 * 100_000),
        (Tariff(retail=-1, feed_in=0, network_fee=0), 0),
    ],
    ids=["import", "both negative", "export is worse", "import is worse", "cannot cost"],
)
def test_worst_interval__prices__the_worse_direction(tariff: Tariff, expected: int) -> None:
    assert worst_interval_neur(import_max_wh=4_950, export_max_wh=3_300, tariff=tariff) == expected


def test_reserve__uncleared_intervals__each_at_its_worst() -> None:
    assert reserve_neur(144, 4_950, 3_300, USUAL) == 144 * 4_950 * 250_000
    assert reserve_neur(0, 4_950, 3_300, USUAL) == 0


@pytest.mark.parametrize(("balance", "expected"), [(-100, False), (-71, False), (-70, True), (0, True)])
def test_is_eligible__around_the_limit__to_the_nano_euro(balance: int, expected: bool) -> None:
    assert is_eligible(balance, reserve=30, limit=100) is expected


@pytest.mark.parametrize(("balance", "expected"), [(100, 70), (30, 0), (-5, 0)])
def test_withdrawable__balance__leaves_the_reserve(balance: int, expected: int) -> None:
    assert withdrawable_neur(balance, reserve=30) == expected
