"""Corrected readings as the API tells them: energy, money, certificates, claims, bundles, provenance and news."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any, NamedTuple

import pytest

from tests.integration.api_reads.test_registry_bundles import everything
from tests.support.devnet import GENESIS_TIME
from tests.support.eventful import MILL, NAMES, SPA, Eventful, found, live
from tests.support.index import caught_up
from tests.support.reading_api import ReadingApi, reading_api
from wattcommons.chain.block_logs import BlockLogs
from wattcommons.chain.devnet import DevnetOptions, devnet
from wattcommons.chain.logs import ChainLogs
from wattcommons.chain.node import connect
from wattcommons.domain.claims import claims
from wattcommons.domain.intervals import IntervalRange, start_utc
from wattcommons.domain.units import IntervalIndex
from wattcommons.services.api.news import News, news_of
from wattcommons.services.audit.provenance import certificate
from wattcommons.services.store.engine import open_store
from wattcommons.services.store.reads import bundles
from wattcommons.services.store.reads.claims import metered_of

pytestmark = pytest.mark.integration


class Scene(NamedTuple):
    """A day with corrected readings, and its API."""

    day: Eventful
    marks: Mapping[str, int]
    api: ReadingApi
    auditor: str

    @property
    def mill(self) -> str:
        """The mill's second wallet, which holds its certificates."""
        return self.day.community.keys.member("mill, second").address

    @property
    def interval(self) -> int:
        """The corrected one."""
        return self.marks["corrected"] & 0xFFFFFFFF

    def energy(self, participant: int, who: str) -> dict[str, Any]:
        day = start_utc(IntervalIndex(self.interval), self.day.community.deployment.terms.length).date()
        told: dict[str, Any] = self.api.read(f"/v1/participants/{participant}/energy", who, date=day.isoformat())
        return told


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with devnet(DevnetOptions(genesis_time=GENESIS_TIME)) as running:
        day = found(connect(running.ipc_path))
        marks = live(day, corrections=True)
        auditor = day.community.keys.service("auditor").address
        deployment = day.community.deployment
        with closing(open_store(tmp_path_factory.mktemp("corrected") / "index.db")) as store:
            store.migrate()
            caught_up(store, BlockLogs(day.web3, deployment), deployment)
            yield Scene(day, marks, reading_api(store, day.community.contracts, auditors=frozenset([auditor])), auditor)


def test_provenance__corrected__signed_reading_and_each_correction(scene: Scene) -> None:
    number = scene.marks["corrected"]
    told = scene.api.read(f"/v1/certificates/{number}/provenance", scene.auditor)["document"]
    audit = certificate(scene.day.community.contracts, number)
    assert (told["reading"]["production_wh"], told["reading"]["quality"]) == (3_000, "measured")
    assert told["reading"]["run"]["tx_hash"] == audit.reading.tx
    assert len(told["corrections"]) == len(audit.corrections) == 2
    for one, audited in zip(told["corrections"], audit.corrections, strict=True):
        assert (one["before"]["production_wh"], one["after"]["production_wh"]) == (
            audited.old_production_wh,
            audited.production_wh,
        )
        names = ("traded_wh", "more_wh", "withdrawn_wh", "owed_wh", "at")
        assert [one[name] for name in names] == [getattr(audited, name) for name in names]
        assert (int(one["value_neur"]), one["tx_hash"], one["issued_here"]) == (audited.value_neur, audited.tx, False)
    kinds = [one["kind"] for one in told["moves"]]
    assert kinds == ["transferred", "issued_more", "withdrawn"]
    gone = sum(one["wh"] for one in told["moves"] if one["kind"] == "withdrawn")
    held = sum(one["wh"] for one in told["holdings"]) + told["waiting_wh"]
    assert held + gone == told["issue"]["minted_wh"] + 200


def test_provenance__estimate_corrected__issued_by_it_with_the_sale_of_its_settlement(scene: Scene) -> None:
    told = scene.api.read(f"/v1/certificates/{scene.marks['estimated']}/provenance", scene.auditor)["document"]
    audit = certificate(scene.day.community.contracts, scene.marks["estimated"])
    assert audit.ok, [str(entry) for check in audit.checks for entry in check.broken]
    assert told["reading"]["quality"] == audit.reading.quality == "estimated"
    [one] = told["corrections"]
    assert (one["issued_here"], one["more_wh"], one["owed_wh"]) == (True, 0, 0)
    assert told["issue"]["tx_hash"] == one["tx_hash"]
    sold = told["fill"]["wh"]
    assert (told["issue"]["own_use_wh"], told["issue"]["sold_wh"]) == (90, min(sold, 560))
    assert told["issue"]["minted_wh"] == 560 - min(sold, 560)


