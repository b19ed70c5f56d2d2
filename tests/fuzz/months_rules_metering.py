"""Rules over months: time, readings in time and late ones, estimates, and the settlement of intervals."""

from __future__ import annotations

from random import Random

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.fuzz.clearing_model import right_proposal
from tests.fuzz.keys import key
from tests.fuzz.months_part import ANY, RARELY, MonthsPart
from tests.fuzz.months_picture import refusal_at
from tests.fuzz.months_seen import Seen
from tests.fuzz.months_world import DAY_S
from tests.fuzz.picking import SEED
from wattcommons.chain.signing import sign_run
from wattcommons.chain.typed_data import domain_of
from wattcommons.domain.calendar import add_months
from wattcommons.domain.devices import NotIssuable
from wattcommons.domain.guarantees import CANCEL_MONTHS, CertificateId, certificate_id, device_and_interval
from wattcommons.domain.packing import encode_batch
from wattcommons.domain.readings import Quality, Reading, Run, max_wh
from wattcommons.domain.units import DeviceIndex, IntervalIndex, ParticipantIndex, Wh

WHOLE = 1_000
SPANS = st.sampled_from([days * DAY_S for days in (1, 1, 1, 7, 7, 20, 20, 31, 61, 183)])
BARRED = {
    NotIssuable.STORAGE: Seen.BARRED_STORAGE,
    NotIssuable.SUPPORTED: Seen.BARRED_SUPPORTED,
    NotIssuable.SUSPENDED: Seen.BARRED_SUSPENDED,
    NotIssuable.LAPSED: Seen.BARRED_LAPSED,
}


