"""Rules of the machine: the metering operator corrects what is settled; nobody else, nothing else, not too late."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.fuzz.keys import STRANGER, key, role_key
from tests.fuzz.picking import WHICH, Part
from wattcommons.chain.batch import Read
from wattcommons.chain.roles import Role
from wattcommons.chain.stored import reading_of
from wattcommons.domain.accounts import Account
from wattcommons.domain.corrections import CorrectionEffect, check_correction, corrected, effect_of
from wattcommons.domain.fills import unpack_fills
from wattcommons.domain.guarantees import CertificateId, certificate_id
from wattcommons.domain.readings import ABSENT_READING, max_wh
from wattcommons.domain.units import DeviceIndex, IntervalIndex, ParticipantIndex
from wattcommons.errors import RuleError

CORRECTIONS = "Corrections"
REASON = b"\x07" * 32
ENERGY = st.sampled_from(("more", "more", "less", "less", "none", "most", "same", "too much"))


class CorrectionRules(Part):
    """Of the last readings of a participant, settled or not."""

    @rule(
        which=WHICH,
        back=st.integers(1, 8),
        production=ENERGY,
        consumption=ENERGY,
        by=st.sampled_from((*["metering"] * 8, "operator", "stranger")),
        proof=st.sampled_from((*["right"] * 6, "other chunk", "forged")),
    )
    def correct_reading(self, which: int, back: int, production: str, consumption: str, by: str, proof: str) -> None:
        model, clearing = self.world.model, self.world.clearing
        participant = self.participant(which)
        one = model.participants[participant]
        known = sorted(i for i in one.readings if i in clearing.intervals) or sorted(one.readings)
        interval = known[-min(back, len(known))] if known else model.current - 1
        old = one.readings.get(interval, ABSENT_READING)
        powers = one.limits.at(interval)
        most = [max_wh(watts, model.length) for watts in powers] if one.lives(interval) else [0, 0]
        energy = (
            _energy(production, old.production_wh, most[1]),
            _energy(consumption, old.consumption_wh, most[0]),
        )
        given, proves = self._proof(participant, interval, proof)
        sender = {
            "metering": role_key(Role.METERING_OPERATOR),
            "operator": role_key(Role.OPERATOR),
            "stranger": key(STRANGER),
        }[by].address
        before = model.certificates.balances()
        done = self.world.send(sender, CORRECTIONS, "correct", participant, interval, *energy, REASON, given)
        late = interval in one.late
        found = clearing.intervals.get(interval)
        settled = interval in one.late_settled if late else found is not None and found.settled
        allowed = by == "metering" and settled and (late or proves)
        effect = None
        try:
            new = corrected(old, *energy)
            check_correction(new, powers, interval, model.length, model.terms.correction_window_s, model.now)
            if allowed and found is not None:
                effect = effect_of(old, new, 0 if late else self._traded(participant, interval), found.tariff)
                self._certificates(participant, interval, effect)
        except RuleError:
            effect = None
        self.agree(done, effect is not None)
        if effect is None:
            return
        one.readings[interval] = effect.reading
        one.earlier.setdefault(interval, []).append(old)
        if model.terms.collection.grid:
            one.balance += effect.value_neur
            model.grid -= effect.value_neur
        self._check_others(participant, before)
        self._check_history(participant, interval)

    def _certificates(self, participant: int, interval: int, effect: CorrectionEffect) -> None:
        model = self.world.model
        device = model.device_at(participant, interval)
        if not device or not model.may_issue(device, interval):
            return
        one = certificate_id(DeviceIndex(device), IntervalIndex(interval))
        wallet = Account(model.wallet_of(participant))
        model.certificates.correct(one, ParticipantIndex(participant), wallet, effect.certificates, model.now)
        if one not in model.ids and model.certificates.issued(one):
            model.ids.append(one)

    def _check_others(self, participant: int, before: dict[tuple[CertificateId, Account], int]) -> None:
        wallet = Account(self.world.model.wallet_of(participant))
        after = self.world.model.certificates.balances()
        others = [{k: wh for k, wh in held.items() if k[1] != wallet} for held in (before, after)]
        assert others[0] == others[1], "I26"

    def _check_history(self, participant: int, interval: int) -> None:
        [kept] = self.world.chain.read([Read(CORRECTIONS, "earlierReadings", (participant, interval))])
        one = self.world.model.participants[participant]
        told = [reading_of(stored) for stored in kept]
        assert told == [(reading, interval in one.late) for reading in one.earlier[interval]], "I27"

    def _traded(self, participant: int, interval: int) -> int:
        fills = self.world.clearing.intervals[interval].settlement.clearing.fills
        return next((fill.wh for fill in fills if fill.participant == participant), 0)

    def _proof(self, participant: int, interval: int, how: str) -> tuple[tuple[int, bytes, bytes], bool]:
        """A proof, and whether it shows what the participant traded."""
        found = self.world.clearing.intervals.get(interval)
        chunks = found.chunks if found else []
        if not chunks:
            return (0, b"", b""), True
        firsts = [unpack_fills(chunk)[0].participant for chunk in chunks]
        right = max((i for i, first in enumerate(firsts) if first <= participant), default=0)
        number = (right + 1) % len(chunks) if how == "other chunk" else right
        following = chunks[number + 1] if number + 1 < len(chunks) else b""
        fills = chunks[number][:-1] + bytes([chunks[number][-1] ^ 1]) if how == "forged" else chunks[number]
        return (number, fills, following), how != "forged" and number == right


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
