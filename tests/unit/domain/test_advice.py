"""One piece of advice, by documented rules."""

from __future__ import annotations

from dataclasses import replace

import pytest

from wattcommons.domain.advice import Advice, Observed, advise

pytestmark = pytest.mark.unit

PLAIN = Observed(0, 200, 200, 0, None, 20_000, 200_000, 60_000, 0, 0)


def week(**changed: object) -> list[Observed]:
    """Seven days of half-hours at 50 Wh by night and 200 Wh by day."""
    hours = [hour for _ in range(7) for hour in range(24) for _ in range(2)]
    return [replace(PLAIN, hour=hour, consumption_wh=50 if hour < 6 else 200, **changed) for hour in hours]  # type: ignore[arg-type]


@pytest.mark.parametrize("count", [0, 95])
def test_advise__too_little_known__nothing_to_say(count: int) -> None:
    assert advise(week(surplus_wh=1)[:count], 30).code == "keep_going"


def test_advise__all_is_well__keep_going() -> None:
    assert advise(week(), 30) == Advice("keep_going", {})


def test_advise__awake_at_night__standby() -> None:
    always = [replace(one, consumption_wh=150) for one in week()]
    assert advise(always, 30) == Advice("check_standby", {"night_w": 300, "mean_w": 300})


def test_advise__little_power_at_night__no_standby() -> None:
    always = [replace(one, consumption_wh=70) for one in week()]
    assert advise(always, 30).code == "keep_going"


def test_advise__cheap_neighbours_missed__raise_buy() -> None:
    found = advise(week(price=100_000, surplus_wh=500), 30)
    assert found == Advice("raise_buy", {"hours": 168, "missed_wh": 200 * 336, "price": 120_000})


@pytest.mark.parametrize("price", [180_000, None])
def test_advise__neighbours_no_cheaper__not_to_buy(price: int | None) -> None:
    assert advise(week(price=price, surplus_wh=500), 30).code != "raise_buy"


def test_advise__missed_rarely__not_told() -> None:
    few = [replace(one, price=100_000, surplus_wh=500 * (place < 23)) for place, one in enumerate(week())]
    assert advise(few, 30).code != "raise_buy"


def test_advise__own_energy_to_the_grid__lower_sell() -> None:
    observed = week(grid_import_wh=0, grid_export_wh=90, price=110_000, short_wh=4_000)
    assert advise(observed, 30) == Advice("lower_sell", {"hours": 168, "missed_wh": 90 * 336, "price": 110_000})


def test_advise__sun_left_over_at_noon__shift() -> None:
    evening = [
        replace(one, surplus_wh=1_000 * (11 <= one.hour < 16), consumption_wh=10 if 11 <= one.hour < 16 else 60)
        for one in week()
    ]
    found = advise(evening, 30)
    used = 7 * 2 * (5 * 10 + 19 * 60)
    assert found == Advice("shift_to_midday", {"midday_ppm": 700 * 1_000_000 // used, "surplus_wh": 10_000})
