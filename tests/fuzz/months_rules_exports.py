"""Rules over months: members group Wh for a national registry, the issuing body exports them or sends them back."""

from __future__ import annotations

import copy
from collections.abc import Callable
from random import Random

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.fuzz import months_refusals_exports as refusals
from tests.fuzz.chain_driver import Done
from tests.fuzz.keys import STRANGER, key
from tests.fuzz.months_part import ANY, MonthsPart
from tests.fuzz.months_picture import CERTIFICATES
from tests.fuzz.months_refusals import Entries
from tests.fuzz.months_seen import Seen
from tests.fuzz.picking import SEED
from tests.fuzz.rules_exports import AMOUNTS, BY, EXPORTS, REASON, chosen, reference_of, together
from tests.fuzz.world import NO_HASH
from wattcommons.chain.roles import Role
from wattcommons.domain.accounts import Account
from wattcommons.domain.certificate_ledger import CertificateLedger
from wattcommons.domain.export_book import ExportBook, GroupState
from wattcommons.domain.guarantees import STANDARD_WH, CertificateId
from wattcommons.domain.units import DeviceIndex, MemberIndex

Act = Callable[[CertificateLedger, ExportBook], object]
HONEST = st.sampled_from((*[True] * 9, False))
REFERENCE = st.sampled_from((*["fresh"] * 6, "used", "zero"))


