"""Ranges of the units and the one multiplication of the market."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from wattcommons.domain.units import (
    MAX_PRICE,
    MAX_WH,
    MIN_PRICE,
    checked_interval,
    checked_participant,
    checked_price,
    checked_wh,
    value_of,
)
from wattcommons.errors import RuleError

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (checked_wh, -1),
        (checked_wh, 16_777_216),
        (checked_price, -(2**31) - 1),
        (checked_price, 2**31),
        (checked_interval, -1),
        (checked_interval, 2**32),
        (checked_participant, 0),
        (checked_participant, 2**32),
    ],
)
def test_checked__out_of_range__refused_with_the_value(check: Callable[[int], int], value: int) -> None:
    with pytest.raises(RuleError, match=str(value)):
        check(value)


@pytest.mark.parametrize(
    ("check", "values"),
    [
        (checked_wh, (0, MAX_WH)),
        (checked_price, (MIN_PRICE, MAX_PRICE)),
        (checked_interval, (0, 2**32 - 1)),
        (checked_participant, (1, 2**32 - 1)),
    ],
)
def test_checked__ends_of_the_range__kept(check: Callable[[int], int], values: tuple[int, ...]) -> None:
    assert tuple(check(value) for value in values) == values


@pytest.mark.parametrize(
    ("energy", "price", "money"),
    [(1_000, 250_000, 250_000_000), (1, -1, -1), (-600, 132_500, -79_500_000), (MAX_WH, MIN_PRICE, -36028794871480320)],
)
def test_value_of__energy_times_price__exact_nano_euros(energy: int, price: int, money: int) -> None:
    assert value_of(energy, price) == money
