from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattcommons.domain.intervals import IntervalRange
from wattcommons.domain.readings import Quality, Reading
from wattcommons.domain.settlement import legs_of
from wattcommons.domain.statements import MonthSums, SettledLine, mean_price, month_sums
from wattcommons.domain.tariffs import Tariff
from wattcommons.errors import RuleError

pytestmark = pytest.mark.unit

DAY, NIGHT = Tariff(200_000, 40_000, 20_000), Tariff(150_000, 50_000, 20_000)
MONTH = IntervalRange(1_000, 1_100)


def line(interval: int, production: int, consumption: int, traded: int, **changes: object) -> SettledLine:
    """A settled interval as the domain settles it, `traded` Wh sold (or bought, negative) at 0.11 €/kWh."""
    quality, tariff = changes.get("quality", Quality.MEASURED), changes.get("tariff", DAY)
    reading = Reading(production, consumption, quality)
    legs = legs_of(1, reading, tariff, changes.get("price", 110_000), traded)
    return SettledLine(
        interval,
        quality,
        changes.get("late", False),
        *(production, consumption, legs.own_use_wh, legs.bought_wh, legs.sold_wh),
        *(legs.grid_import_wh, legs.grid_export_wh),
        *(legs.local_neur, legs.fee_neur, legs.grid_neur, legs.grid_only_neur),
        tariff,
    )


def sums(lines: Sequence[SettledLine], read: int | None = None) -> MonthSums:
    return month_sums(lines, MONTH, len(lines) if read is None else read)


def test_month_sums__interval_twice__refused() -> None:
    with pytest.raises(RuleError, match="twice"):
        sums([line(1_000, 0, 10, 0), line(1_000, 0, 10, 0)])


def test_month_sums__interval_outside__refused() -> None:
    with pytest.raises(RuleError, match="1100"):
        sums([line(1_100, 0, 10, 0)])


def test_month_sums__energies_that_do_not_add_up__refused() -> None:
    with pytest.raises(RuleError, match="add up"):
        sums([line(1_000, 0, 10, 0)._replace(consumption_wh=11)])


def test_month_sums__corrected_energies_that_do_not_balance__refused() -> None:
    broken = line(1_000, 0, 10, 0, quality=Quality.CORRECTED)._replace(consumption_wh=11)
    with pytest.raises(RuleError, match="add up"):
        sums([broken])


def test_month_sums__corrected_below_the_purchase__the_rest_went_back_to_the_grid() -> None:
    bought = line(1_000, 0, 100, -90, quality=Quality.CORRECTED)
    changed = bought._replace(consumption_wh=70, grid_import_wh=0, grid_export_wh=20, grid_neur=DAY.grid_value(20))
    found = sums([changed])
    assert (found.corrected, found.estimated) == (1, 0)
    assert (found.total.bought_wh, found.total.grid_import_wh, found.total.grid_export_wh) == (90, 0, 20)
    assert found.total.grid_export_neur == 20 * 40_000
    with pytest.raises(RuleError, match="add up"):
        sums([changed._replace(quality=Quality.MEASURED)])


def test_month_sums__more_settled_than_read__refused() -> None:
    with pytest.raises(RuleError, match="1 intervals are settled, 0 read"):
        sums([line(1_000, 0, 10, 0)], read=0)


def test_month_sums__nothing_settled__counts_what_is_missing() -> None:
    found = sums([], read=3)
    assert (found.expected, found.unread, found.waiting, found.total.intervals) == (100, 97, 3, 0)
    assert not found.complete
    assert found.parts == ()


def test_month_sums__one_buyer_one_seller_interval__each_line_has_its_own_money() -> None:
    found = sums([line(1_000, 0, 500, -300), line(1_001, 900, 200, 400), line(1_002, 0, 100, 0, tariff=NIGHT)])
    total = found.total
    assert (total.injected_wh, total.sold_wh, total.grid_export_wh) == (700, 400, 300)
    assert (total.withdrawn_wh, total.bought_wh, total.grid_import_wh) == (600, 300, 300)
    assert total.own_use_wh == 200
    assert total.bought_neur == 300 * 110_000
    assert total.sold_neur == 400 * 110_000
    assert total.fee_neur == 300 * 20_000
    assert total.grid_import_neur == 200 * 200_000 + 100 * 150_000
    assert total.grid_export_neur == 300 * 40_000
    assert total.grid_only_neur == 700 * 40_000 - 500 * 200_000 - 100 * 150_000
    assert total.saved_neur == 300 * (200_000 - 20_000 - 110_000) + 400 * (110_000 - 40_000)


def test_month_sums__several_tariffs__parts_the_dearest_first() -> None:
    found = sums([line(1_000, 0, 10, 0, tariff=NIGHT), line(1_001, 0, 30, 0)])
    assert [(part.tariff, part.sums.consumption_wh) for part in found.parts] == [(DAY, 30), (NIGHT, 10)]


def test_month_sums__negative_price__turns_the_sign_of_its_line_only() -> None:
    total = sums([line(1_000, 500, 0, 500, price=-10_000, tariff=Tariff(50_000, -20_000, 0))]).total
    assert total.sold_neur == -5_000_000
    assert total.saved_neur == 500 * 10_000


def test_month_sums__qualities_and_lateness__are_counted() -> None:
    found = sums(
        [
            line(1_000, 0, 10, 0, quality=Quality.ESTIMATED),
            line(1_001, 0, 10, 0, quality=Quality.CORRECTED, late=True),
            line(1_002, 0, 10, 0),
        ]
    )
    assert (found.estimated, found.corrected, found.late) == (1, 1, 1)


def test_month_sums__everything_measured_and_settled__is_complete() -> None:
    assert sums([line(interval, 0, 10, 0) for interval in MONTH]).complete


@st.composite
def settled(draw: st.DrawFn) -> list[SettledLine]:
    lines = []
    for interval in sorted(draw(st.sets(st.integers(1_000, 1_099), max_size=20))):
        production, consumption = draw(st.integers(0, 5_000)), draw(st.integers(0, 5_000))
        net = production - consumption
        traded = draw(st.integers(min(net, 0), max(net, 0)))
        tariff = draw(st.sampled_from([DAY, NIGHT]))
        price = draw(st.integers(tariff.floor, tariff.ceiling))
        lines.append(line(interval, production, consumption, traded, tariff=tariff, price=price))
    return lines


@given(settled())
def test_month_sums__any_month__lines_add_up_and_nobody_loses(lines: list[SettledLine]) -> None:
    found = sums(lines)
    total = found.total
    assert total.production_wh == total.own_use_wh + total.injected_wh
    assert total.consumption_wh == total.own_use_wh + total.withdrawn_wh
    assert total.value_neur == sum(one.local_neur - one.fee_neur + one.grid_neur for one in lines)
    assert total.saved_neur >= 0
    assert sum(part.sums.saved_neur for part in found.parts) == total.saved_neur
    assert sum(part.sums.intervals for part in found.parts) == len(lines)


@pytest.mark.parametrize(
    ("amount", "energy", "price"), [(0, 0, None), (10, 0, None), (7, 2, 4), (-7, 2, -4), (6, 4, 2), (5, 4, 1)]
)
def test_mean_price__rounds_half_away_from_zero(amount: int, energy: int, price: int | None) -> None:
    assert mean_price(amount, energy) == price
