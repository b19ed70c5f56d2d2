"""Every screen on a phone and a desktop, light and dark: it shows its content, and axe finds nothing wrong.

With WATT_E2E_PICTURES=FOLDER each is kept as a picture, to be looked at.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.flows import go, sign_in
from tests.support.app import LivingApp
from tests.support.browser import THEMES, WIDTHS, Visit, Visitor
from wattcommons.chain.roles import Role

pytestmark = pytest.mark.e2e


class Screen(NamedTuple):
    """`title`: its first heading; `shows`: words that are there once it has its content."""

    path: str
    title: str
    shows: str


MEMBER = (
    Screen("home", "Good (morning|afternoon|evening)", "Using"),
    Screen("energy", "Energy", "kWh"),
    Screen("market", "Market", "Next to bid for"),
    Screen("market/prices", "Market", "Past intervals"),
    Screen("guarantees", "Community certificates", "You hold"),
    Screen("ecopoints", "Ecopoints", "What you can get"),
    Screen("consents", "Sharing", "Your data here"),
    Screen("community", "Haut-Vallespir", "kWh"),
    Screen("settings", "Settings", "Language"),
)
VISITOR = (
    Screen("sign-in", "Sign in", "Demo wallets"),
    Screen("verify", "Verify a certificate", "Drop the proof file here"),
    Screen("community", "Haut-Vallespir", "kWh"),
    Screen("nowhere", "There is no such page", "home page"),
)
OPERATOR = (
    Screen("operator/overview", "Operator", "Network's time"),
    Screen("operator/members", "Operator", "Lucien Sola"),
    Screen("operator/enrolments", "Operator", "A metering point joins"),
    Screen("operator/tariffs", "Operator", "Price bands"),
    Screen("operator/treasury", "Operator", "paid in"),
    Screen("operator/exports", "Operator", "Statements of all members"),
)


def settled(page: Page, shows: str) -> None:
    """The screen has its content: no skeleton, no message that fades."""
    expect(page.get_by_text(shows).first).to_be_visible()
    expect(page.locator("[aria-busy=true], .skeleton")).to_have_count(0)


def look_at(visitor: Visitor, screens: tuple[Screen, ...], who: str, size: str, theme: str) -> None:
    problems = {}
    for screen in screens:
        page = go(visitor, screen.path, re.compile(screen.title))
        settled(page, screen.shows)
        visitor.picture(f"{who}-{screen.path.replace('/', '-')}-{size}-{theme}")
        sideways = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
        found = visitor.accessibility_problems() + ([f"it is {sideways} px too wide"] if sideways > 0 else [])
        if found:
            problems[screen.path] = found
    assert not problems, problems


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", WIDTHS)
def test_screens__of_a_member__shown_and_accessible(app: LivingApp, visit: Visit, size: str, theme: str) -> None:
    visitor = visit(app.key("roof-1"), size=size, theme=theme)
    sign_in(visitor)
    look_at(visitor, MEMBER, "member", size, theme)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", WIDTHS)
def test_screens__of_anybody__shown_and_accessible(app: LivingApp, visit: Visit, size: str, theme: str) -> None:
    visitor = visit(app.key("roof-1"), size=size, theme=theme)
    visitor.open("/")
    look_at(visitor, VISITOR, "visitor", size, theme)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", WIDTHS)
def test_screens__of_the_operator__shown_and_accessible(app: LivingApp, visit: Visit, size: str, theme: str) -> None:
    visitor = visit(app.role_key(Role.OPERATOR), size=size, theme=theme)
    sign_in(visitor)
    look_at(visitor, OPERATOR, "operator", size, theme)


def test_screens__french__in_the_member_s_words(app: LivingApp, visit: Visit) -> None:
    visitor = visit(app.key("roof-1"), size="phone", language="fr-FR")
    page = sign_in(visitor)
    go(visitor, "market", "Marché")
    settled(page, "clôture")
    visitor.picture("member-market-french-phone")
    assert page.evaluate("() => document.documentElement.lang") == "fr"
    shown = page.locator("body").inner_text()
    assert not re.search(r"\b(clearing|nonce|gas|hash|EIP)\b", shown, re.IGNORECASE)
