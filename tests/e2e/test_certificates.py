"""Certificates: held, handed on, used, traced; and the page that verifies a file with no help."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.flows import REJECTED, SENT_MS, body, dialog, go, sign_in
from tests.support.app import LivingApp
from tests.support.browser import Visit, Visitor

pytestmark = pytest.mark.e2e
TITLE = "Community certificates"


def held(visitor: Visitor) -> int:
    return int(body(visitor, "/v1/me/certificates")["held_wh"])


def saved_proof(visitor: Visitor, folder: Path) -> Path:
    """The proof file of a certificate the visitor holds a part of, as the page saves it."""
    certificates = body(visitor, "/v1/me/certificates?limit=200")["items"]
    best = max(certificates, key=lambda one: (one["sold_wh"] > 0, one["minted_wh"] > 0, one["issued_wh"]))
    page = visitor.page
    page.evaluate("(id) => { window.location.hash = `#/guarantees/${id}`; }", best["id"])
    page.get_by_role("button", name="Check it now").click()
    expect(page.get_by_text(re.compile("^Everything (in this file )?holds$"))).to_be_visible()
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save the proof file").click()
    path = folder / "proof.json"
    saving.value.save_as(path)
    return path


def verify(visitor: Visitor, path: Path) -> Page:
    page = go(visitor, "verify", "Verify a certificate")
    page.locator("input[type=file]").set_input_files(path)
    return page


def test_use__wallet_says_no__nothing_used(app: LivingApp, visit: Visit) -> None:
    visitor = visit(app.key("roof-1"))
    sign_in(visitor)
    page = go(visitor, "guarantees", TITLE)
    before = held(visitor)
    page.get_by_role("button", name="Use", exact=True).click()
    form = dialog(page, "Use certificates")
    form.get_by_label("How much").fill("0.1")
    form.get_by_role("button", name="Go on").click()
    review = dialog(page, "Use certificates for good")
    expect(review.get_by_text("0.10 kWh").or_(review.get_by_text("0.1 kWh")).first).to_be_visible()
    visitor.in_wallet("rejectNext", 1)
    review.get_by_role("button", name="Use it").click()
    expect(review.get_by_text(REJECTED)).to_be_visible()
    assert held(visitor) == before


def test_use__a_tenth_of_a_kwh__statement_saved_and_less_held(app: LivingApp, visit: Visit, tmp_path: Path) -> None:
    visitor = visit(app.key("roof-1"))
    sign_in(visitor)
    page = go(visitor, "guarantees", TITLE)
    before = held(visitor)
    page.get_by_role("button", name="Use", exact=True).click()
    form = dialog(page, "Use certificates")
    form.get_by_label("How much").fill("0.1")
    form.get_by_label("For whom").fill("The school's solar fair")
    form.get_by_role("button", name="Go on").click()
    with page.expect_download(timeout=SENT_MS) as saving:
        dialog(page, "Use certificates for good").get_by_role("button", name="Use it").click()
    saving.value.save_as(tmp_path / "statement.json")
    expect(page.get_by_text("Used. Your statement has been saved.")).to_be_visible()
    statement = json.loads((tmp_path / "statement.json").read_text("utf-8"))
    assert statement["beneficiary"] == "The school's solar fair"
    assert sum(wh for _, wh in statement["certificates"]) == 100
    app.caught_up()
    assert held(visitor) == before - 100
    shown = body(visitor, "/v1/me/statements")[0]
    assert shown["total_wh"] == 100
    assert "school" not in json.dumps(shown), "the name left the member's own file"
    page.get_by_role("tab", name="Statements").click()
    expect(page.get_by_text("Statement 1").or_(page.get_by_text(re.compile("Statement [0-9]+"))).first).to_be_visible()
    visitor.picture("statements")


def test_hand_on__to_a_neighbour__theirs_at_once(app: LivingApp, visit: Visit) -> None:
    visitor = visit(app.key("roof-1"))
    sign_in(visitor)
    neighbour = visit(app.key("flat-4"))
    sign_in(neighbour)
    mine, theirs = held(visitor), held(neighbour)
    page = go(visitor, "guarantees", TITLE)
    page.get_by_role("button", name="Hand on").click()
    form = dialog(page, "Hand certificates on")
    form.get_by_label("How much").fill("0.2")
    form.get_by_label("To whom").fill(body(neighbour, "/v1/me")["wallet"])
    form.get_by_role("button", name="Go on").click()
    dialog(page, "Hand certificates on").get_by_role("button", name="Hand it on").click()
    expect(page.get_by_text("Handed on.")).to_be_visible(timeout=SENT_MS)
    app.caught_up()
    assert (held(visitor), held(neighbour)) == (mine - 200, theirs + 200)
    go(neighbour, "guarantees", TITLE)
    expect(neighbour.page.get_by_role("button", name="Use", exact=True)).to_be_visible()


def test_verify__no_wallet_and_the_saved_file__green(app: LivingApp, visit: Visit, tmp_path: Path) -> None:
    holder = visit(app.key("roof-1"))
    sign_in(holder)
    proof = saved_proof(holder, tmp_path)
    anyone = visit()
    anyone.open("/")
    page = verify(anyone, proof)
    expect(page.get_by_role("heading", name="Everything in this file holds")).to_be_visible()
    expect(page.get_by_text("What this does not prove")).to_be_visible()
    anyone.picture("verify-good")


def altered(document: Any, path: tuple[str | int, ...], change: Any) -> str:
    """The document with one value changed."""
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = change(place[path[-1]])
    return json.dumps(document)


def other_digit(signature: str) -> str:
    """The signature with one digit of its middle changed."""
    middle = len(signature) // 2
    return signature[:middle] + ("1" if signature[middle] == "0" else "0") + signature[middle + 1 :]


def test_verify__tampered_files__the_line_that_breaks(app: LivingApp, visit: Visit, tmp_path: Path) -> None:
    holder = visit(app.key("roof-1"))
    sign_in(holder)
    proof = saved_proof(holder, tmp_path)
    text = proof.read_text("utf-8")
    anyone = visit()
    anyone.open("/")
    tampered = {
        "issue": altered(json.loads(text), ("issue", "minted_wh"), lambda wh: wh + 1_000),
        "signature": altered(json.loads(text), ("reading", "run", "signature"), other_digit),
    }
    for name, content in tampered.items():
        (tmp_path / f"{name}.json").write_text(content, "utf-8")
        page = verify(anyone, tmp_path / f"{name}.json")
        expect(page.get_by_role("heading", name="This file is not right")).to_be_visible()
        expect(page.get_by_text("The line that breaks")).to_be_visible()
        anyone.picture(f"verify-broken-{name}")
        page.get_by_role("button", name="Check another file").click()
    (tmp_path / "other.json").write_text("{}", "utf-8")
    page = verify(anyone, tmp_path / "other.json")
    expect(page.get_by_text(re.compile("missing|no proof file"))).to_be_visible()
