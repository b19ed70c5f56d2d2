"""Production devices: registration, whose they are at an interval, and whether they earn certificates."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.registry.kit import COMMITMENT, NOBODY, Community

pytestmark = pytest.mark.contracts


@pytest.fixture
def second(community: Community, participant: int) -> int:
    """The neighbour's metering point, from the first open interval on."""
    index = community.register(community.neighbour)
    return community.enrol(index, community.neighbour)


def bind(community: Community, device: int, participant: int, interval: int) -> Any:
    return community.do("bindDevice", device, participant, interval, by=community.issuing_body)


def refused(community: Community, function: str, *arguments: Any) -> tuple[Any, ...]:
    return community.refused(function, *arguments, by=community.issuing_body)


def issuance(community: Community, participant: int, interval: int) -> tuple[int, bool]:
    device, issuable, _, _ = community.see("issuanceAt", participant, interval)
    assert community.see("deviceAt", participant, interval) == device
    return device, issuable


# ---------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"technology": b"X010100"}, b"X010100"),
        ({"technology": b"t010100"}, b"t010100"),
        ({"technology": b"T01010A"}, b"T01010A"),
        ({"technology": b"T01010"}, b"T01010"),
        ({"technology": b"T/10100"}, b"T/10100"),
        ({"technology": b"T:10100"}, b"T:10100"),
        ({"fuel": b"T01010100"}, b"T01010100"),
        ({"fuel": b"F0101010"}, b"F0101010"),
        ({"fuel": b"F0101010 "}, b"F0101010 "),
        ({"fuel": b""}, b""),
        ({"country": b"fr"}, b"fr"),
        ({"country": b"F"}, b"F"),
        ({"country": b"F1"}, b"F1"),
        ({"country": b"[R"}, b"[R"),
    ],
)
def test_register_device__code_malformed__reverts(community: Community, changes: dict[str, Any], code: bytes) -> None:
    sizes = {"technology": 7, "fuel": 9, "country": 2}
    given = {name: value.ljust(sizes[name], b"\x00") for name, value in changes.items()}
    expected = ("RegistryDeviceCodeInvalid", code.ljust(9, b"\x00"))
    assert refused(community, "registerDevice", community.device_terms(**given)) == expected


def test_every_device_function__unknown_device__reverts(community: Community, participant: int) -> None:
    community.device()
    for unknown in (0, 2):
        expected = ("RegistryDeviceUnknown", unknown)
        assert refused(community, "bindDevice", unknown, participant, community.first) == expected
        until = community.now() + 1000
        assert refused(community, "setDeviceIssuable", unknown, True, False, until) == expected


def test_bind_device__participant_unknown_or_not_alive__reverts(community: Community, member: int) -> None:
    device, begin = community.device(), community.first + 3
    participant = community.enrol(member, community.prosumer, fromInterval=begin)
    community.do("close", participant, begin + 5)
    assert refused(community, "bindDevice", device, 2, begin) == ("RegistryParticipantUnknown", 2)
    expected: tuple[Any, ...] = ("RegistryParticipantNotYetActive", participant, begin)
    assert refused(community, "bindDevice", device, participant, begin - 1) == expected
    expected = ("RegistryParticipantClosed", participant, begin + 5)
    assert refused(community, "bindDevice", device, participant, begin + 5) == expected


def test_bind_device__interval_not_open__reverts(community: Community, participant: int) -> None:
    device = community.device()
    community.travel_until_first_open(community.first + 1)
    for bound in (participant, 0):
        expected = ("IntervalGateClosed", community.first, community.first + 1)
        assert refused(community, "bindDevice", device, bound, community.first) == expected


def test_bind_device__participant_has_another__reverts(community: Community, participant: int) -> None:
    one, two, at = community.device(), community.device(), community.first + 4
    bind(community, one, participant, at)
    expected = ("RegistryParticipantHasDevice", participant, one)
    for interval in (at - 1, at, at + 1):
        assert refused(community, "bindDevice", two, participant, interval) == expected
    bind(community, one, participant, at - 2)
    bind(community, one, 0, at)
    assert refused(community, "bindDevice", two, participant, at - 1) == expected
    bind(community, two, participant, at)
    found = [issuance(community, participant, at + n)[0] for n in range(-3, 2)]
    assert found == [0, one, one, two, two]


