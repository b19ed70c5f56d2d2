"""The index of an eventful day says what the chain says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from typer.testing import CliRunner

from tests.integration.indexer.conftest import Lived
from tests.support.index import ABOUT_THE_INDEX, caught_up, contents
from wattcommons.chain.block_logs import BlockLogs
from wattcommons.chain.state import StateReader
from wattcommons.cli.main import build
from wattcommons.domain.export_book import GroupState
from wattcommons.services.indexer.rebuild import rebuild
from wattcommons.services.store import index_registry_tables, index_tables  # noqa: F401 - their tables are of INDEX
from wattcommons.services.store.engine import Store, open_store
from wattcommons.services.store.index_columns import INDEX
from wattcommons.services.store.reads import exports

pytestmark = pytest.mark.integration

Row = dict[str, Any]


@pytest.fixture
def rows(lived: Lived, new_store: Callable[[], Store]) -> dict[str, list[Row]]:
    store = new_store()
    caught_up(store, BlockLogs(lived.web3, lived.deployment), lived.deployment)
    return {
        name: [dict(zip(INDEX.tables[name].columns.keys(), row, strict=True)) for row in found]
        for name, found in contents(store).items()
    }


@pytest.fixture
def state(lived: Lived) -> StateReader:
    return StateReader(lived.day.community.contracts, lived.web3.eth.block_number)


def test_index__money__is_the_chains(rows: dict[str, list[Row]], state: StateReader) -> None:
    accounts = {row["participant"]: row["balance_neur"] for row in rows["accounts"]}
    assert len(accounts) == state.registered()[1]
    assert list(accounts.values()) == state.accounts(list(accounts))
    [pool] = rows["pools"]
    assert (pool["grid_neur"], pool["network_neur"]) == state.pooled()
    assert pool["network_neur"] != 0
    euro = {row["wallet"]: row["amount_neur"] for row in rows["euro_holdings"]}
    assert list(euro.values()) == state.euro_balances(list(euro))
    assert sum(euro.values()) == state.euro_supply() > 0


def test_index__readings__are_the_ledgers(lived: Lived, rows: dict[str, list[Row]], state: StateReader) -> None:
    recorded = {(row["participant"], row["interval"]): row for row in rows["readings"]}
    count = 0
    for one in rows["participants"]:
        first, end = one["from_interval"], lived.day.now + 5
        for interval, stored in enumerate(state.readings(one["participant"], first, end - first), first):
            row = recorded.get((one["participant"], interval))
            form = row and (row["production_wh"] << 24 | row["consumption_wh"]) << 3 | row["quality"] << 1 | row["late"]
            assert stored == (form or 0)
            count += row is not None
    assert count == len(recorded)
    assert any(row["late"] for row in recorded.values())


def test_index__clearings__are_the_markets(rows: dict[str, list[Row]], state: StateReader) -> None:
    found = state.outcomes([row["interval"] for row in rows["intervals"]])
    for row, outcome in zip(rows["intervals"], found, strict=True):
        assert (row["price"], row["matched_wh"]) == (outcome.price if outcome.has_price else None, outcome.matched_wh)
        assert (row["settled"], row["left_out"]) == (outcome.settled, outcome.left_out)
        lines = [one for one in rows["settlements"] if one["interval"] == row["interval"]]
        assert sum(one["sold_wh"] for one in lines) == sum(one["bought_wh"] for one in lines) == outcome.matched_wh
        if any(one["quality"] == 3 for one in lines):
            continue  # nor is what was corrected
        lines = [one for one in lines if not one["late"]]  # what comes late is in nobody's public sum
        assert row["participants"] == len(lines)
        for name in ("production_wh", "consumption_wh", "own_use_wh", "grid_import_wh", "grid_export_wh"):
            assert row[name] == sum(one[name] for one in lines)
    for line in rows["settlements"]:
        sources = line["production_wh"] + line["bought_wh"] + line["grid_import_wh"]
        assert sources == line["consumption_wh"] + line["sold_wh"] + line["grid_export_wh"]
        if line["quality"] != 3:
            assert line["production_wh"] == line["own_use_wh"] + line["sold_wh"] + line["grid_export_wh"]
    assert any(row["price"] is None for row in rows["intervals"])
    assert rows["open_fills"] == []


def test_index__days__are_sums_of_settlements(rows: dict[str, list[Row]]) -> None:
    names = [name for name in rows["days"][0] if name.endswith(("_wh", "_neur"))]
    for participant in {row["participant"] for row in rows["days"]}:
        days = [row for row in rows["days"] if row["participant"] == participant]
        lines = [row for row in rows["settlements"] if row["participant"] == participant]
        assert sum(row["intervals"] for row in days) == len(lines)
        assert sum(row["estimated"] for row in days) == sum(row["quality"] == 2 for row in lines)
        for name in names:
            assert sum(row[name] for row in days) == sum(row[name] for row in lines)


def test_index__certificates__are_the_tokens(rows: dict[str, list[Row]], state: StateReader) -> None:
    held = [(row["holder"], row["id"]) for row in rows["holdings"]]
    assert [row["wh"] for row in rows["holdings"]] == state.certificate_balances(held)
    assert all(row["wh"] > 0 for row in rows["holdings"])
    found = state.certificates([row["id"] for row in rows["certificates"]])
    for row, stored in zip(rows["certificates"], found, strict=True):
        assert row["own_use_wh"] + row["sold_wh"] + row["minted_wh"] + row["more_wh"] == stored.issued_wh
        assert row["claimable_wh"] == stored.claimable_wh
        rest = sum(one["wh"] for one in rows["holdings"] if one["id"] == row["id"]) + row["claimable_wh"]
        assert row["minted_wh"] + row["more_wh"] == rest + row["cancelled_wh"] + row["withdrawn_wh"]
    kinds = {row["kind"] for row in rows["certificate_events"]}
    moves = {"claimed", "transferred", "cancelled", "withdrawn", "recovered"}
    assert kinds == {"issued", "issued_more", "locked", "released", "exported"} | moves
    debts = {row["device"]: row["debt_wh"] for row in rows["devices"]}
    assert list(debts.values()) == state.device_debts(list(debts))
    assert len(rows["statements"]) == state.statements()
    assert all(row["source"] for row in rows["certificate_events"] if row["kind"] == "cancelled")


def test_index__export_groups__are_the_contracts(rows: dict[str, list[Row]], state: StateReader) -> None:
    kept = state.groups()
    assert {one.state for one in kept} == {1, 3}
    for row, stored in zip(rows["export_groups"], kept, strict=True):
        found = tuple(row[name] for name in ("device", "member", "first_interval", "last_interval", "wh", "state"))
        assert found == stored[:6]
        assert row["reference"] == (f"0x{stored.reference.hex()}" if stored.state == 3 else None)
        assert (row["exported_at"] is not None) == (stored.state == 3)
        inside = [one for one in rows["export_group_wh"] if one["export_group"] == row["export_group"]]
        assert sum(one["wh"] for one in inside) == row["wh"]
    places = [(row["export_group"], row["id"]) for row in rows["export_group_wh"]]
    assert [row["wh"] for row in rows["export_group_wh"]] == state.locked_in(places)
    assert all(row["wh"] for row in rows["export_group_wh"])
    assert {row["reason"] is not None for row in rows["export_groups"]} == {True, False}
    steps = [row for row in rows["certificate_events"] if row["export_group"] is not None]
    assert {row["kind"] for row in steps} == {"locked", "released", "exported"}
    exported = sum(row["wh"] for row in steps if row["kind"] == "exported")
    assert [exported] == state.exported_of([1])


def test_reads__export_groups__what_the_chain_keeps(
    lived: Lived, new_store: Callable[[], Store], state: StateReader
) -> None:
    store = new_store()
    caught_up(store, BlockLogs(lived.web3, lived.deployment), lived.deployment)
    kept = dict(enumerate(state.groups(), 1))
    wallet = lived.day.community.keys.member("mill, second").address
    with store.read() as snapshot:
        found = exports.groups(snapshot, exports.Wanted(), None, 10)
        assert [(row.export_group, row.wh) for row in found] == [(one, kept[one].wh) for one in sorted(kept)[::-1]]
        assert [
            row.export_group for row in exports.groups(snapshot, exports.Wanted(state=GroupState.EXPORTED), 4, 10)
        ] == [1]
        assert exports.groups(snapshot, exports.Wanted(member=2), None, 10) == []
        assert exports.groups(snapshot, exports.Wanted(device=1), 3, 1)[0].export_group == 2
        for number, stored in kept.items():
            items = exports.contents(snapshot, number)
            assert [one.wh for one in items] == state.locked_in([(number, one.id) for one in items])
            assert sum(one.wh for one in items) == stored.wh
        assert [one.number for one in exports.begun(snapshot, 1)] == [3, 4]  # the second is full
        assert exports.references(snapshot, {1, 2}) == {1: "0x" + "0a" * 32}
        held = exports.held(snapshot, wallet, 1)
        assert list(held.values()) == state.certificate_balances([(wallet, one) for one in held])
        assert exports.held(snapshot, wallet, 9) == {}
        [inside, *_] = exports.contents(snapshot, 1)
        assert exports.in_group_of(snapshot, 1, inside.id)
        assert not exports.in_group_of(snapshot, 2, inside.id)


def test_index__members_and_points__are_the_chains(rows: dict[str, list[Row]], state: StateReader) -> None:
    members = [(row["wallet"], row["active"]) for row in rows["members"]]
    assert members == state.members([row["member"] for row in rows["members"]])
    points = {row["account"]: row["balance_mpt"] for row in rows["points"]}
    assert list(points.values()) == state.points_balances(list(points))
    assert sum(points.values()) == state.points_supply() == sum(row["awarded_mpt"] for row in rows["points"]) > 0
    judged = state.evaluations([(row["participant"], row["period"]) for row in rows["targets"]])
    assert [(one[0], one[3]) for one in judged] == [(row["outcome"], row["points_mpt"]) for row in rows["targets"]]


def test_index__consents__are_the_registrys(lived: Lived, rows: dict[str, list[Row]]) -> None:
    assert len(rows["consents"]) == lived.day.read("ConsentRegistry", "consentCount")
    for row in rows["consents"]:
        terms, state, *_ = lived.day.read("ConsentRegistry", "consentInfo", row["consent"])
        if state != 5:  # that time has ended one is not written down
            assert row["state"] == state
        assert (row["participant"], row["grantee"], f"0x{bytes(terms[5]).hex()}") == (
            terms[0],
            terms[1],
            row["purpose"],
        )
        assert (row["ended_block"] is not None) == (row["state"] in (3, 4, 6))


def test_rebuild__eventful_day__changes_nothing(lived: Lived, new_store: Callable[[], Store]) -> None:
    store = new_store()
    caught_up(store, BlockLogs(lived.web3, lived.deployment, 100), lived.deployment)
    before = contents(store)
    assert rebuild(store, lived.deployment, "Europe/Paris") == len(before["raw_logs"])
    assert contents(store) == before


def test_finality__any_depth__same_projections(lived: Lived, new_store: Callable[[], Store]) -> None:
    plain, deep = new_store(), new_store()
    caught_up(plain, BlockLogs(lived.web3, lived.deployment), lived.deployment)
    caught_up(deep, BlockLogs(lived.web3, lived.deployment, 10_000), lived.deployment)
    assert contents(plain, ABOUT_THE_INDEX) == contents(deep, ABOUT_THE_INDEX)


@pytest.fixture
def logs_restored() -> Iterator[None]:
    """A command run in this process sets the logs up, on a stream that is closed afterwards."""
    yield
    structlog.reset_defaults()


@pytest.mark.usefixtures("logs_restored")
def test_commands__run_status_rebuild(lived: Lived, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deployment, store = tmp_path / "deployment.json", tmp_path / "watt.db"
    lived.deployment.save(deployment)
    monkeypatch.setenv("WATT_STORE", str(store))
    monkeypatch.setenv("WATT_DEPLOYMENT", str(deployment))
    app, runner = build(["index"]), CliRunner()
    done = runner.invoke(app, ["index", "run", "--rpc", lived.node, "--until-caught-up"])
    assert done.exit_code == 0, done.output
    status = runner.invoke(app, ["index", "status", "--json"])
    found = json.loads(status.stdout)
    assert found["block"] == lived.web3.eth.block_number
    assert found["store"] == str(store)
    rebuilt = runner.invoke(app, ["index", "rebuild"])
    assert f"{found['logs']:,} records" in rebuilt.output
    opened = open_store(store)
    assert len(contents(opened)["raw_logs"]) == found["logs"]
    opened.close()
