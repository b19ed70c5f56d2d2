"""The node behind the API: every method by everybody, and nothing of another's in any answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from eth_utils.crypto import keccak

from tests.support.api import ApiWorld, Client, anybody, code_of, world_of
from tests.support.community import KEYS, Community, made, member_key, used
from tests.support.village import BARN, FLAT, MILL, ROOF, SPA
from wattcommons.chain.calls import event_names, function_names, view_names
from wattcommons.chain.codec import function_of
from wattcommons.chain.correction_plan import Asked, plan
from wattcommons.chain.roles import Role
from wattcommons.services.api import rpc_policy as policy

pytestmark = pytest.mark.integration


@pytest.fixture
def world(village: Community, tmp_path: Path) -> Iterator[ApiWorld]:
    with world_of(village, tmp_path, auditors=frozenset({anybody(5).address})) as made_world:
        yield made_world


@pytest.fixture
def spa(world: ApiWorld) -> Client:
    return world.signed_in(member_key(SPA))


@pytest.fixture
def auditor(world: ApiWorld) -> Client:
    return world.signed_in(anybody(5))


def topic(event: str) -> str:
    """`Contract.Event` as a log's first topic."""
    contract, _, name = event.partition(".")
    return next("0x" + found.hex() for found, known in event_names(contract).items() if known == name)


def padded(number: int | str) -> str:
    value = int(number, 16) if isinstance(number, str) else number
    return f"0x{value:064x}"


def call(village: Community, path: str, *arguments: Any, **more: Any) -> dict[str, Any]:
    contract, _, function = path.partition(".")
    data = function_of(contract, function).encode(*arguments)
    return {"to": village.address(contract), "data": "0x" + data.hex(), **more}


def logs(village: Community, *events: str, topics: tuple[Any, ...] = ()) -> dict[str, Any]:
    contract = events[0].partition(".")[0]
    return {
        "address": village.address(contract),
        "fromBlock": "0x0",
        "topics": [[topic(one) for one in events], *topics],
    }


def interval_with_readings(village: Community) -> int:
    interval = village.open()
    readings = {MILL: made(900), ROOF: made(0), SPA: used(800), FLAT: used(20), 5: used(0), BARN: used(0)}
    orders = {i: village.standing_order(i) for i in (MILL, ROOF, SPA, FLAT, 5)}
    village.record_interval(interval, readings)
    village.advance(village.settlement(interval, readings, orders))
    return interval


# ------------------------------------------------------------------ the table itself


def test_policy__names__are_the_contracts_own() -> None:
    for contract, views in policy.VIEWS.items():
        assert views.keys() <= view_names(contract), contract
    for contract, functions in policy.REHEARSED.items():
        assert functions <= function_names(contract) - view_names(contract), contract
    for contract, events in policy.EVENTS.items():
        assert events.keys() <= set(event_names(contract).values()), contract


def test_policy__interval_data__in_no_member_s_table() -> None:
    assert not policy.EVENTS.get("MeterLedger")
    assert "FillsSettled" not in policy.EVENTS["EnergyMarket"]
    assert all(positions for positions in policy.EVENTS["OrderBook"].values())
    readings = policy.VIEWS["MeterLedger"]
    assert {readings[name] for name in ("readingOf", "readingsOf")} == {policy.Of.PARTICIPANT}
    for hidden in ("readingsInWord", "check", "measuredConsumption", "completeness"):
        assert hidden not in readings
    assert "ordersInWord" not in policy.VIEWS["OrderBook"]
    assert "multicall" not in policy.REHEARSED["EnergyMarket"]


NEVER = (
    "eth_getStorageAt",
    "eth_getProof",
    "debug_traceTransaction",
    "debug_traceCall",
    "trace_block",
    "eth_newFilter",
    "eth_getFilterLogs",
    "eth_subscribe",
    "eth_getBlockReceipts",
    "eth_getTransactionByBlockNumberAndIndex",
    "eth_pendingTransactions",
    "txpool_content",
    "eth_accounts",
    "eth_sendTransaction",
    "eth_sign",
    "eth_createAccessList",
    "eth_simulateV1",
    "evm_mine",
    "anvil_setCode",
    "admin_peers",
    "no_such",
    "",
)


