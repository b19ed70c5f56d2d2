"""A consumption claim's paper leads to the page Verify, which takes its data file: right, of another paper, changed."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.flows import body, sign_in
from tests.support.app import LivingApp
from tests.support.browser import Visit, Visitor
from wattcommons.verifier import canonical

pytestmark = pytest.mark.e2e

RIGHT = "Nothing in this claim is wrong"
WRONG = "This claim is not right"


def claim_file(visitor: Visitor, participant: int) -> bytes:
    """The data file of the present month, as the member saves it."""
    month = datetime.fromtimestamp(body(visitor, "/v1/health")["at"], UTC).strftime("%Y-%m")
    return canonical.dump(body(visitor, f"/v1/participants/{participant}/claims/{month}"))


def opened_from_paper(visitor: Visitor, printed: str, file: Path) -> None:
    visitor.open("/#/sign-in")  # a page that was left forgets its file
    visitor.open(f"/#/verify?claim={printed}")
    expect(visitor.page.get_by_text(printed)).to_be_visible()
    visitor.page.locator("input[type=file]").first.set_input_files(file)


def test_claim__paper_and_its_file__right_and_of_another_paper_and_changed(
    app: LivingApp, visit: Visit, tmp_path: Path
) -> None:
    visitor = visit(app.key("roof-1"))
    sign_in(visitor)
    data = claim_file(visitor, app.participant("roof-1"))
    digest = hashlib.sha256(data).hexdigest()
    path = tmp_path / "claim.json"
    path.write_bytes(data)
    stranger = visit()
    opened_from_paper(stranger, digest, path)
    expect(stranger.page.get_by_role("heading", name=RIGHT)).to_be_visible()
    expect(stranger.page.get_by_text("The paper names this very file.")).to_be_visible()
    assert stranger.accessibility_problems() == []
    stranger.picture("claim-checked")
    opened_from_paper(stranger, "0" * 64, path)
    expect(stranger.page.get_by_role("heading", name=WRONG)).to_be_visible()
    expect(stranger.page.get_by_text("The paper names another file.")).to_be_visible()
    changed = json.loads(data)
    changed["total"]["matched_wh"] += 1
    path.write_bytes(canonical.dump(changed))
    opened_from_paper(stranger, hashlib.sha256(path.read_bytes()).hexdigest(), path)
    expect(stranger.page.get_by_role("heading", name=WRONG)).to_be_visible()
    expect(stranger.page.get_by_text("It is not the sum of its intervals.")).to_be_visible()
