"""Logs of a community's contracts, decoded into events by name and argument.

Most events carry whole words only and are decoded by slicing; the ABI decoder is asked for the few that carry
bytes, arrays or structs, which makes a book of a hundred thousand logs a matter of a second or two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, Final

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from eth_utils.abi import collapse_if_tuple, event_abi_to_log_topic

from wattcommons.chain.artifacts import load_artifact
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.deployment import CONTRACTS, Deployment
from wattcommons.chain.logs import ChainLogs, LogSource, RawLog
from wattcommons.chain.words import Decoder, word_decoder, words_decoder
from wattcommons.errors import FatalError, NodeUnavailable

NO_ADDRESS: Final = "0x0000000000000000000000000000000000000000"


@dataclass(frozen=True, slots=True)
class Event:
    """A decoded log. `args` by the names in the contract; addresses checksummed, bytes as bytes, structs as tuples.

    `timestamp` is the block's (unix seconds). Events of one chain are ordered by (block, log_index).
    """

    contract: str
    name: str
    args: dict[str, Any]
    block: int
    tx_hash: str
    log_index: int
    timestamp: int

    @property
    def key(self) -> str:
        """`Contract.Event`."""
        return f"{self.contract}.{self.name}"


def read_events(contracts: Contracts, last_block: int, *, source: LogSource | None = None) -> Iterator[Event]:
    """All events of a deployment up to a block, in order, from a node or from another source."""
    deployment = contracts.deployment
    logs = (source or ChainLogs(contracts.web3, deployment)).logs(deployment.block, last_block)
    return decode_logs(deployment, logs)


def decode_logs(deployment: Deployment, logs: Iterable[RawLog]) -> Iterator[Event]:
    """Decode logs in the order given. Raises FatalError for a log that none of these contracts can have written, and
    NodeUnavailable for one that was garbled on its way.
    """
    codecs = _codecs(tuple(deployment.address(contract) for contract in CONTRACTS))
    for log in logs:
        topic = log.topics[0] if log.topics else b""
        codec = codecs.get((log.address, topic))
        if codec is None:
            raise FatalError(
                f"log {log.log_index} of block {log.block} at {log.address} is of no known event",
                "the deployment was made by another version of this program",
            )
        try:
            arguments = codec.arguments(log)
        except (DecodingError, ValueError, OverflowError) as error:
            raise NodeUnavailable(
                f"log {log.log_index} of block {log.block} is not whole: it holds no {codec.contract}.{codec.name}"
            ) from error
        yield Event(
            codec.contract,
            codec.name,
            arguments,
            log.block,
            log.tx_hash,
            log.log_index,
            log.timestamp,
        )


@dataclass(frozen=True, slots=True)
class _Codec:
    """How one event of one contract is decoded; `plain` are the names of what is not indexed."""

    contract: str
    name: str
    indexed: tuple[tuple[str, Decoder], ...]
    plain: tuple[str, ...]
    values: Callable[[bytes], tuple[Any, ...]]

    def arguments(self, log: RawLog) -> dict[str, Any]:
        args = {name: read(topic) for (name, read), topic in zip(self.indexed, log.topics[1:], strict=True)}
        args.update(zip(self.plain, self.values(log.data), strict=True))
        return args


@lru_cache(maxsize=16)
def _codecs(addresses: tuple[str, ...]) -> dict[tuple[str, bytes], _Codec]:
    """By address and topic; `addresses` in the order of CONTRACTS."""
    return {
        (address.lower(), event_abi_to_log_topic(item)): _codec(contract, item)  # type: ignore[arg-type]
        for contract, address in zip(CONTRACTS, addresses, strict=True)
        for item in load_artifact(contract).abi
        if item["type"] == "event"
    }


def _codec(contract: str, item: dict[str, Any]) -> _Codec:
    inputs: Sequence[dict[str, Any]] = item["inputs"]
    plain = [one for one in inputs if not one["indexed"]]
    types = tuple(collapse_if_tuple(one) for one in plain)
    return _Codec(
        contract,
        item["name"],
        tuple((one["name"], word_decoder(one["type"]) or bytes) for one in inputs if one["indexed"]),
        tuple(one["name"] for one in plain),
        words_decoder(types) or partial(decode, types),
    )