# ---------------------------------------------------------------------- registration


def test_register_device__good_terms__readable(community: Community) -> None:
    terms = community.device_terms(scheme=2, technology=b"T030000", fuel=b"F01050200")
    receipt = community.do("registerDevice", terms, by=community.issuing_body)
    assert community.see("deviceCount") == 1
    assert tuple(community.see("deviceInfo", 1)) == terms
    registered = community.events(receipt, "DeviceRegistered")[0]
    assert (registered["device"], registered["terms"]["commitment"]) == (1, COMMITMENT)


# ---------------------------------------------------------------------- whose it is


def test_bind_device__dated_ahead__from_then_on(community: Community, participant: int) -> None:
    device, at = community.device(), community.first + 2
    receipt = bind(community, device, participant, at)
    bound = {"device": device, "participant": participant, "fromInterval": at}
    assert community.events(receipt, "DeviceBound") == [bound]
    assert issuance(community, participant, at - 1) == (0, False)
    assert issuance(community, participant, at) == (device, True)
    assert community.see("issuanceAt", participant, at) == [device, True, community.prosumer.address, True]


def test_bind_device__to_another__moves_at_the_interval(community: Community, participant: int, second: int) -> None:
    device, first = community.device(), community.first
    bind(community, device, participant, first)
    bind(community, device, second, first + 5)
    holders = [[p for p in (participant, second) if issuance(community, p, first + n)[0]] for n in range(7)]
    assert holders == [[participant]] * 5 + [[second]] * 2
    assert community.see("issuanceAt", second, first + 5)[2] == community.neighbour.address


def test_bind_device__back_and_forth__never_two_holders(community: Community, participant: int, second: int) -> None:
    device, first = community.device(), community.first
    for holder, offset in ((participant, 0), (second, 10), (participant, 20), (0, 30), (second, 15), (participant, 25)):
        bind(community, device, holder, first + offset)
    holders = [[p for p in (participant, second) if issuance(community, p, first + n)[0]] for n in range(0, 40, 5)]
    assert holders == [[1], [1], [2], [2], [2], [1], [1], [1]]


def test_bind_device__no_participant__unbound(community: Community, participant: int) -> None:
    device = community.device()
    bind(community, device, participant, community.first)
    bind(community, device, 0, community.first + 3)
    assert issuance(community, participant, community.first + 2) == (device, True)
    assert issuance(community, participant, community.first + 3) == (0, False)
    assert community.see("issuanceAt", participant, community.first + 3)[2:] == [community.prosumer.address, True]


def test_bind_device__participant_with_an_end__only_until_then(community: Community, participant: int) -> None:
    device, end = community.device(), community.first + 5
    community.do("close", participant, end)
    bind(community, device, participant, community.first)
    assert issuance(community, participant, end - 1) == (device, True)
    assert issuance(community, participant, end) == (0, False)


def test_close__participant_with_a_device__unbinds_it(community: Community, participant: int, second: int) -> None:
    device, end = community.device(), community.first + 5
    bind(community, device, participant, community.first)
    community.do("close", participant, end)
    assert issuance(community, participant, end - 1) == (device, True)
    assert issuance(community, participant, end) == (0, False)
    bind(community, device, second, end)
    assert issuance(community, second, end) == (device, True)


def test_close__brought_forward__device_is_free_from_the_new_end(community: Community, participant: int) -> None:
    """Regression: it stayed bound to the ended participant until the end given first."""
    device, end = community.device(), community.first + 20
    bind(community, device, participant, community.first)
    community.do("close", participant, end)
    community.do("close", participant, end - 5)
    assert [issuance(community, participant, end - n)[0] for n in (6, 5, 1)] == [device, 0, 0]


def test_hand_over__before_an_end_given_first__device_moves_along(community: Community, participant: int) -> None:
    """Regression: the owner's own earlier end was taken for the issuing body's decision."""
    device, at = community.device(), community.first + 5
    bind(community, device, participant, community.first)
    community.do("close", participant, at + 10)
    buyer = community.register(community.neighbour)
    terms = community.terms(buyer, fromInterval=at)
    community.do("handOver", participant, *community.signed(terms, community.neighbour))
    assert [issuance(community, 2, at + n)[0] for n in (-1, 0, 20)] == [0, device, device]


