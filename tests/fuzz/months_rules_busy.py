"""Rules over months: many acts in a row, chosen by a seed.

Hypothesis leaves out half of the rules in an example and likes to repeat what it drew; this keeps its runs varied.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.fuzz.months_rules_export_stories import GroupStories
from tests.fuzz.months_rules_registry import STATES
from tests.fuzz.months_rules_stories import PAUSES
from tests.fuzz.months_world import DAY_S
from tests.fuzz.picking import SEED

DOWN = ("less", "none")
CHANGES = ("less", "none", "more", "most")
CALLERS = (*["member"] * 6, "anyone", "stranger")
ENERGIES = (*CHANGES, "same", "too much")


class BusyRules(GroupStories):
    """The other parts' rules, chosen by a seed."""

    @rule(seed=SEED, acts=st.integers(1, 9))
    def much_happens(self, seed: int, acts: int) -> None:
        chance = Random(seed)
        for _ in range(acts):
            kinds = (self._meter_something, self._decide_something, self._correct_something)
            more = (self._hold_something, self._end_something, self._hold_something, self._group_something)
            chance.choice((*kinds, *more))(chance)

    def _meter_something(self, chance: Random) -> None:
        seed, which = chance.getrandbits(20), chance.randrange(60)
        acts: list[Callable[[], None]] = [
            lambda: self.intervals_are_settled(seed, chance.randint(1, 2), chance.randint(0, 2)),
            lambda: self.an_interval_is_settled_at_last(which),
            lambda: self.a_late_reading_is_settled(which),
            lambda: self.a_producer_may_hold_nothing(
                which, seed, chance.choice(("correct", "withdraw", "ask", "open")), chance.choice(DOWN)
            ),
            lambda: self.time_passes(chance.choice((1, 7, 20, 31)) * DAY_S),
        ]
        if self.unheard():
            acts.append(lambda: self.a_reading_comes_late(which, seed, True))
        chance.choice(acts)()

    def _decide_something(self, chance: Random) -> None:
        which, to, seed = chance.randrange(60), chance.randrange(60), chance.getrandbits(20)
        chance.choice(
            (
                lambda: self.the_issuing_body_decides(which, chance.choice(STATES), chance.random() < 0.9),
                lambda: self.a_device_pauses(which, chance.choice(PAUSES), seed),
                lambda: self.a_device_moves(which, to),
                lambda: self.a_point_is_handed_over(which, to),
                lambda: self.a_device_in_debt_changes_owner(which, to, chance.random() < 0.5, seed),
                lambda: self.an_account_is_opened_or_closed(which, chance.random() < 0.8),
                lambda: self.a_key_is_replaced(which),
                lambda: self.certificates_follow_a_new_key(which, chance.randint(1, 4)),
            )
        )()

    def _correct_something(self, chance: Random) -> None:
        which, to, seed = chance.randrange(60), chance.randrange(60), chance.getrandbits(20)
        production, down = chance.choice(ENERGIES), chance.choice(DOWN)
        chance.choice(
            (
                lambda: self.a_reading_is_corrected(which, chance.random() < 0.5, production, "same", to > 5),
                lambda: self.a_producer_is_corrected(which, [chance.choice(CHANGES) for _ in range(3)]),
                lambda: self.what_is_gone_was_never_produced(
                    which, chance.choice(("given", "used", "lost")), to, down, chance.choice(("sold on", "put back"))
                ),
                lambda: self.an_estimate_is_corrected(which, chance.choice(CHANGES)),
                lambda: self.a_late_reading_was_wrong(which, seed, chance.choice(CHANGES)),
                lambda: self.a_large_plant_is_corrected_over_and_over(which, 3),
                lambda: self.a_window_closes(which, chance.choice((("less", "more"), ("none", "most")))),
            )
        )()

    def _hold_something(self, chance: Random) -> None:
        which, to, share = chance.randrange(60), chance.randrange(60), chance.choice((0, 10, 50, 100, 101))
        if not self.holdings():
            return
        acts: list[Callable[[], None]] = [
            lambda: self.some_is_given(which, to, share, chance.random() < 0.9),
            lambda: self.much_is_given(which, to, chance.randint(2, 4), share),
            lambda: self.some_is_used(which, chance.randint(1, 3), share),
            lambda: self.some_is_withdrawn(which, share, chance.random() < 0.9),
            lambda: self.a_claim_is_asked_for(which),
            lambda: self.a_lost_wallet_is_emptied(which, chance.randint(1, 4)),
        ]
        if self.claims():
            acts.append(lambda: self.some_of_a_claim_is_withdrawn(which, share, True))
        chance.choice(acts)()

    def _group_something(self, chance: Random) -> None:
        which, to, seed = chance.randrange(60), chance.randrange(60), chance.getrandbits(20)
        amounts, by, back = chance.choice(("exact", "part", "too many", "twice")), chance.choice(CALLERS), to % 2 == 0
        acts: list[Callable[[], None]] = []
        if self.holdings():
            acts += [
                lambda: self.some_is_grouped(which, to, amounts, by, seed),
                lambda: self.a_group_is_filled(which, chance.choice(("keep", "release", "export", "decline"))),
                lambda: self.what_is_grouped_was_never_produced(which, chance.choice(DOWN), back, seed),
            ]
        if self.unexported():
            acts += [
                lambda: self.some_leaves_a_group(which, amounts, by, to, back, seed),
                lambda: self.a_group_is_judged(which, to > 20, chance.choice(("fresh", "fresh", "used")), to > 3),
                lambda: self.a_group_outlives_a_key(which, back),
                lambda: self.the_account_of_a_group_is_closed(which, back, to > 10),
                lambda: self.the_issuing_body_reaches_into_a_group(which),
            ]
        if acts:
            chance.choice(acts)()

    def _end_something(self, chance: Random) -> None:
        """Rarely: a year or more passes, with the last seconds to move something first, then those to use it."""
        if chance.random() < 0.8:
            return
        which, late, claimed = chance.randrange(60), chance.random() < 0.5, chance.random() < 0.5
        to_move: list[Callable[[], None]] = [
            lambda: self.a_last_second_comes(which, True, "give"),
            lambda: self.a_last_second_to_group_comes(which, True),
            lambda: self.a_last_second_to_export_comes(which, True, which % 3 == 0),
            lambda: self.a_group_is_made_anew(which, True),
        ]
        to_use: list[Callable[[], None]] = [
            lambda: self.a_last_second_comes(which, True, chance.choice(("use", "use", "withdraw"))),
            lambda: self.a_last_second_to_release_comes(which, True, claimed),
            lambda: self.what_waits_expires(which, True, late, claimed),
            lambda: self._settle_at_last(chance),
        ]
        if chance.random() < 0.6:
            self.settle_next(chance.getrandbits(20), 1)
            self.fill(which)
        for act in (*chance.sample(to_move, 2), *chance.sample(to_use, 2)):
            if self.holdings():
                act()

    def _settle_at_last(self, chance: Random) -> None:
        """An interval whose certificates have expired, of a device that owes something, if any does."""
        which, seed = chance.randrange(60), chance.getrandbits(20)
        self.settle_next(seed, 1)
        self.what_is_gone_was_never_produced(which, "given", which + 1, "none", "sold on")
        self.an_interval_is_settled_when_all_has_expired(seed, True)
