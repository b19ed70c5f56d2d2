"""The API's reads of an eventful day say what the chain says, and to each member the own alone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.api_reads.conftest import Lived
from tests.support.eventful import FLAT, HEIR, LENGTH, MILL, ROOF, SPA
from tests.support.reading_api import ReadingApi, reading_api
from wattcommons.chain.events import read_events
from wattcommons.domain.fills import unpack_fills
from wattcommons.domain.supply_lines import supply_lines

pytestmark = pytest.mark.integration

OWN = ("home", "energy", "orders", "trades", "targets")


@pytest.mark.parametrize("path", [*(f"/v1/participants/{ROOF}/{name}" for name in OWN), "/v1/me", "/v1/me/points"])
def test_reads__nobody_signed_in__refused(api: ReadingApi, path: str) -> None:
    assert api.refused(path) == (401, "signed_out")


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize("participant", [ROOF, 99])
def test_reads__another_members__as_if_it_did_not_exist(
    api: ReadingApi, lived: Lived, name: str, participant: int
) -> None:
    for who in (lived.wallet(SPA), lived.stranger, lived.auditor):
        assert api.refused(f"/v1/participants/{participant}/{name}", who) == (404, "not_yours")


def test_reads__replaced_wallet__nothing_any_more(api: ReadingApi, lived: Lived) -> None:
    assert api.read("/v1/me", lived.wallet(MILL))["member"] is None
    assert api.refused(f"/v1/participants/{MILL}/home", lived.wallet(MILL)) == (404, "not_yours")
    assert api.read("/v1/me", lived.successor(MILL))["participants"][0]["participant"] == MILL


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        ("energy", {"date": "2026-02-30"}, (422, "invalid")),
        ("energy", {"date": "yesterday"}, (422, "invalid")),
        ("energy", {"date": "0001-01-01"}, (422, "rule")),
        ("energy", {"period": "decade"}, (422, "invalid")),
        ("supplies", {"from_": 10, "to": 5}, (422, "invalid")),
        ("supplies", {"from_": 0, "to": 40 * 86_400}, (422, "invalid")),
        ("supplies", {}, (422, "invalid")),
        ("trades", {"cursor": "!!"}, (422, "cursor")),
        ("trades", {"limit": 201}, (422, "invalid")),
    ],
)
def test_reads__nonsense_asked__told_what_is_wrong(
    api: ReadingApi, lived: Lived, path: str, query: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert api.refused(f"/v1/participants/{ROOF}/{path}", lived.wallet(ROOF), **query) == expected


def test_prices__too_many_or_before_any_tariff__refused(api: ReadingApi, lived: Lived) -> None:
    start = lived.day.first * LENGTH
    assert api.refused("/v1/market/prices", from_=start, to=start + 401 * LENGTH) == (422, "invalid")
    assert len(api.read("/v1/market/prices", from_=start, to=start + 400 * LENGTH)["items"]) == 400


def test_curves__not_settled_or_not_ones_own__refused(api: ReadingApi, lived: Lived) -> None:
    half, first = lived.marks["half"], lived.day.first
    path = "/v1/market/intervals/{}/curves"
    assert api.refused(path.format(half), lived.wallet(ROOF), participant=ROOF) == (404, "not_found")
    assert api.refused(path.format(first), lived.wallet(SPA), participant=ROOF) == (404, "not_yours")
    assert api.refused(path.format(first), participant=ROOF) == (401, "signed_out")


# ------------------------------------------------------------------------------------ energy and money


def test_energy__every_participant__what_the_ledger_holds(api: ReadingApi, lived: Lived) -> None:
    for participant, who in ((ROOF, lived.wallet(ROOF)), (SPA, lived.wallet(SPA)), (MILL, lived.successor(MILL))):
        stored = lived.day.read("MeterLedger", "readingsOf", participant, lived.day.first, 60)
        wanted = (sum(one >> 27 for one in stored), sum(one >> 3 & 0xFFFFFF for one in stored))
        for period in ("month", "year"):
            energy = api.read(f"/v1/participants/{participant}/energy", who, period=period)
            assert (energy["total"]["production_wh"], energy["total"]["consumption_wh"]) == wanted
            assert sum(one["read"] for one in energy["buckets"]) == sum(one != 0 for one in stored)


def test_energy__money__what_the_market_owes(api: ReadingApi, lived: Lived) -> None:
    """Everything passes through the community's accounts here: legs less what was paid in and out are the balance."""
    total = api.read(f"/v1/participants/{ROOF}/energy", lived.wallet(ROOF), period="year")["total"]
    value = int(total["local_neur"]) - int(total["fee_neur"]) + int(total["grid_neur"])
    [me] = api.read("/v1/me", lived.wallet(ROOF))["participants"]
    assert value == int(me["balance_neur"])
    assert int(total["saved_neur"]) == value - int(total["grid_only_neur"])
    assert total["production_wh"] - total["own_use_wh"] - total["sold_wh"] - total["grid_export_wh"] > 0  # not settled


