"""What a node tells for a proof: block headers, words of storage with their trie nodes, receipts, chosen logs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from eth_utils.abi import event_abi_to_log_topic
from web3 import Web3

from wattcommons.chain.artifacts import load_artifact
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.events import Event, decode_logs
from wattcommons.chain.logs import raw_log
from wattcommons.chain.rpc import ask, ask_all, error_text, octets, quantity, result_of, useless
from wattcommons.errors import FatalError

_SPAN: Final = 2_000
_BATCH: Final = 100


class ProofReads:
    """One community's node, asked for evidence. Raises NodeUnavailable when it fails or has forgotten the block."""

    def __init__(self, contracts: Contracts) -> None:
        self._web3: Web3 = contracts.web3
        self._deployment = contracts.deployment

    @property
    def newest(self) -> int:
        """Number of the newest block."""
        return quantity(self._web3, ask(self._web3, "eth_blockNumber"))

    def block(self, number: int) -> dict[str, Any]:
        """A block as the node gives it, its transactions as hashes."""
        return self.blocks([number])[0]

    def blocks(self, numbers: Sequence[int]) -> list[dict[str, Any]]:
        """Several blocks."""
        found: list[dict[str, Any]] = []
        for start in range(0, len(numbers), _BATCH):
            part = numbers[start : start + _BATCH]
            for answer in ask_all(self._web3, [("eth_getBlockByNumber", [hex(one), False]) for one in part]):
                block = result_of(self._web3, answer)
                if not isinstance(block, dict):
                    raise useless(self._web3, "the node lacks a block that a proof needs")
                found.append(block)
        return found

    def timestamp(self, number: int) -> int:
        """Unix seconds of a block."""
        return quantity(self._web3, self.block(number).get("timestamp"))

    def word(self, contract: str, slot: int, block: int) -> int:
        """A word of a contract's storage."""
        where = [self._deployment.address(contract), f"0x{slot:064x}", hex(block)]
        return int.from_bytes(octets(self._web3, ask(self._web3, "eth_getStorageAt", *where)), "big")

    def nodes(self, contract: str, slots: Sequence[int], block: int) -> list[bytes]:
        """Trie nodes that prove a contract's account and words of its storage."""
        asked = [self._deployment.address(contract), [f"0x{slot:064x}" for slot in slots], hex(block)]
        found = ask(self._web3, "eth_getProof", *asked)
        try:
            texts = [*found["accountProof"], *(text for proof in found["storageProof"] for text in proof["proof"])]
        except (KeyError, TypeError) as error:
            raise useless(self._web3, "the node gave something else where a proof belongs") from error
        return [octets(self._web3, text) for text in texts]

    def receipts(self, block: int) -> list[dict[str, Any]]:
        """All receipts of a block, in their order."""
        [answer] = ask_all(self._web3, [("eth_getBlockReceipts", [hex(block)])])
        if "error" not in answer:
            found = answer["result"]
        else:  # not every node has the method
            hashes = self.block(block)["transactions"]
            asked = [("eth_getTransactionReceipt", [one]) for one in hashes]
            found = [result_of(self._web3, one) for one in ask_all(self._web3, asked)]
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise useless(self._web3, "the node gave something else where receipts belong")
        return sorted(found, key=lambda one: quantity(self._web3, one.get("transactionIndex")))

    def events(
        self, contract: str, names: Sequence[str], topics: Sequence[int | None], first: int, last: int
    ) -> Iterator[tuple[Event, int]]:
        """Events of a contract by names and indexed values, in order, with their transaction's place in its block."""
        abi = {item["name"]: item for item in load_artifact(contract).abi if item["type"] == "event"}
        if not set(names) <= abi.keys():
            raise FatalError(f"{contract} has not all of the events {', '.join(names)}")
        kinds = [f"0x{event_abi_to_log_topic(abi[name]).hex()}" for name in names]  # type: ignore[arg-type]
        asked = {
            "address": self._deployment.address(contract),
            "topics": [kinds, *(None if one is None else f"0x{one:064x}" for one in topics)],
        }
        span, start = _SPAN, first
        while start <= last:
            end = min(start + span - 1, last)
            [answer] = ask_all(self._web3, [("eth_getLogs", [{**asked, "fromBlock": hex(start), "toBlock": hex(end)}])])
            if "error" in answer:
                if span == 1:
                    raise useless(self._web3, f"the node gives no logs of block {start}: {error_text(answer)}")
                span = max(1, span // 2)
                continue
            logs = answer["result"]
            if not isinstance(logs, list) or not all(isinstance(log, dict) for log in logs):
                raise useless(self._web3, "the node gave something else where logs belong")
            times = {quantity(self._web3, log.get("blockNumber")): 0 for log in logs}
            raw = [raw_log(self._web3, log, times) for log in logs]
            places = [quantity(self._web3, log.get("transactionIndex")) for log in logs]
            yield from zip(decode_logs(self._deployment, raw), places, strict=True)
            start = end + 1
