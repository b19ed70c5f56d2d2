"""Ecopoints: spent on an offer, and the voucher taken by its partner."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.flows import REJECTED, SENT_MS, body, dialog, go, sign_in
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
