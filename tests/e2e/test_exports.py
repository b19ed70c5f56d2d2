"""Groups of 1 MWh: how far the next one is, making it, its file, the issuing body's word, and the way back.

The village makes too little in a few days, so this one's mill is as large as a power station's.
"""

from __future__ import annotations

import csv
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.flows import REJECTED, SENT_MS, body, dialog, go, sign_in
from tests.support.browser import Visit, Visitor, visitors
from tests.support.devnet import GENESIS_TIME
from tests.support.eventful import TERMS, Eventful
from tests.support.ports import free_port
from wattcommons.chain.block_logs import BlockLogs
from wattcommons.chain.devnet import DevnetOptions, devnet
from wattcommons.chain.node import connect
from wattcommons.chain.roles import Role
from wattcommons.cli.chain_wiring import contracts_over
from wattcommons.cli.living_server import HOST, built_pages
from wattcommons.domain.units import IntervalIndex
from wattcommons.scenarios.community import Community
from wattcommons.scenarios.spec import CommunitySpec, DeviceSpec, ParticipantSpec
from wattcommons.services.api.serve import ApiServer, SendingOn
from wattcommons.services.api.settings import ApiSettings
from wattcommons.services.indexer.follow import Follower
from wattcommons.services.indexer.indexer import Indexer
from wattcommons.services.store.engine import Store, open_store

pytestmark = pytest.mark.e2e
TITLE = "Community certificates"
ZONE = "Europe/Paris"
INTERVALS, MADE = 70, 15_100
"""1 MWh is more than 64 certificates: the wallet has to send twice."""


@dataclass(frozen=True)
class Plant:
    """The community, served at `address`; time stands still unless a test acts."""

    day: Eventful
    address: str

    def key(self) -> str:
        return "0x" + bytes(self.day.community.keys.member("mill").key).hex()

    def caught_up(self) -> None:
        block, deadline = int(self.day.web3.eth.block_number), time.monotonic() + 60
        while httpx.get(f"{self.address}/v1/health", timeout=5).json()["block"] < block:
            assert time.monotonic() < deadline, "the index does not catch up"
            time.sleep(0.05)


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    with devnet(DevnetOptions(genesis_time=GENESIS_TIME)) as node:
        web3 = connect(node.ipc_path)
        mill = ParticipantSpec("mill", export_w=40_000, device=DeviceSpec(40_000, fuel="F01050200"))
        community = Community(web3, CommunitySpec(TERMS, (mill, ParticipantSpec("flat"))))
        first = int(community.contracts.read("MemberRegistry", "firstOpenInterval"))
        community.join((one, IntervalIndex(first)) for one in community.spec.participants)
        keys = {index: community.keys.gateway(name) for index, name in enumerate(("mill", "flat"), 1)}
        day = Eventful(web3, community, first, first, keys)
        day.clear(day.pass_by(INTERVALS, mill=MADE))
        port = free_port()
        with closing(open_store(tmp_path_factory.mktemp("plant") / "watt.db")) as store:
            store.migrate()
            yield from _served(day, store, node.http_url, port)


def _served(day: Eventful, store: Store, node: str, port: int) -> Iterator[Plant]:
    deployment = day.community.deployment
    contracts = contracts_over((node,), deployment, 10)
    source = BlockLogs(contracts_over((node,), deployment, 10).web3, deployment)
    follower = Follower(Indexer(store, source, deployment, ZONE), poll_s=0.1)
    settings = ApiSettings(
        origins=(f"http://{HOST}:{port}",), zone=ZONE, devnet=True, frontend=built_pages(), chain_name="Plant"
    )
    relay = SendingOn(day.community.keys.service("orders"), contracts_over((node,), deployment, 10))

    def follow(stop: threading.Event) -> None:
        follower.run(stop)

    beside = (("index", follow),)
    server = ApiServer(settings, store, contracts, relay, beside=beside, poll_s=0.1)
    thread = threading.Thread(target=lambda: server.run(HOST, port), daemon=True)
    thread.start()
    found = Plant(day, f"http://{HOST}:{port}")
    deadline = time.monotonic() + 30
    while True:
        try:
            found.caught_up()
            break
        except httpx.HTTPError:
            assert time.monotonic() < deadline, "the server does not come up"
            time.sleep(0.1)
    yield found
    server.stop()
    thread.join(30)


