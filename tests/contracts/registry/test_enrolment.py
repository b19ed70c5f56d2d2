"""Enrolment and rotation of gateways: two signatures, each by the right one, each once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.registry.kit import (
    COMMITMENT,
    GATEWAY,
    GROSS,
    METERING_OPERATOR,
    NET,
    NOBODY,
    OPEN_END,
    OPERATOR,
    OPERATOR_FILE,
    Community,
    key_of,
)

pytestmark = pytest.mark.contracts

NEW_GATEWAY = key_of("new gateway")


def altered(terms: tuple[Any, ...], position: int, value: Any) -> tuple[Any, ...]:
    return (*terms[:position], value, *terms[position + 1 :])


# ---------------------------------------------------------------------- refusals of an enrolment


def test_enrol__unknown_or_inactive_member__reverts(community: Community, member: int) -> None:
    for unknown in (0, member + 1):
        act = community.signed(community.terms(unknown), community.prosumer)
        assert community.refused("enrol", *act) == ("RegistryMemberUnknown", unknown)
    community.do("setMemberActive", member, False)
    act = community.signed(community.terms(member), community.prosumer)
    assert community.refused("enrol", *act) == ("RegistryMemberInactive", member)


def test_enrol__interval_begun_or_gate_closed__reverts(community: Community, member: int) -> None:
    act = community.signed(community.terms(member, fromInterval=community.first - 1), community.prosumer)
    assert community.refused("enrol", *act) == ("IntervalGateClosed", community.first - 1, community.first)
    act = community.signed(community.terms(member), community.prosumer)
    community.travel_until_first_open(community.first + 1)
    assert community.refused("enrol", *act) == ("IntervalGateClosed", community.first, community.first + 1)


def test_enrol__gateway_or_source_missing__reverts(community: Community, member: int) -> None:
    act = community.signed(community.terms(member, gateway=NOBODY), community.prosumer)
    assert community.refused("enrol", *act) == ("RegistryAddressZero",)
    act = community.signed(community.terms(member, source=0), community.prosumer)
    assert community.refused("enrol", *act) == ("RegistrySourceInvalid",)


def test_enrol__after_the_deadline__reverts(community: Community, member: int) -> None:
    deadline = community.now() + 600
    terms = community.terms(member, deadline=deadline, fromInterval=community.first + 10)
    act = community.signed(terms, community.prosumer)
    community.travel(deadline)
    assert community.see("participantCount") == 0
    community.travel(deadline + 1)
    assert community.refused("enrol", *act) == ("RegistrySignatureExpired", deadline)


def test_enrol__operator_alone__reverts(community: Community, member: int) -> None:
    """Whatever the operator signs itself, it lacks the member's signature and an independent countersignature."""
    terms, own = community.terms(member), community.operator
    signature = community.sign(terms, own)
    refused = community.refused("enrol", terms, signature, community.metering.address, signature)
    assert refused == ("RegistrySignatureInvalid", community.prosumer.address.lower())
    good = community.sign(terms, community.prosumer)
    refused = community.refused("enrol", terms, good, own.address, signature)
    assert refused == ("RegistrySecondApproverNeeded", own.address.lower())
    puppet = key_of("puppet").address
    refused = community.refused("enrol", terms, good, puppet, community.sign(terms, key_of("puppet")))
    assert refused == ("RegistryNotMeteringOperator", puppet.lower())


def test_enrol__countersigner_holds_both_roles__reverts(community: Community, member: int) -> None:
    community.grant(OPERATOR, community.metering)
    act = community.signed(community.terms(member), community.prosumer)
    assert community.refused("enrol", *act) == ("RegistrySecondApproverNeeded", community.metering.address.lower())


def test_enrol__countersigner_is_the_member__reverts(community: Community, member: int) -> None:
    community.grant(METERING_OPERATOR, community.prosumer)
    terms = community.terms(member)
    signature = community.sign(terms, community.prosumer)
    refused = community.refused("enrol", terms, signature, community.prosumer.address, signature)
    assert refused == ("RegistrySecondApproverNeeded", community.prosumer.address.lower())


