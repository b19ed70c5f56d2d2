"""The machine over months: every rule of every part in any order, everything looked at after each act."""

from __future__ import annotations

from tests.fuzz.months_picture import produced_until_now, take
from tests.fuzz.months_rules_busy import BusyRules
from tests.fuzz.months_world import MonthsOrigin


class MonthsMachine(BusyRules):
    """One example: a community from its origin on, for up to three years.

    A further path for Wh is one more part, as GroupRules and GroupStories are for export groups, with its rules also in
    months_rules_busy.py; its refusals go beside months_refusals.py, where its Wh are then to `in_hands` of
    months_look.py, and what it must come across to months_seen.py.
    """

    def __init__(self, origin: MonthsOrigin) -> None:
        super().__init__()
        self.world = origin.begin()
        self.seen = origin.seen
        self.debtors = {}
        self.produced = produced_until_now(self.world)
        self.picture = take(self.world, self.produced)

    def teardown(self) -> None:
        """Whatever was left is settled in the end, and everything looked at once more."""
        for interval in self.unsettled():
            self.settle_when_due(interval)
        self.look()
