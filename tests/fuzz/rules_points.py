"""Rules of the machine: Green Coach, Ecopoints, offers and vouchers."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.fuzz.keys import STRANGER, key, role_key
from tests.fuzz.picking import WHICH, Part
from tests.fuzz.world import NO_HASH
from wattcommons.chain.roles import Role
from wattcommons.domain.accounts import Account
from wattcommons.domain.units import MemberIndex, ParticipantIndex
from wattcommons.errors import RuleError

AWARD, MISS, NO_DATA, CLOSED = 1, 2, 3, 4


class PointRules(Part):
    """Coach, partner, members, anybody."""

    def __init__(self) -> None:
        super().__init__()
        self.offers = 1
        self.vouchers = 0

    @rule(
        which=WHICH,
        ahead=st.integers(-1, 3),
        length=st.integers(0, 3),
        expected=st.integers(0, 9_000),
        percent=st.sampled_from((0, 50, 100, 101)),
        replace=st.booleans(),
    )
    def set_target(self, which: int, ahead: int, length: int, expected: int, percent: int, replace: bool) -> None:
        model = self.world.model
        index = self.participant(which)
        periods = model.participants[index].periods
        number = len(periods) if replace and periods else len(periods) + 1
        first = model.first_open + ahead
        wanted = {"first": first, "end": first + length, "expected": expected, "target": expected * percent // 100}
        terms = (first, first + length, expected, wanted["target"], NO_HASH)
        done = self.world.as_role(Role.COACH, "GreenCoach", "setTarget", index, number, terms)
        allowed = (
            first >= model.first_open
            and length > 0
            and wanted["target"] <= expected
            and (number == 1 or periods[number - 2]["end"] <= first)
            and (number > len(periods) or periods[number - 1]["first"] >= model.first_open)
        )
        self.agree(done, allowed)
        if allowed:
            periods[number - 1 :] = [{**wanted, "outcome": 0, "next": first, "used": 0}]

    @rule(which=WHICH, most=st.integers(0, 3), newest=st.booleans())
    def evaluate(self, which: int, most: int, newest: bool) -> None:
        model = self.world.model
        candidates = [
            (index, number)
            for index, one in sorted(model.participants.items())
            for number, period in enumerate(one.periods, start=1)
            if newest or period["outcome"] == 0
        ]
        if not candidates:
            return
        index, number = self.pick(candidates, which)
        done = self.world.send(key(STRANGER).address, "GreenCoach", "evaluate", index, number, most)
        self.agree(done, self._evaluate(index, number, most))

    def _evaluate(self, index: int, number: int, most: int) -> bool:
        model = self.world.model
        one = model.participants[index]
        period = one.periods[number - 1]
        if most == 0 or period["outcome"] or model.now < model.end(period["end"] - 1):
            return False
        chunk = range(period["next"], min(period["next"] + most, period["end"]))
        readings = [one.readings[i] for i in chunk if i in one.readings and one.readings[i].earns_certificates]
        if len(readings) < len(chunk):
            if model.now < model.end(period["end"] - 1) + model.terms.data_grace_s:
                return False
            period["outcome"] = NO_DATA
            return True
        period["used"] += sum(reading.consumption_wh for reading in readings)
        period["next"] = chunk.stop
        if chunk.stop == period["end"]:
            self._judge(index, number, period)
        return True

    def _judge(self, index: int, number: int, period: dict[str, int]) -> None:
        model = self.world.model
        wallet = model.wallet_of(index)
        if period["used"] > period["target"]:
            period["outcome"] = MISS
        elif not model.is_holder(wallet):
            period["outcome"] = CLOSED
        else:
            period["outcome"] = AWARD
            points = (period["expected"] - period["used"]) * model.terms.points_per_kwh
            points = min(points, model.terms.max_award_mpt)
            model.points.award(ParticipantIndex(index), number, Account(wallet), points)

    @rule(price=st.sampled_from((0, 1, 100, 900)), stock=st.integers(0, 2), seconds=st.sampled_from((0, 900, 90_000)))
    def publish_offer(self, price: int, stock: int, seconds: int) -> None:
        model = self.world.model
        until = model.now + seconds
        done = self.world.as_role(Role.PARTNER, "Ecopoints", "publishOffer", price, stock, until, NO_HASH)
        allowed = price > 0 and stock > 0 and until > model.now
        self.agree(done, allowed)
        if allowed:
            self.offers += 1
            model.points.publish(Account(role_key(Role.PARTNER).address), price, stock, until)

    @precondition(lambda self: self.offers)
    @rule(which=WHICH, offer=WHICH)
    def redeem_points(self, which: int, offer: int) -> None:
        model = self.world.model
        wallet, number = self.anyone(which), 1 + offer % self.offers
        done = self.world.send(wallet, "Ecopoints", "redeem", number)
        member = model.member_of(wallet)
        allowed = member is not None and member.active
        if member is not None and allowed:
            try:
                model.points.redeem(number, MemberIndex(member.index), Account(wallet), model.now)
                self.vouchers += 1
            except RuleError:
                allowed = False
        self.agree(done, allowed)

    @precondition(lambda self: self.vouchers)
    @rule(voucher=WHICH, by=st.sampled_from(("partner", "partner", "stranger")))
    def use_voucher(self, voucher: int, by: str) -> None:
        partner = role_key(Role.PARTNER).address if by == "partner" else key(STRANGER).address
        number = 1 + voucher % self.vouchers
        done = self.world.send(partner, "Ecopoints", "useVoucher", number)
        try:
            self.world.model.points.use(number, Account(partner), self.world.model.now)
            allowed = True
        except RuleError:
            allowed = False
        self.agree(done, allowed)

    @precondition(lambda self: self.offers)
    @rule(offer=WHICH)
    def close_offer(self, offer: int) -> None:
        number = 1 + offer % self.offers
        done = self.world.as_role(Role.PARTNER, "Ecopoints", "closeOffer", number)
        self.agree(done, not self.world.model.points.offer(number).closed)
        self.world.model.points.close(number)

    @rule(which=WHICH, to=WHICH, amount=st.sampled_from((1, 10)))
    def give_points_away(self, which: int, to: int, amount: int) -> None:
        """To another member or a stranger: never; to the wallet that took over: as a recovery."""
        model = self.world.model
        sender, receiver = self.anyone(which), self.anyone(to)
        if model.heir_of(sender) == receiver:
            return
        self.agree(self.world.send(sender, "Ecopoints", "transfer", receiver, amount), False)

    @rule(which=WHICH)
    def recover_points(self, which: int) -> None:
        model = self.world.model
        wallet = self.anyone(which)
        heir = model.heir_of(wallet)
        self.agree(self.world.send(key(STRANGER).address, "Ecopoints", "recover", wallet), heir is not None)
        if heir is not None:
            model.points.recover(Account(wallet), Account(heir))