@pytest.mark.parametrize("position", range(9))
def test_enrol__any_term_differs_from_what_was_signed__reverts(
    community: Community, member: int, position: int
) -> None:
    second = community.register(community.neighbour)
    terms = community.terms(member, fromInterval=community.first + 1)
    others = (second, NET, OPERATOR_FILE, 9_001, 6_001, NEW_GATEWAY.address, community.first + 2, b"\x12" * 32, 2**63)
    signer = community.prosumer
    given = altered(terms, position, others[position])
    wallet = (community.neighbour if position == 0 else signer).address.lower()
    signatures = community.sign(terms, signer), community.metering.address, community.sign(terms, community.metering)
    assert community.refused("enrol", given, *signatures) == ("RegistrySignatureInvalid", wallet)
    signatures = community.sign(given, signer), community.metering.address, community.sign(terms, community.metering)
    if position != 0:
        expected = ("RegistrySignatureInvalid", community.metering.address.lower())
        assert community.refused("enrol", given, *signatures) == expected


@pytest.mark.parametrize(
    "domain",
    [
        {"name": "Watt Commons MeterLedger"},
        {"version": "2"},
        {"chainId": 1},
        {"verifyingContract": "0x" + "22" * 20},
    ],
    ids=lambda domain: next(iter(domain)),
)
def test_enrol__signed_for_another_domain__reverts(community: Community, member: int, domain: dict[str, Any]) -> None:
    terms = community.terms(member)
    foreign = community.sign(terms, community.prosumer, **domain)
    good = community.sign(terms, community.metering)
    refused = community.refused("enrol", terms, foreign, community.metering.address, good)
    assert refused == ("RegistrySignatureInvalid", community.prosumer.address.lower())


def test_enrol__malformed_signature__reverts(community: Community, member: int) -> None:
    terms = community.terms(member)
    good, counter = community.sign(terms, community.prosumer), community.sign(terms, community.metering)
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    high_s = good[:32] + (order - int.from_bytes(good[32:64], "big")).to_bytes(32, "big") + bytes([55 - good[64]])
    for bad in (b"", good[:64], good + b"\x00", good[:64] + b"\x00", b"\x00" * 65, high_s, counter):
        refused = community.refused("enrol", terms, bad, community.metering.address, counter)
        assert refused == ("RegistrySignatureInvalid", community.prosumer.address.lower())


def test_enrol__same_signatures_again__reverts(community: Community, member: int) -> None:
    terms = community.terms(member, fromInterval=community.first + 5)
    act = community.signed(terms, community.prosumer)
    community.do("enrol", *act)
    name, digest = community.refused("enrol", *act)
    assert (name, len(digest)) == ("RegistryEnrolmentUsed", 32)
    assert community.refused("handOver", 1, *act) == (name, digest)


# ---------------------------------------------------------------------- an enrolment's effects


def test_enrol__both_signed__lives_from_its_interval(community: Community, member: int) -> None:
    first = community.first
    receipt = community.do("enrol", *community.signed(community.terms(member), community.prosumer))

    assert community.events(receipt, "ParticipantEnrolled") == [
        {
            "participant": 1,
            "member": member,
            "gateway": community.gateway.address,
            "basis": GROSS,
            "source": GATEWAY,
            "importW": 9_000,
            "exportW": 6_000,
            "fromInterval": first,
            "commitment": COMMITMENT,
        }
    ]
    assert community.see("participantInfo", 1) == [member, first, OPEN_END, 0, COMMITMENT]
    assert community.see("walletOf", 1) == community.prosumer.address
    assert community.see("epochAt", 1, first - 1) == (NOBODY, 0, 0, 0, 0, False, False)
    alive = (community.gateway.address, 9_000, 6_000, GATEWAY, GROSS, False, False)
    assert community.see("epochAt", 1, first) == alive
    assert community.see("epochAt", 1, OPEN_END) == alive
    packed = (int(community.gateway.address, 16) << 64) | (9_000 << 40) | (6_000 << 16) | 0b101
    assert community.see("epochSegment", 1, first) == [packed, OPEN_END]
    assert community.see("epochSegment", 1, first - 1) == [0, first]


def test_enrol__several_metering_points_of_a_member__all_live(community: Community, member: int) -> None:
    numbers = [community.enrol(member, community.prosumer, commitment=bytes([n]) * 32, basis=NET) for n in (1, 2, 3)]
    assert numbers == [1, 2, 3]
    assert community.see("rosterCount", community.first) == 3
    assert community.see("epochAt", 3, community.first)[4] == NET


# ---------------------------------------------------------------------- rotation


