"""Logs in bounded ranges from a node, and back from a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from wattcommons.chain.deployment import CONTRACTS, CommunityTerms, Deployment
from wattcommons.chain.events import decode_logs
from wattcommons.chain.logs import ChainLogs, FileLogs, RawLog, save_logs
from wattcommons.errors import FatalError, InputError, NodeUnavailable

pytestmark = pytest.mark.unit

DEPLOYMENT = Deployment(1, 1, {name: f"0x{0xC0 + i:040x}" for i, name in enumerate(CONTRACTS)}, CommunityTerms())


@dataclass
class Node:
    """A node with `a_block` logs in each block; it refuses more than `most` logs an answer."""

    a_block: int = 1
    most: int = 10**9
    stamped: bool = True
    bytes_a_log: int = 32
    spans: list[int] = field(default_factory=list)
    last: int = 300

    def make_request(self, method: str, parameters: list[Any]) -> dict[str, Any]:
        if method == "eth_getBlockByNumber":
            return {"result": {"timestamp": hex(1_000 + int(parameters[0], 16))}}
        first, end = (int(parameters[0][name], 16) for name in ("fromBlock", "toBlock"))
        self.spans.append(end - first + 1)
        found = [self._log(block, i) for block in range(first, end + 1) for i in range(self.a_block)]
        if len(found) > self.most:
            return {"error": {"code": -32005, "message": "too many logs"}}
        return {"result": found[::-1]}

    def make_batch_request(self, calls: list[tuple[str, list[Any]]]) -> list[dict[str, Any]]:
        return [self.make_request(*call) for call in calls]

    def _log(self, block: int, index: int) -> dict[str, Any]:
        log = {
            "address": "0x" + "C0" * 20,
            "topics": ["0x" + "11" * 32],
            "data": "0x" + "22" * self.bytes_a_log,
            "blockNumber": hex(block),
            "transactionHash": "0x" + "33" * 32,
            "logIndex": hex(index),
        }
        return log | ({"blockTimestamp": hex(1_000 + block)} if self.stamped else {})


def source(node: Node) -> ChainLogs:
    return ChainLogs(SimpleNamespace(provider=node), DEPLOYMENT)  # type: ignore[arg-type]


def test_logs__one_block_refused__node_unavailable() -> None:
    with pytest.raises(NodeUnavailable, match="no logs of block 1"):
        list(source(Node(a_block=2, most=1)).logs(1, 3))


def test_file_logs__broken_line__named(tmp_path: Path) -> None:
    path = tmp_path / "logs.jsonl"
    path.write_text("[1, 2]\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"logs\.jsonl:1: is not a saved log"):
        list(FileLogs(path).logs(0, 9))
    with pytest.raises(InputError, match="cannot be read"):
        list(FileLogs(tmp_path / "none").logs(0, 9))


def test_decode_logs__unknown_event__refused() -> None:
    log = RawLog(DEPLOYMENT.address("EnergyMarket"), (b"\x01" * 32,), b"", 4, "0x1", 0, 0)
    with pytest.raises(FatalError, match="of no known event"):
        list(decode_logs(DEPLOYMENT, [log]))


@pytest.mark.parametrize("stamped", [True, False])
def test_logs__node_that_limits_answers__all_in_order(stamped: bool) -> None:
    node = Node(a_block=3, most=40, stamped=stamped)
    logs = list(source(node).logs(1, 100))
    assert [(log.block, log.log_index) for log in logs] == [(block, i) for block in range(1, 101) for i in range(3)]
    assert {log.timestamp - log.block for log in logs} == {1_000}
    assert logs[0].address == "0x" + "c0" * 20


def test_logs__large_blocks__smaller_spans() -> None:
    node = Node(a_block=10, bytes_a_log=10_000)
    assert sum(1 for _ in source(node).logs(1, 100)) == 1_000
    assert node.spans[0] == 64
    assert max(node.spans[1:]) <= 5


def test_logs__sparse_blocks__wider_spans_up_to_the_limit() -> None:
    node = Node(a_block=0)
    assert not list(source(node).logs(1, 10_000))
    assert max(node.spans) == 2_000


def test_file_logs__saved__same_logs_of_the_blocks_asked_for(tmp_path: Path) -> None:
    logs = list(source(Node()).logs(1, 20))
    path = tmp_path / "logs.jsonl"
    assert save_logs(logs, path) == 20
    assert list(FileLogs(path).logs(1, 20)) == logs
    assert list(FileLogs(path).logs(5, 6)) == logs[4:6]
