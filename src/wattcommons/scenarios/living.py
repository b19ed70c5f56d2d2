"""A village whose time goes on after the demo's month: every interval is measured, signed, cleared and settled.

Time is the chain's own. `pass_to` brings it to a moment and does all that is due by then; `live` lets it run, so many
times faster than the clock on the wall. Only what a real community's programs and people do is done: gateways sign
once an interval has ended, the relay carries, the keeper clears, members act through their wallets.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from wattcommons.chain.batch import Read, call_of, read_all
from wattcommons.chain.roles import Role
from wattcommons.domain.intervals import IntervalRange, end_unix, start_unix
from wattcommons.domain.local_time import local_day, local_start
from wattcommons.domain.units import IntervalIndex
from wattcommons.errors import RetryableError, RevertedError, RuleError
from wattcommons.scenarios.community import Progress, silent
from wattcommons.scenarios.demo import Demo, DemoVillage
from wattcommons.scenarios.demo_coach import Coach, formula_hash
from wattcommons.scenarios.living_acts import Acts
from wattcommons.scenarios.living_scene import LivingScene, LocalMonth
from wattcommons.simulation.village import ZONE

MAX_SPEED: Final = 3_600
"""A half-hour in half a second: faster, and an interval could end before the last one is settled."""
_BEAT_S: Final = 1.0
_PLAN_AHEAD_S: Final = 2 * 86_400
_FIRST_MORNING: Final = (2, 10)
_CERTIFICATE_HOUR, _BID_HOUR = 8, 19
_TROUBLES_KEPT: Final = 20


def living_village(web3: Any, scene: DemoVillage, progress: Progress = silent) -> Living:
    """The demo's month without its story, then the village that goes on, ready for its second morning."""
    demo = Demo(web3, scene, progress)
    demo.join_coached()
    coach = Coach(demo)
    coach.set_targets()
    living = Living(demo, coach.formulas())
    demo.play(living.prepare)
    demo.finish()
    living.begin()
    return living


