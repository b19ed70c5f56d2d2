"""The whole machine: every rule of every part, in any order; all invariants after each step."""

from __future__ import annotations

from random import Random

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from tests.fuzz.checks import check
from tests.fuzz.picking import SEED, WHICH
from tests.fuzz.rules_certificates import CertificateRules
from tests.fuzz.rules_corrections import ENERGY, CorrectionRules
from tests.fuzz.rules_exports import ExportRules
from tests.fuzz.rules_market import MarketRules
from tests.fuzz.rules_members import MemberRules
from tests.fuzz.rules_money import MoneyRules
from tests.fuzz.rules_points import PointRules
from tests.fuzz.world import Origin
from wattcommons.chain.roles import Role

LARGE_W = 4_000_000
"""1,100,000 Wh in a quarter of an hour."""


class CommunityMachine(
    MarketRules, MemberRules, MoneyRules, CertificateRules, CorrectionRules, ExportRules, PointRules
):
    """One example: a community from its origin on."""

    def __init__(self, origin: Origin) -> None:
        super().__init__()
        self._origin = origin
        self.world = origin.begin()
        self.step = 0

    @rule(which=WHICH)
    def all_follows_a_new_key(self, which: int) -> None:
        """A lost key is replaced; euro, points and certificates are fetched from the old wallet."""
        member = self.member(which)
        self.replace_key(which, "all")
        position = self.world.model.wallets.index(member.wallets[-2]) if len(member.wallets) > 1 else 0
        self.recover_euro(position)
        self.recover_points(position)
        if self.world.model.ids:
            self.recover_certificate(which)

    @rule(
        which=WHICH,
        seed=SEED,
        amounts=st.sampled_from(("exact", "exact", "one short", "part")),
        rest=st.sampled_from(("stays", "exported", "declined", "released")),
    )
    def a_large_plant_produces(self, which: int, seed: int, amounts: str, rest: str) -> None:
        """Somebody's plant grows beyond a MWh an interval; what it makes is grouped, and goes one way or the other."""
        model = self.world.model
        producers = [p for p in sorted(model.participants) if model.device_at(p, model.first_open)]
        if not producers:
            return
        participant = self.pick(producers, which)
        since = model.first_open
        done = self.world.as_role(
            Role.METERING_OPERATOR, "MemberRegistry", "setLimits", participant, 9_000, LARGE_W, since
        )
        self.agree(done, True)
        model.participants[participant].limits.set(since, (9_000, LARGE_W))
        self.world.travel(model.end(since) + 1)
        self.produce(participant, since)
        self._report(since, Random(seed), 0)
        self.advance_interval(since, 1_000)
        self.group_of_wallet(model.wallet_of(participant), None, amounts, Random(seed))
        number = len(model.exports.groups)
        if rest == "released":
            self.release_from(number, "all", Random(seed))
        elif rest != "stays":
            self.decide(number, rest == "exported", "fresh", Role.ISSUING_BODY)

    @rule(seed=st.integers(0, 2**32 - 1), which=WHICH, production=ENERGY, consumption=ENERGY)
    def a_settled_reading_is_corrected(self, seed: int, which: int, production: str, consumption: str) -> None:
        """Left to chance, an interval is seldom settled while its window is open."""
        interval = self.world.model.current
        self.an_interval_passes(seed)
        self.deadline_passes()
        self.advance_interval(interval, 1_000)
        self.correct_reading(which, 1, production, consumption, "metering", "right")

    @invariant()
    def holds(self) -> None:
        self.step += 1
        self._origin.steps += 1
        check(self.world, self.step)

    def teardown(self) -> None:
        """Liveness: whatever happened, everything due comes to its end; then everything is looked at once more."""
        self.finish_everything()
        check(self.world, 0, whole=True)