class MeteringRules(MonthsPart):
    """Nobody here has a role."""

    @initialize(seed=SEED)
    def metering_begins(self, seed: int) -> None:
        self.settle_next(seed, 2)

    @rule(span=SPANS)
    def time_passes(self, span: int) -> None:
        """Days, weeks or months in which nobody does anything."""
        if self.reach(self.world.model.now + span):
            self.look()

    # ------------------------------------------------------------------ metering and settling

    @rule(seed=SEED, count=st.integers(1, 2), without=st.sampled_from((0, 0, 1, 1, 2)))
    def intervals_are_settled(self, seed: int, count: int, without: int) -> None:
        self.settle_next(seed, count, without)

    @rule(which=ANY)
    def an_interval_is_settled_at_last(self, which: int) -> None:
        waiting = self.unsettled()
        if waiting:
            self.settle_when_due(self.pick(waiting, which))

    @rule(seed=SEED, really=RARELY)
    def an_interval_is_settled_when_all_has_expired(self, seed: int, really: bool) -> None:
        """Metered, and most of the time left for later."""
        interval = self.meter(Random(seed), 0)
        if really and self.reach(add_months(self.world.model.end(interval), CANCEL_MONTHS)):
            self.settle(interval)

    @precondition(lambda self: self.unheard())
    @rule(which=ANY, seed=SEED, settled=st.sampled_from((True, True, True, False)))
    def a_reading_comes_late(self, which: int, seed: int, settled: bool) -> None:
        participant, interval = self.pick(self.unheard(), which)
        self.report(interval, [participant], Random(seed))
        if settled:
            self.settle_late(participant, interval)

    @rule(which=ANY)
    def a_late_reading_is_settled(self, which: int) -> None:
        late = [(index, i) for index, one in self.world.model.participants.items() for i in sorted(one.late)]
        if late:
            self.settle_late(*self.pick(late, which))

    def unsettled(self) -> list[int]:
        known = {interval for one in self.world.model.participants.values() for interval in one.readings}
        return sorted(i for i in known if i not in self.world.clearing.intervals)

    def unheard(self) -> list[tuple[int, int]]:
        """Settled intervals that went without a participant's reading; newest first."""
        found = self.world.clearing.intervals.items()
        missing = [(p, i) for i, one in found for p in one.settlement.missing]
        return [(p, i) for p, i in reversed(missing) if i not in self.world.model.participants[p].readings]

    def settle_next(self, seed: int, count: int, without: int = 0) -> None:
        """The next intervals, with a reading of everybody, or of all but some after their deadline."""
        chance = Random(seed)
        for interval in [self.meter(chance, without) for _ in range(count)]:
            self.settle_when_due(interval)

    # ------------------------------------------------------------------ readings

    def meter(self, chance: Random, without: int, unheard: int = 0) -> int:
        """Let an interval end, and record everybody's reading but those of some, and of one. Returns the interval."""
        model = self.world.model
        interval = model.current
        self.world.travel(model.end(interval))
        roster = model.roster(interval)
        silent = {unheard, *chance.sample(roster, min(without, len(roster)))}
        self.report(interval, [one for one in roster if one not in silent], chance)
        return interval

    def report(self, interval: int, participants: list[int], chance: Random) -> None:
        model = self.world.model
        domain = domain_of(self.world.chain.deployment, "MeterLedger")
        readings = {index: self._reading(index, interval, chance) for index in participants}
        runs = []
        for index, reading in readings.items():
            run = Run(ParticipantIndex(index), IntervalIndex(interval), (reading,))
            runs.append(sign_run(key(model.participants[index].gateway.at(interval)), domain, run))
        self.agree(self.as_anyone("MeterLedger", "record", encode_batch(runs)), None)
        for index, reading in readings.items():
            model.record(index, interval, [reading], self.world.clearing.frozen)

    def _reading(self, participant: int, interval: int, chance: Random) -> Reading:
        limits, length = self.world.model.participants[participant].limits, self.world.model.length
        most_in, most_out = (max_wh(watts, length) for watts in limits.at(interval))
        production = chance.choice((most_out, *(chance.randint(0, most_out) for _ in range(4))))
        consumption = chance.choice((0, 0, chance.randint(0, most_in), chance.randint(0, most_in // 4)))
        quality = chance.choice((*[Quality.MEASURED] * 5, Quality.ESTIMATED))
        return Reading(Wh(production), Wh(consumption), quality)

    # ------------------------------------------------------------------ settlement

    def settle_when_due(self, interval: int) -> None:
        if not self.world.clearing.is_due(interval):
            self.world.travel(self.world.model.end(interval) + self.world.model.terms.deadline_s)
        self.settle(interval)

    def settle(self, interval: int) -> None:
        """Clear and settle a whole interval with the right proposal."""
        clearing = self.world.clearing
        low, high = right_proposal(clearing.settlement(interval))
        debts = dict(self.picture.debts)
        done = self.as_anyone("EnergyMarket", "advance", interval, low, high, WHOLE)
        if self.judge(done, clearing.advance(interval, low, high, WHOLE)):
            missing = clearing.intervals[interval].settlement.missing
            for index in self.world.model.roster(interval):
                if index not in missing:
                    self._saw_issue(index, interval, debts)

    def settle_late(self, participant: int, interval: int) -> None:
        one = self.world.model.participants[participant]
        debts = dict(self.picture.debts)
        fresh = interval in one.late and interval not in one.late_settled
        done = self.as_anyone("EnergyMarket", "settleLate", participant, interval, 1)
        assert self.world.clearing.settle_late(participant, interval, 1) == fresh
        assert bool(done.logs) is fresh, "a late reading is settled once (I20)"
        self.judge(done, None)
        if fresh:
            self.saw(Seen.LATE_SETTLED)
            self._saw_issue(participant, interval, debts)

    def _saw_issue(self, participant: int, interval: int, debts: dict[int, int]) -> None:
        """`debts`: what the devices owed before."""
        model = self.world.model
        reading = model.participants[participant].readings[interval]
        device = model.device_at(participant, interval)
        reason = refusal_at(model, device, interval) if device else None
        if not device or not reading.production_wh:
            return
        if reason is not None:
            self.saw(BARRED[reason])
        elif reading.quality is Quality.ESTIMATED:
            self.saw(Seen.ESTIMATE_SETTLED)
        else:
            self._saw_minted(certificate_id(DeviceIndex(device), IntervalIndex(interval)), participant, debts[device])

    def _saw_minted(self, one: CertificateId, participant: int, owed: int) -> None:
        model = self.world.model
        if model.certificates.issued(one) == model.certificates.cancelled(one):
            return
        device, interval = device_and_interval(one)
        expired = model.certificates.lifetime(one).has_expired(model.now)
        owes = self.picture.debts[device]
        self.saw(Seen.ISSUED_TO_CLAIM if model.certificates.waiting(one) else Seen.ISSUED)
        self.saw(Seen.ISSUED_EXPIRED, expired)
        self.saw(Seen.LAST_COVERED, model.devices[device].terms.at(interval)[2] == model.end(interval))
        self.saw(Seen.RESUMED, self.earned_nothing_before(device))
        self.saw(Seen.DEBT_KEPT_EXPIRED, expired and owed)
        self.saw(Seen.DEBT_PAID, owes < owed)
        self.saw(Seen.DEBT_PAID_IN_PART, 0 < owes < owed)
        paid_by_another = owes < owed and self.debtors[device] != model.participants[participant].member
        self.saw(Seen.DEBT_PAID_BY_ANOTHER, paid_by_another)