@pytest.mark.parametrize("method", NEVER)
def test_rpc__method_of_no_table__refused_to_everybody(
    world: ApiWorld, spa: Client, auditor: Client, method: str
) -> None:
    assert "who is signed in" in world.stranger.rpc(method)
    for client in (spa, auditor, world.signed_in(KEYS.role(Role.OPERATOR))):
        assert client.rpc(method, "0x0", "0x0").startswith(f"!{method} is not available here")


@pytest.mark.parametrize("method", sorted(policy.SIGNED_IN))
def test_rpc__without_session__refused(world: ApiWorld, method: str) -> None:
    assert "who is signed in" in world.stranger.rpc(method)


def test_rpc__ended_session__401(world: ApiWorld) -> None:
    asked = {"jsonrpc": "2.0", "id": 1, "method": "eth_chainId", "params": []}
    assert code_of(world.stranger.post(f"/rpc/{'x' * 43}", asked)) == (401, "signed_out")
    assert code_of(world.stranger.post("/rpc", asked, headers={"authorization": "Bearer no"})) == (401, "signed_out")


def test_rpc__without_session__only_what_a_wallet_asks_first(world: ApiWorld, village: Community) -> None:
    assert world.stranger.rpc("eth_chainId") == "0x7a69"
    assert world.stranger.rpc("net_version") == "31337"
    assert int(world.stranger.rpc("eth_blockNumber"), 16) == village.web3.eth.block_number


# ------------------------------------------------------------------ logs


def test_rpc__logs_of_others__refused_to_a_member(world: ApiWorld, village: Community, spa: Client) -> None:
    interval_with_readings(village)
    world.index()
    refused = [
        logs(village, "MeterLedger.RunsRecorded"),
        logs(village, "MeterLedger.RunSkipped", topics=(padded(SPA),)),
        logs(village, "EnergyMarket.FillsSettled"),
        logs(village, "OrderBook.OrderPlaced"),
        logs(village, "OrderBook.OrderPlaced", topics=(padded(FLAT),)),
        logs(village, "OrderBook.OrderPlaced", topics=([padded(SPA), padded(FLAT)],)),
        logs(village, "OrderBook.OrderPlaced", topics=(None,)),
        logs(village, "GuaranteeOfOrigin.TransferSingle", topics=(None, padded(member_key(MILL).address))),
        {"fromBlock": "0x0"},
        {"fromBlock": "0x0", "topics": [topic("OrderBook.OrderPlaced"), padded(SPA)]},
        {"address": village.address("OrderBook"), "fromBlock": "0x0"},
        {"address": village.address("OrderBook"), "topics": [None, padded(SPA)]},
        {"address": "0x" + "11" * 20, "topics": [topic("OrderBook.OrderPlaced"), padded(SPA)]},
        {**logs(village, "OrderBook.OrderPlaced", topics=(padded(SPA),)), "address": None},
        {
            **logs(village, "OrderBook.OrderPlaced", topics=(padded(SPA),)),
            "address": [village.address("OrderBook"), village.address("MeterLedger")],
        },
        logs(village, "EnergyMarket.IntervalCleared", "EnergyMarket.FillsSettled"),
    ]
    for asked in refused:
        assert str(spa.rpc("eth_getLogs", asked)).startswith("!"), asked
    assert spa.rpc("eth_getLogs", logs(village, "OrderBook.OrderPlaced", topics=(padded(SPA),)))
    assert spa.rpc("eth_getLogs", logs(village, "EnergyMarket.IntervalCleared"))
    assert spa.rpc("eth_getLogs", logs(village, "CommunityEuro.Transfer", topics=(None, padded(_wallet(SPA))))) == []


def test_rpc__logs__everything_to_an_auditor(world: ApiWorld, village: Community, auditor: Client) -> None:
    interval_with_readings(village)
    assert auditor.rpc("eth_getLogs", logs(village, "MeterLedger.RunsRecorded"))
    assert auditor.rpc("eth_getLogs", logs(village, "EnergyMarket.FillsSettled"))
    assert str(auditor.rpc("eth_getLogs", {"fromBlock": "0x0"})).startswith("!"), "the community's contracts only"


