"""Limits, suspension, silence, closure and hand-over: what is dated, and what a closed participant never regains."""

from __future__ import annotations

import pytest

from tests.contracts.registry.kit import NOBODY, OPEN_END, Community, key_of

pytestmark = pytest.mark.contracts

GONE = (NOBODY, 0, 0, 0, 0, False, False)


def roster(community: Community, interval: int) -> tuple[int, int, int, int]:
    """Bits active and suspended of the first word, and the two counts."""
    active, suspended = community.see("rosterWord", interval, 0)
    return active, suspended, community.see("rosterCount", interval), community.see("waitedCount", interval)


def assert_gone(community: Community, participant: int, interval: int) -> None:
    assert community.see("epochAt", participant, interval) == GONE
    assert roster(community, interval) == (0, 0, 0, 0)


# ---------------------------------------------------------------------- refusals


@pytest.mark.parametrize("unknown", [0, 2, 2**32 - 1])
def test_every_function__unknown_participant__reverts(community: Community, participant: int, unknown: int) -> None:
    expected = ("RegistryParticipantUnknown", unknown)
    at = community.first
    assert community.refused("setLimits", unknown, 1, 1, at, by=community.metering) == expected
    assert community.refused("setSuspended", unknown, True) == expected
    assert community.refused("setSilent", unknown, True, by=community.ledger) == expected
    assert community.refused("close", unknown, at) == expected
    act = community.signed(community.terms(1), community.prosumer)
    assert community.refused("handOver", unknown, *act) == expected


def test_dated_functions__interval_not_open__revert(community: Community, participant: int) -> None:
    community.travel_until_first_open(community.first + 3)
    at = community.first + 2
    expected = ("IntervalGateClosed", at, community.first + 3)
    assert community.refused("setLimits", participant, 1, 1, at, by=community.metering) == expected
    assert community.refused("close", participant, at) == expected
    act = community.signed(community.terms(1, fromInterval=at), community.prosumer)
    assert community.refused("handOver", participant, *act) == expected


def test_dated_functions__before_the_participant_begins__revert(community: Community, member: int) -> None:
    begin = community.first + 6
    participant = community.enrol(member, community.prosumer, fromInterval=begin)
    expected = ("RegistryParticipantNotYetActive", participant, begin)
    assert community.refused("setLimits", participant, 1, 1, begin - 1, by=community.metering) == expected
    assert community.refused("close", participant, begin - 1) == expected
    act = community.signed(community.terms(1, fromInterval=begin - 1), community.prosumer)
    assert community.refused("handOver", participant, *act) == expected


def test_dated_functions__at_or_after_the_end__revert(community: Community, participant: int) -> None:
    end = community.first + 6
    community.do("close", participant, end)
    expected = ("RegistryParticipantClosed", participant, end)
    assert community.refused("setLimits", participant, 1, 1, end, by=community.metering) == expected
    act = community.signed(community.rotation(participant, fromInterval=end), community.prosumer)
    assert community.refused("rotateGateway", *act) == expected
    assert community.refused("close", participant, end + 1) == expected
    act = community.signed(community.terms(1, fromInterval=end + 1), community.prosumer)
    assert community.refused("handOver", participant, *act) == expected
    community.travel_until_first_open(end)
    assert community.refused("setSuspended", participant, True) == expected


def test_set_silent__not_the_ledger__reverts(community: Community, participant: int) -> None:
    for account in (community.operator, community.metering, community.prosumer, community.stranger):
        expected = ("RegistryOnlyLedger", account.address.lower())
        assert community.refused("setSilent", participant, True, by=account) == expected


# ---------------------------------------------------------------------- limits, suspension, silence


def test_set_limits__dated_ahead__from_then_on(community: Community, participant: int) -> None:
    at = community.first + 3
    receipt = community.do("setLimits", participant, 12_000, 2**24 - 1, at, by=community.metering)
    limits = {"participant": participant, "importW": 12_000, "exportW": 2**24 - 1, "fromInterval": at}
    assert community.events(receipt, "LimitsSet") == [limits]
    assert community.see("epochAt", participant, at - 1)[1:3] == (9_000, 6_000)
    assert community.see("epochAt", participant, at)[:3] == (community.gateway.address, 12_000, 2**24 - 1)


