"""Many reads of contracts in few requests.

`read_all` puts any reads into JSON-RPC batches; `read_wide` puts reads of the market into one call of its
`multicall`, which is several times faster. Both see the state of one block when one is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from eth_abi.exceptions import DecodingError
from web3 import Web3

from wattcommons.chain.codec import function_of
from wattcommons.chain.contracts import Call, Contracts
from wattcommons.chain.reverts import reverted
from wattcommons.chain.rpc import Answer, ask_all, octets, useless
from wattcommons.errors import RevertedError

_REQUESTS: Final = 200
_WIDE: Final = 1_000


class Read(NamedTuple):
    """A view function to be read."""

    contract: str
    function: str
    arguments: tuple[Any, ...] = ()


def call_of(contracts: Contracts, contract: str, function: str, *arguments: Any) -> Call:
    """As `Contracts.call`, for calls made by the thousand."""
    address = Web3.to_checksum_address(contracts.deployment.address(contract))
    return Call(address, function_of(contract, function).encode(*arguments), f"{contract}.{function}")


def read_all(contracts: Contracts, reads: Sequence[Read], *, block: int | None = None) -> list[Any]:
    """The values read, in order. Raises the RevertedError of the first that is refused, NodeUnavailable."""
    values = try_all(contracts, reads, block=block)
    for value in values:
        if isinstance(value, RevertedError):
            raise value
    return values


def try_all(
    contracts: Contracts, reads: Sequence[Read], *, block: int | None = None, sender: str | None = None
) -> list[Any]:
    """As `read_all`, with a RevertedError in the place of each refused read; `sender`: in whose name."""
    values = []
    for start in range(0, len(reads), _REQUESTS):
        values += _request(contracts, reads[start : start + _REQUESTS], block, sender)
    return values


def read_wide(contracts: Contracts, reads: Sequence[Read], *, block: int | None = None) -> list[Any]:
    """Reads of EnergyMarket alone, in one call a thousand. Raises RevertedError when one is refused."""
    values: list[Any] = []
    for start in range(0, len(reads), _WIDE):
        part = reads[start : start + _WIDE]
        encoded = [function_of(one.contract, one.function).encode(*one.arguments) for one in part]
        [answers] = _request(contracts, [Read("EnergyMarket", "multicall", (encoded,))], block, None)
        if isinstance(answers, RevertedError):
            raise answers
        values += [
            function_of(one.contract, one.function).decode(answer) for one, answer in zip(part, answers, strict=True)
        ]
    return values


def _request(contracts: Contracts, reads: Sequence[Read], block: int | None, sender: str | None) -> list[Any]:
    where = "latest" if block is None else hex(block)
    origin = {} if sender is None else {"from": sender}
    calls: list[tuple[str, tuple[Any, ...]]] = []
    for one in reads:
        data = function_of(one.contract, one.function).encode(*one.arguments)
        parameters = {"to": contracts.deployment.address(one.contract), "data": "0x" + data.hex(), **origin}
        calls.append(("eth_call", (parameters, where)))
    answers = ask_all(contracts.web3, calls)
    return [_value(contracts.web3, one, answer) for one, answer in zip(reads, answers, strict=True)]


def _value(web3: Web3, one: Read, answer: Answer) -> Any:
    try:
        if "error" in answer:
            detail = answer["error"]
            data = detail.get("data") if isinstance(detail, dict) else None
            return reverted(data, f"{one.contract}.{one.function}")
        return function_of(one.contract, one.function).decode(octets(web3, answer["result"]))
    except (DecodingError, ValueError, OverflowError) as error:
        raise useless(web3, f"the node's answer is none of {one.contract}.{one.function}") from error
