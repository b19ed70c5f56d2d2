"""Consents recomputed: each step by the rules, and the registry as it then has to be."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.audit.paper import START, Paper, changed, key, without
from wattcommons.chain.state import StoredConsent
from wattcommons.domain.consents import ConsentState
from wattcommons.services.audit import checks

pytestmark = pytest.mark.unit

GRANTEE = key(70).address
TERMS: dict[str, Any] = {
    "directions": 3,
    "granularity": 2,
    "readsPerDay": 4,
    "purpose": b"\x08" * 32,
    "validFrom": START,
    "validUntil": START + 10**6,
}
WHO: dict[str, Any] = {"consent": 1, "participant": 1, "grantee": GRANTEE}


@pytest.fixture
def consented(paper: Paper) -> Paper:
    """One asked for, given and taken back; one given unasked."""
    asked = paper.now
    for name, args in (
        ("ConsentRequested", WHO | TERMS),
        ("ConsentGranted", WHO | TERMS),
        ("ConsentGranted", WHO | TERMS | {"consent": 2, "participant": 3}),
        ("ConsentRevoked", WHO),
    ):
        paper.next_tx()
        paper.emit(f"ConsentRegistry.{name}", **args)
    terms = (GRANTEE, 3, 2, 4, b"\x08" * 32, START, START + 10**6)
    paper.state.consent_rows = [
        StoredConsent((1, *terms), ConsentState.REVOKED_BY_PSU, asked, asked, asked),
        StoredConsent((3, *terms), ConsentState.VALID, 0, asked, 0),
    ]
    return paper


@pytest.mark.parametrize("missing", ["ConsentRequested", "ConsentGranted", "ConsentRevoked"])
def test_consents__withheld_log__found(consented: Paper, missing: str) -> None:
    events, _ = without(consented.events, f"ConsentRegistry.{missing}")
    assert not consented.audit(events).check(checks.CONSENTS).ok


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("ConsentRequested", {"granularity": 9}),
        ("ConsentRequested", {"readsPerDay": 5}),
        ("ConsentRequested", {"consent": 7}),
        ("ConsentGranted", {"validUntil": START + 10**6 + 1}),
        ("ConsentRevoked", {"consent": 9}),
        ("ConsentRevoked", {"grantee": key(71).address}),
    ],
)
def test_consents__step_against_the_rules__named(consented: Paper, name: str, change: dict[str, Any]) -> None:
    events, event = changed(consented.events, f"ConsentRegistry.{name}", **change)
    assert event.tx_hash in {one.tx for one in consented.audit(events).check(checks.CONSENTS).broken}


def test_consents__registry_keeps_a_longer_one__named(consented: Paper) -> None:
    second = consented.state.consent_rows[1]
    consented.state.consent_rows[1] = second._replace(terms=(*second.terms[:-1], START + 10**7))
    [broken] = consented.audit().check(checks.CONSENTS).broken
    assert broken.entry == "terms, state and times of consent 2"


def test_consents__hidden_consent__found(consented: Paper) -> None:
    consented.state.consent_rows.append(consented.state.consent_rows[1])
    [broken] = consented.audit().check(checks.CONSENTS).broken
    assert (broken.expected, broken.found) == ("2", "3")


def test_consents__participant_closed__ends_with_the_ownership(consented: Paper) -> None:
    consented.next_tx()
    until = consented.now // 1_800 + 20
    consented.emit("MemberRegistry.ParticipantClosed", participant=3, untilInterval=until)
    consented.now = until * 1_800
    second = consented.state.consent_rows[1]
    assert not consented.audit().check(checks.CONSENTS).ok
    consented.state.consent_rows[1] = second._replace(state=ConsentState.EXPIRED)
    assert consented.audit().check(checks.CONSENTS).ok


def test_consents__honest__line_holds(consented: Paper) -> None:
    report = consented.audit()
    assert report.ok, [str(one) for one in report.broken]
    assert report.check(checks.CONSENTS).counted == 4 + 2
