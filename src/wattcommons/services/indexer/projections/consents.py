"""Consents: terms and where each stands. That time has ended one is for who reads the row to see."""

from __future__ import annotations

from typing import Final

from wattcommons.chain.events import Event
from wattcommons.domain.consents import ConsentState
from wattcommons.services.indexer.projections.values import Handlers, hexed, place, whole
from wattcommons.services.store.index_registry_tables import consent_events, consents
from wattcommons.services.store.index_rows import Rows
from wattcommons.services.store.index_tables import members, participants

_ENDS: Final = {
    "Rejected": ("rejected", ConsentState.REJECTED),
    "Revoked": ("revoked", ConsentState.REVOKED_BY_PSU),
    "Terminated": ("terminated", ConsentState.TERMINATED_BY_TPP),
}


class Consents:
    """Projects the ConsentRegistry."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def handlers(self) -> Handlers:
        """What takes which event."""
        return {
            "ConsentRegistry.ConsentRequested": self._requested,
            "ConsentRegistry.ConsentGranted": self._granted,
            **{f"ConsentRegistry.Consent{name}": self._ended for name in _ENDS},
        }

    def _requested(self, event: Event) -> None:
        self._terms(event, ConsentState.RECEIVED)
        self._line(event, "requested", event.args["grantee"])

    def _granted(self, event: Event) -> None:
        self._terms(event, ConsentState.VALID)
        self._line(event, "granted", self._wallet(event))

    def _ended(self, event: Event) -> None:
        kind, state = _ENDS[event.name.removeprefix("Consent")]
        consent = self._rows.change(consents, event.args["consent"])
        if consent is not None:
            consent.update(state=int(state), ended_block=event.block)
        self._line(event, kind, event.args["grantee"] if kind == "terminated" else self._wallet(event))

    def _terms(self, event: Event, state: ConsentState) -> None:
        args = event.args
        known = self._rows.get(consents, args["consent"])
        self._rows.put(
            consents,
            consent=args["consent"],
            participant=args["participant"],
            grantee=args["grantee"],
            purpose=hexed(args["purpose"]),
            directions=args["directions"],
            granularity=args["granularity"],
            frequency=args["readsPerDay"],
            valid_from=whole(args["validFrom"]),
            valid_until=whole(args["validUntil"]),
            state=int(state),
            ended_block=None,
            at=known["at"] if known else event.timestamp,
        )

    def _wallet(self, event: Event) -> str | None:
        """Whose the participant is."""
        owner = self._rows.get(participants, event.args["participant"])
        member = self._rows.get(members, owner["member"]) if owner else None
        return member["wallet"] if member else None

    def _line(self, event: Event, kind: str, account: str | None) -> None:
        self._rows.add(consent_events, **place(event), consent=event.args["consent"], kind=kind, account=account)
