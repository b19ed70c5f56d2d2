"""Consents as the domain knows them: what can be consented to, where one stands when, and the book of all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from wattcommons.domain.accounts import Account
from wattcommons.domain.consent_book import ConsentBook
from wattcommons.domain.consents import (
    FOREVER_S,
    MAX_PERIOD_S,
    REQUEST_LIFE_S,
    Consent,
    ConsentState,
    ConsentTerms,
    Directions,
    Granularity,
    purpose_code,
    purpose_of,
)
from wattcommons.domain.units import ParticipantIndex
from wattcommons.errors import RuleError

pytestmark = pytest.mark.unit

NOW = 1_767_225_600
DAY_S = 86_400
FLAT = ParticipantIndex(3)
ADVISER, OTHER = Account("adviser"), Account("somebody else")
TERMS = ConsentTerms(
    FLAT,
    ADVISER,
    Directions.IMPORT,
    Granularity.INTERVAL,
    2,
    purpose_code("energy-advice"),
    NOW - 30 * DAY_S,
    NOW + 60 * DAY_S,
)


@pytest.mark.parametrize(
    "changes",
    [
        {"participant": 0},
        {"directions": Directions(0)},
        {"directions": 4},
        {"granularity": 0},
        {"granularity": 5},
        {"reads_per_day": 0},
        {"reads_per_day": 5},
        {"purpose": bytes(32)},
        {"purpose": b"short"},
        {"valid_from": -1},
        {"valid_from": TERMS.valid_until},
        {"valid_from": TERMS.valid_until - MAX_PERIOD_S - 1},
    ],
    ids=str,
)
def test_terms__out_of_range__refused(changes: dict[str, Any]) -> None:
    with pytest.raises(RuleError):
        replace(TERMS, **changes)


@pytest.mark.parametrize("code", ["", "two words", "x" * 33, "énergie", "line\n"])
def test_purpose_code__no_code__refused(code: str) -> None:
    with pytest.raises(RuleError, match="code of a purpose"):
        purpose_code(code)


def test_purpose_of__code_or_hash__told_apart() -> None:
    assert purpose_of(purpose_code("energy-advice")) == "energy-advice"
    assert purpose_of(purpose_code("x" * 32)) == "x" * 32
    assert [purpose_of(found) for found in (b"\xa5" * 32, bytes(32), b"a\0b".ljust(32, b"\0"))] == [None] * 3


@pytest.mark.parametrize(
    ("now", "owned_until"),
    [
        (TERMS.valid_until, FOREVER_S),
        (TERMS.valid_until - MAX_PERIOD_S - 1, FOREVER_S),
        (NOW, NOW),
        (NOW - 31 * DAY_S, TERMS.valid_from),
    ],
    ids=["over", "ends in more than three years", "not owned any longer", "not owned any longer then"],
)
def test_check_at__the_wrong_moment__refused(now: int, owned_until: int) -> None:
    with pytest.raises(RuleError):
        TERMS.check_at(now, owned_until)


def test_check_at__the_last_moments__passes() -> None:
    TERMS.check_at(TERMS.valid_until - 1, TERMS.valid_until)
    TERMS.check_at(TERMS.valid_until - MAX_PERIOD_S, TERMS.valid_from + 1)


@pytest.mark.parametrize(
    ("consent", "owned_until", "end"),
    [
        (Consent(TERMS, granted_at=NOW), FOREVER_S, TERMS.valid_until),
        (Consent(TERMS, granted_at=NOW), NOW + 7, NOW + 7),
        (Consent(TERMS, granted_at=NOW, ended_at=NOW + 5, ended_as=ConsentState.REVOKED_BY_PSU), NOW + 7, NOW + 5),
        (Consent(TERMS, requested_at=NOW), FOREVER_S, NOW + REQUEST_LIFE_S),
        (Consent(TERMS, requested_at=TERMS.valid_until - 9), FOREVER_S, TERMS.valid_until),
        (Consent(TERMS, requested_at=NOW - 9, granted_at=NOW), FOREVER_S, TERMS.valid_until),
    ],
    ids=["its time", "ownership", "taken back", "unanswered", "its time before an answer", "answered"],
)
def test_end__whatever_comes_first__counts(consent: Consent, owned_until: int, end: int) -> None:
    open_state = ConsentState.VALID if consent.granted_at else ConsentState.RECEIVED
    assert consent.end(owned_until) == end
    assert [consent.is_valid(time, owned_until) for time in (end - 1, end)] == [consent.granted_at > 0, False]
    if consent.ended_as is None:
        assert consent.state_at(end - 1, owned_until) is open_state
        assert consent.state_at(end, owned_until) is ConsentState.EXPIRED
    else:
        assert consent.state_at(end, owned_until) is consent.ended_as


@pytest.mark.parametrize(("begins", "first"), [(NOW - DAY_S, NOW), (NOW + DAY_S, NOW + DAY_S)])
def test_is_valid__from_what_comes_later__giving_or_beginning(begins: int, first: int) -> None:
    given = Consent(replace(TERMS, valid_from=begins), granted_at=NOW)
    assert [given.is_valid(time, FOREVER_S) for time in (first - 1, first)] == [False, True]
    assert given.state_at(NOW, FOREVER_S) is ConsentState.VALID


def test_is_valid__given_and_taken_back_in_one_second__never() -> None:
    consent = Consent(TERMS, granted_at=NOW, ended_at=NOW, ended_as=ConsentState.REVOKED_BY_PSU)
    assert not any(consent.is_valid(time, FOREVER_S) for time in (NOW - 1, NOW, NOW + 1))


def test_book__refused_acts__change_nothing() -> None:
    book = ConsentBook()
    request = book.request(TERMS, ADVISER, NOW)
    given = book.grant(0, TERMS, NOW)
    before = [replace(one) for one in book.consents]
    for act in (
        lambda: book.request(TERMS, OTHER, NOW),
        lambda: book.request(TERMS, ADVISER, NOW + REQUEST_LIFE_S - 1),
        lambda: book.grant(request, replace(TERMS, reads_per_day=3), NOW),
        lambda: book.grant(given, TERMS, NOW),
        lambda: book.grant(9, TERMS, NOW),
        lambda: book.reject(given, NOW),
        lambda: book.revoke(request, NOW),
        lambda: book.revoke(0, NOW),
        lambda: book.terminate(given, OTHER, NOW),
    ):
        with pytest.raises(RuleError):
            act()
    assert book.consents == before


def test_book__a_request_granted_and_taken_back__stays_so() -> None:
    book = ConsentBook()
    number = book.request(TERMS, ADVISER, NOW)
    assert book.grant(number, TERMS, NOW + 1) == number
    book.revoke(number, NOW + 2)
    assert book.state(number, NOW + 2) is ConsentState.REVOKED_BY_PSU
    assert [book.is_valid(number, NOW + second) for second in (0, 1, 2)] == [False, True, False]
    with pytest.raises(RuleError, match="revoked_by_psu"):
        book.grant(number, TERMS, NOW + 3)


def test_book__thirty_days_later__may_ask_again_and_for_other_things_at_once() -> None:
    book = ConsentBook()
    book.request(TERMS, ADVISER, NOW)
    book.request(replace(TERMS, granularity=Granularity.DAILY), ADVISER, NOW)
    assert book.request(TERMS, ADVISER, NOW + REQUEST_LIFE_S) == 3


def test_book__ownership_ends__so_do_its_consents_alone() -> None:
    book = ConsentBook()
    book.grant(0, TERMS, NOW)
    book.grant(0, replace(TERMS, participant=ParticipantIndex(4)), NOW)
    book.close(FLAT, NOW + 100)
    assert [book.state(number, NOW + 100) for number in (1, 2)] == [ConsentState.EXPIRED, ConsentState.VALID]
    with pytest.raises(RuleError, match="changes hands"):
        book.grant(0, TERMS, NOW + 100)
