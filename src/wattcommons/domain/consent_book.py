"""A book of consents in memory: replay the chain's events into it, or ask what the contract would say.

Each method raises RuleError and changes nothing when a rule says no. Who speaks for a participant is its caller's to
check; who a grantee is, the book checks. Times are unix seconds.
"""

from __future__ import annotations

from wattcommons.domain.accounts import Account
from wattcommons.domain.consents import (
    FOREVER_S,
    REQUEST_LIFE_S,
    Consent,
    ConsentState,
    ConsentTerms,
    Granularity,
)
from wattcommons.domain.units import ParticipantIndex
from wattcommons.errors import RuleError


class ConsentBook:
    """The consents of one community, numbered from 1."""

    def __init__(self) -> None:
        self.consents: list[Consent] = []
        self._owned_until: dict[ParticipantIndex, int] = {}
        self._next_request: dict[tuple[ParticipantIndex, Account, Granularity], int] = {}

    def close(self, participant: ParticipantIndex, owned_until: int) -> None:
        """A participant's ownership ends at a second: the beginning of its first interval no longer active."""
        self._owned_until[participant] = owned_until

    def request(self, terms: ConsentTerms, by: Account, now: int) -> int:
        """A third party asks in its own name, for one thing once in thirty days. Returns the number."""
        if terms.grantee != by:
            raise RuleError(f"{by} asks for {terms.grantee}", "ask in your own name")
        terms.check_at(now, self.owned_until(terms.participant))
        key = (terms.participant, by, terms.granularity)
        if now < self._next_request.get(key, 0):
            raise RuleError(f"{by} asked for this at participant {terms.participant} before", "once in thirty days")
        self._next_request[key] = now + REQUEST_LIFE_S
        self.consents.append(Consent(terms, requested_at=now))
        return len(self.consents)

    def grant(self, request: int, terms: ConsentTerms, now: int) -> int:
        """The member gives what was asked for to the letter, or unasked (`request` 0). Returns the number."""
        terms.check_at(now, self.owned_until(terms.participant))
        if request == 0:
            self.consents.append(Consent(terms, granted_at=now))
            return len(self.consents)
        found = self.consent(request)
        if found.terms != terms:
            raise RuleError(f"request {request} asks for something else", "grant what it asks for, or reject it")
        self._require(request, now, ConsentState.RECEIVED)
        found.granted_at = now
        return request

    def reject(self, consent: int, now: int) -> None:
        """The member says no to a request."""
        self._end(consent, now, ConsentState.REJECTED, ConsentState.RECEIVED)

    def revoke(self, consent: int, now: int) -> None:
        """The member takes a consent back, from this second on."""
        self._end(consent, now, ConsentState.REVOKED_BY_PSU, ConsentState.VALID)

    def terminate(self, consent: int, by: Account, now: int) -> None:
        """The grantee withdraws its request or gives the consent up."""
        if self.consent(consent).terms.grantee != by:
            raise RuleError(f"consent {consent} is not {by}'s", "only its grantee gives it up")
        self._end(consent, now, ConsentState.TERMINATED_BY_TPP, ConsentState.RECEIVED, ConsentState.VALID)

    def consent(self, number: int) -> Consent:
        """A consent by its number."""
        if not 1 <= number <= len(self.consents):
            raise RuleError(f"there is no consent {number}", f"consents are 1 to {len(self.consents)}")
        return self.consents[number - 1]

    def state(self, number: int, now: int) -> ConsentState:
        """Where a consent stands at a second."""
        found = self.consent(number)
        return found.state_at(now, self.owned_until(found.terms.participant))

    def is_valid(self, number: int, time: int) -> bool:
        """Whether reads under a consent are, or were, allowed at a second."""
        found = self.consent(number)
        return found.is_valid(time, self.owned_until(found.terms.participant))

    def owned_until(self, participant: ParticipantIndex) -> int:
        """The second at which a participant's ownership ends, as far as is known."""
        return self._owned_until.get(participant, FOREVER_S)

    def _end(self, number: int, now: int, state: ConsentState, *open_states: ConsentState) -> None:
        self._require(number, now, *open_states)
        found = self.consent(number)
        found.ended_at, found.ended_as = now, state

    def _require(self, number: int, now: int, *wanted: ConsentState) -> None:
        state = self.state(number, now)
        if state not in wanted:
            raise RuleError(
                f"consent {number} is {state.name.lower()}", f"this is done to one that is {wanted[0].name.lower()}"
            )
