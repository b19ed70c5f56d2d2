"""The village after the demo's month, and who lives there; no chain is needed."""

from __future__ import annotations

from datetime import date

import pytest

from wattcommons.domain.intervals import IntervalLength, IntervalRange
from wattcommons.domain.local_time import local_start
from wattcommons.domain.units import IntervalIndex
from wattcommons.scenarios.demo import DemoOptions, DemoVillage
from wattcommons.scenarios.living_scene import LivingScene, LocalMonth
from wattcommons.scenarios.village_texts import OFFERS, TEXTS
from wattcommons.simulation.people import Kind
from wattcommons.simulation.village import ZONE, village

pytestmark = pytest.mark.unit
HALF = IntervalLength.HALF_HOUR


@pytest.fixture(scope="module")
def scene() -> DemoVillage:
    return DemoVillage(DemoOptions(homes=4, days=1, seed=3))


@pytest.mark.parametrize(
    ("month", "after", "days"),
    [((2026, 4), (2026, 5), 30), ((2026, 12), (2027, 1), 31), ((2028, 2), (2028, 3), 29)],
)
def test_local_month__next_and_length(month: tuple[int, int], after: tuple[int, int], days: int) -> None:
    assert LocalMonth(*month).after == LocalMonth(*after)
    assert LocalMonth(*month).days == days


@pytest.mark.parametrize(("month", "count"), [(3, 31 * 48 - 2), (4, 30 * 48), (10, 31 * 48 + 2)])
def test_local_month__clock_changes__two_half_hours_less_or_more(month: int, count: int) -> None:
    period = LocalMonth(2026, month).intervals(HALF)
    assert len(period) == count
    assert local_start(period.first, HALF, ZONE).strftime("%m-%d %H:%M") == f"{month:02d}-01 00:00"


def test_readings__of_the_demo_and_long_after__those_of_one_longer_village(scene: DemoVillage) -> None:
    living = LivingScene(scene)
    roof = scene.village.participant(Kind.ROOF, 1)
    known = IntervalRange(scene.live.first, scene.live.end)
    assert living.readings(roof, known) == scene.readings(roof, known)
    far = IntervalIndex(scene.live.end + 200 * 48)
    later = living.readings(roof, IntervalRange(far, IntervalIndex(far + 48)))
    whole = village(4, 260, 3, HALF, date(2026, 3, 31))
    assert later == {interval: whole.reading(roof.index, interval) for interval in later}
    assert living.readings(roof, known) == scene.readings(roof, known)


def test_prices__of_a_month__every_interval_has_some(scene: DemoVillage) -> None:
    prices = LivingScene(scene).prices(LocalMonth(2026, 5))
    assert list(prices) == list(LocalMonth(2026, 5).intervals(HALF))
    assert len(set(prices.values())) > 3
    assert all(price.has_local_price for price in prices.values())


def test_target__mill_and_homes__homes_alone_have_one(scene: DemoVillage) -> None:
    living = LivingScene(scene)
    mill, flat = (scene.village.participant(kind) for kind in (Kind.MILL, Kind.FLAT))
    assert living.target(mill, LocalMonth(2026, 5)) is None
    target = living.target(flat, LocalMonth(2026, 5))
    assert target is not None
    assert 0 < target.target_wh_up < target.expectation_wh_down
    assert target.formula().startswith("2026-05 fit of 12 months")


def test_texts__codes__differ_and_fit_a_word() -> None:
    texts = [text for found in TEXTS.values() for text in found]
    assert len({text.code for text in texts}) == len(texts)
    assert {len(text.code) for text in texts} == {32}
    assert all(offer.price_mpt > 0 and offer.stock > 0 for offer in OFFERS)
