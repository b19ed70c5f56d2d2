"""Sending transactions from one account: nonces, batches, receipts, typed failures.

Zero-fee chain: legacy transactions with gas price 0. A batch is signed and handed to the node in one request; its
transactions run in the order of their nonces. Every outcome is awaited, so nothing is assumed to have worked.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import requests
from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_typing import HexStr
from web3 import Web3
from web3.exceptions import TransactionNotFound, Web3Exception, Web3RPCError
from web3.types import RPCEndpoint

from wattcommons.chain.contracts import Call
from wattcommons.chain.reverts import reverted
from wattcommons.errors import ChainError, NodeUnavailable, NonceConflict, ReceiptTimeout, RevertedError

DEFAULT_GAS: Final = 16_000_000
RECEIPT_TIMEOUT_S: Final = 120.0
_POLL_S: Final = 0.003
_BATCH: Final = 100


@dataclass(frozen=True)
class Sent:
    """A transaction in a block. `error` is set when the contract refused it; `logs` are as the node gives them."""

    call: Call
    tx_hash: str
    block: int
    gas_used: int
    logs: Sequence[Any]
    error: RevertedError | None = None


class Sender:
    """Sends calls from one key. Not for use from several threads or processes at once.

    The key never leaves the account object; the sender's repr shows the address only.
    """

    def __init__(self, web3: Web3, account: LocalAccount, *, gas: int = DEFAULT_GAS) -> None:
        self._web3 = web3
        self._account = account
        self._gas = gas
        self._nonce: int | None = None
        self._block_gas: int | None = None
        self._chain_id = web3.eth.chain_id

    def __repr__(self) -> str:
        return f"Sender({self.address})"

    @property
    def address(self) -> str:
        """Checksummed address of the account."""
        return str(self._account.address)

    def next_nonce(self) -> int:
        """The nonce of the next transaction, read from the node when unknown."""
        if self._nonce is None:
            with _node_errors():
                self._nonce = self._web3.eth.get_transaction_count(self._account.address, "pending")
        return self._nonce

    def send(self, call: Call, *, gas: int | None = None) -> Sent:
        """Send one call and wait. Raises RevertedError when the contract refuses it."""
        [sent] = self.send_all([call], gas=gas)
        if sent.error is not None:
            raise sent.error
        return sent

    def send_all(self, calls: Sequence[Call], *, gas: int | None = None) -> list[Sent]:
        """Send calls in order and wait for all. A refused one carries its error; the others go on.

        Raises NonceConflict when another sender used the account, NodeUnavailable, ReceiptTimeout.
        """
        done: list[Sent] = []
        size = self._batch_size(gas or self._gas) if len(calls) > 1 else 1
        for start in range(0, len(calls), size):
            chunk = calls[start : start + size]
            hashes = self._submit([self._sign(call, gas) for call in chunk])
            done.extend(self._await(call, tx_hash) for call, tx_hash in zip(chunk, hashes, strict=True))
        return done

    def deploy(self, bytecode: bytes, label: str) -> Sent:
        """Send a creation transaction; the address follows from the nonce used."""
        [tx_hash] = self._submit([self._sign(Call("", bytecode, label), self._gas)])  # type: ignore[arg-type]
        sent = self._await(Call("", bytecode, label), tx_hash)  # type: ignore[arg-type]
        if sent.error is not None:
            raise sent.error
        return sent

    def _batch_size(self, gas: int) -> int:
        """Transactions in flight at once: as many as one block surely holds.

        A development chain mines when a transaction arrives; what did not fit its block then stays in the pool
        until the next one arrives, which may be never.
        """
        if self._block_gas is None:
            with _node_errors():
                self._block_gas = int(self._web3.eth.get_block("latest")["gasLimit"])
        return min(_BATCH, max(1, self._block_gas // gas))

    def _sign(self, call: Call, gas: int | None) -> bytes:
        nonce = self.next_nonce()
        transaction: dict[str, Any] = {
            "chainId": self._chain_id,
            "nonce": nonce,
            "gas": gas or self._gas,
            "gasPrice": 0,
            "value": 0,
            "data": call.data,
        }
        if call.to:
            transaction["to"] = call.to
        self._nonce = nonce + 1
        signed = Account.sign_transaction(transaction, self._account.key)
        return bytes(signed.raw_transaction)

    def _submit(self, raw: Sequence[bytes]) -> list[HexStr]:
        provider: Any = self._web3.provider
        requests_ = [(RPCEndpoint("eth_sendRawTransaction"), ["0x" + one.hex()]) for one in raw]
        with _node_errors():
            answers = (
                provider.make_batch_request(requests_) if len(requests_) > 1 else [provider.make_request(*requests_[0])]
            )
        hashes = []
        for answer in answers:
            if "error" in answer:
                self._nonce = None
                raise _refused(answer["error"])
            hashes.append(answer["result"])
        return hashes

    def _await(self, call: Call, tx_hash: HexStr) -> Sent:
        deadline = time.monotonic() + RECEIPT_TIMEOUT_S
        while True:
            with _node_errors():
                # The raw answer: dressing up a receipt with hundreds of logs costs more than the transaction.
                answer: Any = self._web3.provider.make_request(RPCEndpoint("eth_getTransactionReceipt"), [tx_hash])
            if answer.get("result"):
                return self._outcome(call, answer["result"])
            if "error" in answer:
                raise NodeUnavailable(f"the node answered with an error: {answer['error']}")
            if time.monotonic() > deadline:
                raise ReceiptTimeout(tx_hash, "the node may be stuck: check it, then read the chain before resending")
            time.sleep(_POLL_S)

    def _outcome(self, call: Call, receipt: dict[str, Any]) -> Sent:
        block, gas = int(receipt["blockNumber"], 16), int(receipt["gasUsed"], 16)
        error = self._why(call, block, gas) if int(receipt["status"], 16) != 1 else None
        return Sent(call, receipt["transactionHash"], block, gas, receipt["logs"], error)

    def _why(self, call: Call, block: int, gas_used: int) -> RevertedError:
        """Execute the call again on the block before it, to learn the error: receipts do not carry it."""
        parameters = {
            "from": self.address,
            "to": call.to,
            "data": "0x" + call.data.hex(),
            "gas": hex(self._gas),
            "gasPrice": "0x0",
        }
        answer = self._web3.provider.make_request(RPCEndpoint("eth_call"), [parameters, hex(block - 1)])
        if "error" not in answer:
            return RevertedError("", contract=call.label, hint=f"it used {gas_used} gas of its limit and works now")
        detail: Any = answer["error"]
        return reverted(detail.get("data") if isinstance(detail, dict) else None, call.label)


def _refused(error: Any) -> ChainError:
    text = str(error.get("message", error) if isinstance(error, dict) else error)
    if "nonce" in text.lower():
        return NonceConflict(f"the node refused the transaction: {text}", "another program uses the same account")
    return NodeUnavailable(f"the node refused the transaction: {text}")


@contextlib.contextmanager
def _node_errors() -> Iterator[None]:
    try:
        yield
    except TransactionNotFound:
        raise
    except Web3RPCError as error:
        raise NodeUnavailable(f"the node answered with an error: {error.message}") from error
    except (requests.RequestException, OSError, TimeoutError, Web3Exception) as error:
        raise NodeUnavailable(f"the node does not answer ({type(error).__name__})") from error
