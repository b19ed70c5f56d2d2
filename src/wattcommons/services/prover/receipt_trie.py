"""The trie of a block's receipts, built anew: nodes give receipts, but no proof of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wattcommons.errors import NodeUnavailable
from wattcommons.verifier.hashing import keccak
from wattcommons.verifier.items import Item, encoded
from wattcommons.verifier.mpt import EMPTY_ROOT


def receipt_nodes(receipts: Sequence[dict[str, Any]]) -> tuple[bytes, dict[bytes, bytes]]:
    """Root of the trie of a block's receipts, given in order, and its nodes by hash. Raises NodeUnavailable."""
    try:
        return trie({encoded(_scalar(place)): _encoded(receipt) for place, receipt in enumerate(receipts)})
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NodeUnavailable("the node gave something else where receipts belong") from error


def trie(values: dict[bytes, bytes]) -> tuple[bytes, dict[bytes, bytes]]:
    """Root of the trie of some values by their paths, none a beginning of another, and its nodes by hash."""
    nodes: dict[bytes, bytes] = {}
    if not values:
        return EMPTY_ROOT, nodes
    pairs = sorted((bytes(n for byte in key for n in (byte >> 4, byte & 15)), value) for key, value in values.items())
    root = encoded(_node(pairs, 0, nodes))
    nodes[keccak(root)] = root
    return keccak(root), nodes


def _node(pairs: Sequence[tuple[bytes, bytes]], at: int, nodes: dict[bytes, bytes]) -> list[Item]:
    path, value = pairs[0]
    if len(pairs) == 1:
        return [_compact(path[at:], leaf=True), value]
    shared = at
    while path[shared] == pairs[-1][0][shared]:
        shared += 1
    if shared > at:
        return [_compact(path[at:shared], leaf=False), _reference(_node(pairs, shared, nodes), nodes)]
    branch: list[Item] = [b""] * 17
    for nibble in range(16):
        below = [pair for pair in pairs if pair[0][at] == nibble]
        if below:
            branch[nibble] = _reference(_node(below, at + 1, nodes), nodes)
    return branch


def _reference(node: list[Item], nodes: dict[bytes, bytes]) -> Item:
    data = encoded(node)
    if len(data) < 32:
        return node
    nodes[keccak(data)] = data
    return keccak(data)


def _compact(path: bytes, *, leaf: bool) -> bytes:
    flag = 2 * leaf
    nibbles = bytes([flag + 1, *path]) if len(path) % 2 else bytes([flag, 0, *path])
    return bytes(nibbles[i] << 4 | nibbles[i + 1] for i in range(0, len(nibbles), 2))


def _encoded(receipt: dict[str, Any]) -> bytes:
    logs: list[Item] = [
        [_octets(log["address"]), [_octets(topic) for topic in log["topics"]], _octets(log["data"])]
        for log in receipt["logs"]
    ]
    body = encoded(
        [
            _scalar(int(receipt["status"], 16)),
            _scalar(int(receipt["cumulativeGasUsed"], 16)),
            _octets(receipt["logsBloom"]),
            logs,
        ]
    )
    kind = int(receipt.get("type") or "0x0", 16)
    return bytes([kind]) + body if kind else body


def _octets(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def _scalar(value: int) -> bytes:
    return value.to_bytes((value.bit_length() + 7) // 8, "big")
