"""Certificates, points and consents that members sign, through the API to a real chain."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.api import ApiWorld, Client, anybody, code_of, world_of
from tests.support.community import Community, made, member_key, used
from tests.support.village import BARN, FLAT, MILL, ROOF, SPA
from wattcommons.chain.signing import sign
from wattcommons.chain.typed_data import (
    cancellation_message,
    consent_message,
    domain_of,
    redemption_message,
    rejection_message,
    revocation_message,
)
from wattcommons.domain.consents import ConsentTerms, Directions, Granularity, purpose_code

pytestmark = pytest.mark.integration

GRANTEE = anybody(21)
PURPOSE = purpose_code("energy-advice")


@pytest.fixture
def world(village: Community, tmp_path: Path) -> Iterator[ApiWorld]:
    with world_of(village, tmp_path) as made_world:
        yield made_world


def outcome(world: ApiWorld, client: Client, answer: Any) -> tuple[str, str | None]:
    assert answer.status_code == 202, answer.text
    world.work()
    world.index()
    found = client.get(f"/v1/intents/{answer.json()['id']}").json()
    return found["state"], found["refusal"]


# ------------------------------------------------------------------ certificates


def cancellation(
    village: Community, certificate: int, wh: int, *, signer: int = MILL, nonce: int = 0
) -> dict[str, Any]:
    terms = (b"\1" * 32, b"\2" * 32, 1_767_225_600, 1_798_761_600, b"FR", b"\3" * 32)
    wallet = member_key(MILL).address
    domain = domain_of(village.deployment, "GuaranteeOfOrigin")
    message = cancellation_message(domain, wallet, [certificate], [wh], terms, nonce, village.far_future)
    return {
        "holder": wallet,
        "ids": [str(certificate)],
        "amounts_wh": [wh],
        "terms": {
            "beneficiary": "0x" + "01" * 32,
            "purpose": "0x" + "02" * 32,
            "period_from": terms[2],
            "period_to": terms[3],
            "country": "FR",
            "statement_hash": "0x" + "03" * 32,
        },
        "nonce": nonce,
        "deadline": village.far_future,
        "signature": "0x" + sign(member_key(signer), message).hex(),
    }


@pytest.fixture
def certificate(village: Community) -> int:
    """One of the mill's, of which it holds what went to the grid."""
    interval = village.open()
    readings = {MILL: made(900), ROOF: made(0), SPA: used(100), FLAT: used(20), 5: used(0), BARN: used(0)}
    orders = {i: village.standing_order(i) for i in (MILL, ROOF, SPA, FLAT, 5)}
    village.record_interval(interval, readings)
    village.advance(village.settlement(interval, readings, orders))
    return (1 << 32) | interval


def test_cancellation__of_another_wallet_or_unsound__refused(
    world: ApiWorld, village: Community, certificate: int
) -> None:
    mill, flat = world.signed_in(member_key(MILL)), world.signed_in(member_key(FLAT))
    route = "/v1/certificates/cancellations"
    given = cancellation(village, certificate, 100)
    assert code_of(world.stranger.post(route, given)) == (401, "signed_out")
    assert code_of(flat.post(route, given)) == (403, "other_wallet")
    assert code_of(mill.post(route, cancellation(village, certificate, 100, signer=FLAT))) == (409, "not_signer")
    assert code_of(mill.post(route, cancellation(village, certificate, 100, nonce=1))) == (409, "not_signer")
    too_much = mill.post(route, cancellation(village, certificate, 5_000))
    assert code_of(too_much) == (409, "balance")
    assert too_much.json()["what_to_do"]
    uneven = given | {"amounts_wh": [1, 2]}
    assert code_of(mill.post(route, uneven)) == (422, "invalid")


def test_cancellation__signed_by_its_holder__done(world: ApiWorld, village: Community, certificate: int) -> None:
    mill = world.signed_in(member_key(MILL))
    held = village.see("GuaranteeOfOrigin.balanceOf", member_key(MILL).address, certificate)
    answer = mill.post("/v1/certificates/cancellations", cancellation(village, certificate, 100))
    assert outcome(world, mill, answer) == ("done", None)
    left = village.see("GuaranteeOfOrigin.balanceOf", member_key(MILL).address, certificate)
    assert held - left == 100
    again = mill.post("/v1/certificates/cancellations", cancellation(village, certificate, 100))
    assert again.json()["id"] == answer.json()["id"], "the same message is the same intent"


