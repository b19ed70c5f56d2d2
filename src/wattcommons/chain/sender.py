"""Sending transactions from one account: nonces, batches, receipts, typed failures.

Zero-fee chain: legacy transactions with gas price 0. A batch is signed and handed to the node in one request; its
transactions run in the order of their nonces. Every outcome is awaited, so nothing is assumed to have worked.

Who cannot wait uses `prepare` and `hand_over` instead, and looks later what became of the hash (`chain.transactions`).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_typing import HexStr
from eth_utils.crypto import keccak
from web3 import Web3

from wattcommons.chain.contracts import Call
from wattcommons.chain.reverts import reverted
from wattcommons.chain.rpc import Answer, ask, ask_all, error_text, move_on, quantity, useless
from wattcommons.chain.transactions import is_known
from wattcommons.errors import ChainError, NodeUnavailable, NonceConflict, ReceiptTimeout, RevertedError

DEFAULT_GAS: Final = 16_000_000
RECEIPT_TIMEOUT_S: Final = 120.0
STALLED_S: Final = 4.0
"""After which a development chain is given a transaction again: see `_give_again`."""
_POLL_S: Final = 0.003
_BATCH: Final = 100
_KNOWN: Final = ("already known", "already imported", "known transaction")
"""What nodes say of a transaction they have already; the code that goes with it is not the same everywhere."""


@dataclass(frozen=True)
class Sent:
    """A transaction in a block. `error` is set when the contract refused it; `logs` are as the node gives them."""

    call: Call
    tx_hash: str
    block: int
    gas_used: int
    logs: Sequence[Any]
    error: RevertedError | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A signed transaction that was not handed over yet. Its hash is known before any node answers."""

    raw: bytes
    tx_hash: str


