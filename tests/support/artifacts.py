"""Compiled contracts for tests: the shipped ones, and the mocks of contracts/mocks."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from web3 import Web3
from web3.contract import Contract
from web3.types import TxReceipt

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (ROOT / "src" / "wattcommons" / "chain" / "artifacts", ROOT / "tests" / "artifacts")


@cache
def artifact(name: str) -> dict[str, Any]:
    for folder in FOLDERS:
        path = folder / f"{name}.json"
        if path.is_file():
            content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            return content
    raise LookupError(f"no artifact of {name}: run `make artifacts`")


def deploy(web3: Web3, name: str, *arguments: object, sender: str | None = None) -> Contract:
    """A new instance, made by `sender` (default: the node's first account)."""
    compiled = artifact(name)
    factory = web3.eth.contract(abi=compiled["abi"], bytecode=compiled["bytecode"])
    receipt = transact(web3, factory.constructor(*arguments), sender)
    assert receipt["contractAddress"], f"{name} was not deployed"
    return at(web3, name, receipt["contractAddress"])


def at(web3: Web3, name: str, address: str) -> Contract:
    return web3.eth.contract(address=Web3.to_checksum_address(address), abi=artifact(name)["abi"])


def transact(web3: Web3, call: Any, sender: str | None = None) -> TxReceipt:
    """Send `call` from an account of the node and wait for it: automine is asynchronous.

    The call is executed once before (by the gas estimate), so that a revert raises with its data.
    """
    origin = sender or web3.eth.accounts[0]
    receipt = web3.eth.wait_for_transaction_receipt(
        call.transact({"from": origin, "gasPrice": 0}), timeout=20, poll_latency=0.005
    )
    assert receipt["status"] == 1, "reverted in its block after the estimate passed"
    return receipt