# ------------------------------------------------------------------ calls


def test_rpc__calls_of_others__refused_to_a_member(world: ApiWorld, village: Community, spa: Client) -> None:
    interval = interval_with_readings(village)
    world.index()
    certificate = (1 << 32) | interval
    refused = [
        call(village, "MeterLedger.readingOf", FLAT, interval),
        call(village, "MeterLedger.readingsInWord", interval, 0, 127),
        call(village, "MeterLedger.measuredConsumption", SPA, interval, 1),
        call(village, "OrderBook.orderAt", FLAT, interval),
        call(village, "OrderBook.ordersInWord", interval, 0, 127),
        call(village, "EnergyMarket.balanceOf", FLAT),
        call(village, "EnergyMarket.multicall", [function_of("EnergyMarket", "balanceOf").encode(FLAT)]),
        call(village, "CommunityEuro.balanceOf", _wallet(FLAT)),
        call(village, "GuaranteeOfOrigin.balanceOf", _wallet(MILL), certificate),
        call(village, "GuaranteeOfOrigin.certificate", certificate),
        call(village, "GreenCoach.targetOf", FLAT, 1),
        call(village, "MeterLedger.readingOf", SPA, interval, **{"from": _wallet(FLAT)}),
        {"to": "0x" + "11" * 20, "data": "0x12345678"},
        {"data": "0x6001600055"},
        {"to": village.address("MeterLedger")},
        {"to": village.address("MeterLedger"), "data": "0xdeadbeef"},
        {**call(village, "MeterLedger.readingOf", SPA, interval), "input": "0x"},
        {**call(village, "MeterLedger.readingOf", SPA, interval), "stateOverride": {}},
    ]
    for asked in refused:
        assert str(spa.rpc("eth_call", asked, "latest")).startswith("!"), asked
        assert str(spa.rpc("eth_estimateGas", asked)).startswith("!"), asked
    own = call(village, "MeterLedger.readingOf", SPA, interval)
    assert int(spa.rpc("eth_call", own, "latest")[2:130], 16) == 800
    assert str(spa.rpc("eth_call", own, "latest", {})).startswith("!one call and a block")
    assert str(spa.rpc("eth_call", own, {"blockHash": "0x"})).startswith("!")
    assert spa.rpc("eth_call", call(village, "EnergyMarket.outcomeOf", interval), "latest")
    assert spa.rpc("eth_call", call(village, "CommunityEuro.balanceOf", _wallet(SPA)), "latest") == padded(0)


def test_rpc__certificate__to_its_producer_alone(world: ApiWorld, village: Community, auditor: Client) -> None:
    interval = interval_with_readings(village)
    world.index()
    asked = call(village, "GuaranteeOfOrigin.certificate", (1 << 32) | interval)
    assert not world.signed_in(member_key(MILL)).rpc("eth_call", asked, "latest").startswith("!")
    assert not auditor.rpc("eth_call", asked, "latest").startswith("!")
    assert world.signed_in(member_key(ROOF)).rpc("eth_call", asked, "latest").startswith("!")


def test_rpc__auditor__reads_everything_and_writes_nothing(
    world: ApiWorld, village: Community, auditor: Client
) -> None:
    interval = interval_with_readings(village)
    assert auditor.rpc("eth_call", call(village, "MeterLedger.readingOf", FLAT, interval), "latest")
    assert auditor.rpc("eth_call", call(village, "MeterLedger.readingsInWord", interval, 0, 127), "latest")
    answer = auditor.rpc("eth_call", call(village, "CommunityEuro.mint", _wallet(FLAT), 5, b"\1" * 32), "latest")
    assert answer.startswith("!"), "tried in the auditor's own name, who may not"


