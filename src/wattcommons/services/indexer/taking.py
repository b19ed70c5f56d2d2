"""From what a node gave to what the index keeps, and back: raw logs, blocks, and whose index it is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from wattcommons.chain.block_logs import Header, PlacedLog
from wattcommons.chain.deployment import Deployment
from wattcommons.chain.logs import RawLog
from wattcommons.services.store.index_write import KeptBlock, KeptLog


def fingerprint(deployment: Deployment) -> str:
    """What an index is of: the chain's number, the first block and every contract."""
    content = [deployment.chain_id, deployment.block, sorted(deployment.addresses.items())]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def kept_logs(placed: Iterable[PlacedLog]) -> list[KeptLog]:
    """Logs as they are stored."""
    return [
        KeptLog(
            block_hash,
            bytes.fromhex(log.tx_hash[2:]),
            log.log_index,
            log.block,
            bytes.fromhex(log.address[2:]),
            b"".join(log.topics),
            log.data,
            log.timestamp,
        )
        for block_hash, log in placed
    ]


def raw_logs(kept: Iterable[KeptLog]) -> list[RawLog]:
    """Stored logs as the chain gave them."""
    return [
        RawLog(
            f"0x{log.address.hex()}",
            tuple(log.topics[at : at + 32] for at in range(0, len(log.topics), 32)),
            bytes(log.data),
            log.block,
            f"0x{log.tx_hash.hex()}",
            log.log_index,
            log.at,
        )
        for log in kept
    ]


def kept_block(header: Header) -> KeptBlock:
    """A block as it is stored."""
    return KeptBlock(header.number, header.hash, header.parent, header.timestamp)