def test_provenance__pays_a_debt__told_without_corrections(scene: Scene) -> None:
    told = scene.api.read(f"/v1/certificates/{scene.marks['paying']}/provenance", scene.auditor)["document"]
    assert (told["corrections"], [one["kind"] for one in told["moves"]]) == ([], ["withdrawn"])


def test_certificate__corrected__what_was_issued_more_apart(scene: Scene) -> None:
    told = scene.api.read(f"/v1/certificates/{scene.marks['corrected']}", scene.mill)
    one = told["certificate"]
    assert one["more_wh"] == 200
    assert one["issued_wh"] == one["own_use_wh"] + one["sold_wh"] + one["minted_wh"] + 200 == 3_200
    assert [event["kind"] for event in told["events"]] == ["issued", "transferred", "issued_more", "withdrawn"]
    assert told["events"][-1]["reason"] is not None


def test_device__in_debt__kept(scene: Scene) -> None:
    with scene.api.store.read() as connection:
        kept = {one.device: one.debt_wh for one in bundles.device_rows(connection).values()}
    assert kept == {device: scene.day.read("GuaranteeOfOrigin", "debtOf", device) for device in kept}


def test_bundles__corrected__new_numbers_above_and_holdings_as_the_chain(scene: Scene) -> None:
    number = scene.marks["corrected"]
    mine = [one for one in everything(scene.api, scene.auditor) if int(one["certificate_id"]) == number]
    spans = [(one["certificate_bundle_id_range_start"], one["certificate_bundle_id_range_end"]) for one in mine]
    assert (min(spans)[0], max(spans)[1]) == (1, 3_200)
    assert sum(one["bundle_quantity"] for one in mine) == 3_200
    for wallet in (scene.mill, scene.day.wallet(SPA)):
        held = sum(
            one["bundle_quantity"]
            for one in mine
            if one["account_id"] == wallet and one["certificate_bundle_status"] == "Active"
        )
        assert held == scene.day.read("GuaranteeOfOrigin", "balanceOf", wallet, number)


def test_energy__corrected__old_value_and_money_beside_the_new(scene: Scene) -> None:
    told = scene.energy(SPA, scene.day.wallet(SPA))
    [one] = [entry for entry in told["corrections"] if entry["interval"] == scene.interval]
    assert (one["before_consumption_wh"], one["before_quality"], one["consumption_wh"]) == (1_700, "measured", 1_500)
    assert int(one["value_neur"]) == int(one["booked_neur"]) != 0
    [bucket] = [column for column in told["buckets"] if column["start"] == one["start"]]
    assert (bucket["consumption_wh"], bucket["corrected"]) == (1_500, 1)
    assert sum(column["corrected"] for column in told["buckets"]) == 1
    twice = scene.energy(MILL, scene.mill)
    assert [entry["production_wh"] for entry in twice["corrections"]] == [650, 3_200, 2_000]
    assert sum(column["corrected"] for column in twice["buckets"]) == 2


def test_statement__month_with_corrections__sums_and_difference(scene: Scene) -> None:
    told = scene.api.read(f"/v1/participants/{SPA}/statements/2026-01", scene.day.wallet(SPA))
    [entry] = scene.energy(SPA, scene.day.wallet(SPA))["corrections"]
    assert (told["corrected"], told["corrections_neur"]) == (1, entry["value_neur"])
    made = scene.api.read(f"/v1/participants/{MILL}/statements/2026-01", scene.mill)
    values = [int(one["value_neur"]) for one in scene.energy(MILL, scene.mill)["corrections"]]
    assert (made["corrected"], int(made["corrections_neur"])) == (2, sum(values))


def test_claims__corrected__nothing_above_the_corrected_use(scene: Scene) -> None:
    covered = IntervalRange(IntervalIndex(scene.interval), IntervalIndex(scene.interval + 1))
    with scene.api.store.read() as connection:
        metered = [one for participant in NAMES for one in metered_of(connection, participant, covered)]
    length = scene.day.community.deployment.terms.length
    lines = {line.participant: line for line in claims(metered, [], length).lines}
    assert lines[SPA].consumption_wh == 1_500
    assert all(line.matched_wh <= line.consumption_wh for line in lines.values())
    assert lines[MILL].own_use_wh == 100  # cancelled at issue; the corrected use is 120


def test_news__correction__its_participant_alone(scene: Scene) -> None:
    deployment = scene.day.community.deployment
    logs = ChainLogs(scene.day.web3, deployment).logs(deployment.block, scene.day.web3.eth.block_number)
    heard = [one for one in news_of(deployment, logs) if "corrected" in one.kinds]
    assert [one.participants for one in heard] == [frozenset({one}) for one in (MILL, SPA, MILL, MILL)]
    assert heard[1] == News(
        ("corrected", "readings", "settled"),
        {"participant": SPA, "interval": scene.interval},
        participants=frozenset({SPA}),
    )
