#!/usr/bin/env python
"""How long the page's verifier takes for a proof file, in Node and in Chromium; prints one table.

    python scripts/bench/proof_page.py

The verifier is built as the pages are and checks the shared files of tests/vectors/proof.json, sealed ones against
their checkpoint. `first`: from a fresh start, tables of the curve included; `ms`: the median of twenty after that.
Chromium is Debian's, headless; without it, or without Playwright, its columns stay empty.
"""

from __future__ import annotations

import functools
import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FRONTEND = ROOT / "frontend"
BUILT = FRONTEND / "build" / "bench"
FILES = ("plain", "chunks", "voted", "claimed", "traded")
TIMES = 20

BUILD = """
import { build } from "vite";
const entry = { verify: "src/domain/proof/verify.ts", anchors: "src/domain/proof/anchors.ts" };
const lib = { entry, formats: ["es"] };
await build({ configFile: false, logLevel: "warn", build: { lib, outDir: "build/bench", target: "es2022" } });
"""

MEASURE = """
const measured = async (load, text, checkpoint, times) => {
  const [{ verify }, { loadCheckpoint }] = await load();
  const bytes = (one) => new TextEncoder().encode(one);
  const data = bytes(text);
  const once = () => {
    const begun = performance.now();
    const { lines } = verify(data, { checkpoint: loadCheckpoint(bytes(checkpoint)) });
    const taken = performance.now() - begun;
    if (lines.some(({ standing }) => standing !== "proved")) throw new Error("not proved");
    return taken;
  };
  const first = once();
  const after = Array.from({ length: times }, once).sort((one, other) => one - other);
  return { first, median: after[times >> 1] };
};
"""


def main() -> int:
    vectors = json.loads((ROOT / "tests" / "vectors" / "proof.json").read_text("utf-8"))
    node("--input-type=module", "--eval", BUILD)
    browser = in_chromium(vectors)
    print(f"{'file':>8} {'bytes':>8} {'node first':>11} {'node ms':>8} {'page first':>11} {'page ms':>8}")
    for name in FILES:
        here, there = in_node(vectors, name), browser.get(name)
        columns = " ".join(f"{one:>{width}.1f}" for one, width in ((here["first"], 11), (here["median"], 8)))
        page = f"{there['first']:>11.1f} {there['median']:>8.1f}" if there else f"{'-':>11} {'-':>8}"
        print(f"{name:>8} {len(vectors['files'][name]):>8,} {columns} {page}")
    return 0


def node(*arguments: str, given: str | None = None) -> str:
    """Run node in the front end's folder; its output."""
    done = subprocess.run(["node", *arguments], cwd=FRONTEND, input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr or done.stdout)
    return done.stdout


def in_node(vectors: dict[str, Any], name: str) -> dict[str, float]:
    """Milliseconds, first and median, in a process of its own."""
    load = f"() => Promise.all(['verify', 'anchors'].map((one) => import('{BUILT.as_uri()}/' + one + '.js')))"
    given = json.dumps([vectors["files"][name], vectors["checkpoints"]["four"], TIMES])
    program = f"{MEASURE}\nconsole.log(JSON.stringify(await measured({load}, ...{given})));"
    found: dict[str, float] = json.loads(node("--input-type=module", given=program))
    return found


def in_chromium(vectors: dict[str, Any]) -> dict[str, dict[str, float]]:
    """The same by file, each in a page of its own; empty where there is no browser."""
    program = shutil.which("chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        program = None
    if program is None:
        return {}
    (BUILT / "index.html").write_text("<!doctype html><title>bench</title>", encoding="utf-8")
    load = "() => Promise.all(['verify', 'anchors'].map((one) => import('/' + one + '.js')))"
    script = f"async ([text, checkpoint, times]) => {{ {MEASURE} return measured({load}, text, checkpoint, times); }}"
    found = {}
    with served(BUILT) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--headless", "--no-sandbox"])
        for name in FILES:
            page = browser.new_context().new_page()
            page.goto(address)
            found[name] = page.evaluate(script, [vectors["files"][name], vectors["checkpoints"]["four"], TIMES])
        browser.close()
    return found


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The folder by HTTP on this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()


class Quiet(SimpleHTTPRequestHandler):
    """Says nothing of what it hands out."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the library's name
        pass


if __name__ == "__main__":
    raise SystemExit(main())
