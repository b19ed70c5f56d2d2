"""What a target earns, and the book of points."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattcommons.domain.accounts import Account
from wattcommons.domain.ecopoints import POINT, AwardRule, Goal, MilliPoint, TargetOutcome, evaluate
from wattcommons.domain.points_book import PointsBook, VoucherState
from wattcommons.domain.units import MemberIndex, ParticipantIndex
from wattcommons.errors import RuleError

pytestmark = pytest.mark.unit

RULE = AwardRule(points_per_kwh=1, max_award=MilliPoint(50 * POINT))
GOAL = Goal(expectation_wh=200_000, target_wh=180_000)
MONTH = 1_440
FLAT, MEMBER = ParticipantIndex(3), MemberIndex(3)
WALLET, BAKERY, GARAGE, NEW_WALLET = (Account(name) for name in ("wallet", "bakery", "garage", "new wallet"))
UNTIL = 2_000_000_000
NOW = UNTIL - 1


@pytest.mark.parametrize(("expectation", "target"), [(100, 101), (100, -1)])
def test_goal__target_beyond_the_expectation__refused(expectation: int, target: int) -> None:
    with pytest.raises(RuleError):
        Goal(expectation, target)


@pytest.mark.parametrize("values", [(-1, 0), (0, -1)])
def test_award_rule__negative__refused(values: tuple[int, int]) -> None:
    with pytest.raises(RuleError):
        AwardRule(values[0], MilliPoint(values[1]))


@pytest.mark.parametrize(("actual", "measured", "intervals"), [(-1, 1, 1), (5, 2, 1), (5, -1, 1), (0, 0, 0)])
def test_evaluate__impossible_count__refused(actual: int, measured: int, intervals: int) -> None:
    with pytest.raises(RuleError):
        evaluate(GOAL, actual, measured=measured, intervals=intervals, rule=RULE)


def test_evaluate__one_reading_missing__no_award_however_little_was_used() -> None:
    ended = evaluate(GOAL, 0, measured=MONTH - 1, intervals=MONTH, rule=RULE)
    assert (ended.outcome, ended.points, ended.saved_wh) == (TargetOutcome.NO_DATA, 0, 0)


@pytest.mark.parametrize(
    ("actual", "outcome", "points"),
    [
        (180_001, TargetOutcome.MISS, 0),
        (180_000, TargetOutcome.AWARD, 20_000),
        (179_999, TargetOutcome.AWARD, 20_001),
        (150_000, TargetOutcome.AWARD, 50_000),
        (149_999, TargetOutcome.AWARD, 50_000),
        (0, TargetOutcome.AWARD, 50_000),
    ],
)
def test_evaluate__around_target_and_cap__to_the_milli_point(actual: int, outcome: TargetOutcome, points: int) -> None:
    ended = evaluate(GOAL, actual, measured=MONTH, intervals=MONTH, rule=RULE)
    assert (ended.outcome, ended.points) == (outcome, points)


def test_evaluate__account_closed__met_but_nothing_given() -> None:
    ended = evaluate(GOAL, 1, measured=MONTH, intervals=MONTH, rule=RULE, account_open=False)
    assert (ended.outcome, ended.points) == (TargetOutcome.ACCOUNT_CLOSED, 0)


@given(st.integers(0, 10**9), st.integers(0, 10**6), st.integers(0, 10**9))
def test_award__any__exact_or_capped(saved: int, rate: int, cap: int) -> None:
    award = AwardRule(rate, MilliPoint(cap)).award(saved)
    assert award == saved * rate or (award == cap and saved * rate > cap)


@pytest.fixture
def book() -> PointsBook:
    points = PointsBook()
    points.award(FLAT, 1, WALLET, 20_000)
    points.publish(BAKERY, 15_000, 2, UNTIL)
    return points


def test_award__same_period_again__refused(book: PointsBook) -> None:
    with pytest.raises(RuleError, match="before"):
        book.award(FLAT, 1, WALLET, 1)


def test_award__negative__refused(book: PointsBook) -> None:
    with pytest.raises(RuleError):
        book.award(FLAT, 2, WALLET, -1)


@pytest.mark.parametrize(("price", "stock"), [(0, 1), (1, 0)])
def test_publish__worthless__refused(book: PointsBook, price: int, stock: int) -> None:
    with pytest.raises(RuleError):
        book.publish(BAKERY, price, stock, UNTIL)


@pytest.mark.parametrize("points", [-1, 20_001])
def test_give__not_there__refused(book: PointsBook, points: int) -> None:
    with pytest.raises(RuleError, match="has 20000 mPt"):
        book.give(WALLET, BAKERY, points)


def test_give__all__with_the_partner_and_balanced(book: PointsBook) -> None:
    book.give(WALLET, BAKERY, 20_000)
    assert (book.balance(WALLET), book.balance(BAKERY), book.balanced) == (0, 20_000, True)


def test_redeem__too_few_points__refused(book: PointsBook) -> None:
    book.redeem(1, MEMBER, WALLET, NOW)
    with pytest.raises(RuleError, match="5000 mPt"):
        book.redeem(1, MEMBER, WALLET, NOW)


def test_redeem__offer_closed_or_over__refused(book: PointsBook) -> None:
    with pytest.raises(RuleError):
        book.redeem(1, MEMBER, WALLET, UNTIL)
    book.close(1)
    with pytest.raises(RuleError):
        book.redeem(1, MEMBER, WALLET, NOW)


def test_redeem__sold_out__refused(book: PointsBook) -> None:
    cheap = book.publish(BAKERY, 1, 1, UNTIL)
    book.redeem(cheap, MEMBER, WALLET, NOW)
    with pytest.raises(RuleError):
        book.redeem(cheap, MEMBER, WALLET, NOW)


@pytest.mark.parametrize("offer", [0, 2])
def test_redeem__unknown_offer__refused(book: PointsBook, offer: int) -> None:
    with pytest.raises(RuleError, match="no offer"):
        book.redeem(offer, MEMBER, WALLET, NOW)


def test_use__another_partner__refused(book: PointsBook) -> None:
    voucher = book.redeem(1, MEMBER, WALLET, NOW)
    with pytest.raises(RuleError, match="not garage's"):
        book.use(voucher, GARAGE, NOW)


def test_use__twice__refused(book: PointsBook) -> None:
    voucher = book.redeem(1, MEMBER, WALLET, NOW)
    book.use(voucher, BAKERY, NOW)
    with pytest.raises(RuleError, match="is used"):
        book.use(voucher, BAKERY, NOW)


def test_use__after_the_offer__expired(book: PointsBook) -> None:
    voucher = book.redeem(1, MEMBER, WALLET, NOW)
    assert book.voucher_state(voucher, UNTIL) is VoucherState.EXPIRED
    with pytest.raises(RuleError, match="is expired"):
        book.use(voucher, BAKERY, UNTIL)


def test_recover__replaced_wallet__all_points_pass(book: PointsBook) -> None:
    assert book.recover(WALLET, NEW_WALLET) == 20_000
    assert (book.balance(WALLET), book.balance(NEW_WALLET), book.balanced) == (0, 20_000, True)


def test_redeem__accepted__points_move_and_stay_with_the_partner(book: PointsBook) -> None:
    voucher = book.redeem(1, MEMBER, WALLET, NOW)
    assert book.voucher_state(voucher, NOW) is VoucherState.OPEN
    assert (book.balance(WALLET), book.balance(BAKERY)) == (5_000, 15_000)
    assert (book.awarded, book.redeemed, book.offer(1).stock, book.balanced) == (20_000, 15_000, 1, True)