class Sender:
    """Sends calls from one key. Not for use from several threads or processes at once.

    The key never leaves the account object; the sender's repr shows the address only.
    """

    def __init__(self, web3: Web3, account: LocalAccount, *, gas: int = DEFAULT_GAS) -> None:
        self._web3 = web3
        self._account = account
        self._gas = gas
        self._nonce: int | None = None
        self._from_mined = False
        self._block_gas: int | None = None
        self._chain_id: int | None = None

    def __repr__(self) -> str:
        return f"Sender({self.address})"

    @property
    def address(self) -> str:
        """Checksummed address of the account."""
        return str(self._account.address)

    def next_nonce(self) -> int:
        """The nonce of the next transaction, read from the node when unknown."""
        if self._nonce is None:
            block = "latest" if self._from_mined else "pending"
            found = ask(self._web3, "eth_getTransactionCount", self.address, block)
            self._nonce = quantity(self._web3, found)
        return self._nonce

    def restart(self, *, from_mined: bool = False) -> None:
        """Read the nonce again before the next transaction.

        `from_mined`: count the transactions in blocks alone, not those a node has in wait. It fills a gap that a lost
        transaction left, behind which all later ones wait for ever; where there is none, NonceConflict tells.
        """
        self._nonce = None
        self._from_mined = from_mined

    def prepare(self, call: Call, *, gas: int | None = None) -> Prepared:
        """Sign the next transaction; `hand_over` is to follow. Raises NodeUnavailable."""
        raw = self._sign(call, gas)
        return Prepared(raw, _hash_of(raw))

    def hand_over(self, prepared: Prepared) -> None:
        """Give a transaction to the node and wait for nothing. Giving it again is harmless: it is the same one.

        Raises NonceConflict when another one took its nonce, NodeUnavailable when the node refuses it or when nobody
        knows whether it arrived; the nonce is read again after either.
        """
        try:
            [answer] = ask_all(self._web3, [("eth_sendRawTransaction", ["0x" + prepared.raw.hex()])])
            self._accepted(answer, prepared.raw)
        except ChainError:
            self.restart()
            raise

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
            raw = [self._sign(call, gas) for call in chunk]
            hashes = self._submit(raw)
            done.extend(
                self._await(call, tx_hash, raw[at:])
                for at, (call, tx_hash) in enumerate(zip(chunk, hashes, strict=True))
            )
        return done

    def deploy(self, bytecode: bytes, label: str) -> Sent:
        """Send a creation transaction; the address follows from the nonce used."""
        raw = [self._sign(Call("", bytecode, label), self._gas)]  # type: ignore[arg-type]
        [tx_hash] = self._submit(raw)
        sent = self._await(Call("", bytecode, label), tx_hash, raw)  # type: ignore[arg-type]
        if sent.error is not None:
            raise sent.error
        return sent

    def _batch_size(self, gas: int) -> int:
        """Transactions in flight at once: as many as one block surely holds.

        A development chain mines when a transaction arrives; what did not fit its block then stays in the pool
        until the next one arrives, which may be never.
        """
        if self._block_gas is None:
            block = ask(self._web3, "eth_getBlockByNumber", "latest", False)
            limit = block.get("gasLimit") if isinstance(block, dict) else None
            self._block_gas = quantity(self._web3, limit)
        return min(_BATCH, max(1, self._block_gas // gas))

    def _sign(self, call: Call, gas: int | None) -> bytes:
        nonce = self.next_nonce()
        if self._chain_id is None:
            self._chain_id = quantity(self._web3, ask(self._web3, "eth_chainId"))
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
        try:
            answers = ask_all(self._web3, [("eth_sendRawTransaction", ["0x" + one.hex()]) for one in raw])
            return [self._accepted(answer, one) for answer, one in zip(answers, raw, strict=True)]
        except ChainError:
            self._nonce = None
            raise

    def _accepted(self, answer: Answer, raw: bytes) -> HexStr:
        """The hash of a transaction that the node has taken. Raises NonceConflict, NodeUnavailable."""
        tx_hash = _hash_of(raw)
        if "error" not in answer:
            if str(answer["result"]).lower() != tx_hash:
                raise useless(self._web3, "the node gave another hash than that of the transaction")
            return tx_hash
        text = error_text(answer)
        words = text.lower()
        if any(known in words for known in _KNOWN):
            return tx_hash
        if "nonce" in words or "replacement" in words:
            # Its answer was lost, and it was sent again when it stood in a block already: then it is its own rival.
            if is_known(self._web3, tx_hash):
                return tx_hash
            raise NonceConflict(f"the node refused the transaction: {text}", "another program uses the same account")
        move_on(self._web3)
        raise NodeUnavailable(f"the node refused the transaction: {text}")

    def _await(self, call: Call, tx_hash: HexStr, waiting: Sequence[bytes]) -> Sent:
        """The outcome, once it is in a block. `waiting`: this transaction and those sent after it."""
        begun = time.monotonic()
        deadline, stalled = begun + RECEIPT_TIMEOUT_S, begun + STALLED_S
        while True:
            # The raw answer: dressing up a receipt with hundreds of logs costs more than the transaction.
            receipt: Any = ask(self._web3, "eth_getTransactionReceipt", tx_hash)
            if receipt:
                return self._outcome(call, receipt)
            if time.monotonic() > deadline:
                raise ReceiptTimeout(tx_hash, "the node may be stuck: check it, then read the chain before resending")
            if time.monotonic() > stalled:
                stalled += STALLED_S
                self._give_again(waiting)
            time.sleep(_POLL_S)

    def _give_again(self, waiting: Sequence[bytes]) -> None:
        """A development chain that mines at once loses track of a transaction that arrives while the one before it is
        being mined: it keeps it for ever as one whose turn has not come. They are taken out and put in anew, each when
        the one before it is mined. A chain with validators is asked for nothing of the kind.
        """
        if not str(ask(self._web3, "web3_clientVersion")).lower().startswith("anvil"):
            return
        ask_all(self._web3, [("anvil_removePoolTransactions", [self.address])])
        for one in waiting:
            ask_all(self._web3, [("eth_sendRawTransaction", ["0x" + one.hex()]), ("evm_mine", [])])
            patience = time.monotonic() + 1
            while time.monotonic() < patience and not ask(self._web3, "eth_getTransactionReceipt", _hash_of(one)):
                time.sleep(_POLL_S)

    def _outcome(self, call: Call, receipt: Any) -> Sent:
        if not isinstance(receipt, dict) or not isinstance(receipt.get("logs"), list):
            raise useless(self._web3, "the node gave something else where a receipt belongs")
        block, gas, status = (quantity(self._web3, receipt.get(name)) for name in ("blockNumber", "gasUsed", "status"))
        error = self._why(call, block, gas) if status != 1 else None
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
        [answer] = ask_all(self._web3, [("eth_call", [parameters, hex(block - 1)])])
        if "error" not in answer:
            return RevertedError("", contract=call.label, hint=f"it used {gas_used} gas of its limit and works now")
        detail: Any = answer["error"]
        return reverted(detail.get("data") if isinstance(detail, dict) else None, call.label)


def _hash_of(raw: bytes) -> HexStr:
    return HexStr("0x" + keccak(raw).hex())
