"""The corrections of one certificate's reading, and what each did to the certificate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from wattcommons.chain.events import Event
from wattcommons.chain.stored import reading_of
from wattcommons.domain.corrections import reason_text
from wattcommons.domain.units import MAX_INDEX
from wattcommons.services.audit.corrections import Corrections, Followed
from wattcommons.services.audit.tree import CorrectionFacts


class CorrectionLog:
    """Keeps what the events say. Hears of a correction before what follows from it."""

    def __init__(self, corrections: Corrections, certificate: int) -> None:
        self._followed = corrections.followed
        self._certificate = certificate
        self._taken: list[tuple[Event, Followed]] = []

    def take(self, event: Event) -> None:
        """A reading of the certificate's interval is corrected."""
        if event.args["interval"] == self._certificate & MAX_INDEX:
            self._taken.append((event, replace(self._followed[self._certificate])))

    def of(self, participant: int, sender_of: Callable[[str], str]) -> tuple[CorrectionFacts, ...]:
        """The participant's, in order. `sender_of`: who sent a transaction."""
        mine = [(event, before) for event, before in self._taken if event.args["participant"] == participant]
        states = [before for _, before in mine] + [self._followed[self._certificate]]
        return tuple(
            _facts(event, before, after, sender_of(event.tx_hash))
            for (event, before), after in zip(mine, states[1:], strict=True)
        )


def _facts(event: Event, before: Followed, after: Followed, sender: str) -> CorrectionFacts:
    args = event.args
    old, _ = reading_of(args["before"])
    new, _ = reading_of(args["corrected"])
    return CorrectionFacts(
        old_production_wh=old.production_wh,
        old_consumption_wh=old.consumption_wh,
        old_quality=old.quality.name.lower(),
        production_wh=new.production_wh,
        consumption_wh=new.consumption_wh,
        traded_wh=args["tradedWh"],
        value_neur=args["valueNeur"],
        booked_neur=args["bookedNeur"],
        more_wh=after.more - before.more,
        withdrawn_wh=after.withdrawn - before.withdrawn,
        owed_wh=after.owed - before.owed,
        reason=reason_text(args["reason"]),
        sender=sender,
        at=event.timestamp,
        tx=event.tx_hash,
    )
