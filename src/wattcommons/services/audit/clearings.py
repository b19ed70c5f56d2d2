"""Every clearing recomputed from readings and orders, and its fills, flags and certificates to be issued."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from wattcommons.chain.deployment import CommunityTerms
from wattcommons.chain.events import Event
from wattcommons.chain.state import NO_FILLS_HASH, StoredOutcome, fills_hash
from wattcommons.domain.fills import pack_fills
from wattcommons.domain.intervals import end_unix
from wattcommons.domain.settlement import IntervalSettlement, Legs, settle, settle_late
from wattcommons.domain.units import IntervalIndex, ParticipantIndex
from wattcommons.errors import RuleError
from wattcommons.services.audit import checks
from wattcommons.services.audit.gate import Handlers
from wattcommons.services.audit.readings import Readings
from wattcommons.services.audit.report import Findings
from wattcommons.services.audit.spans import spans
from wattcommons.services.audit.state import State
from wattcommons.services.audit.world import World

OnLegs = Callable[[int, Iterable[Legs], Event], None]
"""Called with an interval, legs of it, and the event that brings them."""


@dataclass(slots=True)
class Cleared:
    """A clearing: as recomputed, as announced, and the fills published so far."""

    settlement: IntervalSettlement
    event: Event
    chunks: list[bytes] = field(default_factory=list)
    settled: bool = False

    @property
    def expected_outcome(self) -> StoredOutcome:
        """What the market has to keep of it."""
        clearing = self.settlement.clearing
        return StoredOutcome(
            price=clearing.price or 0,
            matched_wh=clearing.matched_wh,
            cleared=True,
            settled=self.settled,
            has_price=clearing.price is not None,
            left_out=bool(self.settlement.missing),
        )


class Clearings:
    """All clearings so far. `on_cleared` hears of every clearing's legs, `on_settled` of legs that became final,
    `on_begun` at the end of those settled in intervals that are not final yet.
    """

    def __init__(
        self,
        terms: CommunityTerms,
        world: World,
        readings: Readings,
        findings: Findings,
        on_cleared: OnLegs,
        on_settled: OnLegs,
        on_begun: OnLegs,
        wanted: Callable[[int], bool] = lambda _: True,
    ) -> None:
        """`wanted`: the intervals to recompute; others are passed over."""
        self._terms = terms
        self._world = world
        self._readings = readings
        self._findings = findings
        self._on_cleared = on_cleared
        self._on_settled = on_settled
        self._on_begun = on_begun
        self._wanted = wanted
        self.known: dict[int, Cleared] = {}
        self.late_settled: dict[tuple[int, int], Event] = {}

    def handlers(self) -> Handlers:
        """What reads which event."""
        return {
            "EnergyMarket.IntervalCleared": self._cleared,
            "EnergyMarket.FillsSettled": self._fills,
            "EnergyMarket.IntervalSettled": self._settled,
            "EnergyMarket.LateSettled": self._late,
        }

    def compare(self, state: State, first: int, end: int) -> None:
        """As `compare_known`; and nothing else was cleared, and intervals of [first, end) not final are named."""
        self.compare_known(state)
        roster = self._world.roster
        now = state.timestamp // self._world.length.seconds
        started = min((one.first for one in roster.participants.values()), default=now)
        ended = [interval for interval in range(started, now) if next(roster.active(interval), None)]
        unknown = [interval for interval in ended if interval not in self.known]
        for interval, stored in zip(unknown, state.outcomes(unknown), strict=True):
            if stored.cleared:
                self._wrong(checks.COVERAGE, interval, "outcome kept", "none: no clearing was announced", stored)
        inside = [interval for interval in ended if first <= interval < end]
        self._findings.count(checks.COVERAGE, len(inside))
        self._name_open([one for one in inside if one not in self.known or not self.known[one].settled])
        self._settle_begun(state)

    def compare_known(self, state: State) -> None:
        """Outcome and fills that the market keeps of every clearing are those recomputed."""
        intervals = list(self.known)
        for interval, stored in zip(intervals, state.outcomes(intervals), strict=True):
            cleared = self.known[interval]
            if stored != cleared.expected_outcome:
                expected = cleared.expected_outcome
                self._wrong(checks.CLEARINGS, interval, "outcome kept", expected, stored, cleared.event)
        self._compare_hashes(state)

    def _cleared(self, event: Event) -> None:
        interval = event.args["interval"]
        if not self._wanted(interval):
            return
        self._findings.count(checks.CLEARINGS)
        if interval in self.known:
            first = self.known[interval].event.tx_hash
            self._wrong(checks.CLEARINGS, interval, "clearings", "one", f"another in {first}", event)
            return
        if interval not in self._readings.frozen:
            self._wrong(checks.CLEARINGS, interval, "freeze before the clearing", "one", "none", event)
        try:
            settlement = self.recompute(interval)
        except RuleError as error:
            self._wrong(checks.CLEARINGS, interval, "clearing", "one that can be recomputed", error, event)
            return
        cleared = Cleared(settlement, event)
        self.known[interval] = cleared
        clearing = settlement.clearing
        expected = {
            "price": clearing.price or 0,
            "lo": clearing.low or 0,
            "hi": clearing.high or 0,
            "matchedWh": clearing.matched_wh,
            "hasPrice": clearing.price is not None,
            "leftOut": bool(settlement.missing),
        }
        for name, value in expected.items():
            if event.args[name] != value:
                self._wrong(checks.CLEARINGS, interval, name, value, event.args[name], event)
        self._on_cleared(interval, settlement.legs, event)

    def recompute(self, interval: int) -> IntervalSettlement:
        """The clearing of an interval from what was in before it froze."""
        seats = self._world.seats(interval, self._readings.in_time(interval))
        return settle(IntervalIndex(interval), self._world.tariff(interval), seats, self._terms.k_ppm)

    def _fills(self, event: Event) -> None:
        interval = event.args["interval"]
        if not self._wanted(interval):
            return
        self._findings.count(checks.FILLS)
        cleared = self.known.get(interval)
        if cleared is None:
            self._wrong(checks.FILLS, interval, "fills", "a clearing before them", "none", event)
            return
        if event.args["chunk"] != len(cleared.chunks):
            self._wrong(checks.FILLS, interval, "number of a chunk", len(cleared.chunks), event.args["chunk"], event)
        published: bytes = event.args["fills"]
        expected = pack_fills(cleared.settlement.clearing.fills)
        at = sum(map(len, cleared.chunks))
        cleared.chunks.append(published)
        if published != expected[at : at + len(published)]:
            self._wrong(checks.FILLS, interval, "fills", expected[at : at + len(published)], published, event)

    def _settled(self, event: Event) -> None:
        interval = event.args["interval"]
        if not self._wanted(interval):
            return
        cleared = self.known.get(interval)
        if cleared is None or cleared.settled:
            found = "none" if cleared is None else "final before"
            self._wrong(checks.CLEARINGS, interval, "end of a settlement", "a clearing under way", found, event)
            return
        cleared.settled = True
        clearing = cleared.settlement.clearing
        published = sum(map(len, cleared.chunks))
        if published != len(pack_fills(clearing.fills)):
            entry = "bytes of fills published"
            self._wrong(checks.FILLS, interval, entry, len(pack_fills(clearing.fills)), published, event)
        self._on_settled(interval, cleared.settlement.legs, event)

    def _late(self, event: Event) -> None:
        participant, interval = event.args["participant"], event.args["interval"]
        if not self._wanted(interval):
            return
        self._findings.count(checks.CLEARINGS)
        recorded = self._readings.at(participant, interval)
        entry = f"late settlement of participant {participant}"
        cleared = self.known.get(interval)
        if recorded is None or not recorded.late or cleared is None or not cleared.settled:
            self._wrong(checks.CLEARINGS, interval, entry, "a late reading of a final interval", "none", event)
            return
        if (participant, interval) in self.late_settled:
            self._wrong(checks.CLEARINGS, interval, entry, "once", "again", event)
            return
        self.late_settled[participant, interval] = event
        legs = settle_late(ParticipantIndex(participant), recorded.reading, self._world.tariff(interval))
        self._on_cleared(interval, [legs], event)
        self._on_settled(interval, [legs], event)

    def _name_open(self, waiting: list[int]) -> None:
        if waiting:
            self._findings.note(checks.COVERAGE, f"{len(waiting)} open: {spans(waiting)}")
        late = sorted(set(self._readings.late()) - set(self.late_settled))
        if late:
            intervals = sorted({interval for _, interval in late})
            self._findings.note(checks.COVERAGE, f"{len(late)} late readings not settled yet: {spans(intervals)}")

    def _compare_hashes(self, state: State) -> None:
        """The hash kept of every chunk is its bytes', and none is kept after the last."""
        wanted = [(interval, i) for interval, one in self.known.items() for i in range(len(one.chunks) + 1)]
        for (interval, chunk), stored in zip(wanted, state.fills_hashes(wanted), strict=True):
            cleared = self.known[interval]
            expected = fills_hash(cleared.chunks[chunk]) if chunk < len(cleared.chunks) else NO_FILLS_HASH
            if stored != expected:
                self._wrong(checks.FILLS, interval, f"hash of chunk {chunk}", expected, stored, cleared.event)

    def _settle_begun(self, state: State) -> None:
        """Hands over the legs of settlements that have begun and not ended at the block."""
        for interval, cleared in self.known.items():
            if cleared.settled:
                continue
            low, high = (cleared.event.args[name] for name in ("lo", "hi"))
            cursor = state.progress(interval, low, high)
            done = [legs for legs in cleared.settlement.legs if legs.participant <= cursor]
            self._on_begun(interval, done, cleared.event)

    def _wrong(
        self, check: str, interval: int, what: str, expected: object, found: object, event: Event | None = None
    ) -> None:
        ends = end_unix(interval, self._world.length)
        entry = f"{what} of interval {interval} (ends at {ends})"
        self._findings.broken(check, entry, expected, found, event=event, interval=interval)
