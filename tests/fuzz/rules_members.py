"""Rules of the machine: members, participants, gateways, limits, devices, tariffs, keys, and strangers."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.fuzz.keys import STRANGER, key, number_of, role_key
from tests.fuzz.model import Member
from tests.fuzz.picking import WHICH, Part
from tests.fuzz.world import FAR, NO_HASH
from wattcommons.chain.roles import Role
from wattcommons.chain.signing import sign
from wattcommons.chain.typed_data import domain_of, rotation_message
from wattcommons.domain.units import IntervalIndex

MOST_MEMBERS = 9
MOST_PARTICIPANTS = 12
MOST_DEVICES = 6
MOST_WALLETS = 12
AHEAD = st.integers(-1, 4)
POWER = st.sampled_from(((9_000, 9_000), (3_000, 0), (100, 20_000), (0, 0)))


class MemberRules(Part):
    """Most of these need a role; a stranger tries each as well."""

    # ------------------------------------------------------------------ members and keys

    @rule()
    def register_member(self) -> None:
        model = self.world.model
        index = len(model.members) + 1
        if index > MOST_MEMBERS:
            return
        wallet = key(index + 100).address
        self.agree(self.world.as_role(Role.OPERATOR, "MemberRegistry", "registerMember", wallet, NO_HASH), True)
        model.members[index] = Member(index, [wallet])
        model.admit()

    @rule(which=WHICH, active=st.booleans())
    def open_or_close_account(self, which: int, active: bool) -> None:
        member = self.member(which)
        done = self.world.as_role(Role.OPERATOR, "MemberRegistry", "setMemberActive", member.index, active)
        self.agree(done, True)
        member.active = active
        self.world.model.admit()

    @rule(which=WHICH, act=st.sampled_from(("propose", "approve", "veto", "execute", "all")))
    def replace_key(self, which: int, act: str) -> None:
        if len(self.member(which).wallets) > MOST_WALLETS:
            return
        for one in ("propose", "approve", "wait", "execute") if act == "all" else (act,):
            self._replace_key(self.member(which), one)

    def _replace_key(self, member: Member, act: str) -> None:
        model = self.world.model
        index = member.index
        successor = key(200 + 20 * index + len(member.wallets)).address
        if act == "propose":
            done = self.world.as_role(Role.OPERATOR, "MemberRegistry", "proposeReplacement", index, successor)
            self.agree(done, True)
            member.proposed, member.executable_at = successor, 0
        elif act == "approve":
            done = self.world.as_role(Role.RECOVERY_APPROVER, "MemberRegistry", "approveReplacement", index, successor)
            allowed = member.proposed == successor and not member.executable_at
            self.agree(done, allowed)
            if allowed:
                member.executable_at = model.now + model.terms.replacement_delay_s
        elif act == "veto":
            done = self.world.send(member.wallet, "MemberRegistry", "vetoReplacement", index)
            self.agree(done, member.proposed != "")
            member.proposed, member.executable_at = "", 0
        elif act == "wait":
            self.world.travel(model.now + model.terms.replacement_delay_s)
        else:
            done = self.world.send(key(STRANGER).address, "MemberRegistry", "executeReplacement", index)
            allowed = member.proposed != "" and 0 < member.executable_at <= model.now
            self.agree(done, allowed)
            if allowed:
                member.wallets.append(member.proposed)
                member.proposed, member.executable_at = "", 0
                model.admit()

    def member(self, which: int) -> Member:
        """One of the members, but for the first, who only has participants that never lived."""
        return self.pick(list(self.world.model.members.values())[1:], which)

    # ------------------------------------------------------------------ participants

    @rule(which=WHICH, ahead=AHEAD, power=POWER, forged=st.sampled_from((False, False, True)))
    def enrol(self, which: int, ahead: int, power: tuple[int, int], forged: bool) -> None:
        self._enrol(0, which, ahead, power, forged)

    @rule(which=WHICH, to=WHICH, ahead=AHEAD, power=POWER)
    def hand_over(self, which: int, to: int, ahead: int, power: tuple[int, int]) -> None:
        self._enrol(self.participant(which), to, ahead, power, False)

    def _enrol(self, predecessor: int, which: int, ahead: int, power: tuple[int, int], forged: bool) -> None:
        model = self.world.model
        if len(model.participants) >= MOST_PARTICIPANTS:
            return
        member = self.member(which)
        since = model.first_open + ahead
        gateway = 300 + model.participant_count
        signer = STRANGER if forged else number_of(member.wallet)
        terms = self.world.enrolment(member.index, gateway, since, power, signer)
        function, before = ("handOver", (predecessor,)) if predecessor else ("enrol", ())
        done = self.world.as_role(Role.OPERATOR, "MemberRegistry", function, *before, *terms)
        allowed = member.active and not forged and since >= model.first_open
        if predecessor:
            one = model.participants[predecessor]
            allowed = allowed and one.first <= since <= one.until
        self.agree(done, allowed)
        if allowed:
            successor = self.world.add_participant(member.index, gateway, since, power)
            if predecessor:
                model.end_life(predecessor, since, successor)

    @rule(which=WHICH, ahead=AHEAD)
    def close(self, which: int, ahead: int) -> None:
        model = self.world.model
        index = self.participant(which)
        one = model.participants[index]
        until = model.first_open + ahead
        done = self.world.as_role(Role.OPERATOR, "MemberRegistry", "close", index, until)
        allowed = until >= model.first_open and one.first <= until <= one.until
        self.agree(done, allowed)
        if allowed:
            model.end_life(index, until)

    @rule(which=WHICH, suspended=st.booleans())
    def suspend(self, which: int, suspended: bool) -> None:
        model = self.world.model
        index = self.participant(which)
        one = model.participants[index]
        done = self.world.as_role(Role.OPERATOR, "MemberRegistry", "setSuspended", index, suspended)
        since = max(model.first_open, one.first)
        self.agree(done, since < one.until)
        if since < one.until and one.suspended.at(since) is not suspended:
            one.suspended.set(since, suspended)

    @rule(which=WHICH, ahead=AHEAD, forged=st.sampled_from((False, False, True)))
    def rotate_gateway(self, which: int, ahead: int, forged: bool) -> None:
        model = self.world.model
        index = self.participant(which)
        one = model.participants[index]
        since = model.first_open + ahead
        gateway = 400 + 10 * (index % 20) + one.rotations % 10
        terms = (index, key(gateway).address, 1, since, one.rotations, FAR)
        message = rotation_message(domain_of(self.world.chain.deployment, "MemberRegistry"), terms)
        metering = role_key(Role.METERING_OPERATOR)
        by_member = sign(key(STRANGER if forged else number_of(model.wallet_of(index))), message)
        done = self.world.send(
            key(STRANGER).address,
            "MemberRegistry",
            "rotateGateway",
            terms,
            by_member,
            metering.address,
            sign(metering, message),
        )
        allowed = not forged and self._may_change(index, since)
        self.agree(done, allowed)
        if allowed:
            one.rotations += 1
            one.gateway.set(since, gateway)

    @rule(which=WHICH, ahead=AHEAD, power=POWER)
    def set_limits(self, which: int, ahead: int, power: tuple[int, int]) -> None:
        index = self.participant(which)
        since = self.world.model.first_open + ahead
        done = self.world.as_role(Role.METERING_OPERATOR, "MemberRegistry", "setLimits", index, *power, since)
        allowed = self._may_change(index, since)
        self.agree(done, allowed)
        if allowed:
            self.world.model.participants[index].limits.set(since, power)

    def _may_change(self, participant: int, since: int) -> bool:
        return since >= self.world.model.first_open and self.world.model.participants[participant].lives(since)

    # ------------------------------------------------------------------ devices

    @rule(storage=st.booleans(), allows=st.booleans(), intervals=st.integers(1, 40))
    def register_device(self, storage: bool, allows: bool, intervals: int) -> None:
        model = self.world.model
        if len(model.devices) >= MOST_DEVICES:
            return
        terms = self.world.device_terms(allows=allows, storage=storage, valid_until=model.now + 900 * intervals)
        self.agree(self.world.as_role(Role.ISSUING_BODY, "MemberRegistry", "registerDevice", terms), True)
        self.world.add_device(terms)

    @rule(device=WHICH, which=st.integers(0, 12), ahead=AHEAD)
    def bind_device(self, device: int, which: int, ahead: int) -> None:
        model = self.world.model
        chosen = self.pick(list(model.devices.values()), device)
        holder = self.pick([0, *sorted(model.participants)], which)
        since = model.first_open + ahead
        done = self.world.as_role(Role.ISSUING_BODY, "MemberRegistry", "bindDevice", chosen.index, holder, since)
        if holder == 0:
            self.agree(done, since >= model.first_open)
        elif not self._may_change(holder, since):
            self.agree(done, False)
        else:
            # Refused when the participant has another device then or later.
            others = (one for one in model.devices.values() if one is not chosen)
            ahead_of = range(since, max(since, *(one.holder.last[0] for one in model.devices.values())) + 1)
            taken = any(one.holder.at(interval) == holder for one in others for interval in ahead_of)
            if taken:
                self.agree(done, False)
        if done.ok:
            chosen.holder.set(since, holder)
            if holder and (until := model.participants[holder].until) < 2**32 - 1:
                chosen.holder.set(until, 0)

    @rule(device=WHICH, allows=st.booleans(), suspended=st.booleans(), intervals=st.integers(-2, 40))
    def set_device_issuable(self, device: int, allows: bool, suspended: bool, intervals: int) -> None:
        model = self.world.model
        chosen = self.pick(list(model.devices.values()), device)
        valid_until = model.now + 900 * intervals
        done = self.world.as_role(
            Role.ISSUING_BODY,
            "MemberRegistry",
            "setDeviceIssuable",
            chosen.index,
            allows,
            suspended,
            valid_until,
        )
        self.agree(done, True)
        chosen.terms.set(model.first_open, (allows and not chosen.storage, suspended, valid_until))

    # ------------------------------------------------------------------ tariffs

    @rule(band=st.integers(0, 7), ahead=AHEAD)
    def set_default_band(self, band: int, ahead: int) -> None:
        model = self.world.model
        since = model.first_open + ahead
        done = self.world.as_role(Role.OPERATOR, "TariffSchedule", "setDefault", band, since)
        allowed = 1 <= band <= model.bands and since >= model.first_open
        self.agree(done, allowed)
        if allowed:
            model.tariffs.set_default(band, IntervalIndex(since), model.first_open)

    @rule(codes=st.lists(st.integers(0, 6), max_size=20), ahead=AHEAD)
    def schedule_bands(self, codes: list[int], ahead: int) -> None:
        model = self.world.model
        since = model.first_open + ahead
        done = self.world.as_role(Role.OPERATOR, "TariffSchedule", "schedule", since, codes)
        allowed = bool(codes) and since >= model.first_open
        self.agree(done, allowed)
        if allowed:
            model.tariffs.set_codes(IntervalIndex(since), codes, model.first_open)

    # ------------------------------------------------------------------ strangers

    @rule(which=WHICH, act=st.integers(0, 30))
    def stranger_acts(self, which: int, act: int) -> None:
        """I16: everything that is reserved, by members and strangers, with arguments that its holder could use."""
        model = self.world.model
        index = self.participant(which)
        wallet = model.wallet_of(index)
        since = model.first_open + 1
        stranger = key(STRANGER).address
        contract, function, *arguments = self.pick(
            [
                ("MemberRegistry", "registerMember", key(STRANGER + 1).address, NO_HASH),
                ("MemberRegistry", "setMemberActive", 2, False),
                ("MemberRegistry", "proposeReplacement", 2, key(STRANGER + 1).address),
                ("MemberRegistry", "setSuspended", index, True),
                ("MemberRegistry", "setSilent", index, True),
                ("MemberRegistry", "close", index, since),
                ("MemberRegistry", "setLimits", index, 1, 1, since),
                ("MemberRegistry", "bindDevice", 1, index, since),
                ("MemberRegistry", "setDeviceIssuable", 1, False, True, model.now + 10),
                ("TariffSchedule", "addBand", 1, 1, 1),
                ("TariffSchedule", "setDefault", 2, since),
                ("TariffSchedule", "schedule", since, [1]),
                ("MeterLedger", "freeze", model.current - 1),
                ("EnergyMarket", "creditDeposit", index, 10**12),
                ("EnergyMarket", "setCreditLimit", index, 10**15),
                ("EnergyMarket", "withdrawPooled", wallet, False, 1),
                ("CommunityEuro", "mint", wallet, 10**9, b"\x07" * 32),
                ("CommunityEuro", "mintToAccount", index, 10**9, b"\x07" * 32),
                ("CommunityEuro", "setMemberTransfers", True),
                ("GuaranteeOfOrigin", "issue", model.current - 1, [index << 72 | 1_000]),
                ("GuaranteeOfOrigin", "withdraw", wallet, model.ids[0] if model.ids else 1, 1, NO_HASH),
                ("GuaranteeOfOrigin", "lock", wallet, model.ids[:1], [1]),
                ("GuaranteeOfOrigin", "unlock", wallet, model.ids[:1], [1]),
                ("ExportGroups", "giveBack", 1, model.ids[:1], [1]),
                ("ExportGroups", "decline", 1, NO_HASH),
                ("ExportGroups", "exportGroup", 1, b"\x09" * 32),
                ("Ecopoints", "award", wallet, 1_000, NO_HASH),
                ("Ecopoints", "publishOffer", 1, 1, model.now + 1_000, NO_HASH),
                ("GreenCoach", "setTarget", index, 1, (since, since + 1, 1, 1, NO_HASH)),
            ],
            act,
        )
        self.agree(self.world.send(stranger if act % 2 else wallet, contract, function, *arguments), False)
