"""Rules of the machine: members group Wh for a national registry, the issuing body exports them or sends them back."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Sequence
from random import Random

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.fuzz.keys import STRANGER, key, role_key
from tests.fuzz.picking import SEED, WHICH, Part
from wattcommons.chain.roles import Role
from wattcommons.domain.accounts import Account
from wattcommons.domain.certificate_ledger import CertificateLedger
from wattcommons.domain.export_book import NO_REFERENCE, ExportBook, ExportGroup
from wattcommons.domain.guarantees import STANDARD_WH, CertificateId
from wattcommons.domain.units import DeviceIndex, MemberIndex
from wattcommons.errors import RuleError

EXPORTS = "ExportGroups"
REASON = b"\x0b" * 32
BATCH = 5
"""Most ids a call takes here; the limit itself has tests of its own."""
AMOUNTS = st.sampled_from((*["exact"] * 3, *["part"] * 4, "one", "one short", "zero", "too many", "twice", "beyond"))
BY = st.sampled_from((*["member"] * 6, "anyone", "stranger"))

Balances = dict[tuple[CertificateId, Account], int]


class ExportRules(Part):
    """Of whoever holds certificates; a group may be anybody's."""

    @precondition(lambda self: self.world.model.ids)
    @rule(which=WHICH, group=st.integers(-4, 8), amounts=AMOUNTS, by=BY, seed=SEED)
    def group_certificates(self, which: int, group: int, amounts: str, by: str, seed: int) -> None:
        """Into a new group, or into one that exists."""
        model = self.world.model
        holders = sorted({str(holder) for _, holder in model.certificates.balances()}) or model.wallets
        number = group if 0 < group <= len(model.exports.groups) else None
        wallet = self.pick(holders, which)
        if number and by == "member":
            wallet = model.members[model.exports.group(number).member].wallet
        elif by != "member":
            wallet = self.anyone(which) if by == "anyone" else key(STRANGER).address
        self.group_of_wallet(wallet, number, amounts, Random(seed))

    def group_of_wallet(self, wallet: str, number: int | None, how: str, chance: Random) -> None:
        """A wallet opens a group, or adds to one, with what it holds of a device."""
        model = self.world.model
        group = model.exports.group(number) if number else None
        held = self._groupable(wallet, group, chance)
        missing = STANDARD_WH - (group.wh if group else 0)
        ids, amounts = chosen(held, missing, how, chance)
        ids = ids or [CertificateId(one) for one in model.ids[:1] or [1]]
        amounts = amounts or [1]
        before = model.certificates.balances()
        if number:
            done = self.world.send(wallet, EXPORTS, "add", number, ids, amounts)
        else:
            done = self.world.send(wallet, EXPORTS, "open", ids, amounts)
        member = model.member_of(wallet)

        def act(certificates: CertificateLedger, exports: ExportBook) -> None:
            if member is None or (group and group.member != member.index):
                raise RuleError("it is not the wallet of the group's member")
            into = number or exports.open(DeviceIndex(ids[0] >> 32), MemberIndex(member.index))
            if 0 in amounts:
                raise RuleError("no Wh of a certificate")
            exports.add(into, together(ids, amounts), model.now)
            for one, wh in zip(ids, amounts, strict=True):
                certificates.lock(one, Account(wallet), wh, model.now)

        self.agree(done, self._register_and_book(act))
        self._check_holdings_of_others(wallet, before)

    @precondition(lambda self: self.world.model.exports.groups)
    @rule(which=WHICH, amounts=AMOUNTS, by=BY, caller=WHICH, seed=SEED, back=st.integers(0, 5))
    def release(self, which: int, amounts: str, by: str, caller: int, seed: int, back: int) -> None:
        """By whoever tries; now and then given back, by the issuing body or by whoever tries that."""
        wallet = {"member": "", "anyone": self.anyone(caller), "stranger": key(STRANGER).address}[by]
        giver = role_key(Role.ISSUING_BODY).address if back == 1 else wallet
        number = which % (len(self.world.model.exports.groups) + 1)
        self.release_from(number, amounts, Random(seed), giver if back < 2 else wallet, give_back=back < 2)

    def release_from(self, number: int, how: str, chance: Random, wallet: str = "", *, give_back: bool = False) -> None:
        """By the group's member unless a wallet is given; of a group that is none too."""
        model = self.world.model
        groups = model.exports.groups
        group = groups[number - 1] if 0 < number <= len(groups) else None
        wallet = wallet or (model.members[group.member].wallet if group else model.wallets[0])
        inside = dict(group.locked) if group else {}
        ids, amounts = chosen({one: wh for one, wh in inside.items() if wh}, sum(inside.values()), how, chance)
        if how == "all":
            ids, amounts = list(inside), list(inside.values())
        ids = ids or [CertificateId(one) for one in model.ids[:1] or [1]]
        amounts = amounts or [1]
        before = model.certificates.balances()
        done = self.world.send(wallet, EXPORTS, "giveBack" if give_back else "release", number, ids, amounts)
        member = model.members[group.member] if group else None
        allowed = role_key(Role.ISSUING_BODY).address if give_back else member.wallet if member else ""

        def act(certificates: CertificateLedger, exports: ExportBook) -> None:
            if member is None or wallet != allowed or 0 in amounts:
                raise RuleError("it is not the wallet of the group's member, or no Wh of a certificate")
            exports.release(number, together(ids, amounts), model.now)
            for one, wh in zip(ids, amounts, strict=True):
                certificates.unlock(one, Account(member.wallet), wh, model.now)

        self.agree(done, self._register_and_book(act))
        self._check_holdings_of_others(member.wallet if member else "", before)

    @precondition(lambda self: self.world.model.exports.groups)
    @rule(
        which=WHICH,
        export=st.booleans(),
        reference=st.sampled_from(("fresh", "fresh", "fresh", "used", "zero")),
        by=st.sampled_from((*[Role.ISSUING_BODY] * 4, Role.OPERATOR, Role.METERING_OPERATOR)),
    )
    def decide_on_group(self, which: int, export: bool, reference: str, by: Role) -> None:
        """On a complete group if there is one, else on any, or on none."""
        groups = self.world.model.exports.groups
        complete = [n for n, group in enumerate(groups, 1) if group.wh == STANDARD_WH]
        self.decide(self.pick([*complete, *complete, *range(len(groups) + 2)], which), export, reference, by)

    def decide(self, number: int, export: bool, reference: str, by: Role) -> None:
        """Export a group or decline it."""
        model = self.world.model
        given = reference_of(model.exports, reference)
        before = model.certificates.balances()
        function, last = ("exportGroup", given) if export else ("decline", REASON)
        done = self.world.send(role_key(by).address, EXPORTS, function, number, last)

        def act(certificates: CertificateLedger, exports: ExportBook) -> None:
            if by is not Role.ISSUING_BODY:
                raise RuleError("it is not the issuing body")
            if not export:
                exports.decline(number)
                return
            for one, wh in (+exports.export(number, given, model.now).locked).items():
                certificates.export(one, wh)

        self.agree(done, self._register_and_book(act))
        assert model.certificates.balances() == before, "I31"

    def _groupable(self, wallet: str, group: ExportGroup | None, chance: Random) -> dict[CertificateId, int]:
        """What a wallet holds, nearly always of one device only: the group's, if there is one."""
        balances = self.world.model.certificates.balances()
        mine = {one: wh for (one, holder), wh in sorted(balances.items()) if str(holder) == wallet}
        devices = sorted({one >> 32 for one in mine})
        device = group.device if group and group.device in devices else devices[-1] if devices else 0
        return mine if chance.random() < 0.05 else {one: wh for one, wh in mine.items() if one >> 32 == device}

    def _register_and_book(self, act: Callable[[CertificateLedger, ExportBook], None]) -> bool:
        """Whether register and book allow it; they do both or neither."""
        model = self.world.model
        certificates, exports = copy.deepcopy(model.certificates), copy.deepcopy(model.exports)
        try:
            act(certificates, exports)
        except RuleError:
            return False
        model.certificates, model.exports = certificates, exports
        return True

    def _check_holdings_of_others(self, wallet: str, before: Balances) -> None:
        after = self.world.model.certificates.balances()
        others = [{k: wh for k, wh in held.items() if str(k[1]) != wallet} for held in (before, after)]
        assert others[0] == others[1], "I31"


