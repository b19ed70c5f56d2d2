"""Every screen on a phone and a desktop, light and dark: it shows its content, and axe finds nothing wrong.

Two of the four pairs are looked at in every run, all of them in a deep one.

With WATT_E2E_PICTURES=FOLDER each is kept as a picture, to be looked at.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.flows import body, go, sign_in
from tests.support.app import LivingApp
from tests.support.browser import THEMES, WIDTHS, Visit, Visitor
from wattcommons.chain.roles import Role
from wattcommons.simulation.village import ZONE

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
    Screen("settings", "Settings", "What you call this metering point"),
    Screen("enrolment", "Enrolments under way", "No enrolment is under way"),
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
PARTNER = (Screen("ecopoints", "Ecopoints", "Your offers"),)
SUITE = (("phone", "light"), ("desktop", "dark"))
"""Every size and every theme once; the other pairs are deep."""
LOOKS = [
    pytest.param(size, theme, marks=() if (size, theme) in SUITE else pytest.mark.deep)
    for size in WIDTHS
    for theme in THEMES
]
NARROW = (360, 740)
"""The narrowest window that everything has to fit into."""


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
        found = visitor.accessibility_problems() + sideways(page)
        if found:
            problems[screen.path] = found
    assert not problems, problems


def sideways(page: Page) -> list[str]:
    """What is wrong where the page is wider than its window."""
    width = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
    return [f"it is {width} px too wide"] if width > 0 else []


def a_certificate(visitor: Visitor) -> Screen:
    """The page of one certificate that the visitor has."""
    [one] = body(visitor, "/v1/me/certificates?limit=1")["items"]
    return Screen(f"guarantees/{one['id']}", r"20\d\d", "What became of it")


@pytest.mark.parametrize(("size", "theme"), LOOKS)
def test_screens__of_a_member__shown_and_accessible(app: LivingApp, visit: Visit, size: str, theme: str) -> None:
    visitor = visit(app.key("roof-1"), size=size, theme=theme)
    sign_in(visitor)
    look_at(visitor, MEMBER, "member", size, theme)
    look_at(visitor, (a_certificate(visitor),), "member", size, theme)


@pytest.mark.parametrize(("size", "theme"), LOOKS)
def test_screens__of_anybody__shown_and_accessible(app: LivingApp, visit: Visit, size: str, theme: str) -> None:
    visitor = visit(app.key("roof-1"), size=size, theme=theme)
    visitor.open("/")
    look_at(visitor, VISITOR, "visitor", size, theme)


@pytest.mark.parametrize(("size", "theme"), LOOKS)
def test_screens__of_the_operator__shown_and_accessible(app: LivingApp, visit: Visit, size: str, theme: str) -> None:
    visitor = visit(app.role_key(Role.OPERATOR), size=size, theme=theme)
    sign_in(visitor)
    look_at(visitor, OPERATOR, "operator", size, theme)


@pytest.mark.parametrize(("size", "theme"), LOOKS)
def test_screens__of_a_partner__shown_and_accessible(app: LivingApp, visit: Visit, size: str, theme: str) -> None:
    visitor = visit(app.role_key(Role.PARTNER), size=size, theme=theme)
    sign_in(visitor)
    look_at(visitor, PARTNER, "partner", size, theme)


@pytest.mark.parametrize("who", ["member", "visitor", "operator", "partner"])
def test_screens__360_px__nothing_wider_than_the_window(app: LivingApp, visit: Visit, who: str) -> None:
    keys = {"operator": app.role_key(Role.OPERATOR), "partner": app.role_key(Role.PARTNER)}
    visitor = visit(keys.get(who, app.key("roof-1")), size="phone", language="fr-FR" if who == "member" else "en-GB")
    visitor.page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    screens = {"member": MEMBER, "visitor": VISITOR, "operator": OPERATOR, "partner": PARTNER}[who]
    if who == "visitor":
        visitor.open("/")
    else:
        sign_in(visitor)
    if who == "member":
        screens += (a_certificate(visitor),)
    problems = {}
    for screen in screens:
        page = go(visitor, screen.path, re.compile("."))
        expect(page.locator("[aria-busy=true], .skeleton")).to_have_count(0)
        visitor.picture(f"{who}-{screen.path.replace('/', '-')}-narrow")
        if found := sideways(page):
            problems[screen.path] = found
    assert not problems, problems


def test_screens__community__withheld_empty_and_open_said_to_whom_it_is(app: LivingApp, visit: Visit) -> None:
    stranger = visit(size="phone")
    stranger.open("/")
    today = local_day_of(app)
    page = go(stranger, f"community?period=day&date={today}", "Haut-Vallespir")
    expect(page.get_by_text("Not to be shown")).to_be_visible()
    stranger.picture("community-withheld")
    member = visit(app.key("roof-1"), size="phone")
    sign_in(member)
    shown = go(member, f"community?period=day&date={today}", "Haut-Vallespir")
    expect(shown.get_by_text("How much is our own")).to_be_visible()
    member.picture("community-today-member")
    nothing = go(member, "community?period=day&date=2026-01-10", "Haut-Vallespir")
    expect(nothing.get_by_text("Nothing in this time")).to_be_visible()
    member.picture("community-empty")


def local_day_of(app: LivingApp) -> str:
    """Today at the village, by the chain's time."""
    return datetime.fromtimestamp(app.living.now, ZoneInfo(ZONE)).strftime("%Y-%m-%d")


def test_screens__french__in_the_member_s_words(app: LivingApp, visit: Visit) -> None:
    visitor = visit(app.key("roof-1"), size="phone", language="fr-FR")
    page = sign_in(visitor)
    go(visitor, "market", "Marché")
    settled(page, "clôture")
    visitor.picture("member-market-french-phone")
    assert page.evaluate("() => document.documentElement.lang") == "fr"
    shown = page.locator("body").inner_text()
    assert not re.search(r"\b(clearing|nonce|gas|hash|EIP)\b", shown, re.IGNORECASE)
