"""Raw logs of a community's contracts: from a node in bounded block ranges, or from a file.

A file holds one JSON object a line, in the order of the chain, so that a book can be audited again without a node.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

import requests
from web3 import Web3
from web3.exceptions import Web3Exception
from web3.types import RPCEndpoint

from wattcommons.chain.deployment import Deployment
from wattcommons.errors import InputError, NodeUnavailable

BLOCKS_A_REQUEST: Final = 2_000
_FIRST_BLOCKS: Final = 64
_ANSWER_BYTES: Final = 1_000_000
"""Wanted size of an answer. Over a local socket an answer takes time with the square of its length."""
_LOG_BYTES: Final = 900
_HEADERS_A_REQUEST: Final = 200


class RawLog(NamedTuple):
    """One log as a node gives it. `address` is lower-case hex; `timestamp` is the block's, unix seconds."""

    address: str
    topics: tuple[bytes, ...]
    data: bytes
    block: int
    tx_hash: str
    log_index: int
    timestamp: int


class LogSource(Protocol):
    """Whatever can give a community's logs in the order of the chain."""

    def logs(self, first_block: int, last_block: int) -> Iterator[RawLog]:
        """All logs of the blocks first_block..last_block, both included, by block and log index."""
        ...


@dataclass(frozen=True)
class ChainLogs:
    """The logs of a deployment, read from a node.

    A request spans at most `blocks_a_request` blocks, fewer where they are full: the span follows the size of the
    answers, and halves whenever the node finds one too large. Memory holds one request's logs at a time.
    Raises NodeUnavailable when the node fails.
    """

    web3: Web3
    deployment: Deployment
    blocks_a_request: int = BLOCKS_A_REQUEST

    def logs(self, first_block: int, last_block: int) -> Iterator[RawLog]:
        """See LogSource."""
        addresses = sorted({address.lower() for address in self.deployment.addresses.values()})
        span = min(_FIRST_BLOCKS, self.blocks_a_request)
        start = first_block
        while start <= last_block:
            end = min(start + span - 1, last_block)
            asked = {"fromBlock": hex(start), "toBlock": hex(end), "address": addresses}
            answer = self._ask([("eth_getLogs", [asked])])[0]
            if "error" in answer:
                if span == 1:
                    raise NodeUnavailable(f"the node gives no logs of block {start}: {answer['error']}")
                span = max(1, span // 2)
                continue
            found = answer["result"]
            times = self._times(found)
            yield from sorted(
                (_raw(log, times) for log in found if not log.get("removed")),
                key=lambda log: (log.block, log.log_index),
            )
            start = end + 1
            size = sum(len(log["data"]) + _LOG_BYTES for log in found)
            span = max(1, min(span * 2, span * _ANSWER_BYTES // max(size, 1), self.blocks_a_request))

    def _times(self, logs: list[dict[str, Any]]) -> dict[str, int]:
        """Timestamps of the blocks whose logs do not carry one, by block number in hex."""
        missing = sorted({str(log["blockNumber"]) for log in logs if log.get("blockTimestamp") is None})
        times: dict[str, int] = {}
        for start in range(0, len(missing), _HEADERS_A_REQUEST):
            part = missing[start : start + _HEADERS_A_REQUEST]
            answers = self._ask([("eth_getBlockByNumber", [number, False]) for number in part])
            for number, answer in zip(part, answers, strict=True):
                if not answer.get("result"):
                    raise NodeUnavailable(f"the node does not give block {number}")
                times[number] = int(answer["result"]["timestamp"], 16)
        return times

    def _ask(self, calls: list[tuple[str, list[Any]]]) -> list[Any]:
        provider: Any = self.web3.provider
        requested = [(RPCEndpoint(method), parameters) for method, parameters in calls]
        try:
            if len(requested) == 1:
                return [provider.make_request(*requested[0])]
            return list(provider.make_batch_request(requested))
        except (requests.RequestException, OSError, TimeoutError, Web3Exception) as error:
            raise NodeUnavailable(f"the node does not answer ({type(error).__name__})") from error


@dataclass(frozen=True)
class FileLogs:
    """Logs saved by `save_logs`. Raises InputError naming file and line for a broken one."""

    path: Path

    def logs(self, first_block: int, last_block: int) -> Iterator[RawLog]:
        """See LogSource."""
        try:
            with self.path.open(encoding="utf-8") as lines:
                for number, line in enumerate(lines, 1):
                    log = self._parse(line, number)
                    if first_block <= log.block <= last_block:
                        yield log
        except OSError as error:
            raise InputError(f"cannot be read ({type(error).__name__})", file=self.path) from error

    def _parse(self, line: str, number: int) -> RawLog:
        try:
            address, topics, data, block, tx_hash, log_index, timestamp = json.loads(line)
            return RawLog(
                str(address),
                tuple(bytes.fromhex(topic) for topic in topics),
                bytes.fromhex(data),
                int(block),
                str(tx_hash),
                int(log_index),
                int(timestamp),
            )
        except (ValueError, TypeError) as error:
            raise InputError("is not a saved log", "save the logs again", file=self.path, line=number) from error


def save_logs(logs: Iterable[RawLog], path: Path) -> int:
    """Write logs to a file for `FileLogs`. Returns how many."""
    count = 0
    with path.open("w", encoding="utf-8") as out:
        for log in logs:
            row = [
                log.address,
                [topic.hex() for topic in log.topics],
                log.data.hex(),
                log.block,
                log.tx_hash,
                log.log_index,
                log.timestamp,
            ]
            out.write(json.dumps(row, separators=(",", ":")) + "\n")
            count += 1
    return count


def _raw(log: dict[str, Any], times: dict[str, int]) -> RawLog:
    number = str(log["blockNumber"])
    stamped = log.get("blockTimestamp")
    return RawLog(
        str(log["address"]).lower(),
        tuple(bytes.fromhex(topic[2:]) for topic in log["topics"]),
        bytes.fromhex(log["data"][2:]),
        int(number, 16),
        str(log["transactionHash"]),
        int(log["logIndex"], 16),
        times[number] if stamped is None else int(stamped, 16),
    )