def test_rpc__trying_an_act__in_the_own_name(world: ApiWorld, village: Community, spa: Client) -> None:
    order = village.signed_order(village.order(SPA, village.open(), nonce=9))[0]
    assert spa.rpc("eth_call", call(village, "OrderBook.placeOrder", order), "latest") == "0x"
    assert int(spa.rpc("eth_estimateGas", call(village, "OrderBook.placeOrder", order)), 16) > 21_000
    foreign = village.signed_order(village.order(FLAT, village.open(), nonce=9))[0]
    answer = spa.post(
        "/rpc",
        {
            "jsonrpc": "2.0",
            "id": "a",
            "method": "eth_call",
            "params": [call(village, "OrderBook.placeOrder", foreign), "latest"],
        },
    ).json()
    assert answer["error"]["data"].startswith("0x" + keccak(text="OrderRefused(uint32,uint40,uint8,uint256)")[:4].hex())


def test_rpc__correction__tried_and_sent_by_the_metering_operator_alone(
    world: ApiWorld, village: Community, spa: Client
) -> None:
    interval = interval_with_readings(village)
    [planned] = plan(village.contracts, [Asked(FLAT, interval, 0, 35, b"\1".ljust(32))])
    one, key = planned.asked, KEYS.role(Role.METERING_OPERATOR)
    values = (FLAT, interval, one.production_wh, one.consumption_wh, one.reason, planned.proof.terms)
    asked = call(village, "Corrections.correct", *values)
    metering = world.signed_in(key)
    assert metering.rpc("eth_call", asked, "latest") == "0x"
    assert spa.rpc("eth_call", asked, "latest").startswith("!"), "tried in the member's own name, who may not"
    raw = signed(
        village, key, to=asked["to"], data=asked["data"], nonce=village.web3.eth.get_transaction_count(key.address)
    )
    assert spa.rpc("eth_sendRawTransaction", raw).startswith("!")
    tx_hash = metering.rpc("eth_sendRawTransaction", raw)
    assert village.web3.eth.wait_for_transaction_receipt(tx_hash, timeout=10)["status"] == 1
    flat = world.signed_in(member_key(FLAT))
    told = logs(village, "Corrections.ReadingCorrected", topics=(padded(FLAT),))
    assert len(flat.rpc("eth_getLogs", told)) == 1
    assert spa.rpc("eth_getLogs", told).startswith("!")
    assert flat.rpc("eth_call", call(village, "Corrections.earlierReadings", FLAT, interval), "latest") != "0x"
    assert spa.rpc("eth_call", call(village, "Corrections.earlierReadings", FLAT, interval), "latest").startswith("!")


# ------------------------------------------------------------------ transactions, accounts, blocks


def signed(village: Community, account: Any, **changes: Any) -> str:
    order = village.signed_order(village.order(SPA, village.open(), nonce=9))[0]
    data = function_of("OrderBook", "placeOrder").encode(order)
    values = {
        "chainId": 31_337,
        "nonce": 0,
        "gas": 2_000_000,
        "gasPrice": 0,
        "value": 0,
        "to": village.address("OrderBook"),
        "data": data,
    } | changes
    raw = Account.sign_transaction({key: value for key, value in values.items() if value is not None}, account.key)
    return "0x" + bytes(raw.raw_transaction).hex()


def test_rpc__send__only_the_own_wallet_to_the_community(world: ApiWorld, village: Community, spa: Client) -> None:
    wallet = member_key(SPA)
    for raw in (
        signed(village, member_key(FLAT)),
        signed(village, wallet, to="0x" + "11" * 20),
        signed(village, wallet, to=None),
        signed(village, wallet, chainId=1),
        "0x",
        "0x02",
        "zz",
    ):
        assert spa.rpc("eth_sendRawTransaction", raw).startswith("!"), raw
    tx_hash = spa.rpc("eth_sendRawTransaction", signed(village, wallet))
    village.web3.eth.wait_for_transaction_receipt(tx_hash, timeout=10)
    receipt = spa.rpc("eth_getTransactionReceipt", tx_hash)
    assert receipt["status"] == "0x1"
    assert [log["topics"][0] for log in receipt["logs"]] == [topic("OrderBook.OrderPlaced")]
    assert spa.rpc("eth_getTransactionByHash", tx_hash)["hash"] == tx_hash


