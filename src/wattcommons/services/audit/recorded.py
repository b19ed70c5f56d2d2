"""What the ledger has recorded of some participants, read from raw logs: no index is asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable

from wattcommons.chain.contracts import Contracts
from wattcommons.chain.events import Event, read_events
from wattcommons.chain.logs import LogSource
from wattcommons.domain.packing import decode_batch
from wattcommons.domain.readings import Reading
from wattcommons.errors import AuditError, RuleError

Recorded = dict[int, dict[int, Reading]]
"""Participant -> interval -> reading; an absent one has no entry."""
_EVERY = 1_000


def recorded_by(
    contracts: Contracts,
    wanted: Collection[int] | None = None,
    *,
    block: int | None = None,
    source: LogSource | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Recorded:
    """All readings of these participants (None: of everybody) up to a block (None: the latest).

    Raises NodeUnavailable when the node fails, AuditError for a record that is not whole.
    """
    last = contracts.web3.eth.block_number if block is None else block
    return recorded_in(read_events(contracts, last, source=source), wanted, progress)


def recorded_in(
    events: Iterable[Event], wanted: Collection[int] | None = None, progress: Callable[[int], None] = lambda _: None
) -> Recorded:
    """The readings that events of a chain, in order, say were recorded. The first one of an interval stays."""
    found: Recorded = defaultdict(dict)
    for count, event in enumerate(events, 1):
        if count % _EVERY == 0:
            progress(count)
        if event.key != "MeterLedger.RunsRecorded":
            continue
        try:
            runs = decode_batch(event.args["runs"])
        except RuleError as error:
            raise AuditError(f"runs recorded in {event.tx_hash}", "whole runs", error) from error
        for signed in runs:
            if wanted is None or signed.run.participant in wanted:
                mine = found[signed.run.participant]
                for interval, reading in signed.run.items():
                    if reading.is_present:
                        mine.setdefault(interval, reading)
    return dict(found)
