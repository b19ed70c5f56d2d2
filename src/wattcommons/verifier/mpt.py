"""Merkle Patricia tries: what stands at a key under a root, or that nothing does, from the nodes on the way.

All proofs of a file share one table of nodes, each under its hash. A walk takes only nodes whose hash the walk so far
demands; so a changed, missing or exchanged node breaks it, and a node that no walk needed is noticed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from wattcommons.errors import ProofBroken
from wattcommons.verifier import items
from wattcommons.verifier.hashing import HASH_BYTES, keccak
from wattcommons.verifier.items import Item

EMPTY_ROOT: Final = keccak(b"\x80")
_BRANCH: Final = 17
_PAIR: Final = 2


class Nodes:
    """The table: nodes by their hash, decoded when needed, and which were needed."""

    def __init__(self, nodes: Iterable[bytes]) -> None:
        self._raw = {keccak(node): node for node in nodes}
        self._decoded: dict[bytes, list[Item]] = {}

    def node(self, digest: bytes, what: str) -> list[Item]:
        """The node of a hash. Raises ProofBroken when it is not in the table or is no node."""
        found = self._decoded.get(digest)
        if found is None:
            raw = self._raw.get(digest)
            if raw is None:
                raise ProofBroken(what, f"lacks the trie node 0x{digest.hex()[:16]}…")
            found = self._decoded[digest] = items.decoded(raw, f"a trie node of {what}")
        return found

    @property
    def used(self) -> tuple[bytes, ...]:
        """The nodes that something asked for."""
        return tuple(self._raw[digest] for digest in self._decoded)

    @property
    def unused(self) -> int:
        """How many nodes nothing asked for."""
        return len(self._raw) - len(self._decoded)


def lookup(nodes: Nodes, root: bytes, key: bytes, what: str) -> bytes | None:
    """The value at `key` in the trie of `root`; None when the trie proves that there is none.

    `key` is the path itself: hashed by the caller where the trie hashes its keys. Raises ProofBroken.
    """
    if root == EMPTY_ROOT:
        return None
    path = _nibbles(key)
    at = 0
    node = nodes.node(root, what)
    while True:
        if len(node) == _BRANCH:
            if at == len(path):
                return items.octets(node[16], what) or None
            following = node[path[at]]
            at += 1
        elif len(node) == _PAIR:
            leaf, part = _compact(node[0], what)
            if leaf:
                return items.octets(node[1], what) if part == path[at:] else None
            if path[at : at + len(part)] != part:
                return None
            at += len(part)
            following = node[1]
        else:
            raise ProofBroken(what, "goes through what is no trie node")
        if following == b"":
            return None
        # A node shorter than its hash lies in its parent.
        node = following if isinstance(following, list) else nodes.node(_reference(following, what), what)


def _reference(item: Item, what: str) -> bytes:
    return items.octets(item, what, HASH_BYTES)


def _nibbles(key: bytes) -> bytes:
    return bytes(nibble for byte in key for nibble in (byte >> 4, byte & 15))


def _compact(item: Item, what: str) -> tuple[bool, bytes]:
    """Whether a pair is a leaf, and its part of the path."""
    packed = _nibbles(items.octets(item, what))
    if not packed or packed[0] > 3 or (packed[0] % 2 == 0 and packed[1] != 0):
        raise ProofBroken(what, "goes through a path of unknown form")
    return packed[0] >= 2, packed[1:] if packed[0] % 2 else packed[2:]
