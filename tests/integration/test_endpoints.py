"""Reaching a real node through a network that fails in every way."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from web3 import Web3

from tests.support.community import KEYS
from tests.support.devnet import rpc
from tests.support.flaky_proxy import ALL_BAD, Behaviour, FlakyProxy
from wattcommons.chain.contracts import Call
from wattcommons.chain.devnet import Devnet, DevnetOptions, devnet
from wattcommons.chain.endpoints import Endpoints, web3_over
from wattcommons.chain.finality import Finality
from wattcommons.chain.rpc import ask, ask_all
from wattcommons.chain.sender import Sender
from wattcommons.chain.transactions import standings
from wattcommons.errors import NodeUnavailable, NonceConflict, ReorganisedError, SettingsError, WrongChain

pytestmark = pytest.mark.integration

NOTHING = Call("", bytes.fromhex("00"), "nothing")  # type: ignore[arg-type]
HARMFUL = [one for one in ALL_BAD if one is not Behaviour.DELAY]


@pytest.fixture(scope="module")
def running() -> Iterator[Devnet]:
    with devnet() as node:
        yield node


@pytest.fixture
def proxy(running: Devnet) -> Iterator[FlakyProxy]:
    with FlakyProxy(port_of(running)) as between:
        yield between


def port_of(node: Devnet) -> int:
    return int(node.http_url.rpartition(":")[2])


def over(*urls: str, timeout_s: float = 5.0, chain_id: int = 31_337, most_bytes: int = 1 << 20) -> Web3:
    return web3_over(Endpoints(urls, chain_id, timeout_s, most_bytes=most_bytes))


# --- one node ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("behaviour", HARMFUL, ids=lambda one: one.name)
def test_ask__bad_network__node_unavailable_and_well_again_after_it(proxy: FlakyProxy, behaviour: Behaviour) -> None:
    web3 = over(proxy.url, timeout_s=0.5)
    assert ask(web3, "eth_chainId") == "0x7a69"
    proxy.behave(behaviour)
    began = time.monotonic()
    for _ in range(2):
        with pytest.raises(NodeUnavailable):
            ask(web3, "eth_chainId")
    with pytest.raises(NodeUnavailable):
        ask_all(web3, [("eth_chainId", []), ("eth_blockNumber", [])])
    assert time.monotonic() - began < 3
    proxy.behave(Behaviour.PASS)
    assert ask(web3, "eth_chainId") == "0x7a69"
    assert proxy.seen[behaviour] >= 3


@pytest.mark.parametrize("drop_after", [0, 1, 12, 60, 120, 150])
def test_ask__answer_cut_anywhere__node_unavailable(running: Devnet, drop_after: int) -> None:
    with FlakyProxy(port_of(running), drop_after=drop_after) as proxy:
        proxy.behave(Behaviour.DROP)
        with pytest.raises(NodeUnavailable):
            ask(over(proxy.url), "eth_chainId")


def test_ask__slow_answer__taken_when_in_time(proxy: FlakyProxy) -> None:
    proxy.behave(Behaviour.DELAY)
    assert ask(over(proxy.url), "eth_chainId") == "0x7a69"
    with pytest.raises(NodeUnavailable, match="TimeoutError"):
        ask(over(proxy.url, timeout_s=0.1), "eth_chainId")


def test_ask__answer_too_long__node_unavailable(running: Devnet) -> None:
    for url in (running.http_url, running.ipc_path):
        web3 = over(url, most_bytes=300)
        assert ask(web3, "eth_chainId") == "0x7a69"
        with pytest.raises(NodeUnavailable, match="bytes"):
            ask(web3, "eth_getBlockByNumber", "latest", False)


def test_ask__nobody_listens_or_no_such_host__node_unavailable() -> None:
    with FlakyProxy(1) as closed:
        pass
    for url in (closed.url, "http://no-such-host.invalid:1", "/nowhere/node.ipc", "http://" + "a" * 300 + ":1"):
        with pytest.raises(NodeUnavailable):
            ask(over(url), "eth_chainId")


def test_ask__over_the_socket__as_over_http(running: Devnet) -> None:
    web3 = over(running.ipc_path)
    assert web3.eth.get_block("latest").number == over(f"ipc://{running.ipc_path}").eth.block_number
    assert len(ask_all(web3, [("eth_getBlockByNumber", ["latest", True])] * 200)) == 200


def test_ask__another_chain__wrong_chain(running: Devnet) -> None:
    with pytest.raises(WrongChain):
        ask(over(running.http_url, running.ipc_path, chain_id=1), "eth_blockNumber")


# --- several nodes ----------------------------------------------------------------------------------


def test_endpoints__first_goes_bad__the_other_answers(running: Devnet, proxy: FlakyProxy) -> None:
    web3 = over(proxy.url, running.http_url, timeout_s=0.5)
    for behaviour in HARMFUL:
        proxy.behave(behaviour)
        assert ask(web3, "eth_chainId") == "0x7a69", behaviour


def test_endpoints__network_good_every_other_time__every_question_answered_in_the_end(
    running: Devnet, proxy: FlakyProxy
) -> None:
    proxy.random(seed=3, good_share=0.5, bad=tuple(one for one in HARMFUL if one is not Behaviour.STALL))
    web3 = over(proxy.url, proxy.url, timeout_s=0.5)
    answered = 0
    for _ in range(60):
        try:
            assert [answer["result"] for answer in ask_all(web3, [("eth_chainId", [])] * 3)] == ["0x7a69"] * 3
            answered += 1
        except NodeUnavailable:
            continue
    assert 20 < answered < 60


def test_endpoints__node_started_elsewhere__found_again(proxy: FlakyProxy) -> None:
    web3 = over(proxy.url)
    ask(web3, "eth_chainId")
    with devnet() as other:
        proxy.target = port_of(other)
        ask(web3, "eth_chainId")


# --- sending ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("behaviour", [Behaviour.LOSE, Behaviour.DROP])
def test_hand_over__answer_lost__sent_once(running: Devnet, proxy: FlakyProxy, behaviour: Behaviour) -> None:
    """The transaction stands in a block when it is sent again: the node calls its nonce too low."""
    sender = Sender(over(proxy.url, running.http_url), KEYS.service(f"lost answer {behaviour.name}"), gas=100_000)
    prepared = sender.prepare(NOTHING)
    proxy.once(behaviour)
    sender.hand_over(prepared)
    web3 = over(running.http_url)
    mined(web3, prepared.tx_hash)
    assert web3.eth.get_transaction_count(sender.address) == 1


def test_hand_over__lost_and_nobody_else_to_ask__unavailable_yet_the_hash_tells(
    running: Devnet, proxy: FlakyProxy
) -> None:
    sender = Sender(over(proxy.url), KEYS.service("lost for good"), gas=100_000)
    prepared = sender.prepare(NOTHING)
    proxy.once(Behaviour.LOSE, Behaviour.LOSE)  # the kept connection, and a new one
    with pytest.raises(NodeUnavailable):
        sender.hand_over(prepared)
    mined(over(running.http_url), prepared.tx_hash)
    assert sender.next_nonce() == 1


def test_hand_over__nonce_used_by_another__nonce_conflict_and_the_next_one_is_right(running: Devnet) -> None:
    web3 = over(running.http_url)
    one, other = (Sender(web3, KEYS.service("shared"), gas=100_000) for _ in range(2))
    assert one.next_nonce() == other.next_nonce() == 0
    one.send(NOTHING, gas=90_000)
    with pytest.raises(NonceConflict):
        other.hand_over(other.prepare(NOTHING))
    other.hand_over(other.prepare(NOTHING))


def test_restart__gap_left_by_a_lost_transaction__filled(running: Devnet) -> None:
    web3 = over(running.http_url)
    sender = Sender(web3, KEYS.service("gap"), gas=100_000)
    sender.prepare(NOTHING)  # never sent
    second = sender.prepare(NOTHING)
    sender.hand_over(second)
    assert standings(web3, [second.tx_hash])[0].block is None
    sender.restart(from_mined=True)
    sender.hand_over(sender.prepare(NOTHING))
    mined(web3, second.tx_hash)


def test_standings__unknown_waiting_mined_failed__told_apart(running: Devnet) -> None:
    web3 = over(running.http_url)
    sender = Sender(web3, KEYS.service("standings"), gas=100_000)
    good, bad = sender.prepare(NOTHING), sender.prepare(Call("", bytes.fromhex("fe"), "fails"))  # type: ignore[arg-type]
    lost, waiting = sender.prepare(NOTHING), sender.prepare(NOTHING)
    for one in (good, bad, waiting):
        sender.hand_over(one)
    mined(web3, bad.tx_hash)
    found = standings(web3, [one.tx_hash for one in (good, bad, lost, waiting)])
    assert [(one.known, one.block is not None, one.succeeded) for one in found] == [
        (True, True, True),
        (True, True, False),
        (False, False, False),
        (True, False, False),
    ]


def replace(web3: Web3, taken: object, blocks: int) -> object:
    """Go back to a snapshot, and on by as many blocks of other times, so other ones; a snapshot of where it was."""
    rpc(web3, "evm_revert", taken)
    again = rpc(web3, "evm_snapshot")
    rpc(web3, "evm_increaseTime", 7)
    if blocks:
        rpc(web3, "anvil_mine", hex(blocks))
    return again


def mined(web3: Web3, tx_hash: str) -> None:
    deadline = time.monotonic() + 5
    while standings(web3, [tx_hash])[0].block is None:
        assert time.monotonic() < deadline, f"{tx_hash} is not mined"
        time.sleep(0.005)


# --- finality ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("depth", [-1, 10**9])
def test_finality__impossible_depth__refused(depth: int) -> None:
    with pytest.raises(SettingsError):
        Finality(depth)


@pytest.mark.parametrize("depth", [0, 3])
def test_blocks__final_block_replaced__reorganised(node: Web3, depth: int) -> None:
    finality = Finality(depth)
    taken = rpc(node, "evm_snapshot")
    rpc(node, "anvil_mine", hex(depth + 1))
    final = finality.final_block(node)
    replace(node, taken, depth + 1)
    with pytest.raises(ReorganisedError, match=f"block {final.number} was final"):
        finality.blocks(node)


def test_blocks__replaced_above_the_final_one__goes_on(node: Web3) -> None:
    finality = Finality(3)
    taken = rpc(node, "evm_snapshot")
    rpc(node, "anvil_mine", "0x3")
    newest, first = finality.blocks(node)
    replace(node, taken, 3)
    replaced, again = finality.blocks(node)
    assert again == first
    assert (replaced.number, replaced.hash == newest.hash) == (newest.number, False)
    rpc(node, "evm_mine")
    assert finality.final_block(node).number == first.number + 1


def test_blocks__node_that_lags__is_no_contradiction(node: Web3) -> None:
    finality = Finality(0)
    before = finality.final_block(node)
    taken = rpc(node, "evm_snapshot")
    rpc(node, "anvil_mine", "0x5")
    ahead = finality.final_block(node)
    taken = replace(node, taken, 0)
    assert finality.final_block(node) == before
    replace(node, taken, 6)
    with pytest.raises(ReorganisedError, match=f"block {ahead.number} was final"):
        finality.final_block(node)


def test_blocks__chain_shorter_than_the_depth__its_first_block(running: Devnet) -> None:
    newest, final = Finality(100_000).blocks(over(running.http_url))
    assert final.number == 0
    assert newest.gas_limit == 60_000_000


def test_blocks__finalized_by_the_node__its_block(running: Devnet) -> None:
    web3 = over(running.http_url)
    rpc(web3, "anvil_mine", "0x50")
    newest, final = Finality(None).blocks(web3)
    assert final.number == newest.number - 64


def test_blocks__chain_restarted_from_its_state__same_final_block(tmp_path: Path) -> None:
    finality = Finality(2)
    state = tmp_path / "state.json"
    with devnet(DevnetOptions(dump_state=state)) as node:
        web3 = over(node.http_url)
        rpc(web3, "anvil_mine", "0x5")
        before = finality.final_block(web3)
    with devnet(DevnetOptions(load_state=state)) as node:
        assert finality.final_block(over(node.http_url)) == before
