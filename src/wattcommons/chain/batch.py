"""Many reads of contracts in few requests.

`read_all` puts any reads into JSON-RPC batches; `read_wide` puts reads of the market into one call of its
`multicall`, which is several times faster. Both see the state of one block when one is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import requests
from eth_utils.conversions import to_bytes
from web3 import Web3
from web3.exceptions import Web3Exception
from web3.types import RPCEndpoint

from wattcommons.chain.codec import function_of
from wattcommons.chain.contracts import Call, Contracts
from wattcommons.chain.reverts import reverted
from wattcommons.errors import NodeUnavailable, RevertedError

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
    calls = []
    for one in reads:
        data = function_of(one.contract, one.function).encode(*one.arguments)
        parameters = {"to": contracts.deployment.address(one.contract), "data": "0x" + data.hex(), **origin}
        calls.append((RPCEndpoint("eth_call"), [parameters, where]))
    provider: Any = contracts.web3.provider
    try:
        answers = provider.make_batch_request(calls) if len(calls) > 1 else [provider.make_request(*calls[0])]
    except (requests.RequestException, OSError, TimeoutError, Web3Exception) as error:
        raise NodeUnavailable(f"the node does not answer ({type(error).__name__})") from error
    return [_value(one, answer) for one, answer in zip(reads, answers, strict=True)]


def _value(one: Read, answer: Any) -> Any:
    if "error" in answer:
        detail = answer["error"]
        data = detail.get("data") if isinstance(detail, dict) else None
        return reverted(data, f"{one.contract}.{one.function}")
    return function_of(one.contract, one.function).decode(to_bytes(hexstr=answer["result"]))