def test_rpc__transactions_of_others__as_if_there_were_none(
    world: ApiWorld, village: Community, spa: Client, auditor: Client
) -> None:
    sent = village.place(village.order(FLAT, village.open(), nonce=9))
    for method in sorted(policy.TRANSACTIONS):
        assert spa.rpc(method, sent.tx_hash) is None
        assert auditor.rpc(method, sent.tx_hash) is not None


def test_rpc__own_transaction_that_settles__its_receipt_without_others_fills(
    world: ApiWorld, village: Community, spa: Client
) -> None:
    interval = village.open()
    readings = {MILL: made(900), ROOF: made(0), SPA: used(800), FLAT: used(20), 5: used(0), BARN: used(0)}
    orders = {i: village.standing_order(i) for i in (MILL, ROOF, SPA, FLAT, 5)}
    village.record_interval(interval, readings)
    settled = village.settlement(interval, readings, orders)
    advance = village.call("EnergyMarket.advance", settled.interval, settled.clearing.low, settled.clearing.high, 99)
    sent = village.sender(member_key(SPA)).send(advance)
    kinds = {log["topics"][0] for log in spa.rpc("eth_getTransactionReceipt", sent.tx_hash)["logs"]}
    assert topic("EnergyMarket.IntervalCleared") in kinds
    assert topic("EnergyMarket.FillsSettled") not in kinds
    assert topic("GuaranteeOfOrigin.Issued") not in kinds, "the mill's"


def test_rpc__accounts_and_blocks__own_and_bare(world: ApiWorld, village: Community, spa: Client) -> None:
    assert spa.rpc("eth_getTransactionCount", _wallet(SPA), "latest") == "0x0"
    assert spa.rpc("eth_getTransactionCount", _wallet(FLAT), "latest").startswith("!")
    assert len(spa.rpc("eth_getCode", village.address("OrderBook"), "latest")) > 1_000
    block = spa.rpc("eth_getBlockByNumber", "latest", False)
    assert all(isinstance(one, str) for one in block["transactions"])
    assert spa.rpc("eth_getBlockByNumber", "latest", True).startswith("!")
    assert spa.rpc("eth_getBlockByNumber", "latest").startswith("!")
    assert spa.rpc("eth_gasPrice") == "0x0"


# ------------------------------------------------------------------ form


def test_rpc__batches__in_order_and_bounded(world: ApiWorld, village: Community, spa: Client) -> None:
    asked = [
        {"jsonrpc": "2.0", "id": "a", "method": "eth_chainId"},
        {"jsonrpc": "2.0", "id": 2, "method": "eth_getStorageAt", "params": []},
        {"jsonrpc": "2.0", "id": 3, "method": "eth_blockNumber", "params": []},
        {"jsonrpc": "1.0", "id": 4, "method": "eth_blockNumber"},
        "nonsense",
        {"jsonrpc": "2.0", "id": 5, "method": "eth_gasPrice", "params": {}},
    ]
    answers = spa.post("/rpc", asked).json()
    assert [one["id"] for one in answers] == ["a", 2, 3, 4, None, 5]
    assert [one.get("error", {}).get("code") for one in answers] == [None, -32601, None, -32600, -32600, -32600]
    assert spa.post("/rpc", []).json()["error"]["code"] == -32600
    assert spa.post("/rpc", asked[:1] * 51).json()["error"]["code"] == -32600
    assert code_of(spa.request("POST", "/rpc", content=b"{", headers={"content-type": "application/json"})) == (
        400,
        "json",
    )


def test_rpc__token_in_the_address__for_a_wallet_s_own_connection(world: ApiWorld, village: Community) -> None:
    token = world.token(member_key(SPA))
    wallet = Client(world.app, {"origin": "chrome-extension://wallet"})
    asked = {"jsonrpc": "2.0", "id": 1, "method": "eth_getTransactionCount", "params": [_wallet(SPA), "latest"]}
    assert wallet.post(f"/rpc/{token}", asked).json()["result"] == "0x0"


def _wallet(participant: int) -> str:
    return str(member_key(participant).address)
