"""What the rules over months share: an act on which chain, named rules and register agree, and a look after it."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Iterable

from hypothesis import currently_in_test_context, event
from hypothesis import strategies as st

from tests.fuzz.chain_driver import Done
from tests.fuzz.keys import STRANGER, key, role_key
from tests.fuzz.months_checks import check
from tests.fuzz.months_look import EXPIRED, Look
from tests.fuzz.months_picture import Picture, Produced, produced_until_now, take
from tests.fuzz.months_refusals import NOT_OF_THE_DOMAIN
from tests.fuzz.months_seen import Seen
from tests.fuzz.months_world import LIFE_S
from tests.fuzz.picking import Part
from wattcommons.chain.roles import Role
from wattcommons.domain.certificate_ledger import CertificateLedger
from wattcommons.domain.devices import NotIssuable
from wattcommons.domain.guarantees import CertificateId
from wattcommons.domain.units import MAX_INDEX
from wattcommons.errors import RuleError

ANY = st.integers(0, 60)
"""A choice from a list of any length."""
RARELY = st.sampled_from((False, False, True))
"""What takes a year or more: nothing young is left after it."""
Holding = tuple[CertificateId, str, int]
Change = Callable[[CertificateLedger], object]


class MonthsPart(Part):
    """A part of the machine. `picture`, `produced`: of the last look; `debtors`: who left a device its debt."""

    picture: Picture
    produced: Produced
    seen: Counter[Seen]
    debtors: dict[int, int]

    def saw(self, situation: Seen, really: object = True) -> None:
        """Count a situation, if it is one."""
        if really:
            self.seen[situation] += 1
            if currently_in_test_context():
                event(situation)

    # ------------------------------------------------------------------ acting

    def judge(self, done: Done, refusal: str | None, change: Change | None = None, losers: Iterable[str] = ()) -> bool:
        """Whether it was done, as all say; then everything is looked at."""
        self.decide(done, refusal, change)
        self.look(losers, refused=not done.ok)
        return done.ok

    def decide(self, done: Done, refusal: str | None, change: Change | None) -> None:
        """Chain and named rules say the same, and so does the register where it is asked; it follows the chain."""
        self.agree(done, refusal)
        if change is None or refusal in NOT_OF_THE_DOMAIN:
            return
        trial = copy.deepcopy(self.world.model.certificates)
        try:
            change(trial)
        except RuleError as error:
            assert refusal is not None, f"the register refuses what the chain has done: {error}"
        else:
            assert refusal is None, f"the register does what the chain refuses as {refusal}"
            self.world.model.certificates = trial

    def look(self, losers: Iterable[str] = (), *, group: int = 0, refused: bool = False) -> None:
        """Everything is compared with the model, and with what was seen before. `group`: one that may have changed."""
        self.produced = produced_until_now(self.world)
        after = take(self.world, self.produced, self.picture)
        check(Look(self.world, self.produced, self.picture, after, frozenset(losers), group, refused))
        self.saw(Seen.EXPIRED_HELD, any(after.states[one] == EXPIRED for one, _ in after.held))
        self.saw(Seen.EXPIRED_GROUPED, any(after.states[one] == EXPIRED for one in after.groups.unexported))
        self.picture = after

    def as_anyone(self, contract: str, function: str, *arguments: object) -> Done:
        return self.world.send(key(STRANGER).address, contract, function, *arguments)

    def role_or_stranger(self, role: Role, honest: bool) -> str:
        return role_key(role).address if honest else key(STRANGER).address

    # ------------------------------------------------------------------ time

    def reach(self, second: int) -> bool:
        """Travel to a second, unless it is past or beyond the time watched. Whether it is the newest block's now."""
        model = self.world.model
        if not model.now < second <= model.start * model.seconds + LIFE_S:
            return False
        self.world.travel(second)
        return True

    # ------------------------------------------------------------------ choosing

    def holdings(self) -> list[Holding]:
        """Every balance above zero, the newest production first."""
        held = self.world.model.certificates.balances()
        return sorted(
            ((one, str(wallet), wh) for (one, wallet), wh in held.items()),
            key=lambda found: (-(found[0] & MAX_INDEX), found[0], found[1]),
        )

    def holder(self, which: int) -> str:
        """A member's present wallet; now and then a former one or a stranger's."""
        model = self.world.model
        present = [member.wallet for member in model.members.values()]
        former = [wallet for wallet in model.wallets if wallet not in present]
        return self.pick([*present, key(STRANGER).address, *present, *former], which)

    def holders_of(self, one: CertificateId, but: Iterable[str] = ()) -> list[str]:
        """Who holds something of a certificate."""
        return [wallet for found, wallet, _ in self.holdings() if found == one and wallet not in but]

    def earned_nothing_before(self, device: int) -> bool:
        """Whether an interval of the device was barred by suspension or lapse."""
        return any(
            one >> 32 == device and reason in (NotIssuable.SUSPENDED, NotIssuable.LAPSED)
            for one, reason in self.produced.barred.items()
        )
