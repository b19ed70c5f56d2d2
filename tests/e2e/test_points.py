"""Ecopoints: spent on an offer, and the voucher taken by its partner, who publishes and closes offers."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.flows import REJECTED, SENT_MS, body, dialog, go, sign_in, signatures
from tests.support.app import LivingApp
from tests.support.browser import Visit
from wattcommons.chain.roles import Role

pytestmark = pytest.mark.e2e


def test_redeem__no_then_yes__voucher_shown_and_taken_once(app: LivingApp, visit: Visit) -> None:
    visitor = visit(app.key("flat-1"))
    sign_in(visitor)
    page = go(visitor, "ecopoints", "Ecopoints")
    before = int(body(visitor, "/v1/me/points")["balance_mpt"])
    card = page.get_by_role("article").filter(has_text="Bread for a week")
    card.get_by_role("button", name="Get it").click()
    review = dialog(page, "Spend points")
    visitor.in_wallet("rejectNext", 1)
    review.get_by_role("button", name="Spend them").click()
    expect(review.get_by_text(REJECTED)).to_be_visible()
    assert int(body(visitor, "/v1/me/points")["balance_mpt"]) == before
    review.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Here is your voucher.")).to_be_visible(timeout=SENT_MS)
    points = body(visitor, "/v1/me/points")
    assert int(points["balance_mpt"]) == before - 4_000
    [voucher] = [one["voucher"] for one in points["vouchers"] if one["state"] == "open"]
    page.get_by_role("button", name="Show", exact=True).first.click()
    shown = dialog(page, "Show this to the partner").get_by_text(re.compile(r"^[0-9]{3} [0-9]{3}$")).inner_text()
    assert int(shown.replace(" ", "")) // 10 == voucher, "the number shown is the voucher's and a check digit"
    visitor.picture("voucher")

    partner = visit(app.role_key(Role.PARTNER))
    sign_in(partner)
    desk = go(partner, "ecopoints", "Ecopoints")
    desk.get_by_label("Number of the voucher").fill(shown)
    desk.get_by_role("button", name="Take it").click()
    dialog(desk, "Take a voucher").get_by_role("button", name=re.compile("Take it")).click()
    expect(desk.get_by_text("Taken.")).to_be_visible(timeout=SENT_MS)
    app.caught_up()
    taken = [one for one in body(visitor, "/v1/me/points")["vouchers"] if one["voucher"] == voucher]
    assert [one["state"] for one in taken] == ["used"]


def test_offer__no_price__said_beside_the_field_and_nothing_asked(app: LivingApp, visit: Visit) -> None:
    partner = visit(app.role_key(Role.PARTNER))
    sign_in(partner)
    page = go(partner, "ecopoints", "Ecopoints")
    page.get_by_role("button", name="New offer").click()
    form = dialog(page, "New offer")
    form.get_by_label("What members get").fill("A jar of honey")
    form.get_by_label("Price").fill("free")
    form.get_by_role("button", name="Go on").click()
    expect(form.get_by_text("Write a whole number of points, more than 0.")).to_be_visible()
    expect(form.get_by_text("Say in a sentence what members get.")).to_be_visible()
    assert signatures(partner) == ["personal_sign"]


def test_offer__published_sold_and_closed__members_see_it_while_it_is_open(app: LivingApp, visit: Visit) -> None:
    partner = visit(app.role_key(Role.PARTNER))
    sign_in(partner)
    desk = go(partner, "ecopoints", "Ecopoints")
    desk.get_by_role("button", name="New offer").click()
    form = dialog(desk, "New offer")
    form.get_by_label("What members get").fill("A jar of honey")
    form.get_by_label("In one sentence").fill("Chestnut honey, at the mill's shop.")
    form.get_by_label("Price").fill("1")
    form.get_by_label("How many").fill("3")
    partner.picture("offer-new")
    form.get_by_role("button", name="Go on").click()
    review = dialog(desk, "Publish an offer")
    partner.in_wallet("rejectNext", 1)
    review.get_by_role("button", name="Publish it").click()
    expect(review.get_by_text(REJECTED)).to_be_visible()
    assert [one for one in body(partner, "/v1/me/offers") if one["title"] == "A jar of honey"] == []
    review.get_by_role("button", name="Try again").click()
    expect(desk.get_by_text("Published.", exact=True)).to_be_visible(timeout=SENT_MS)
    row = desk.get_by_role("row").filter(has_text="A jar of honey")
    expect(row).to_be_visible()
    partner.picture("partner-desk")

    member = visit(app.key("flat-1"))
    sign_in(member)
    page = go(member, "ecopoints", "Ecopoints")
    card = page.get_by_role("article").filter(has_text="A jar of honey")
    expect(card.get_by_text("Chestnut honey, at the mill's shop.")).to_be_visible()
    card.get_by_role("button", name="Get it").click()
    dialog(page, "Spend points").get_by_role("button", name="Spend them").click()
    expect(page.get_by_text("Here is your voucher.")).to_be_visible(timeout=SENT_MS)
    app.caught_up()
    [sold] = [one for one in body(partner, "/v1/me/offers") if one["title"] == "A jar of honey"]
    assert (sold["price_mpt"], sold["stock"], sold["issued"], sold["used"]) == ("1000", 2, 1, 0)

    desk.reload()
    partner.picture("partner-reloaded")
    row.get_by_role("button", name="Close").click()
    dialog(desk, "Close an offer").get_by_role("button", name="Close it").click()
    expect(desk.get_by_text("Closed.", exact=True)).to_be_visible(timeout=SENT_MS)
    expect(row.get_by_text("closed")).to_be_visible()
    app.caught_up()
    anybody = visit()
    anybody.open("/")
    assert "A jar of honey" not in [one["title"] for one in body(anybody, "/v1/offers")]
    kept = [one for one in body(member, "/v1/me/points")["vouchers"] if one["offer"]["title"] == "A jar of honey"]
    assert [one["state"] for one in kept] == ["open"], "what was sold stays good"
