"""A gateway's intake on a fresh journal, with a clock that tests set by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from wattcommons.domain.channels import Channel, MilliWh
from wattcommons.domain.intervals import IntervalLength
from wattcommons.domain.units import ParticipantIndex
from wattcommons.services.gateway.clock import ClockState, Moment
from wattcommons.services.gateway.intake import Intake
from wattcommons.services.gateway.intake_rules import IntakeRules, ParticipantRules, rules_by_participant
from wattcommons.services.gateway.samples import IndexSeen
from wattcommons.services.store.journal import Journal
from wattcommons.services.store.outbox import Outbox

LENGTH = IntervalLength(30)
STEP = LENGTH.seconds * 1_000
T0 = 980_000 * STEP
"""Unix ms at which interval 980,000 begins."""
BOTH = frozenset(Channel)
HOME, ROOF = ParticipantIndex(1), ParticipantIndex(2)


@dataclass
class HandClock:
    at: int = T0
    steady: int = 0
    session: str = "boot"
    trusted: bool = True

    def now(self) -> Moment:
        return Moment(self.at, self.steady, self.session, self.trusted)

    def state(self) -> ClockState:
        return ClockState(self.trusted, 0, 0)

    def wait(self, ms: int) -> None:
        self.at += ms
        self.steady += ms


@dataclass
class Desk:
    """Participant 1 only uses, 2 uses and makes; both have a meter number."""

    path: Path
    split_coarser: bool = False
    clock: HandClock = field(default_factory=HandClock)

    def __post_init__(self) -> None:
        self.participants = [
            ParticipantRules(HOME, 9_000, 0, frozenset([Channel.CONSUMPTION]), frozenset(["home"])),
            ParticipantRules(ROOF, 9_000, 6_000, BOTH, frozenset(["roof"])),
        ]
        self.open()

    def open(self) -> None:
        """As after a start of the program: only what is in the file is known."""
        self.journal = Journal(self.path / "journal.sqlite", rules_by_participant(self.participants))
        self.outbox = Outbox(self.journal.database)
        self.formed = 0
        rules = IntakeRules(LENGTH, split_coarser=self.split_coarser)
        self.intake = Intake(self.journal, self.clock, self.participants, rules, self._count)
        self.home = self.intake.sink("home", HOME, BOTH)
        self.roof = self.intake.sink("roof", ROOF, BOTH)
        self.files = self.intake.sink("files", None, BOTH)

    def _count(self) -> None:
        self.formed += 1

    def shows(self, wh: float, after: int = 0) -> None:
        """The home's meter shows an index, some ms later."""
        self.clock.wait(after)
        self.home.seen([IndexSeen(Channel.CONSUMPTION, MilliWh(round(wh * 1_000)))])

    def readings(self) -> list[tuple[int, int, int, int, str]]:
        """(participant, interval since T0, production, consumption, quality) of all that is on its way."""
        return [
            (
                row.participant,
                row.interval - T0 // STEP,
                row.reading.production_wh,
                row.reading.consumption_wh,
                row.reading.quality.name.lower(),
            )
            for row in self.outbox.due(10_000)
        ]

    def noticed(self) -> dict[str, int]:
        return {line.kind: line.count for line in self.journal.notices()}
