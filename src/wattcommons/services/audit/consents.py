"""Consents replayed by the domain's rules, and compared with what the registry keeps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wattcommons.chain.events import Event
from wattcommons.domain.accounts import Account
from wattcommons.domain.consent_book import ConsentBook
from wattcommons.domain.consents import ConsentTerms, Directions, Granularity
from wattcommons.domain.intervals import IntervalLength, start_unix
from wattcommons.domain.units import ParticipantIndex
from wattcommons.errors import RuleError
from wattcommons.services.audit import checks
from wattcommons.services.audit.gate import Handlers
from wattcommons.services.audit.report import Findings
from wattcommons.services.audit.state import State


class Consents:
    """Every request, grant and end of one. Who signed is the contract's to check; the logs do not tell."""

    def __init__(self, length: IntervalLength, findings: Findings) -> None:
        self._length = length
        self._findings = findings
        self._book = ConsentBook()
        self._last_tx: dict[int, str] = {}

    def handlers(self) -> Handlers:
        """What reads which event."""
        return {
            "MemberRegistry.ParticipantClosed": self._closed,
            "ConsentRegistry.ConsentRequested": self._requested,
            "ConsentRegistry.ConsentGranted": self._granted,
            "ConsentRegistry.ConsentRejected": lambda event: self._ended(event, self._book.reject),
            "ConsentRegistry.ConsentRevoked": lambda event: self._ended(event, self._book.revoke),
            "ConsentRegistry.ConsentTerminated": self._terminated,
        }

    def compare(self, state: State) -> None:
        """Terms, state and times of every consent are those that the registry keeps."""
        kept = state.consents()
        known = self._book.consents
        self._findings.equal(checks.CONSENTS, "number of consents and requests", len(known), len(kept))
        for number, (consent, found) in enumerate(zip(known, kept, strict=False), 1):
            self._findings.count(checks.CONSENTS)
            terms = consent.terms
            expected = (
                (
                    terms.participant,
                    terms.grantee,
                    int(terms.directions),
                    int(terms.granularity),
                    terms.reads_per_day,
                    terms.purpose,
                    terms.valid_from,
                    terms.valid_until,
                ),
                int(self._book.state(number, state.timestamp)),
                consent.requested_at,
                consent.granted_at,
                consent.ended_at,
            )
            if tuple(found) != expected:
                tx = self._last_tx.get(number, "")
                entry = f"terms, state and times of consent {number}"
                self._findings.broken(checks.CONSENTS, entry, expected, tuple(found), tx=tx)

    def _closed(self, event: Event) -> None:
        ends = start_unix(event.args["untilInterval"], self._length)
        self._book.close(ParticipantIndex(event.args["participant"]), ends)

    def _requested(self, event: Event) -> None:
        def ask() -> int:
            return self._book.request(_terms(event.args), Account(event.args["grantee"]), event.timestamp)

        self._do(event, ask)

    def _granted(self, event: Event) -> None:
        number = event.args["consent"]
        asked = number if number <= len(self._book.consents) else 0
        self._do(event, lambda: self._book.grant(asked, _terms(event.args), event.timestamp))

    def _terminated(self, event: Event) -> None:
        by = Account(event.args["grantee"])
        self._ended(event, lambda number, now: self._book.terminate(number, by, now))

    def _ended(self, event: Event, end: Callable[[int, int], None]) -> None:
        number = event.args["consent"]

        def apply() -> int:
            terms = self._book.consent(number).terms
            whose = (int(terms.participant), str(terms.grantee))
            if whose != (event.args["participant"], event.args["grantee"]):
                raise RuleError(f"consent {number} is of participant {whose[0]} and {whose[1]}")
            end(number, event.timestamp)
            return int(number)

        self._do(event, apply)

    def _do(self, event: Event, change: Callable[[], int]) -> None:
        self._findings.count(checks.CONSENTS)
        number = event.args["consent"]
        self._last_tx[number] = event.tx_hash
        try:
            self._findings.equal(checks.CONSENTS, "number of a consent", change(), number, event=event)
        except (RuleError, ValueError) as error:
            entry = f"{event.name} of consent {number}"
            self._findings.broken(checks.CONSENTS, entry, "a step within the rules", error, event=event)


def _terms(args: dict[str, Any]) -> ConsentTerms:
    """What an event tells. Raises RuleError, or ValueError for a kind there is none of."""
    return ConsentTerms(
        ParticipantIndex(args["participant"]),
        Account(args["grantee"]),
        Directions(args["directions"]),
        Granularity(args["granularity"]),
        args["readsPerDay"],
        args["purpose"],
        args["validFrom"],
        args["validUntil"],
    )