@pytest.fixture
def visit(browser: Browser, plant: Plant, wallet_script: Path) -> Iterator[Visit]:
    with visitors(browser, plant.address, wallet_script) as made:
        yield made


def registry_tab(visitor: Visitor, tab: str = "National registry") -> Page:
    sign_in(visitor)
    page = go(visitor, "guarantees", TITLE)
    page.get_by_role("tab", name=tab).click()
    return page


def test_exports__wallet_says_no__nothing_locked(plant: Plant, visit: Visit) -> None:
    visitor = visit(plant.key())
    page = registry_tab(visitor)
    expect(page.get_by_role("meter", name="Plant 1")).to_be_visible()
    expect(page.get_by_text("1 group is ready")).to_be_visible()
    page.get_by_role("button", name="Make a group").click()
    review = dialog(page, "Lock certificates in a group of 1 MWh")
    expect(review.get_by_text("1,000 kWh")).to_be_visible()
    visitor.picture("exports-review")
    visitor.in_wallet("rejectNext", 1)
    review.get_by_role("button", name="Lock them").click()
    expect(review.get_by_text(REJECTED)).to_be_visible()
    assert body(visitor, "/v1/me/export-groups")["items"] == []


def test_exports__group_of_more_than_64__made_in_two_steps_and_its_file_saved(
    plant: Plant, visit: Visit, tmp_path: Path
) -> None:
    visitor = visit(plant.key())
    page = registry_tab(visitor)
    page.get_by_role("button", name="Make a group").click()
    dialog(page, "Lock certificates in a group of 1 MWh").get_by_role("button", name="Lock them").click()
    expect(page.get_by_text("The group is full. The issuing body decides on it.")).to_be_visible(timeout=SENT_MS)
    plant.caught_up()
    [group] = body(visitor, "/v1/me/export-groups")["items"]
    assert (group["state"], group["wh"]) == ("complete", 1_000_000)
    row = page.get_by_role("row", name="waits for the issuing body")
    with page.expect_download() as saving:
        row.get_by_role("button", name="Save the file").click()
    saving.value.save_as(tmp_path / "group.csv")
    with (tmp_path / "group.csv").open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) > 64
    assert sum(int(row["certificate_wh"]) for row in rows) == 1_000_000
    visitor.picture("exports-complete")
    assert visitor.accessibility_problems() == []


def test_exports__declined_then_taken_back__free_again(plant: Plant, visit: Visit) -> None:
    visitor = visit(plant.key())
    page = registry_tab(visitor)
    plant.day.act(Role.ISSUING_BODY, "ExportGroups", "decline", 1, b"\1" * 32)
    row = page.get_by_role("row", name="sent back, open again")
    expect(row).to_be_visible(timeout=SENT_MS)
    row.get_by_role("button", name="Take back").click()
    dialog(page, "Take certificates back").get_by_role("button", name="Take them back").click()
    expect(page.get_by_text("Taken back.")).to_be_visible(timeout=SENT_MS)
    plant.caught_up()
    [group] = body(visitor, "/v1/me/export-groups")["items"]
    assert (group["state"], group["wh"]) == ("open", 0)


def test_exports__in_french_on_a_phone__exported_with_its_reference(plant: Plant, visit: Visit) -> None:
    visitor = visit(plant.key(), size="phone", language="fr-FR")
    sign_in(visitor)
    page = go(visitor, "guarantees", "Certificats communautaires")
    page.get_by_role("tab", name="Registre national").click()
    page.get_by_role("button", name="Former un lot").click()
    review = dialog(page, "Verrouiller des certificats dans un lot de 1 MWh")
    review.get_by_role("button", name="Verrouiller").click()
    expect(page.get_by_text("Le lot est plein. L’organisme d’émission décide.")).to_be_visible(timeout=SENT_MS)
    plant.day.act(Role.ISSUING_BODY, "ExportGroups", "exportGroup", 1, b"FR-2026-0007".ljust(32, b"\0"))
    expect(page.get_by_text("FR-2026-0007")).to_be_visible(timeout=SENT_MS)
    expect(page.get_by_role("button", name="Reprendre")).to_have_count(0)
    visitor.picture("exports-phone-fr")
    assert visitor.accessibility_problems() == []