def test_home__now_and_today__agree_with_the_charts(api: ReadingApi, lived: Lived) -> None:
    home = api.read(f"/v1/participants/{SPA}/home", lived.wallet(SPA))
    day = api.read(f"/v1/participants/{SPA}/energy", lived.wallet(SPA), period="day")
    month = api.read(f"/v1/participants/{SPA}/energy", lived.wallet(SPA), period="month")
    assert (home["today"], home["month"]) == (day["total"], month["total"])
    assert home["latest"]["interval"] == max(one["start"] // LENGTH for one in day["buckets"] if one["read"])
    assert home["latest"]["settled"] is False  # of the clearing left half settled
    assert home["latest"]["consumption_w"] == 2 * home["latest"]["consumption_wh"]


def test_trades__page_by_page__every_settled_interval_once(api: ReadingApi, lived: Lived) -> None:
    path = f"/v1/participants/{ROOF}/trades"
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = api.read(path, lived.wallet(ROOF), limit=7, **cursor)
        found += page["items"]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    energy = api.read(f"/v1/participants/{ROOF}/energy", lived.wallet(ROOF), period="year")
    assert [one["interval"] for one in found] == sorted({one["interval"] for one in found}, reverse=True)
    assert len(found) == sum(one["settled"] for one in energy["buckets"])
    assert sum(one["sold_wh"] for one in found) == energy["total"]["sold_wh"] > 0
    assert [one["interval"] for one in found if one["late"]] == [lived.marks["late"]]


def test_supplies__every_participant__the_supply_lines_of_the_fills(api: ReadingApi, lived: Lived) -> None:
    fills: dict[int, list[Any]] = {}
    settled, prices = set(), {}
    for event in read_events(lived.contracts, lived.day.web3.eth.block_number):
        if event.name == "FillsSettled":
            fills.setdefault(event.args["interval"], []).extend(unpack_fills(event.args["fills"]))
        elif event.name == "IntervalSettled":
            settled.add(event.args["interval"])
        elif event.name == "IntervalCleared":
            prices[event.args["interval"]] = event.args["price"]
    lines = [(line, interval) for interval in settled for line in supply_lines(fills.get(interval, ()))]
    start = lived.day.first * LENGTH
    wallets = {ROOF: lived.wallet(ROOF), SPA: lived.wallet(SPA), MILL: lived.successor(MILL)}
    assert {line.seller for line, _ in lines} >= {MILL, ROOF}
    for participant, who in wallets.items():
        found = api.read(f"/v1/participants/{participant}/supplies", who, from_=start, to=start + 30 * 86_400)
        for name, me, other in (("from_neighbours", "buyer", "seller"), ("to_neighbours", "seller", "buyer")):
            mine = [(line, interval) for line, interval in lines if getattr(line, me) == participant]
            wanted = []
            if mine:
                value = sum(line.wh * prices[interval] for line, interval in mine)
                others = {getattr(line, other) for line, _ in mine}
                wh = sum(line.wh for line, _ in mine)
                wanted = [{"kind": "other", "wh": wh, "neighbours": len(others), "value_neur": str(value)}]
            assert found[name] == wanted


# ------------------------------------------------------------------------------------ the market


def test_market_intervals__pages__what_the_market_keeps(api: ReadingApi, lived: Lived) -> None:
    wallet = lived.wallet(ROOF)
    first = api.read("/v1/market/intervals", wallet, limit=20)
    rest = api.read("/v1/market/intervals", wallet, limit=200, cursor=first["next"])
    assert rest["next"] is None
    items = first["items"] + rest["items"]
    for one in items:
        price, matched, cleared, settled, has_price, left_out = lived.day.read(
            "EnergyMarket", "outcomeOf", one["interval"]
        )
        assert cleared
        assert (one["price"], one["matched_wh"]) == (price if has_price else None, matched)
        assert (one["settled"], one["left_out"]) == (settled, left_out)
    assert [one["interval"] for one in items] == list(range(lived.day.now - 1, lived.day.first - 1, -1))


def test_market_intervals__not_signed_in__nothing_that_few_traded(api: ReadingApi, lived: Lived) -> None:
    """One seller's energy is what was traded in all: to strangers that is no sum."""
    careful = reading_api(api.store, lived.contracts, curve_group=2)
    known = careful.read("/v1/market/intervals", lived.wallet(ROOF), limit=200)["items"]
    shown = careful.read("/v1/market/intervals", limit=200)["items"]
    sides: dict[int, list[bool]] = {}
    for event in read_events(lived.contracts, lived.day.web3.eth.block_number):
        if event.name == "FillsSettled":
            sold = [fill.wh > 0 for fill in unpack_fills(event.args["fills"])]
            sides.setdefault(event.args["interval"], []).extend(sold)
    told = 0
    for one, other in zip(known, shown, strict=True):
        assert one | {"matched_wh": None} == other | {"matched_wh": None}
        if one["matched_wh"]:
            traders = sides.get(one["interval"], []) if one["settled"] else []
            few = min(traders.count(True), traders.count(False)) < 2
            assert (other["matched_wh"] is None) is few
            told += other["matched_wh"] is not None
    assert 0 < told < sum(1 for one in known if one["matched_wh"])


def test_prices__dated_bands__those_of_the_schedule(api: ReadingApi, lived: Lived) -> None:
    start = lived.day.first * LENGTH
    items = api.read("/v1/market/prices", from_=start, to=start + 60 * LENGTH)["items"]
    for one in items:
        tariff = lived.day.read("TariffSchedule", "pricesAt", one["interval"])
        assert (one["retail"], one["feed_in"], one["network_fee"]) == tuple(tariff)
    assert len({one["retail"] for one in items}) == 3


def test_curves__every_settled_interval__the_very_book(api: ReadingApi, lived: Lived) -> None:
    """Suspension, lost credit, dated and cancelled orders, late and missing readings all lie among these intervals."""
    known = api.read("/v1/market/intervals", lived.wallet(ROOF), limit=200)["items"]
    settled = [one for one in known if one["settled"]]
    sides = set()
    for one in settled:
        curves = api.read(f"/v1/market/intervals/{one['interval']}/curves", lived.wallet(ROOF), participant=ROOF)
        assert curves["result"] == one
        assert not curves["withheld"]
        price = one["price"]
        if price is not None:
            supply = max((step["wh"] for step in curves["supply"] if step["price"] <= price), default=0)
            demand = max((step["wh"] for step in curves["demand"] if step["price"] >= price), default=0)
            assert min(supply, demand) == one["matched_wh"]
        sides.add(curves["own_side"])
        assert curves["own_traded_wh"] <= curves["own_wh"]
    assert sides == {"sell", None}
    assert len(settled) > 30


def test_orders__dated_and_standing__as_the_order_book_has_them(api: ReadingApi, lived: Lived) -> None:
    roof = api.read(f"/v1/participants/{ROOF}/orders", lived.wallet(ROOF))
    assert [one["state"] for one in roof["past"]] == ["ended"]
    assert roof["in_force"]["order"]["standing"] is True
    assert roof["next_nonce"] == 3
    assert roof["first_open_interval"] >= lived.day.opened
    flat = api.read(f"/v1/participants/{FLAT}/orders", lived.successor(FLAT))
    assert {one["state"] for one in flat["past"]} == {"cancelled"}
    assert flat["next_nonce"] == 4


# ------------------------------------------------------------------------------------ member and points


def test_me__participants__terms_of_now(api: ReadingApi, lived: Lived) -> None:
    roof = api.read("/v1/me", lived.wallet(ROOF))["participants"][0]
    assert (roof["import_w"], roof["export_w"], roof["credit_limit_neur"], roof["eligible"]) == (
        8_000,
        7_000,
        "0",
        False,
    )
    flat = api.read("/v1/me", lived.successor(FLAT))["participants"]
    assert [one["until_interval"] is None for one in flat if one["participant"] in (FLAT, HEIR)] == [False]
    assert api.read("/v1/me", lived.auditor)["roles"] == ["auditor"]


def test_points__award_and_redemption__as_the_contract_has_them(api: ReadingApi, lived: Lived) -> None:
    wallet = lived.successor(MILL)
    points = api.read("/v1/me/points", wallet)
    assert int(points["balance_mpt"]) == lived.day.read("Ecopoints", "balanceOf", wallet) > 0
    assert [(one["state"], one["offer"]["price_mpt"]) for one in points["vouchers"]] == [("used", "20000")]
    assert points["redemption_nonce"] == 0
    assert api.read("/v1/offers") == []  # it was closed


@pytest.mark.parametrize(
    ("participant", "outcome", "missing"), [(MILL, "award", 0), (SPA, "miss", 0), (ROOF, "no_data", 1)]
)
def test_targets__past__as_they_were_judged(
    api: ReadingApi, lived: Lived, participant: int, outcome: str, missing: int
) -> None:
    wallet = lived.successor(MILL) if participant == MILL else lived.wallet(participant)
    found = api.read(f"/v1/participants/{participant}/targets", wallet)
    assert found["current"] is None
    [past] = found["past"]
    assert (past["outcome"], past["missing_intervals"]) == (outcome, missing)
    assert (int(past["points_mpt"]) > 0) is (outcome == "award")


# ------------------------------------------------------------------------------------ everybody's


def test_overview__whole_day__sums_of_the_settled_intervals(api: ReadingApi, lived: Lived) -> None:
    wallet = lived.wallet(ROOF)
    found = {period: api.read("/v1/community/overview", wallet, period=period) for period in ("day", "month", "year")}
    sums = {tuple(one[name] for name in ("production_wh", "matched_wh", "saved_neur")) for one in found.values()}
    assert len(sums) == 1
    day = found["day"]
    assert day["production_wh"] == sum(one["production_wh"] for one in day["buckets"])
    assert day["production_wh"] == day["own_use_wh"] + day["matched_wh"] + day["grid_export_wh"]
    assert day["consumption_wh"] == day["own_use_wh"] + day["matched_wh"] + day["grid_import_wh"]
    assert sum(part["production_wh"] for part in day["mix"]) == day["production_wh"]


def test_overview__not_signed_in__no_day_under_way(api: ReadingApi, lived: Lived) -> None:
    """The day of the test is still going on: its sums, asked for twice, would tell an interval's."""
    for period in ("day", "week", "month", "year"):
        assert api.read("/v1/community/overview", lived.wallet(ROOF), period=period)["production_wh"]
        found = api.read("/v1/community/overview", period=period)
        assert not any(found[name] for name in ("production_wh", "consumption_wh", "matched_wh", "mix"))
        assert not any(bucket["production_wh"] for bucket in found["buckets"])


def test_overview__few_producers__withheld_from_members_too(api: ReadingApi, lived: Lived) -> None:
    careful = reading_api(api.store, lived.contracts, min_group=4, curve_group=4)
    found = careful.read("/v1/community/overview", lived.wallet(ROOF))
    assert found["participants"] >= 4 > found["producers"]
    assert found["withheld"]


def test_overview__small_community__withheld(lived: Lived, api: ReadingApi) -> None:
    careful = reading_api(api.store, lived.contracts, min_group=10)
    for period in ("day", "week", "month", "year"):
        found = careful.read("/v1/community/overview", period=period)
        assert found["withheld"]
        assert not any(found[name] for name in ("production_wh", "consumption_wh", "matched_wh", "buckets", "mix"))


@pytest.mark.parametrize(
    "path",
    [
        "/v1/community/overview",
        f"/v1/participants/{ROOF}/home",
        f"/v1/participants/{ROOF}/energy",
        "/v1/me/certificates",
    ],
)
def test_reads__asked_again__not_changed(api: ReadingApi, lived: Lived, path: str) -> None:
    first = api.get(path, lived.wallet(ROOF))
    again = api.get(path, lived.wallet(ROOF), known=first.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    assert api.get(path, lived.wallet(ROOF), known='W/"other"').status_code == 200


def test_reads__members_own__stored_nowhere(api: ReadingApi, lived: Lived) -> None:
    assert "no-store" in api.get(f"/v1/participants/{ROOF}/energy", lived.wallet(ROOF)).headers["cache-control"]
    assert "public" in api.get("/v1/market/intervals").headers["cache-control"]
