"""Connecting a wallet and signing in."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.flows import go, sign_in
from tests.support.app import LivingApp
from tests.support.browser import Visit

pytestmark = pytest.mark.e2e


def test_sign_in__wallet_says_no__told_and_nothing_signed(app: LivingApp, visit: Visit) -> None:
    visitor = visit(app.key("flat-1"))
    page = visitor.open("/#/sign-in")
    visitor.in_wallet("rejectNext", 1)
    page.get_by_role("button", name=re.compile("Test Wallet")).click()
    expect(page.get_by_text("You declined in your wallet. Nothing was sent.")).to_be_visible()
    assert [one["method"] for one in visitor.asked()] == ["eth_requestAccounts"]
    assert visitor.get("/v1/me")[0] == 401


def test_sign_in__flat__its_own_home(app: LivingApp, visit: Visit) -> None:
    visitor = visit(app.key("flat-1"))
    sign_in(visitor)
    status, me = visitor.get("/v1/me")
    assert status == 200
    assert [one["participant"] for one in me["participants"]] == [app.participant("flat-1")]
    visitor.picture("home-now")


def test_settings__metering_point_called_otherwise__everywhere_at_once(app: LivingApp, visit: Visit) -> None:
    visitor = visit(app.key("mill"))
    sign_in(visitor)
    page = go(visitor, "settings", "Settings")
    before = visitor.get("/v1/me")[1]["participants"][0]["label"]
    field = page.get_by_label("What you call this metering point")
    expect(field).to_have_value(before)
    keep = page.get_by_role("button", name="Keep this name")
    field.fill("   ")
    expect(keep).to_be_disabled()
    field.fill("Upstairs")
    keep.click()
    expect(page.get_by_text("Kept.")).to_be_visible()
    assert visitor.get("/v1/me")[1]["participants"][0]["label"] == "Upstairs"
