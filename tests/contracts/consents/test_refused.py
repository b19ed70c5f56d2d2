"""What the consent registry refuses, with the values that it names."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.consents.kit import (
    ADVISER,
    DAY_S,
    FRIEND,
    YEAR_S,
    asked,
    block_time,
    given,
    raw_terms,
    signed_grant,
    terms_of,
    wrong_state,
)
from tests.support.community import Community, member_key
from tests.support.village import MILL, SPA
from wattcommons.chain.typed_data import consent_struct
from wattcommons.domain.consents import MAX_PERIOD_S, REQUEST_LIFE_S, ConsentState, Directions, Granularity

pytestmark = pytest.mark.contracts

NOBODY = "0x" + "00" * 20
OF_ONE = ("grant", "request")


def refused(village: Community, function: str, struct: tuple[Any, ...]) -> tuple[Any, ...]:
    """The refusal of terms by `grant` (sent by the mill's member) or `request` (by the adviser)."""
    if function == "request":
        return village.refused("ConsentRegistry.request", struct, by=ADVISER)
    return village.refused("ConsentRegistry.grant", 0, struct, by=member_key(MILL))


@pytest.mark.parametrize("function", OF_ONE)
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"directions": 0}, ("ConsentDirectionsInvalid", 0)),
        ({"directions": 4}, ("ConsentDirectionsInvalid", 4)),
        ({"granularity": 0}, ("ConsentGranularityMissing",)),
        ({"granularity": 5}, ("",)),
        ({"reads_per_day": 0}, ("ConsentFrequencyInvalid", 0)),
        ({"reads_per_day": 5}, ("ConsentFrequencyInvalid", 5)),
        ({"purpose": bytes(32)}, ("ConsentPurposeMissing",)),
    ],
)
def test_terms__out_of_range__are_refused(
    village: Community, function: str, changes: dict[str, Any], error: tuple[Any, ...]
) -> None:
    assert refused(village, function, raw_terms(village, **changes)) == error


@pytest.mark.parametrize("function", OF_ONE)
@pytest.mark.parametrize(
    ("begins", "ends"),
    [(0, 0), (YEAR_S, YEAR_S), (-YEAR_S, 0), (-DAY_S, MAX_PERIOD_S - DAY_S + 1), (1, MAX_PERIOD_S + 1)],
    ids=["empty", "ends as it begins", "over", "longer than three years", "ends in more than three years"],
)
def test_terms__period_that_cannot_be__are_refused(village: Community, function: str, begins: int, ends: int) -> None:
    now = village.now()
    struct = raw_terms(village, valid_from=now + begins, valid_until=now + ends)
    assert refused(village, function, struct) == ("ConsentPeriodInvalid", now + begins, now + ends)


def test_grant__to_nobody__is_refused(village: Community) -> None:
    assert refused(village, "grant", raw_terms(village, grantee=NOBODY)) == ("ConsentAddressZero",)


@pytest.mark.parametrize("participant", [0, 99])
def test_participant__unknown__is_refused(village: Community, participant: int) -> None:
    struct = raw_terms(village, participant=participant)
    assert refused(village, "request", struct) == ("ConsentParticipantUnknown", participant)
    assert refused(village, "grant", struct) == ("ConsentParticipantUnknown", participant)
    signed = (0, struct, village.far_future, b"\1" * 65)
    assert village.refused("ConsentRegistry.grantFor", *signed) == ("ConsentParticipantUnknown", participant)


@pytest.mark.parametrize("number", [0, 1, 2**64 - 1])
@pytest.mark.parametrize("function", ["reject", "revoke", "terminate", "rejectFor", "revokeFor"])
def test_consent__unknown__is_refused(village: Community, function: str, number: int) -> None:
    signed = (village.far_future, b"\1" * 65) if function.endswith("For") else ()
    refusal = village.refused(f"ConsentRegistry.{function}", number, *signed, by=member_key(MILL))
    assert refusal == ("ConsentUnknown", number)


