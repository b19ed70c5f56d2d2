"""A node's local socket, raw: transactions in anybody's name, and many reads in one request.

Faster than a web3 contract by an order of magnitude. The clock is exact: each block is one second after the last.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from eth_abi import decode
from eth_utils import keccak

from wattcommons.chain.batch import Read
from wattcommons.chain.codec import function_of
from wattcommons.chain.deployment import Deployment
from wattcommons.chain.reverts import reverted

GAS = hex(30_000_000)


@dataclass(frozen=True)
class Done:
    """A mined transaction: the name of the error it was refused with, or its logs."""

    error: str | None
    logs: Sequence[dict[str, Any]] = field(repr=False)

    @property
    def ok(self) -> bool:
        return self.error is None

    def data_of(self, signature: str, types: Sequence[str]) -> list[tuple[Any, ...]]:
        """The unindexed arguments of every log of an event."""
        topic = "0x" + keccak(text=signature).hex()
        return [decode(types, bytes.fromhex(log["data"][2:])) for log in self.logs if log["topics"][0] == topic]


class Ipc:
    """One connection to a node's socket."""

    def __init__(self, path: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(60)
        self._socket.connect(path)

    def close(self) -> None:
        self._socket.close()

    def ask(self, method: str, *parameters: Any) -> Any:
        answer = self._exchange({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters})
        assert "error" not in answer, f"{method}: {answer['error']}"
        return answer["result"]

    def ask_all(self, requests: Sequence[tuple[str, list[Any]]]) -> list[Any]:
        """Answers in order, errors included."""
        batch = [
            {"jsonrpc": "2.0", "id": number, "method": method, "params": parameters}
            for number, (method, parameters) in enumerate(requests)
        ]
        return sorted(self._exchange(batch), key=lambda answer: answer["id"])

    def _exchange(self, content: Any) -> Any:
        self._socket.sendall(json.dumps(content).encode())
        received = bytearray()
        while True:
            part = self._socket.recv(1 << 20)
            assert part, "the node closed its socket"
            received += part
            if part.rstrip()[-1:] in b"]}":
                try:
                    return json.loads(received)
                except ValueError:
                    continue


class ChainDriver:
    """A deployed community on a node whose clock it drives; accounts need no keys here."""

    def __init__(self, ipc: Ipc, deployment: Deployment) -> None:
        self._ipc = ipc
        self.deployment = deployment
        ipc.ask("anvil_autoImpersonateAccount", True)
        ipc.ask("anvil_setBlockTimestampInterval", 1)

    def now(self) -> int:
        """Unix second of the newest block."""
        return int(self._ipc.ask("eth_getBlockByNumber", "latest", False)["timestamp"], 16)

    def travel(self, timestamp: int) -> None:
        """Mine a block at that second."""
        self._ipc.ask("evm_setNextBlockTimestamp", timestamp)
        self._ipc.ask("evm_mine")

    def snapshot(self) -> str:
        return str(self._ipc.ask("evm_snapshot"))

    def back_to(self, snapshot: str) -> None:
        assert self._ipc.ask("evm_revert", snapshot), "the snapshot is gone"

    def send(self, sender: str, contract: str, function: str, *arguments: Any) -> Done:
        """Mine a transaction, refused or not."""
        transaction = {
            "from": sender,
            "to": self.deployment.address(contract),
            "gas": GAS,
            "gasPrice": "0x0",
            "data": "0x" + function_of(contract, function).encode(*arguments).hex(),
        }
        receipt = self._ipc.ask("eth_sendTransactionSync", transaction)
        if receipt["status"] == "0x1":
            return Done(None, receipt["logs"])
        return Done(self._error(transaction, contract), ())

    def read(self, reads: Sequence[Read]) -> list[Any]:
        """The values of views, all of the newest block."""
        calls = [
            (
                "eth_call",
                [
                    {
                        "to": self.deployment.address(one.contract),
                        "gas": GAS,
                        "data": "0x" + _encoded(one.contract, one.function, one.arguments).hex(),
                    },
                    "latest",
                ],
            )
            for one in reads
        ]
        values = []
        for one, answer in zip(reads, self._ipc.ask_all(calls), strict=True):
            assert "error" not in answer, f"{one}: {answer['error']}"
            values.append(function_of(one.contract, one.function).decode(bytes.fromhex(answer["result"][2:])))
        return values

    def read_market(self, reads: Sequence[tuple[str, tuple[Any, ...]]]) -> Read:
        """Many views of the market as one read; `decode_market` tells what it returned."""
        return Read("EnergyMarket", "multicall", (tuple(_encoded("EnergyMarket", *one) for one in reads),))

    @staticmethod
    def decode_market(reads: Sequence[tuple[str, tuple[Any, ...]]], answers: Sequence[bytes]) -> list[Any]:
        return [
            function_of("EnergyMarket", name).decode(answer) for (name, _), answer in zip(reads, answers, strict=True)
        ]

    def _error(self, transaction: dict[str, Any], contract: str) -> str:
        """Execute the refused call again to learn why: receipts do not say."""
        [answer] = self._ipc.ask_all([("eth_call", [transaction, "latest"])])
        data = answer.get("error", {}).get("data")
        return reverted(data, contract).error if data else "reverted"


@lru_cache(maxsize=50_000)
def _encoded(contract: str, function: str, arguments: tuple[Any, ...]) -> bytes:
    """Calldata; the same views are read after every step."""
    if function == "multicall":
        return _encoded_multicall(arguments[0])
    return function_of(contract, function).encode(*arguments)


def _encoded_multicall(calls: Sequence[bytes]) -> bytes:
    """`multicall(bytes[])`, several times faster than a general encoder."""
    words = [(32).to_bytes(32, "big"), len(calls).to_bytes(32, "big")]
    offset = 32 * len(calls)
    for call in calls:
        words.append(offset.to_bytes(32, "big"))
        offset += 32 + -(-len(call) // 32) * 32
    for call in calls:
        words += [len(call).to_bytes(32, "big"), call, bytes(-len(call) % 32)]
    return function_of("EnergyMarket", "multicall").selector + b"".join(words)
