"""Corrections of settled readings, by the domain: refusals, money and certificates."""

from __future__ import annotations

import pytest

from wattcommons.domain.accounts import Account
from wattcommons.domain.certificate_ledger import CertificateLedger, TakenBack
from wattcommons.domain.corrections import (
    certificate_change,
    check_correction,
    correctable_until,
    corrected,
    effect_of,
)
from wattcommons.domain.guarantees import certificate_id
from wattcommons.domain.intervals import IntervalLength, end_unix
from wattcommons.domain.readings import ABSENT_READING, Quality, Reading
from wattcommons.domain.settlement import CertificateSplit
from wattcommons.domain.tariffs import Tariff
from wattcommons.domain.units import MAX_WH, DeviceIndex, IntervalIndex, MicroEurPerKwh, ParticipantIndex, Wh
from wattcommons.errors import RuleError

pytestmark = pytest.mark.unit

LENGTH = IntervalLength.HALF_HOUR
TARIFF = Tariff(MicroEurPerKwh(200_000), MicroEurPerKwh(50_000), MicroEurPerKwh(0))
INTERVAL = IntervalIndex(980_000)
DEVICE = DeviceIndex(1)
ONE = certificate_id(DEVICE, INTERVAL)
NEXT = certificate_id(DEVICE, IntervalIndex(INTERVAL + 1))
NOW = end_unix(INTERVAL, LENGTH) + 3_600
PRODUCER, OWNER = ParticipantIndex(4), ParticipantIndex(9)
MILL, BUYER, NEW_OWNER = Account("mill"), Account("buyer"), Account("new owner")


def reading(production: int, consumption: int, quality: Quality = Quality.MEASURED) -> Reading:
    return Reading(Wh(production), Wh(consumption), quality)


def split(own: int, sold: int, minted: int) -> CertificateSplit:
    return CertificateSplit(Wh(own), Wh(sold), Wh(minted))


@pytest.fixture
def ledger() -> CertificateLedger:
    """1,000 Wh issued: 100 for own use, 300 sold, 600 held by the mill."""
    book = CertificateLedger(LENGTH)
    for account in (MILL, BUYER, NEW_OWNER):
        book.admit(account)
    book.issue(ONE, PRODUCER, MILL, split(100, 300, 600), NOW)
    return book


def correct(ledger: CertificateLedger, old: int, new: int) -> TakenBack:
    change = certificate_change(reading(old, 100), reading(new, 100, Quality.CORRECTED), 300)
    return ledger.correct(ONE, PRODUCER, MILL, change, NOW)


# ---------------------------------------------------------------------- refusals


def test_corrected__nothing_recorded__refused() -> None:
    with pytest.raises(RuleError, match="no reading to correct"):
        corrected(ABSENT_READING, 1, 1)


@pytest.mark.parametrize("quality", [Quality.MEASURED, Quality.CORRECTED])
def test_corrected__no_change__refused(quality: Quality) -> None:
    with pytest.raises(RuleError, match="says so already"):
        corrected(reading(5, 6, quality), 5, 6)


def test_corrected__an_estimate__may_be_confirmed() -> None:
    assert corrected(reading(5, 6, Quality.ESTIMATED), 5, 6) == reading(5, 6, Quality.CORRECTED)


def test_check__first_second_after_the_window__refused() -> None:
    until = correctable_until(INTERVAL, LENGTH, 86_400)
    check_correction(reading(1, 1), (9_000, 9_000), INTERVAL, LENGTH, 86_400, until - 1)
    with pytest.raises(RuleError, match="could be corrected until"):
        check_correction(reading(1, 1), (9_000, 9_000), INTERVAL, LENGTH, 86_400, until)


@pytest.mark.parametrize(("production", "consumption"), [(4_951, 0), (0, 4_951)])
def test_check__more_than_the_powers_allow__refused(production: int, consumption: int) -> None:
    check_correction(reading(4_950, 4_950), (9_000, 9_000), INTERVAL, LENGTH, 86_400, NOW)
    with pytest.raises(RuleError, match=r"power × hours × 1\.1"):
        check_correction(reading(production, consumption), (9_000, 9_000), INTERVAL, LENGTH, 86_400, NOW)


