"""Rules over months: the metering operator corrects readings, also when their Wh are gone."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.fuzz.months_part import ANY, MonthsPart
from tests.fuzz.months_picture import refusal_at
from tests.fuzz.months_refusals import UNAUTHORISED
from tests.fuzz.months_seen import Seen
from wattcommons.chain.batch import Read
from wattcommons.chain.roles import Role
from wattcommons.chain.stored import reading_of
from wattcommons.domain.accounts import Account
from wattcommons.domain.certificate_ledger import CertificateLedger, TakenBack
from wattcommons.domain.corrections import CorrectionEffect, check_correction, correctable_until, corrected, effect_of
from wattcommons.domain.fills import unpack_fills
from wattcommons.domain.guarantees import CertificateId, certificate_id
from wattcommons.domain.readings import ABSENT_READING, Quality, max_wh
from wattcommons.domain.units import MAX_INDEX, MAX_WH, DeviceIndex, IntervalIndex, ParticipantIndex

REASON = b"\x07" * 32
PRODUCTION = st.sampled_from(("less", "less", "none", "more", "most", "same", "too much"))
SEVERAL = st.lists(st.sampled_from(("less", "most", "none", "more")), min_size=1, max_size=3)
CONSUMPTION = st.sampled_from(("same", "same", "less", "more"))


class CorrectionRules(MonthsPart):
    """Nobody but the producer loses by any of these."""

    @rule(
        which=ANY,
        newest=st.booleans(),
        production=PRODUCTION,
        consumption=CONSUMPTION,
        honest=st.sampled_from((*[True] * 9, False)),
    )
    def a_reading_is_corrected(self, which: int, newest: bool, production: str, consumption: str, honest: bool) -> None:
        """Of all that is recorded, the newest or the oldest first: settled or not, in the window or not."""
        readings = [(i, index) for index, one in self.world.model.participants.items() for i in one.readings]
        interval, participant = self.pick(sorted(readings, reverse=newest), which)
        self.correct(participant, interval, production, consumption, honest)

    @rule(which=ANY, productions=SEVERAL)
    def a_producer_is_corrected(self, which: int, productions: list[str]) -> None:
        """A reading that earned something and may be corrected still; now and then up and down again."""
        found = self.correctable()
        if found:
            participant, one = self.pick(found, which)
            for production in productions:
                self.correct(participant, one & MAX_INDEX, production)

    @rule(which=ANY, productions=st.sampled_from((("less", "more"), ("none", "most"), ("most", "less"))))
    def a_window_closes(self, which: int, productions: tuple[str, str]) -> None:
        """Corrected in its last second, and once more in the first that is too late."""
        found = self.correctable()
        if not found:
            return
        participant, one = self.pick(found[::-1], which)
        model = self.world.model
        until = correctable_until(one & MAX_INDEX, model.length, model.terms.correction_window_s)
        if self.reach(until - 2):
            for production in productions:
                self.correct(participant, one & MAX_INDEX, production)

    def correctable(self) -> list[tuple[int, CertificateId]]:
        """Certificates whose readings may be corrected, with their producers; the newest first."""
        model = self.world.model
        window = model.terms.correction_window_s
        found = [one for one in model.ids if model.now < correctable_until(one & MAX_INDEX, model.length, window)]
        newest_first = sorted(found, key=lambda one: (-(one & MAX_INDEX), one))
        return [(model.devices[one >> 32].holder.at(one & MAX_INDEX), CertificateId(one)) for one in newest_first]

    def may_earn(self, participant: int, interval: int) -> bool:
        """Whether a reading belongs to a device that may have certificates, and its window is open."""
        model = self.world.model
        until = correctable_until(interval, model.length, model.terms.correction_window_s)
        return model.now < until and self._certificate(participant, interval) is not None

    # ------------------------------------------------------------------ one correction

    def correct(
        self, participant: int, interval: int, production: str, consumption: str = "same", honest: bool = True
    ) -> None:
        model = self.world.model
        one = model.participants[participant]
        old = one.readings.get(interval, ABSENT_READING)
        most_in, most_out = (max_wh(watts, model.length) for watts in one.limits.at(interval))
        energy = (_energy(production, old.production_wh, most_out), _energy(consumption, old.consumption_wh, most_in))
        sender = self.role_or_stranger(Role.METERING_OPERATOR, honest)
        proof = (0, self._fills(interval), b"")
        done = self.world.send(sender, "Corrections", "correct", participant, interval, *energy, REASON, proof)
        refusal = self._refusal(participant, interval, energy) if honest else UNAUTHORISED
        told: list[tuple[CorrectionEffect, TakenBack]] = []
        before = model.certificates
        self.decide(done, refusal, lambda register: told.append(self._effect(register, participant, interval, energy)))
        if done.ok:
            self._saw_correction(participant, interval, told[0], before)
            one.earlier.setdefault(interval, []).append(old)
            one.readings[interval] = told[0][0].reading
            certificate = self._certificate(participant, interval)
            if certificate and certificate not in model.ids and model.certificates.issued(certificate):
                model.ids.append(certificate)
        self.look({model.wallet_of(participant)}, refused=not done.ok)
        until = correctable_until(interval, model.length, model.terms.correction_window_s)
        self.saw(Seen.LAST_CORRECTION, done.ok and model.now == until - 1)
        self.saw(Seen.CORRECTED_TOO_LATE, refusal == "CorrectionWindowClosed")
        self.saw(Seen.CORRECTED_TOO_MUCH, refusal == "GuaranteeTooMuch")
        self._check_history(participant, interval)

    def _effect(
        self, register: CertificateLedger, participant: int, interval: int, energy: tuple[int, int]
    ) -> tuple[CorrectionEffect, TakenBack]:
        """What the domain says follows, done to the register. Raises RuleError where it refuses."""
        model = self.world.model
        one = model.participants[participant]
        old = one.readings.get(interval, ABSENT_READING)
        new = corrected(old, *energy)
        window = model.terms.correction_window_s
        check_correction(new, one.limits.at(interval), interval, model.length, window, model.now)
        traded = 0 if interval in one.late else self._traded(participant, interval)
        effect = effect_of(old, new, traded, model.tariffs.at(IntervalIndex(interval)))
        certificate = self._certificate(participant, interval)
        if certificate is None:
            return effect, TakenBack()
        wallet = Account(model.wallet_of(participant))
        producer = ParticipantIndex(participant)
        return effect, register.correct(certificate, producer, wallet, effect.certificates, model.now)

    def _refusal(self, participant: int, interval: int, energy: tuple[int, int]) -> str | None:
        """By the name of the contract's error, in the order of its checks."""
        model = self.world.model
        one = model.participants[participant]
        if model.now >= correctable_until(interval, model.length, model.terms.correction_window_s):
            return "CorrectionWindowClosed"
        if interval not in one.readings:
            return "CorrectionNothingRecorded"
        known = self.world.clearing.intervals.get(interval)
        settled = interval in one.late_settled if interval in one.late else known is not None and known.settled
        if not settled:
            return "CorrectionNotSettled"
        old = one.readings[interval]
        if energy == (old.production_wh, old.consumption_wh) and old.quality is not Quality.ESTIMATED:
            return "CorrectionChangesNothing"
        most_in, most_out = (max_wh(watts, model.length) for watts in one.limits.at(interval))
        if energy[0] > most_out or energy[1] > most_in:
            return "CorrectionImplausible"
        certificate = self._certificate(participant, interval)
        issued = model.certificates.issued(certificate) if certificate else 0
        earned = old.production_wh if old.earns_certificates else 0
        more = energy[0] - earned
        return "GuaranteeTooMuch" if issued and more > 0 and issued + more > MAX_WH else None

    def _certificate(self, participant: int, interval: int) -> CertificateId | None:
        """The one that the reading may earn, None where the device may have none."""
        model = self.world.model
        device = model.device_at(participant, interval)
        if not device or refusal_at(model, device, interval) is not None:
            return None
        return certificate_id(DeviceIndex(device), IntervalIndex(interval))

    def _fills(self, interval: int) -> bytes:
        known = self.world.clearing.intervals.get(interval)
        return known.chunks[0] if known and known.chunks else b""

    def _traded(self, participant: int, interval: int) -> int:
        fills = unpack_fills(self._fills(interval))
        return next((fill.wh for fill in fills if fill.participant == participant), 0)

    def _check_history(self, participant: int, interval: int) -> None:
        """Every reading that stood there stays readable in its order, and the newest one stands (I27)."""
        one = self.world.model.participants[participant]
        earlier, [stands] = self.world.chain.read(
            [
                Read("Corrections", "earlierReadings", (participant, interval)),
                Read("MeterLedger", "readingsOf", (participant, interval, 1)),
            ]
        )
        late = interval in one.late
        told = [reading_of(stored) for stored in earlier]
        assert told == [(reading, late) for reading in one.earlier.get(interval, ())], "I27"
        assert reading_of(stands) == (one.readings[interval], late), "I27"

    def _saw_correction(
        self, participant: int, interval: int, told: tuple[CorrectionEffect, TakenBack], before: CertificateLedger
    ) -> None:
        """Called before the model's reading changes."""
        model = self.world.model
        one = model.participants[participant]
        (effect, taken), old = told, one.readings[interval]
        certificate = self._certificate(participant, interval)
        if certificate is None:
            return
        device, register = certificate >> 32, model.certificates
        issued = before.issued(certificate)
        more = register.issued(certificate) - issued
        self.saw(Seen.LATE_CORRECTED, interval in one.late)
        self.saw(Seen.CORRECTED_AGAIN, interval in one.earlier)
        self.saw(Seen.ESTIMATE_CORRECTED, more and not issued and old.quality is Quality.ESTIMATED)
        self.saw(Seen.CORRECTED_UP, more and issued)
        self.saw(Seen.CORRECTED_TO_ZERO, issued and not effect.reading.production_wh)
        self.saw(Seen.TAKEN_FROM_WALLET, taken.from_wallet)
        self.saw(Seen.TAKEN_FROM_CLAIM, taken.from_claim)
        paid = register.debt(DeviceIndex(device)) < before.debt(DeviceIndex(device))
        self.saw(Seen.DEBT_PAID_BY_CORRECTION, paid)
        if taken.owed:
            self.debtors[device] = one.member
            own = model.members[one.member].wallets
            self.saw(Seen.DEBT_KEY_LOST, any(w in own for w in self.holders_of(certificate)))
            self.saw(Seen.DEBT_GIVEN_AWAY, self.holders_of(certificate, but=own))
            used = any(certificate in statement.amounts for statement in register.cancellations)
            self.saw(Seen.DEBT_CANCELLED, used)
            self.saw(Seen.DEBT_GROUPED, register.locked(certificate))
            self.saw(Seen.DEBT_EXPORTED, register.exported(certificate))


def _energy(how: str, old: int, most: int) -> int:
    """Wh: as before, more or less than that, none, or at and beyond the limit."""
    return {
        "same": old,
        "none": 0,
        "less": old // 2,
        "more": min(most, old + 1 + most // 7),
        "most": most,
        "too much": most + 1,
    }[how]
