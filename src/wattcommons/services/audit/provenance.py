"""The whole tree behind one certificate: device, reading, signature, clearing, issue, and every later move."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from wattcommons.chain.contracts import Contracts
from wattcommons.chain.deployment import Deployment
from wattcommons.chain.events import NO_ADDRESS, Event, read_events
from wattcommons.chain.logs import LogSource
from wattcommons.chain.run_signatures import RunSignatures
from wattcommons.chain.state import StateReader
from wattcommons.chain.typed_data import domain_of
from wattcommons.domain.guarantees import CertificateId, device_and_interval, lifetime_of
from wattcommons.domain.intervals import start_unix
from wattcommons.domain.supply_lines import supply_lines
from wattcommons.errors import InputError, RuleError
from wattcommons.services.audit import checks
from wattcommons.services.audit.certificates import Certificates
from wattcommons.services.audit.clearings import Cleared, Clearings
from wattcommons.services.audit.corrected import CorrectionLog
from wattcommons.services.audit.corrections import Corrections
from wattcommons.services.audit.gate import Handler
from wattcommons.services.audit.issues import Issues
from wattcommons.services.audit.readings import Readings, Recorded
from wattcommons.services.audit.report import Findings
from wattcommons.services.audit.tree import ClearingFacts, DeviceFacts, IssueFacts, Move, Provenance, ReadingFacts
from wattcommons.services.audit.world import World

SOURCES = ("none", "gateway at the meter", "network operator's file", "declared")


def certificate(
    contracts: Contracts, number: int, *, block: int | None = None, source: LogSource | None = None
) -> Provenance:
    """Traces a certificate back to its signature and on to every use, as of a block (None: the latest).

    Raises InputError for a number that is no certificate's or was never issued, NodeUnavailable.
    """
    try:
        interval = device_and_interval(CertificateId(number))[1]
    except RuleError as error:
        raise InputError(error.message, error.hint) from error
    at = contracts.web3.eth.block_number if block is None else block
    trace = Trace(contracts.deployment, number, interval)
    trace.read(read_events(contracts, at, source=source))
    return trace.provenance(StateReader(contracts, at), contracts.sender_of)


class Trace:
    """Reads a community's events for the sake of one certificate."""

    def __init__(self, deployment: Deployment, number: int, interval: int) -> None:
        self._number = number
        self._interval = interval
        self._moves: list[Move] = []
        self._exports = deployment.address("ExportGroups")
        self._grouped: Counter[int] = Counter()
        self._statements: dict[int, int] = {}
        terms = deployment.terms
        self._findings = findings = Findings(
            (
                checks.DATES,
                checks.SIGNATURES,
                checks.READINGS,
                checks.FREEZES,
                checks.CLEARINGS,
                checks.FILLS,
                checks.ISSUES,
                checks.CERTIFICATES,
                checks.CORRECTIONS,
            )
        )
        self._world = world = World(terms, findings)
        signatures = RunSignatures(domain_of(deployment, "MeterLedger"))
        self._readings = Readings(
            terms, world, signatures, findings, wanted=lambda run: run.first <= interval < run.end
        )
        self._issues = Issues(world, self._readings, findings)
        self._clearings = Clearings(
            terms,
            world,
            self._readings,
            findings,
            self._issues.cleared,
            on_settled=lambda *_: None,
            on_begun=lambda *_: None,
            wanted=lambda one: one == interval,
        )
        self._certificates = Certificates(world, self._exports, findings)
        self._corrections = Corrections(
            terms,
            world,
            self._readings,
            self._clearings,
            lambda *_: None,
            self._issues,
            self._certificates,
            findings,
            only=number,
        )
        self._corrected = CorrectionLog(self._corrections, number)
        self._handlers: dict[str, list[Handler]] = {}
        for part in (world, self._readings, self._clearings, self._issues, self._certificates, self._corrections):
            for key, handler in part.handlers().items():
                self._handlers.setdefault(key, []).append(handler)

    def read(self, events: Iterable[Event]) -> None:
        """Reads events in the order of the chain; of other certificates nothing but what they share."""
        for event in events:
            if event.contract == "ExportGroups":
                self._follow_group(event)
            elif event.contract == "GuaranteeOfOrigin":
                narrowed = self._narrowed(event)
                if event.name == "DebtSet" and narrowed is None and event.args["device"] == self._number >> 32:
                    self._corrections.debt_elsewhere(event)
                if narrowed is None:
                    continue
                event = narrowed
                self._follow(event)
            elif event.key == "Corrections.ReadingCorrected":
                self._corrected.take(event)
            for handler in self._handlers.get(event.key, ()):
                handler(event)

    def provenance(self, state: StateReader, sender_of: Callable[[str], str]) -> Provenance:
        """What was read, compared with the state. `sender_of`: who sent a transaction.

        Raises InputError when the certificate was never issued.
        """
        issued = self._issues.issued.get(self._number)
        device = self._world.devices.known.get(self._number >> 32)
        if issued is None or device is None:
            raise InputError(f"certificate {self._number} was never issued", "its number is device × 2^32 + interval")
        recorded = self._readings.at(issued.args["participant"], self._interval)
        if recorded is None:
            raise InputError(f"certificate {self._number} rests on no reading", "audit the whole book")
        self._corrections.finish()
        self._clearings.compare_known(state)
        one = CertificateId(self._number)
        held = tuple((str(wallet), wh) for (_, wallet), wh in sorted(self._certificates.ledger.balances().items()))
        found = state.certificate_balances([(wallet, self._number) for wallet, _ in held])
        for (wallet, expected), kept in zip(held, found, strict=True):
            self._findings.equal(checks.CERTIFICATES, f"Wh held by {wallet}", expected, kept)
        waiting = self._certificates.ledger.waiting(one)
        waiting_wh = waiting.wh if waiting else 0
        ledger = self._certificates.ledger
        locked_wh, exported_wh = ledger.locked(one), ledger.exported(one)
        [grouped] = state.certificate_balances([(self._exports, self._number)])
        self._findings.equal(checks.CERTIFICATES, "Wh in export groups", locked_wh + exported_wh, grouped)
        [stored] = state.certificates([self._number])
        issued_wh = self._certificates.ledger.issued(one)
        self._findings.equal(checks.CERTIFICATES, "Wh issued and waiting", (issued_wh, waiting_wh), tuple(stored[:2]))
        life = lifetime_of(one, self._world.length)
        terms = device.registration
        return Provenance(
            certificate=self._number,
            interval=self._interval,
            production_start=start_unix(self._interval, self._world.length),
            production_end=life.production_end,
            transferable_until=life.transferable_until,
            cancellable_until=life.cancellable_until,
            device=DeviceFacts(
                device.index,
                terms[0].decode(),
                terms[1].decode(),
                terms[2],
                terms[3],
                terms[4].decode(),
                terms[5],
                terms[8],
                f"0x{terms[9].hex()}",
            ),
            reading=self._reading_facts(issued.args["participant"], recorded),
            clearing=self._clearing_facts(issued.args["participant"]),
            issue=_issue_facts(issued),
            moves=tuple(self._moves),
            held=held,
            waiting_wh=waiting_wh,
            locked_wh=locked_wh,
            exported_wh=exported_wh,
            checks=self._findings.checks(),
            corrections=self._corrected.of(issued.args["participant"], sender_of),
        )

    def _reading_facts(self, participant: int, recorded: Recorded) -> ReadingFacts:
        origin = recorded.origin
        reading = recorded.before[0] if recorded.before else recorded.reading
        epoch = self._world.roster.epoch(participant, self._interval)
        return ReadingFacts(
            participant=participant,
            production_wh=reading.production_wh,
            consumption_wh=reading.consumption_wh,
            quality=reading.quality.name.lower(),
            late=recorded.late,
            run_first=origin.signed.run.first,
            run_readings=len(origin.signed.run.readings),
            gateway=epoch.gateway,
            source=SOURCES[epoch.source],
            signer=origin.signer or "",
            signature_holds=origin.signer == epoch.gateway,
            recorded_at=origin.timestamp,
            tx=origin.tx,
        )

    def _clearing_facts(self, participant: int) -> ClearingFacts | None:
        cleared = self._clearings.known.get(self._interval)
        if cleared is None:
            return None
        clearing = cleared.settlement.clearing
        lines = supply_lines(clearing.fills)
        return ClearingFacts(
            price=clearing.price,
            low=clearing.low,
            high=clearing.high,
            matched_wh=clearing.matched_wh,
            sold_to=tuple((line.buyer, line.wh) for line in lines if line.seller == participant),
            agrees=self._agrees(cleared),
            tx=cleared.event.tx_hash,
        )

    def _agrees(self, cleared: Cleared) -> bool:
        broken = {check.name for check in self._findings.checks() if not check.ok}
        return cleared.settled and not broken & {checks.CLEARINGS, checks.FILLS}

    def _narrowed(self, event: Event) -> Event | None:
        """The event as far as it is about this certificate; None when it is not."""
        args = event.args
        if "id" in args:
            if event.name == "CertificateCancelled" and args["id"] == self._number:
                self._statements[args["statement"]] = self._statements.get(args["statement"], 0) + args["wh"]
            return event if args["id"] == self._number else None
        if event.name == "TransferBatch":
            kept = [(one, wh) for one, wh in zip(args["ids"], args["values"], strict=True) if one == self._number]
            return _with(event, ids=[one for one, _ in kept], values=[wh for _, wh in kept]) if kept else None
        if event.name == "StatementIssued":
            wh = self._statements.get(args["statement"])
            return None if wh is None else _with(event, totalWh=wh)
        return None

    def _follow(self, event: Event) -> None:
        args, at, tx = event.args, event.timestamp, event.tx_hash
        if event.name == "Claimed":
            self._moves.append(Move("claim", args["wh"], "", args["holder"], at, tx))
        elif event.name == "IssuedMore":
            self._moves.append(Move("issue", args["wh"], "", _holder(event), at, tx))
        elif event.name == "Withdrawn":
            self._moves.append(
                Move("withdrawal", args["wh"], _holder(event), "", at, tx, reason=f"0x{args['reason'].hex()}")
            )
        elif event.name == "StatementIssued":
            told = _statement(args["statement"], args["terms"])
            self._moves.append(Move("cancellation", args["totalWh"], args["holder"], "", at, tx, told))
        elif event.name in ("TransferSingle", "TransferBatch"):
            sender, receiver = args["from"], args["to"]
            if NO_ADDRESS in (sender, receiver) or self._exports in (sender, receiver):
                return  # told by events of their own
            kind = "recovery" if self._world.roster.heir_of(sender) == receiver else "transfer"
            wh = args["value"] if event.name == "TransferSingle" else sum(args["values"])
            self._moves.append(Move(kind, wh, sender, receiver, at, tx))

    def _follow_group(self, event: Event) -> None:
        """What an export group did with this certificate's Wh."""
        args, at, tx = event.args, event.timestamp, event.tx_hash
        number = args.get("group", 0)
        if event.name in ("GroupAdded", "GroupReleased"):
            pairs = zip(args["ids"], args["amounts"], strict=True)
            wh = sum(amount for one, amount in pairs if one == self._number)
            if wh and event.name == "GroupAdded":
                self._grouped[number] += wh
                self._moves.append(Move("lock", wh, args["holder"], "", at, tx, group=number))
            elif wh:
                self._grouped[number] -= wh
                self._moves.append(Move("release", wh, "", args["holder"], at, tx, group=number))
        elif event.name == "GroupExported" and self._grouped[number]:
            wh, reference = self._grouped[number], f"0x{args['nationalReference'].hex()}"
            self._certificates.ledger.export(CertificateId(self._number), wh)
            self._moves.append(Move("export", wh, "", "", at, tx, group=number, reference=reference))


def _with(event: Event, **changed: object) -> Event:
    return Event(
        event.contract,
        event.name,
        {**event.args, **changed},
        event.block,
        event.tx_hash,
        event.log_index,
        event.timestamp,
    )


def _issue_facts(event: Event) -> IssueFacts:
    args = event.args
    return IssueFacts(
        args["ownUseWh"], args["soldWh"], args["mintedWh"], _holder(event), event.timestamp, event.tx_hash
    )


def _holder(event: Event) -> str:
    """Empty for what waits in a claim."""
    return "" if event.args["holder"] == NO_ADDRESS else str(event.args["holder"])


def _statement(number: int, terms: tuple[bytes, bytes, int, int, bytes, bytes]) -> dict[str, Any]:
    beneficiary, purpose, period_from, period_to, country, statement_hash = terms
    return {
        "number": number,
        "beneficiary": f"0x{beneficiary.hex()}",
        "purpose": f"0x{purpose.hex()}",
        "period_from": period_from,
        "period_to": period_to,
        "country": country.decode("ascii", "replace"),
        "statement_hash": f"0x{statement_hash.hex()}",
    }