@dataclass
class Living:
    """A demo's village that goes on. Call `prepare` when everybody has joined, `begin` once its month is judged.

    `formulas`: of the targets set, by their hash on the chain. `troubles`: acts that a contract refused, newest last;
    no other act depends on them. `when_planned` is called after each month's prices and targets were set.
    """

    demo: Demo
    formulas: dict[bytes, str] = field(default_factory=dict)
    when_planned: Callable[[], None] = lambda: None
    troubles: list[RevertedError] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.scene = LivingScene(self.demo.scene)
        self.acts = Acts(self.demo)
        self.length = self.scene.length
        self._clock = self.demo.community.clock
        self._next = self.demo.scene.month.end
        self._planned = LocalMonth()

    @property
    def now(self) -> int:
        """The chain's time, Unix seconds."""
        return self._clock.now()

    @property
    def next_interval(self) -> IntervalIndex:
        """The oldest interval that nobody has read yet."""
        return self._next

    def prepare(self) -> None:
        """Prices and targets of the month after the demo's, before it begins."""
        self._plan(self._planned.after)

    def begin(self) -> None:
        """The offers, bids, consents and deposits the village starts with, then on to the second morning."""
        for act in (self.acts.publish_offers, self.acts.ask_for_consents, self.acts.first_bids):
            act()
        self.acts.deposit("first")
        day, hour = _FIRST_MORNING
        month = LocalMonth().after
        morning = local_day(datetime(month.year, month.month, day).date(), self.length, ZONE)  # noqa: DTZ001  a day alone
        self.pass_to(start_unix(morning.first, self.length) + hour * 3_600 + 60)

    def pass_to(self, moment: int) -> list[IntervalIndex]:
        """Bring the chain to a moment (Unix seconds) and do what is due by then; the intervals read on the way.

        What is past already is only caught up with. Raises RetryableError when the node fails: call again.
        """
        done: list[IntervalIndex] = []
        while True:
            # By a day at most: a run holds one, and a day's acts belong to its hours.
            stop = min(moment, end_unix(self._milestone() - 1, self.length) + 1)
            self._clock.advance_to(stop)
            done += self._catch_up()
            if stop >= moment:
                return done

    def pass_interval(self) -> IntervalIndex:
        """Let the interval that is under way end and be settled; its number."""
        interval = IntervalIndex(self.now // self.length.seconds)
        self.pass_to(end_unix(interval, self.length) + 1)
        return interval

    def live(
        self, stop: threading.Event, speed: int, *, waited: Callable[[RetryableError], None] = lambda _: None
    ) -> None:
        """Let time pass `speed` times faster (1 to MAX_SPEED) than on the wall, until `stop`.

        A node that fails is tried again, which `waited` is told. Raises FatalError where nothing can go on.
        """
        if not 1 <= speed <= MAX_SPEED:
            raise RuleError(f"a clock that runs {speed} times faster", f"give 1 to {MAX_SPEED}")
        begun, from_ = time.monotonic(), self.now
        while not stop.wait(_BEAT_S):
            try:
                self.pass_to(from_ + int((time.monotonic() - begun) * speed))
            except RetryableError as error:
                waited(error)

    def _milestone(self) -> IntervalIndex:
        """Up to which interval all can be read at once: the next hour at which somebody acts."""
        at = self._next + 1
        while local_start(at, self.length, ZONE).hour not in (_CERTIFICATE_HOUR, _BID_HOUR, 0) or not self._on_hour(at):
            at += 1
        return IntervalIndex(at)

    def _on_hour(self, interval: int) -> bool:
        return local_start(interval, self.length, ZONE).minute == 0

    def _catch_up(self) -> list[IntervalIndex]:
        """Read, sign, push and settle what has ended, then what people do at that hour."""
        end = IntervalIndex(self.now // self.length.seconds)
        if end <= self._next:
            return []
        period = IntervalRange(self._next, end)
        self.demo.record(self.scene.people, lambda person: self.scene.readings(person, period))
        self.demo.keeper.run()
        self._next = end
        if self.now + _PLAN_AHEAD_S >= start_unix(self._planned.intervals(self.length).end, self.length):
            self._plan(self._planned.after)
        if self._on_hour(end):
            self._act(end)
        return list(period)

    def _act(self, at: IntervalIndex) -> None:
        local = local_start(at, self.length, ZONE)
        try:
            if local.hour == _CERTIFICATE_HOUR:
                yesterday = local_start(at - 24 * 3_600 // self.length.seconds, self.length, ZONE).date()
                self.acts.pass_certificates_on(local_day(yesterday, self.length, ZONE))
            elif local.hour == _BID_HOUR:
                self.acts.bid_for_tomorrow(local.toordinal())
            elif local.hour == 0 and local.day == 1:
                self.acts.deposit(f"{local:%Y-%m}")
        except RevertedError as error:
            # People change their minds: a page may have used up, meanwhile, what was to be passed on here.
            self.troubles = [*self.troubles, error][-_TROUBLES_KEPT:]

    def _plan(self, month: LocalMonth) -> None:
        self.demo.community.schedule(self.scene.prices(month))
        period = month.intervals(self.length)
        aims = {self.demo.participant(one): self.scene.target(one, month) for one in self.scene.people}
        asked = [(place, aim) for place, aim in aims.items() if aim is not None]
        counts = read_all(self.demo.contracts, [Read("GreenCoach", "periodCount", (place,)) for place, _ in asked])
        calls = []
        for (place, aim), count in zip(asked, counts, strict=True):
            formula = aim.formula()
            terms = (period.first, period.end, aim.expectation_wh_down, aim.target_wh_up, formula_hash(formula))
            calls.append(call_of(self.demo.contracts, "GreenCoach", "setTarget", place, count + 1, terms))
            self.formulas[formula_hash(formula)] = formula
        for sent in self.demo.sender(Role.COACH).send_all(calls):
            if sent.error is not None:
                raise sent.error
        self._planned = month
        self.when_planned()
