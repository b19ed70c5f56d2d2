"""Rules over months: things that go wrong one after the other, more often than chance would have it."""

from __future__ import annotations

from random import Random

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.fuzz.months_part import ANY
from tests.fuzz.months_picture import refusal_at
from tests.fuzz.months_rules_corrections import CorrectionRules
from tests.fuzz.months_rules_holders import HolderRules
from tests.fuzz.months_rules_metering import MeteringRules
from tests.fuzz.months_rules_registry import RegistryRules
from tests.fuzz.months_world import LARGE_W
from tests.fuzz.picking import SEED
from wattcommons.domain.accounts import Account
from wattcommons.domain.guarantees import CertificateId
from wattcommons.domain.readings import Quality
from wattcommons.domain.units import MAX_INDEX

PAUSES = (("suspend", "resume"), ("lapse", "renew"), ("last interval", "renew"), ("scheme", "scheme"))
DOWN = st.sampled_from(("less", "none"))


class StoryRules(MeteringRules, HolderRules, RegistryRules, CorrectionRules):
    """Each is a row of acts of the other parts, looked at one by one."""

    @rule(
        which=ANY,
        how=st.sampled_from(("given", "used", "lost")),
        to=ANY,
        production=DOWN,
        then=st.sampled_from(("sold on", "put back", "nothing")),
    )
    def what_is_gone_was_never_produced(self, which: int, how: str, to: int, production: str, then: str) -> None:
        """The producer gives its Wh away, uses them or loses its key; then they are corrected away, and maybe back."""
        corrected = self._part_and_correct(which, how, to, production)
        if corrected is None:
            return
        participant, one = corrected
        if then == "sold on":
            self.give_on(one, to + 1)
        elif then == "put back":
            self.correct(participant, one & MAX_INDEX, "most")

    def _part_and_correct(self, which: int, how: str, to: int, production: str) -> tuple[int, CertificateId] | None:
        """The producer and the certificate that were chosen; None where no producer holds anything young."""
        found = [(index, one, wh) for index, one in self.correctable() if (wh := self._own(index, one))]
        if not found:
            return None
        participant, one, wh = self.pick(found, which)
        wallet = self.world.model.wallet_of(participant)
        if how == "given":
            self.give(wallet, wallet, self.holder(to), [(one, wh)])
        elif how == "used":
            self.use(wallet, [(one, wh)])
        else:
            self.replace_key(self.world.model.participants[participant].member)
        self.correct(participant, one & MAX_INDEX, production)
        return participant, one

    @rule(which=ANY, acts=st.sampled_from(PAUSES), seed=SEED)
    def a_device_pauses(self, which: int, acts: tuple[str, str], seed: int) -> None:
        """One that earns is stopped while it produces, and goes on afterwards."""
        plain = [one.index for one in self.world.model.devices.values() if one.terms.last[1][0]]
        if not plain:
            return
        device = self.pick(plain, which)
        for number, act in enumerate(acts):
            self.set_device(device, act)
            self.settle_next(seed + number, 2 if act == "last interval" else 1)

    @rule(which=ANY, to=ANY, bound=st.booleans(), seed=SEED)
    def a_device_in_debt_changes_owner(self, which: int, to: int, bound: bool, seed: int) -> None:
        """Handed over with the point, or bound to another one; then it produces on."""
        model = self.world.model
        if not any(self.picture.debts.values()):
            self._part_and_correct(which, "given", to, "none")
        indebted = [device for device, wh in self.picture.debts.items() if wh]
        if not indebted:
            return
        device = self.pick(indebted, which)
        holder = model.devices[device].holder.at(model.first_open)
        if bound or not holder:
            self.bind(device, self.pick(self.living(), to))
        else:
            self.hand_over(holder, self.pick(list(model.members), to))
        self.settle_next(seed, 1)

    @rule(
        which=ANY,
        seed=SEED,
        then=st.sampled_from(("correct", "withdraw", "ask", "open", "open", "nothing")),
        production=DOWN,
    )
    def a_producer_may_hold_nothing(self, which: int, seed: int, then: str, production: str) -> None:
        """Its account is closed while it produces; what it earned waits in a claim."""
        model = self.world.model
        earning = self._earning()
        if not earning:
            return
        member = model.participants[self.pick(earning, which)].member
        self.set_active(member, False)
        self.settle_next(seed, 1)
        waiting = [one for one in model.ids if model.certificates.waiting(CertificateId(one))]
        if not waiting:
            return
        one = CertificateId(waiting[-1])
        claim = model.certificates.waiting(one)
        if then == "correct" and claim is not None:
            self.correct(claim.claimant, one & MAX_INDEX, production)
        elif then == "withdraw" and claim is not None:
            self.withdraw(None, one, claim.wh, honest=True)
        elif then in ("ask", "open"):
            if then == "open":
                self.set_active(member, True)
            self.claim(one)

    @rule(which=ANY, many=st.integers(1, 4))
    def certificates_follow_a_new_key(self, which: int, many: int) -> None:
        """A key is replaced, and what its wallet held is fetched by the next."""
        model = self.world.model
        wallets = sorted({wallet for _, wallet, _ in self.holdings() if model.is_holder(wallet)})
        if not wallets:
            return
        wallet = self.pick(wallets, which)
        member = next(one for one in model.members.values() if one.wallet == wallet)
        self.replace_key(member.index)
        self.recover(wallet, [one for one, holder, _ in self.holdings() if holder == wallet][:many])

    @rule(which=ANY, production=st.sampled_from(("less", "most", "none")))
    def an_estimate_is_corrected(self, which: int, production: str) -> None:
        """Once the meter has been read, where a device may have certificates for it."""
        readings = [(i, p, r) for p, one in self.world.model.participants.items() for i, r in one.readings.items()]
        estimated = [(i, p) for i, p, r in readings if r.quality is Quality.ESTIMATED and self.may_earn(p, i)]
        if estimated:
            interval, participant = self.pick(sorted(estimated, reverse=True), which)
            self.correct(participant, interval, production)

    @rule(which=ANY, seed=SEED, production=st.sampled_from(("less", "most", "none")))
    def a_late_reading_was_wrong(self, which: int, seed: int, production: str) -> None:
        """A producer is heard of after the settlement, settled late, and corrected."""
        earning = self._earning()
        if not earning:
            return
        participant, chance = self.pick(earning, which), Random(seed)
        interval = self.meter(chance, 0, unheard=participant)
        self.settle_when_due(interval)
        self.report(interval, [participant], chance)
        self.settle_late(participant, interval)
        self.correct(participant, interval, production)

    @rule(which=ANY, times=st.integers(1, 3))
    def a_large_plant_is_corrected_over_and_over(self, which: int, times: int) -> None:
        """Away and back again, until its certificate has no numbers left."""
        limits = {index: one.limits for index, one in self.world.model.participants.items()}
        large = [(p, one) for p, one in self.correctable() if limits[p].at(one & MAX_INDEX)[1] == LARGE_W]
        if large:
            participant, one = self.pick(large, which)
            for production in ("none", "most") * times:
                self.correct(participant, one & MAX_INDEX, production)

    def _earning(self) -> list[int]:
        """Participants whose device may have certificates for the present interval."""
        model = self.world.model
        holders = {one.holder.at(model.current): index for index, one in model.devices.items()}
        return [one for one, device in holders.items() if one and refusal_at(model, device, model.current) is None]

    def _own(self, participant: int, one: CertificateId) -> int:
        """Wh of a certificate in a participant's own wallet."""
        return self.world.model.certificates.balance(one, Account(self.world.model.wallet_of(participant)))
