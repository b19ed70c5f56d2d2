"""Debian's Chromium, steered by Playwright: one browser a file of tests, a fresh profile for every visitor."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.support.artifacts import ROOT
from tests.support.wallet import WalletKit

FLAGS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
WIDTHS: Final = {"phone": (390, 844), "desktop": (1280, 800)}
THEMES: Final = ("light", "dark")
TIMEOUT_MS: Final = 10_000
AXE: Final = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PICTURES: Final = "WATT_E2E_PICTURES"
"""Folder for pictures of every screen; none are taken without."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Fails, naming the package, where there is no Chromium.

    Not kept for the whole session: Playwright's event loop runs in this thread until it is closed, and the next file's
    tests may want to run one of their own.
    """
    program = shutil.which("chromium")
    assert program, "the browser tests need Chromium: install Debian's package `chromium`"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield running
        running.close()


class Visitor:
    """Somebody at a browser of their own, with or without a wallet. `errors`: what the pages complained of."""

    def __init__(self, context: BrowserContext, address: str, wallet: WalletKit | None) -> None:
        self.context = context
        self.page: Page = context.new_page()
        self.page.set_default_timeout(TIMEOUT_MS)
        self.address = address
        self.wallet = wallet
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._heard)

    def open(self, path: str = "/") -> Page:
        """Load a page of the community; `path` with its leading slash."""
        self.page.goto(self.address + path, wait_until="load")
        return self.page

    def in_wallet(self, method: str, *arguments: Any) -> Any:
        """Do something in the wallet's own window."""
        return self.page.evaluate("([name, given]) => window.testWallet[name](...given)", [method, list(arguments)])

    def asked(self) -> list[dict[str, Any]]:
        """What the page has asked the wallet since it was loaded."""
        found: list[dict[str, Any]] = self.page.evaluate("() => window.testWallet.asked")
        return found

    def get(self, path: str) -> tuple[int, Any]:
        """Status and JSON of the API's answer to this visitor, cookie and all."""
        answer = self.page.evaluate(
            """async (path) => {
                const answer = await fetch(path, { headers: { accept: "application/json" } });
                const text = await answer.text();
                let body = null;
                try { body = JSON.parse(text); } catch { /* no JSON */ }
                return [answer.status, body];
            }""",
            path,
        )
        return answer[0], answer[1]

    def accessibility_problems(self) -> list[str]:
        """What axe finds wrong on the page as it is now: rule, and the first elements."""
        if not self.page.evaluate("() => 'axe' in window"):
            # By the debugger, not by a tag: the pages allow no script but their own.
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate(
            "() => window.axe.run(document, { resultTypes: ['violations'],"
            " runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })"
        )
        return [
            f"{one['id']}: {one['help']}: " + "; ".join(node["html"][:160] for node in one["nodes"][:3])
            for one in found["violations"]
        ]

    def picture(self, name: str) -> None:
        """Keep a picture of the whole page, without passing messages, where the environment asks for pictures."""
        folder = os.environ.get(PICTURES)
        if not folder:
            return
        Path(folder).mkdir(parents=True, exist_ok=True)
        self.page.evaluate("() => document.querySelectorAll('.toast button').forEach((one) => one.click())")
        size = self.page.viewport_size
        assert size is not None
        height = self.page.evaluate("() => document.documentElement.scrollHeight")
        # What sticks to the window's edge then sticks to the page's.
        self.page.set_viewport_size({"width": size["width"], "height": max(height, size["height"])})
        self.page.screenshot(path=str(Path(folder) / f"{name}.png"))
        self.page.set_viewport_size(size)

    def _heard(self, message: ConsoleMessage) -> None:
        # A refused request is logged by the browser itself; the tests look at answers instead.
        if message.type == "error" and not re.search(r"Failed to load resource|net::ERR_", message.text):
            self.errors.append(message.text)


Visit = Callable[..., Visitor]


@contextmanager
def visitors(browser: Browser, address: str, wallet_script: Path) -> Iterator[Visit]:
    """Makes visitors and closes their browsers at the end; a page's own error then fails the test."""
    made: list[Visitor] = []

    def visit(
        *keys: str, chain_id: int = 31_337, size: str = "desktop", theme: str = "light", language: str = "en-GB"
    ) -> Visitor:
        """`keys`: of the visitor's wallet, none for no wallet; the first is in use."""
        width, height = WIDTHS[size]
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if theme == "dark" else "light",
            locale=language,
            timezone_id="Europe/Paris",
            reduced_motion="reduce",
            accept_downloads=True,
        )
        kit = WalletKit(keys, chain_id) if keys else None
        if kit is not None:
            context.add_init_script(script=kit.settings_script())
            context.add_init_script(path=str(wallet_script))
        visitor = Visitor(context, address, kit)
        made.append(visitor)
        return visitor

    try:
        yield visit
    finally:
        for visitor in made:
            visitor.context.close()
    errors = [error for visitor in made for error in visitor.errors]
    assert not errors, f"the pages complained: {errors}"
