"""Blocks and logs from a node: what is no answer is NodeUnavailable, what is one is taken in bounded parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from wattcommons.chain.block_logs import BlockLogs, Header
from wattcommons.chain.deployment import CONTRACTS, CommunityTerms, Deployment
from wattcommons.errors import NodeUnavailable, ReorganisedError

pytestmark = pytest.mark.unit

DEPLOYMENT = Deployment(1, 1, {name: f"0x{0xC0 + i:040x}" for i, name in enumerate(CONTRACTS)}, CommunityTerms())
Change = Callable[[dict[str, Any]], object]


def block_hash(number: int) -> str:
    return f"0x{number + 1:064x}"


@dataclass
class Node:
    """A node with one log in each block. `most`: logs an answer; `spoil` alters each log, `alter` each header."""

    newest: int = 300
    most: int = 10**9
    stamped: bool = True
    spoil: Change = lambda log: None
    alter: Change = lambda header: None
    moved_on: int = 0
    spans: list[int] = field(default_factory=list)

    def move_on(self) -> None:
        self.moved_on += 1

    def make_request(self, method: str, parameters: list[Any]) -> dict[str, Any]:
        if method == "eth_getBlockByNumber":
            tag = parameters[0]
            number = self.newest if tag == "latest" else int(tag, 16)
            return {"result": self._header(number) if number <= self.newest else None}
        asked = parameters[0]
        if "blockHash" in asked:
            return {"result": [self._log(int(asked["blockHash"], 16) - 1)]}
        first, end = (int(asked[name], 16) for name in ("fromBlock", "toBlock"))
        self.spans.append(end - first + 1)
        if end - first + 1 > self.most:
            return {"error": {"code": -32005, "message": "too many logs"}}
        return {"result": [self._log(number) for number in range(end, first - 1, -1)]}

    def make_batch_request(self, calls: list[tuple[str, list[Any]]]) -> list[dict[str, Any]]:
        return [self.make_request(*call) for call in calls]

    def _header(self, number: int) -> dict[str, Any]:
        header = {
            "number": hex(number),
            "hash": block_hash(number),
            "parentHash": block_hash(number - 1),
            "timestamp": hex(1_000 + number),
            "gasLimit": "0x1",
        }
        self.alter(header)
        return header

    def _log(self, number: int) -> dict[str, Any]:
        log: dict[str, Any] = {
            "address": DEPLOYMENT.address("EnergyMarket"),
            "topics": ["0x" + "11" * 32],
            "data": "0x" + "22" * 32,
            "blockHash": block_hash(number),
            "blockNumber": hex(number),
            "transactionHash": "0x" + "33" * 32,
            "logIndex": "0x0",
        }
        if self.stamped:
            log["blockTimestamp"] = hex(1_000 + number)
        self.spoil(log)
        return log


def source(node: Node, depth: int | None = 0) -> BlockLogs:
    return BlockLogs(SimpleNamespace(provider=node), DEPLOYMENT, depth)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda log: log.update(address="0x" + "99" * 20),
        lambda log: log.update(address="0x99"),
        lambda log: log.update(topics="0x"),
        lambda log: log.update(topics=["0x11"]),
        lambda log: log.update(data="0x1"),
        lambda log: log.update(data=None),
        lambda log: log.update(blockNumber="0x9999"),
        lambda log: log.update(blockNumber=7),
        lambda log: log.update(blockHash=block_hash(999)),
        lambda log: log.update(transactionHash="0x"),
        lambda log: log.update(logIndex="first"),
        lambda log: log.update(blockTimestamp=True),
        lambda log: log.clear(),
    ],
)
def test_final__log_of_the_wrong_form__node_unavailable(spoil: Change) -> None:
    node = Node(spoil=spoil)
    with pytest.raises(NodeUnavailable):
        list(source(node).final(5, 5))
    assert node.moved_on


@pytest.mark.parametrize(
    "alter",
    [
        lambda header: header.update(number="0x1"),
        lambda header: header.update(hash="0x1"),
        lambda header: header.update(parentHash=None),
        lambda header: header.update(timestamp=-1),
        lambda header: header.clear(),
    ],
)
def test_headers__of_the_wrong_form__node_unavailable(alter: Change) -> None:
    with pytest.raises(NodeUnavailable):
        source(Node(alter=alter)).headers([5])


def test_final__the_same_log_twice__node_unavailable() -> None:
    node = Node(spoil=lambda log: log.update(blockNumber="0x5", blockHash=block_hash(5)))
    with pytest.raises(NodeUnavailable, match="twice"):
        list(source(node).final(4, 5))


def test_final__one_block_refused__node_unavailable() -> None:
    with pytest.raises(NodeUnavailable, match="no logs of block 1: too many logs"):
        list(source(Node(most=0)).final(1, 9))


def test_of_blocks__replaced_meanwhile__node_unavailable() -> None:
    node = Node(spoil=lambda log: log.update(blockHash=block_hash(77)))
    with pytest.raises(NodeUnavailable, match="another block 5"):
        source(node).of_blocks([Header(5, bytes.fromhex(block_hash(5)[2:]), b"", 0)])


def test_heads__trusted_block_replaced__reorganised() -> None:
    chain = source(Node())
    chain.trust(5, bytes.fromhex(block_hash(5)[2:]))
    assert chain.heads()[0].number == 300
    chain.trust(5, bytes(32))
    with pytest.raises(ReorganisedError, match="block 5 was final"):
        chain.heads()


def test_heads__depth__that_many_below() -> None:
    newest, final = source(Node(), depth=12).heads()
    assert (newest.number, final.number, final.timestamp) == (300, 288, 1_288)


def test_final__logs_without_times__times_of_their_blocks() -> None:
    [stretch] = source(Node(stamped=False)).final(5, 7)
    assert [(one.log.block, one.log.timestamp) for one in stretch.logs] == [(5, 1_005), (6, 1_006), (7, 1_007)]
    assert stretch.last == Header(7, bytes.fromhex(block_hash(7)[2:]), bytes.fromhex(block_hash(6)[2:]), 1_007)


def test_final__answers_too_large__fewer_blocks_at_once_and_none_missed() -> None:
    node = Node(most=9)
    found = [one.log.block for stretch in source(node).final(1, 200) for one in stretch.logs]
    assert found == list(range(1, 201))
    assert max(node.spans[1:]) <= 16


def test_final__logs_taken_back__left_out() -> None:
    node = Node(spoil=lambda log: log.update(removed=log["blockNumber"] == "0x6"))
    [stretch] = source(node).final(5, 7)
    assert [one.log.block for one in stretch.logs] == [5, 7]