def test_hand_over__participant_with_a_device__device_moves_along(community: Community, participant: int) -> None:
    device, at = community.device(), community.first + 5
    bind(community, device, participant, community.first)
    buyer = community.register(community.neighbour)
    terms = community.terms(buyer, fromInterval=at)
    receipt = community.do("handOver", participant, *community.signed(terms, community.neighbour))
    assert community.events(receipt, "DeviceBound") == [{"device": device, "participant": 2, "fromInterval": at}]
    assert [issuance(community, 1, at + n)[0] for n in (-1, 0)] == [device, 0]
    assert [issuance(community, 2, at + n)[0] for n in (-1, 0)] == [0, device]


def test_hand_over__device_bound_later__moves_at_that_date(community: Community, participant: int) -> None:
    device, at = community.device(), community.first + 5
    bind(community, device, participant, at + 3)
    buyer = community.register(community.neighbour)
    terms = community.terms(buyer, fromInterval=at)
    community.do("handOver", participant, *community.signed(terms, community.neighbour))
    assert [issuance(community, 2, at + n)[0] for n in (0, 2, 3)] == [0, 0, device]
    assert issuance(community, 1, at + 3)[0] == 0


def test_hand_over__issuing_body_dated_it_elsewhere__left_alone(
    community: Community, participant: int, second: int
) -> None:
    device, at = community.device(), community.first + 5
    bind(community, device, participant, community.first)
    bind(community, device, second, at + 3)
    terms = community.terms(1, fromInterval=at)
    community.do("handOver", participant, *community.signed(terms, community.prosumer))
    assert issuance(community, second, at + 3) == (device, True)
    assert issuance(community, 3, at + 3) == (0, False)


# ---------------------------------------------------------------------- whether it earns


@pytest.mark.parametrize("changes", [{"schemeAllows": False}, {"storage": True}])
def test_issuance__scheme_forbids_or_storage__earns_nothing(
    community: Community, participant: int, changes: dict[str, Any]
) -> None:
    device = community.device(**changes)
    bind(community, device, participant, community.first)
    assert issuance(community, participant, community.first) == (device, False)


def test_set_device_issuable__storage__still_earns_nothing(community: Community, participant: int) -> None:
    device = community.device(storage=True)
    bind(community, device, participant, community.first)
    until = community.now() + 86_400
    community.do("setDeviceIssuable", device, True, False, until, by=community.issuing_body)
    assert issuance(community, participant, community.first) == (device, False)


def test_set_device_issuable__suspended_and_back__only_open_intervals_change(
    community: Community, participant: int
) -> None:
    device, first = community.device(), community.first
    bind(community, device, participant, first)
    bind(community, device, 0, first + 6)
    until = community.now() + 86_400
    community.travel_until_first_open(first + 2)
    receipt = community.do("setDeviceIssuable", device, True, True, until, by=community.issuing_body)
    assert community.events(receipt, "DeviceIssuableSet") == [
        {"device": device, "schemeAllows": True, "suspended": True, "validUntil": until, "fromInterval": first + 2}
    ]
    community.travel_until_first_open(first + 4)
    community.do("setDeviceIssuable", device, True, False, until, by=community.issuing_body)
    flags = [issuance(community, participant, first + n)[1] for n in range(7)]
    assert flags == [True, True, False, False, True, True, False]
    assert community.see("deviceInfo", device)[8] == until


def test_issuance__member_closed__no_holder(community: Community, participant: int) -> None:
    device = community.device()
    bind(community, device, participant, community.first)
    community.do("setMemberActive", 1, False)
    expected = [device, True, community.prosumer.address, False]
    assert community.see("issuanceAt", participant, community.first) == expected


def test_issuance__unknown_participant__nothing(community: Community) -> None:
    for unknown in (0, 9):
        assert community.see("issuanceAt", unknown, community.first) == [0, False, NOBODY, False]
        assert community.see("deviceAt", unknown, community.first) == 0
