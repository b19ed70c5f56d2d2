"""A participant's charts: the sums of each column are those of its intervals, whatever is settled, read or missing."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.support.filled_index import HALF, FilledIndex
from wattcommons.domain.intervals import IntervalRange
from wattcommons.domain.local_periods import Chart, Span, chart_of
from wattcommons.services.api.models.common import Period
from wattcommons.services.api.views import energy as view
from wattcommons.services.store.engine import Store, open_store
from wattcommons.services.store.reads import flows
from wattcommons.services.store.reads.energy import chart_sums
from wattcommons.services.store.reads.flows import FlowSums
from wattcommons.services.store.reads.state import IndexState

pytestmark = pytest.mark.unit

MINE, OTHER = 7, 8
FIRST = chart_of(Span.YEAR, date(2026, 1, 1), HALF).whole.first
DAYS = [date(2026, 3, 29), date(2026, 10, 25), date(2026, 6, 30)]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "index.db")
    opened.migrate()
    yield opened
    opened.close()


@pytest.fixture
def filled(store: Store) -> FilledIndex:
    """Three spells of 2026 with gaps, estimates and readings not settled yet, of two participants."""
    index = FilledIndex(store)
    dice = random.Random(4)
    for who in (MINE, OTHER):
        for day in DAYS:
            around = chart_of(Span.DAY, day, HALF).whole
            for interval in range(around.first - 60, around.end + 60):
                fate = dice.random()
                made, used = dice.randrange(2_000), dice.randrange(1, 2_000)
                quality = 2 if dice.random() < 0.1 else 1
                if fate < 0.1:
                    continue
                if fate < 0.3:
                    index.read(who, interval, made, used, quality)
                else:
                    legs = {
                        "own_use_wh": min(made, used),
                        "sold_wh": dice.randrange(9),
                        "grid_neur": dice.randrange(-9, 9),
                    }
                    index.settle(who, interval, made, used, quality, **legs)
    index.write()
    return index


def brute(index: FilledIndex, column: IntervalRange) -> FlowSums:
    """The sums of a column, one interval after the other."""
    with index.store.read() as snapshot:
        parts = flows.by_interval(snapshot, MINE, column)
    whole = FlowSums()
    for one in parts:
        whole = whole.plus(one.sums)
    return whole


def test_chart_sums__nobody__nothing(store: Store) -> None:
    chart = chart_of(Span.YEAR, date(2026, 1, 1), HALF)
    with store.read() as snapshot:
        assert chart_sums(snapshot, MINE, chart) == [FlowSums()] * 12
        assert flows.latest(snapshot, MINE) is None


@pytest.mark.parametrize("span", Span)
@pytest.mark.parametrize("day", DAYS)
def test_chart_sums__any_period__sums_of_its_intervals(filled: FilledIndex, span: Span, day: date) -> None:
    chart = chart_of(span, day, HALF)
    with filled.store.read() as snapshot:
        sums = chart_sums(snapshot, MINE, chart)
    assert sums == [brute(filled, column) for column in chart.columns]
    assert sum(one.read for one in sums) > sum(one.settled for one in sums) > 0
    assert sum(one.estimated for one in sums) > 0


def test_chart_sums__read_and_not_settled__in_production_and_consumption_alone(store: Store) -> None:
    index = FilledIndex(store)
    index.settle(MINE, FIRST, 500, 300, own_use_wh=300, grid_export_wh=200, grid_neur=8_000_000)
    index.read(MINE, FIRST + 1, 70, 11, 2)
    index.write()
    with store.read() as snapshot:
        [january, *rest] = chart_sums(snapshot, MINE, chart_of(Span.YEAR, date(2026, 1, 1), HALF))
    assert january == FlowSums(570, 311, 300, 0, 0, 0, 200, 0, 0, 8_000_000, 0, read=2, settled=1, estimated=1)
    assert set(rest) == {FlowSums()}


def test_energy__missing_readings__counted_and_not_zero(filled: FilledIndex) -> None:
    chart: Chart = chart_of(Span.DAY, DAYS[1], HALF)
    with filled.store.read() as snapshot:
        sums = chart_sums(snapshot, MINE, chart)
    answer = view.energy(MINE, 0, Period.DAY, chart, sums, [], HALF, IndexState(4, 4, 9))
    assert len(answer.buckets) == 50
    assert {bucket.read for bucket in answer.buckets} == {0, 1}
    assert answer.basis == "net"
    assert answer.total.production_wh == sum(bucket.production_wh for bucket in answer.buckets)
    assert (answer.start, answer.end) == (answer.buckets[0].start, answer.buckets[-1].end)
    assert all(one.end == other.start for one, other in zip(answer.buckets, answer.buckets[1:], strict=False))


def test_latest__newest_interval__settled_or_not(filled: FilledIndex) -> None:
    with filled.store.read() as snapshot:
        newest = flows.latest(snapshot, MINE)
    assert newest is not None
    assert newest.interval == max(
        row["interval"] for table in filled.rows for row in filled.rows[table] if row["participant"] == MINE
    )


def test_measured__estimates__are_used_and_not_measured(store: Store) -> None:
    index = FilledIndex(store)
    for step, quality in enumerate((1, 2, 3, 2)):
        index.read(MINE, FIRST + step, 0, 10**step, quality)
    index.read(OTHER, FIRST, 0, 5, 1)
    index.write()
    with store.read() as snapshot:
        assert flows.measured(snapshot, MINE, IntervalRange(FIRST, FIRST + 9)) == (1_111, 4, 2)
