"""Reading what others want to send to a contract or ask of it: which function, with what; which event; whose."""

from __future__ import annotations

from functools import cache
from typing import Any, Final, NamedTuple

import rlp
from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from eth_account import Account
from eth_account.typed_transactions.typed_transaction import TypedTransaction
from eth_utils.abi import collapse_if_tuple, event_abi_to_log_topic, function_abi_to_4byte_selector
from eth_utils.address import to_checksum_address
from hexbytes import HexBytes

from wattcommons.chain.artifacts import load_artifact
from wattcommons.errors import RuleError

_RLP_LIST: Final = 0xC0
"""A first byte from here on begins a list: a transaction without a type."""


class Called(NamedTuple):
    """A call of one of our contracts' functions."""

    function: str
    arguments: tuple[Any, ...]


class SignedTransaction(NamedTuple):
    """A signed transaction: who sends it, to whom (None makes a contract), on which chain (None on any)."""

    sender: str
    to: str | None
    chain_id: int | None
    data: bytes


def called(contract: str, data: bytes) -> Called | None:
    """What calldata asks of a contract; None for no function of it, or for arguments that are none."""
    found = _functions(contract).get(data[:4])
    if found is None:
        return None
    name, types = found
    try:
        return Called(name, tuple(decode(types, data[4:])))
    except (DecodingError, OverflowError, ValueError):
        return None


@cache
def event_names(contract: str) -> dict[bytes, str]:
    """The events of a contract by their first topic."""
    items: list[Any] = [item for item in load_artifact(contract).abi if item["type"] == "event"]
    return {event_abi_to_log_topic(item): str(item["name"]) for item in items}


@cache
def function_names(contract: str) -> frozenset[str]:
    """The names of a contract's functions."""
    return frozenset(str(item["name"]) for item in load_artifact(contract).abi if item["type"] == "function")


@cache
def view_names(contract: str) -> frozenset[str]:
    """The names of a contract's functions that change nothing."""
    items = [item for item in load_artifact(contract).abi if item["type"] == "function"]
    return frozenset(str(item["name"]) for item in items if item["stateMutability"] in ("view", "pure"))


def read_transaction(raw: bytes) -> SignedTransaction:
    """A signed transaction from its bytes. Raises RuleError when it is none."""
    try:
        sender = str(Account.recover_transaction(raw))
        to, data, chain_id = _legacy(raw) if raw[0] >= _RLP_LIST else _typed(raw)
    except Exception as error:  # the decoders raise errors of many kinds for bytes that are none
        raise RuleError("this is no signed transaction", "hand on what the wallet has signed") from error
    receiver = to_checksum_address(to) if len(to) in (20, 42) else None
    return SignedTransaction(sender, receiver, chain_id, bytes(HexBytes(data)))


def _legacy(raw: bytes) -> tuple[Any, Any, int | None]:
    fields: Any = rlp.decode(raw)
    v = int.from_bytes(fields[6], "big")
    return fields[3], fields[5], (v - 35) // 2 if v >= 35 else None


def _typed(raw: bytes) -> tuple[Any, Any, int | None]:
    fields: Any = TypedTransaction.from_bytes(HexBytes(raw)).as_dict()
    return fields["to"], fields["data"], int(fields["chainId"])


@cache
def _functions(contract: str) -> dict[bytes, tuple[str, list[str]]]:
    items: list[Any] = [item for item in load_artifact(contract).abi if item["type"] == "function"]
    return {
        function_abi_to_4byte_selector(item): (str(item["name"]), [collapse_if_tuple(one) for one in item["inputs"]])
        for item in items
    }