class GroupRules(MonthsPart):
    """Groups of whoever holds certificates; nobody but the group's member gains or loses by any of these."""

    # ------------------------------------------------------------------ rules

    @precondition(lambda self: self.holdings())
    @rule(which=ANY, group=ANY, amounts=AMOUNTS, by=BY, seed=SEED)
    def some_is_grouped(self, which: int, group: int, amounts: str, by: str, seed: int) -> None:
        """Into an open group of the holder's and the device's, or a new one; now and then into anybody's."""
        one, wallet, _ = self.pick(self.holdings(), which)
        device, chance = one >> 32, Random(seed)
        number = self.pick([None, *self.own_groups(wallet, device)], group)
        sender = {"member": wallet, "anyone": self.holder(group), "stranger": key(STRANGER).address}[by]
        if by != "member":
            number = self.pick([None, *range(1, len(self.world.model.exports.groups) + 2)], group)
        mine = {found: wh for found, holder, wh in self.holdings() if holder == wallet}
        held = {found: wh for found, wh in mine.items() if found >> 32 == device or chance.random() < 0.02}
        missing = STANDARD_WH - (self._wh(number) if number else 0)
        entries = list(zip(*chosen(held, missing, amounts, chance), strict=True)) or [(one, 1)]
        self.group(sender, number, entries)

    @precondition(lambda self: self.world.model.exports.groups)
    @rule(which=ANY, amounts=AMOUNTS, by=BY, caller=ANY, back=st.sampled_from((True, False, False)), seed=SEED)
    def some_leaves_a_group(self, which: int, amounts: str, by: str, caller: int, back: bool, seed: int) -> None:
        """Released by the group's member, given back by the issuing body, or tried by somebody else."""
        groups = self.world.model.exports.groups
        number = self.pick([*self.unexported(), *self.unexported(), *range(len(groups) + 2)], which)
        inside = dict(groups[number - 1].locked) if 0 < number <= len(groups) else {}
        found = chosen(inside, sum(inside.values()), amounts, Random(seed))
        entries = list(zip(*found, strict=True)) or [(CertificateId([*self.world.model.ids, 1][0]), 1)]
        if back:
            self.give_back(number, entries, honest=by == "member")
        else:
            other = self.holder(caller) if by == "anyone" else key(STRANGER).address
            self.release(number, entries, None if by == "member" and inside else other)

    @precondition(lambda self: self.world.model.exports.groups)
    @rule(which=ANY, export=st.sampled_from((True, True, False)), reference=REFERENCE, honest=HONEST)
    def a_group_is_judged(self, which: int, export: bool, reference: str, honest: bool) -> None:
        """A complete one if there is one, else any, or none; exported or declined."""
        groups = self.world.model.exports.groups
        number = self.pick([*self.complete(), *self.complete(), *range(len(groups) + 2)], which)
        if export:
            self.export(number, reference, honest)
        else:
            self.decline(number, honest)

    @precondition(lambda self: self.unexported())
    @rule(which=ANY)
    def the_issuing_body_reaches_into_a_group(self, which: int) -> None:
        """It withdraws nothing from there: what is to be withdrawn it gives back first."""
        number = self.pick(self.unexported(), which)
        one = self.pick(list(self.world.model.exports.group(number).locked) or [CertificateId(1 << 32)], which)
        keeper = self.world.chain.deployment.address(EXPORTS)
        now = self.world.model.now + 1
        done = self.world.as_role(Role.ISSUING_BODY, CERTIFICATES, "withdraw", keeper, one, 1, NO_HASH)
        self.judge(done, "GuaranteeLocked", lambda register: register.withdraw(one, Account(keeper), 1, now))

    # ------------------------------------------------------------------ acts

    def group(self, wallet: str, number: int | None, entries: Entries) -> bool:
        """Into a new group (None) or one that exists."""
        model = self.world.model
        ids, amounts = [one for one, _ in entries], [wh for _, wh in entries]
        if number is None:
            done = self.world.send(wallet, EXPORTS, "open", ids, amounts)
        else:
            done = self.world.send(wallet, EXPORTS, "add", number, ids, amounts)
        refusal = refusals.grouping_refusal(model, wallet, number, entries)
        member = model.member_of(wallet)

        def act(register: CertificateLedger, book: ExportBook) -> None:
            owner = MemberIndex(member.index if member else 0)
            book.add(number or book.open(DeviceIndex(ids[0] >> 32), owner), together(ids, amounts), model.now)
            for one, wh in entries:
                register.lock(one, Account(wallet), wh, model.now)

        into = number or len(model.exports.groups) + 1
        allowed = self._judge_group(done, refusal, act, into, wallet)
        self.saw(Seen.GROUPED if number is None else Seen.GROUP_ADDED, allowed)
        self.saw(Seen.GROUP_COMPLETE, allowed and model.exports.group(into).state is GroupState.COMPLETE)
        self.saw(Seen.GROUPING_CLOSED, refusal == "GuaranteeTransferClosed")
        self.saw(Seen.GROUP_TOO_MUCH, refusal == "ExportTooMuch")
        return allowed

    def release(self, number: int, entries: Entries, sender: str | None = None) -> bool:
        """By the group's member unless somebody else is named."""
        model = self.world.model
        wallet = sender or self.member_wallet(number)
        done = self.world.send(wallet, EXPORTS, "release", number, *_apart(entries))
        refusal = refusals.release_refusal(model, wallet, number, entries)
        allowed = self._judge_group(done, refusal, self._leaves(number, entries), number)
        self.saw(Seen.GROUP_RELEASED, allowed)
        self.saw(Seen.GROUP_OF_ANOTHER, refusal == "ExportNotGroupMember")
        self.saw(Seen.OLD_KEY_REFUSED, refusal == "ExportNotGroupMember" and model.heir_of(wallet))
        return self._saw_leaving(number, allowed, refusal)

    def give_back(self, number: int, entries: Entries, honest: bool = True) -> bool:
        sender = self.role_or_stranger(Role.ISSUING_BODY, honest)
        done = self.world.send(sender, EXPORTS, "giveBack", number, *_apart(entries))
        refusal = refusals.return_refusal(self.world.model, honest, number, entries)
        allowed = self._judge_group(done, refusal, self._leaves(number, entries), number)
        self.saw(Seen.GIVEN_BACK, allowed)
        return self._saw_leaving(number, allowed, refusal)

    def decline(self, number: int, honest: bool = True) -> bool:
        sender = self.role_or_stranger(Role.ISSUING_BODY, honest)
        done = self.world.send(sender, EXPORTS, "decline", number, REASON)
        refusal = refusals.decline_refusal(self.world.model, honest, number)
        allowed = self._judge_group(done, refusal, lambda _, book: book.decline(number), number)
        self.saw(Seen.DECLINED, allowed)
        return allowed

    def export(self, number: int, reference: str = "fresh", honest: bool = True) -> bool:
        model = self.world.model
        sender = self.role_or_stranger(Role.ISSUING_BODY, honest)
        given = reference_of(model.exports, reference)
        done = self.world.send(sender, EXPORTS, "exportGroup", number, given)
        refusal = refusals.export_refusal(model, honest, number, given)

        def act(register: CertificateLedger, book: ExportBook) -> None:
            for one, wh in (+book.export(number, given, model.now).locked).items():
                register.export(one, wh)

        allowed = self._judge_group(done, refusal, act, number)
        self.saw(Seen.EXPORTED, allowed)
        self.saw(Seen.REFERENCE_USED, refusal == "ExportReferenceUsed")
        self.saw(Seen.EXPORT_TOO_LATE, refusal == "ExportTooLate")
        return allowed

    def _leaves(self, number: int, entries: Entries) -> Act:
        model = self.world.model

        def act(register: CertificateLedger, book: ExportBook) -> None:
            book.release(number, together(*_apart(entries)), model.now)
            for one, wh in entries:
                register.unlock(one, Account(self.member_wallet(number)), wh, model.now)

        return act

    def _judge_group(self, done: Done, refusal: str | None, act: Act, number: int, loser: str = "") -> bool:
        """As `judge`, of register and book together: they do both or neither."""
        books: list[ExportBook] = []

        def change(register: CertificateLedger) -> None:
            book = copy.deepcopy(self.world.model.exports)
            act(register, book)
            books.append(book)

        self.decide(done, refusal, change)
        if done.ok:
            self.world.model.exports = books[0]
        self.look({loser}, group=number, refused=not done.ok)
        return done.ok

    def _saw_leaving(self, number: int, allowed: bool, refusal: str | None) -> bool:
        model = self.world.model
        self.saw(Seen.RELEASE_EXPIRED, refusal == "GuaranteeExpired")
        self.saw(Seen.RELEASE_TO_CLOSED, refusal == "GuaranteeNotAccountHolder")
        if allowed:
            inside = model.exports.group(number).locked
            self.saw(Seen.EXPIRED_STAYS, any(model.certificates.lifetime(one).has_expired(model.now) for one in inside))
        return allowed

    # ------------------------------------------------------------------ choosing

    def unexported(self) -> list[int]:
        """Groups that are not exported and not empty."""
        groups = enumerate(self.world.model.exports.groups, 1)
        return [number for number, group in groups if group.wh and group.state is not GroupState.EXPORTED]

    def complete(self) -> list[int]:
        groups = enumerate(self.world.model.exports.groups, 1)
        return [number for number, group in groups if group.state is GroupState.COMPLETE]

    def own_groups(self, wallet: str, device: int) -> list[int]:
        """Open ones of a wallet's member and a device, the newest first."""
        member = self.world.model.member_of(wallet)
        if member is None:
            return []
        wanted = (device, member.index, GroupState.OPEN)
        groups = enumerate(self.world.model.exports.groups, 1)
        return [number for number, one in groups if (one.device, one.member, one.state) == wanted][::-1]

    def member_wallet(self, number: int) -> str:
        model = self.world.model
        return model.members[model.exports.group(number).member].wallet

    def _wh(self, number: int) -> int:
        groups = self.world.model.exports.groups
        return groups[number - 1].wh if number <= len(groups) else 0


def _apart(entries: Entries) -> tuple[list[CertificateId], list[int]]:
    return [one for one, _ in entries], [wh for _, wh in entries]
