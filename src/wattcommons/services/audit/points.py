"""Targets judged again from the readings recorded at the time, and the points they brought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wattcommons.chain.deployment import CommunityTerms
from wattcommons.chain.events import Event
from wattcommons.domain.ecopoints import AwardRule, Goal, MilliPoint, TargetOutcome, evaluate
from wattcommons.domain.intervals import start_unix
from wattcommons.errors import RuleError
from wattcommons.services.audit import checks
from wattcommons.services.audit.gate import Handlers
from wattcommons.services.audit.readings import Readings
from wattcommons.services.audit.report import Findings
from wattcommons.services.audit.state import State
from wattcommons.services.audit.world import World


@dataclass(slots=True)
class Judgement:
    """How far a period is judged: consumption (Wh) of [first, next_interval); `event` is the final one."""

    next_interval: int
    consumption_wh: int = 0
    event: Event | None = None
    points: int = 0


class Points:
    """Every target and what became of it."""

    def __init__(self, terms: CommunityTerms, world: World, readings: Readings, findings: Findings) -> None:
        self._terms = terms
        self._world = world
        self._readings = readings
        self._findings = findings
        self._rule = AwardRule(terms.points_per_kwh, MilliPoint(terms.max_award_mpt))
        self._targets: dict[tuple[int, int], dict[str, Any]] = {}
        self._judged: dict[tuple[int, int], Judgement] = {}
        self.due: dict[bytes, tuple[str, int]] = {}
        """Award reference -> wallet and mPt that a judgement calls for and that was not given yet."""

    def handlers(self) -> Handlers:
        """What reads which event."""
        return {
            "GreenCoach.TargetSet": self._target,
            "GreenCoach.EvaluationAdvanced": self._advanced,
            "GreenCoach.Evaluated": self._evaluated,
        }

    def compare(self, state: State) -> None:
        """What the coach keeps of every period is what was judged."""
        for reference, (wallet, points) in self.due.items():
            entry = f"award of participant {_named(reference)} to {wallet}, mPt"
            self._findings.broken(checks.POINTS, entry, points, "none")
        periods = sorted(self._targets)
        for period, found in zip(periods, state.evaluations(periods), strict=True):
            judged = self._judged.get(period)
            tx = judged.event.tx_hash if judged and judged.event else ""
            outcome = judged.event.args["outcome"] if judged and judged.event else int(TargetOutcome.NONE)
            consumption = judged.consumption_wh if judged else 0
            if judged is not None and outcome == TargetOutcome.NO_DATA:
                consumption, missing = self._partial(period, judged, found[1])
                if not missing:
                    entry = f"readings missing in period {period[1]} of participant {period[0]}"
                    self._findings.broken(checks.POINTS, entry, "some", "none", tx=tx)
            kept = (found[0], found[2], found[3])
            expected = (int(outcome), consumption, judged.points if judged else 0)
            entry = f"outcome, Wh and mPt kept of period {period[1]} of participant {period[0]}"
            self._findings.equal(checks.POINTS, entry, expected, kept, tx=tx)

    def _target(self, event: Event) -> None:
        args = event.args
        key = (args["participant"], args["period"])
        before = self._targets.get(key)
        self._world.gate.check(event, args["firstInterval"])
        if before is not None:
            self._world.gate.check(event, before["firstInterval"])
        self._targets[key] = args

    def _advanced(self, event: Event) -> None:
        key = (event.args["participant"], event.args["period"])
        judged = self._begin(key, event)
        if judged is None:
            return
        first, judged.next_interval = judged.next_interval, event.args["nextInterval"]
        wh, measured = self._consumption(key[0], first, judged.next_interval)
        judged.consumption_wh += wh
        if measured < judged.next_interval - first:
            self._wrong(key, "readings of a part read", judged.next_interval - first, measured, event)

    def _evaluated(self, event: Event) -> None:
        key = (event.args["participant"], event.args["period"])
        self._findings.count(checks.POINTS)
        judged = self._begin(key, event)
        if judged is None:
            return
        judged.event = event
        target = self._targets[key]
        outcome, consumption, points = (event.args[name] for name in ("outcome", "consumptionWh", "points"))
        ends = start_unix(target["endInterval"], self._world.length)
        due = ends + (self._terms.data_grace_s if outcome == TargetOutcome.NO_DATA else 0)
        if event.timestamp < due:
            self._wrong(key, "judgement", f"from {due} on", event.timestamp, event)
        if outcome == TargetOutcome.NO_DATA:
            judged.points = points
            if points:
                self._wrong(key, "points without data, mPt", 0, points, event)
            # How far was read is kept by the coach only: `compare` looks there.
            return
        wh, measured = self._consumption(key[0], judged.next_interval, target["endInterval"])
        judged.consumption_wh += wh
        count = target["endInterval"] - target["firstInterval"]
        whole = measured + judged.next_interval - target["firstInterval"]
        wallet, active = self._world.roster.wallet_of(key[0])
        try:
            goal = Goal(target["expectationWh"], target["targetWh"])
            expected = evaluate(
                goal, judged.consumption_wh, measured=whole, intervals=count, rule=self._rule, account_open=active
            )
        except RuleError as error:
            self._wrong(key, "target", "one that can be judged", error, event)
            return
        judged.points = expected.points
        wanted = (int(expected.outcome), judged.consumption_wh, int(expected.points))
        if (outcome, consumption, points) != wanted:
            self._wrong(key, "outcome, Wh and mPt", wanted, (outcome, consumption, points), event)
        if expected.points:
            self.due[(key[0] << 32 | key[1]).to_bytes(32, "big")] = (wallet, expected.points)

    def _begin(self, key: tuple[int, int], event: Event) -> Judgement | None:
        target = self._targets.get(key)
        judged = self._judged.get(key)
        if target is None or (judged is not None and judged.event is not None):
            self._wrong(key, "judgement", "one of a target set before", "none" if target is None else "again", event)
            return None
        if judged is None:
            judged = self._judged[key] = Judgement(target["firstInterval"])
        return judged

    def _partial(self, period: tuple[int, int], judged: Judgement, stop: int) -> tuple[int, bool]:
        """Consumption of a period judged without data, and whether a reading is missing in the part read last.

        Readings that came after the judgement are left out.
        """
        assert judged.event is not None  # noqa: S101 - the caller looks at the event first
        wh, measured = self._consumption(period[0], judged.next_interval, stop, judged.event)
        return judged.consumption_wh + wh, measured < stop - judged.next_interval

    def _consumption(self, participant: int, first: int, end: int, by: Event | None = None) -> tuple[int, int]:
        """Sum (Wh) and number of measured readings of [first, end); `by`: only those recorded before that event."""
        wh = measured = 0
        for interval in range(first, end):
            recorded = self._readings.at(participant, interval)
            if recorded is None or not recorded.reading.earns_certificates:
                continue
            if by is not None and recorded.origin.place > (by.block, by.log_index):
                continue
            wh += recorded.reading.consumption_wh
            measured += 1
        return wh, measured

    def _wrong(self, key: tuple[int, int], what: str, expected: object, found: object, event: Event) -> None:
        entry = f"{what} of participant {key[0]} in period {key[1]}"
        self._findings.broken(checks.POINTS, entry, expected, found, event=event)


def _named(reference: bytes) -> str:
    number = int.from_bytes(reference, "big")
    return f"{number >> 32} for period {number & 0xFFFFFFFF}"
