"""The state of the community's machinery, from the index and the newest block."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from wattcommons.chain.batch import Read, read_all
from wattcommons.chain.consent_reads import newest_block
from wattcommons.domain.intervals import IntervalRange, end_unix
from wattcommons.domain.units import IntervalIndex
from wattcommons.errors import ChainError
from wattcommons.services.api.context import Context
from wattcommons.services.api.models.common import Freshness
from wattcommons.services.api.models.operator import MissingSpan, OperatorOverview
from wattcommons.services.store.app.intents import count_open
from wattcommons.services.store.app.private import PointRecord, point_records
from wattcommons.services.store.reads.export_rows import ParticipantFacts, all_participants
from wattcommons.services.store.reads.operator import (
    PointFacts,
    count_readings_from,
    first_interval_of_all,
    machinery,
    next_uncleared,
    read_intervals,
)

_MOST_SPANS: Final = 500
_MOST_INTERVALS: Final = 2_000
"""How far behind the newest interval gaps are looked for, so that a community that stands still is answered too."""


def missing_of(point: PointFacts, open_from: int) -> int:
    """Ended intervals of a participant's ownership that have no reading; `open_from`: the first not ended."""
    end = open_from if point.until_interval is None else min(open_from, point.until_interval)
    return max(end - point.from_interval - point.settled - point.waiting, 0)


def overview_of(ctx: Context, *, named: bool) -> OperatorOverview:
    """Everything at a glance; `named`: with the members' words for their metering points."""
    state = ctx.state()
    now = ctx.now(state)
    open_from = now // ctx.length.seconds
    block, time, pooled = state.block, state.at, (0, 0)
    try:
        block, time = newest_block(ctx.contracts)
        [pooled] = read_all(ctx.contracts, [Read("EnergyMarket", "pooledBalances")], block=block)
    except ChainError:
        pass  # the index alone then: its block stands for the chain's
    with ctx.store.read() as connection:
        counts = machinery(connection)
        first = next_uncleared(connection)
        if first is None:
            first = first_interval_of_all(connection)
        uncleared = open_from if first is None else min(first, open_from)
        begin = max(uncleared, open_from - _MOST_INTERVALS)
        window = IntervalRange(IntervalIndex(begin), IntervalIndex(open_from))
        waiting = count_readings_from(connection, uncleared)
        read = read_intervals(connection, window)
        owners = all_participants(connection)
        labels = point_records(connection) if named else {}
        intents = count_open(connection)
    deadline = ctx.deployment.terms.deadline_s
    late = open_from > uncleared
    return OperatorOverview(
        members=counts.members,
        participants=counts.participants,
        chain_block=block,
        chain_time=time,
        index=Freshness(block=state.block, at=state.at),
        first_uncleared=uncleared,
        uncleared=open_from - uncleared,
        oldest_deadline=end_unix(uncleared, ctx.length) + deadline if late else None,
        waiting_readings=waiting,
        missing=_missing(ctx, owners, window, read, labels),
        skipped_runs=counts.skipped_runs,
        conflicts=counts.conflicts,
        intents_waiting=intents,
        pool_grid_neur=pooled[0],
        pool_network_neur=pooled[1],
        euro_held_neur=counts.euro_held_neur,
    )


def _missing(
    ctx: Context,
    owners: list[ParticipantFacts],
    window: IntervalRange,
    read: dict[int, set[int]],
    labels: dict[int, PointRecord],
) -> list[MissingSpan]:
    """The longest-waiting gaps first."""
    spans = []
    for one in owners:
        record = labels.get(one.participant)
        for first, end in _gaps(one.owned(window), read.get(one.participant, set())):
            spans.append(
                MissingSpan(
                    participant=one.participant,
                    label=record.label if record else None,
                    first_interval=first,
                    end_interval=end,
                    deadline=end_unix(first, ctx.length) + ctx.deployment.terms.deadline_s,
                )
            )
    return sorted(spans, key=lambda span: (span.first_interval, span.participant))[:_MOST_SPANS]


def _gaps(part: IntervalRange, read: set[int]) -> Iterator[tuple[int, int]]:
    begin: int | None = None
    for interval in part:
        if interval in read:
            if begin is not None:
                yield begin, interval
            begin = None
        elif begin is None:
            begin = interval
    if begin is not None:
        yield begin, part.end
