"""Readings as gateways signed them: signatures, plausibility, the late flag, and what the ledger keeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from wattcommons.chain.deployment import CommunityTerms
from wattcommons.chain.events import Event
from wattcommons.domain.intervals import end_unix
from wattcommons.domain.packing import SignedRun, decode_batch, encode_batch
from wattcommons.domain.readings import Quality, Reading, Run, max_wh
from wattcommons.errors import RuleError
from wattcommons.services.audit import checks
from wattcommons.services.audit.gate import Handlers
from wattcommons.services.audit.report import Findings
from wattcommons.services.audit.roster import NOT_ACTIVE, Epoch
from wattcommons.services.audit.sampling import Sample, SampleResult, result_of
from wattcommons.services.audit.signers import Signers
from wattcommons.services.audit.state import State
from wattcommons.services.audit.world import World


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a reading comes from: the signed run, who signed it, and the transaction that brought it.

    `signer` is None when the signature is nobody's, or was not asked for (see `checked`).
    """

    signed: SignedRun
    signer: str | None
    checked: bool
    submitter: str
    tx: str
    place: tuple[int, int]
    """Block and log index of the event that recorded it."""
    timestamp: int


class Recorded(NamedTuple):
    """A reading as it stands, recorded or corrected; `late` when its interval had been frozen before."""

    reading: Reading
    late: bool
    origin: Origin
    before: tuple[Reading, ...] = ()
    """What stood here before corrections, the signed one first."""

    @property
    def stored(self) -> int:
        """The form in which the ledger keeps it: production 24 bits, consumption 24, quality 2, late 1."""
        energy = self.reading.production_wh << 24 | self.reading.consumption_wh
        return energy << 3 | self.reading.quality << 1 | self.late


