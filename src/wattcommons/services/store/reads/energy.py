"""A participant's chart: one sum a column, whatever the column's width."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection

from wattcommons.domain.intervals import IntervalRange
from wattcommons.domain.local_periods import Chart
from wattcommons.services.store.reads import flows
from wattcommons.services.store.reads.flows import FlowSums

_MONTHS: Final = 12


def chart_sums(connection: Connection, participant: int, chart: Chart) -> list[FlowSums]:
    """The sums of each column, readings that are not settled yet included."""
    if not chart.days:
        found = {one.interval: one.sums for one in flows.by_interval(connection, participant, chart.whole)}
        return [found.get(column.first, FlowSums()) for column in chart.columns]
    sums = [FlowSums()] * len(chart.columns)
    starts = [first for first, _ in chart.days]
    for one in flows.by_day(connection, participant, chart.first_day, chart.end_day):
        place = bisect_right(starts, one.day) - 1
        sums[place] = sums[place].plus(one.sums)
    begins = [column.first for column in chart.columns]
    for group in _open(connection, participant, chart, sums):
        for late in flows.unsettled(connection, participant, group):
            place = bisect_right(begins, late.interval) - 1
            sums[place] = sums[place].plus(late.sums)
    return sums


def range_sums(connection: Connection, participant: int, covered: IntervalRange) -> FlowSums:
    """The sums of a short range (a day, a week), interval by interval."""
    return flows.sum_of(flows.by_interval(connection, participant, covered))


def _open(
    connection: Connection, participant: int, chart: Chart, sums: Sequence[FlowSums]
) -> list[Sequence[IntervalRange]]:
    """Columns that follow one another and hold readings that are not settled: counting tells, by an index alone."""
    [read] = flows.counts(connection, participant, [chart.whole])
    if read == sum(one.settled for one in sums):
        return []
    if len(chart.columns) > _MONTHS:
        return [chart.columns]
    counted = flows.counts(connection, participant, chart.columns)
    return [[column] for column, count, one in zip(chart.columns, counted, sums, strict=True) if count > one.settled]
