"""Consents given, rejected and taken back by signature: whoever carries it, and whatever else was signed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.consents.kit import (
    ADVISER,
    FRIEND,
    asked,
    changed,
    given,
    signed_end,
    signed_grant,
    state,
    terms_of,
    wrong_state,
)
from tests.contracts.orders.kit import replace_wallet, wallet_of
from tests.support.community import KEYS, Community, member_key
from tests.support.village import MILL, SPA
from wattcommons.chain.typed_data import consent_struct
from wattcommons.domain.consents import ConsentState, Granularity

pytestmark = pytest.mark.contracts

ENDS = {"rejectFor": ConsentState.REJECTED, "revokeFor": ConsentState.REVOKED_BY_PSU}
each_end = pytest.mark.parametrize("function", ENDS)
INVALID = ("ConsentSignatureInvalid", member_key(MILL).address.lower())


def endable(village: Community, function: str) -> int:
    """A request to reject or a consent to take back."""
    return asked(village) if function == "rejectFor" else given(village)


def test_grant_for__anothers_signature__is_refused(village: Community) -> None:
    for signer in (member_key(SPA), ADVISER, village.operator):
        signed = signed_grant(village, terms_of(village), by=signer)
        assert village.refused("ConsentRegistry.grantFor", *signed) == INVALID


@pytest.mark.parametrize(
    "changes",
    [
        {"grantee": FRIEND.address},
        {"granularity": Granularity.THIRD_PARTY},
        {"reads_per_day": 4},
        {"purpose": b"\x02" * 32},
        {"valid_from": 0},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_grant_for__other_terms_than_signed__is_refused(village: Community, changes: dict[str, Any]) -> None:
    terms = terms_of(village)
    request, _, deadline, signature = signed_grant(village, terms)
    if "valid_from" in changes:
        changes = {"valid_from": terms.valid_from - 1}
    other = consent_struct(changed(terms, **changes))
    assert village.refused("ConsentRegistry.grantFor", request, other, deadline, signature) == INVALID
    assert (
        village.refused("ConsentRegistry.grantFor", request, consent_struct(terms), deadline + 1, signature) == INVALID
    )


def test_grant_for__signed_for_a_request__is_not_good_unasked(village: Community) -> None:
    terms = terms_of(village)
    request = asked(village, terms)
    _, struct, deadline, signature = signed_grant(village, terms, request=request)
    assert village.refused("ConsentRegistry.grantFor", 0, struct, deadline, signature) == INVALID


def test_grant_for__the_same_signature_again__is_refused(village: Community) -> None:
    """Above all after the consent was taken back: nobody can bring it to life again (I21)."""
    signed = signed_grant(village, terms_of(village))
    village.do("ConsentRegistry.grantFor", *signed)
    village.do("ConsentRegistry.revoke", 1, by=member_key(MILL))
    assert village.refused("ConsentRegistry.grantFor", *signed) == INVALID
    assert village.see("ConsentRegistry.consentCount") == 1


@each_end
def test_end_for__anothers_signature__is_refused(village: Community, function: str) -> None:
    consent = endable(village, function)
    for signer in (member_key(SPA), ADVISER, village.operator):
        signed = signed_end(village, function, consent, by=signer)
        assert village.refused(f"ConsentRegistry.{function}", *signed) == INVALID


@each_end
def test_end_for__after_its_deadline__is_refused(village: Community, function: str) -> None:
    consent, deadline = endable(village, function), village.now() + 50
    signed = signed_end(village, function, consent, by=member_key(MILL), deadline=deadline)
    village.travel(deadline + 1)
    assert village.refused(f"ConsentRegistry.{function}", *signed) == ("ConsentSignatureExpired", deadline)


@each_end
def test_end_for__signed_for_the_other_act__is_refused(village: Community, function: str) -> None:
    consent = endable(village, function)
    [other] = ENDS.keys() - {function}
    signed = signed_end(village, other, consent, by=member_key(MILL))
    assert village.refused(f"ConsentRegistry.{function}", *signed) == INVALID


@each_end
def test_end_for__signed_for_another_number__is_refused(village: Community, function: str) -> None:
    consent = endable(village, function)
    other = given(village)
    _, deadline, signature = signed_end(village, function, other, by=member_key(MILL))
    assert village.refused(f"ConsentRegistry.{function}", consent, deadline, signature) == INVALID


@each_end
def test_end_for__the_same_signature_again__is_refused(village: Community, function: str) -> None:
    consent = endable(village, function)
    signed = signed_end(village, function, consent, by=member_key(MILL))
    village.do(f"ConsentRegistry.{function}", *signed)
    assert village.refused(f"ConsentRegistry.{function}", *signed) == wrong_state(consent, ENDS[function])


@each_end
def test_end_for__carried_by_a_stranger__ends_it(village: Community, function: str) -> None:
    consent = endable(village, function)
    village.do(f"ConsentRegistry.{function}", *signed_end(village, function, consent, by=member_key(MILL)))
    assert state(village, consent) is ENDS[function]


def test_grant_for__carried_by_a_stranger__gives_what_was_signed(village: Community) -> None:
    terms = terms_of(village)
    request = asked(village, terms)
    sent = village.do("ConsentRegistry.grantFor", *signed_grant(village, terms, request=request))
    [event] = village.events(sent, "ConsentRegistry.ConsentGranted")
    assert (event["consent"], event["grantee"]) == (request, ADVISER.address)
    assert village.see("ConsentRegistry.nonces", member_key(MILL).address) == 1
    assert state(village, request) is ConsentState.VALID


def test_grant_for__refused_terms__leave_the_nonce(village: Community) -> None:
    terms = terms_of(village)
    signed = signed_grant(village, changed(terms, valid_until=village.now() + 20))
    village.travel(village.now() + 30)
    assert village.refused("ConsentRegistry.grantFor", *signed)[0] == "ConsentPeriodInvalid"
    village.do("ConsentRegistry.grantFor", *signed_grant(village, terms, nonce=0))


def test_revoke_for__while_other_signatures_wait__ends_it(village: Community) -> None:
    """Neither a grant that lands before nor one that waits can get in the way of taking back (I24)."""
    consent = given(village)
    waiting = signed_grant(village, terms_of(village))
    revocation = signed_end(village, "revokeFor", consent, by=member_key(MILL))
    village.do("ConsentRegistry.grantFor", *waiting)
    village.do("ConsentRegistry.revokeFor", *revocation)
    assert state(village, consent) is ConsentState.REVOKED_BY_PSU


def test_replaced_wallet__what_the_old_one_signed__is_refused(village: Community) -> None:
    consent = given(village)
    grant, end = (
        signed_grant(village, terms_of(village)),
        signed_end(village, "revokeFor", consent, by=member_key(MILL)),
    )
    successor = KEYS.member("mill, second")
    replace_wallet(village, MILL, successor.address)
    invalid = ("ConsentSignatureInvalid", successor.address.lower())
    assert village.refused("ConsentRegistry.grantFor", *grant) == invalid
    assert village.refused("ConsentRegistry.revokeFor", *end) == invalid
    village.do("ConsentRegistry.revokeFor", *signed_end(village, "revokeFor", consent, by=successor))
    assert state(village, consent) is ConsentState.REVOKED_BY_PSU


@pytest.mark.parametrize("manner", ["Good", "Slow"])
def test_contract_wallet__good__gives_and_takes_back(village: Community, manner: str) -> None:
    owner = wallet_of(village, MILL, manner)
    village.do("ConsentRegistry.grantFor", *signed_grant(village, terms_of(village), by=owner))
    village.do("ConsentRegistry.revokeFor", *signed_end(village, "revokeFor", 1, by=owner))
    assert state(village, 1) is ConsentState.REVOKED_BY_PSU


@pytest.mark.parametrize("manner", ["BurnsGas", "AnswersShort", "AnswersDirty", "Reverts"])
def test_contract_wallet__that_misbehaves__gives_nothing(village: Community, manner: str) -> None:
    owner = wallet_of(village, MILL, manner)
    signed = signed_grant(village, terms_of(village), by=owner)
    assert village.refused("ConsentRegistry.grantFor", *signed) == INVALID