def chosen(
    held: dict[CertificateId, int], most: int, how: str, chance: Random
) -> tuple[list[CertificateId], list[int]]:
    """Some ids, the newest first, and Wh of each: as many as `most` if there are, one short of it, fewer, too many."""
    ids, amounts = [], []
    left = max(most - 1, 0) if how == "one short" else most
    for one in sorted(held, reverse=True)[:BATCH]:
        wh = {"one": 1, "part": max(1, held[one] // chance.randint(1, 4)), "beyond": held[one] + 1}.get(how, held[one])
        wh = wh if how in ("too many", "beyond") else min(wh, left)
        if wh:
            ids.append(one)
            amounts.append(wh)
            left -= wh
    if how == "zero" and ids:
        amounts[-1] = 0
    if how == "twice" and ids and amounts[0] > 1:
        ids.insert(0, ids[0])
        amounts[:1] = [amounts[0] // 2, amounts[0] - amounts[0] // 2]
    return ids, amounts


def reference_of(book: ExportBook, how: str) -> bytes:
    """Of a national registry, 32 bytes: a fresh one, one that a group has already if there is any, or zero."""
    used = [group.reference for group in book.groups if group.reference != NO_REFERENCE]
    fresh = b"GO".ljust(28, b"\0") + (len(used) + 1).to_bytes(4, "big")
    return {"fresh": fresh, "used": (used or [fresh])[0], "zero": NO_REFERENCE}[how]


def together(ids: Sequence[CertificateId], amounts: Sequence[int]) -> dict[CertificateId, int]:
    """Wh by certificate; one may be named twice."""
    found: Counter[CertificateId] = Counter()
    for one, wh in zip(ids, amounts, strict=True):
        found[one] += wh
    return dict(found)