def test_issue_more__of_what_was_never_issued_or_beyond_a_number__refused(ledger: CertificateLedger) -> None:
    with pytest.raises(RuleError, match="never issued"):
        ledger.issue_more(NEXT, PRODUCER, MILL, 1)
    for wh in (0, -1, MAX_WH):
        with pytest.raises(RuleError, match="have a number"):
            ledger.issue_more(ONE, PRODUCER, MILL, wh)
    assert ledger.issued(ONE) == 1_000


# ---------------------------------------------------------------------- money and certificates


@pytest.mark.parametrize(
    ("old", "new", "traded", "value"),
    [
        ((1_000, 0), (1_200, 0), 300, 200 * 50_000),  # more to the grid
        ((1_000, 0), (200, 0), 300, -700 * 50_000 - 100 * 200_000),  # less than was sold: the grid fills up
        ((0, 800), (0, 1_000), -500, -200 * 200_000),  # more from the grid
        ((0, 800), (0, 300), -500, 300 * 200_000 + 200 * 50_000),  # bought more than was used: the rest went on
        ((500, 500), (600, 600), 0, 0),
    ],
)
def test_effect__value__at_the_backup_prices(
    old: tuple[int, int], new: tuple[int, int], traded: int, value: int
) -> None:
    effect = effect_of(reading(*old), reading(*new, Quality.CORRECTED), traded, TARIFF)
    assert effect.value_neur == value


def test_certificate_change__of_an_estimate__is_a_first_issue() -> None:
    change = certificate_change(reading(900, 100, Quality.ESTIMATED), reading(1_000, 100, Quality.CORRECTED), 300)
    assert (change.earned_wh, change.earns) == (0, split(100, 300, 600))


def test_certificate_change__sold_more_than_was_made__the_buyers_part_is_what_there_is() -> None:
    change = certificate_change(reading(0, 100), reading(250, 100, Quality.CORRECTED), 300)
    assert change.earns == split(100, 150, 0)


def test_correct__less__from_the_producer_then_owed(ledger: CertificateLedger) -> None:
    ledger.transfer(ONE, MILL, BUYER, 450, NOW)
    assert correct(ledger, 1_000, 900) == TakenBack(0, 100, 0)
    assert correct(ledger, 900, 0) == TakenBack(0, 50, 850)
    assert ledger.balance(ONE, BUYER) == 450, "a third party's stay"
    assert ledger.debt(DEVICE) == 850
    assert ledger.totals(NOW).balanced


def test_correct__account_closed__from_the_claim_first(ledger: CertificateLedger) -> None:
    ledger.dismiss(MILL)
    correct(ledger, 1_000, 1_100)
    assert correct(ledger, 1_100, 900) == TakenBack(100, 100, 0)


def test_debt__next_issue__pays_whosever_the_device_is(ledger: CertificateLedger) -> None:
    ledger.transfer(ONE, MILL, BUYER, 600, NOW)
    correct(ledger, 1_000, 800)
    assert ledger.issue(NEXT, OWNER, NEW_OWNER, split(50, 50, 150), NOW) == 150
    assert (ledger.debt(DEVICE), ledger.balance(NEXT, NEW_OWNER)) == (50, 0)
    assert ledger.cancelled(NEXT) == 100, "what is cancelled for buyers and own use pays nothing"
    assert ledger.issue_more(NEXT, OWNER, NEW_OWNER, 60, NOW) == 50
    assert (ledger.debt(DEVICE), ledger.balance(NEXT, NEW_OWNER)) == (0, 10)
    totals = ledger.totals(NOW)
    assert totals.balanced
    assert totals.issued - totals.withdrawn == 800 + 250 + 60


def test_debt__an_issue_that_has_expired__pays_nothing(ledger: CertificateLedger) -> None:
    ledger.transfer(ONE, MILL, BUYER, 600, NOW)
    correct(ledger, 1_000, 800)
    late = ledger.lifetime(NEXT).cancellable_until
    assert ledger.issue(NEXT, PRODUCER, MILL, split(0, 0, 500), late) == 0
    assert ledger.debt(DEVICE) == 200


def test_debt__another_device__pays_nothing(ledger: CertificateLedger) -> None:
    ledger.transfer(ONE, MILL, BUYER, 600, NOW)
    correct(ledger, 1_000, 800)
    other = certificate_id(DeviceIndex(2), INTERVAL)
    assert ledger.issue(other, PRODUCER, MILL, split(0, 0, 500), NOW) == 0
    assert ledger.balance(other, MILL) == 500
