"""Every event is explained: recomputed, or listed with the reason why nothing follows from it."""

from __future__ import annotations

import pytest

from tests.unit.audit.paper import DEPLOYMENT, Paper
from wattcommons.chain.artifacts import load_artifact
from wattcommons.chain.deployment import CONTRACTS
from wattcommons.services.audit import checks
from wattcommons.services.audit.book import Audit
from wattcommons.services.audit.notices import NOTICES, reason

pytestmark = pytest.mark.unit

KINDS = [
    f"{contract}.{item['name']}"
    for contract in CONTRACTS
    for item in load_artifact(contract).abi
    if item["type"] == "event"
]


def test_event__of_no_known_kind__unexplained_and_broken(paper: Paper) -> None:
    paper.next_tx()
    paper.emit("EnergyMarket.Novelty", amount=5)
    report = paper.audit()
    [broken] = report.check(checks.EXPLAINED).broken
    assert broken.entry == "events EnergyMarket.Novelty"
    assert [one.key for one in report.events if one.how == "unexplained"] == ["EnergyMarket.Novelty"]


@pytest.mark.parametrize("kind", KINDS)
def test_event__of_the_contracts__recomputed_or_listed(kind: str) -> None:
    recomputed = kind in Audit(DEPLOYMENT).reads
    assert recomputed != bool(reason(kind)), f"{kind}: recompute it in the audit, or say why nothing follows from it"


def test_notices__every_one__is_an_event_of_the_contracts() -> None:
    assert NOTICES.keys() <= set(KINDS)


def test_events__counted_by_what_explains_them(paper: Paper) -> None:
    paper.next_tx()
    paper.emit("MeterLedger.RunSkipped", participant=1)
    report = paper.audit()
    assert report.ok
    assert sum(one.count for one in report.events) == len(paper.events) == report.check(checks.EXPLAINED).counted
    [noted] = [one for one in report.events if one.how == "noted"]
    assert (noted.key, noted.count) == ("MeterLedger.RunSkipped", 1)
    assert "nothing was recorded" in noted.why
