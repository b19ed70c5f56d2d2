"""Rules of the machine: time, readings, orders, and the way of an interval to its end."""

from __future__ import annotations

from random import Random
from typing import Any

from eth_utils import keccak
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from tests.fuzz.clearing_model import right_proposal
from tests.fuzz.keys import STRANGER, key, number_of
from tests.fuzz.picking import SEED, WHICH, Part
from tests.fuzz.world import FAR
from wattcommons.chain.codec import function_of
from wattcommons.chain.signing import sign, sign_run
from wattcommons.chain.typed_data import cancel_message, domain_of, order_struct
from wattcommons.domain.orders import FOREVER, NO_CAP, LimitKind, Order
from wattcommons.domain.packing import SignedRun, encode_batch
from wattcommons.domain.readings import Quality, Reading, Run, max_wh
from wattcommons.domain.units import IntervalIndex, ParticipantIndex, Wh
from wattcommons.errors import RuleError

CHUNKS = st.sampled_from((1, 2, 3, 1_000))
FAULTS = ("", "", "", "forged", "foreign", "future", "implausible", "quality", "changed")


class MarketRules(Part):
    """Nobody here has a role."""

    # ------------------------------------------------------------------ time

    @initialize(seed=SEED, intervals=st.integers(2, 4))
    def meters_begin(self, seed: int, intervals: int) -> None:
        self._live(intervals, 60, Random(seed), but=0)

    @rule(
        intervals=st.sampled_from((0, 1, 1, 2, 3)),
        seconds=st.sampled_from((1, 599, 600, 601, 899)),
        seed=SEED,
        but=st.sampled_from((0, 0, 0, 1, 100)),
    )
    def time_passes(self, intervals: int, seconds: int, seed: int, but: int) -> None:
        """Some intervals, in which all report, or all but the first `but`."""
        self._live(intervals, seconds, Random(seed), but)

    @rule(seed=SEED)
    def an_interval_passes(self, seed: int) -> None:
        self._live(1, 1, Random(seed), but=0)

    def _live(self, intervals: int, seconds: int, chance: Random, but: int) -> None:
        model = self.world.model
        before = model.current
        self.world.travel(model.now + intervals * model.seconds + seconds)
        for interval in range(before, model.current):
            self._report(interval, chance, but)

    @rule()
    def deadline_passes(self) -> None:
        model = self.world.model
        self.world.travel(model.now + model.terms.deadline_s)

    # ------------------------------------------------------------------ readings

    @rule(back=st.integers(1, 4), seed=SEED)
    def everyone_reports(self, back: int, seed: int) -> None:
        self._report(self.world.model.current - back, Random(seed), 0)

    def produce(self, participant: int, interval: int) -> None:
        """All that its power allows is measured, and nothing used."""
        model = self.world.model
        one = model.participants[participant]
        number = one.gateway.at(interval)
        reading = Reading(max_wh(one.limits.at(interval)[1], model.length), Wh(0), Quality.MEASURED)
        run = Run(ParticipantIndex(participant), IntervalIndex(interval), (reading,))
        domain = domain_of(self.world.chain.deployment, "MeterLedger")
        self._record([(run, number, sign_run(key(number), domain, run))])

    def _report(self, interval: int, chance: Random, but: int) -> None:
        runs = [self._run(one, interval, 1, chance) for one in self.world.model.roster(interval)[but:]]
        self._record([run for run in runs if run is not None])

    @rule(which=WHICH, seed=SEED)
    def stragglers_report(self, which: int, seed: int) -> None:
        """The readings that a clearing went without."""
        clearing = self.world.clearing
        without = [i for i, one in clearing.intervals.items() if one.settlement.missing]
        if without:
            self._report(self.pick(without, which), Random(seed), 0)

    @rule(seed=SEED, count=st.integers(1, 4))
    def runs_arrive(self, seed: int, count: int) -> None:
        """Runs of some intervals, good and bad ones in one batch."""
        model = self.world.model
        chance = Random(seed)
        runs = []
        for _ in range(count):
            participant = chance.choice(sorted(model.participants))
            length = chance.randint(1, 4)
            first = model.current - chance.randint(1, 6)
            runs.append(self._run(participant, first, length, chance, chance.choice(FAULTS)))
        self._record([run for run in runs if run is not None])

    def _run(
        self, participant: int, first: int, length: int, chance: Random, fault: str = ""
    ) -> tuple[Run, int, SignedRun] | None:
        """A run, the number of the key that signed it, and both together; None where it has no gateway."""
        model = self.world.model
        one = model.participants[participant]
        if fault != "future":
            length = max(1, min(length, model.current - first))
        number = one.gateway.at(first)
        if number == 0 or first < model.start:
            return None
        readings = [self._reading(participant, first + i, chance, fault) for i in range(length)]
        run = Run(ParticipantIndex(participant), IntervalIndex(first), tuple(readings))
        signer = STRANGER if fault == "forged" else number
        # A signature for another contract is none for this one.
        domain = domain_of(self.world.chain.deployment, "OrderBook" if fault == "foreign" else "MeterLedger")
        signed = sign_run(key(signer), domain, run)
        return (run, STRANGER if fault == "foreign" else signer, signed)

    def _reading(self, participant: int, interval: int, chance: Random, fault: str) -> Reading:
        model = self.world.model
        one = model.participants[participant]
        if fault != "changed" and interval in one.readings and chance.random() < 0.8:
            return one.readings[interval]
        most_in, most_out = (max_wh(watts, model.length) for watts in one.limits.at(interval))
        production = chance.choice((0, most_out, *(chance.randint(0, most_out) for _ in range(4))))
        consumption = chance.choice((0, min(production, most_in), *(chance.randint(0, most_in) for _ in range(4))))
        quality = chance.choice((Quality.MEASURED, Quality.MEASURED, Quality.MEASURED, Quality.ESTIMATED))
        if fault == "implausible":
            consumption = most_in + 1
        if fault == "quality":
            quality = Quality.CORRECTED
        return Reading(Wh(production), Wh(consumption), quality)

    def _record(self, runs: list[tuple[Run, int, SignedRun]]) -> None:
        if not runs:
            return
        done = self.world.send(
            key(STRANGER).address, "MeterLedger", "record", encode_batch(signed for _, _, signed in runs)
        )
        self.agree(done, True)
        refused = conflicts = 0
        for run, number, _ in runs:
            readings = list(run.readings)
            if self.world.model.accepts(run.participant, run.first, number, readings):
                conflicts += self.world.model.record(run.participant, run.first, readings, self.world.clearing.frozen)[
                    1
                ]
            else:
                refused += 1
        skipped = done.data_of("RunSkipped(uint32,uint32,bytes32,uint8,uint256)", ["bytes32", "uint8", "uint256"])
        differing = done.data_of("ReadingConflict(uint32,uint32,bytes32,uint256,uint256)", ["bytes32"])
        assert (len(skipped), len(differing)) == (refused, conflicts), "I13, I15"

    @rule(which=WHICH)
    def mark_silent(self, which: int) -> None:
        participant = self.participant(which)
        done = self.world.send(key(STRANGER).address, "MeterLedger", "markSilent", participant)
        allowed = self.world.model.is_silent_now(participant)
        self.agree(done, allowed)
        if allowed:
            self.world.model.set_silent(participant, silent=True)

    # ------------------------------------------------------------------ orders

    @rule(
        which=WHICH,
        shape=st.sampled_from(("fixed", "share")),
        standing=st.booleans(),
        limits=st.tuples(st.integers(-80_000, 210_000), st.integers(-80_000, 210_000)),
        caps=st.tuples(st.sampled_from((NO_CAP, 0, 1, 500)), st.sampled_from((NO_CAP, 0, 1, 500))),
        ahead=st.integers(-1, 4),
        length=st.integers(1, 6),
        how=st.sampled_from(("own", "relayed", "relayed", "forged", "replayed", "expired")),
    )
    def place_order(
        self,
        which: int,
        shape: str,
        standing: bool,
        limits: tuple[int, int],
        caps: tuple[int, int],
        ahead: int,
        length: int,
        how: str,
    ) -> None:
        model = self.world.model
        participant = self.participant(which)
        trace = model.participants[participant].orders
        if shape == "share":
            limits = (abs(limits[0]) * 4, abs(limits[1]) * 4)
        first = 0 if ahead == 4 else model.first_open + ahead
        order = Order(
            participant=ParticipantIndex(participant),
            kind=LimitKind.SHARE if shape == "share" else LimitKind.FIXED,
            standing=standing,
            buy_limit=limits[0],
            sell_limit=limits[1],
            buy_cap_wh=Wh(caps[0]),
            sell_cap_wh=Wh(caps[1]),
            from_interval=IntervalIndex(first),
            to_interval=FOREVER if standing else IntervalIndex(model.first_open + max(ahead, 0) + length),
            nonce=max(1, trace.nonce + (0 if how == "replayed" else 1)),
            deadline=model.now if how == "expired" else FAR,
        )
        wallet = model.wallet_of(participant)
        if how == "own":
            done = self.world.send(wallet, "OrderBook", "placeOrder", order_struct(order))
            placed = done.ok
        else:
            signer = STRANGER if how == "forged" else number_of(wallet)
            signed = self.world.signed_order(order, signer)
            done = self.world.send(key(STRANGER).address, "OrderBook", "placeOrders", [signed])
            self.agree(done, True)
            placed = len(done.logs) == 1 and not done.data_of("OrderSkipped(uint32,uint40,uint8,uint256)", ["uint8"])
        expected = how not in ("forged", "expired")
        if expected:
            try:
                trace.place(order, model.first_open)
            except RuleError:
                expected = False
        assert placed is expected, f"{how} order: chain {done}"

    @rule(which=WHICH, standing=st.booleans(), how=st.sampled_from(("own", "relayed", "stranger", "forged")))
    def cancel_orders(self, which: int, standing: bool, how: str) -> None:
        model = self.world.model
        participant = self.participant(which)
        trace = model.participants[participant].orders
        nonce = trace.nonce + 1
        wallet = model.wallet_of(participant)
        if how in ("own", "stranger"):
            sender = wallet if how == "own" else key(STRANGER).address
            done = self.world.send(sender, "OrderBook", "cancelOrders", participant, standing, nonce)
        else:
            domain = domain_of(self.world.chain.deployment, "OrderBook")
            signer = key(STRANGER if how == "forged" else number_of(wallet))
            signature = sign(signer, cancel_message(domain, participant, standing=standing, nonce=nonce, deadline=FAR))
            done = self.world.send(
                key(STRANGER).address, "OrderBook", "cancelOrdersFor", participant, standing, nonce, FAR, signature
            )
        allowed = how in ("own", "relayed")
        self.agree(done, allowed)
        if allowed:
            trace.cancel(model.first_open, nonce, standing=standing)

    # ------------------------------------------------------------------ clearing

    def _some_interval(self, which: int) -> int:
        """An interval that is under way, or one of the last ones, or one not ended."""
        model = self.world.model
        recent = range(model.current, max(model.start, model.current - 6) - 1, -1)
        return self.pick([*self.world.clearing.unfinished, *self._due(), *recent], which)

    def _due(self) -> list[int]:
        """The last intervals that may be settled and are not final."""
        model, clearing = self.world.model, self.world.clearing
        final = clearing.frozen - set(clearing.unfinished)
        recent = range(max(model.start, model.current - 6), model.current)
        return [interval for interval in recent if interval not in final and clearing.is_due(interval)]

    @rule(which=st.integers(0, 30), caller=WHICH)
    def advance_whole(self, which: int, caller: int) -> None:
        self.advance(which, 1_000, caller)

    @rule(which=st.integers(0, 30), count=CHUNKS, caller=WHICH)
    def advance_in_chunks(self, which: int, count: int, caller: int) -> None:
        self.advance(which, count, caller)

    def advance(self, which: int, count: int, caller: int) -> None:
        self.advance_interval(self._some_interval(which), count, self.anyone(caller))

    def advance_interval(self, interval: int, count: int, caller: str = "") -> None:
        """With the right proposal, be it due or not."""
        low, high = right_proposal(self.world.clearing.settlement(interval))
        self._advance(interval, low, high, count, caller or key(STRANGER).address)

    @rule(
        which=st.integers(0, 30),
        count=st.sampled_from((0, 1, 2, 1_000)),
        off=st.tuples(st.sampled_from((-1, 0, 1, 5_000)), st.sampled_from((-5_000, -1, 0, 1))),
        caller=WHICH,
    )
    def advance_wrongly(self, which: int, count: int, off: tuple[int, int], caller: int) -> None:
        interval = self._some_interval(which)
        low, high = right_proposal(self.world.clearing.settlement(interval))
        self._advance(interval, low + off[0], high + off[1], count, self.anyone(caller))

    @rule(which=WHICH, counts=st.tuples(st.integers(1, 3), st.integers(1, 3)), off=st.sampled_from((-1, 1)))
    def rivals_advance(self, which: int, counts: tuple[int, int], off: int) -> None:
        """A wrong proposal and the right one, side by side."""
        due = self._due()
        if not due:
            return
        interval = self.pick(due, which)
        low, high = right_proposal(self.world.clearing.settlement(interval))
        self._advance(interval, low + min(off, 0), high + max(off, 0), counts[0], self.anyone(which))
        self._advance(interval, low, high, counts[1], key(STRANGER).address)
        self._advance(interval, low + max(off, 0), high + max(off, 0), counts[0], self.anyone(which))

    def _advance(self, interval: int, low: int, high: int, count: int, caller: str) -> None:
        before = self.world.clearing.intervals.get(interval)
        chunks = len(before.chunks) if before else 0
        done = self.world.send(caller, "EnergyMarket", "advance", interval, low, high, count)
        self.agree(done, self.world.clearing.advance(interval, low, high, count))
        if done.ok:
            known = self.world.clearing.intervals[interval].chunks[chunks:]
            fills = done.data_of("FillsSettled(uint32,uint256,bytes)", ["uint256", "bytes"])
            assert [packed for _, packed in fills] == known, f"fills of interval {interval}: I1"

    @rule(count=CHUNKS)
    def advance_many(self, count: int) -> None:
        """Every due interval of the last ones, in one transaction."""
        clearing = self.world.clearing
        calls = [(one, *right_proposal(clearing.settlement(one)), count) for one in self._due()]
        if not calls:
            return
        encode = function_of("EnergyMarket", "advance").encode
        done = self.world.send(key(STRANGER).address, "EnergyMarket", "multicall", [encode(*call) for call in calls])
        self.agree(done, True)
        for call in calls:
            assert clearing.advance(*call) is None

    @rule(which=WHICH, back=st.integers(1, 8), count=st.integers(0, 8))
    def settle_late(self, which: int, back: int, count: int) -> None:
        participant = self.participant(which)
        first = self.world.model.current - back
        done = self.world.send(key(STRANGER).address, "EnergyMarket", "settleLate", participant, first, count)
        self.agree(done, True)
        expected = self.world.clearing.settle_late(participant, first, count)
        assert len([log for log in done.logs if _is_late_settled(log)]) == expected, "I20"

    @rule(most=st.integers(0, 3))
    def catch_up(self, most: int) -> None:
        self.agree(self.world.send(key(STRANGER).address, "EnergyMarket", "catchUp", most), True)
        self.world.clearing.catch_up(most)

    def finish_everything(self) -> None:
        """Whatever was done before: every interval with a reading, and every one begun, can be brought to its end."""
        model, clearing = self.world.model, self.world.clearing
        waiting = {i for one in model.participants.values() for i in one.readings} | set(clearing.unfinished)
        waiting = {
            i for i in waiting if i >= model.start and not (i in clearing.intervals and clearing.intervals[i].settled)
        }
        if waiting:
            self.world.travel(model.now + model.terms.deadline_s + model.seconds)
        for number, interval in enumerate(sorted(waiting)):
            count = 2 if number % 2 else 1_000
            for _ in range(40):
                self.advance_interval(interval, count)
                if clearing.intervals[interval].settled:
                    break
            assert clearing.intervals[interval].settled, f"interval {interval} does not end: I18, I19"
        for interval in sorted(clearing.intervals)[-3:]:
            self._report(interval, Random(interval), 0)
        for index, one in model.participants.items():
            for interval in sorted(one.late - one.late_settled):
                done = self.world.send(key(STRANGER).address, "EnergyMarket", "settleLate", index, interval, 1)
                self.agree(done, True)
                assert clearing.settle_late(index, interval, 1) == 1, "I20"
        self._try_again()

    def _try_again(self) -> None:
        """What is final stays so: I12, I20."""
        clearing = self.world.clearing
        for interval in sorted(clearing.intervals)[-4:]:
            self.advance_interval(interval, 1)
        first = min(clearing.intervals, default=self.world.model.current)
        for index in self.world.model.participants:
            done = self.world.send(key(STRANGER).address, "EnergyMarket", "settleLate", index, first, 40)
            self.agree(done, True)
            assert not done.logs and clearing.settle_late(index, first, 40) == 0, "I20"


def _is_late_settled(log: dict[str, Any]) -> bool:
    return bool(log["topics"][0] == "0x" + keccak(text="LateSettled(uint32,uint32)").hex())
