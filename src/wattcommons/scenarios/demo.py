"""A village's month on a development chain, for `watt demo`: what happens, in order, and nothing that is printed.

Two flats are coached from the month's first day; the month's last days are the market of the whole village. The
evening of the last day is held back for attempts to cheat; then the keeper clears it and the month is judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from wattcommons.chain.deployment import CommunityTerms
from wattcommons.chain.enrolment_terms import Source
from wattcommons.chain.events import Event, read_events
from wattcommons.chain.roles import Role
from wattcommons.chain.sender import Sender
from wattcommons.chain.typed_data import domain_of
from wattcommons.domain.intervals import IntervalLength, IntervalRange, end_unix, start_unix
from wattcommons.domain.local_time import local_day, local_month
from wattcommons.domain.packing import SignedRun
from wattcommons.domain.readings import Reading
from wattcommons.domain.units import IntervalIndex
from wattcommons.scenarios.assumptions import with_credit_for
from wattcommons.scenarios.community import TRANSACTION_GAS, Community, Progress, silent
from wattcommons.scenarios.spec import CommunitySpec, DeviceSpec, ParticipantSpec
from wattcommons.services.delivery.push import Push
from wattcommons.services.gateway.signer import RunSigner
from wattcommons.services.keeper.keeper import Keeper, KeeperOptions
from wattcommons.simulation.people import Kind, Participant
from wattcommons.simulation.village import ZONE, Village, village

YEAR: Final = 2026
MONTH: Final = 4
MIN_HOMES: Final = 4
"""Fewer, and there are no two flats to coach."""
MAX_HOMES: Final = 200
MAX_DAYS: Final = 28
LEAD_S: Final = 6 * 3_600
_FIRST_DAY: Final = date(2026, 3, 31)  # the local month begins two hours before the UTC one
_DAYS: Final = 31
ReadingsOf = Callable[[Participant], Mapping[IntervalIndex, Reading]]


@dataclass(frozen=True)
class DemoOptions:
    """`homes` MIN_HOMES to MAX_HOMES, `days` of market 1 to MAX_DAYS, `seed` of the village."""

    homes: int = 12
    days: int = 7
    seed: int = 1


@dataclass
class DemoVillage:
    """The village, its month, and the days on which its market was open. Readings are whole Wh, gross."""

    options: DemoOptions
    village: Village = field(init=False)
    month: IntervalRange = field(init=False)
    live: IntervalRange = field(init=False)

    def __post_init__(self) -> None:
        self.village = village(self.options.homes, _DAYS, self.options.seed, start=_FIRST_DAY)
        self.month = local_month(YEAR, MONTH, self.length, ZONE)
        first = self.days[0].first
        self.live = IntervalRange(first, self.month.end)

    @property
    def length(self) -> IntervalLength:
        """The interval's length."""
        return self.village.length

    @property
    def days(self) -> list[IntervalRange]:
        """The local days of the market, the last of the month."""
        last = 30
        wanted = range(last - self.options.days + 1, last + 1)
        return [local_day(date(YEAR, MONTH, day), self.length, ZONE) for day in wanted]

    @property
    def coached(self) -> tuple[Participant, Participant]:
        """The flat that makes an effort and the one that does not."""
        return self.village.participant(Kind.FLAT, 1), self.village.participant(Kind.FLAT, 2)

    @property
    def genesis(self) -> int:
        """When the chain begins, unix seconds."""
        return start_unix(self.month.first, self.length) - LEAD_S

    def readings(self, person: Participant, period: IntervalRange) -> dict[IntervalIndex, Reading]:
        """A participant's readings of a period."""
        return {interval: self.village.reading(person.index, interval) for interval in period}

    def spec(self) -> CommunitySpec:
        """The village as a community."""
        participants = tuple(_participant(person) for person in self.village.participants)
        first = self.village.tariff(self.month.first)
        terms = CommunityTerms(
            name="Haut-Vallespir",
            interval_minutes=self.length.minutes,
            retail=first.retail,
            feed_in=first.feed_in,
            network_fee=first.network_fee,
        )
        prices = {interval: self.village.tariff(interval) for interval in self.month}
        seed = f"watt demo {self.options.seed}"
        return CommunitySpec(with_credit_for(terms, participants), participants, prices, ZONE, seed)


