"""Where all sources hand in: samples become intervals, and what is whole goes into the journal.

Between two boundaries the newest sample of each meter lives in memory; with every boundary, and every minute besides
(`checkpoint`), it is written down. That loses nothing: an index is cumulative, so what a power cut takes is only how
exactly the boundary next to it is known, and the reading says so.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from wattcommons.domain.channels import Channel, EnergyRow, MilliWh
from wattcommons.domain.index_meter import (
    Gap,
    IndexRules,
    IndexSample,
    IntervalEnergy,
    start_index,
    take_index,
)
from wattcommons.domain.power_meter import PowerState, integrate
from wattcommons.domain.units import ParticipantIndex
from wattcommons.errors import MeterDataError, RuleError
from wattcommons.services.gateway.clock import Clock, Moment
from wattcommons.services.gateway.intake_rules import IntakeRules, ParticipantRules, SourceFacts
from wattcommons.services.gateway.quiet import Quiet
from wattcommons.services.gateway.rows import intervals_of
from wattcommons.services.gateway.samples import IndexSeen, PowerSeen, RowsTaken
from wattcommons.services.store.journal import EnergyEntry, Journal, MeterRecord, Notice

_HELD: Final = 4_096


@dataclass
class _Outcome:
    """What a hand-in led to and is not in the journal yet."""

    energies: list[EnergyEntry] = field(default_factory=list)
    gaps: list[tuple[str, Channel, Gap]] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    forget: list[tuple[str, Channel]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.energies or self.gaps or self.notices or self.forget)


class Intake:
    """One gateway's intake.

    `formed`, which may be set later, is called after readings became whole, from the source's thread. Safe to use
    from several threads; one hand-in at a time is worked on.
    """

    def __init__(
        self,
        journal: Journal,
        clock: Clock,
        participants: Sequence[ParticipantRules],
        rules: IntakeRules,
        formed: Callable[[], None] = lambda: None,
    ) -> None:
        self._journal, self._clock, self._rules, self.formed = journal, clock, rules, formed
        self._participants = {one.index: one for one in participants}
        self._by_meter = {number: one.index for one in participants for number in one.meter_ids}
        self._lock = threading.RLock()
        journal.asked_anew()
        self._records = {(one.source, one.channel): one for one in journal.meters()}
        self._dirty: set[tuple[str, Channel]] = set()
        self._bound: dict[str, ParticipantIndex] = {}
        self._quiet = Quiet(clock)
        self.facts: dict[str, SourceFacts] = {}

    def sink(self, source: str, participant: ParticipantIndex | None, gives: frozenset[Channel]) -> SourceSink:
        """Where one source hands in. `participant`: whose meter it reads; None for files that name their meters."""
        self.facts.setdefault(source, SourceFacts())
        if participant is not None:
            self._bound[source] = participant
        return SourceSink(self, source, participant, gives)

    def totals(self) -> dict[tuple[ParticipantIndex, Channel], MilliWh]:
        """The running index of every participant and channel that is read by one, mWh."""
        with self._lock:
            return {
                (self._bound[source], channel): record.index.total
                for (source, channel), record in self._records.items()
                if source in self._bound and record.power is None
            }

    def checkpoint(self) -> None:
        """Write down where the meters stand that moved since the last time. Raises StoreError.

        Begins anew with the meters that somebody asked for, and tells of what was noticed too often to be told at once.
        """
        with self._lock:
            for source in self._journal.asked_anew():
                for key in [key for key in self._records if key[0] == source]:
                    del self._records[key]
            self._keep(self._clock.now().at, _Outcome(notices=self._quiet.rest()))

    # --- samples ---------------------------------------------------------------------------------------

    def take(
        self, source: str, participant: ParticipantIndex, moment: Moment, samples: Sequence[IndexSeen | PowerSeen]
    ) -> None:
        """Samples of one moment. Raises StoreError; then the samples count as never handed in."""
        with self._lock:
            facts = self.facts[source]
            before = {key: self._records.get(key) for key in ((source, sample.channel) for sample in samples)}
            outcome = _Outcome()
            for sample in samples:
                try:
                    self._take(source, participant, moment, sample, outcome)
                except MeterDataError as error:
                    _count(facts, error, outcome, source)
            facts.samples += len(samples)
            facts.last_seen = moment.at
            outcome.notices = self._quiet.some(outcome.notices)
            if outcome:
                try:
                    self._keep(moment.at, outcome)
                except BaseException:
                    for key, record in before.items():
                        if record is None:
                            self._records.pop(key, None)
                        else:
                            self._records[key] = record
                    raise

    def _take(
        self,
        source: str,
        participant: ParticipantIndex,
        moment: Moment,
        seen: IndexSeen | PowerSeen,
        outcome: _Outcome,
    ) -> None:
        key = (source, seen.channel)
        record = self._records.get(key)
        at = moment.at if seen.at is None else seen.at
        # A time of the source's own is not comparable with this machine's steady clock.
        steady = moment.steady if seen.at is None else None
        power: PowerState | None = None
        if isinstance(seen, PowerSeen):
            limit = self._participants[participant].power_w(seen.channel) * 11 // 10
            if not 0 <= seen.power_w <= limit:
                raise MeterDataError("absurd", f"{seen.power_w} W", f"the connection carries at most {limit} W")
            power = PowerState(at, seen.power_w)
            if record is not None and record.power is not None:
                found = integrate(record.power, at, seen.power_w, self._rules.bridge_ms)
                if found is None:
                    return
                power = found.state
                if found.broken:
                    outcome.notices.append(Notice(source, "no-power", f"nothing heard for {at - record.power.at} ms"))
                    record = None
            sample = IndexSample(at, power.index, steady, moment.session)
            meter, modulus = "", None
        else:
            sample = IndexSample(at, seen.index, steady, moment.session)
            meter, modulus = seen.meter, seen.modulus
        if record is not None and meter and record.meter and meter != record.meter:
            text = f"meter {record.meter} was replaced by {meter}: the interval of the exchange has no reading"
            outcome.notices.append(Notice(source, "new-meter", text))
            record = None
        self._dirty.add(key)
        if record is None:
            self._records[key] = MeterRecord(source, seen.channel, meter, start_index(sample), power)
            return
        rules = IndexRules(
            self._rules.length,
            self._participants[participant].power_w(seen.channel),
            self._rules.bridge_ms,
            self._rules.most_split,
            modulus,
            exact=power is None,
        )
        taken = take_index(record.index, sample, rules)
        if taken.ignored:
            text = f"a sample is {record.index.last.at - at} ms before the last one: the clock was set back"
            if record.index.last.at - at > rules.jump_ms:
                outcome.notices.append(Notice(source, "clock-back", text))
            return
        self._records[key] = replace(record, meter=meter or record.meter, index=taken.state, power=power)
        outcome.energies += [_entry(source, participant, seen.channel, one) for one in taken.energies]
        if taken.gap is not None:
            outcome.gaps.append((source, seen.channel, taken.gap))
            outcome.notices.append(Notice(source, "gap", _gap_text(seen.channel, taken.gap)))

    # --- rows of files ---------------------------------------------------------------------------------

    def take_rows(
        self,
        source: str,
        participant: ParticipantIndex | None,
        gives: frozenset[Channel],
        rows: Sequence[EnergyRow],
    ) -> RowsTaken:
        """Rows of whole steps, all or none. Raises InputError, RuleError, StoreError."""
        found = intervals_of(rows, self._rules.length, split_coarser=self._rules.split_coarser)
        unknown: set[str] = set()
        entries: list[EnergyEntry] = []
        for (meter, channel), energies in found.energies.items():
            whose = participant if participant is not None else self._by_meter.get(meter)
            if whose is None:
                unknown.add(meter)
                continue
            # A consumer's production is 0 by its enrolment: a file may still carry the column.
            if channel not in gives & self._participants[whose].channels:
                continue
            entries += [
                EnergyEntry(whose, one.interval, channel, one.energy, one.exact, source, tolerance=1)
                for one in energies
            ]
        with self._lock:
            now = self._clock.now().at
            facts = self.facts[source]
            kept = self._journal.keep(now, energies=entries)
            facts.samples += len(rows)
            facts.last_seen = now
        if kept.formed:
            self.formed()
        return RowsTaken(kept.new, kept.known, kept.differing, found.incomplete, found.coarser, tuple(sorted(unknown)))

    # --- everything else -------------------------------------------------------------------------------

    def problem(self, source: str, error: MeterDataError) -> None:
        """Count something unusable. Raises StoreError."""
        with self._lock:
            outcome = _Outcome()
            _count(self.facts[source], error, outcome, source)
            if told := self._quiet.some(outcome.notices):
                self._journal.keep(self._clock.now().at, notices=told)

    def notice(self, notice: Notice) -> None:
        """Keep a notice. Raises StoreError."""
        self._journal.keep(self._clock.now().at, notices=[notice])

    def moment(self) -> Moment:
        """This moment by the gateway's clock."""
        return self._clock.now()

    def _keep(self, at: int, outcome: _Outcome) -> None:
        records = [self._records[key] for key in sorted(self._dirty, key=str) if key in self._records]
        if not records and not outcome:
            return
        kept = self._journal.keep(at, records, outcome.energies, outcome.gaps, outcome.notices, outcome.forget)
        self._dirty.clear()
        if kept.formed:
            self.formed()


