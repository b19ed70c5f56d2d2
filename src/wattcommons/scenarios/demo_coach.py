"""The Green Coach's month in a demo: two targets, an award, a miss, and points spent at a partner."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from wattcommons.chain.batch import call_of
from wattcommons.chain.roles import Role
from wattcommons.chain.signing import sign
from wattcommons.chain.typed_data import domain_of, redemption_message
from wattcommons.domain.baselines import Target, monthly_target
from wattcommons.domain.ecopoints import TargetOutcome
from wattcommons.scenarios.demo import MONTH, YEAR, Demo
from wattcommons.scenarios.village_texts import SPA_ENTRY
from wattcommons.simulation.people import Participant

_PERIOD: Final = 1
_OFFER_LIFE_S: Final = 90 * 86_400
_PRICE_MPT: Final = 10_000
_HOUR_S: Final = 3_600


@dataclass(frozen=True)
class CoachedMonth:
    """How one flat's month ended: Wh used, and points (thousandths) won."""

    person: Participant
    target: Target
    outcome: TargetOutcome
    used_wh: int
    points: int


@dataclass(frozen=True)
class Redemption:
    """Points (thousandths) spent at a partner, and what is left."""

    person: Participant
    price: int
    left: int
    voucher: int


def formula_hash(formula: str) -> bytes:
    """What stands on the chain for a target's formula: its SHA-256."""
    return sha256(formula.encode("ascii")).digest()


class Coach:
    """Sets the targets before the month begins; tells afterwards what the contracts made of it."""

    def __init__(self, demo: Demo) -> None:
        self._demo = demo
        self.targets = {person.meter_id: self._target(person) for person in demo.scene.coached}

    def set_targets(self) -> None:
        """One target each, fixed before the first interval of the month."""
        month = self._demo.scene.month
        calls = []
        for person in self._demo.scene.coached:
            target = self.targets[person.meter_id]
            terms = (
                month.first,
                month.end,
                target.expectation_wh_down,
                target.target_wh_up,
                formula_hash(target.formula()),
            )
            index = self._demo.participant(person)
            calls.append(call_of(self._demo.contracts, "GreenCoach", "setTarget", index, _PERIOD, terms))
        for sent in self._demo.sender(Role.COACH).send_all(calls):
            if sent.error is not None:
                raise sent.error

    def formulas(self) -> dict[bytes, str]:
        """The targets' formulas by their hashes."""
        return {formula_hash(target.formula()): target.formula() for target in self.targets.values()}

    def months(self) -> list[CoachedMonth]:
        """How the month ended for each: judged on chain, by the keeper or by anyone."""
        found = []
        for person in self._demo.scene.coached:
            outcome, _, used, points = self._demo.contracts.read(
                "GreenCoach", "evaluationOf", self._demo.participant(person), _PERIOD
            )
            target = self.targets[person.meter_id]
            found.append(CoachedMonth(person, target, TargetOutcome(outcome), used, points))
        return found

    def redeem(self, month: CoachedMonth) -> Redemption:
        """The winner signs for a partner's offer, anybody sends it, the partner takes the voucher."""
        demo = self._demo
        contracts, keys = demo.contracts, demo.community.keys
        now = demo.community.clock.now()
        price = min(_PRICE_MPT, month.points)
        partner = demo.sender(Role.PARTNER)
        offer = (price, 20, now + _OFFER_LIFE_S, SPA_ENTRY.code)
        partner.send(call_of(contracts, "Ecopoints", "publishOffer", *offer))
        number = contracts.read("Ecopoints", "offerCount")
        member = keys.member(month.person.meter_id)
        nonce = contracts.read("Ecopoints", "nonces", member.address)
        message = redemption_message(
            domain_of(contracts.deployment, "Ecopoints"), member.address, number, price, nonce, now + _HOUR_S
        )
        signed = (member.address, number, now + _HOUR_S, sign(member, message))
        demo.community.relay.send(call_of(contracts, "Ecopoints", "redeemFor", *signed))
        voucher = contracts.read("Ecopoints", "voucherCount")
        partner.send(call_of(contracts, "Ecopoints", "useVoucher", voucher))
        left = contracts.read("Ecopoints", "balanceOf", member.address)
        return Redemption(month.person, price, left, voucher)

    def _target(self, person: Participant) -> Target:
        village = self._demo.scene.village
        return monthly_target(village.history(person), YEAR, MONTH, village.expected_weather(YEAR, MONTH))