@pytest.mark.parametrize("number", [1, 2**64 - 1])
def test_grant__a_request_that_nobody_made__is_refused(village: Community, number: int) -> None:
    refusal = village.refused("ConsentRegistry.grant", number, raw_terms(village), by=member_key(MILL))
    assert refusal == ("ConsentUnknown", number)


@pytest.mark.parametrize("view", ["consentInfo", "endOf"])
def test_view__unknown_consent__is_refused(village: Community, view: str) -> None:
    assert village.refused(f"ConsentRegistry.{view}", 1) == ("ConsentUnknown", 1)
    assert village.see("ConsentRegistry.stateOf", 1) == 0
    assert village.see("ConsentRegistry.isValid", 1, village.now()) is False


def test_member_acts__by_anybody_else__are_refused(village: Community) -> None:
    """Neighbours, grantee and operator neither give, nor reject, nor take back (I22)."""
    open_request, valid = asked(village), given(village)
    struct = raw_terms(village)
    for caller in (member_key(SPA), ADVISER, FRIEND, village.operator):
        expected = ("ConsentNotMember", MILL, caller.address.lower())
        assert village.refused("ConsentRegistry.grant", 0, struct, by=caller) == expected
        assert village.refused("ConsentRegistry.grant", open_request, struct, by=caller) == expected
        assert village.refused("ConsentRegistry.reject", open_request, by=caller) == expected
        assert village.refused("ConsentRegistry.revoke", valid, by=caller) == expected


def test_terminate__by_anybody_but_the_grantee__is_refused(village: Community) -> None:
    consent = given(village)
    for caller in (member_key(MILL), FRIEND, village.operator):
        expected = ("ConsentNotGrantee", ADVISER.address.lower(), caller.address.lower())
        assert village.refused("ConsentRegistry.terminate", consent, by=caller) == expected


def test_request__without_the_role__is_refused(village: Community) -> None:
    struct = consent_struct(terms_of(village, grantee=FRIEND.address))
    expected = ("AccessManagedUnauthorized", FRIEND.address.lower())
    assert village.refused("ConsentRegistry.request", struct, by=FRIEND) == expected


def test_request__in_anothers_name__is_refused(village: Community) -> None:
    struct = consent_struct(terms_of(village, grantee=FRIEND.address))
    expected = ("ConsentNotGrantee", FRIEND.address.lower(), ADVISER.address.lower())
    assert village.refused("ConsentRegistry.request", struct, by=ADVISER) == expected


@pytest.mark.parametrize("answer", ["none", "reject", "grant", "terminate"])
def test_request__again_within_thirty_days__is_refused_whatever_the_answer(village: Community, answer: str) -> None:
    """And is taken on the thirtieth day: a stranger's questions are bounded (I23)."""
    terms = terms_of(village)
    sent = village.do("ConsentRegistry.request", consent_struct(terms), by=ADVISER)
    again_at = block_time(village, sent) + REQUEST_LIFE_S
    if answer == "reject":
        village.do("ConsentRegistry.reject", 1, by=member_key(MILL))
    elif answer == "grant":
        given(village, terms, request=1)
    elif answer == "terminate":
        village.do("ConsentRegistry.terminate", 1, by=ADVISER)
    village.travel(again_at - 1)
    expected = ("ConsentAskedAlready", MILL, ADVISER.address.lower(), again_at)
    assert village.refused("ConsentRegistry.request", consent_struct(terms), by=ADVISER) == expected
    village.travel(again_at)
    assert asked(village, terms) == 2


def test_request__of_another_granularity_or_participant__is_taken_at_once(village: Community) -> None:
    for granularity in Granularity:
        asked(village, terms_of(village, granularity=granularity))
    asked(village, terms_of(village, participant=SPA))
    assert village.see("ConsentRegistry.consentCount") == 5


