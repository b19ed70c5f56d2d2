"""Rules over months: what holders, the issuing body and anybody do with certificates, and up to which second."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.fuzz import months_refusals as refusals
from tests.fuzz.keys import STRANGER, key
from tests.fuzz.months_part import ANY, RARELY, Holding, MonthsPart
from tests.fuzz.months_picture import CERTIFICATES
from tests.fuzz.months_refusals import Entries
from tests.fuzz.months_seen import Seen
from tests.fuzz.rules_certificates import STATEMENT
from tests.fuzz.world import NO_HASH
from wattcommons.chain.roles import Role
from wattcommons.domain.accounts import Account
from wattcommons.domain.certificate_ledger import CertificateLedger
from wattcommons.domain.guarantees import CancellationStatement, CertificateId

SHARE = st.sampled_from((50, 100, 100, 10, 0, 101))
HONEST = st.sampled_from((*[True] * 9, False))
MANY = st.integers(2, 4)
NOBODY = "0x" + "00" * 20
TERMS = CancellationStatement(NO_HASH, b"\x02" * 32, 1, 2, "FR", b"\x03" * 32)


class HolderRules(MonthsPart):
    """Wh that exist already; new ones come from settlements and corrections only."""

    # ------------------------------------------------------------------ rules

    @precondition(lambda self: self.holdings())
    @rule(which=ANY, to=ANY, share=SHARE, honest=HONEST)
    def some_is_given(self, which: int, to: int, share: int, honest: bool) -> None:
        one, wallet, wh = self.pick(self.holdings(), which)
        self.give(wallet if honest else key(STRANGER).address, wallet, self.holder(to), [(one, _part(wh, share))])

    @precondition(lambda self: self.holdings())
    @rule(which=ANY, to=ANY, many=MANY, share=SHARE)
    def much_is_given(self, which: int, to: int, many: int, share: int) -> None:
        """Several certificates at once; one of them now and then beyond what there is."""
        wallet, entries = self._several(which, many, share)
        self.give(wallet, wallet, self.holder(to), entries)

    @precondition(lambda self: self.holdings())
    @rule(which=ANY, many=st.integers(1, 3), share=SHARE)
    def some_is_used(self, which: int, many: int, share: int) -> None:
        wallet, entries = self._several(which, many, share)
        self.use(wallet, entries)

    @precondition(lambda self: self.holdings())
    @rule(which=ANY, share=SHARE, honest=HONEST)
    def some_is_withdrawn(self, which: int, share: int, honest: bool) -> None:
        one, wallet, wh = self.pick(self.holdings(), which)
        self.withdraw(wallet, one, _part(wh, share), honest)

    @precondition(lambda self: self.claims())
    @rule(which=ANY, share=SHARE, honest=HONEST)
    def some_of_a_claim_is_withdrawn(self, which: int, share: int, honest: bool) -> None:
        one, wh = self.pick(self.claims(), which)
        self.withdraw(None, one, _part(wh, share), honest)

    @precondition(lambda self: self.world.model.ids)
    @rule(which=ANY)
    def a_claim_is_asked_for(self, which: int) -> None:
        waiting = [one for one, _ in self.claims()] or [CertificateId(self.world.model.ids[0])]
        self.claim(self.pick(waiting, which))

    @precondition(lambda self: self.world.model.ids)
    @rule(which=ANY, many=st.integers(1, 4))
    def a_lost_wallet_is_emptied(self, which: int, many: int) -> None:
        """By anyone; where none was lost, from one that was not."""
        lost = sorted({wallet for _, wallet, _ in self.holdings() if self.world.model.heir_of(wallet)})
        wallet = self.pick(lost or [self.world.model.wallets[0]], which)
        ids = [one for one, holder, _ in self.holdings() if holder == wallet][:many]
        self.recover(wallet, ids or [CertificateId(self.world.model.ids[0])])

    @precondition(lambda self: self.holdings())
    @rule(which=ANY, really=RARELY, path=st.sampled_from(("give", "give", "use", "use", "withdraw")))
    def a_last_second_comes(self, which: int, really: bool, path: str) -> None:
        """Half is given, used or withdrawn in it, and the other half in the first second that is too late."""
        one, wallet, wh = self._next_to_end(self._in_good_hands() or self.holdings(), which, path == "give")
        if not really or not self.reach(self._end(one, path == "give") - 2):
            return
        members = list(self.world.model.members.values())
        member = self.pick([one for one in members if one.active] or members, which)
        for part in (wh - wh // 2, max(wh // 2, 1)):
            if path == "give":
                self.saw(Seen.LAST_TRANSFER, self.give(wallet, wallet, member.wallet, [(one, part)]))
            elif path == "use":
                self.saw(Seen.LAST_CANCELLATION, self.use(wallet, [(one, part)]))
            else:
                self.withdraw(wallet, one, part, honest=True)

    @precondition(lambda self: self.holdings())
    @rule(which=ANY, really=RARELY, late=st.booleans(), claimed=st.booleans())
    def what_waits_expires(self, which: int, really: bool, late: bool, claimed: bool) -> None:
        """A claim, or what lies in a lost wallet, is fetched in the last second or in the first that is too late."""
        model = self.world.model
        lost = [found for found in self.holdings() if model.heir_of(found[1])]
        waiting = [(one, model.wallets[0], wh) for one, wh in self.claims()]
        found = waiting if claimed else lost
        if not found or not really:
            return
        one, wallet, _ = self._next_to_end(found, which, False)
        if self.reach(self._end(one, False) - 1 - (not late)):
            if claimed:
                self.claim(one)
            else:
                self.recover(wallet, [one])

    # ------------------------------------------------------------------ acts

    def give(self, sender: str, source: str, target: str, entries: Entries) -> bool:
        """A transfer, or by the old key of a replaced wallet a recovery."""
        model = self.world.model
        ids, amounts = [one for one, _ in entries], [wh for _, wh in entries]
        if len(entries) == 1:
            done = self.world.send(sender, CERTIFICATES, "safeTransferFrom", source, target, ids[0], amounts[0], b"")
        else:
            done = self.world.send(sender, CERTIFICATES, "safeBatchTransferFrom", source, target, ids, amounts, b"")
        refusal = refusals.transfer_refusal(model, sender, source, target, entries)
        old, new = Account(source), Account(target)
        inherited = model.heir_of(source) == target

        def change(register: CertificateLedger) -> None:
            for one, wh in entries:
                if inherited:
                    register.recover(one, old, new, model.now, wh)
                else:
                    register.transfer(one, old, new, wh, model.now)

        allowed = self.judge(done, refusal, change, {source})
        self.saw(Seen.TRANSFERRED if len(entries) == 1 else Seen.TRANSFERRED_MANY, allowed and not inherited)
        self.saw(Seen.TRANSFER_CLOSED, refusal == "GuaranteeTransferClosed")
        good = [refusals.transfer_refusal(model, sender, source, target, [entry]) for entry in entries]
        self.saw(Seen.MANY_REFUSED, not allowed and len(entries) > 1 and None in good)
        self.saw(Seen.TO_STRANGER_REFUSED, not allowed and target == key(STRANGER).address)
        return allowed

    def give_on(self, one: CertificateId, to: int) -> None:
        """Whoever holds most of a certificate gives all of it to the next."""
        for found, wallet, wh in self.holdings():
            if found == one:
                self.give(wallet, wallet, self.holder(to), [(one, wh)])
                return

    def use(self, holder: str, entries: Entries) -> bool:
        model = self.world.model
        ids, amounts = [one for one, _ in entries], [wh for _, wh in entries]
        done = self.world.send(holder, CERTIFICATES, "cancel", ids, amounts, STATEMENT)
        refusal = refusals.cancel_refusal(model, holder, entries)

        def change(register: CertificateLedger) -> None:
            register.cancel(Account(holder), dict(entries), TERMS, model.now)

        allowed = self.judge(done, refusal, change, {holder})
        self.saw(Seen.CANCELLED, allowed)
        self.saw(Seen.CANCELLATION_EXPIRED, refusal == "GuaranteeExpired")
        return allowed

    def withdraw(self, holder: str | None, one: CertificateId, wh: int, honest: bool) -> None:
        """By the issuing body, or by somebody else."""
        model = self.world.model
        sender = self.role_or_stranger(Role.ISSUING_BODY, honest)
        done = self.world.send(sender, CERTIFICATES, "withdraw", holder or NOBODY, one, wh, NO_HASH)
        refusal = refusals.withdrawal_refusal(model, honest, holder, one, wh)
        model.withdrawn_by_body[one >> 32] += wh if done.ok else 0
        account = Account(holder) if holder else None
        losers = {holder} if holder else set()
        allowed = self.judge(done, refusal, lambda register: register.withdraw(one, account, wh, model.now), losers)
        self.saw(Seen.WITHDRAWN if holder else Seen.WITHDRAWN_CLAIM, allowed)
        self.saw(Seen.WITHDRAWAL_EXPIRED, refusal == "GuaranteeExpired")

    def claim(self, one: CertificateId) -> None:
        model = self.world.model
        waiting = model.certificates.waiting(one)
        wallet = Account(model.wallet_of(waiting.claimant)) if waiting else Account("")
        done = self.as_anyone(CERTIFICATES, "claim", one)
        refusal = refusals.claim_refusal(model, one)
        allowed = self.judge(done, refusal, lambda register: register.claim(one, wallet, model.now))
        self.saw(Seen.CLAIM_DELIVERED, allowed)
        self.saw(Seen.CLAIM_REFUSED, refusal == "GuaranteeNotAccountHolder")

    def recover(self, old: str, ids: Sequence[CertificateId]) -> None:
        model = self.world.model
        done = self.as_anyone(CERTIFICATES, "recover", old, list(ids))
        refusal = refusals.recovery_refusal(model, old, ids)
        heir = Account(model.heir_of(old) or "")

        def change(register: CertificateLedger) -> None:
            for one in ids:
                register.recover(one, Account(old), heir, model.now)

        allowed = self.judge(done, refusal, change, {old})
        self.saw(Seen.RECOVERED if len(ids) == 1 else Seen.RECOVERED_MANY, allowed)
        self.saw(Seen.RECOVERY_EXPIRED, refusal == "GuaranteeExpired")

    # ------------------------------------------------------------------ choosing

    def claims(self) -> list[tuple[CertificateId, int]]:
        """Certificates that wait in a claim, and the Wh of it; the newest first."""
        waiting = {one: self.world.model.certificates.waiting(CertificateId(one)) for one in self.world.model.ids}
        return [(CertificateId(one), claim.wh) for one, claim in reversed(waiting.items()) if claim]

    def _several(self, which: int, many: int, share: int) -> tuple[str, list[tuple[CertificateId, int]]]:
        """A wallet and some of what it holds: of the last certificate a share, of the others all."""
        holders = [wallet for _, wallet, _ in self.holdings()]
        wallet = self.pick([one for one in holders if holders.count(one) >= many] or holders, which)
        held = [(one, wh) for one, holder, wh in self.holdings() if holder == wallet][:many]
        one, wh = held[-1]
        return wallet, [*held[:-1], (one, _part(wh, share))]

    def _in_good_hands(self) -> list[Holding]:
        """What is held by those who may hold."""
        return [found for found in self.holdings() if self.world.model.is_holder(found[1])]

    def _end(self, one: CertificateId, moves: bool) -> int:
        life = self.world.model.certificates.lifetime(one)
        return life.transferable_until if moves else life.cancellable_until

    def _next_to_end(self, held: list[Holding], which: int, moves: bool) -> Holding:
        """One whose last second lies ahead, the next one first, if there is any."""
        ahead = [found for found in reversed(held) if self._end(found[0], moves) > self.world.model.now + 2]
        return self.pick(ahead or held, which)


def _part(held: int, share: int) -> int:
    """A share in percent; of little at least 1 Wh, unless it is none."""
    return max(held * share // 100, min(share, 1))
