"""What a running gateway knows of itself: for `status`, the health check and the metrics alike."""

from __future__ import annotations

from dataclasses import dataclass, field

from wattcommons.services.gateway.clock import Clock, ClockState
from wattcommons.services.gateway.intake import Intake
from wattcommons.services.gateway.intake_rules import SourceFacts
from wattcommons.services.store.outbox import Outbox, OutboxCounts

SOURCE_QUIET_MS = 15 * 60_000
"""A source that handed nothing in for this long is not well."""


@dataclass
class DeliveryFacts:
    """The way out since the start. Times in unix ms; `outcomes`: readings by what became of them."""

    last_round: int | None = None
    last_failure: str = ""
    failures: int = 0
    outcomes: dict[str, int] = field(default_factory=lambda: {"final": 0, "parked": 0})


@dataclass(frozen=True)
class GatewayFacts:
    """One look at everything."""

    now: int
    clock: ClockState
    trusted: bool
    sources: dict[str, SourceFacts]
    lost: dict[str, str]
    outbox: OutboxCounts
    delivery: DeliveryFacts

    def troubles(self) -> list[str]:
        """What is wrong now, in one line each; empty when the gateway is well."""
        found = [f"source {name}: {reason}" for name, reason in sorted(self.lost.items())]
        if not self.trusted:
            found.append("clock: no time service keeps it right, samples are held back")
        if self.delivery.last_failure:
            found.append(f"delivery: {self.delivery.last_failure}")
        if self.outbox.parked:
            found.append(f"outbox: {self.outbox.parked} readings are parked")
        return found


def look(intake: Intake, outbox: Outbox, clock: Clock, delivery: DeliveryFacts, lost: dict[str, str]) -> GatewayFacts:
    """One look. Raises StoreError."""
    moment = clock.now()
    return GatewayFacts(
        moment.at, clock.state(), moment.trusted, dict(intake.facts), dict(lost), outbox.counts(), delivery
    )
