"""The operator's work: a metering point enrolled by three people, one suspended and resumed, the month's files."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Download, Page, expect

from tests.e2e.flows import REJECTED, SENT_MS, body, dialog, go, sign_in, signatures
from tests.support.app import LivingApp
from tests.support.browser import WIDTHS, Visit, Visitor
from wattcommons.chain.enrolment_code import make_code
from wattcommons.chain.roles import Role

pytestmark = pytest.mark.e2e
MEMBER = "flat-2"
LABEL = "Garden shed"


def begin(app: LivingApp, operator: Visitor, code: str, label: str) -> None:
    """The dialog, filled in and sent."""
    page = operator.page
    page.get_by_role("button", name="New enrolment").click()
    form = dialog(page, "New enrolment")
    form.get_by_label("Code of the box").fill(code)
    form.get_by_label("Member").select_option(str(member_of(app, operator)))
    form.get_by_label("What it is called").fill(label)
    form.get_by_label("Highest power drawn").fill("3,5")
    form.get_by_role("button", name="Prepare it").click()


def member_of(app: LivingApp, operator: Visitor) -> int:
    rows = body(operator, "/v1/operator/members")["participants"]
    return next(int(one["member"]) for one in rows if one["participant"] == app.participant(MEMBER))


def content_of(download: Download, path: Path) -> bytes:
    download.save_as(path)
    return path.read_bytes()


def sign_the_enrolment(page: Page) -> None:
    page.get_by_role("button", name="Sign", exact=True).click()
    review = dialog(page, "Sign the enrolment")
    expect(review.get_by_text("3.5 kW in, 0.00 kW out")).to_be_visible()
    review.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_text("Signed.", exact=True)).to_be_visible(timeout=SENT_MS)


def test_enrolment__code_that_is_none__said_beside_the_field_and_by_the_server(app: LivingApp, visit: Visit) -> None:
    operator = visit(app.role_key(Role.OPERATOR))
    sign_in(operator)
    page = go(operator, "operator/enrolments", "Operator")
    begin(app, operator, "my code", LABEL)
    form = dialog(page, "New enrolment")
    expect(form.get_by_text("Copy the whole code again")).to_be_visible()
    mistyped = make_code(app.living.demo.community.keys.gateway("typo"), app.living.demo.contracts.deployment).text
    form.get_by_label("Code of the box").fill(mistyped[:-1] + ("0" if mistyped[-1] != "0" else "1"))
    form.get_by_role("button", name="Prepare it").click()
    expect(form.locator(".banner")).to_be_visible()
    operator.picture("enrolment-refused")
    assert body(operator, "/v1/enrolments") == []
    assert signatures(operator) == ["personal_sign"]


def test_enrolment__code_signed_by_two_and_submitted__the_participant_is_there(app: LivingApp, visit: Visit) -> None:
    operator = visit(app.role_key(Role.OPERATOR))
    sign_in(operator)
    desk = go(operator, "operator/enrolments", "Operator")
    gateway = app.living.demo.community.keys.gateway("shed")
    begin(app, operator, make_code(gateway, app.living.demo.contracts.deployment).text, LABEL)
    expect(desk.get_by_text("Ready to be signed.")).to_be_visible()
    expect(desk.get_by_text("not signed yet")).to_have_count(2)
    expect(desk.get_by_role("button", name="Submit")).to_have_count(0)

    member = visit(app.key(MEMBER), size="phone")
    sign_in(member)
    page = go(member, "enrolment", "Enrolments under way")
    expect(page.get_by_text("3.5 kW in, 0.00 kW out")).to_be_visible()
    member.picture("enrolment-member")
    assert member.accessibility_problems() == []
    for told in page.locator(".terms dd").all():
        box = told.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= WIDTHS["phone"][0], f"cut off: {told.inner_text()}"
    sign_the_enrolment(page)

    meters = visit(app.role_key(Role.METERING_OPERATOR))
    sign_in(meters)
    sign_the_enrolment(go(meters, "operator/enrolments", "Operator"))

    desk.reload()
    desk.get_by_role("button", name="Submit").click()
    review = dialog(desk, "Submit the enrolment")
    operator.in_wallet("rejectNext", 1)
    review.get_by_role("button", name="Submit").click()
    expect(review.get_by_text(REJECTED)).to_be_visible()
    review.get_by_role("button", name="Try again").click()
    expect(desk.get_by_text("Submitted.", exact=True)).to_be_visible(timeout=SENT_MS)
    app.caught_up()
    assert [one["state"] for one in body(operator, "/v1/enrolments")] == ["submitted"]

    go(operator, "operator/members", "Operator")
    expect(desk.get_by_text(LABEL)).to_be_visible()
    operator.picture("enrolment-done")
    points = body(member, "/v1/me")["participants"]
    assert [(one["label"], one["import_w"], one["export_w"]) for one in points if one["label"] == LABEL] == [
        (LABEL, 3_500, 0)
    ]
    assert [
        one["gateway"] for one in body(operator, "/v1/operator/members")["participants"] if one["label"] == LABEL
    ] == [gateway.address]


def test_suspend__and_resume__the_chain_s_word(app: LivingApp, visit: Visit) -> None:
    operator = visit(app.role_key(Role.OPERATOR))
    sign_in(operator)
    page = go(operator, "operator/members", "Operator")
    number = app.participant("flat-4")
    row = page.get_by_role("row").filter(has_text=re.compile(rf"^{number} "))
    for action, title, done, suspended in (
        ("Suspend", "Suspend trading", "Suspended.", True),
        ("Resume", "Resume trading", "Resumed.", False),
    ):
        row.get_by_role("button", name=action).click()
        dialog(page, title).get_by_role("button", name=action).click()
        expect(page.get_by_text(done, exact=True)).to_be_visible(timeout=SENT_MS)
        app.caught_up()
        rows = body(operator, "/v1/operator/members")["participants"]
        assert [one["suspended"] for one in rows if one["participant"] == number] == [suspended]
        page.reload()


def test_files__of_the_month__saved_whole(app: LivingApp, visit: Visit, tmp_path: Path) -> None:
    operator = visit(app.role_key(Role.OPERATOR))
    sign_in(operator)
    page = go(operator, "operator/exports", "Operator")
    month = page.get_by_label("Month")
    text = month.input_value()
    saved = {}
    for name in ("CSV", "PDF"):
        with page.expect_download(timeout=60_000) as saving:
            page.get_by_role("button", name=re.compile(name)).first.click()
        saved[name] = content_of(saving.value, tmp_path / name)
    assert saved["CSV"].decode("utf-8-sig").count("\n") > 8
    with zipfile.ZipFile(io.BytesIO(saved["PDF"])) as files:
        assert all(files.read(one).startswith(b"%PDF") for one in files.namelist())
        assert len(files.namelist()) >= 8
    with page.expect_download() as saving:
        page.get_by_role("button", name=re.compile("key file|keys", re.IGNORECASE)).click()
    keys = content_of(saving.value, tmp_path / "keys").decode("utf-8-sig").splitlines()
    assert text in saving.value.suggested_filename
    assert len(keys) > 28 * 48, "every interval of the month has a line"
