"""A consent's life: asked for, given, read under, ended by somebody or by time."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from tests.contracts.consents.kit import (
    ADVISER,
    DAY_S,
    FRIEND,
    YEAR_S,
    asked,
    block_time,
    given,
    state,
    terms_of,
    valid,
)
from tests.contracts.orders.kit import replace_wallet
from tests.support.community import KEYS, Community, member_key
from tests.support.village import MILL, SPA
from wattcommons.chain.roles import Role
from wattcommons.chain.typed_data import consent_struct
from wattcommons.domain.consents import MAX_PERIOD_S, REQUEST_LIFE_S, ConsentState, Directions, Granularity

pytestmark = pytest.mark.contracts

TERMS = ["participant", "grantee", "directions", "granularity", "readsPerDay", "purpose", "validFrom", "validUntil"]


def test_request__by_an_admitted_third_party__waits_for_the_member(village: Community) -> None:
    terms = terms_of(village)
    sent = village.do("ConsentRegistry.request", consent_struct(terms), by=ADVISER)
    at = block_time(village, sent)
    [event] = village.events(sent, "ConsentRegistry.ConsentRequested")
    assert event == {"consent": 1} | dict(zip(TERMS, consent_struct(terms), strict=True))
    assert village.see("ConsentRegistry.consentInfo", 1) == (consent_struct(terms), ConsentState.RECEIVED, at, 0, 0)
    assert village.see("ConsentRegistry.endOf", 1) == at + REQUEST_LIFE_S
    assert not valid(village, 1)


def test_grant__what_was_asked_for__is_valid_under_the_same_number(village: Community) -> None:
    terms = terms_of(village)
    request = asked(village, terms)
    sent = village.do("ConsentRegistry.grant", request, consent_struct(terms), by=member_key(MILL))
    [event] = village.events(sent, "ConsentRegistry.ConsentGranted")
    assert event == {"consent": request} | dict(zip(TERMS, consent_struct(terms), strict=True))
    info = village.see("ConsentRegistry.consentInfo", request)
    assert info[1] == ConsentState.VALID
    assert info[3] == block_time(village, sent)
    assert village.see("ConsentRegistry.endOf", request) == terms.valid_until
    assert village.see("ConsentRegistry.consentCount") == 1


def test_grant__unasked_and_to_anyone__is_valid_from_its_block(village: Community) -> None:
    """Whom a member grants is no role's business."""
    terms = terms_of(
        village, grantee=FRIEND.address, valid_from=village.now() - YEAR_S, valid_until=village.now() + YEAR_S
    )
    sent = village.do("ConsentRegistry.grant", 0, consent_struct(terms), by=member_key(MILL))
    at = block_time(village, sent)
    assert state(village, 1) is ConsentState.VALID
    assert [valid(village, 1, at - 1), valid(village, 1, at)] == [False, True]
    assert [valid(village, 1, terms.valid_until - 1), valid(village, 1, terms.valid_until)] == [True, False]


def test_grant__of_the_longest_period__is_taken(village: Community) -> None:
    now = village.now() + 1
    village.travel(now)
    terms = terms_of(village, valid_from=now, valid_until=now + MAX_PERIOD_S)
    assert state(village, given(village, terms)) is ConsentState.VALID


def test_grant__beginning_later__is_valid_from_there(village: Community) -> None:
    begins = village.now() + 10 * DAY_S
    consent = given(village, terms_of(village, valid_from=begins))
    assert state(village, consent) is ConsentState.VALID
    assert [valid(village, consent, time) for time in (village.now(), begins - 1, begins)] == [False, False, True]


@pytest.mark.parametrize("granularity", Granularity)
@pytest.mark.parametrize("directions", [Directions.IMPORT, Directions.EXPORT, Directions.IMPORT | Directions.EXPORT])
def test_grant__any_granularity_and_directions__is_kept_as_given(
    village: Community, granularity: Granularity, directions: Directions
) -> None:
    terms = terms_of(village, granularity=granularity, directions=directions, reads_per_day=4)
    consent = given(village, terms)
    assert village.see("ConsentRegistry.consentInfo", consent)[0] == tuple(asdict(terms).values())


def test_grant__over_an_unanswered_request__leaves_it_open(village: Community) -> None:
    """Less than was asked for: given unasked, and the request is rejected or lapses."""
    request = asked(village)
    narrower = given(village, terms_of(village, granularity=Granularity.DAILY))
    assert (state(village, request), state(village, narrower)) == (ConsentState.RECEIVED, ConsentState.VALID)
    assert village.see("ConsentRegistry.consentsOf", MILL, 0, 10) == ([1, 2], 2)


def test_reject__a_request__opens_nothing(village: Community) -> None:
    request = asked(village)
    sent = village.do("ConsentRegistry.reject", request, by=member_key(MILL))
    [event] = village.events(sent, "ConsentRegistry.ConsentRejected")
    assert event == {"consent": request, "participant": MILL, "grantee": ADVISER.address}
    assert state(village, request) is ConsentState.REJECTED
    assert village.see("ConsentRegistry.consentInfo", request)[4] == block_time(village, sent)
    assert not valid(village, request)


def test_revoke__by_the_member__closes_from_its_very_block(village: Community) -> None:
    consent = given(village)
    village.travel(village.now() + DAY_S)
    sent = village.do("ConsentRegistry.revoke", consent, by=member_key(MILL))
    at = block_time(village, sent)
    [event] = village.events(sent, "ConsentRegistry.ConsentRevoked")
    assert event == {"consent": consent, "participant": MILL, "grantee": ADVISER.address}
    assert state(village, consent) is ConsentState.REVOKED_BY_PSU
    assert [valid(village, consent, at - 1), valid(village, consent, at)] == [True, False]
    assert village.see("ConsentRegistry.endOf", consent) == at


