"""The enrolment code: whatever was changed or cut off in it is noticed before anybody signs anything."""

from __future__ import annotations

import re

import pytest
from eth_account import Account
from eth_utils import keccak, to_checksum_address
from hypothesis import given
from hypothesis import strategies as st

from wattcommons.chain.deployment import CONTRACTS, CommunityTerms, Deployment
from wattcommons.chain.enrolment_code import EnrolmentCode, make_code, parse_code
from wattcommons.chain.signing import digest_of, sign_compact
from wattcommons.chain.typed_data import domain_of, gateway_proof
from wattcommons.errors import RuleError

pytestmark = pytest.mark.unit

GATEWAY = Account.from_key((2).to_bytes(32, "big"))
OTHER = Account.from_key((3).to_bytes(32, "big"))
ADDRESSES = {name: to_checksum_address(f"0x{number:040x}") for number, name in enumerate(CONTRACTS, 0xABCDEF)}
COMMUNITY = Deployment(31_337, 1, ADDRESSES, CommunityTerms())
CODE = make_code(GATEWAY, COMMUNITY).text
ROTATION = make_code(GATEWAY, COMMUNITY, 7).text
MISWRITTEN = ADDRESSES["MemberRegistry"].swapcase().replace("0X", "0x")
HIGH_S = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A1


def changed(name: str, value: str, text: str = ROTATION) -> str:
    return re.sub(rf"{name}=[^&]*", f"{name}={value}", text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "does not begin with watt-enrol:1\\?"),
        ("http://example.org/", "does not begin with"),
        (CODE.replace("watt-enrol", "watt-enroll"), "does not begin with"),
        (CODE.replace(":1?", ":2?"), "not of version 1"),
        (CODE.replace(":1?", ":1"), "does not begin with"),
        (CODE + "x" * 1_000, "too long"),
        (CODE[:-2], "is not whole"),
        (CODE + "00", "is not whole"),
        (CODE + "&proof=0x" + "00" * 64, "is not whole"),
        (CODE.replace("&proof", "&note=mine&proof"), "is not whole"),
        (CODE.replace("chain=31337&", ""), "is not whole"),
        (changed("chain", "031337"), "is not whole"),
        (changed("chain", "0"), "is not whole"),
        (changed("chain", "３１３３７"), "is not whole"),
        (changed("chain", "9" * 30), "is not whole"),
        (changed("participant", "0"), "is not whole"),
        (changed("participant", "4294967296"), "participant is 4294967296"),
        (changed("gateway", GATEWAY.address.lower()), "the gateway's address .* wrong checksum"),
        (
            changed("registry", ADDRESSES["MemberRegistry"].swapcase().replace("0X", "0x")),
            "registry's .* wrong checksum",
        ),
        (changed("gateway", OTHER.address), "not by the key that it names"),
        (changed("chain", "31338"), "not by the key that it names"),
        (changed("registry", ADDRESSES["MeterLedger"]), "not by the key that it names"),
        (changed("participant", "8"), "not by the key that it names"),
        (ROTATION.replace("&participant=7", ""), "not by the key that it names"),
        (CODE.replace("&proof", "&participant=7&proof"), "not by the key that it names"),
        (changed("proof", "0x" + "00" * 64), "not by the key that it names"),
        (changed("proof", "0x" + "ff" * 64), "not by the key that it names"),
        (changed("proof", f"0x{'11' * 32}{HIGH_S:064x}"), "not by the key that it names"),
    ],
)
def test_parse__not_the_code_as_made__refused(text: str, said: str) -> None:
    with pytest.raises(RuleError, match=said):
        parse_code(text)


@pytest.mark.parametrize("text", [CODE, ROTATION])
def test_parse__any_one_sign_of_it_replaced__refused(text: str) -> None:
    for position in range(len(text)):
        other = "1" if text[position] == "0" else "0"
        with pytest.raises(RuleError):
            parse_code(text[:position] + other + text[position + 1 :])


def test_parse__proof_of_another_kind_by_the_same_key__refused() -> None:
    """What the key signs elsewhere in the registry's domain is no proof."""
    domain = domain_of(COMMUNITY, "MemberRegistry")
    proof = sign_compact(GATEWAY, gateway_proof(domain, OTHER.address, 0))
    with pytest.raises(RuleError, match="not by the key"):
        parse_code(EnrolmentCode(domain.chain_id, domain.contract, GATEWAY.address, None, proof).text)


@pytest.mark.parametrize("participant", [0, -1, 2**32])
def test_make__no_participant_of_that_number__refused(participant: int) -> None:
    with pytest.raises(RuleError, match="participant is"):
        make_code(GATEWAY, COMMUNITY, participant)


@given(st.text(max_size=1_000))
def test_parse__anything__a_rule_error(text: str) -> None:
    with pytest.raises(RuleError):
        parse_code(text)


@given(participant=st.none() | st.integers(1, 2**32 - 1), chain=st.integers(1, 10**18))
def test_parse__code_as_made__read_back(participant: int | None, chain: int) -> None:
    made = make_code(GATEWAY, Deployment(chain, 1, ADDRESSES, CommunityTerms()), participant)
    assert parse_code(made.text) == made
    assert (made.gateway, made.participant, made.chain_id) == (GATEWAY.address, participant, chain)


def test_parse__broken_by_copying__read_all_the_same() -> None:
    lines = [ROTATION[start : start + 72] for start in range(0, len(ROTATION), 72)]
    assert parse_code("  " + "\r\n".join(lines) + "\n") == parse_code(ROTATION)


def test_text__enrolment__as_documented() -> None:
    shape = r"watt-enrol:1\?chain=31337&registry=0x\w{40}&gateway=0x\w{40}&proof=0x[0-9a-f]{128}"
    assert re.fullmatch(shape, CODE)
    assert "&participant=7&proof=" in ROTATION


@pytest.mark.parametrize("participant", [0, 7])
def test_proof__digest__by_the_rules_of_eip_712(participant: int) -> None:
    """Worked out by hand, as no contract and no vector of theirs holds this message."""

    def word(value: int) -> bytes:
        return value.to_bytes(32, "big")

    domain_type = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    domain = keccak(
        keccak(text=domain_type)
        + keccak(text="Watt Commons MemberRegistry")
        + keccak(text="1")
        + word(31_337)
        + word(int(ADDRESSES["MemberRegistry"], 16))
    )
    struct = keccak(
        keccak(text="GatewayProof(address gateway,uint32 participant)")
        + word(int(GATEWAY.address, 16))
        + word(participant)
    )
    message = gateway_proof(domain_of(COMMUNITY, "MemberRegistry"), GATEWAY.address, participant)
    assert digest_of(message) == keccak(b"\x19\x01" + domain + struct)
