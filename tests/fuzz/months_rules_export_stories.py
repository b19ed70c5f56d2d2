"""Rules over months: groups whose Wh grow old or are corrected, and whose members lose their keys or accounts."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.fuzz.months_part import ANY, RARELY
from tests.fuzz.months_refusals import Entries
from tests.fuzz.months_rules_exports import GroupRules
from tests.fuzz.months_rules_stories import DOWN, StoryRules
from tests.fuzz.months_seen import Seen
from tests.fuzz.picking import SEED
from wattcommons.domain.guarantees import STANDARD_WH, CertificateId, certificate_id
from wattcommons.domain.units import MAX_INDEX, IntervalIndex

BACK = st.booleans()
THEN = st.sampled_from(("keep", "release", "export", "export", "decline"))


class GroupStories(StoryRules, GroupRules):
    """Each is a row of acts of the other parts, looked at one by one."""

    @precondition(lambda self: self.holdings())
    @rule(which=ANY, then=THEN)
    def a_group_is_filled(self, which: int, then: str) -> None:
        number = self.fill(which)
        if number is None:
            return
        if then == "export":
            another = self.fill(which) if self.export(number) else None
            if another is not None:
                self.export(another, "used")
        elif then == "decline":
            self.decline(number)
            self.group(self.member_wallet(number), number, self._inside(number)[:1])
            self.release(number, self._inside(number)[:1])
        elif then == "release":
            self.release(number, self._inside(number))

    @precondition(lambda self: self.holdings())
    @rule(which=ANY, production=DOWN, export=st.booleans(), seed=SEED)
    def what_is_grouped_was_never_produced(self, which: int, production: str, export: bool, seed: int) -> None:
        """The device owes it, the group stays as it is, and what the device produces next pays."""
        model = self.world.model
        found = [(p, one, wh) for p, one in self.correctable() if (wh := self._own(p, one))]
        full = [one for one in found if one[2] >= STANDARD_WH]
        if not found:
            return
        participant, one, wh = self.pick(full or found, which)
        wallet, number = model.wallet_of(participant), len(model.exports.groups) + 1
        if not self.group(wallet, None, [(one, min(wh, STANDARD_WH))]):
            return
        if export and wh >= STANDARD_WH:
            self.export(number)
        self.correct(participant, one & MAX_INDEX, production)
        owed = self.picture.debts[one >> 32]
        self.settle_next(seed, 1)
        self.saw(Seen.DEBT_PAID_BESIDE_GROUP, self.picture.debts[one >> 32] < owed)

    @precondition(lambda self: self.unexported())
    @rule(which=ANY, back=BACK)
    def a_group_outlives_a_key(self, which: int, back: bool) -> None:
        """The old wallet takes nothing out of it any more, and what leaves it goes to the new one."""
        model = self.world.model
        number = self.pick(self.unexported(), which)
        old = self.member_wallet(number)
        self.replace_key(model.exports.group(number).member)
        if old == self.member_wallet(number):
            return
        entries = _halves(self._inside(number))
        self.release(number, entries, old)
        allowed = self.give_back(number, entries) if back else self.release(number, entries)
        self.saw(Seen.RELEASED_TO_HEIR, allowed)

    @precondition(lambda self: self.unexported())
    @rule(which=ANY, back=BACK, opened=st.booleans())
    def the_account_of_a_group_is_closed(self, which: int, back: bool, opened: bool) -> None:
        """Nothing goes in or out, but what is complete may still be exported."""
        model = self.world.model
        number = self.pick([*self.complete(), *self.unexported()], which)
        member = model.members[model.exports.group(number).member]
        self.set_active(member.index, False)
        entries = _halves(self._inside(number))
        held = [(one, wh) for one, wallet, wh in self.holdings() if wallet == member.wallet]
        if held:
            self.group(member.wallet, None, [(held[0][0], min(held[0][1], STANDARD_WH))])
        if back:
            self.give_back(number, entries)
        else:
            self.release(number, entries)
        if number in self.complete():
            self.saw(Seen.EXPORTED_CLOSED, self.export(number))
        if opened:
            self.set_active(member.index, True)
            self.release(number, entries)

    # ------------------------------------------------------------------ the last seconds

    @precondition(lambda self: self.holdings())
    @rule(which=ANY, really=RARELY)
    def a_last_second_to_group_comes(self, which: int, really: bool) -> None:
        """Some is added in it, and some more in the first second that is too late."""
        model = self.world.model
        one, wallet, wh = self._next_to_end(self._in_good_hands() or self.holdings(), which, True)
        until, part = self._end(one, True), max(1, min(wh, STANDARD_WH) // 3)
        number = len(model.exports.groups) + 1
        if not really or model.now + 2 >= until or not self.group(wallet, None, [(one, part)]):
            return
        if self.reach(until - 2):
            self.saw(Seen.LAST_GROUPING, self.group(wallet, number, [(one, part)]))
            self.group(wallet, number, [(one, part)])

    @precondition(lambda self: self.unexported())
    @rule(which=ANY, really=RARELY, back=BACK)
    def a_last_second_to_release_comes(self, which: int, really: bool, back: bool) -> None:
        """Half leaves the group in it, the rest is too late and stays; what is younger may still leave."""
        model = self.world.model
        ends = [(self._end(one, False), number, one) for number in self.unexported() for one, _ in self._inside(number)]
        ahead = sorted(found for found in ends if found[0] > model.now + 4)
        if not ahead or not really:
            return
        older = [found for found in ahead if found[2] < self._inside(found[1])[-1][0]]
        until, number, one = self.pick(older or ahead, which)
        self.set_active(model.exports.group(number).member, True)
        if not self.reach(until - 2):
            return
        entries = _halves([(one, model.exports.group(number).locked[one])])
        leaves = self.give_back if back else self.release
        self.saw(Seen.LAST_RELEASE, leaves(number, entries))
        leaves(number, entries)
        younger = [found for found in self._inside(number) if found[0] > one]
        if younger:
            leaves(number, younger)

    @precondition(lambda self: self.holdings())
    @rule(which=ANY, really=RARELY, late=st.booleans())
    def a_last_second_to_export_comes(self, which: int, really: bool, late: bool) -> None:
        """A complete group is exported in it, or in the first second in which its oldest Wh are too old."""
        if not really:
            return
        self.fill(which)
        ahead = [number for number in self.complete() if self._oldest_until(number) > self.world.model.now + 2]
        if not ahead:
            return
        number = min(ahead, key=self._oldest_until)
        if self.reach(self._oldest_until(number) - 2 + late):
            self.saw(Seen.LAST_EXPORT, self.export(number))

    @precondition(lambda self: self.holdings())
    @rule(which=ANY, really=RARELY)
    def a_group_is_made_anew(self, which: int, really: bool) -> None:
        """Its oldest Wh leave it and younger ones fill it, yet it stays as old as it was: the same Wh go in another."""
        model = self.world.model
        number = self.fill(which, renewable=True) if really else None
        if number is None or not self.reach(self._oldest_until(number) - 60):
            return
        wallet, group = self.member_wallet(number), model.exports.group(number)
        oldest = self._inside(number)[0]
        self.release(number, [oldest])
        held = {one: wh for one, wh in self._movable(wallet, group.device).items() if one != oldest[0]}
        self.group(wallet, number, _full(held, oldest[1]))
        if not self.reach(self._oldest_until(number)):
            return
        self.export(number)
        entries = self._inside(number)
        if self.release(number, entries) and self.group(wallet, None, entries):
            self.saw(Seen.EXPORT_ANEW, self.export(len(model.exports.groups)))

    # ------------------------------------------------------------------ choosing

    def fill(self, which: int, *, renewable: bool = False) -> int | None:
        """A new complete group of the oldest and the newest Wh of a holder; None where nobody has 1 MWh of a device, or
        (`renewable`) 1 MWh besides its oldest.
        """
        found = []
        for wallet, device in sorted({(wallet, one >> 32) for one, wallet, _ in self._in_good_hands()}):
            held = self._movable(wallet, device)
            if held and sum(held.values()) - renewable * held[min(held)] >= STANDARD_WH:
                found.append((wallet, _full(held, STANDARD_WH)))
        if not found:
            return None
        wallet, entries = self.pick(found, which)
        return len(self.world.model.exports.groups) if self.group(wallet, None, entries) else None

    def _movable(self, wallet: str, device: int) -> dict[CertificateId, int]:
        """What a wallet holds of a device and may still group."""
        found = [(one, wh) for one, holder, wh in self.holdings() if holder == wallet and one >> 32 == device]
        return {one: wh for one, wh in found if self.world.model.now + 2 < self._end(one, True)}

    def _inside(self, number: int) -> list[tuple[CertificateId, int]]:
        """What lies in a group, the oldest first."""
        return sorted((+self.world.model.exports.group(number).locked).items())

    def _oldest_until(self, number: int) -> int:
        """The first second in which a group is too old to be exported."""
        group = self.world.model.exports.group(number)
        return self._end(certificate_id(group.device, group.first_interval or IntervalIndex(0)), True)


def _full(held: Mapping[CertificateId, int], wanted: int) -> list[tuple[CertificateId, int]]:
    """Of the oldest up to a half of what is wanted, of the newest as much as it takes, and of the oldest again."""
    oldest, *newer = sorted(held)
    first = min(held[oldest], wanted // 2)
    amounts, left = {oldest: first}, wanted - first
    for one in reversed(newer):
        if left:
            amounts[one] = min(held[one], left)
            left -= amounts[one]
    amounts[oldest] += min(left, held[oldest] - first)
    return list(amounts.items())


def _halves(entries: Entries) -> list[tuple[CertificateId, int]]:
    return [(one, max(1, wh // 2)) for one, wh in entries]
