"""Proof files on the page Verify: proved, broken and not proved, in both languages and without any server."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.flows import body, go, sign_in
from tests.support import proof_vectors
from tests.support.app import LivingApp
from tests.support.browser import Visit, Visitor
from wattcommons.chain.roles import Role
from wattcommons.verifier.verify import verify

pytestmark = pytest.mark.e2e

VECTORS: dict[str, Any] = json.loads(proof_vectors.PATH.read_text("utf-8"))


def written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / f"{name}.json"
    path.write_bytes(content)
    return path


def give(page: Page, path: Path) -> None:
    page.locator("input[type=file]").first.set_input_files(path)


def offline(visitor: Visitor, title: str) -> Page:
    """The page Verify, loaded; from now on nothing answers."""
    visitor.open("/")
    page = go(visitor, "verify", title)
    page.wait_for_load_state("networkidle")
    visitor.context.set_offline(True)
    return page


def test_verify__nothing_to_trust_and_changed_files__said(app: LivingApp, visit: Visit, tmp_path: Path) -> None:
    page = offline(visit(), "Verify a certificate")
    four = written(tmp_path, "checkpoint", VECTORS["checkpoints"]["four"].encode())
    cases = {case["name"]: case for case in VECTORS["cases"]}
    give(page, four)
    expect(page.get_by_text("The checkpoint is taken.")).to_be_visible()
    for name in ("run_of_another", "fills_of_another", "another_chain", "no_receipts"):
        case = cases[name]
        give(page, written(tmp_path, name, proof_vectors.changed(VECTORS["files"][case["file"]], case["change"])))
        expect(page.get_by_role("heading", name="This file is not right")).to_be_visible()
        line = case["broken"][0]
        expect(page.get_by_text(re.compile(re.escape(line["text"][1:]))).first).to_be_visible()
        page.get_by_role("button", name="Check another file").click()
    give(page, written(tmp_path, "edited", json.dumps(json.loads(VECTORS["files"]["plain"]), indent=1).encode()))
    expect(page.get_by_text("The proof file is not in canonical form.")).to_be_visible()


@pytest.mark.parametrize(
    ("language", "title", "proved", "drop"),
    [
        ("en-GB", "Verify a certificate", "All proved", "Without the checkpoint"),
        ("fr-FR", "Vérifier un certificat", "Tout est prouvé", "Sans le point de contrôle"),
    ],
)
def test_verify__whole_history__proved_without_a_server(
    app: LivingApp, visit: Visit, tmp_path: Path, language: str, title: str, proved: str, drop: str
) -> None:
    visitor = visit(language=language)
    page = offline(visitor, title)
    give(page, written(tmp_path, "checkpoint", VECTORS["checkpoints"]["four"].encode()))
    give(page, written(tmp_path, "proof", VECTORS["files"]["claimed"].encode()))
    expect(page.get_by_role("heading", name=proved)).to_be_visible()
    expect(page.locator(".proof-line[data-verdict=ok]")).to_have_count(page.locator(".proof-line").count())
    assert visitor.accessibility_problems() == []
    visitor.picture(f"proof-{language}")
    page.get_by_role("button", name=drop).click()
    expect(page.locator(".verdict")).not_to_have_attribute("data-verdict", "ok")


def test_certificate__issuing_body__saves_a_proof_that_a_block_anchors(
    app: LivingApp, visit: Visit, tmp_path: Path
) -> None:
    holder = visit(app.key("roof-1"))
    sign_in(holder)
    number = body(holder, "/v1/me/certificates?limit=200")["items"][-1]["id"]
    assert holder.get(f"/v1/certificates/{number}/proof")[0] == 403
    visitor = visit(app.role_key(Role.ISSUING_BODY))
    page = sign_in(visitor)
    page.evaluate("(id) => { window.location.hash = `#/guarantees/${id}`; }", number)
    with page.expect_download() as saving:
        page.get_by_role("button", name="Make and save the proof").click()
    path = tmp_path / "proof.json"
    saving.value.save_as(path)
    report = verify(path.read_bytes())
    assert not report.broken
    go(visitor, "verify", "Verify a certificate")
    give(page, path)
    expect(page.get_by_text("Not proved: Nothing was given to anchor it")).to_be_visible()
    page.get_by_label("Hash of a block you trust").fill(report.facts["block_hash"])
    expect(page.get_by_text("its hash is the one you trust")).to_be_visible()
    expect(page.locator(".proof-line[data-verdict=broken]")).to_have_count(0)
    visitor.picture("proof-anchored")
