"""Texts of energy, prices and money, exact from integers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattcommons.domain.formatting import Language, decimal_text, eur_text, kwh_text, price_text
from wattcommons.errors import RuleError

pytestmark = [pytest.mark.unit, pytest.mark.fuzz]

FR, EN = Language.FRENCH, Language.ENGLISH


@pytest.mark.parametrize(("decimals", "places"), [(-1, None), (3, -1)])
def test_decimal_text__negative_digits__refused(decimals: int, places: int | None) -> None:
    with pytest.raises(RuleError, match="a number of digits is negative"):
        decimal_text(1, decimals, EN, places)


@pytest.mark.parametrize(
    ("wh", "language", "places", "expected"),
    [
        (1_234, FR, None, "1,234\u00a0kWh"),
        (1_234, EN, None, "1.234\u00a0kWh"),
        (1_200, EN, None, "1.2\u00a0kWh"),
        (0, FR, None, "0\u00a0kWh"),
        (1_234_567_000, FR, None, "1\u202f234\u202f567\u00a0kWh"),
        (1_234_567_000, EN, 1, "1,234,567.0\u00a0kWh"),
        (1_250, EN, 1, "1.3\u00a0kWh"),
        (-1_250, EN, 1, "-1.3\u00a0kWh"),
        (-40, EN, 1, "0.0\u00a0kWh"),
    ],
)
def test_kwh_text__energy__in_the_language(wh: int, language: Language, places: int | None, expected: str) -> None:
    assert kwh_text(wh, language, places) == expected


@pytest.mark.parametrize(
    ("price", "language", "expected"),
    [(123_450, FR, "12,345\u00a0c€/kWh"), (250_000, EN, "25.00\u00a0c€/kWh"), (-1, EN, "-0.0001\u00a0c€/kWh")],
)
def test_price_text__price__in_cents(price: int, language: Language, expected: str) -> None:
    assert price_text(price, language) == expected


@pytest.mark.parametrize(
    ("neur", "language", "places", "expected"),
    [
        (12_340_000_000, FR, None, "12,34\u00a0€"),
        (12_340_000_000, EN, None, "€12.34"),
        (1, EN, None, "€0.000000001"),
        (-5_000_000, EN, 2, "-€0.01"),
        (-4_999_999, EN, 2, "€0.00"),
        (999_999_999_999, FR, 2, "1\u202f000,00\u00a0€"),
    ],
)
def test_eur_text__money__in_the_language(neur: int, language: Language, places: int | None, expected: str) -> None:
    assert eur_text(neur, language, places) == expected


@given(st.integers(-(10**18), 10**18), st.integers(0, 12))
def test_decimal_text__every_digit__reads_back_exactly(value: int, decimals: int) -> None:
    text = decimal_text(value, decimals, EN).replace(",", "")
    assert Decimal(text) == Decimal(value).scaleb(-decimals)