def _participant(person: Participant) -> ParticipantSpec:
    device = person.device
    return ParticipantSpec(
        meter_id=person.meter_id,
        import_w=person.import_power_w,
        export_w=person.export_power_w,
        source=Source.GATEWAY,
        device=DeviceSpec(device.capacity_w, device.source.technology, device.source.fuel) if device else None,
    )


class Demo:
    """The month, played up to the evening of its last day by `play` and ended by `finish`."""

    def __init__(self, web3: Any, scene: DemoVillage, progress: Progress = silent) -> None:
        self.scene = scene
        self.progress = progress
        self.community = Community(web3, scene.spec(), progress)
        community = self.community
        self.contracts = community.contracts
        self.stranger = Sender(web3, community.keys.service("stranger"), gas=TRANSACTION_GAS)
        keeper = Sender(web3, community.keys.service("keeper"), gas=TRANSACTION_GAS)
        self.keeper = Keeper(self.contracts, keeper, KeeperOptions(gas=TRANSACTION_GAS))
        self._push = Push(self.contracts, community.relay)
        self._specs = {one.meter_id: one for one in community.spec.participants}
        self.signatures = 0
        self.readings = 0
        self.last_runs: dict[str, SignedRun] = {}

    def participant(self, person: Participant) -> int:
        """Index on the chain."""
        return self.community.participants[person.meter_id]

    def person(self, participant: int) -> Participant:
        """Who has an index on the chain."""
        name = self.community.name_of(participant)
        return next(one for one in self.scene.village.participants if one.meter_id == name)

    def sender(self, role: Role) -> Sender:
        """The holder of a role."""
        return Sender(self.contracts.web3, self.community.keys.role(role), gas=TRANSACTION_GAS)

    def join_coached(self) -> None:
        """The coached flats join for the whole month."""
        self._join(self.scene.coached, self.scene.month.first)

    def play(self, when_joined: Callable[[], None] = lambda: None) -> None:
        """Everything until the last evening: earlier days as day runs, then the market day by day.

        `when_joined` is called once everybody has joined and before the market opens.
        """
        scene, clock = self.scene, self.community.clock
        clock.advance_to(start_unix(scene.live.first, scene.length) - LEAD_S)
        early = IntervalIndex(clock.now() // scene.length.seconds)
        self._record(scene.coached, IntervalRange(scene.month.first, early))
        others = [one for one in scene.village.participants if one not in scene.coached]
        self._join(others, scene.live.first)
        when_joined()
        self.progress("earlier days", 0, 1)
        self.keeper.run()
        for number, day in enumerate(scene.days, 1):
            self.progress("market days", number - 1, len(scene.days))
            clock.advance_to(end_unix(day.end - 1, scene.length) + 1)
            if number == 1:
                self._record(scene.coached, IntervalRange(early, day.first))
            self._record(scene.village.participants, day)
            if number < len(scene.days):
                self.keeper.run()

    def finish(self) -> None:
        """The keeper clears the last day and judges the month."""
        self.keeper.run()

    def events(self) -> list[Event]:
        """All records of the community so far."""
        return list(read_events(self.contracts, self.contracts.web3.eth.block_number))

    def record(self, people: Iterable[Participant], readings: ReadingsOf) -> None:
        """Everybody's gateway signs its readings, of at most a day at once; the relay brings them to the ledger.

        Raises RetryableError when the node still fails after several attempts: record the same again.
        """
        domain = domain_of(self.contracts.deployment, "MeterLedger")
        runs = []
        for person in people:
            key = self.community.keys.gateway(person.meter_id)
            signer = RunSigner(key, domain, self.community.participants[person.meter_id])
            signed = signer.sign(readings(person), most=48)
            self.last_runs[person.meter_id] = signed[-1]
            runs += signed
        self.readings += self._push.push(runs).recorded
        self.signatures += len(runs)

    def _record(self, people: Iterable[Participant], period: IntervalRange) -> None:
        self.record(people, lambda person: self.scene.readings(person, period))

    def _join(self, people: Iterable[Participant], first: IntervalIndex) -> None:
        self.community.join([(self._specs[one.meter_id], first) for one in people])