def test_rotate__terms_invalid__reverts(community: Community, participant: int) -> None:
    def refused(**changes: Any) -> tuple[Any, ...]:
        act = community.signed(community.rotation(participant, **changes), community.prosumer)
        return community.refused("rotateGateway", *act, by=community.stranger)

    assert refused(participant=0) == ("RegistryParticipantUnknown", 0)
    assert refused(participant=2) == ("RegistryParticipantUnknown", 2)
    assert refused(gateway=NOBODY) == ("RegistryAddressZero",)
    assert refused(source=0) == ("RegistrySourceInvalid",)
    assert refused(nonce=1) == ("RegistryRotationNonce", participant, 0, 1)
    assert refused(deadline=1) == ("RegistrySignatureExpired", 1)
    closed = community.first - 1
    assert refused(fromInterval=closed) == ("IntervalGateClosed", closed, community.first)


def test_rotate__one_signature_missing__reverts(community: Community, participant: int) -> None:
    terms = community.rotation(participant)
    good, counter = community.sign(terms, community.prosumer), community.sign(terms, community.metering)
    metering = community.metering.address
    for account in (community.operator, community.neighbour, community.gateway):
        bad = community.sign(terms, account)
        expected = ("RegistrySignatureInvalid", community.prosumer.address.lower())
        assert community.refused("rotateGateway", terms, bad, metering, counter) == expected
        expected = ("RegistrySignatureInvalid", metering.lower())
        assert community.refused("rotateGateway", terms, good, metering, bad) == expected
    outsider = community.stranger
    refused = community.refused("rotateGateway", terms, good, outsider.address, community.sign(terms, outsider))
    assert refused == ("RegistryNotMeteringOperator", outsider.address.lower())


def test_rotate__enrolment_signature_given__reverts(community: Community, participant: int) -> None:
    terms, enrolment = community.rotation(participant), community.terms(1)
    bad = community.sign(enrolment, community.prosumer)
    counter = community.sign(terms, community.metering)
    refused = community.refused("rotateGateway", terms, bad, community.metering.address, counter)
    assert refused == ("RegistrySignatureInvalid", community.prosumer.address.lower())


def test_rotate__before_the_participant_begins__reverts(community: Community, member: int) -> None:
    participant = community.enrol(member, community.prosumer, fromInterval=community.first + 5)
    act = community.signed(community.rotation(participant), community.prosumer)
    refused = community.refused("rotateGateway", *act)
    assert refused == ("RegistryParticipantNotYetActive", participant, community.first + 5)


def test_rotate__anyone_brings_both_signatures__new_key_from_its_interval(
    community: Community, participant: int
) -> None:
    at = community.first + 4
    terms = community.rotation(participant, source=OPERATOR_FILE)
    receipt = community.do("rotateGateway", *community.signed(terms, community.prosumer), by=community.stranger)

    rotated = {
        "participant": participant,
        "gateway": NEW_GATEWAY.address,
        "source": OPERATOR_FILE,
        "fromInterval": at,
    }
    assert community.events(receipt, "GatewayRotated") == [rotated]
    old = (community.gateway.address, 9_000, 6_000, GATEWAY, GROSS, False, False)
    assert community.see("epochAt", participant, at - 1) == old
    new = (NEW_GATEWAY.address, 9_000, 6_000, OPERATOR_FILE, GROSS, False, False)
    assert community.see("epochAt", participant, at) == new
    assert community.see("epochSegment", participant, at - 1)[1] == at
    assert community.see("participantInfo", participant)[3] == 1
    again = community.signed(terms, community.prosumer)
    assert community.refused("rotateGateway", *again) == ("RegistryRotationNonce", participant, 1, 0)


def test_rotate__a_second_one_dated_earlier__replaces_the_later_too(community: Community, participant: int) -> None:
    third = key_of("third gateway").address
    community.do("rotateGateway", *community.signed(community.rotation(participant), community.prosumer))
    terms = community.rotation(participant, gateway=third, nonce=1, fromInterval=community.first + 2)
    community.do("rotateGateway", *community.signed(terms, community.prosumer))
    keys = [community.see("epochAt", participant, community.first + n)[0] for n in (1, 2, 4, 100)]
    assert keys == [community.gateway.address, third, third, third]


def test_eip712_domain__asked__is_the_one_signed(community: Community) -> None:
    fields, name, version, chain_id, contract, salt, extensions = community.see("eip712Domain")
    assert (name, version, chain_id) == ("Watt Commons MemberRegistry", "1", community.web3.eth.chain_id)
    assert (fields, contract, salt, extensions) == (b"\x0f", community.registry.address, b"\x00" * 32, [])
