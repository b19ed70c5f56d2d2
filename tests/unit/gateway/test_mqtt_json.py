"""Numbers and moments out of messages: exact, or refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattcommons.errors import MeterDataError
from wattcommons.services.gateway.sources.mqtt_json import as_energy, as_moment, as_number, read_json

pytestmark = pytest.mark.unit


@given(st.integers(0, 10**15), st.sampled_from(["mWh", "Wh", "kWh"]))
def test_energy__any_index_to_the_mwh__exact(index: int, unit: str) -> None:
    places = {"mWh": 0, "Wh": 3, "kWh": 6}[unit]
    text = f"{index // 10**places}.{index % 10**places:0{places}d}" if places else str(index)
    for written in (text, f'"{text}"', f"{index}e-{places}"):
        assert as_energy(as_number(read_json(written.encode())), unit) == index


@given(st.decimals(0, 10**9, places=9))
def test_energy__finer_than_a_mwh__cut_off_never_rounded_up(value: Decimal) -> None:
    assert Decimal(as_energy(value, "Wh")) <= value * 1_000 < Decimal(as_energy(value, "Wh")) + 1


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (1_780_315_200, 1_780_315_200_000),
        (Decimal("1780315200.0679"), 1_780_315_200_067),
        (1_780_315_200_123, 1_780_315_200_123),
        ("1780315200", 1_780_315_200_000),
        ("2026-06-01T14:00:00+02:00", 1_780_315_200_000),
        ("2026-06-01T12:00:00.250Z", 1_780_315_200_250),
    ],
)
def test_moment__seconds_milliseconds_or_iso__unix_ms(moment: object, expected: int) -> None:
    assert as_moment(moment) == expected


@pytest.mark.parametrize(
    ("moment", "reason"),
    [
        ("2026-06-01T14:00:00", "does not say its offset"),
        ("2026-06-01", "does not say its offset"),
        ("yesterday", "is no time"),
        (Decimal("1.61"), "beyond the years"),
        (-1, "beyond the years"),
        (10**18, "beyond the years"),
        ("1970-01-01T00:00:00Z", "beyond the years"),
    ],
)
def test_moment__no_time_to_be_relied_on__refused(moment: object, reason: str) -> None:
    with pytest.raises(MeterDataError, match=reason) as caught:
        as_moment(moment)
    assert caught.value.kind == "time"
