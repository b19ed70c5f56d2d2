"""Partners' offers: their words kept behind a hash, published by their own wallet, and what became of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.support.api import ApiWorld, Client, code_of, world_of
from tests.support.community import KEYS, Community, member_key
from tests.support.village import FLAT
from wattcommons.chain.commitments import offer_hash
from wattcommons.chain.roles import Role
from wattcommons.services.store.app.texts import UNPUBLISHED, Purpose, TextKind, add_text, consent_purposes, texts_of
from wattcommons.services.store.app_tables import purposes

pytestmark = pytest.mark.integration
HONEY = {"title": "A jar of honey", "text": "Chestnut honey, at the mill's shop."}


@pytest.fixture
def world(village: Community, tmp_path: Path) -> Iterator[ApiWorld]:
    with world_of(village, tmp_path) as here:
        yield here


def partner_of(world: ApiWorld) -> Client:
    return world.signed_in(KEYS.role(Role.PARTNER))


def kept(world: ApiWorld) -> list[str]:
    with world.store.read() as connection:
        return list(connection.execute(select(purposes.c.title).where(purposes.c.kind == "offer")).scalars())


def publish(world: ApiWorld, code: str, stock: int = 5) -> int:
    """Published by the partner's own wallet; the offer's number."""
    village = world.village
    terms = (2_000, stock, village.now() + 86_400, bytes.fromhex(code[2:]))
    receipt = village.do("Ecopoints.publishOffer", *terms, by=KEYS.role(Role.PARTNER))
    world.index()
    return int(village.events(receipt, "Ecopoints.OfferPublished")[0]["offer"])


def test_text__of_who_is_no_partner__refused(world: ApiWorld) -> None:
    assert code_of(world.stranger.post("/v1/offers/texts", HONEY)) == (401, "signed_out")
    for account in (member_key(FLAT), world.village.operator, world.village.treasurer):
        assert code_of(world.signed_in(account).post("/v1/offers/texts", HONEY)) == (403, "role")
    assert kept(world) == []


@pytest.mark.parametrize(
    "wrong",
    [{"title": ""}, {"title": "x" * 121}, {"title": "A\nB"}, {"text": ""}, {"text": "x" * 1_001}, {"code": "0x"}],
)
def test_text__that_does_not_fit__refused(world: ApiWorld, wrong: dict[str, str]) -> None:
    assert code_of(partner_of(world).post("/v1/offers/texts", HONEY | wrong)) == (422, "invalid")


def test_text__code__is_of_every_letter_and_the_same_again(world: ApiWorld) -> None:
    partner = partner_of(world)
    code = partner.post("/v1/offers/texts", HONEY).json()["code"]
    assert code == f"0x{offer_hash(HONEY['title'], HONEY['text']).hex()}"
    assert partner.post("/v1/offers/texts", HONEY).json()["code"] == code
    for name in ("title", "text"):
        assert partner.post("/v1/offers/texts", HONEY | {name: HONEY[name] + "!"}).json()["code"] != code
    assert sorted(kept(world)) == ["A jar of honey", "A jar of honey", "A jar of honey!"]


def test_text__never_published__the_oldest_give_way_and_published_ones_stay(world: ApiWorld) -> None:
    partner = partner_of(world)
    publish(world, partner.post("/v1/offers/texts", HONEY).json()["code"])
    for number in range(UNPUBLISHED + 3):
        assert partner.post("/v1/offers/texts", {"title": f"Draft {number}", "text": "…"}).status_code == 201
    titles = kept(world)
    assert len(titles) == UNPUBLISHED + 1
    assert {HONEY["title"], f"Draft {UNPUBLISHED + 2}"} <= set(titles)


def test_own_offers__partner__its_own_with_what_was_sold_and_those_that_ended(world: ApiWorld) -> None:
    partner, village = partner_of(world), world.village
    number = publish(world, partner.post("/v1/offers/texts", HONEY).json()["code"])
    [found] = partner.get("/v1/me/offers").json()
    shown = {name: found[name] for name in ("offer", "title", "text", "price_mpt", "stock", "issued", "used", "closed")}
    assert shown == {**HONEY, "offer": number, "price_mpt": "2000", "stock": 5, "issued": 0, "used": 0, "closed": False}
    assert world.signed_in(member_key(FLAT)).get("/v1/me/offers").json() == []
    village.do("Ecopoints.closeOffer", number, by=KEYS.role(Role.PARTNER))
    world.index()
    assert [one["closed"] for one in partner.get("/v1/me/offers").json()] == [True]
    assert world.stranger.get("/v1/offers").json() == []


def test_kinds__one_code_for_two_uses__each_its_own_words(world: ApiWorld) -> None:
    code = "0x" + "ab" * 32
    with world.store.write() as connection:
        for kind in TextKind:
            add_text(connection, kind, Purpose(code, kind.value, f"for {kind.value}"), 1)
        add_text(connection, TextKind.CONSENT, Purpose(code, "again", "other words"), 2)
    with world.store.read() as connection:
        assert consent_purposes(connection) == [Purpose(code, "again", "other words")]
        assert texts_of(connection, TextKind.OFFER, [code])[code].text == "for offer"
    choices = world.signed_in(member_key(FLAT)).get("/v1/consents/choices").json()
    assert [one["title"] for one in choices["purposes"]] == ["again"]
