"""What the ledger has recorded of some participants, read from raw logs: no index is asked.

A corrected reading stands where the signed one stood, unless the signed ones are asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable

from wattcommons.chain.contracts import Contracts
from wattcommons.chain.events import Event, read_events
from wattcommons.chain.logs import LogSource
from wattcommons.chain.stored import reading_of
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
    signed: bool = False,
    source: LogSource | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Recorded:
    """All readings of these participants (None: of everybody) up to a block (None: the latest).

    `signed`: as the gateways signed them, without the corrections that came after.

    Raises NodeUnavailable when the node fails, AuditError for a record that is not whole.
    """
    last = contracts.web3.eth.block_number if block is None else block
    return recorded_in(read_events(contracts, last, source=source), wanted, progress, signed=signed)


def recorded_in(
    events: Iterable[Event],
    wanted: Collection[int] | None = None,
    progress: Callable[[int], None] = lambda _: None,
    *,
    signed: bool = False,
) -> Recorded:
    """The readings that events of a chain, in order, say were recorded. The first one of an interval stays until it is
    corrected, or, with `signed`, for good.
    """
    found: Recorded = defaultdict(dict)
    for count, event in enumerate(events, 1):
        if count % _EVERY == 0:
            progress(count)
        if event.key == "Corrections.ReadingCorrected" and not signed:
            participant = event.args["participant"]
            if wanted is None or participant in wanted:
                found[participant][event.args["interval"]] = reading_of(event.args["corrected"])[0]
        if event.key != "MeterLedger.RunsRecorded":
            continue
        try:
            runs = decode_batch(event.args["runs"])
        except RuleError as error:
            raise AuditError(f"runs recorded in {event.tx_hash}", "whole runs", error) from error
        for one in runs:
            if wanted is None or one.run.participant in wanted:
                mine = found[one.run.participant]
                for interval, reading in one.run.items():
                    if reading.is_present:
                        mine.setdefault(interval, reading)
    return dict(found)
