"""The commitment to a device's record: what is shown belongs to it, and nothing else does."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from eth_utils.crypto import keccak
from hypothesis import given
from hypothesis import strategies as st

from tests.support.device_record import KNOWN, SALTS, SCHOOL_ROOF
from wattcommons.chain.device_commitment import (
    DEPTH,
    SCHEMA_HASH,
    Disclosure,
    SaltedRecord,
    ShownField,
    leaf_of,
    root_of,
    salted,
)
from wattcommons.domain.device_record import NAMES
from wattcommons.errors import RuleError

pytestmark = pytest.mark.unit

COMMITMENT = "0x" + KNOWN.commitment.hex()


def shown(name: str) -> ShownField:
    return KNOWN.disclose([name]).fields[name]


def test_commitment__by_the_formula__from_single_hashes() -> None:
    """Without this module's own functions: leaves, padding and nodes as its docstring has them."""
    level = [
        keccak(
            SCHEMA_HASH
            + bytes([0, 0, 0, i])
            + SALTS[i]
            + json.dumps(SCHOOL_ROOF.values[n], ensure_ascii=False).encode()
        )
        for i, n in enumerate(NAMES)
    ] + [bytes(32)] * 4
    while len(level) > 1:
        level = [keccak(level[i] + level[i + 1]) for i in range(0, len(level), 2)]
    assert KNOWN.commitment == level[0]


def test_commitment__of_a_known_record__never_changes() -> None:
    """Pinned: commitments on the chain outlive every version of this program."""
    assert SCHEMA_HASH.hex() == "449651a8282dfe55950df05d8cd35ecaa59ddf2943d8f15c996523f8b7254bb4"
    assert KNOWN.commitment.hex() == "633823e35d8f8170da37e013ecab417b070f04c8697e7044477137ee6475c185"


@given(st.sets(st.sampled_from(NAMES), min_size=1))
def test_disclose__any_fields__lead_to_the_commitment(names: set[str]) -> None:
    found = KNOWN.disclose(names)
    assert found.commitment == KNOWN.commitment
    assert {name: one.value for name, one in found.fields.items()} == {name: SCHOOL_ROOF.values[name] for name in names}
    assert all(len(one.path) == DEPTH and root_of(name, one) == KNOWN.commitment for name, one in found.fields.items())


@given(st.sampled_from(NAMES), st.integers(0, 32 * (DEPTH + 1) * 8 - 1))
def test_disclosure__any_bit_of_salt_or_path__refused(name: str, bit: int) -> None:
    good = shown(name)
    octets = bytearray(good.salt + b"".join(good.path))
    octets[bit // 8] ^= 1 << bit % 8
    parts = [bytes(octets[i : i + 32]) for i in range(0, len(octets), 32)]
    with pytest.raises(RuleError, match=f"{name} does not belong to the commitment {COMMITMENT}"):
        Disclosure(KNOWN.commitment, {name: ShownField(good.value, parts[0], tuple(parts[1:]))})


@given(st.sampled_from([name for name in NAMES if isinstance(SCHOOL_ROOF.values[name], str)]), st.data())
def test_disclosure__any_sign_of_a_text__refused(name: str, data: st.DataObject) -> None:
    good = shown(name)
    text = str(good.value)
    place = data.draw(st.integers(0, len(text) - 1))
    sign = data.draw(st.sampled_from("0123456789ABCabc").filter(lambda one: one != text[place]))
    with pytest.raises(RuleError):
        Disclosure(KNOWN.commitment, {name: replace(good, value=text[:place] + sign + text[place + 1 :])})


@pytest.mark.parametrize("value", [None, 0, 125_001, 12_500, "125000"])
def test_disclosure__another_amount_or_none__refused(value: Any) -> None:
    with pytest.raises(RuleError, match="support_cents"):
        Disclosure(KNOWN.commitment, {"support_cents": replace(shown("support_cents"), value=value)})


@given(st.sampled_from(NAMES), st.sampled_from(NAMES))
def test_disclosure__shown_as_another_field__refused(name: str, other: str) -> None:
    if name != other:
        with pytest.raises(RuleError):
            Disclosure(KNOWN.commitment, {other: shown(name)})


@given(st.permutations(NAMES))
def test_record__salts_in_another_order__another_commitment(order: list[str]) -> None:
    """Swapped leaves: the position is in each."""
    swapped = SaltedRecord(SCHOOL_ROOF, tuple(SALTS[NAMES.index(name)] for name in order))
    assert (swapped.commitment == KNOWN.commitment) == (tuple(order) == NAMES)


@given(st.binary(min_size=32, max_size=32))
def test_root__under_another_schema__another(schema: bytes) -> None:
    for name in ("installation", "support_cents", "note"):
        assert (root_of(name, shown(name), schema) == KNOWN.commitment) == (schema == SCHEMA_HASH)


@given(st.integers(0, 2**32 - 1))
def test_leaf__at_another_position__another(position: int) -> None:
    here = NAMES.index("meter")
    same = leaf_of(position, SALTS[here], SCHOOL_ROOF.values["meter"]) == leaf_of(
        here, SALTS[here], SCHOOL_ROOF.values["meter"]
    )
    assert same == (position == here)


def test_absent_field__can_be_shown_to_be_absent_and_not_hidden_as_one() -> None:
    note = KNOWN.disclose(["note"])
    assert note.fields["note"].value is None
    with pytest.raises(RuleError, match="owner"):
        Disclosure(KNOWN.commitment, {"owner": replace(shown("owner"), value=None)})


def test_inner_node__shown_as_a_field__refused() -> None:
    """No preimage of a node is one of a leaf: they differ in length."""
    pair = shown("installation")
    inside = leaf_of(0, pair.salt, pair.value) + pair.path[0]
    assert len(inside) == 64 < len(SCHEMA_HASH) + 4 + 32 + 1


def test_salted__twice__nothing_in_common() -> None:
    """Neither the same owner of two devices nor a field of few values can be told from what is on the chain."""
    one, other = salted(SCHOOL_ROOF), salted(SCHOOL_ROOF)
    assert one.commitment != other.commitment
    assert not set(one.salts) & set(other.salts)
    leaves = [
        {leaf_of(i, record.salts[i], SCHOOL_ROOF.values[n]) for i, n in enumerate(NAMES)} for record in (one, other)
    ]
    assert not leaves[0] & leaves[1]
    guesses = {leaf_of(NAMES.index("support_cents"), bytes(32), cents) for cents in range(1_000)}
    assert not guesses & leaves[0]


@pytest.mark.parametrize(
    ("salts", "said"),
    [
        (SALTS[:-1], "11 salts"),
        ((*SALTS[:-1], b"\x01" * 31), "the salt of note has 31 octets"),
        ((*SALTS[:-1], SALTS[0]), "two fields have the same salt"),
    ],
)
def test_record__salts_too_few_short_or_twice__refused(salts: tuple[bytes, ...], said: str) -> None:
    with pytest.raises(RuleError, match=said):
        SaltedRecord(SCHOOL_ROOF, salts)


def test_disclose__nothing_or_unknown__refused() -> None:
    with pytest.raises(RuleError, match="no field is shown"):
        KNOWN.disclose([])
    with pytest.raises(RuleError, match="no field 'color'"):
        KNOWN.disclose(["color"])


def test_disclosure__path_too_short_or_long__refused() -> None:
    good = shown("name")
    for path in (good.path[:-1], (*good.path, bytes(32))):
        with pytest.raises(RuleError, match=f"the path of name has {len(path)} steps"):
            Disclosure(KNOWN.commitment, {"name": replace(good, path=path)})
