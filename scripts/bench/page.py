"""What the pages weigh and how soon they are there, in Chromium: the living village, first visit and again.

    scripts/bench/page.py                 a phone on slow 4G with a quarter of this processor, as Lighthouse
    scripts/bench/page.py --unthrottled

Weights are what went over the wire, compressed. Needs Chromium.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from bench_helpers import helper
from playwright.sync_api import Browser, Page
from rich.console import Console
from rich.table import Table

SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 1_638_400 / 8, "uploadThroughput": 675_000 / 8}
"""Lighthouse's mobile profile: 1.6 Mbit/s down, 150 ms round trip; the processor four times slower."""
CPU_RATE = 4
QUIET_MS = 1_500
MEASURE = """() => {
    window.seen = { largest: 0, blocked: 0, shifts: 0 };
    const watch = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take))
        .observe({ type, buffered: true });
    watch("largest-contentful-paint", (one) => { window.seen.largest = one.startTime; });
    watch("longtask", (one) => { window.seen.blocked += Math.max(0, one.duration - 50); });
    watch("layout-shift", (one) => { if (!one.hadRecentInput) window.seen.shifts += one.value; });
}"""
READ = """() => ({
    ...window.seen,
    first: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
})"""


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--unthrottled", action="store_true")
    given = words.parse_args()
    app, browsing = helper("app"), helper("browser")
    table = Table(
        *("page", "asked", "kB", "script", "paint ms", "largest", "blocked", "shift"),
        title="pages, unthrottled" if given.unthrottled else "pages, slow 4G and a quarter of the processor",
    )
    with tempfile.TemporaryDirectory(prefix="watt-page-") as folder, app.living_app(Path(folder)) as running:
        running.pass_intervals(2)
        from playwright.sync_api import sync_playwright  # after the village: it takes over the loop

        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(browsing.FLAGS))
            for name, path in (("sign in", "/"), ("community", "/#/community"), ("verify", "/#/verify")):
                for again in (False, True) if path == "/" else (False,):
                    row = visit(browser, running.address + path, throttled=not given.unthrottled, again=again)
                    table.add_row(f"{name}{', again' if again else ''}", *row)
            browser.close()
    Console().print(table)
    return 0


def visit(browser: Browser, url: str, *, throttled: bool, again: bool) -> list[str]:
    """Opens a page with an empty cache, or a second time."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True, device_scale_factor=2)
    page = context.new_page()
    if again:
        opened(page, url)
        page.close()
        page = context.new_page()
    page.add_init_script(f"({MEASURE})()")
    wire = context.new_cdp_session(page)
    kinds: dict[str, str] = {}
    sizes: dict[str, float] = {}
    wire.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]}))
    wire.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    wire.send("Network.enable")
    if throttled:
        wire.send("Network.emulateNetworkConditions", SLOW_4G)
        wire.send("Emulation.setCPUThrottlingRate", {"rate": CPU_RATE})
    opened(page, url)
    seen = page.evaluate(READ)
    context.close()
    scripts = sum(size for request, size in sizes.items() if kinds.get(request) == "Script")
    return [
        str(sum(1 for size in sizes.values() if size)),
        f"{sum(sizes.values()) / 1_000:.1f}",
        f"{scripts / 1_000:.1f}",
        f"{seen['first']:.0f}",
        f"{seen['largest']:.0f}",
        f"{seen['blocked']:.0f}",
        f"{seen['shifts']:.3f}",
    ]


def opened(page: Page, url: str) -> None:
    """Until nothing more is asked for; the stream of news stays open, so that the network never falls silent."""
    page.goto(url, wait_until="load")
    page.wait_for_selector("h1")
    page.wait_for_timeout(QUIET_MS)


if __name__ == "__main__":
    sys.exit(main())
