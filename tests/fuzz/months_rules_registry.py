"""Rules over months: devices suspended, lapsed and renewed; accounts, keys and owners that change."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.fuzz.keys import key, number_of
from tests.fuzz.model import OPEN
from tests.fuzz.months_part import ANY, MonthsPart
from tests.fuzz.months_refusals import UNAUTHORISED
from tests.fuzz.months_world import SMALL_W
from wattcommons.chain.roles import Role
from wattcommons.domain.devices import latest_validity
from wattcommons.domain.intervals import first_open

MOST_PARTICIPANTS = 10
MOST_WALLETS = 5
REGISTRY = "MemberRegistry"
STATES = ("suspend", "suspend", "resume", "lapse", "last interval", "scheme", "renew", "renew", "too long")
"""What the issuing body may decide about a device."""


class RegistryRules(MonthsPart):
    """All of these act from the first open interval on, and touch no Wh."""

    # ------------------------------------------------------------------ devices

    @rule(
        which=ANY,
        act=st.sampled_from(STATES),
        honest=st.sampled_from((*[True] * 9, False)),
    )
    def the_issuing_body_decides(self, which: int, act: str, honest: bool) -> None:
        """About one of the devices: suspended or not, with which scheme, and until when it is registered."""
        self.set_device(self.pick(list(self.world.model.devices), which), act, honest)

    def set_device(self, index: int, act: str, honest: bool = True) -> None:
        model = self.world.model
        device = model.devices[index]
        allowed, suspended, valid_until = device.terms.last[1]
        latest = latest_validity(model.now + 1)
        since = first_open(model.now + 1, model.terms.gate_lead_s, model.length)
        allowed ^= act == "scheme" and not device.storage
        suspended = act == "suspend" or (suspended and act != "resume")
        ends = {"lapse": model.now, "last interval": model.end(since), "renew": latest, "too long": latest + 1}
        valid_until = ends.get(act, valid_until)
        sender = self.role_or_stranger(Role.ISSUING_BODY, honest)
        arguments = (index, allowed or device.storage, suspended, valid_until)
        done = self.world.send(sender, REGISTRY, "setDeviceIssuable", *arguments)
        refusal = "RegistryDeviceValidity" if valid_until > latest else None
        if self.judge(done, refusal if honest else UNAUTHORISED):
            device.terms.set(model.first_open, (allowed, suspended, valid_until))
            self._comes_into_force()

    @rule(which=ANY, to=ANY)
    def a_device_moves(self, which: int, to: int) -> None:
        """The issuing body binds it to another participant, or to nobody."""
        self.bind(self.pick(list(self.world.model.devices), which), self.pick([*self.living(), *self.living(), 0], to))

    def bind(self, device: int, holder: int) -> None:
        model = self.world.model
        since = model.first_open
        done = self.world.as_role(Role.ISSUING_BODY, REGISTRY, "bindDevice", device, holder, since)
        taken = holder and model.device_at(holder, since) not in (0, device)
        if self.judge(done, "RegistryParticipantHasDevice" if taken else None):
            model.devices[device].holder.set(since, holder)
            self._comes_into_force()

    @rule(which=ANY, to=ANY)
    def a_point_is_handed_over(self, which: int, to: int) -> None:
        self.hand_over(self.pick(self.living(), which), self.pick(list(self.world.model.members), to))

    def hand_over(self, before: int, index: int) -> None:
        """A member takes over a participant with its device, and so with the device's debt."""
        model = self.world.model
        if len(model.participants) >= MOST_PARTICIPANTS:
            return
        member = model.members[index]
        since, power = model.first_open, (SMALL_W, model.participants[before].limits.last[1][1])
        gateway = 300 + model.participant_count
        terms = self.world.enrolment(index, gateway, since, power, number_of(member.wallet))
        done = self.world.as_role(Role.OPERATOR, REGISTRY, "handOver", before, *terms)
        if self.judge(done, None if member.active else "RegistryMemberInactive"):
            successor = self.world.add_participant(index, gateway, since, power)
            model.end_life(before, since, successor)
            self._comes_into_force()

    def _comes_into_force(self) -> None:
        """Travel to the first open interval's beginning: what was changed holds from there on."""
        model = self.world.model
        self.world.travel(model.first_open * model.seconds)

    def living(self) -> list[int]:
        """Participants of the first open interval, those with a device first."""
        model = self.world.model
        living = [one.index for one in model.participants.values() if one.until == OPEN]
        return sorted(living, key=lambda one: (model.device_at(one, model.first_open) == 0, one))

    # ------------------------------------------------------------------ members and keys

    @rule(which=ANY, active=st.sampled_from((True, True, False)))
    def an_account_is_opened_or_closed(self, which: int, active: bool) -> None:
        self.set_active(self.pick(list(self.world.model.members), which), active)

    def set_active(self, index: int, active: bool) -> None:
        done = self.world.as_role(Role.OPERATOR, REGISTRY, "setMemberActive", index, active)
        self.world.model.members[index].active = active
        self.world.model.admit()
        self.judge(done, None)

    @rule(which=ANY)
    def a_key_is_replaced(self, which: int) -> None:
        self.replace_key(self.pick(list(self.world.model.members), which))

    def replace_key(self, index: int) -> None:
        """Proposed, approved, waited for and done; what the old wallet holds stays there."""
        model = self.world.model
        member = model.members[index]
        if len(member.wallets) >= MOST_WALLETS:
            return
        successor = key(200 + 20 * index + len(member.wallets)).address
        for role, function in (
            (Role.OPERATOR, "proposeReplacement"),
            (Role.RECOVERY_APPROVER, "approveReplacement"),
        ):
            self.agree(self.world.as_role(role, REGISTRY, function, index, successor), None)
        self.world.travel(model.now + model.terms.replacement_delay_s)
        done = self.as_anyone(REGISTRY, "executeReplacement", index)
        member.wallets.append(successor)
        model.admit()
        self.judge(done, None)
