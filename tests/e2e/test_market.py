"""Bidding: said in words, signed, in force, cleared, taken back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.flows import REJECTED, SENT_MS, body, dialog, go, sign_in, signatures
from tests.support.app import LivingApp
from tests.support.browser import Visit, Visitor

pytestmark = pytest.mark.e2e
BOOK = re.compile("Your prices are on the book|Your prices are on their way")


def fill_in(page: Page, price: str) -> None:
    page.get_by_role("button", name=re.compile("^(Change|Set) my prices$")).first.click()
    form = dialog(page, "Set my prices")
    form.get_by_text("My own prices").click()
    form.get_by_label("Buy below").fill(price)


def bid(visitor: Visitor, price: str) -> None:
    """Up to the dialog that says what will be signed."""
    fill_in(visitor.page, price)
    dialog(visitor.page, "Set my prices").get_by_role("button", name="Continue").last.click()


def test_bid__no_number__said_beside_the_field_and_nothing_asked(app: LivingApp, visit: Visit) -> None:
    visitor = visit(app.key("flat-4"))
    sign_in(visitor)
    page = go(visitor, "market", "Market")
    fill_in(page, "cheap")
    form = dialog(page, "Set my prices")
    form.get_by_role("button", name="Continue").last.click()
    expect(form.get_by_role("alert")).to_have_text(re.compile("Write a number"))
    assert signatures(visitor) == ["personal_sign"]


def test_bid__wallet_says_no__nothing_sent_and_it_can_be_tried_again(app: LivingApp, visit: Visit) -> None:
    visitor = visit(app.key("flat-4"))
    sign_in(visitor)
    page = go(visitor, "market", "Market")
    before = body(visitor, f"/v1/participants/{app.participant('flat-4')}/orders")["next_nonce"]
    bid(visitor, "14")
    review = dialog(page, "Your prices")
    expect(review.get_by_text("below 14.0 c€/kWh")).to_be_visible()
    assert signatures(visitor) == ["personal_sign"], "the wallet was opened before it was said what for"
    visitor.in_wallet("rejectNext", 1)
    review.get_by_role("button", name="Sign my prices").click()
    expect(review.get_by_text(REJECTED)).to_be_visible()
    visitor.picture("bid-rejected")
    assert body(visitor, "/v1/me/intents")["items"] == []
    review.get_by_role("button", name="Try again").click()
    expect(page.get_by_text(BOOK)).to_be_visible(timeout=SENT_MS)
    after = body(visitor, f"/v1/participants/{app.participant('flat-4')}/orders")["next_nonce"]
    assert after == before + 1


def test_bid__wallet_on_another_network__it_is_asked_to_switch_first(app: LivingApp, visit: Visit) -> None:
    visitor = visit(app.key("roof-2"), chain_id=1)
    sign_in(visitor)
    page = go(visitor, "market", "Market")
    visitor.in_wallet("useChain", 1)
    bid(visitor, "13")
    review = dialog(page, "Your prices")
    visitor.in_wallet("rejectNext", 1)
    review.get_by_role("button", name="Sign my prices").click()
    expect(review.get_by_role("status").get_by_text(re.compile("network|declined"))).to_be_visible()
    review.get_by_role("button", name="Try again").click()
    expect(page.get_by_text(BOOK)).to_be_visible(timeout=SENT_MS)
    assert visitor.page.evaluate("() => window.testWallet.chainId") == 31_337
    methods = [one["method"] for one in visitor.asked()]
    assert methods.index("wallet_switchEthereumChain") < methods.index("eth_signTypedData_v4")


def test_bid__placed__coming_then_in_force_then_cleared_then_taken_back(app: LivingApp, visit: Visit) -> None:
    visitor = visit(app.key("flat-3"))
    participant = app.participant("flat-3")
    sign_in(visitor)
    page = go(visitor, "market", "Market")
    bid(visitor, "25.75")
    dialog(page, "Your prices").get_by_role("button", name="Sign my prices").click()
    expect(page.get_by_text(BOOK)).to_be_visible(timeout=SENT_MS)
    coming = body(visitor, f"/v1/participants/{participant}/orders")["coming"]
    assert [one["order"]["buy_limit"] for one in coming] == [257_500]
    expect(page.get_by_text("below 25.75 c€/kWh").first).to_be_visible()
    visitor.picture("market-coming")

    app.pass_intervals()
    cleared = app.pass_intervals()
    page.reload()
    expect(page.get_by_role("heading", name="In force now")).to_be_visible()
    expect(page.get_by_text("below 25.75 c€/kWh").first).to_be_visible()
    curves = body(visitor, f"/v1/market/intervals/{cleared}/curves?participant={participant}")
    assert (curves["own_side"], curves["own_limit"] is not None) == ("buy", True)
    assert curves["own_traded_wh"] <= curves["own_wh"]
    trades = body(visitor, f"/v1/participants/{participant}/trades")["items"]
    assert trades[0]["interval"] == cleared

    page.get_by_role("button", name="Grid only").first.click()
    review = dialog(page, "Grid only")
    expect(review.get_by_text("You trade with the grid only")).to_be_visible()
    review.get_by_role("button", name="Sign: grid only").click()
    expect(page.get_by_text("Your prices are taken back.")).to_be_visible(timeout=SENT_MS)
    app.pass_intervals(2)
    orders = body(visitor, f"/v1/participants/{participant}/orders")
    assert (orders["in_force"], orders["coming"]) == (None, [])
    page.reload()
    expect(page.get_by_text("No price of yours is in force")).to_be_visible()
