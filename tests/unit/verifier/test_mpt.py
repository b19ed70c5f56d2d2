"""Trie proofs: what is changed, missing or of an odd form is refused, presence and absence are proved."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattcommons.errors import ProofBroken
from wattcommons.services.prover.receipt_trie import trie
from wattcommons.verifier.hashing import keccak
from wattcommons.verifier.items import encoded
from wattcommons.verifier.mpt import EMPTY_ROOT, Nodes, lookup

pytestmark = pytest.mark.unit

VALUES = {bytes([a, b]): bytes([b, a]) * 20 for a in (0x12, 0x13, 0x77) for b in (0x01, 0x02, 0xF0)}


def test_lookup__node_missing_or_changed__refused() -> None:
    root, nodes = trie(VALUES)
    for left_out in nodes:
        rest = [node for digest, node in nodes.items() if digest != left_out]
        changed = nodes[left_out][:-1] + bytes([nodes[left_out][-1] ^ 1])
        broken = 0
        for key in VALUES:
            try:
                assert lookup(Nodes([*rest, changed]), root, key, "it") == VALUES[key]
            except ProofBroken as error:
                broken += 1
                assert "lacks the trie node" in error.reason
        assert broken


@pytest.mark.parametrize(
    "node",
    [
        encoded([b"\x40\x11", b"value"]),  # no such kind of path
        encoded([b"\x21\x11", b"value"])[:-1],
        encoded([b"\x2f", b"value"]),  # an even path whose padding is not zero
        encoded([b"", b"value"]),
        encoded([b"\x20\x11"]),
        encoded([b"\x20\x11", b"a", b"b"]),
        encoded([b"\x00\x11", b"short"]),  # an extension to what is no hash
        b"\xb8\x02\x11\x11",
        b"",
    ],
)
def test_lookup__node_of_an_odd_form__refused(node: bytes) -> None:
    with pytest.raises(ProofBroken):
        lookup(Nodes([node]), keccak(node), b"\x11\x11", "it")


def test_lookup__empty_trie__nothing_is_there() -> None:
    assert lookup(Nodes([]), EMPTY_ROOT, b"\x11", "it") is None


def test_nodes__more_than_asked_for__counted() -> None:
    root, nodes = trie(VALUES)
    table = Nodes([*nodes.values(), b"\xc1\x80"])
    lookup(table, root, b"\x12\x01", "it")
    assert table.unused == len(nodes) + 1 - len(table.used)
    assert 0 < len(table.used) < len(nodes)


@given(
    st.dictionaries(st.binary(min_size=3, max_size=3), st.binary(min_size=1, max_size=60), min_size=1, max_size=40),
    st.binary(min_size=3, max_size=3),
)
def test_lookup__any_trie__tells_every_value_and_every_absence(values: dict[bytes, bytes], other: bytes) -> None:
    root, nodes = trie(values)
    table = Nodes(nodes.values())
    for key, value in values.items():
        assert lookup(table, root, key, "it") == value
    assert lookup(table, root, other, "it") == values.get(other)


def test_trie__published_example__has_its_root() -> None:
    # "singleItem" of the common tests of Ethereum clients.
    root, _ = trie({b"A": b"a" * 50})
    assert root.hex() == "d23786fb4a010da3ce639d66d5e904a11dbc02746d1ce25029e53290cabf28ab"
