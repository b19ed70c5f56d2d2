"""The whole machine: every rule of every part, in any order; all invariants after each step."""

from __future__ import annotations

from hypothesis.stateful import invariant

from tests.fuzz.checks import check
from tests.fuzz.rules_certificates import CertificateRules
from tests.fuzz.rules_market import MarketRules
from tests.fuzz.rules_members import MemberRules
from tests.fuzz.rules_money import MoneyRules
from tests.fuzz.rules_points import PointRules
from tests.fuzz.world import Origin


class CommunityMachine(MarketRules, MemberRules, MoneyRules, CertificateRules, PointRules):
    """One example: a community from its origin on."""

    def __init__(self, origin: Origin) -> None:
        super().__init__()
        self._origin = origin
        self.world = origin.begin()
        self.step = 0

    @invariant()
    def holds(self) -> None:
        self.step += 1
        self._origin.steps += 1
        check(self.world, self.step)

    def teardown(self) -> None:
        """Liveness: whatever happened, everything due comes to its end; then everything is looked at once more."""
        self.finish_everything()
        check(self.world, 0, whole=True)
