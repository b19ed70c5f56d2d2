"""The audit of a whole book: one pass over the logs, then one comparison with the chain's state.

Balances rest on everything before, so the whole history is recomputed whatever the period asked for; a broken
entry outside the period is reported too. The period bounds which intervals must be settled or named as open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing
from typing import Final, TypeAlias

from wattcommons.chain.contracts import Contracts
from wattcommons.chain.deployment import Deployment
from wattcommons.chain.events import Event, read_events
from wattcommons.chain.logs import LogSource
from wattcommons.chain.run_signatures import RunSignatures
from wattcommons.chain.state import StateReader
from wattcommons.chain.typed_data import domain_of
from wattcommons.domain.packing import SignedRun
from wattcommons.domain.units import MAX_INDEX
from wattcommons.services.audit import checks
from wattcommons.services.audit.accounting import Accounting
from wattcommons.services.audit.certificates import Certificates
from wattcommons.services.audit.clearings import Clearings
from wattcommons.services.audit.consents import Consents
from wattcommons.services.audit.corrections import Corrections
from wattcommons.services.audit.exports import Exports
from wattcommons.services.audit.gate import Handler
from wattcommons.services.audit.issues import Issues
from wattcommons.services.audit.money import Money
from wattcommons.services.audit.notices import explained
from wattcommons.services.audit.points import Points
from wattcommons.services.audit.readings import Readings
from wattcommons.services.audit.report import NOT_PROVED, AuditReport, Findings
from wattcommons.services.audit.sampling import Sample
from wattcommons.services.audit.signers import Signers, SignersAhead
from wattcommons.services.audit.state import State
from wattcommons.services.audit.vouchers import Vouchers
from wattcommons.services.audit.world import World

PROGRESS_EVERY: Final = 1_000

Drawn: TypeAlias = Sample[tuple[Event, SignedRun]]
"""Runs drawn for their signatures to be checked."""

Progress = Callable[[int], None]
"""Called now and then with the number of events read so far."""


class Audit:
    """Reads events in order, then compares with a state. Use once."""

    def __init__(self, deployment: Deployment, signatures: Signers | None = None, sample: Drawn | None = None) -> None:
        """`signatures`: who finds the signers (None: this process, as they come). `sample`: checks these alone."""
        self._deployment = deployment
        terms = deployment.terms
        self._findings = findings = Findings(checks.ALL)
        self._world = world = World(terms, findings)
        signatures = signatures or RunSignatures(domain_of(deployment, "MeterLedger"))
        self._readings = Readings(terms, world, signatures, findings, sample=sample)
        self._money = Money(deployment, world, findings)
        self._issues = Issues(world, self._readings, findings)
        self._clearings = Clearings(
            terms, world, self._readings, findings, self._issues.cleared, self._money.settled, self._money.begun
        )
        exports = deployment.address("ExportGroups")
        self._certificates = Certificates(world, exports, findings)
        self._exports = Exports(world, self._certificates, exports, findings)
        self._corrections = Corrections(
            terms,
            world,
            self._readings,
            self._clearings,
            self._money.corrected,
            self._issues,
            self._certificates,
            findings,
        )
        self._points = Points(terms, world, self._readings, findings)
        self._vouchers = Vouchers(self._points, findings)
        self._consents = Consents(world.length, findings)
        self._seen: Counter[str] = Counter()
        parts = (
            world,
            self._readings,
            self._clearings,
            self._money,
            self._issues,
            self._certificates,
            self._exports,
            self._corrections,
            self._points,
            self._vouchers,
            self._consents,
        )
        self._handlers: dict[str, list[Handler]] = {}
        for part in parts:
            for key, handler in part.handlers().items():
                self._handlers.setdefault(key, []).append(handler)

    @property
    def reads(self) -> frozenset[str]:
        """The events this audit draws on, as `Contract.Event`; others change no balance and no certificate."""
        return frozenset(self._handlers)

    def read(self, events: Iterable[Event], progress: Progress = lambda _: None) -> None:
        """Re-derives the book from events in the order of the chain."""
        count = 0
        for count, event in enumerate(events, 1):
            self._seen[event.key] += 1
            for handler in self._handlers.get(event.key, ()):
                handler(event)
            if count % PROGRESS_EVERY == 0:
                progress(count)
        progress(count)

    def report(self, state: State, first: int = 0, end: int = MAX_INDEX) -> AuditReport:
        """Compares with the state after the last event read, and says what holds. Intervals [first, end)."""
        self._compare_settings(state)
        self._world.roster.compare(state, self._world.length, len(self._world.devices.known))
        self._readings.compare(state)
        self._clearings.compare(state, first, end)
        self._money.compare(state)
        self._issues.compare(self._clearings, state)
        self._certificates.compare(state)
        self._exports.compare(state)
        self._corrections.compare(state)
        self._points.compare(state)
        self._vouchers.compare(state)
        self._consents.compare(state)
        sample = self._readings.check_sample()
        accounting = Accounting(self._world, self._readings, self._clearings, self._issues, self._corrections, state)
        lines, days = accounting.add_up(self._findings, first, end)
        events = explained(self._seen, self.reads, self._findings)
        return AuditReport(
            first,
            end,
            state.block,
            self._findings.checks(),
            NOT_PROVED,
            state.timestamp,
            self._world.length.seconds,
            lines,
            days,
            events,
            sample,
        )

    def _compare_settings(self, state: State) -> None:
        for name, found in state.settings().items():
            self._findings.count(checks.SETTINGS)
            self._findings.equal(checks.SETTINGS, name, int(getattr(self._deployment.terms, name)), found)


def book(
    contracts: Contracts,
    first: int = 0,
    end: int = MAX_INDEX,
    *,
    block: int | None = None,
    source: LogSource | None = None,
    progress: Progress = lambda _: None,
    on_stage: Callable[[str], None] = lambda _: None,
    processes: int = 1,
    sample: Drawn | None = None,
) -> AuditReport:
    """Audits the book of intervals [first, end) as of a block (None: the latest).

    `source`: raw logs from elsewhere than the node, a saved file for one; the state is always the node's.
    `processes`: how many check signatures, this one among them; the report is the same with any number.
    `sample`: check the signatures of these runs only. `on_stage` hears what is done next.
    Raises NodeUnavailable when the node fails or keeps no state of that block.
    """
    at = contracts.web3.eth.block_number if block is None else block
    state = StateReader(contracts, at)
    domain = domain_of(contracts.deployment, "MeterLedger")
    ahead = SignersAhead(domain, processes - 1 if sample is None else 0)
    with closing(ahead):
        audit = Audit(contracts.deployment, ahead, sample)
        on_stage("reading the chain's records")
        audit.read(ahead.ahead(read_events(contracts, at, source=source)), progress)
    on_stage("comparing with the chain's state")
    return audit.report(state, first, end)
