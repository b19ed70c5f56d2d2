"""A certificate's number, its deadlines to the second, and what a reading's Wh become."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattcommons.domain.calendar import add_months
from wattcommons.domain.devices import NotIssuable
from wattcommons.domain.guarantees import (
    CANCEL_MONTHS,
    NOTHING_ISSUED,
    TRANSFER_MONTHS,
    CancellationStatement,
    CertificateAction,
    CertificateId,
    certificate_id,
    certificates_of,
    device_and_interval,
    first_within,
    lifetime_of,
    standard_groups,
)
from wattcommons.domain.intervals import IntervalLength, end_unix, interval_of, parse_utc
from wattcommons.domain.readings import Quality, Reading
from wattcommons.domain.units import DeviceIndex, IntervalIndex, Wh
from wattcommons.errors import RuleError

pytestmark = pytest.mark.unit

STATEMENT = CancellationStatement(bytes(32), bytes(32), 1_700_000_000, 1_702_678_400, "FR", bytes(32))
INDEX = st.integers(1, 2**32 - 1)
WH = st.integers(0, 2**24 - 1)


def _unix(text: str) -> int:
    return int(parse_utc(text).timestamp())


def _certificate_of(start: str) -> CertificateId:
    return certificate_id(DeviceIndex(7), interval_of(parse_utc(start), IntervalLength.HALF_HOUR))


@pytest.mark.parametrize(("device", "interval"), [(0, 5), (2**32, 5), (1, -1), (1, 2**32)])
def test_certificate_id__out_of_range__refused(device: int, interval: int) -> None:
    with pytest.raises(RuleError):
        certificate_id(DeviceIndex(device), IntervalIndex(interval))


@pytest.mark.parametrize("number", [0, 2**32 - 1, 2**64, -1])
def test_device_and_interval__no_certificate__refused(number: int) -> None:
    with pytest.raises(RuleError):
        device_and_interval(CertificateId(number))


@given(INDEX, st.integers(0, 2**32 - 1))
def test_certificate_id__any__names_its_device_and_interval(device: int, interval: int) -> None:
    number = certificate_id(DeviceIndex(device), IntervalIndex(interval))
    assert device_and_interval(number) == (device, interval)
    assert number == device * 2**32 + interval


@pytest.mark.parametrize(
    "field",
    [
        {"beneficiary": b""},
        {"purpose": bytes(31)},
        {"statement_hash": bytes(33)},
        {"country": "France"},
        {"period_to": 1_700_000_000},
        {"period_from": -1},
    ],
)
def test_statement__malformed__refused(field: dict[str, object]) -> None:
    with pytest.raises(RuleError):
        replace(STATEMENT, **field)  # type: ignore[arg-type]


def test_lifetime__end_of_august__counts_from_production_end_in_utc_months() -> None:
    # Produced until 31 August 2026 00:00; six months past a year there is no 31 February.
    life = lifetime_of(_certificate_of("2026-08-30T23:30:00Z"), IntervalLength.HALF_HOUR)
    assert life.production_end == _unix("2026-08-31T00:00:00Z")
    assert life.transferable_until == _unix("2027-08-31T00:00:00Z")
    assert life.cancellable_until == _unix("2028-02-29T00:00:00Z")


def test_lifetime__last_interval_of_a_year__clock_starts_at_its_end() -> None:
    life = lifetime_of(_certificate_of("2026-12-31T23:30:00Z"), IntervalLength.HALF_HOUR)
    assert life.transferable_until == _unix("2028-01-01T00:00:00Z")


@pytest.mark.parametrize("action", [a for a in CertificateAction if a is not CertificateAction.TRANSFER])
def test_allows__eighteen_months__closes_all_else_at_the_second(action: CertificateAction) -> None:
    life = lifetime_of(_certificate_of("2026-06-15T12:00:00Z"), IntervalLength.HALF_HOUR)
    assert life.allows(action, _unix("2027-12-15T12:29:59Z"))
    assert not life.allows(action, _unix("2027-12-15T12:30:00Z"))


def test_allows__twelve_months__closes_transfer_at_the_second() -> None:
    life = lifetime_of(_certificate_of("2026-06-15T12:00:00Z"), IntervalLength.HALF_HOUR)
    assert life.allows(CertificateAction.TRANSFER, _unix("2027-06-15T12:29:59Z"))
    assert not life.allows(CertificateAction.TRANSFER, _unix("2027-06-15T12:30:00Z"))
    assert not life.has_expired(_unix("2027-06-15T12:30:00Z"))


def test_certificates_of__more_sold_than_left_after_own_use__refused() -> None:
    with pytest.raises(RuleError, match="sold"):
        certificates_of(Reading(Wh(1_000), Wh(400)), 601, None)


@pytest.mark.parametrize("reason", NotIssuable)
def test_certificates_of__refused_device__nothing(reason: NotIssuable) -> None:
    assert certificates_of(Reading(Wh(1_000), Wh(400)), 100, reason) == NOTHING_ISSUED


def test_certificates_of__estimated_reading__nothing() -> None:
    assert certificates_of(Reading(Wh(1_000), Wh(400), Quality.ESTIMATED), 100, None) == NOTHING_ISSUED


@given(WH, WH, st.data())
def test_certificates_of__measured__every_wh_of_production_once(made: int, used: int, data: st.DataObject) -> None:
    reading = Reading(Wh(made), Wh(used))
    sold = data.draw(st.integers(0, made - min(made, used)))
    split = certificates_of(reading, sold, None)
    assert split.issued_wh == made
    assert (split.own_use_wh, split.sold_wh) == (min(made, used), sold)


def test_standard_groups__negative__refused() -> None:
    with pytest.raises(RuleError):
        standard_groups(-1)


@pytest.mark.parametrize(("wh", "groups"), [(0, (0, 0)), (999_999, (0, 999_999)), (1_000_000, (1, 0))])
def test_standard_groups__around_a_megawatt_hour__carries_the_rest(wh: int, groups: tuple[int, int]) -> None:
    assert standard_groups(wh) == groups


@given(st.integers(0, 2**31), st.sampled_from([TRANSFER_MONTHS, CANCEL_MONTHS]), st.sampled_from(IntervalLength))
def test_first_within__any_time__the_oldest_that_is_not_too_late(at: int, months: int, length: IntervalLength) -> None:
    first = first_within(at, months, length)
    assert at < add_months(end_unix(first, length), months)
    if first:
        assert at >= add_months(end_unix(first - 1, length), months)
