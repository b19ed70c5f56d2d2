"""What people do in the pages, step by step, by the words they read there."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.support.browser import Visitor

REJECTED = "You declined in your wallet. Nothing was sent."
SENT_MS = 20_000
"""Longest wait for something signed to be on the chain and read back."""


def sign_in(visitor: Visitor) -> Page:
    """Through the connect page with the visitor's wallet, until the pages know who it is."""
    page = visitor.open("/#/sign-in")
    page.get_by_role("button", name=re.compile("Test Wallet")).click()
    expect(page).not_to_have_url(re.compile("sign-in"))
    return page


def go(visitor: Visitor, path: str, title: str | re.Pattern[str]) -> Page:
    """Go to a screen as a link does, and wait for its heading."""
    visitor.page.evaluate("(path) => { window.location.hash = `#/${path}`; }", path)
    expect(visitor.page.get_by_role("heading", level=1, name=title)).to_be_visible()
    return visitor.page


def dialog(page: Page, title: str | re.Pattern[str]) -> Locator:
    """The dialog of that title, once it is open."""
    found = page.get_by_role("dialog", name=title)
    expect(found).to_be_visible()
    return found


def signatures(visitor: Visitor) -> list[str]:
    """Methods by which the page has asked for a signature since it was loaded, in order."""
    wanted = ("personal_sign", "eth_signTypedData_v4", "eth_sendTransaction")
    return [one["method"] for one in visitor.asked() if one["method"] in wanted]


def body(visitor: Visitor, path: str) -> Any:
    """An answer that has to be there."""
    status, found = visitor.get(path)
    assert status == 200, f"{path}: {status} {found}"
    return found