# ------------------------------------------------------------------ points


def test_redemption__offer_unknown__not_found(world: ApiWorld, village: Community) -> None:
    spa = world.signed_in(member_key(SPA))
    domain = domain_of(village.deployment, "Ecopoints")
    wallet = member_key(SPA).address
    message = redemption_message(domain, wallet, 1, 5_000, 0, village.far_future)
    given = {
        "offer": 1,
        "wallet": wallet,
        "nonce": 0,
        "deadline": village.far_future,
        "signature": "0x" + sign(member_key(SPA), message).hex(),
    }
    assert code_of(spa.post("/v1/points/redemptions", given)) == (404, "not_found")


# ------------------------------------------------------------------ consents


def grant(village: Community, *, signer: int = SPA, nonce: int = 0, asked: int = 0) -> dict[str, Any]:
    now = village.now()
    terms = ConsentTerms(
        SPA,  # type: ignore[arg-type]
        GRANTEE.address,
        Directions.IMPORT,
        Granularity.DAILY,
        2,
        PURPOSE,
        now - 86_400,
        now + 30 * 86_400,
    )
    domain = domain_of(village.deployment, "ConsentRegistry")
    message = consent_message(domain, asked, terms, nonce, village.far_future)
    return {
        "participant": SPA,
        "grantee": GRANTEE.address,
        "purpose": "0x" + PURPOSE.hex(),
        "imports": True,
        "exports": False,
        "granularity": "daily",
        "frequency": 2,
        "valid_from": terms.valid_from,
        "valid_until": terms.valid_until,
        "request": asked,
        "nonce": nonce,
        "deadline": village.far_future,
        "signature": "0x" + sign(member_key(signer), message).hex(),
    }


def end(village: Community, consent: int, *, signer: int = SPA, reject: bool = False) -> dict[str, Any]:
    domain = domain_of(village.deployment, "ConsentRegistry")
    message = (rejection_message if reject else revocation_message)(domain, consent, village.far_future)
    signature = "0x" + sign(member_key(signer), message).hex()
    return {"consent": consent, "deadline": village.far_future, "signature": signature}


def test_consent__by_who_is_not_its_member__refused(world: ApiWorld, village: Community) -> None:
    spa, flat = world.signed_in(member_key(SPA)), world.signed_in(member_key(FLAT))
    assert code_of(flat.post("/v1/consents", grant(village))) == (404, "not_yours")
    assert code_of(spa.post("/v1/consents", grant(village, signer=FLAT))) == (409, "not_signer")
    assert code_of(spa.post("/v1/consents", grant(village) | {"granularity": "hourly"})) == (422, "invalid")
    assert code_of(spa.post("/v1/consents", grant(village) | {"imports": False})) == (422, "rule")
    assert code_of(spa.post("/v1/consents/1/end", end(village, 1))) == (404, "not_yours")


def test_consent__given_and_taken_back__each_lands(world: ApiWorld, village: Community) -> None:
    spa, flat = world.signed_in(member_key(SPA)), world.signed_in(member_key(FLAT))
    assert outcome(world, spa, spa.post("/v1/consents", grant(village))) == ("done", None)
    assert village.see("ConsentRegistry.isValid", 1, village.now())
    assert code_of(flat.post("/v1/consents/1/end", end(village, 1, signer=FLAT))) == (404, "not_yours")
    assert code_of(spa.post("/v1/consents/1/end", end(village, 2))) == (422, "invalid")
    assert code_of(spa.post("/v1/consents/1/reject", end(village, 1, reject=True))) == (409, "consent_state")
    assert outcome(world, spa, spa.post("/v1/consents/1/end", end(village, 1))) == ("done", None)
    assert not village.see("ConsentRegistry.isValid", 1, village.now())
