"""The register of certificates: every refusal, then conservation whatever the order of what is asked."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from wattcommons.domain.accounts import Account
from wattcommons.domain.certificate_ledger import CertificateLedger
from wattcommons.domain.corrections import CertificateChange
from wattcommons.domain.guarantees import CancellationStatement, CertificateId, certificate_id, lifetime_of
from wattcommons.domain.intervals import IntervalLength
from wattcommons.domain.settlement import CertificateSplit
from wattcommons.domain.units import MAX_WH, DeviceIndex, IntervalIndex, ParticipantIndex, Wh
from wattcommons.errors import RuleError

pytestmark = pytest.mark.unit

LENGTH = IntervalLength.HALF_HOUR
ROOF = certificate_id(DeviceIndex(1), IntervalIndex(980_000))
MILL = certificate_id(DeviceIndex(2), IntervalIndex(980_000))
LIFE = lifetime_of(ROOF, LENGTH)
NOW = LIFE.production_end + 3_600
PRODUCER = ParticipantIndex(4)
PROSUMER, BUYER, STRANGER, NEW_WALLET = (Account(name) for name in ("prosumer", "buyer", "stranger", "new wallet"))
STATEMENT = CancellationStatement(bytes(32), bytes(32), 1_700_000_000, 1_702_678_400, "FR", bytes(32))


def _split(own_use: int, sold: int, minted: int) -> CertificateSplit:
    return CertificateSplit(Wh(own_use), Wh(sold), Wh(minted))


@pytest.fixture
def ledger() -> CertificateLedger:
    book = CertificateLedger(LENGTH)
    for account in (PROSUMER, BUYER):
        book.admit(account)
    book.issue(ROOF, PRODUCER, PROSUMER, _split(200, 300, 500))
    return book


def test_issue__same_device_and_interval_again__refused(ledger: CertificateLedger) -> None:
    with pytest.raises(RuleError, match="issued before"):
        ledger.issue(ROOF, PRODUCER, PROSUMER, _split(0, 0, 1))


@pytest.mark.parametrize("split", [_split(0, 0, 0), _split(0, 1, MAX_WH)])
def test_issue__nothing_or_more_than_a_reading__refused(ledger: CertificateLedger, split: CertificateSplit) -> None:
    with pytest.raises(RuleError):
        ledger.issue(MILL, PRODUCER, PROSUMER, split)
    assert ledger.issued(MILL) == 0


@pytest.mark.parametrize(("sender", "receiver"), [(PROSUMER, STRANGER), (STRANGER, BUYER)])
def test_transfer__not_between_account_holders__refused(
    ledger: CertificateLedger, sender: Account, receiver: Account
) -> None:
    with pytest.raises(RuleError, match="no account holder"):
        ledger.transfer(ROOF, sender, receiver, 1, NOW)


@pytest.mark.parametrize("wh", [0, -1, 501])
def test_transfer__not_an_amount_that_is_held__refused(ledger: CertificateLedger, wh: int) -> None:
    with pytest.raises(RuleError, match="holds 500"):
        ledger.transfer(ROOF, PROSUMER, BUYER, wh, NOW)
    assert ledger.balance(ROOF, PROSUMER) == 500


def test_transfer__twelve_months_after_production__refused(ledger: CertificateLedger) -> None:
    with pytest.raises(RuleError, match="allows no transfer"):
        ledger.transfer(ROOF, PROSUMER, BUYER, 1, LIFE.transferable_until)


def test_any__certificate_never_issued__refused(ledger: CertificateLedger) -> None:
    with pytest.raises(RuleError, match="never issued"):
        ledger.transfer(MILL, PROSUMER, BUYER, 1, NOW)


def test_cancel__one_amount_too_large__nothing_is_cancelled(ledger: CertificateLedger) -> None:
    ledger.issue(MILL, PRODUCER, PROSUMER, _split(0, 0, 10))
    with pytest.raises(RuleError, match="holds 10"):
        ledger.cancel(PROSUMER, {ROOF: 100, MILL: 11}, STATEMENT, NOW)
    assert (ledger.balance(ROOF, PROSUMER), ledger.cancellations) == (500, [])


def test_cancel__expired__refused(ledger: CertificateLedger) -> None:
    with pytest.raises(RuleError, match="allows no cancel"):
        ledger.cancel(PROSUMER, {ROOF: 1}, STATEMENT, LIFE.cancellable_until)


def test_cancel__of_nothing__refused(ledger: CertificateLedger) -> None:
    with pytest.raises(RuleError, match="nothing"):
        ledger.cancel(PROSUMER, {}, STATEMENT, NOW)


def test_withdraw__what_was_cancelled_or_sold__untouched(ledger: CertificateLedger) -> None:
    ledger.cancel(PROSUMER, {ROOF: 500}, STATEMENT, NOW)
    with pytest.raises(RuleError, match="holds 0"):
        ledger.withdraw(ROOF, PROSUMER, 1, NOW)


def test_withdraw__more_than_waits__refused(ledger: CertificateLedger) -> None:
    with pytest.raises(RuleError, match="0 wait"):
        ledger.withdraw(ROOF, None, 1, NOW)


def test_claim__account_not_admitted_yet__keeps_waiting(ledger: CertificateLedger) -> None:
    ledger.issue(MILL, PRODUCER, STRANGER, _split(0, 0, 10))
    with pytest.raises(RuleError, match="no account holder"):
        ledger.claim(MILL, STRANGER, NOW)
    assert ledger.waiting(MILL) is not None


def test_claim__twice__refused(ledger: CertificateLedger) -> None:
    ledger.issue(MILL, PRODUCER, STRANGER, _split(0, 0, 10))
    ledger.admit(STRANGER)
    assert ledger.claim(MILL, STRANGER, NOW).wh == 10
    with pytest.raises(RuleError, match="nothing waits"):
        ledger.claim(MILL, STRANGER, NOW)


def test_recover__to_an_account_not_admitted__refused(ledger: CertificateLedger) -> None:
    with pytest.raises(RuleError, match="no account holder"):
        ledger.recover(ROOF, PROSUMER, NEW_WALLET, NOW)


def test_recover__after_the_transfer_deadline__moves_all_of_it(ledger: CertificateLedger) -> None:
    ledger.admit(NEW_WALLET)
    assert ledger.recover(ROOF, PROSUMER, NEW_WALLET, LIFE.transferable_until) == 500
    assert ledger.balances() == {(ROOF, NEW_WALLET): 500}


def test_recover__part_of_it__rest_stays_with_the_old_wallet(ledger: CertificateLedger) -> None:
    ledger.admit(NEW_WALLET)
    assert ledger.recover(ROOF, PROSUMER, NEW_WALLET, NOW, 40) == 40
    assert ledger.balances() == {(ROOF, NEW_WALLET): 40, (ROOF, PROSUMER): 460}


def test_cancel__twice__numbers_run_on(ledger: CertificateLedger) -> None:
    first = ledger.cancel(PROSUMER, {ROOF: 1}, STATEMENT, NOW)
    second = ledger.cancel(PROSUMER, {ROOF: 2}, STATEMENT, NOW)
    assert (first.number, second.number) == (1, 2)
    assert ledger.cancelled(ROOF) == 200 + 300 + 3


def test_totals__held_past_the_deadline__expired(ledger: CertificateLedger) -> None:
    before, after = ledger.totals(LIFE.cancellable_until - 1), ledger.totals(LIFE.cancellable_until)
    assert (before.held, before.expired) == (500, 0)
    assert (after.held, after.expired, after.issued, after.balanced) == (0, 500, 1_000, True)


@pytest.mark.parametrize(
    ("holder", "wh", "at", "match"),
    [
        (STRANGER, 1, NOW, "no account holder"),
        (PROSUMER, 501, NOW, "holds 500"),
        (PROSUMER, 0, NOW, "holds 500"),
        (PROSUMER, 1, LIFE.transferable_until, "its time has passed"),
    ],
)
def test_lock__against_a_rule__refused(
    ledger: CertificateLedger, holder: Account, wh: int, at: int, match: str
) -> None:
    with pytest.raises(RuleError, match=match):
        ledger.lock(ROOF, holder, wh, at)
    assert ledger.locked(ROOF) == 0


def test_locked__any_other_path__nothing_to_move_use_or_withdraw(ledger: CertificateLedger) -> None:
    ledger.lock(ROOF, PROSUMER, 500, NOW)
    for action in (
        lambda: ledger.transfer(ROOF, PROSUMER, BUYER, 1, NOW),
        lambda: ledger.cancel(PROSUMER, {ROOF: 1}, STATEMENT, NOW),
        lambda: ledger.withdraw(ROOF, PROSUMER, 1, NOW),
    ):
        with pytest.raises(RuleError, match="holds 0"):
            action()


def test_unlock__more_than_is_locked_or_expired_or_to_a_stranger__refused(ledger: CertificateLedger) -> None:
    ledger.lock(ROOF, PROSUMER, 200, NOW)
    for wh, holder, at in (
        (201, PROSUMER, NOW),
        (1, PROSUMER, LIFE.cancellable_until),
        (1, STRANGER, NOW),
    ):
        with pytest.raises(RuleError):
            ledger.unlock(ROOF, holder, wh, at)
    ledger.unlock(ROOF, BUYER, 200, LIFE.cancellable_until - 1)
    assert (ledger.locked(ROOF), ledger.balance(ROOF, BUYER)) == (0, 200)


def test_export__locked_alone__neither_held_nor_expired_any_more(ledger: CertificateLedger) -> None:
    ledger.lock(ROOF, PROSUMER, 300, NOW)
    with pytest.raises(RuleError, match="300 are locked"):
        ledger.export(ROOF, 301)
    ledger.export(ROOF, 200)
    with pytest.raises(RuleError, match="100 are locked"):
        ledger.unlock(ROOF, PROSUMER, 101, NOW)
    for at, held, expired in ((NOW, 300, 0), (LIFE.cancellable_until, 0, 300)):
        totals = ledger.totals(at)
        assert (totals.held, totals.expired, totals.exported, totals.balanced) == (held, expired, 200, True)


def test_correct__locked_and_exported__not_touched_but_owed(ledger: CertificateLedger) -> None:
    ledger.lock(ROOF, PROSUMER, 450, NOW)
    ledger.export(ROOF, 100)
    taken = ledger.correct(ROOF, PRODUCER, PROSUMER, CertificateChange(1_000, _split(200, 300, 300)), NOW)
    assert (taken.from_wallet, taken.owed) == (50, 150)
    assert (ledger.locked(ROOF), ledger.exported(ROOF)) == (350, 100)


class Register(RuleBasedStateMachine):
    """Anybody asks for anything at any time; whatever is refused, no Wh appears or is lost."""

    ids = st.sampled_from([ROOF, MILL])
    accounts = st.sampled_from([PROSUMER, BUYER, STRANGER, NEW_WALLET])
    amounts = st.integers(-1, 120)

    def __init__(self) -> None:
        super().__init__()
        self.ledger = CertificateLedger(LENGTH)
        self.at = LIFE.production_end
        self.made: dict[CertificateId, int] = {}

    @rule(seconds=st.sampled_from([1, 86_400 * 40, 86_400 * 200]))
    def wait(self, seconds: int) -> None:
        self.at += seconds

    @rule(account=accounts, admitted=st.booleans())
    def admit(self, account: Account, admitted: bool) -> None:
        (self.ledger.admit if admitted else self.ledger.dismiss)(account)

    @rule(certificate=ids, wallet=accounts, parts=st.tuples(*[st.integers(0, 100)] * 3))
    def issue(self, certificate: CertificateId, wallet: Account, parts: tuple[int, int, int]) -> None:
        try:
            self.ledger.issue(certificate, PRODUCER, wallet, _split(*parts))
        except RuleError:
            return
        assert certificate not in self.made
        self.made[certificate] = sum(parts)

    @rule(certificate=ids, sender=accounts, receiver=accounts, wh=amounts)
    def transfer(self, certificate: CertificateId, sender: Account, receiver: Account, wh: int) -> None:
        self._try(lambda: self.ledger.transfer(certificate, sender, receiver, wh, self.at))

    @rule(certificate=ids, holder=accounts, wh=amounts)
    def cancel(self, certificate: CertificateId, holder: Account, wh: int) -> None:
        self._try(lambda: self.ledger.cancel(holder, {certificate: wh}, STATEMENT, self.at))

    @rule(certificate=ids, holder=st.none() | accounts, wh=amounts)
    def withdraw(self, certificate: CertificateId, holder: Account | None, wh: int) -> None:
        self._try(lambda: self.ledger.withdraw(certificate, holder, wh, self.at))

    @rule(certificate=ids, account=accounts, successor=accounts)
    def claim_or_recover(self, certificate: CertificateId, account: Account, successor: Account) -> None:
        self._try(lambda: self.ledger.claim(certificate, account, self.at))
        self._try(lambda: self.ledger.recover(certificate, account, successor, self.at))

    @rule(certificate=ids, holder=accounts, wh=amounts, exported=amounts)
    def lock_or_export(self, certificate: CertificateId, holder: Account, wh: int, exported: int) -> None:
        self._try(lambda: self.ledger.lock(certificate, holder, wh, self.at))
        self._try(lambda: self.ledger.export(certificate, exported))

    @rule(certificate=ids, holder=accounts, wh=amounts)
    def unlock(self, certificate: CertificateId, holder: Account, wh: int) -> None:
        self._try(lambda: self.ledger.unlock(certificate, holder, wh, self.at))

    @invariant()
    def issued_is_held_cancelled_expired_withdrawn_or_exported(self) -> None:
        totals = self.ledger.totals(self.at)
        assert totals.balanced
        assert totals.issued == sum(self.made.values())
        assert min(self.ledger.balances().values(), default=1) > 0

    @staticmethod
    def _try(action: object) -> None:
        try:
            action()  # type: ignore[operator]
        except RuleError:
            return


TestRegister = Register.TestCase
TestRegister.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