class Readings:
    """All readings recorded so far, by interval and participant."""

    def __init__(
        self,
        terms: CommunityTerms,
        world: World,
        signatures: Signers,
        findings: Findings,
        wanted: Callable[[Run], bool] = lambda _: True,
        sample: Sample[tuple[Event, SignedRun]] | None = None,
    ) -> None:
        """`wanted`: the runs whose signatures are to be checked. `sample`: draw from these, and check at the end."""
        self._terms = terms
        self._world = world
        self._signatures = signatures
        self._findings = findings
        self._wanted = wanted
        self._sample = sample
        self._by_interval: dict[int, dict[int, Recorded]] = {}
        self._present: Counter[int] = Counter()
        self._conflicts: set[tuple[str, int, int, int]] = set()
        self.frozen: dict[int, str] = {}
        """Frozen interval -> the transaction that froze it."""

    def handlers(self) -> Handlers:
        """What reads which event."""
        return {
            "MeterLedger.RunsRecorded": self._recorded,
            "MeterLedger.ReadingConflict": self._conflict,
            "MeterLedger.IntervalFrozen": self._frozen,
        }

    def at(self, participant: int, interval: int) -> Recorded | None:
        """The reading of a participant, None where there is none."""
        return self._by_interval.get(interval, {}).get(participant)

    def intervals(self) -> Iterator[tuple[int, Mapping[int, Recorded]]]:
        """Every interval with a reading, and the readings of it by participant."""
        yield from self._by_interval.items()

    def in_time(self, interval: int) -> dict[int, Reading]:
        """Participant -> reading, of those that were in before the interval froze."""
        found = self._by_interval.get(interval, {})
        return {participant: recorded.reading for participant, recorded in found.items() if not recorded.late}

    def late(self) -> list[tuple[int, int]]:
        """(participant, interval) of every late reading."""
        return [
            (participant, interval)
            for interval, found in self._by_interval.items()
            for participant, recorded in found.items()
            if recorded.late
        ]

    def correct(self, participant: int, interval: int, reading: Reading) -> None:
        """Puts a corrected reading where another one stands."""
        found = self._by_interval[interval]
        old = found[participant]
        found[participant] = old._replace(reading=reading, before=(*old.before, old.reading))

    def compare(self, state: State) -> None:
        """What the ledger keeps is what was signed or corrected, and nothing else, over each participant's life."""
        now = state.timestamp // self._world.length.seconds + 1
        for participant in self._world.roster.participants.values():
            end = min(participant.until, now)
            count = end - participant.first
            if count <= 0:
                continue
            stored = state.readings(participant.index, participant.first, count)
            for interval, kept in enumerate(stored, participant.first):
                recorded = self.at(participant.index, interval)
                signed = recorded.stored if recorded else 0
                if kept != signed:
                    self._findings.broken(
                        checks.READINGS,
                        f"reading of participant {participant.index} kept by the ledger",
                        _told(signed),
                        _told(kept),
                        tx=recorded.origin.tx if recorded else "",
                        interval=interval,
                    )

    def _recorded(self, event: Event) -> None:
        try:
            runs = decode_batch(event.args["runs"])
        except RuleError as error:
            self._findings.broken(checks.SIGNATURES, "recorded runs", "whole runs", error, event=event)
            return
        wanted = [self._sample is None and self._wanted(signed.run) for signed in runs]
        signers = self._signatures.signers(event.args["runs"]) if any(wanted) else (None,) * len(runs)
        for signed, checked, signer in zip(runs, wanted, signers, strict=True):
            self._record(event, signed, signer, wanted=checked)
            if self._sample is not None and self._wanted(signed.run):
                self._sample.offer((event, signed))

    def check_sample(self) -> SampleResult | None:
        """Check the signatures that were drawn, by the keys as they are known at the end; None without a sample."""
        if self._sample is None:
            return None
        bad = 0
        for event, signed in sorted(self._sample.chosen, key=lambda one: (one[0].block, one[0].log_index)):
            [signer] = self._signatures.signers(encode_batch([signed]))
            self._findings.count(checks.SIGNATURES)
            participant = self._world.roster.participants.get(signed.run.participant)
            for interval in range(signed.run.first, signed.run.end):
                epoch = participant.epochs.at(interval) if participant else NOT_ACTIVE
                if signer != epoch.gateway:
                    self._blame(event, signed.run, interval, epoch, signer)
                    bad += 1
                    break
        result = result_of(self._sample.offered, len(self._sample.chosen), bad, self._sample.seed)
        self._findings.note(checks.SIGNATURES, result.words)
        return result

    def _blame(self, event: Event, run: Run, interval: int, epoch: Epoch, signer: str | None) -> None:
        self._findings.broken(
            checks.SIGNATURES,
            f"run of participant {run.participant} from interval {run.first}",
            f"signed by {epoch.gateway}",
            signer or "nobody's signature",
            event=event,
            interval=interval,
        )

    def _record(self, event: Event, signed: SignedRun, signer: str | None, *, wanted: bool) -> None:
        run = signed.run
        place = (event.block, event.log_index)
        origin = Origin(signed, signer, wanted, event.args["submitter"], event.tx_hash, place, event.timestamp)
        participant = self._world.roster.participants.get(run.participant)
        if wanted:
            self._findings.count(checks.SIGNATURES)
        ends = end_unix(run.end - 1, self._world.length)
        if ends > event.timestamp:
            self._flag(event, run, f"ended by {event.timestamp}", f"ends at {ends}", run.end - 1)
        signature_holds = True
        added = 0
        for interval, reading in run.items():
            epoch = participant.epochs.at(interval) if participant else NOT_ACTIVE
            if wanted and signature_holds and signer != epoch.gateway:
                signature_holds = False
                self._blame(event, run, interval, epoch, signer)
            self._check(event, run, interval, reading, epoch)
            added += self._keep(event, run.participant, interval, reading, epoch, origin)
        if not added:
            self._flag(event, run, "a new reading in a recorded run", "none", run.first)

    def _check(self, event: Event, run: Run, interval: int, reading: Reading, epoch: Epoch) -> None:
        if reading.quality not in (Quality.MEASURED, Quality.ESTIMATED):
            self._flag(event, run, "measured or estimated", f"quality {int(reading.quality)}", interval)
        for wh, power in ((reading.production_wh, epoch.export_w), (reading.consumption_wh, epoch.import_w)):
            most = max_wh(power, self._world.length)
            if wh > most:
                self._flag(event, run, f"{most} Wh at most", f"{wh} Wh", interval)

    def _keep(
        self, event: Event, participant: int, interval: int, reading: Reading, epoch: Epoch, origin: Origin
    ) -> int:
        """Files a reading if it is new; returns how many were."""
        found = self._by_interval.setdefault(interval, {})
        before = found.get(participant)
        if before is None:
            late = interval in self.frozen
            found[participant] = Recorded(reading, late, origin)
            self._findings.count(checks.READINGS)
            if not late and not epoch.silent:
                self._present[interval] += 1
            return 1
        if before.reading != reading and before.reading.quality is not Quality.CORRECTED:
            given = Recorded(reading, late=False, origin=origin).stored
            if (event.tx_hash, participant, interval, given) not in self._conflicts:
                self._flag(event, origin.signed.run, "a reported conflict", "a silent difference", interval)
        return 0

    def _conflict(self, event: Event) -> None:
        args = event.args
        self._conflicts.add((event.tx_hash, args["participant"], args["interval"], args["given"]))
        before = self.at(args["participant"], args["interval"])
        # Readings of the same batch are recorded before their event is written: they cannot be compared yet.
        if before is not None and before.stored != args["recorded"]:
            self._findings.broken(
                checks.READINGS,
                f"conflict of participant {args['participant']}",
                _told(before.stored),
                _told(args["recorded"]),
                event=event,
                interval=args["interval"],
            )

    def _frozen(self, event: Event) -> None:
        interval = event.args["interval"]
        self._findings.count(checks.FREEZES)
        if interval in self.frozen:
            self._findings.broken(
                checks.FREEZES,
                f"freeze of interval {interval}",
                "once",
                f"also in {self.frozen[interval]}",
                event=event,
                interval=interval,
            )
            return
        self.frozen[interval] = event.tx_hash
        waited = sum(not epoch.silent for _, epoch in self._world.roster.active(interval))
        present = self._present[interval]
        told = (event.args["present"], event.args["waited"])
        entry = f"readings present and waited for in interval {interval}"
        self._findings.equal(checks.FREEZES, entry, (present, waited), told, event=event, interval=interval)
        ends = end_unix(interval, self._world.length)
        due = ends if present >= waited else ends + self._terms.deadline_s
        if event.timestamp < due:
            entry = f"freeze of interval {interval} with {present} of {waited} readings"
            self._findings.broken(
                checks.FREEZES, entry, f"from {due} on", event.timestamp, event=event, interval=interval
            )

    def _flag(self, event: Event, run: Run, expected: str, found: str, interval: int) -> None:
        entry = f"reading of participant {run.participant} in interval {interval}"
        self._findings.broken(checks.READINGS, entry, expected, found, event=event, interval=interval)


def _told(stored: int) -> str:
    """A stored reading in words."""
    if stored == 0:
        return "none"
    quality = Quality(stored >> 1 & 3).name.lower()
    late = ", late" if stored & 1 else ""
    return f"produced {stored >> 27} Wh, used {stored >> 3 & 0xFFFFFF} Wh, {quality}{late}"
