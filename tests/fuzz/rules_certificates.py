"""Rules of the machine: what holders, the issuing body and anybody do with certificates."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.fuzz.keys import STRANGER, key, number_of
from tests.fuzz.picking import WHICH, Part
from tests.fuzz.world import FAR, NO_HASH
from wattcommons.chain.batch import Read
from wattcommons.chain.roles import Role
from wattcommons.chain.signing import sign
from wattcommons.chain.typed_data import cancellation_message, domain_of
from wattcommons.domain.accounts import Account
from wattcommons.domain.guarantees import CancellationStatement, CertificateId
from wattcommons.errors import RuleError

STATEMENT = (NO_HASH, b"\x02" * 32, 1, 2, b"FR", b"\x03" * 32)
SHARE = st.sampled_from((50, 100, 100, 1, 0, 101))
MONTHS_12 = 366 * 86_400
CERTIFICATES = "GuaranteeOfOrigin"


class CertificateRules(Part):
    """Wh that exist already; new ones come from settlements only."""

    def _holding(self, which: int) -> tuple[str, int, int]:
        """A wallet, a certificate and the Wh it holds of it; sometimes none."""
        register = self.world.model.certificates
        model = self.world.model
        held = [(str(holder), int(one), wh) for (one, holder), wh in register.balances().items()]
        none = [(model.wallets[-1], one, 0) for one in model.ids[:1]]
        return self.pick([*sorted(held), *none], which)

    def _try(self, act: Callable[[], object]) -> bool:
        try:
            act()
        except RuleError:
            return False
        return True

    @precondition(lambda self: self.world.model.ids)
    @rule(
        which=st.integers(0, 40), to=WHICH, share=SHARE, by=st.sampled_from(("owner", "owner", "stranger", "approved"))
    )
    def transfer(self, which: int, to: int, share: int, by: str) -> None:
        model = self.world.model
        wallet, one, held = self._holding(which)
        receiver = self.anyone(to)
        wh = _part(held, share)
        sender = wallet if by == "owner" else key(STRANGER).address
        if by == "approved":
            self.agree(self.world.send(wallet, CERTIFICATES, "setApprovalForAll", sender, True), True)
        done = self.world.send(sender, CERTIFICATES, "safeTransferFrom", wallet, receiver, one, wh, b"")
        if by == "approved":
            self.agree(self.world.send(wallet, CERTIFICATES, "setApprovalForAll", sender, False), True)
            model.now -= 1
        number, old, new = CertificateId(one), Account(wallet), Account(receiver)
        if model.heir_of(wallet) == receiver:
            allowed = by != "stranger" and self._try(
                lambda: model.certificates.recover(number, old, new, model.now, wh) if model.is_holder(new) else _no()
            )
        else:
            allowed = by != "stranger" and self._try(
                lambda: model.certificates.transfer(number, old, new, wh, model.now)
            )
        if by == "approved":
            model.now += 1
        self.agree(done, allowed)

    @precondition(lambda self: self.world.model.ids)
    @rule(which=st.integers(0, 40), share=SHARE, twice=st.booleans(), how=st.sampled_from(("own", "signed", "forged")))
    def cancel_certificate(self, which: int, share: int, twice: bool, how: str) -> None:
        """Once, or in two entries of one statement."""
        model = self.world.model
        wallet, one, held = self._holding(which)
        wh = _part(held, share)
        ids, amounts = ([one, one], [wh // 2, wh - wh // 2]) if twice else ([one], [wh])
        if how == "own":
            done = self.world.send(wallet, CERTIFICATES, "cancel", ids, amounts, STATEMENT)
        else:
            [nonce] = self.world.chain.read([Read(CERTIFICATES, "nonces", (wallet,))])
            domain = domain_of(self.world.chain.deployment, CERTIFICATES)
            message = cancellation_message(domain, wallet, ids, amounts, STATEMENT, nonce, FAR)
            signature = sign(key(STRANGER if how == "forged" else number_of(wallet)), message)
            caller = key(STRANGER).address
            done = self.world.send(caller, CERTIFICATES, "cancelFor", wallet, ids, amounts, STATEMENT, FAR, signature)
        statement = CancellationStatement(NO_HASH, b"\x02" * 32, 1, 2, "FR", b"\x03" * 32)
        allowed = (
            how != "forged"
            and all(amounts)
            and self._try(
                lambda: model.certificates.cancel(Account(wallet), {CertificateId(one): wh}, statement, model.now)
            )
        )
        self.agree(done, allowed)

    @precondition(lambda self: self.world.model.ids)
    @rule(which=st.integers(0, 40), share=SHARE)
    def withdraw_certificate(self, which: int, share: int) -> None:
        model = self.world.model
        wallet, one, held = self._holding(which)
        wh = _part(held, share)
        done = self.world.as_role(Role.ISSUING_BODY, CERTIFICATES, "withdraw", wallet, one, wh, NO_HASH)
        allowed = self._try(lambda: model.certificates.withdraw(CertificateId(one), Account(wallet), wh, model.now))
        self.agree(done, allowed)
        model.withdrawn_by_body[one >> 32] += wh if allowed else 0

    @precondition(lambda self: self.world.model.ids)
    @rule(which=st.integers(0, 40), wh=st.sampled_from((1, 100, 1_000)))
    def withdraw_claim(self, which: int, wh: int) -> None:
        model = self.world.model
        one = self._claimed(which)
        nobody = "0x" + "00" * 20
        done = self.world.as_role(Role.ISSUING_BODY, CERTIFICATES, "withdraw", nobody, one, wh, NO_HASH)
        allowed = self._try(lambda: model.certificates.withdraw(CertificateId(one), None, wh, model.now))
        self.agree(done, allowed)
        model.withdrawn_by_body[one >> 32] += wh if allowed else 0

    @precondition(lambda self: self.world.model.ids)
    @rule(which=st.integers(0, 40), reopened=st.booleans())
    def claim(self, which: int, reopened: bool) -> None:
        """As the account is, or once it is open again."""
        model = self.world.model
        one = self._claimed(which)
        waiting = model.certificates.waiting(CertificateId(one))
        if waiting and reopened:
            member = model.members[model.participants[waiting.claimant].member]
            done = self.world.as_role(Role.OPERATOR, "MemberRegistry", "setMemberActive", member.index, True)
            self.agree(done, True)
            member.active = True
            model.admit()
        done = self.world.send(key(STRANGER).address, CERTIFICATES, "claim", one)
        wallet = Account(model.wallet_of(waiting.claimant)) if waiting else Account("")
        self.agree(done, self._try(lambda: model.certificates.claim(CertificateId(one), wallet, model.now)))

    def _claimed(self, which: int) -> int:
        """A certificate that waits in a claim, if there is any."""
        model = self.world.model
        waiting = [one for one in model.ids if model.certificates.waiting(CertificateId(one))]
        return self.pick(waiting or model.ids, which)

    @precondition(lambda self: self.world.model.ids)
    @rule(which=st.integers(0, 40))
    def recover_certificate(self, which: int) -> None:
        """By anyone, from a replaced wallet that holds some if there is one; else from one that was not replaced."""
        model = self.world.model
        old = [held for held in model.certificates.balances() if model.heir_of(str(held[1]))]
        one, wallet = self.pick(sorted(old) or [(CertificateId(model.ids[0]), Account(model.wallets[0]))], which)
        heir = model.heir_of(str(wallet))
        done = self.world.send(key(STRANGER).address, CERTIFICATES, "recover", wallet, [one])
        self.agree(
            done,
            heir is not None
            and self._try(lambda: model.certificates.recover(one, wallet, Account(heir or ""), model.now)),
        )

    @precondition(lambda self: len(self.world.model.ids) > 4)
    @rule(really=st.integers(0, 5))
    def a_year_passes(self, really: int) -> None:
        """Certificates become untransferable, then expire; most of the time nothing happens."""
        if really == 5:
            self.world.travel(self.world.model.now + MONTHS_12)


def _part(held: int, share: int) -> int:
    """A share in percent; of little at least 1 Wh."""
    return max(held * share // 100, min(share, 1))


def _no() -> None:
    raise RuleError("the wallet may not hold certificates")
