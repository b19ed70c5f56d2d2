"""Orders: their limits under a tariff, what they offer, and which one is in force."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.books import vectors
from wattcommons.domain.auction import Side
from wattcommons.domain.order_trace import OrderTrace
from wattcommons.domain.orders import (
    FOREVER,
    NO_CAP,
    LimitKind,
    Limits,
    Order,
    default_standing_order,
    effective_buy,
    effective_sell,
)
from wattcommons.domain.readings import Reading
from wattcommons.domain.settlement import Seat, build_book
from wattcommons.domain.tariffs import Tariff
from wattcommons.errors import RuleError

pytestmark = [pytest.mark.unit, pytest.mark.fuzz]

VECTORS = vectors("orders.json")
PROSUMER = 7


def order(**changes: Any) -> Order:
    """A dated order with fixed limits, from interval 110 to 130."""
    base = Order(PROSUMER, LimitKind.FIXED, False, 200_000, 120_000, NO_CAP, NO_CAP, 110, 130, 1, 0)
    return replace(base, **changes)


def placed(fields: dict[str, Any]) -> Order:
    return order(
        standing=fields["standing"], from_interval=fields["from"], to_interval=fields["to"], nonce=fields["nonce"]
    )


# --- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"participant": 0}, "participant is 0"),
        ({"buy_limit": 1_000_000_001}, "buy limit is 1000000001 µ€/kWh"),
        ({"sell_limit": -1_000_000_001}, "sell limit is -1000000001 µ€/kWh"),
        ({"kind": LimitKind.SHARE, "buy_limit": 1_000_001}, "buy limit is 1000001 ppm"),
        ({"kind": LimitKind.SHARE, "sell_limit": -1}, "sell limit is -1 ppm"),
        ({"buy_cap_wh": 2**24}, "buy cap is 16777216 Wh"),
        ({"sell_cap_wh": -1}, "sell cap is -1 Wh"),
        ({"from_interval": 130}, "ends at interval 130 and starts at 130"),
        ({"from_interval": -1}, "first interval is -1"),
        ({"to_interval": 2**32}, "end is 4294967296"),
        ({"standing": True}, "a standing order ends at 130"),
        ({"nonce": 0}, "nonce is 0"),
        ({"nonce": 2**40}, "nonce is 1099511627776"),
        ({"deadline": 2**64}, "deadline is 18446744073709551616"),
    ],
)
def test_order__field_out_of_range__refused(changes: dict[str, Any], match: str) -> None:
    with pytest.raises(RuleError, match=match):
        order(**changes)


def test_place__order_of_another_participant__refused() -> None:
    with pytest.raises(RuleError, match="an order of participant 8 in the name of 7"):
        OrderTrace(PROSUMER).place(order(participant=8), 100)


# --- limits and offers ---------------------------------------------------------------------------


@pytest.mark.parametrize("case", VECTORS["limits"], ids=lambda case: case["name"])
def test_limits__order_and_tariff__by_hand(case: dict[str, Any]) -> None:
    tariff, expected = Tariff(**case["tariff"]), case["expected"]
    kind = LimitKind.SHARE if case["shares"] else LimitKind.FIXED
    limits = order(kind=kind, buy_limit=case["buy_limit"], sell_limit=case["sell_limit"]).limits(tariff)
    assert limits == Limits(expected["buy"], expected["sell"])
    assert effective_buy(limits.buy, tariff) == expected["effective_buy"]
    assert effective_sell(limits.sell, tariff) == expected["effective_sell"]


@pytest.mark.parametrize("case", VECTORS["offers"], ids=lambda case: case["name"])
def test_build_book__reading_and_caps__offer_by_hand(case: dict[str, Any]) -> None:
    capped = order(buy_cap_wh=case["buy_cap_wh"], sell_cap_wh=case["sell_cap_wh"])
    seat = Seat(PROSUMER, Reading(case["production_wh"], case["consumption_wh"]), capped)
    offers = [(entry.side, entry.wh) for entry in build_book([seat], Tariff(250_000, 100_000, 0))]
    expected = case["expected"]
    assert offers == ([(Side[expected["side"].upper()], expected["wh"])] if expected else [])


def test_default_standing_order__no_caps_no_end__follows_the_tariff() -> None:
    standing = default_standing_order(PROSUMER, 0, 1, 0)
    assert (standing.standing, standing.shares, standing.to_interval) == (True, True, FOREVER)
    assert (standing.buy_cap_wh, standing.sell_cap_wh) == (NO_CAP, NO_CAP)
    assert standing.limits(Tariff(250_000, 100_000, 0)) == Limits(212_500, 137_500)
    assert standing.limits(Tariff(180_000, 100_000, 0)) == Limits(160_000, 120_000)


# --- which order is in force ---------------------------------------------------------------------


@pytest.mark.parametrize("case", VECTORS["timelines"], ids=lambda case: case["name"])
def test_order_trace__timeline__by_hand(case: dict[str, Any]) -> None:
    trace = OrderTrace(PROSUMER)
    for action in case["actions"]:
        if action.get("refused"):
            with pytest.raises(RuleError):
                apply(trace, action)
        else:
            apply(trace, action)
    found = {
        interval: in_force.nonce if (in_force := trace.in_force(int(interval))) else None
        for interval in case["in_force"]
    }
    assert found == case["in_force"]


def apply(trace: OrderTrace, action: dict[str, Any]) -> None:
    if "place" in action:
        trace.place(placed(action["place"]), action["first_open"])
    else:
        trace.cancel(action["first_open"], action["cancel"]["nonce"], standing=action["cancel"]["standing"])


def test_place__start_of_zero__means_the_first_open_interval() -> None:
    trace = OrderTrace(PROSUMER)
    assert trace.place(order(from_interval=0), 105) == 105
    assert trace.in_force(104) is None
    assert trace.in_force(105) == order(from_interval=0)


def test_nonce__placed_and_cancelled__is_the_highest_used() -> None:
    trace = OrderTrace(PROSUMER)
    trace.place(order(nonce=4), 100)
    assert trace.nonce == 4
    trace.cancel(100, 9)
    assert trace.nonce == 9
    with pytest.raises(RuleError, match="used nonce 9 already"):
        trace.place(order(nonce=9), 100)


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[str, int, int, int]]:
    """Actions as (kind, first open, start, end); the gate only moves forward."""
    actions, gate = [], 0
    for _ in range(draw(st.integers(1, 10))):
        gate += draw(st.integers(0, 6))
        start = gate + draw(st.integers(0, 12))
        kind = draw(st.sampled_from(("dated", "dated", "dated", "standing", "cancel", "cancel all")))
        actions.append((kind, gate, start, start + draw(st.integers(1, 15))))
    return actions


@given(histories())
def test_order_trace__any_history__as_if_written_interval_by_interval(history: list[tuple[str, int, int, int]]) -> None:
    horizon = 120
    trace = OrderTrace(PROSUMER)
    dated: list[int | None] = [None] * horizon
    standing: list[int | None] = [None] * horizon
    for nonce, (kind, gate, start, end) in enumerate(history, start=1):
        past = [trace.in_force(interval) for interval in range(gate)]
        if kind == "dated":
            trace.place(order(from_interval=start, to_interval=end, nonce=nonce), gate)
            dated[start:] = [nonce if interval < end else None for interval in range(start, horizon)]
        elif kind == "standing":
            trace.place(order(standing=True, from_interval=start, to_interval=FOREVER, nonce=nonce), gate)
            standing[start:] = [nonce] * (horizon - start)
        else:
            trace.cancel(gate, nonce, standing=kind == "cancel all")
            dated[gate:] = [None] * (horizon - gate)
            if kind == "cancel all":
                standing[gate:] = [None] * (horizon - gate)
        assert [trace.in_force(interval) for interval in range(gate)] == past, "what has begun never changes"
    for interval in range(horizon):
        found = trace.in_force(interval)
        assert (found.nonce if found else None) == (dated[interval] or standing[interval])
