"""The community in sums: nothing in them may tell one member's energy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.filled_index import HALF, FilledIndex, interval_row, intervals
from wattcommons.domain.local_periods import Span, chart_of
from wattcommons.services.api.models.common import Period
from wattcommons.services.api.views import overview as view
from wattcommons.services.store.engine import Store, open_store
from wattcommons.services.store.reads import community
from wattcommons.services.store.reads.community import CommunitySums, Kind, Numbers
from wattcommons.services.store.reads.state import IndexState

pytestmark = pytest.mark.unit

SOLAR, HYDRO, WIND, GAS = "F01040100", "F01050200", "F01050100", "F02010100"
DAY = chart_of(Span.DAY, date(2026, 4, 1), HALF)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "index.db")
    opened.migrate()
    yield opened
    opened.close()


def test_column_sums__small_or_open_intervals__in_no_sum(store: Store) -> None:
    index = FilledIndex(store)
    first = DAY.whole.first
    index.add(
        intervals,
        [
            interval_row(first, production_wh=100, matched_wh=10, price=100),
            interval_row(first + 1, production_wh=7, participants=9),
            interval_row(first + 2, production_wh=9, settled=False),
            interval_row(first + 3, production_wh=50, matched_wh=30, price=200, retail=100_000),
        ],
    )
    index.write()
    with store.read() as snapshot:
        singly = community.column_sums(snapshot, DAY.columns, 10)
        [whole] = community.column_sums(snapshot, [DAY.whole], 10)
    assert whole == CommunitySums(2, 150, 0, 0, 40, 0, 0, 0, 7_000, 300_000, 80_000)
    assert CommunitySums(*(sum(column) for column in zip(*singly, strict=True))) == whole


def test_last_small__newest_of_few__found(store: Store) -> None:
    index = FilledIndex(store)
    first = DAY.whole.first
    index.add(intervals, [interval_row(first + step, participants=8 + step) for step in range(4)])
    index.write()
    with store.read() as snapshot:
        assert community.last_small(snapshot, DAY.whole, 10) == first + 1
        assert community.last_small(snapshot, DAY.whole, 8) is None


def test_overview__withheld__counts_alone() -> None:
    answer = view.overview(Period.DAY, DAY, Numbers(3, 4, 1), None, [], HALF, IndexState(1, 1, 1))
    assert answer.withheld
    assert (answer.production_wh, answer.saved_neur, answer.price, answer.mix, answer.buckets) == (0, 0, None, [], [])
    assert (answer.members, answer.participants, answer.producers) == (3, 4, 1)


def test_overview__rates__own_use_and_neighbours_over_all() -> None:
    one = CommunitySums(1, 1_000, 2_000, 300, 400, 1_300, 300, 5, 400 * 120_000, 200_000, 40_000)
    sums = [one, *[view.NOTHING] * 47]
    answer = view.overview(Period.DAY, DAY, Numbers(20, 30, 9), sums, [], HALF, IndexState(1, 1, 1))
    assert (answer.self_consumption_ppm, answer.self_sufficiency_ppm, answer.price) == (700_000, 350_000, 120_000)
    assert answer.buckets[0].retail == 200_000
    assert answer.buckets[1].price is None and answer.buckets[1].retail is None


def shown(*kinds: Kind, least: int = 3) -> dict[str, tuple[int, int]]:
    return {part.kind: (part.production_wh, part.plants) for part in view.mix(kinds, least)}


@pytest.mark.parametrize("kinds", [[], [Kind(HYDRO, 9, 1)], [Kind(HYDRO, 9, 1), Kind(SOLAR, 9, 1)]])
def test_mix__too_few_in_all__none(kinds: list[Kind]) -> None:
    assert shown(*kinds) == {}


def test_mix__one_mill__hidden_among_the_fewest_others() -> None:
    assert shown(Kind(HYDRO, 900, 1), Kind(SOLAR, 50, 8), Kind(WIND, 70, 3)) == {
        "other": (970, 4),
        "solar": (50, 8),
    }


def test_mix__enough_of_each__told_apart_largest_first() -> None:
    found = view.mix([Kind(SOLAR, 50, 8), Kind(HYDRO, 900, 3)], 3)
    assert [part.kind for part in found] == ["hydro", "solar"]


def test_mix__few_plants_allowed__all_kinds() -> None:
    assert shown(Kind(HYDRO, 900, 1), Kind(GAS, 1, 1), least=1) == {"hydro": (900, 1), "other": (1, 1)}


@given(
    st.lists(
        st.builds(Kind, st.sampled_from([SOLAR, HYDRO, WIND, GAS, "F02020202"]), st.integers(0, 99), st.integers(1, 6)),
        unique_by=lambda kind: kind.fuel,
    ),
    st.integers(1, 6),
)
def test_mix__any_kinds__no_part_of_fewer_and_nothing_lost(kinds: list[Kind], least: int) -> None:
    found = view.mix(kinds, least)
    assert all(part.plants >= least for part in found)
    if found:
        assert sum(part.production_wh for part in found) == sum(kind.production_wh for kind in kinds)
        assert sum(part.plants for part in found) == sum(kind.plants for kind in kinds)
        assert len({part.kind for part in found}) == len(found)
