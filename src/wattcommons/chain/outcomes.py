"""What a transaction that is in a block has done: the events of our contracts, or why it was refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wattcommons.chain.contracts import Call, Contracts
from wattcommons.chain.events import Event, decode_logs, read_events
from wattcommons.chain.logs import RawLog
from wattcommons.chain.reverts import reverted
from wattcommons.chain.rpc import ask, ask_all, octets, quantity, useless
from wattcommons.errors import RevertedError


@dataclass(frozen=True)
class Outcome:
    """`events`: in their order; `error`: set when the transaction had no effect."""

    block: int
    events: tuple[Event, ...] = ()
    error: RevertedError | None = None


def outcome_of(contracts: Contracts, tx_hash: str, call: Call, sender: str) -> Outcome | None:
    """The outcome of a transaction that `sender` made of `call`; None while it is in no block.

    Raises NodeUnavailable.
    """
    web3 = contracts.web3
    receipt: Any = ask(web3, "eth_getTransactionReceipt", tx_hash)
    if receipt is None:
        return None
    if not isinstance(receipt, dict) or not isinstance(receipt.get("logs"), list):
        raise useless(web3, "the node gave something else where a receipt belongs")
    block, status = (quantity(web3, receipt.get(name)) for name in ("blockNumber", "status"))
    if status != 1:
        return Outcome(block, error=_why(contracts, call, sender, block))
    ours = {address.lower() for address in contracts.deployment.addresses.values()}
    logs = [
        RawLog(
            str(log["address"]).lower(),
            tuple(octets(web3, topic) for topic in log["topics"]),
            octets(web3, log["data"]),
            block,
            tx_hash,
            quantity(web3, log["logIndex"]),
            0,
        )
        for log in receipt["logs"]
        if str(log["address"]).lower() in ours
    ]
    return Outcome(block, tuple(decode_logs(contracts.deployment, logs)))


def landed_order(contracts: Contracts, participant: int, nonce: int) -> bool:
    """Whether an order of this nonce is on the book, whoever sent it there. Raises NodeUnavailable."""
    book = _OrderLogs(contracts, participant)
    return any(
        event.name == "OrderPlaced" and event.args["nonce"] == nonce for event in read_events(contracts, 0, source=book)
    )


@dataclass(frozen=True)
class _OrderLogs:
    """The order book's logs of one participant, as a source of logs."""

    contracts: Contracts
    participant: int

    def logs(self, first_block: int, _last_block: int) -> Any:
        """See LogSource; up to the newest block."""
        web3 = self.contracts.web3
        address = self.contracts.deployment.address("OrderBook")
        asked = {
            "address": address,
            "topics": [None, f"0x{self.participant:064x}"],
            "fromBlock": hex(first_block),
            "toBlock": "latest",
        }
        for log in ask(web3, "eth_getLogs", asked):
            yield RawLog(
                address.lower(),
                tuple(octets(web3, topic) for topic in log["topics"]),
                octets(web3, log["data"]),
                quantity(web3, log["blockNumber"]),
                str(log["transactionHash"]),
                quantity(web3, log["logIndex"]),
                0,
            )


def _why(contracts: Contracts, call: Call, sender: str, block: int) -> RevertedError:
    """The call again on the block before, to learn the error: receipts do not carry it."""
    asked = {"from": sender, "to": call.to, "data": "0x" + call.data.hex(), "gasPrice": "0x0"}
    [answer] = ask_all(contracts.web3, [("eth_call", [asked, hex(max(0, block - 1))])])
    detail: Any = answer.get("error")
    return reverted(detail.get("data") if isinstance(detail, dict) else None, call.label)
