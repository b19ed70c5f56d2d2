"""What became of transactions, by their hashes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from web3 import Web3

from wattcommons.chain.rpc import ask, ask_all, quantity, result_of, useless


class Standing(NamedTuple):
    """Where a transaction stands.

    `known`: the node has heard of it; `block`: the one it is in, None while it waits; `succeeded`: not reverted.
    """

    known: bool
    block: int | None = None
    succeeded: bool = False


def standings(web3: Web3, hashes: Sequence[str]) -> list[Standing]:
    """Where transactions stand at a node, in the order given. Raises NodeUnavailable."""
    calls = [("eth_getTransactionReceipt", [one]) for one in hashes]
    calls += [("eth_getTransactionByHash", [one]) for one in hashes]
    found = [result_of(web3, answer) for answer in ask_all(web3, calls)]
    receipts, transactions = found[: len(hashes)], found[len(hashes) :]
    return [
        Standing(transaction is not None) if receipt is None else _mined(web3, receipt)
        for receipt, transaction in zip(receipts, transactions, strict=True)
    ]


def is_known(web3: Web3, tx_hash: str) -> bool:
    """Whether the node has a transaction in a block or in wait. Raises NodeUnavailable."""
    return ask(web3, "eth_getTransactionByHash", tx_hash) is not None


def _mined(web3: Web3, receipt: Any) -> Standing:
    if not isinstance(receipt, dict):
        raise useless(web3, "the node gave something else where a receipt belongs")
    return Standing(True, quantity(web3, receipt.get("blockNumber")), quantity(web3, receipt.get("status")) == 1)
