"""Two members at one community: each sees its own and nothing of the other's."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.flows import go, sign_in
from tests.support.app import LivingApp
from tests.support.browser import Visit

pytestmark = pytest.mark.e2e
PRIVATE = ("home", "energy?period=day&date=2026-05-02", "orders", "trades", "targets")


def test_two_members__each_other_s_addresses__refused_without_saying_whether_they_exist(
    app: LivingApp, visit: Visit
) -> None:
    one, other = visit(app.key("flat-1")), visit(app.key("roof-1"))
    for visitor in (one, other):
        sign_in(visitor)
    mine, theirs = app.participant("flat-1"), app.participant("roof-1")
    for what in PRIVATE:
        assert one.get(f"/v1/participants/{mine}/{what}")[0] == 200
        assert other.get(f"/v1/participants/{theirs}/{what}")[0] == 200
        refused = one.get(f"/v1/participants/{theirs}/{what}")
        unknown = one.get(f"/v1/participants/999999/{what}")
        assert refused[0] == unknown[0] == 404
        assert refused[1]["code"] == unknown[1]["code"] == "not_yours"
        assert other.get(f"/v1/participants/{mine}/{what}")[0] == 404


def test_two_members__account_changed_in_the_wallet__still_the_one_who_signed_in(app: LivingApp, visit: Visit) -> None:
    visitor = visit(app.key("flat-1"), app.key("flat-3"))
    sign_in(visitor)
    page = go(visitor, "home", re.compile("^Good .*, Lucien Sola$"))
    visitor.in_wallet("useAccount", 1)
    expect(page.get_by_text("The account in your wallet has changed.")).to_be_visible()
    assert visitor.get("/v1/me")[1]["participants"][0]["participant"] == app.participant("flat-1")
    assert visitor.get(f"/v1/participants/{app.participant('flat-3')}/home")[0] == 404


def test_signed_out__home__nothing_but_the_way_in(app: LivingApp, visit: Visit) -> None:
    visitor = visit()
    page = visitor.open("/#/home")
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    for what in PRIVATE:
        assert visitor.get(f"/v1/participants/{app.participant('flat-1')}/{what}")[0] == 401
