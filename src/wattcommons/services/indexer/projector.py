"""All projections together: events in, rows changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from wattcommons.chain.deployment import Deployment
from wattcommons.chain.events import Event
from wattcommons.services.indexer.projections.consents import Consents
from wattcommons.services.indexer.projections.corrections import Corrections
from wattcommons.services.indexer.projections.ecopoints import Ecopoints
from wattcommons.services.indexer.projections.guarantees import Guarantees
from wattcommons.services.indexer.projections.market import Market
from wattcommons.services.indexer.projections.money import Money
from wattcommons.services.indexer.projections.readings import Readings
from wattcommons.services.indexer.projections.registry import Registry
from wattcommons.services.store.index_rows import Rows

PROJECTIONS: Final = 3
"""Version of everything in `projections/`: raise it with any change in what the rows hold, and an older index is
rebuilt."""


class Projector:
    """Applies events, in the order of the chain, to rows that are on a connection.

    It remembers what it has read: after an error, and when blocks are taken back, make a new one with new rows.
    """

    def __init__(self, deployment: Deployment, zone: str, rows: Rows | None = None) -> None:
        self.rows = rows or Rows()
        terms = deployment.terms
        money = Money(self.rows, terms)
        self._readings = Readings(self.rows)
        self._guarantees = Guarantees(self.rows)
        market = Market(self.rows, terms, zone, self._readings, money)
        self._handlers = {
            **Registry(self.rows, terms).handlers(),
            **self._readings.handlers(),
            **market.handlers(),
            **money.handlers(),
            **self._guarantees.handlers(),
            **Ecopoints(self.rows).handlers(),
            **Consents(self.rows).handlers(),
            **Corrections(self.rows, self._readings, market, money).handlers(),
        }

    def apply(self, events: Sequence[Event]) -> None:
        """Change the rows as these events say; other events change none."""
        self._guarantees.prepare(events)
        for event in events:
            handler = self._handlers.get(event.key)
            if handler is not None:
                handler(event)

    def flush(self, block: int | None = None) -> None:
        """Write what changed; `block`: where, if it may have to be undone."""
        self.rows.flush(block)
        self._readings.flushed()
