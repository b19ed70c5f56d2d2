"""Logs of a community's contracts, decoded into events by name and argument.

Most events carry whole words only and are decoded by slicing; the ABI decoder is asked for the few that carry
bytes, arrays or structs, which makes a book of a hundred thousand logs a matter of a second or two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from eth_abi.abi import decode
from eth_utils.abi import collapse_if_tuple, event_abi_to_log_topic
from eth_utils.address import to_checksum_address

from wattcommons.chain.artifacts import load_artifact
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.deployment import CONTRACTS, Deployment
from wattcommons.chain.logs import ChainLogs, LogSource, RawLog
from wattcommons.errors import FatalError

NO_ADDRESS: Final = "0x0000000000000000000000000000000000000000"
_SIGN: Final = 1 << 255
_WRAP: Final = 1 << 256

Decoder = Callable[[bytes], Any]


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
    """Decode logs in the order given. Raises FatalError for a log that none of these contracts can have written."""
    codecs = _codecs(deployment)
    for log in logs:
        topic = log.topics[0] if log.topics else b""
        codec = codecs.get((log.address, topic))
        if codec is None:
            raise FatalError(
                f"log {log.log_index} of block {log.block} at {log.address} is of no known event",
                "the deployment was made by another version of this program",
            )
        yield Event(
            codec.contract,
            codec.name,
            codec.arguments(log),
            log.block,
            log.tx_hash,
            log.log_index,
            log.timestamp,
        )


@dataclass(frozen=True, slots=True)
class _Codec:
    """How one event of one contract is decoded; `static` is None when the ABI decoder is needed."""

    contract: str
    name: str
    indexed: tuple[tuple[str, Decoder], ...]
    plain: tuple[str, ...]
    types: tuple[str, ...]
    static: tuple[Decoder, ...] | None = field(default=None)

    def arguments(self, log: RawLog) -> dict[str, Any]:
        args = {name: read(topic) for (name, read), topic in zip(self.indexed, log.topics[1:], strict=True)}
        data = log.data
        if self.static is not None:
            for position, (name, read) in enumerate(zip(self.plain, self.static, strict=True)):
                args[name] = read(data[32 * position : 32 * position + 32])
        elif self.types:
            args.update(zip(self.plain, decode(self.types, data), strict=True))
        return args


def _codecs(deployment: Deployment) -> dict[tuple[str, bytes], _Codec]:
    return {
        (deployment.address(contract).lower(), event_abi_to_log_topic(item)): _codec(contract, item)  # type: ignore[arg-type]
        for contract in CONTRACTS
        for item in load_artifact(contract).abi
        if item["type"] == "event"
    }


def _codec(contract: str, item: dict[str, Any]) -> _Codec:
    inputs: Sequence[dict[str, Any]] = item["inputs"]
    plain = [one for one in inputs if not one["indexed"]]
    decoders = [_word_decoder(one["type"]) for one in plain]
    static = tuple(one for one in decoders if one is not None)
    return _Codec(
        contract,
        item["name"],
        tuple((one["name"], _word_decoder(one["type"]) or bytes) for one in inputs if one["indexed"]),
        tuple(one["name"] for one in plain),
        tuple(collapse_if_tuple(one) for one in plain),
        static if len(static) == len(decoders) else None,
    )


def _word_decoder(kind: str) -> Decoder | None:
    """Decoder of a value that fills exactly one word; None for every other type."""
    if kind.endswith("]") or kind in ("bytes", "string") or kind.startswith("tuple"):
        return None
    if kind.startswith("uint"):
        return _unsigned
    if kind.startswith("int"):
        return _signed
    if kind == "address":
        return _address
    if kind == "bool":
        return _bool
    return _fixed_bytes(int(kind.removeprefix("bytes")))


def _unsigned(word: bytes) -> int:
    return int.from_bytes(word, "big")


def _signed(word: bytes) -> int:
    value = int.from_bytes(word, "big")
    return value - _WRAP if value & _SIGN else value


def _bool(word: bytes) -> bool:
    return word[31] != 0


def _address(word: bytes) -> str:
    return _checksummed(word[12:])


@lru_cache(maxsize=65_536)
def _checksummed(raw: bytes) -> str:
    return to_checksum_address(raw)


def _fixed_bytes(size: int) -> Decoder:
    def read(word: bytes) -> bytes:
        return word[:size]

    return read
