"""A register of certificates in memory: replay the chain's events into it and compare.

It knows every rule of `guarantees` and none of the chain's. Who may call what is the contracts' business; what
may happen to a Wh is decided here a second time. Each method raises RuleError and changes nothing when a rule
says no. Times are unix seconds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from wattcommons.domain.accounts import Account
from wattcommons.domain.corrections import CertificateChange
from wattcommons.domain.guarantees import (
    CancellationStatement,
    CertificateAction,
    CertificateId,
    Lifetime,
    device_and_interval,
    lifetime_of,
)
from wattcommons.domain.intervals import IntervalLength
from wattcommons.domain.settlement import CertificateSplit
from wattcommons.domain.units import MAX_WH, DeviceIndex, ParticipantIndex
from wattcommons.errors import RuleError


@dataclass(frozen=True, slots=True)
class CertificateTotals:
    """Wh of the whole register at one second; `held` includes what waits in claims or lies in export groups.

    What was `exported` lives on in a national registry: it is neither held nor expired here.
    """

    issued: int
    held: int
    cancelled: int
    expired: int
    withdrawn: int
    exported: int

    @property
    def ended(self) -> int:
        """Σ held + cancelled + expired + withdrawn + exported: where all that was issued has gone."""
        return self.held + self.cancelled + self.expired + self.withdrawn + self.exported

    @property
    def balanced(self) -> bool:
        """Σ issued = Σ held + cancelled + expired + withdrawn + exported."""
        return self.issued == self.ended


@dataclass(frozen=True, slots=True)
class Cancellation:
    """One numbered statement (from 1): who cancelled how many Wh of which certificates, for what, when."""

    number: int
    holder: Account
    amounts: Mapping[CertificateId, int]
    statement: CancellationStatement
    at: int


@dataclass(frozen=True, slots=True)
class Claim:
    """Minted Wh of a producer whose account could not hold certificates when they were issued."""

    claimant: ParticipantIndex
    wh: int


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What a correction took from the producer's claim and wallet, and what the device owes for it since, Wh."""

    from_claim: int = 0
    from_wallet: int = 0
    owed: int = 0


