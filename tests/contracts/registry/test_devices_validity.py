"""How long a device's registration holds: at most five calendar years, and what it earns when it has lapsed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.registry.kit import LENGTH_S, Community
from tests.support.devnet import rpc
from wattcommons.domain.devices import latest_validity

pytestmark = pytest.mark.contracts

FIVE_YEARS = pytest.mark.parametrize(
    ("at", "latest"),
    [
        (1_785_542_400, 1_943_308_800),  # 2026-08-01T00:00:00Z: 2031-08-01T00:00:00Z
        (1_798_761_599, 1_956_527_999),  # 2026-12-31T23:59:59Z: 2031-12-31T23:59:59Z
        (1_803_859_199, 1_961_625_599),  # 2027-02-28T23:59:59Z: 2032-02-28T23:59:59Z, not the leap day after it
        (1_835_438_400, 1_993_204_800),  # 2028-02-29T12:00:00Z: 2033-02-28T12:00:00Z, for there is no 29th
        (1_835_481_600, 1_993_248_000),  # 2028-03-01T00:00:00Z: 2033-03-01T00:00:00Z
    ],
)


def bind(community: Community, device: int, participant: int) -> None:
    community.do("bindDevice", device, participant, community.first, by=community.issuing_body)


def refused(community: Community, function: str, *arguments: Any) -> tuple[Any, ...]:
    return community.refused(function, *arguments, by=community.issuing_body)


def issuable(community: Community, participant: int, count: int) -> list[bool]:
    """Whether the participant's device may have certificates, in so many intervals from the first on."""
    return [community.see("issuanceAt", participant, community.first + n)[1] for n in range(count)]


def test_register_device__lapses_at_once_or_before__reverts(community: Community) -> None:
    latest = latest_validity(community.now())
    for until in (0, community.now() - 1, community.now()):
        terms = community.device_terms(validUntil=until)
        assert refused(community, "registerDevice", terms) == ("RegistryDeviceValidity", until, latest)
    rpc(community.web3, "evm_setNextBlockTimestamp", community.now() + 1)
    community.device(validUntil=community.now() + 2)


@FIVE_YEARS
def test_register_device__any_day__five_calendar_years_to_the_second(
    community: Community, at: int, latest: int
) -> None:
    terms = community.device_terms(validUntil=latest)
    rpc(community.web3, "evm_setNextBlockTimestamp", at)
    community.do("registerDevice", terms, by=community.issuing_body)
    assert (community.now(), community.see("deviceInfo", 1)[8]) == (at, latest)
    for until in (latest + 1, 2**64 - 1):
        terms = community.device_terms(validUntil=until)
        assert refused(community, "registerDevice", terms) == ("RegistryDeviceValidity", until, latest)


@FIVE_YEARS
def test_set_device_issuable__any_day__five_calendar_years_to_the_second(
    community: Community, at: int, latest: int
) -> None:
    device = community.device()
    rpc(community.web3, "evm_setNextBlockTimestamp", at)
    community.do("setDeviceIssuable", device, True, False, latest, by=community.issuing_body)
    assert (community.now(), community.see("deviceInfo", device)[8]) == (at, latest)
    for until in (latest + 1, 2**64 - 1):
        expected = ("RegistryDeviceValidity", until, latest)
        assert refused(community, "setDeviceIssuable", device, True, False, until) == expected


def test_issuance__registration_lapses__until_the_interval_that_ends_by_then(
    community: Community, participant: int
) -> None:
    last = community.first + 10
    device = community.device(validUntil=(last + 1) * LENGTH_S)
    bind(community, device, participant)
    assert community.see("issuanceAt", participant, last)[:2] == [device, True]
    assert community.see("issuanceAt", participant, last + 1)[:2] == [device, False]
    short = (last + 1) * LENGTH_S - 1
    community.do("setDeviceIssuable", device, True, False, short, by=community.issuing_body)
    assert community.see("issuanceAt", participant, last)[:2] == [device, False]
    assert community.see("issuanceAt", participant, last - 1)[:2] == [device, True]


def test_set_device_issuable__scheme_forbids_and_allows_again__only_open_intervals_change(
    community: Community, participant: int
) -> None:
    device, first = community.device(scheme=1), community.first
    bind(community, device, participant)
    until = community.now() + 86_400
    community.travel_until_first_open(first + 2)
    community.do("setDeviceIssuable", device, False, False, until, by=community.issuing_body)
    community.travel_until_first_open(first + 4)
    community.do("setDeviceIssuable", device, True, False, until, by=community.issuing_body)
    assert issuable(community, participant, 6) == [True] * 2 + [False] * 2 + [True] * 2


@pytest.mark.parametrize("who", ["operator", "metering", "approver", "prosumer", "ledger", "stranger"])
@pytest.mark.parametrize("function", ["registerDevice", "bindDevice", "setDeviceIssuable"])
def test_device_function__by_anyone_but_the_issuing_body__reverts(
    community: Community, participant: int, function: str, who: str
) -> None:
    device, until = community.device(), community.now() + 86_400
    arguments: dict[str, tuple[Any, ...]] = {
        "registerDevice": (community.device_terms(),),
        "bindDevice": (device, participant, community.first),
        "setDeviceIssuable": (device, True, False, until),
    }
    caller = getattr(community, who)
    expected = ("AccessManagedUnauthorized", caller.address.lower())
    assert community.refused(function, *arguments[function], by=caller) == expected


def test_set_device_issuable__renewed_after_it_lapsed__later_intervals_only(
    community: Community, participant: int
) -> None:
    first = community.first
    device = community.device(validUntil=(first + 2) * LENGTH_S)
    bind(community, device, participant)
    community.travel_until_first_open(first + 5)
    assert issuable(community, participant, 7) == [True] * 2 + [False] * 5
    until = latest_validity(community.now())
    community.do("setDeviceIssuable", device, True, False, until, by=community.issuing_body)
    assert issuable(community, participant, 7) == [True] * 2 + [False] * 3 + [True] * 2


def test_set_device_issuable__shortened_into_the_past__lapses_from_the_first_open_interval(
    community: Community, participant: int
) -> None:
    device, first = community.device(), community.first
    bind(community, device, participant)
    community.travel_until_first_open(first + 3)
    community.do("setDeviceIssuable", device, True, False, 0, by=community.issuing_body)
    assert issuable(community, participant, 5) == [True] * 3 + [False] * 2


def test_set_device_issuable__suspended_and_renewed__stays_suspended(community: Community, participant: int) -> None:
    """Validity alone never resumes: who renews says whether the suspension stands."""
    device, first = community.device(), community.first
    bind(community, device, participant)
    until = latest_validity(community.now())
    community.do("setDeviceIssuable", device, True, True, until, by=community.issuing_body)
    assert community.see("issuanceAt", participant, first)[:2] == [device, False]
    community.do("setDeviceIssuable", device, True, False, until, by=community.issuing_body)
    assert community.see("issuanceAt", participant, first)[:2] == [device, True]