@pytest.mark.parametrize(
    "changes",
    [
        {"participant": SPA},
        {"grantee": FRIEND.address},
        {"directions": int(Directions.EXPORT)},
        {"granularity": int(Granularity.DAILY)},
        {"reads_per_day": 3},
        {"purpose": b"\x01" * 32},
        {"valid_from": 1_767_225_600},
        {"valid_until": 1_780_000_000},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_grant__other_terms_than_asked_for__is_refused(village: Community, changes: dict[str, Any]) -> None:
    request = asked(village)
    struct = raw_terms(village, **changes)
    refusal = village.refused("ConsentRegistry.grant", request, struct, by=member_key(struct[0]))
    assert refusal == ("ConsentTermsDiffer", request)


def test_grant__a_request_answered_before__is_refused(village: Community) -> None:
    terms = terms_of(village)
    request = asked(village, terms)
    struct, member = consent_struct(terms), member_key(MILL)
    given(village, terms, request)
    refusal = village.refused("ConsentRegistry.grant", request, struct, by=member)
    assert refusal == wrong_state(request, ConsentState.VALID)
    village.do("ConsentRegistry.revoke", request, by=member)
    refusal = village.refused("ConsentRegistry.grant", request, struct, by=member)
    assert refusal == wrong_state(request, ConsentState.REVOKED_BY_PSU)


def test_reject__a_valid_consent__is_refused(village: Community) -> None:
    consent = given(village)
    refusal = village.refused("ConsentRegistry.reject", consent, by=member_key(MILL))
    assert refusal == wrong_state(consent, ConsentState.VALID)


def test_revoke__a_request__is_refused(village: Community) -> None:
    request = asked(village)
    refusal = village.refused("ConsentRegistry.revoke", request, by=member_key(MILL))
    assert refusal == wrong_state(request, ConsentState.RECEIVED)


@pytest.mark.parametrize("end", ["reject", "revoke", "terminate"])
def test_ended__anything_done_to_it__is_refused(village: Community, end: str) -> None:
    consent = asked(village) if end == "reject" else given(village)
    member = member_key(MILL)
    village.do(f"ConsentRegistry.{end}", consent, by=ADVISER if end == "terminate" else member)
    ended = {
        "reject": ConsentState.REJECTED,
        "revoke": ConsentState.REVOKED_BY_PSU,
        "terminate": ConsentState.TERMINATED_BY_TPP,
    }[end]
    for function, caller in (("reject", member), ("revoke", member), ("terminate", ADVISER)):
        refusal = village.refused(f"ConsentRegistry.{function}", consent, by=caller)
        assert refusal == wrong_state(consent, ended), function


def test_expired__anything_done_to_it__is_refused(village: Community) -> None:
    consent = given(village)
    village.travel(village.now() + YEAR_S + 10)
    for function, caller in (("revoke", member_key(MILL)), ("terminate", ADVISER)):
        refusal = village.refused(f"ConsentRegistry.{function}", consent, by=caller)
        assert refusal == wrong_state(consent, ConsentState.EXPIRED), function


@pytest.mark.parametrize("function", OF_ONE)
def test_terms__of_an_ownership_that_ends_before__are_refused(village: Community, function: str) -> None:
    until = village.open() + 3
    village.do("MemberRegistry.close", MILL, until, by=village.operator)
    ended = until * village.length_s
    struct = raw_terms(village, valid_from=ended)
    assert refused(village, function, struct) == ("ConsentOwnershipEnded", MILL, ended)
    village.travel(ended)
    assert refused(village, function, raw_terms(village)) == ("ConsentOwnershipEnded", MILL, ended)


def test_grant_for__signature_after_its_deadline__is_refused(village: Community) -> None:
    deadline = village.now() + 50
    signed = signed_grant(village, terms_of(village), deadline=deadline)
    village.travel(deadline + 1)
    assert village.refused("ConsentRegistry.grantFor", *signed) == ("ConsentSignatureExpired", deadline)
