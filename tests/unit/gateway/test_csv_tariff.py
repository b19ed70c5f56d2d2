"""Tariff files: every mistake with its line, exact prices, and the real files."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattcommons.domain.intervals import IntervalLength
from wattcommons.errors import InputError
from wattcommons.services.gateway.csv_tariff import PriceRow, parse_price, read_tariff

pytestmark = pytest.mark.unit

DATA = Path(__file__).parents[3].parent / "shared" / "data"
HALF_HOUR, HOUR = IntervalLength.HALF_HOUR, IntervalLength.HOUR
FULL = "interval_start_utc,interval_minutes,currency,retail_price_per_kwh,feed_in_price_per_kwh,network_fee_per_kwh"
GOOD = "2026-06-01T12:00:00Z,60,EUR,0.2516,-0.01,0.045"
NOON = 1_780_315_200  # 2026-06-01T12:00:00Z


def _file(tmp_path: Path, *rows: str, header: str = FULL) -> Path:
    path = tmp_path / "tariff.csv"
    path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2026-06-01T13:00:00Z,60,EUR,0.2516001,0,0", "more than six decimals"),
        ("2026-06-01T13:00:00Z,60,EUR,2148,0,0", "outside"),
        ('2026-06-01T13:00:00Z,60,EUR,"0,25",0,0', "not a decimal number"),
        ("2026-06-01T13:00:00Z,60,EUR,1e-1,0,0", "not a decimal number"),
        ("2026-06-01T13:00:00Z,60,EUR,NaN,0,0", "not a decimal number"),
        ("2026-06-01T13:00:00Z,60,EUR,0.25,,0", "feed_in_price_per_kwh is ''"),
        ("2026-06-01T13:00:00Z,60,USD,0.25,0,0", "one file"),
        ("2026-06-01T13:00:00Z,60,euro,0.25,0,0", "currency is 'euro'"),
        ("2026-06-01T13:30:00Z,60,EUR,0.25,0,0", "off the grid"),
        ("2026-06-01 13:00:00Z,60,EUR,0.25,0,0", "interval_start_utc"),
        ("2026-06-01T13:00:00Z,45,EUR,0.25,0,0", "interval_minutes"),
        ("2026-06-01T13:20:00Z,20,EUR,0.25,0,0", "interval_minutes"),
        (GOOD, "the same price again for the interval of line 2"),
        ("2026-06-01T12:30:00Z,30,EUR,0.3,0,0", "another price for the interval of line 2"),
    ],
)
def test_read__bad_row__refused_with_its_line(tmp_path: Path, row: str, reason: str) -> None:
    with pytest.raises(InputError) as caught:
        read_tariff(_file(tmp_path, GOOD, row), HALF_HOUR)
    assert caught.value.line == 3
    assert reason in str(caught.value)


@pytest.mark.parametrize("header", [FULL + ",vat", "interval_start_utc,currency", "interval_start_utc"])
def test_read__bad_header__refused(tmp_path: Path, header: str) -> None:
    with pytest.raises(InputError, match="column") as caught:
        read_tariff(_file(tmp_path, GOOD, header=header), HALF_HOUR)
    assert caught.value.line == 1


def test_read__no_rows__refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no prices"):
        read_tariff(_file(tmp_path), HALF_HOUR)


def test_read__price_changes_inside_an_interval__refused(tmp_path: Path) -> None:
    path = _file(tmp_path, "2026-06-01T12:00:00Z,30,EUR,0.2,0,0", "2026-06-01T12:30:00Z,30,EUR,0.3,0,0")
    with pytest.raises(InputError, match="another price"):
        read_tariff(path, HOUR)


def test_read__equal_finer_prices__one_interval(tmp_path: Path) -> None:
    path = _file(tmp_path, "2026-06-01T12:00:00Z,30,EUR,0.2,0,0", "2026-06-01T12:30:00Z,30,EUR,0.2,0,0")
    assert read_tariff(path, HOUR).prices == {NOON // 3_600: PriceRow(200_000, 0, 0)}  # type: ignore[arg-type]


def test_read__hourly_prices__hold_in_each_half_hour(tmp_path: Path) -> None:
    tariff = read_tariff(_file(tmp_path, GOOD), HALF_HOUR)
    row = PriceRow(251_600, -10_000, 45_000)  # type: ignore[arg-type]
    first = NOON // 1_800
    assert tariff.prices == {first: row, first + 1: row}
    assert tariff.currency == "EUR"
    assert tariff.missing(first, first + 2) == (0, None)
    assert tariff.missing(first - 1, first + 4) == (3, first - 1)


def test_read__two_columns_only__step_is_the_community_s(tmp_path: Path) -> None:
    path = _file(tmp_path, "2026-06-01T12:30:00Z,0.2", header="interval_start_utc,retail_price_per_kwh")
    tariff = read_tariff(path, HALF_HOUR)
    assert tariff.prices == {NOON // 1_800 + 1: PriceRow(200_000)}  # type: ignore[arg-type]
    assert tariff.currency is None


@given(st.integers(-(2**31), 2**31 - 1))
def test_parse_price__any_price_of_six_decimals__exact(price: int) -> None:
    assert parse_price(f"{Decimal(price).scaleb(-6):f}") == price


@pytest.mark.skipif(not (DATA / "tariff").exists(), reason="the data folder beside the repository is absent")
def test_read__fontana_tariff__five_prices_and_every_hour() -> None:
    tariff = read_tariff(DATA / "tariff" / "us-ca-fontana-tou-2016-2017-hourly.csv", HOUR)
    assert {row.retail for row in tariff.prices.values()} == {210_000, 220_000, 400_000, 500_000, 540_000}
    assert (len(tariff.prices), tariff.currency) == (8_758, "USD")


@pytest.mark.skipif(not (DATA / "tariff").exists(), reason="the data folder beside the repository is absent")
def test_read__day_ahead_prices__are_no_retail_prices() -> None:
    with pytest.raises(InputError, match="day_ahead_price_per_kwh"):
        read_tariff(DATA / "tariff" / "nl-epex-dayahead-2024-hourly.csv", HOUR)
