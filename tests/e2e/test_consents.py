"""Sharing: refused before, allowed with a consent, refused from its withdrawal on; and everything erased."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.flows import SENT_MS, body, dialog, go, sign_in
from tests.support.app import LivingApp
from tests.support.browser import Visit, Visitor
from wattcommons.chain.roles import Role

pytestmark = pytest.mark.e2e


def shared(reader: Visitor, app: LivingApp, consent: dict[str, Any], participant: int) -> tuple[int, Any]:
    """What the third party gets when it asks for everything since the consent's begin."""
    now = app.living.now
    query = f"consent={consent['consent']}&purpose={consent['purpose']}&from={consent['valid_from']}&to={now}"
    return reader.get(f"/v1/shared/participants/{participant}/energy?{query}")


def test_consent__asked_allowed_and_withdrawn__read_only_in_between(app: LivingApp, visit: Visit) -> None:
    participant = app.participant("flat-1")
    reader = visit(app.role_key(Role.THIRD_PARTY))
    sign_in(reader)
    [asked] = [one for one in body(reader, "/v1/consents")["received"] if one["participant"] == participant]
    assert shared(reader, app, asked, participant)[0] == 403

    member = visit(app.key("flat-1"))
    sign_in(member)
    page = go(member, "consents", "Sharing")
    request = page.get_by_role("region", name="Waiting for your answer")
    expect(request.get_by_role("heading", name="Energy adviser")).to_be_visible()
    member.picture("consent-asked")
    request.get_by_role("button", name="Allow").click()
    dialog(page, "Allow what was asked").get_by_role("button", name="Allow").click()
    expect(page.get_by_text("Shared.")).to_be_visible(timeout=SENT_MS)
    app.pass_intervals(2)

    status, answer = shared(reader, app, asked, participant)
    assert status == 200, answer
    assert answer["items"]
    assert all(one["production_wh"] is None for one in answer["items"]), "a direction that was not consented to"
    wrong = {**asked, "purpose": "0x" + "11" * 32}
    assert shared(reader, app, wrong, participant)[0] == 403

    page.reload()
    given = page.get_by_role("region", name="May read your figures")
    given.get_by_role("button", name="Withdraw").click()
    dialog(page, "Stop sharing").get_by_role("button", name="Stop sharing").click()
    expect(page.get_by_text("Withdrawn. Nothing more is read.")).to_be_visible(timeout=SENT_MS)
    assert shared(reader, app, asked, participant)[0] == 403
    log = body(member, f"/v1/consents/{asked['consent']}/log")["lines"]
    assert {"requested", "granted", "read", "revoked"} <= {one["kind"] for one in log}


def test_erase__typed_and_signed__names_gone_and_signed_out(app: LivingApp, visit: Visit) -> None:
    member = visit(app.key("flat-3"))
    sign_in(member)
    page = go(member, "consents", "Sharing")
    assert body(member, "/v1/me")["name"]
    with page.expect_download() as saving:
        page.get_by_role("button", name="Download everything").click()
    assert saving.value.suggested_filename.endswith(".json")
    page.get_by_role("button", name="Erase my data").click()
    form = dialog(page, "Erase my data")
    action = form.get_by_role("button", name="Erase for good")
    expect(action).to_be_disabled()
    form.get_by_label("Type ERASE to go on").fill("erase")
    member.picture("erase")
    action.click()
    done = dialog(page, "Your data is erased")
    expect(done.get_by_text("private_members").or_(done.get_by_role("listitem").first).first).to_be_visible()
    done.get_by_role("button", name="Close").last.click()
    assert member.get("/v1/me")[0] == 401
    sign_in(member)
    me = body(member, "/v1/me")
    assert me["name"] is None
    operator = visit(app.role_key(Role.OPERATOR))
    sign_in(operator)
    rows = body(operator, "/v1/operator/members")["members"]
    assert [one["name"] for one in rows if one["member"] == me["member"]] == [None]