class SourceSink:
    """The `Sink` of one source, see samples.py. Holds samples back while the clock cannot be believed."""

    def __init__(
        self, intake: Intake, source: str, participant: ParticipantIndex | None, gives: frozenset[Channel]
    ) -> None:
        self._intake, self._source, self._participant, self._gives = intake, source, participant, gives
        self._facts = intake.facts[source]
        self._held: list[tuple[Moment, Sequence[IndexSeen | PowerSeen]]] = []

    def seen(self, samples: Sequence[IndexSeen | PowerSeen], *, clock_degraded: bool = False) -> None:
        """See Sink."""
        if self._participant is None:
            raise RuleError(f"source {self._source} gives samples and is bound to no participant")
        wanted = [sample for sample in samples if sample.channel in self._gives]
        moment = self._intake.moment()
        self._facts.notes["meter clock"] = "degraded" if clock_degraded else "right"
        if not moment.trusted:
            self._hold(moment, wanted)
            return
        for earlier, held in self._held:
            # Dated now that the clock is right; a machine started anew since then cannot have held any.
            dated = Moment(moment.at - (moment.steady - earlier.steady), earlier.steady, earlier.session, trusted=True)
            self._intake.take(self._source, self._participant, dated, held)
        self._held.clear()
        self._facts.held = 0
        self._intake.take(self._source, self._participant, moment, wanted)

    def _hold(self, moment: Moment, samples: Sequence[IndexSeen | PowerSeen]) -> None:
        if not self._held:
            text = "this machine's clock is not set by a time service: samples are held back until it is"
            self._intake.notice(Notice(self._source, "clock-untrusted", text))
        if len(self._held) >= _HELD:
            # Every second one goes: an index is cumulative, so no energy is forgotten with it.
            self._held[:] = self._held[::2]
        self._held.append((moment, samples))
        self._facts.held = len(self._held)
        self._facts.last_seen = moment.at

    def rows(self, rows: Sequence[EnergyRow]) -> RowsTaken:
        """See Sink."""
        return self._intake.take_rows(self._source, self._participant, self._gives, rows)

    def problem(self, error: MeterDataError) -> None:
        """See Sink."""
        self._intake.problem(self._source, error)

    def note(self, key: str, value: str) -> None:
        """See Sink."""
        self._facts.notes[key] = value


def _entry(source: str, participant: ParticipantIndex, channel: Channel, one: IntervalEnergy) -> EnergyEntry:
    return EnergyEntry(participant, one.interval, channel, one.energy, one.exact, source)


def _gap_text(channel: Channel, gap: Gap) -> str:
    how = "split by time, estimated" if gap.split else "kept as one total, no readings"
    return f"{channel.value}: {gap.energy} Wh in {gap.end - gap.first} intervals from {gap.first} on, {how}"


def _count(facts: SourceFacts, error: MeterDataError, outcome: _Outcome, source: str) -> None:
    facts.problems[error.kind] = facts.problems.get(error.kind, 0) + 1
    outcome.notices.append(Notice(source, error.kind, str(error)))
