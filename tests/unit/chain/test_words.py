"""Word decoding gives what the general decoder gives, for every event and view of the contracts."""

from __future__ import annotations

import pytest
from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError
from eth_utils.address import to_checksum_address

from wattcommons.chain.artifacts import load_artifact
from wattcommons.chain.codec import function_of
from wattcommons.chain.deployment import CONTRACTS
from wattcommons.chain.words import word_decoder, words_decoder

pytestmark = pytest.mark.unit

ADDRESS = to_checksum_address("0x" + "ab" * 20)
SAMPLES = {
    "uint256": 2**256 - 1,
    "uint24": 2**24 - 1,
    "int256": -(2**255),
    "int32": -7,
    "bool": True,
    "address": ADDRESS,
    "bytes22": b"\x01" * 22,
    "bytes32": b"\xff" * 32,
}


def test_words_decoder__data_too_short__refused() -> None:
    decoder = words_decoder(["uint256", "bool"])
    assert decoder is not None
    with pytest.raises(DecodingError):
        decoder(bytes(63))


@pytest.mark.parametrize("kind", ["bytes", "string", "uint256[]", "uint16[3]", "(uint256)", "(uint256,bytes)"])
def test_word_decoder__more_than_a_word__none(kind: str) -> None:
    assert word_decoder(kind) is None


@pytest.mark.parametrize("kinds", [["bytes"], ["uint256", "(uint32,bytes)"], ["((uint8,bool),uint8)"], ["uint8[]"]])
def test_words_decoder__not_made_of_words__none(kinds: list[str]) -> None:
    assert words_decoder(kinds) is None


@pytest.mark.parametrize("kind", SAMPLES)
def test_word_decoder__sample__same_as_the_general_decoder(kind: str) -> None:
    data = encode([kind], [SAMPLES[kind]])
    decoder = word_decoder(kind)
    assert decoder is not None
    assert decoder(data) == (ADDRESS if kind == "address" else decode([kind], data)[0])


def test_words_decoder__struct_among_values__nested() -> None:
    kinds = ["int32", "(uint24,bool)", "uint8"]
    decoder = words_decoder(kinds)
    assert decoder is not None
    values = (-5, (77, False), 9)
    assert decoder(encode(kinds, values)) == values


def test_words_decoder__views_of_the_contracts__all_but_arrays_are_fast() -> None:
    outcome = function_of("EnergyMarket", "outcomeOf")
    assert words_decoder(outcome.outputs) is not None
    slow = {
        event["name"]
        for contract in CONTRACTS
        for event in load_artifact(contract).abi
        if event["type"] == "event" and any(word_decoder(one["type"]) is None for one in event["inputs"])
    }
    assert {"RunsRecorded", "FillsSettled", "BandsScheduled"} <= slow
    assert not slow & {"IntervalCleared", "Issued", "TransferSingle", "OrderPlaced", "ReadingConflict"}