def test_set_suspended__on_and_off__only_open_intervals_change(community: Community, participant: int) -> None:
    first = community.first
    community.travel_until_first_open(first + 2)
    receipt = community.do("setSuspended", participant, True)
    suspension = {"participant": participant, "suspended": True, "fromInterval": first + 2}
    assert community.events(receipt, "SuspensionSet") == [suspension]
    community.travel_until_first_open(first + 5)
    community.do("setSuspended", participant, False)

    flags = [community.see("epochAt", participant, first + n)[5] for n in range(7)]
    assert flags == [False, False, True, True, True, False, False]
    words = [community.see("rosterWord", first + n, 0) for n in range(7)]
    assert words == [[1, int(flag)] for flag in flags]
    assert community.see("waitedCount", first + 3) == 1


def test_set_suspended__as_it_is_already__nothing_happens(community: Community, participant: int) -> None:
    assert community.events(community.do("setSuspended", participant, False), "SuspensionSet") == []
    community.do("setSuspended", participant, True)
    assert community.events(community.do("setSuspended", participant, True), "SuspensionSet") == []
    assert community.see("epochAt", participant, community.first)[5]


def test_set_suspended__before_the_participant_begins__from_its_begin(community: Community, member: int) -> None:
    begin = community.first + 6
    participant = community.enrol(member, community.prosumer, fromInterval=begin)
    receipt = community.do("setSuspended", participant, True)
    assert community.events(receipt, "SuspensionSet")[0]["fromInterval"] == begin
    assert roster(community, begin - 1) == (0, 0, 0, 0)
    assert roster(community, begin) == (1, 1, 1, 1)
    assert community.see("epochAt", participant, begin - 1) == GONE


def test_set_silent__by_the_ledger__no_longer_waited_for(community: Community, participant: int) -> None:
    first = community.first
    receipt = community.do("setSilent", participant, True, by=community.ledger)
    silence = {"participant": participant, "silent": True, "fromInterval": first}
    assert community.events(receipt, "SilenceSet") == [silence]
    assert roster(community, first) == (1, 0, 1, 0)
    assert community.see("epochAt", participant, first)[6]
    community.travel_until_first_open(first + 2)
    community.do("setSilent", participant, False, by=community.ledger)
    assert [community.see("waitedCount", first + n) for n in range(3)] == [0, 0, 1]
    again = community.do("setSilent", participant, False, by=community.ledger)
    assert community.events(again, "SilenceSet") == []


def test_set_silent__participant_ended__nothing_happens(community: Community, participant: int) -> None:
    community.do("close", participant, community.first + 1)
    community.travel_until_first_open(community.first + 1)
    receipt = community.do("setSilent", participant, True, by=community.ledger)
    assert community.events(receipt, "SilenceSet") == []
    assert_gone(community, participant, community.first + 1)


def test_suspension_and_silence__both__independent(community: Community, participant: int) -> None:
    community.do("setSuspended", participant, True)
    community.do("setSilent", participant, True, by=community.ledger)
    assert roster(community, community.first) == (1, 1, 1, 0)
    community.do("setSuspended", participant, False)
    assert roster(community, community.first) == (1, 0, 1, 0)
    assert community.see("epochAt", participant, community.first)[5:] == (False, True)


# ---------------------------------------------------------------------- closure


def test_close__dated_ahead__active_until_then(community: Community, participant: int) -> None:
    end = community.first + 3
    receipt = community.do("close", participant, end)
    assert community.events(receipt, "ParticipantClosed") == [{"participant": participant, "untilInterval": end}]
    assert community.see("participantInfo", participant)[2] == end
    assert roster(community, end - 1) == (1, 0, 1, 1)
    assert community.see("epochAt", participant, end - 1)[0] == community.gateway.address
    assert_gone(community, participant, end)
    assert_gone(community, participant, OPEN_END)


def test_close__brought_forward__ends_earlier(community: Community, participant: int) -> None:
    community.do("close", participant, community.first + 9)
    community.do("close", participant, community.first + 9)
    community.do("close", participant, community.first + 4)
    assert roster(community, community.first + 3)[0] == 1
    for interval in (community.first + 4, community.first + 9, OPEN_END):
        assert_gone(community, participant, interval)


