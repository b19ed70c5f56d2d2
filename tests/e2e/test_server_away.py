"""The server goes down and comes back: said, survived, and nothing lost on the screen."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.flows import go, sign_in
from tests.support.app import LivingApp
from tests.support.browser import Visit

pytestmark = pytest.mark.e2e


def test_server__down_and_back__said_and_shown_again(app: LivingApp, visit: Visit) -> None:
    visitor = visit(app.key("flat-1"))
    sign_in(visitor)
    page = go(visitor, "market/prices", "Market")
    expect(page.get_by_role("heading", name="Past intervals")).to_be_visible()
    app.stop()
    try:
        page.evaluate("() => window.dispatchEvent(new Event('focus'))")
        expect(page.get_by_text("The community's server does not answer").first).to_be_visible(timeout=40_000)
        # What was known stays.
        expect(page.get_by_role("heading", name="Past intervals")).to_be_visible()
        visitor.picture("server-away")
    finally:
        app.start()
    expect(page.get_by_text("The community's server does not answer")).to_have_count(0, timeout=40_000)
    go(visitor, "home", re.compile("^Good .*, Lucien Sola$"))
    assert visitor.get("/v1/me")[0] == 200, "the session did not outlive the server"
