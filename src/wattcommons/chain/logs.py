"""Raw logs of a community's contracts: from a node in bounded block ranges, or from a file.

A file holds one JSON object a line, in the order of the chain, so that a book can be audited again without a node.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

from web3 import Web3

from wattcommons.chain.deployment import Deployment
from wattcommons.chain.rpc import ask_all, error_text, octets, quantity, result_of, useless
from wattcommons.errors import InputError

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
    `topics`: only events of these; all when there are none. Raises NodeUnavailable when the node fails.
    """

    web3: Web3
    deployment: Deployment
    blocks_a_request: int = BLOCKS_A_REQUEST
    topics: tuple[bytes, ...] = ()

    def logs(self, first_block: int, last_block: int) -> Iterator[RawLog]:
        """See LogSource."""
        addresses = sorted({address.lower() for address in self.deployment.addresses.values()})
        span = min(_FIRST_BLOCKS, self.blocks_a_request)
        start = first_block
        while start <= last_block:
            end = min(start + span - 1, last_block)
            asked: dict[str, Any] = {"fromBlock": hex(start), "toBlock": hex(end), "address": addresses}
            if self.topics:
                asked["topics"] = [[f"0x{topic.hex()}" for topic in self.topics]]
            [answer] = ask_all(self.web3, [("eth_getLogs", [asked])])
            if "error" in answer:
                if span == 1:
                    raise useless(self.web3, f"the node gives no logs of block {start}: {error_text(answer)}")
                span = max(1, span // 2)
                continue
            found = self._standing(answer["result"])
            times = self._times(found)
            logs = [raw_log(self.web3, log, times) for log in found]
            yield from sorted(logs, key=lambda log: (log.block, log.log_index))
            start = end + 1
            size = sum(len(log.data) * 2 + _LOG_BYTES for log in logs)
            span = max(1, min(span * 2, span * _ANSWER_BYTES // max(size, 1), self.blocks_a_request))

    def _standing(self, found: Any) -> list[dict[str, Any]]:
        """The logs in an answer but for those that a node calls taken back."""
        if not isinstance(found, list) or not all(isinstance(log, dict) for log in found):
            raise useless(self.web3, "the node gave something else where logs belong")
        return [log for log in found if log.get("removed") is not True]

    def _times(self, logs: list[dict[str, Any]]) -> dict[int, int]:
        """Timestamps of the blocks whose logs do not carry one."""
        bare = [log.get("blockNumber") for log in logs if log.get("blockTimestamp") is None]
        missing = sorted({quantity(self.web3, number) for number in bare})
        times: dict[int, int] = {}
        for start in range(0, len(missing), _HEADERS_A_REQUEST):
            part = missing[start : start + _HEADERS_A_REQUEST]
            answers = ask_all(self.web3, [("eth_getBlockByNumber", [hex(number), False]) for number in part])
            for number, answer in zip(part, answers, strict=True):
                header = result_of(self.web3, answer)
                if not isinstance(header, dict):
                    raise useless(self.web3, f"the node does not give block {number}")
                times[number] = quantity(self.web3, header.get("timestamp"))
        return times


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


def raw_log(web3: Web3, log: dict[str, Any], times: Mapping[int, int]) -> RawLog:
    """A log in a node's answer. `times`: unix seconds of blocks, for logs that do not carry theirs.

    Raises NodeUnavailable for anything that is no log.
    """
    topics = log.get("topics")
    if not isinstance(topics, list):
        raise useless(web3, "the node gave something else where a log belongs")
    block = quantity(web3, log.get("blockNumber"))
    time = times.get(block)
    return RawLog(
        f"0x{octets(web3, log.get('address'), 20).hex()}",
        tuple(octets(web3, topic, 32) for topic in topics),
        octets(web3, log.get("data")),
        block,
        f"0x{octets(web3, log.get('transactionHash'), 32).hex()}",
        quantity(web3, log.get("logIndex")),
        quantity(web3, log.get("blockTimestamp")) if time is None else time,
    )
