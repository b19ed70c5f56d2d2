"""Past readings through the whole chain of trust, day by day, on a development chain whose clock is turned.

Each day: the clock goes to the day's end, every meter's gateway signs its day, anyone pushes the runs, the keeper
clears and settles. At each local month's end the treasurer books the members' bank transfers: who owes pays its
debt (earlier where the credit runs low), so that nobody's orders lapse for want of credit. Credits stay on the
accounts, where they count against later debts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from wattcommons.chain.batch import Read, call_of, read_wide
from wattcommons.chain.clock import ChainClock
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.gas_trace import gas_within
from wattcommons.chain.sender import Sender
from wattcommons.chain.typed_data import domain_of
from wattcommons.domain.intervals import IntervalLength, start_unix
from wattcommons.domain.local_time import local_date
from wattcommons.domain.readings import Reading
from wattcommons.domain.units import IntervalIndex
from wattcommons.errors import DeploymentError, InputError
from wattcommons.scenarios.community import TRANSACTION_GAS, Community, Progress, silent
from wattcommons.scenarios.spec import CommunitySpec, ParticipantSpec
from wattcommons.services.delivery.push import Push, PushReport
from wattcommons.services.gateway.csv_readings import MeterReadings, ReadingsFile
from wattcommons.services.gateway.signer import RunSigner
from wattcommons.services.keeper.clearing import ClearingGas
from wattcommons.services.keeper.keeper import Keeper, KeeperOptions

DAY_S: Final = 86_400
LEAD_S: Final = 6 * 3_600
"""Chain time before the first interval in which the community is built: more than building ever takes."""
_LEAD_PER_METER_S: Final = 5
_MARGIN_S: Final = 1
_TRACED: Final = 24
"""Days of which one clearing transaction is traced, to tell certificates from clearing."""


@dataclass
class ReplayResult:
    """What a replay left on the chain, and what it took. `rejected`: readings the ledger refused.

    `traced`: of some clearing transactions, the gas in all and the part of it spent on certificates; empty where the
    node keeps no traces.
    """

    community: Community
    readings: ReadingsFile
    recorded: int = 0
    rejected: int = 0
    record_gas: int = 0
    refusals: list[str] = field(default_factory=list)
    clearing: list[ClearingGas] = field(default_factory=list)
    traced: list[tuple[int, int]] = field(default_factory=list)
    paid_up_neur: int = 0
    silenced: int = 0

    @property
    def contracts(self) -> Contracts:
        """The contracts of the community that was replayed."""
        return self.community.contracts

    def take(self, report: PushReport) -> None:
        """Add up a push."""
        self.recorded += report.recorded
        self.record_gas += report.gas_used
        for outcome in report.skipped:
            run = outcome.signed.run
            self.rejected += len(run.readings)
            meter = self.community.name_of(run.participant)
            self.refusals.append(f"{meter} from interval {run.first}: {outcome.reason.name.lower()} {outcome.detail}")
        self.rejected += report.conflicts


@dataclass(frozen=True)
class _Life:
    spec: ParticipantSpec
    readings: MeterReadings

    @property
    def first(self) -> IntervalIndex:
        return self.readings.first

    @property
    def end(self) -> IntervalIndex:
        return IntervalIndex(self.readings.last + 1)


def genesis_time(readings: ReadingsFile) -> int:
    """When a chain for these readings begins, unix seconds."""
    first = min(meter.first for meter in readings.meters)
    return start_unix(first, readings.length) - LEAD_S - _LEAD_PER_METER_S * len(readings.meters)


def replay(web3: Any, spec: CommunitySpec, readings: ReadingsFile, progress: Progress = silent) -> ReplayResult:
    """Replay a file on an unused chain with a clock that can be set.

    Raises InputError when a meter is no participant of the community, DeploymentError when the chain is used, has
    passed the readings already or keeps its own time, KeeperStalled when an interval cannot be cleared.
    """
    return _Replay(web3, spec, readings, progress).run()


class _Replay:
    def __init__(self, web3: Any, spec: CommunitySpec, readings: ReadingsFile, progress: Progress) -> None:
        self._web3, self._spec, self._progress = web3, spec, progress
        self._readings = readings
        self._length: IntervalLength = readings.length
        known = {one.meter_id: one for one in spec.participants}
        for meter in readings.meters:
            if meter.meter_id not in known:
                raise InputError(
                    f"meter {meter.meter_id} is no participant of the community",
                    "add it to the community file, or leave its rows out",
                    file=readings.path,
                )
        self._lives = sorted(
            (_Life(known[meter.meter_id], meter) for meter in readings.meters), key=lambda life: life.first
        )
        self._end = max(life.end for life in self._lives)
        self._days = self._by_day()

    def run(self) -> ReplayResult:
        clock = ChainClock(self._web3)
        clock.require_unused()
        first = min(life.first for life in self._lives)
        start = start_unix(first, self._length) - LEAD_S
        if clock.now() > start:
            raise DeploymentError(
                f"the chain's clock stands at {clock.now()}, later than six hours before the first reading",
                "leave the node out, and a development chain of the right time is started for you",
            )
        clock.advance_to(genesis_time(self._readings))
        community = Community(self._web3, self._spec, self._progress)
        result = ReplayResult(community, self._readings)
        self._start(community)
        waiting: tuple[IntervalIndex, ...] = ()
        month = None
        for number, (day, readings) in enumerate(sorted(self._days.items()), 1):
            clock.advance_to(day - LEAD_S)
            self._join_and_leave(community, day)
            clock.advance_to(min(day + DAY_S, start_unix(self._end, self._length)) + _MARGIN_S)
            self._push_day(readings, result)
            before = len(result.clearing)
            waiting = self._clear(result)
            if number % max(1, len(self._days) // _TRACED) == 0:
                self._trace(result, before)
            self._pay_up(community, result, f"day {number}", only_low=True)
            self._keeper.look_at_credit()
            now = local_date(clock.now() // self._length.seconds, self._length, self._spec.zone)
            if month is not None and (now.year, now.month) != month:
                self._pay_up(community, result, f"month {month[0]}-{month[1]:02d}")
            month = (now.year, now.month)
            self._progress("days replayed", number, len(self._days))
        if waiting:
            clock.advance_to(start_unix(waiting[-1] + 1, self._length) + self._spec.terms.deadline_s + _MARGIN_S)
            self._clear(result)
        return result

    def _start(self, community: Community) -> None:
        relay = community.relay
        self._push = Push(community.contracts, relay)
        keeper = Sender(self._web3, community.keys.service("keeper"), gas=TRANSACTION_GAS)
        self._keeper = Keeper(community.contracts, keeper, KeeperOptions(gas=TRANSACTION_GAS, credit_every_s=None))
        self._signers: dict[str, RunSigner] = {}
        self._joining = list(self._lives)
        self._leaving = sorted((life for life in self._lives if life.end < self._end), key=lambda life: life.end)

    def _by_day(self) -> dict[int, dict[str, dict[IntervalIndex, Reading]]]:
        days: dict[int, dict[str, dict[IntervalIndex, Reading]]] = {}
        for life in self._lives:
            for interval, reading in life.readings.readings.items():
                day = start_unix(interval, self._length) // DAY_S * DAY_S
                days.setdefault(day, {}).setdefault(life.spec.meter_id, {})[interval] = reading
        return days

    def _join_and_leave(self, community: Community, day: int) -> None:
        """Those who begin or end by the end of the next day: by then their first interval's gate is closed."""
        horizon = (day + 2 * DAY_S) // self._length.seconds
        joining = [life for life in self._joining if life.first < horizon]
        if joining:
            self._joining = [life for life in self._joining if life.first >= horizon]
            community.join((life.spec, life.first) for life in joining)
            domain = domain_of(community.deployment, "MeterLedger")
            for life in joining:
                name = life.spec.meter_id
                self._signers[name] = RunSigner(community.keys.gateway(name), domain, community.participants[name])
        leaving = [life for life in self._leaving if life.end < horizon]
        if leaving:
            self._leaving = [life for life in self._leaving if life.end >= horizon]
            community.close([(life.spec.meter_id, life.end) for life in leaving])

    def _push_day(self, readings: dict[str, dict[IntervalIndex, Reading]], result: ReplayResult) -> None:
        runs = [run for name, day in readings.items() for run in self._signers[name].sign(day)]
        result.take(self._push.push(runs))

    def _clear(self, result: ReplayResult) -> tuple[IntervalIndex, ...]:
        reports = self._keeper.run()
        for report in reports:
            result.clearing += report.gas
            result.silenced += report.silenced
        return reports[-1].waiting

    def _trace(self, result: ReplayResult, first: int) -> None:
        """Now, as a node forgets the states that a trace needs."""
        for one in result.clearing[first : first + 1]:
            within = gas_within(self._web3, one.tx_hash, result.contracts.deployment.address("GuaranteeOfOrigin"))
            if within is not None:
                result.traced.append((one.gas, within))

    def _pay_up(self, community: Community, result: ReplayResult, when: str, *, only_low: bool = False) -> None:
        """Debts are paid by bank transfers, which the treasurer mints to the accounts.

        `only_low`: of those alone whose credit, less what is not cleared yet, is used up to four fifths.
        """
        everyone = list(community.participants.items())
        balances = self._market(community, "balanceOf", [index for _, index in everyone])
        debts = [
            (name, index, -balance) for (name, index), balance in zip(everyone, balances, strict=True) if balance < 0
        ]
        if only_low and debts:
            indices = [index for _, index, _ in debts]
            reserves = self._market(community, "reserveOf", indices)
            limits = self._market(community, "creditLimitOf", indices)
            debts = [
                debt
                for debt, reserve, limit in zip(debts, reserves, limits, strict=True)
                if debt[2] + reserve > limit - limit // 5
            ]
        calls = []
        for name, index, debt in debts:
            reference = community.keys.commitment(f"bank transfer {when} {name}")
            calls.append(call_of(community.contracts, "CommunityEuro", "mintToAccount", index, debt, reference))
            result.paid_up_neur += debt
        for sent in community.treasurer.send_all(calls):
            if sent.error is not None:
                raise sent.error

    def _market(self, community: Community, function: str, indices: Sequence[int]) -> list[int]:
        reads = [Read("EnergyMarket", function, (index,)) for index in indices]
        return read_wide(community.contracts, reads)
