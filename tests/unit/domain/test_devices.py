"""Device codes and the reasons for which a device earns nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattcommons.domain.devices import (
    Device,
    EnergySource,
    NotIssuable,
    SupportScheme,
    check_country,
    check_eic,
    check_fuel,
    check_technology,
    latest_validity,
    refusal_of,
    source_of_fuel,
)
from wattcommons.domain.units import DeviceIndex
from wattcommons.errors import RuleError

pytestmark = pytest.mark.unit

ROOF = Device(
    index=DeviceIndex(1),
    technology="T010100",
    fuel="F01040100",
    capacity_w=6_000,
    commissioned_at=1_600_000_000,
    country="FR",
    valid_until=1_900_000_000,
    scheme=SupportScheme.NONE,
    scheme_allows=True,
)


@pytest.mark.parametrize("code", ["", "T01010", "T0101000", "t010100", "F010100", "T01010x", "T010100\n", "T٠١٠١٠٠"])
def test_check_technology__malformed__refused(code: str) -> None:
    with pytest.raises(RuleError, match="technology code"):
        check_technology(code)


@pytest.mark.parametrize("code", ["F0104010", "F010401000", "f01040100", "T01040100", " F01040100"])
def test_check_fuel__malformed__refused(code: str) -> None:
    with pytest.raises(RuleError, match="fuel code"):
        check_fuel(code)


@pytest.mark.parametrize("code", ["fr", "FRA", "F", "F1"])
def test_check_country__malformed__refused(code: str) -> None:
    with pytest.raises(RuleError, match="country"):
        check_country(code)


@pytest.mark.parametrize("code", ["10YFR-RTE------", "10YFR-RTE------CC", "10yFR-RTE------C", "10YFR-RTE-------"])
def test_check_eic__malformed__refused(code: str) -> None:
    with pytest.raises(RuleError, match="malformed"):
        check_eic(code)


@pytest.mark.parametrize("code", ["10YFR-RTE------C", "10YES-REE------0", "10YBE----------2", "10YCH-SWISSGRIDZ"])
def test_check_eic__published_code__accepted(code: str) -> None:
    assert check_eic(code) == code


@given(st.integers(0, 14), st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
def test_check_eic__one_sign_changed__refused(place: int, sign: str) -> None:
    good = "10YFR-RTE------C"
    changed = good[:place] + sign + good[place + 1 :]
    if changed != good:
        with pytest.raises(RuleError, match="check sign"):
            check_eic(changed)


@pytest.mark.parametrize(
    "field", [{"index": 0}, {"index": 2**32}, {"capacity_w": 0}, {"capacity_w": 2**32}, {"commissioned_at": -1}]
)
def test_device__number_out_of_range__refused(field: dict[str, int]) -> None:
    with pytest.raises(RuleError):
        replace(ROOF, **field)  # type: ignore[arg-type]


@pytest.mark.parametrize("source", EnergySource)
def test_energy_source__its_codes__are_well_formed(source: EnergySource) -> None:
    assert check_technology(source.technology) and check_fuel(source.fuel)


def test_refusal__no_device__says_so() -> None:
    assert refusal_of(None, 1_700_000_000) is NotIssuable.NO_DEVICE


@pytest.mark.parametrize(
    ("change", "suspended", "reason"),
    [
        ({"storage": True}, False, NotIssuable.STORAGE),
        ({"scheme": SupportScheme.FEED_IN_TARIFF, "scheme_allows": False}, False, NotIssuable.SUPPORTED),
        ({}, True, NotIssuable.SUSPENDED),
        ({"valid_until": 1_699_999_999}, False, NotIssuable.LAPSED),
    ],
)
def test_refusal__one_reason__is_told(change: dict[str, object], suspended: bool, reason: NotIssuable) -> None:
    device = replace(ROOF, **change)  # type: ignore[arg-type]
    assert device.refusal(1_700_000_000, suspended=suspended) is reason


def test_refusal__supported_and_allowed__none() -> None:
    assert replace(ROOF, scheme=SupportScheme.FEED_IN_PREMIUM).refusal(1_700_000_000) is None


def test_refusal__last_second_of_the_registration__still_earns() -> None:
    assert ROOF.refusal(ROOF.valid_until) is None
    assert ROOF.refusal(ROOF.valid_until + 1) is NotIssuable.LAPSED


@pytest.mark.parametrize(
    ("fuel", "expected"),
    [
        ("F01040100", EnergySource.SOLAR),
        ("F01050100", EnergySource.WIND),
        ("F01050200", EnergySource.HYDRO),
        ("F01010100", None),
        ("", None),
    ],
)
def test_source_of_fuel__code__what_it_means(fuel: str, expected: EnergySource | None) -> None:
    assert source_of_fuel(fuel) is expected


@pytest.mark.parametrize(
    ("at", "latest"),
    [
        (1_785_542_400, 1_943_308_800),  # 2026-08-01T00:00:00Z: 2031-08-01T00:00:00Z
        (1_803_859_199, 1_961_625_599),  # 2027-02-28T23:59:59Z: 2032-02-28T23:59:59Z
        (1_835_438_400, 1_993_204_800),  # 2028-02-29T12:00:00Z: 2033-02-28T12:00:00Z
    ],
)
def test_latest_validity__any_day__five_calendar_years_later(at: int, latest: int) -> None:
    assert latest_validity(at) == latest
