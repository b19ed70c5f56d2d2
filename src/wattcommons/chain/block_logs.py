"""Blocks and the logs in them, taken so that both are of the same chain.

Of final blocks many are asked for at once, by their numbers: what is final does not change. Of blocks that may still
be replaced, the headers tell the hashes, and the logs are asked for by hash. Whatever a node answers is checked for
its form; what is none of it is NodeUnavailable, and the next node is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple, Protocol

from web3 import Web3

from wattcommons.chain.deployment import Deployment
from wattcommons.chain.finality import Block, Finality
from wattcommons.chain.logs import RawLog, raw_log
from wattcommons.chain.rpc import ask_all, error_text, octets, quantity, result_of, useless
from wattcommons.errors import NodeUnavailable

_FIRST_BLOCKS: Final = 64
_MOST_BLOCKS: Final = 4_000
_ANSWER_BYTES: Final = 2_000_000
_LOG_BYTES: Final = 900
_HEADERS_A_REQUEST: Final = 200


class Header(NamedTuple):
    """A block as far as an index needs it. `timestamp`: unix seconds; `parent` is empty where nobody asked for it."""

    number: int
    hash: bytes
    parent: bytes
    timestamp: int


class PlacedLog(NamedTuple):
    """A log and the hash of the block it is in."""

    block_hash: bytes
    log: RawLog


class Stretch(NamedTuple):
    """Final blocks up to `last`, and all logs of theirs in order."""

    last: Header
    logs: list[PlacedLog]


class BlockSource(Protocol):
    """What an index is made from. Everything raises NodeUnavailable."""

    def trust(self, number: int, block_hash: bytes) -> None:
        """Take a block as final: one that replaces it is ReorganisedError from now on."""
        ...

    def heads(self) -> tuple[Header, Header]:
        """The newest block and the final one. Raises ReorganisedError when a final block was replaced."""
        ...

    def headers(self, numbers: Sequence[int]) -> list[Header | None]:
        """The blocks with these numbers as the node has them now; None where it has none."""
        ...

    def final(self, first: int, last: int) -> Iterator[Stretch]:
        """Blocks first..last, which are final, and their logs: some blocks at a time."""
        ...

    def of_blocks(self, headers: Sequence[Header]) -> list[list[PlacedLog]]:
        """The logs of each of these very blocks."""
        ...


class BlockLogs:
    """Reads blocks and logs of a community from a node, or several (`endpoints`): see BlockSource.

    `depth`: as of `finality.Finality`. The number of blocks in a request follows the size of the answers, and falls
    when a node gives none of so many.
    """

    def __init__(self, web3: Web3, deployment: Deployment, depth: int | None = 0) -> None:
        self._web3 = web3
        self._depth = depth
        self._finality = Finality(depth)
        self._addresses = sorted({address.lower() for address in deployment.addresses.values()})
        self._span = _FIRST_BLOCKS

    def trust(self, number: int, block_hash: bytes) -> None:
        """See BlockSource."""
        self._finality = Finality(self._depth, Block(number, block_hash, 0, 0))

    def heads(self) -> tuple[Header, Header]:
        """See BlockSource."""
        newest, final = self._finality.blocks(self._web3)
        return _bare(newest), _bare(final)

    def headers(self, numbers: Sequence[int]) -> list[Header | None]:
        """See BlockSource."""
        found: list[Header | None] = []
        for start in range(0, len(numbers), _HEADERS_A_REQUEST):
            part = numbers[start : start + _HEADERS_A_REQUEST]
            answers = ask_all(self._web3, [("eth_getBlockByNumber", [hex(number), False]) for number in part])
            for number, answer in zip(part, answers, strict=True):
                header = self._header(result_of(self._web3, answer))
                if header is not None and header.number != number:
                    raise useless(self._web3, f"the node gave block {header.number} for {number}")
                found.append(header)
        return found

    def final(self, first: int, last: int) -> Iterator[Stretch]:
        """See BlockSource."""
        while first <= last:
            end = min(first + self._span - 1, last)
            logs = self._between(first, end)
            if logs is None:
                self._span = max(1, (end - first + 1) // 8)
                continue
            [header] = self.headers([end])
            if header is None:
                raise useless(self._web3, f"the node does not give block {end}")
            if any(one.block_hash != header.hash for one in logs if one.log.block == end):
                raise useless(self._web3, f"the node gave logs of another block {end}")
            yield Stretch(header, logs)
            first = end + 1
            size = sum(len(one.log.data) * 2 + _LOG_BYTES for one in logs)
            wanted = self._span * _ANSWER_BYTES // max(size, 1)
            self._span = max(1, min(self._span * 2, wanted, _MOST_BLOCKS))

    def of_blocks(self, headers: Sequence[Header]) -> list[list[PlacedLog]]:
        """See BlockSource. A node that has replaced one of them by now does not know it."""
        asked = [{"blockHash": f"0x{header.hash.hex()}", "address": self._addresses} for header in headers]
        answers = ask_all(self._web3, [("eth_getLogs", [one]) for one in asked])
        found = []
        for header, answer in zip(headers, answers, strict=True):
            logs = self._placed(result_of(self._web3, answer), {header.number: header.timestamp})
            if any(one.block_hash != header.hash or one.log.block != header.number for one in logs):
                raise useless(self._web3, f"the node gave logs of another block {header.number}")
            found.append(logs)
        return found

    def _between(self, first: int, last: int) -> list[PlacedLog] | None:
        """Logs of blocks; None when the node gives none of so many at once."""
        asked = {"fromBlock": hex(first), "toBlock": hex(last), "address": self._addresses}
        try:
            [answer] = ask_all(self._web3, [("eth_getLogs", [asked])])
        except NodeUnavailable:
            if first == last:
                raise
            return None
        if "error" in answer:
            if first == last:
                raise useless(self._web3, f"the node gives no logs of block {first}: {error_text(answer)}")
            return None
        logs = answer["result"]
        placed = self._placed(logs, self._times(logs))
        if any(not first <= one.log.block <= last for one in placed):
            raise useless(self._web3, "the node gave logs of other blocks than it was asked for")
        return placed

    def _placed(self, logs: Any, times: dict[int, int]) -> list[PlacedLog]:
        if not isinstance(logs, list):
            raise useless(self._web3, "the node gave something else where logs belong")
        placed = [self._one(log, times) for log in logs if not (isinstance(log, dict) and log.get("removed") is True)]
        placed.sort(key=lambda one: (one.log.block, one.log.log_index))
        for before, after in pairwise(placed):
            if (before.log.block, before.log.log_index) == (after.log.block, after.log.log_index):
                raise useless(self._web3, f"the node gave a log of block {after.log.block} twice")
        return placed

    def _one(self, log: Any, times: dict[int, int]) -> PlacedLog:
        web3 = self._web3
        if not isinstance(log, dict):
            raise useless(web3, "the node gave something else where a log belongs")
        raw = raw_log(web3, log, times)
        if raw.address not in self._addresses:
            raise useless(web3, "the node gave logs of contracts it was not asked for")
        return PlacedLog(octets(web3, log.get("blockHash"), 32), raw)

    def _times(self, logs: Any) -> dict[int, int]:
        """Times of the blocks whose logs carry none."""
        if not isinstance(logs, list):
            return {}
        bare = {
            quantity(self._web3, log.get("blockNumber"))
            for log in logs
            if isinstance(log, dict) and log.get("blockTimestamp") is None
        }
        times = {}
        for header in self.headers(sorted(bare)):
            if header is None:
                raise useless(self._web3, "the node does not give a block whose logs it gave")
            times[header.number] = header.timestamp
        return times

    def _header(self, header: Any) -> Header | None:
        if header is None:
            return None
        if not isinstance(header, dict):
            raise useless(self._web3, "the node gave something else where a block belongs")
        return Header(
            quantity(self._web3, header.get("number")),
            octets(self._web3, header.get("hash"), 32),
            octets(self._web3, header.get("parentHash"), 32),
            quantity(self._web3, header.get("timestamp")),
        )


def _bare(block: Block) -> Header:
    return Header(block.number, block.hash, b"", block.timestamp)
