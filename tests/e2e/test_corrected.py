"""A corrected reading: the member sees the old value and the money at once, and its certificate is checked with it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.flows import go, sign_in
from tests.support.app import LivingApp
from tests.support.browser import Visit
from wattcommons.chain.correction_plan import Asked, Planned, Verdict, plan
from wattcommons.chain.roles import Role
from wattcommons.chain.sender import Sender
from wattcommons.domain.corrections import reason_code
from wattcommons.domain.intervals import start_utc
from wattcommons.domain.units import IntervalIndex

pytestmark = pytest.mark.e2e


def correct(app: LivingApp, meter: str, more_wh: int) -> Planned:
    """The metering operator finds that more was made and used in a settled sunny interval."""
    contracts, participant = app.living.demo.contracts, app.participant(meter)
    settled = int(contracts.read("EnergyMarket", "firstUncleared")) - 1
    for interval in range(settled, settled - 48, -1):
        made, used, *_ = contracts.read("MeterLedger", "readingOf", participant, interval)
        if made > used > 0:
            asked = Asked(participant, interval, made + more_wh, used + 7, reason_code("meter was mixed up"))
            [one] = plan(contracts, [asked])
            assert one.verdict is Verdict.READY
            key = app.living.demo.community.keys.role(Role.METERING_OPERATOR)
            Sender(contracts.web3, key).send(one.call(contracts))
            app.caught_up()
            return one
    pytest.fail("the roof has made nothing")


def test_energy__corrected__old_value_and_money_and_the_certificate_still_checks(app: LivingApp, visit: Visit) -> None:
    visitor = visit(app.key("roof-2"))
    sign_in(visitor)
    page = go(visitor, "energy", "Energy")
    expect(page.get_by_role("heading", name="Corrected readings")).to_have_count(0)
    one = correct(app, "roof-2", 150)
    start = start_utc(IntervalIndex(one.asked.interval), app.living.demo.contracts.deployment.terms.length)
    page = go(visitor, f"energy?period=week&date={start.date().isoformat()}", "Energy")
    card = page.get_by_role("region", name="Corrected readings")
    expect(card).to_be_visible()
    expect(card.get_by_text("→")).to_have_count(2)
    expect(card.get_by_text("meter was mixed up")).to_be_visible()
    expect(page.get_by_text("1 interval was corrected afterwards.")).to_be_visible()
    visitor.picture("energy-corrected")

    french = visit(app.key("roof-2"), size="phone", language="fr-FR")
    french.open("/#/sign-in").get_by_role("button", name=re.compile("Test Wallet")).click()
    expect(french.page).not_to_have_url(re.compile("sign-in"))
    go(french, f"energy?period=day&date={start.date().isoformat()}", "Énergie")
    expect(french.page.get_by_role("heading", name="Relevés rectifiés")).to_be_visible()
    expect(french.page.get_by_text("1 pas de temps a été rectifié après coup.")).to_be_visible()
    french.picture("energy-corrected-fr")

    assert one.certificate is not None
    page = go(visitor, f"guarantees/{one.certificate.number}", re.compile("2026"))
    expect(page.get_by_text("Issued by a correction")).to_be_visible()
    page.get_by_role("button", name="Check it now").click()
    expect(page.get_by_text(re.compile("^Everything (in this file )?holds$"))).to_be_visible()
    expect(page.get_by_text("no meter signed them")).to_be_visible()
    expect(page.get_by_text("nobody changed them since")).to_have_count(0)
    visitor.picture("certificate-corrected")
