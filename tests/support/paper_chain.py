"""A chain on paper: blocks of real, decodable logs, which may be replaced; a source of blocks for an indexer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from eth_abi.abi import encode
from eth_utils.abi import collapse_if_tuple, event_abi_to_log_topic
from eth_utils.address import to_checksum_address

from wattcommons.chain.artifacts import load_artifact
from wattcommons.chain.block_logs import Header, PlacedLog, Stretch
from wattcommons.chain.deployment import CONTRACTS, CommunityTerms, Deployment
from wattcommons.chain.logs import RawLog
from wattcommons.errors import ReorganisedError

FIRST_BLOCK = 3
GENESIS = 1_767_225_600
DEPLOYMENT = Deployment(
    chain_id=31_337,
    block=FIRST_BLOCK,
    addresses={name: to_checksum_address((0xC0 + i).to_bytes(20, "big")) for i, name in enumerate(CONTRACTS)},
    terms=CommunityTerms(collect_grid=True, collect_network_fee=True, network_fee=20_000),
)


@dataclass(frozen=True)
class Said:
    """An event before it stands in a block. `tx`: of several in one block, which transaction it is of."""

    address: str
    topics: tuple[bytes, ...]
    data: bytes
    tx: int = 0


def said(path: str, tx: int = 0, **args: Any) -> Said:
    """`Contract.Event` with its arguments, encoded as the contract would."""
    contract, name = path.split(".")
    item = _event(contract, name)
    assert args.keys() == {one["name"] for one in item["inputs"]}, f"{path} has {[o['name'] for o in item['inputs']]}"
    indexed = [one for one in item["inputs"] if one["indexed"]]
    plain = [one for one in item["inputs"] if not one["indexed"]]
    topics = [encode([one["type"]], [args[one["name"]]]) for one in indexed]
    data = encode([collapse_if_tuple(one) for one in plain], [args[one["name"]] for one in plain])
    return Said(DEPLOYMENT.address(contract).lower(), (_topic(contract, name), *topics), data, tx)


@cache
def _event(contract: str, name: str) -> dict[str, Any]:
    [item] = [one for one in load_artifact(contract).abi if one["type"] == "event" and one["name"] == name]
    return item


@cache
def _topic(contract: str, name: str) -> bytes:
    return bytes(event_abi_to_log_topic(_event(contract, name)))  # type: ignore[arg-type]


@dataclass
class PaperChain:
    """The blocks as they are now. `depth`: how many on top make one final. `lag`: newest blocks that are not shown."""

    depth: int = 0
    lag: int = 0
    stretch: int = 5
    blocks: list[tuple[Header, list[PlacedLog]]] = field(default_factory=list)
    marks: dict[int, bytes] = field(default_factory=dict)
    _made: int = 0

    def __post_init__(self) -> None:
        for _ in range(FIRST_BLOCK):
            self.mine([])

    def mine(self, events: Sequence[Said], seconds: int = 12) -> Header:
        """A block on top; its hash is of its own even where its content was seen before."""
        self._made += 1
        number = len(self.blocks)
        parent = self.blocks[-1][0] if self.blocks else Header(-1, bytes(32), bytes(32), GENESIS)
        block_hash = hashlib.sha256(f"{self._made}:{number}".encode()).digest()
        header = Header(number, block_hash, parent.hash, parent.timestamp + seconds)
        logs = []
        for index, event in enumerate(events):
            tx = "0x" + hashlib.sha256(f"{self._made}:{event.tx}".encode()).hexdigest()
            raw = RawLog(event.address, event.topics, event.data, number, tx, index, header.timestamp)
            logs.append(PlacedLog(block_hash, raw))
        self.blocks.append((header, logs))
        return header

    def drop(self, count: int) -> None:
        """The newest blocks are no longer of the chain."""
        if count:
            del self.blocks[-count:]

    # --- as a source of blocks ------------------------------------------------------------------------

    def trust(self, number: int, block_hash: bytes) -> None:
        self.marks = {number: block_hash}

    def heads(self) -> tuple[Header, Header]:
        shown = self._shown()
        for number, block_hash in self.marks.items():
            if number < len(shown) and shown[number][0].hash != block_hash:
                raise ReorganisedError(f"block {number} was final")
        return shown[-1][0], shown[max(0, len(shown) - 1 - self.depth)][0]

    def headers(self, numbers: Sequence[int]) -> list[Header | None]:
        shown = self._shown()
        return [shown[number][0] if number < len(shown) else None for number in numbers]

    def final(self, first: int, last: int) -> Iterator[Stretch]:
        shown = self._shown()
        for start in range(first, last + 1, self.stretch):
            end = min(start + self.stretch - 1, last)
            yield Stretch(shown[end][0], [log for _, logs in shown[start : end + 1] for log in logs])

    def of_blocks(self, headers: Sequence[Header]) -> list[list[PlacedLog]]:
        by_hash = {header.hash: logs for header, logs in self.blocks}
        return [by_hash[header.hash] for header in headers]

    def _shown(self) -> list[tuple[Header, list[PlacedLog]]]:
        return self.blocks[: len(self.blocks) - self.lag] if self.lag else self.blocks
