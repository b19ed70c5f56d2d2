from __future__ import annotations

import pytest
from eth_utils import keccak

from wattcommons.chain.commitments import commitment_of, new_salt, text_hash
from wattcommons.errors import RuleError

pytestmark = pytest.mark.unit

SALT = bytes(range(32))


@pytest.mark.parametrize("length", [0, 31, 33])
def test_commitment__salt_of_another_length__refused(length: int) -> None:
    with pytest.raises(RuleError, match="32"):
        commitment_of({"name": "Zoé"}, b"\0" * length)


def test_commitment__record__is_the_hash_of_salt_and_canonical_json() -> None:
    record = {"name": "Zoé", "email": None, "language": "fr"}
    assert commitment_of(record, SALT) == keccak(SALT + '{"language":"fr","name":"Zoé"}'.encode())


def test_commitment__order_of_fields__does_not_matter() -> None:
    assert commitment_of({"a": "1", "b": "2"}, SALT) == commitment_of({"b": "2", "a": "1"}, SALT)


def test_commitment__same_record_other_salt__is_another() -> None:
    record = {"name": "Zoé"}
    assert commitment_of(record, new_salt()) != commitment_of(record, new_salt())


def test_text_hash__purpose__is_keccak_of_its_text() -> None:
    assert text_hash("For a study.") == keccak(text="For a study.")