class CertificateLedger:
    """All certificates of one community. Wh are balances: splitting and joining them leaves no trace."""

    def __init__(self, length: IntervalLength) -> None:
        self._length = length
        self._holders: set[Account] = set()
        self._held: Counter[tuple[CertificateId, Account]] = Counter()
        self._claims: dict[CertificateId, Claim] = {}
        self._issued: dict[CertificateId, int] = {}
        self._cancelled: Counter[CertificateId] = Counter()
        self._withdrawn: Counter[CertificateId] = Counter()
        self._locked: Counter[CertificateId] = Counter()
        self._exported: Counter[CertificateId] = Counter()
        self._debts: Counter[DeviceIndex] = Counter()
        self.cancellations: list[Cancellation] = []

    # --- account holders ---------------------------------------------------------------------------

    def admit(self, account: Account) -> None:
        """From now on the account may hold certificates."""
        self._holders.add(account)

    def dismiss(self, account: Account) -> None:
        """The account receives, gives and cancels no more; what it holds stays its own."""
        self._holders.discard(account)

    # --- life of a Wh ------------------------------------------------------------------------------

    def issue(
        self,
        certificate: CertificateId,
        producer: ParticipantIndex,
        wallet: Account,
        split: CertificateSplit,
        at: int | None = None,
    ) -> int:
        """Issues what one reading made; once for each certificate, and never more than a reading can hold.

        Minted Wh go to the producer's wallet or, while that may not hold certificates, wait in a claim. Second `at`
        of the issue (None: withdrawals for the device's debt are told one by one). Returns the Wh of them that were
        withdrawn at once for what the device owes.
        """
        if certificate in self._issued:
            raise RuleError(f"certificate {certificate} was issued before", "one Wh, one certificate")
        if not 0 < split.issued_wh <= MAX_WH:
            raise RuleError(f"{split.issued_wh} Wh of certificate {certificate}", f"a reading earns 1 to {MAX_WH} Wh")
        self._issued[certificate] = split.issued_wh
        self._cancelled[certificate] += split.own_use_wh + split.sold_wh
        return self._mint(certificate, producer, wallet, split.minted_wh, at)

    def issue_more(
        self, certificate: CertificateId, producer: ParticipantIndex, wallet: Account, wh: int, at: int | None = None
    ) -> int:
        """Issues to the producer what a correction found beyond what had been issued. Otherwise as `issue`."""
        issued = self._issued.get(certificate)
        if issued is None:
            raise RuleError(f"certificate {certificate} was never issued", "issue it first")
        if wh <= 0 or issued + wh > MAX_WH:
            raise RuleError(f"{wh} Wh more of certificate {certificate}", f"up to {MAX_WH} Wh have a number")
        self._issued[certificate] = issued + wh
        return self._mint(certificate, producer, wallet, wh, at)

    def correct(
        self,
        certificate: CertificateId,
        producer: ParticipantIndex,
        wallet: Account,
        change: CertificateChange,
        at: int,
    ) -> TakenBack:
        """Brings a certificate in line with a corrected reading; `wallet` is the producer's of the day.

        What was not produced is taken from the producer's claim, then from its wallet. What it has given away or
        cancelled is never touched: the device owes it, and its next issues pay, whosever it is by then.
        """
        more = change.difference_wh
        if certificate not in self._issued:
            if change.earns.issued_wh:
                self.issue(certificate, producer, wallet, change.earns, at)
        elif more > 0:
            self.issue_more(certificate, producer, wallet, more, at)
        elif more < 0:
            return self._take_back(certificate, wallet, -more, at)
        return TakenBack()

    def claim(self, certificate: CertificateId, wallet: Account, at: int) -> Claim:
        """Delivers a waiting claim to the wallet of its claimant, once that is admitted. Returns the claim."""
        self._allowed(certificate, CertificateAction.CLAIM, at)
        waiting = self._claims.get(certificate)
        if waiting is None:
            raise RuleError(f"nothing waits of certificate {certificate}", "claims are delivered once")
        self._check_holder(wallet)
        del self._claims[certificate]
        self._held[certificate, wallet] += waiting.wh
        return waiting

    def transfer(self, certificate: CertificateId, sender: Account, receiver: Account, wh: int, at: int) -> None:
        """Moves `wh` from one account holder to another."""
        self._allowed(certificate, CertificateAction.TRANSFER, at)
        self._check_holder(sender)
        self._check_holder(receiver)
        self._take(certificate, sender, wh)
        self._held[certificate, receiver] += wh

    def cancel(
        self, holder: Account, amounts: Mapping[CertificateId, int], statement: CancellationStatement, at: int
    ) -> Cancellation:
        """Uses Wh for good, under the next statement number. All certificates of a statement, or none."""
        if not amounts:
            raise RuleError("a cancellation of nothing", "name at least one certificate")
        self._check_holder(holder)
        for certificate, wh in amounts.items():
            self._allowed(certificate, CertificateAction.CANCEL, at)
            self._check_balance(certificate, holder, wh)
        for certificate, wh in amounts.items():
            self._take(certificate, holder, wh)
            self._cancelled[certificate] += wh
        done = Cancellation(len(self.cancellations) + 1, holder, dict(amounts), statement, at)
        self.cancellations.append(done)
        return done

    def withdraw(self, certificate: CertificateId, holder: Account | None, wh: int, at: int) -> None:
        """Takes back Wh issued in error, for good: from whoever holds them, or (None) from the waiting claim.

        What was cancelled is never touched: it exists no more.
        """
        self._allowed(certificate, CertificateAction.WITHDRAW, at)
        if holder is not None:
            self._take(certificate, holder, wh)
        else:
            self._take_from_claim(certificate, wh)
        self._withdrawn[certificate] += wh

    def recover(
        self, certificate: CertificateId, old: Account, successor: Account, at: int, wh: int | None = None
    ) -> int:
        """Wh of a certificate pass from a replaced wallet to the member's new one: all, or `wh`. Returns the Wh."""
        self._allowed(certificate, CertificateAction.RECOVER, at)
        self._check_holder(successor)
        moved = self._held[certificate, old] if wh is None else wh
        self._take(certificate, old, moved)
        self._held[certificate, successor] += moved
        return moved

    def lock(self, certificate: CertificateId, holder: Account, wh: int, at: int) -> None:
        """`wh` of a holder go into an export group: nobody moves, cancels or withdraws them there."""
        self._allowed(certificate, CertificateAction.TRANSFER, at)
        self._check_holder(holder)
        self._take(certificate, holder, wh)
        self._locked[certificate] += wh

    def unlock(self, certificate: CertificateId, holder: Account, wh: int, at: int) -> None:
        """`wh` in export groups go back to an account holder."""
        self._allowed(certificate, CertificateAction.RELEASE, at)
        self._check_holder(holder)
        self._take_locked(certificate, wh)
        self._held[certificate, holder] += wh

    def export(self, certificate: CertificateId, wh: int) -> None:
        """`wh` in export groups live on in a national registry, for good."""
        self._take_locked(certificate, wh)
        self._exported[certificate] += wh

    # --- what the register says --------------------------------------------------------------------

    def debt(self, device: DeviceIndex) -> int:
        """Wh issued beyond what the device produced that could not be taken back."""
        return self._debts[device]

    def lifetime(self, certificate: CertificateId) -> Lifetime:
        """The certificate's deadlines."""
        return lifetime_of(certificate, self._length)

    def balance(self, certificate: CertificateId, holder: Account) -> int:
        """Wh in the holder's hands, expired ones included: compare with the token's balance."""
        return self._held[certificate, holder]

    def balances(self) -> dict[tuple[CertificateId, Account], int]:
        """Every balance above zero."""
        return {key: wh for key, wh in self._held.items() if wh}

    def waiting(self, certificate: CertificateId) -> Claim | None:
        """The claim on a certificate, if one waits."""
        return self._claims.get(certificate)

    def issued(self, certificate: CertificateId) -> int:
        """Wh issued under this number, 0 for one never issued."""
        return self._issued.get(certificate, 0)

    def cancelled(self, certificate: CertificateId) -> int:
        """Wh cancelled of it, at its issue and since."""
        return self._cancelled[certificate]

    def withdrawn(self, certificate: CertificateId) -> int:
        """Wh withdrawn of it."""
        return self._withdrawn[certificate]

    def locked(self, certificate: CertificateId) -> int:
        """Wh of it in export groups that may still be released."""
        return self._locked[certificate]

    def exported(self, certificate: CertificateId) -> int:
        """Wh of it that were exported."""
        return self._exported[certificate]

    def totals(self, at: int) -> CertificateTotals:
        """The register's sums at second `at`: what is held past its last deadline counts as expired."""
        alive = [(certificate, wh) for (certificate, _), wh in self._held.items()]
        alive += [(certificate, claim.wh) for certificate, claim in self._claims.items()]
        alive += self._locked.items()
        expired = sum(wh for certificate, wh in alive if self.lifetime(certificate).has_expired(at))
        return CertificateTotals(
            issued=sum(self._issued.values()),
            held=sum(wh for _, wh in alive) - expired,
            cancelled=self._cancelled.total(),
            expired=expired,
            withdrawn=self._withdrawn.total(),
            exported=self._exported.total(),
        )

    # --- inside ------------------------------------------------------------------------------------

    def _mint(
        self, certificate: CertificateId, producer: ParticipantIndex, wallet: Account, wh: int, at: int | None
    ) -> int:
        holds = wallet in self._holders
        if wh and holds:
            self._held[certificate, wallet] += wh
        elif wh:
            waiting = self._claims.get(certificate)
            self._claims[certificate] = Claim(producer, wh + (waiting.wh if waiting else 0))
        device = device_and_interval(certificate)[0]
        paid = min(self._debts[device], wh)
        if not paid or at is None or self.lifetime(certificate).has_expired(at):
            return 0
        self._debts[device] -= paid
        self.withdraw(certificate, wallet if holds else None, paid, at)
        return paid

    def _take_back(self, certificate: CertificateId, wallet: Account, wh: int, at: int) -> TakenBack:
        waiting = self._claims.get(certificate)
        from_claim = min(wh, waiting.wh if waiting else 0)
        from_wallet = min(wh - from_claim, self._held[certificate, wallet])
        owed = wh - from_claim - from_wallet
        if from_claim:
            self.withdraw(certificate, None, from_claim, at)
        if from_wallet:
            self.withdraw(certificate, wallet, from_wallet, at)
        self._debts[device_and_interval(certificate)[0]] += owed
        return TakenBack(from_claim, from_wallet, owed)

    def _allowed(self, certificate: CertificateId, action: CertificateAction, at: int) -> None:
        if certificate not in self._issued:
            raise RuleError(f"certificate {certificate} was never issued", "only settlement issues")
        if not self.lifetime(certificate).allows(action, at):
            raise RuleError(f"certificate {certificate} allows no {action} at {at}", "its time has passed")

    def _check_holder(self, account: Account) -> None:
        if account not in self._holders:
            raise RuleError(f"{account} is no account holder", "certificates belong to registered holders")

    def _check_balance(self, certificate: CertificateId, holder: Account, wh: int) -> None:
        held = self._held[certificate, holder]
        if not 0 < wh <= held:
            raise RuleError(f"{wh} Wh of certificate {certificate}: {holder} holds {held}", "ask for 1 up to that")

    def _take(self, certificate: CertificateId, holder: Account, wh: int) -> None:
        self._check_balance(certificate, holder, wh)
        self._held[certificate, holder] -= wh

    def _take_locked(self, certificate: CertificateId, wh: int) -> None:
        locked = self._locked[certificate]
        if not 0 < wh <= locked:
            raise RuleError(f"{wh} Wh of certificate {certificate}: {locked} are locked", "ask for 1 up to that")
        self._locked[certificate] -= wh

    def _take_from_claim(self, certificate: CertificateId, wh: int) -> None:
        waiting = self._claims.get(certificate)
        if waiting is None or not 0 < wh <= waiting.wh:
            found = waiting.wh if waiting else 0
            raise RuleError(f"{wh} Wh of certificate {certificate}: {found} wait", "ask for 1 up to that")
        if wh == waiting.wh:
            del self._claims[certificate]
        else:
            self._claims[certificate] = Claim(waiting.claimant, waiting.wh - wh)