def test_close__at_its_begin__never_active(community: Community, participant: int) -> None:
    community.do("close", participant, community.first)
    assert_gone(community, participant, community.first)
    assert community.see("participantInfo", participant)[1:3] == [community.first, community.first]


@pytest.mark.parametrize("change", ["rotation", "limits", "suspension", "resumption", "silence", "return"])
def test_close__then_a_change_dated_before_the_end__stays_ended(
    community: Community, participant: int, change: str
) -> None:
    end = community.first + 8
    if change == "resumption":
        community.do("setSuspended", participant, True)
    if change == "return":
        community.do("setSilent", participant, True, by=community.ledger)
    # Something dated after the end-to-be, so that an entry to revive exists.
    community.do("setLimits", participant, 5, 5, end + 4, by=community.metering)
    community.do("close", participant, end)
    community.travel_until_first_open(community.first + 2)

    if change == "rotation":
        community.do("rotateGateway", *community.signed(community.rotation(participant), community.prosumer))
    elif change == "limits":
        community.do("setLimits", participant, 7, 7, community.first + 3, by=community.metering)
    elif change in ("suspension", "resumption"):
        community.do("setSuspended", participant, change == "suspension")
    else:
        community.do("setSilent", participant, change == "silence", by=community.ledger)

    assert roster(community, end - 1)[0] == 1
    for interval in (end, end + 3, end + 4, end + 100, OPEN_END):
        assert_gone(community, participant, interval)


# ---------------------------------------------------------------------- hand-over


def test_hand_over__new_owner__a_new_participant_from_the_boundary(community: Community, participant: int) -> None:
    buyer = community.register(community.neighbour)
    at, key = community.first + 4, key_of("new gateway").address
    terms = community.terms(buyer, fromInterval=at, gateway=key)
    receipt = community.do("handOver", participant, *community.signed(terms, community.neighbour))

    assert community.events(receipt, "ParticipantClosed") == [{"participant": participant, "untilInterval": at}]
    assert community.events(receipt, "ParticipantEnrolled")[0]["participant"] == 2
    assert [roster(community, at + n) for n in (-1, 0)] == [(0b01, 0, 1, 1), (0b10, 0, 1, 1)]
    assert community.see("walletOf", 1) == community.prosumer.address
    assert community.see("walletOf", 2) == community.neighbour.address
    assert community.see("epochAt", 1, at) == GONE
    assert community.see("epochAt", 2, at)[0] == key


def test_hand_over__old_owner_signs_instead__reverts(community: Community, participant: int) -> None:
    buyer = community.register(community.neighbour)
    act = community.signed(community.terms(buyer), community.prosumer)
    refused = community.refused("handOver", participant, *act)
    assert refused == ("RegistrySignatureInvalid", community.neighbour.address.lower())


# ---------------------------------------------------------------------- the roster over several words


def test_roster__over_two_words__counts_add_up(community: Community, member: int) -> None:
    for number in range(226):
        begin = community.first + (1 if number >= 223 else 0)
        community.enrol(member, community.prosumer, commitment=number.to_bytes(32, "big"), fromInterval=begin)
    assert community.see("rosterWordCount") == 2
    assert community.see("rosterCount", community.first) == 223
    assert community.see("rosterCount", community.first + 1) == 226
    assert community.see("rosterWord", community.first, 0) == [2**223 - 1, 0]
    assert community.see("rosterWord", community.first + 1, 0) == [2**224 - 1, 0]
    assert community.see("rosterWord", community.first + 1, 1) == [0b11, 0]
    community.do("setSuspended", 226, True)
    community.do("close", 1, community.first + 1)
    assert community.see("rosterWord", community.first + 1, 1) == [0b11, 0b10]
    assert community.see("rosterCount", community.first + 1) == 225


def test_views__unknown_participant__empty(community: Community) -> None:
    assert community.see("participantInfo", 7) == [0, 0, 0, 0, b"\x00" * 32]
    assert community.see("walletOf", 7) == NOBODY
    assert community.see("epochSegment", 7, community.first) == [0, OPEN_END]
    assert community.see("rosterWord", community.first, 3) == [0, 0]
    assert community.see("rosterWordCount") == 0
    assert community.see("ledger") == community.ledger.address