@pytest.mark.parametrize("was", ["asked for", "given"])
def test_terminate__by_the_grantee__ends_it(village: Community, was: str) -> None:
    consent = asked(village) if was == "asked for" else given(village)
    sent = village.do("ConsentRegistry.terminate", consent, by=ADVISER)
    [event] = village.events(sent, "ConsentRegistry.ConsentTerminated")
    assert event == {"consent": consent, "participant": MILL, "grantee": ADVISER.address}
    assert state(village, consent) is ConsentState.TERMINATED_BY_TPP
    assert not valid(village, consent)


def test_terminate__by_a_grantee_without_the_role__ends_it(village: Community) -> None:
    consent = given(village, terms_of(village, grantee=FRIEND.address))
    village.do("ConsentRegistry.terminate", consent, by=FRIEND)
    assert state(village, consent) is ConsentState.TERMINATED_BY_TPP


def test_time__over__has_expired_without_a_transaction(village: Community) -> None:
    terms = terms_of(village, valid_until=village.now() + DAY_S)
    consent = given(village, terms)
    village.travel(terms.valid_until - 1)
    assert (state(village, consent), valid(village, consent)) == (ConsentState.VALID, True)
    village.travel(terms.valid_until)
    assert (state(village, consent), valid(village, consent)) == (ConsentState.EXPIRED, False)
    assert village.see("ConsentRegistry.consentInfo", consent)[4] == 0


def test_request__unanswered_for_thirty_days__has_expired(village: Community) -> None:
    terms = terms_of(village)
    sent = village.do("ConsentRegistry.request", consent_struct(terms), by=ADVISER)
    over = block_time(village, sent) + REQUEST_LIFE_S
    village.travel(over - 1)
    assert state(village, 1) is ConsentState.RECEIVED
    village.travel(over)
    assert state(village, 1) is ConsentState.EXPIRED
    refusal = village.refused("ConsentRegistry.grant", 1, consent_struct(terms), by=member_key(MILL))
    assert refusal == ("ConsentStateWrong", 1, ConsentState.EXPIRED)


def test_ownership__ended__ends_its_consents_and_requests(village: Community) -> None:
    consent, request = given(village), asked(village)
    until = village.open() + 3
    ended = until * village.length_s
    village.do("MemberRegistry.close", MILL, until, by=village.operator)
    village.travel(ended - 1)
    assert (state(village, consent), valid(village, consent)) == (ConsentState.VALID, True)
    village.travel(ended)
    assert [state(village, one) for one in (consent, request)] == [ConsentState.EXPIRED] * 2
    assert not valid(village, consent)
    assert village.see("ConsentRegistry.endOf", consent) == ended
    assert valid(village, consent, ended - 1), "what was allowed stays so"


def test_closed_account__its_consents__can_still_be_taken_back(village: Community) -> None:
    consent = given(village)
    village.do("MemberRegistry.setMemberActive", MILL, False, by=village.operator)
    village.do("ConsentRegistry.revoke", consent, by=member_key(MILL))
    assert state(village, consent) is ConsentState.REVOKED_BY_PSU


def test_replaced_wallet__the_new_one_takes_back__the_old_one_cannot(village: Community) -> None:
    consent = given(village)
    successor = KEYS.member("mill, second")
    replace_wallet(village, MILL, successor.address)
    assert state(village, consent) is ConsentState.VALID
    old = member_key(MILL)
    refusal = village.refused("ConsentRegistry.revoke", consent, by=old)
    assert refusal == ("ConsentNotMember", MILL, old.address.lower())
    village.do("ConsentRegistry.revoke", consent, by=successor)
    assert state(village, consent) is ConsentState.REVOKED_BY_PSU


def test_role__taken_from_the_third_party__leaves_its_consents(village: Community) -> None:
    """They are the members' to end, not the administrator's."""
    consent = given(village)
    village.do("AccessManager.revokeRole", int(Role.THIRD_PARTY), ADVISER.address, by=KEYS.role(Role.ADMIN))
    assert (state(village, consent), valid(village, consent)) == (ConsentState.VALID, True)


@pytest.mark.parametrize(
    ("cursor", "count", "numbers"),
    [(0, 2, [1, 3]), (2, 2, [4]), (1, 2**256 - 1, [3, 4]), (3, 10, []), (2**256 - 1, 10, []), (0, 0, [])],
)
def test_consents_of__a_page__holds_the_participants_own_in_order(
    village: Community, cursor: int, count: int, numbers: list[int]
) -> None:
    for participant in (MILL, SPA, MILL, MILL):
        given(village, terms_of(village, participant=participant))
    assert village.see("ConsentRegistry.consentsOf", MILL, cursor, count) == (numbers, 3)


def test_consents_of__more_than_a_page__gives_a_hundred(village: Community) -> None:
    struct = consent_struct(terms_of(village))
    village.all_done([village.call("ConsentRegistry.grant", 0, struct)] * 103, member_key(MILL))
    first, total = village.see("ConsentRegistry.consentsOf", MILL, 0, 1_000)
    rest, _ = village.see("ConsentRegistry.consentsOf", MILL, 100, 1_000)
    assert (first + rest, len(first), total) == (list(range(1, 104)), 100, 103)


def test_bounds__of_the_contract__are_the_domains(village: Community) -> None:
    assert village.see("ConsentRegistry.MAX_PERIOD") == MAX_PERIOD_S
    assert village.see("ConsentRegistry.REQUEST_LIFE") == REQUEST_LIFE_S
    assert village.see("ConsentRegistry.MAX_READS_PER_DAY") == 4
    assert village.see("ConsentRegistry.registry") == village.address("MemberRegistry")
