"""Export groups over the API: what is refused, two members apart, and a group from the plan to the national reference.

Every transaction that the API prepares is signed by its wallet here and sent as it is.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from eth_account.signers.local import LocalAccount

from tests.support.api import ApiWorld, Client, anybody, code_of, world_of
from tests.support.community import KEYS, Community, made, member_key, used
from tests.support.village import BARN, FLAT, LOFT, MILL, ROOF, SPA
from wattcommons.chain.accounts import checksummed
from wattcommons.chain.contracts import Call
from wattcommons.chain.export_reads import ExportReads
from wattcommons.chain.exporting import reference_of
from wattcommons.chain.roles import Role

pytestmark = pytest.mark.integration

G = "/registry/v1/export_group"
AUDITOR = anybody(5)
ISSUER = KEYS.role(Role.ISSUING_BODY)
REFERENCE = f"0x{reference_of('FR-2026-0007').hex()}"
MADE = 700_000


@pytest.fixture
def world(village: Community, tmp_path: Path) -> Iterator[ApiWorld]:
    """The mill makes 0.7 MWh in each of three intervals, the roof 0.7 MWh in one."""
    for device in (MILL, ROOF):
        limits = (device, 9_000, 2_000_000, village.first)
        village.do("MemberRegistry.setLimits", *limits, by=KEYS.role(Role.METERING_OPERATOR))
    for back in range(3):
        interval = village.first + back
        readings = {MILL: made(MADE, 0), ROOF: made(MADE if not back else 0), BARN: used(0)}
        readings |= {one: used(0) for one in (SPA, FLAT, LOFT)}
        village.record_interval(interval, readings)
        orders = {i: village.standing_order(i, from_interval=village.first) for i in (MILL, ROOF, SPA, FLAT, LOFT)}
        village.advance(village.settlement(interval, readings, orders))
    with world_of(village, tmp_path, auditors=frozenset({AUDITOR.address})) as here:
        yield here


def plan(client: Client) -> dict[str, Any]:
    [item] = client.get("/v1/me/export-plan").json()["items"]
    return dict(item)


def sent(world: ApiWorld, account: LocalAccount, answer: Any) -> dict[str, Any]:
    """Sign and send what was prepared, to the letter; then index it."""
    assert answer.status_code == 200, answer.text
    for one in answer.json()["transactions"]:
        assert (one["sender"], one["value"]) == (account.address, "0")
        call = Call(checksummed(one["to"]), bytes.fromhex(one["data"][2:]), one["function"])  # type: ignore[arg-type]
        world.village.sender(account).send(call)
    world.index()
    return dict(answer.json())


def filled(world: ApiWorld) -> Client:
    """The mill's first group is full."""
    mill = world.signed_in(member_key(MILL))
    assert sent(world, member_key(MILL), mill.post(f"{G}/fill", {"device_id": 1}))["complete"]
    return mill


def test_group__of_another_member_or_nobody__as_if_there_were_none(world: ApiWorld) -> None:
    filled(world)
    roof = world.signed_in(member_key(ROOF))
    for path in ("/1", "/1/file"):
        assert code_of(roof.get(G + path)) == (404, "not_yours")
        assert code_of(world.stranger.get(G + path)) == (401, "signed_out")
    assert code_of(roof.post(f"{G}/release", {"group": 1})) == (404, "not_yours")
    for who in (AUDITOR, ISSUER):  # they read it, and act for nobody
        assert code_of(world.signed_in(who).post(f"{G}/release", {"group": 1})) == (404, "not_yours")
    for path in (G, "/v1/me/export-groups"):
        assert roof.get(path).json() == {"items": [], "next": None}
    assert [one["device"] for one in roof.get("/v1/me/export-plan").json()["items"]] == [ROOF]


def test_decision__not_the_issuing_body__refused(world: ApiWorld) -> None:
    mill = filled(world)
    for who in (mill, world.signed_in(AUDITOR), world.signed_in(world.village.operator)):
        assert code_of(who.post(f"{G}/accept", {"group": 1, "national_reference": REFERENCE})) == (403, "role")
        assert code_of(who.post(f"{G}/decline", {"group": 1, "reason": REFERENCE})) == (403, "role")
        assert code_of(who.post(f"{G}/give_back", {"group": 1})) == (403, "role")


def test_fill__less_than_a_group__says_so(world: ApiWorld) -> None:
    roof = world.signed_in(member_key(ROOF))
    assert plan(roof) == {
        "device": ROOF,
        "whole_groups": 0,
        "towards_wh": MADE,
        "begun_wh": 0,
        "missing_wh": 1_000_000 - MADE,
        "too_late_wh": 0,
        "stale_groups": [],
    }
    assert code_of(roof.post(f"{G}/fill", {"device_id": ROOF})) == (409, "group_incomplete")
    assert code_of(roof.post(f"{G}/fill", {"device_id": MILL})) == (409, "group_incomplete")
    assert roof.post(f"{G}/fill", {"device_id": 0}).status_code == 422


def test_fill__reserved_certificates__left_out(world: ApiWorld) -> None:
    mill = world.signed_in(member_key(MILL))
    assert plan(mill)["whole_groups"] == 2
    bundles = mill.post("/registry/v1/certificate/query", {"certificate_bundle_status": "Active"}).json()
    ids = [one["granular_certificate_bundle_id"] for one in bundles["granular_certificate_bundles"]]
    kept = {"granular_certificate_bundle_ids": ids[:1], "expires": world.village.now() + 600}
    assert mill.post("/registry/v1/certificate/reserve", kept).status_code == 201
    assert (plan(mill)["whole_groups"], plan(mill)["towards_wh"]) == (1, 2 * MADE - 1_000_000)


def test_group__from_the_plan_to_the_national_reference__one_story(world: ApiWorld) -> None:
    mill = world.signed_in(member_key(MILL))
    issuer = world.signed_in(ISSUER)
    made_ = sent(world, member_key(MILL), mill.post(f"{G}/fill", {"device_id": MILL}))
    assert (made_["group"], made_["wh"], made_["complete"]) == (None, 1_000_000, True)
    assert [part["wh"] for part in made_["parts"]] == [MADE, 1_000_000 - MADE]

    group = mill.get(f"{G}/1").json()
    assert (group["state"], group["wh"], group["missing_wh"], group["member"]) == ("complete", 1_000_000, 0, MILL)
    assert group["parts"] == made_["parts"]
    assert [one["group"] for one in issuer.get(f"{G}?state=complete").json()["items"]] == [1]
    assert issuer.get(f"{G}?state=open").json()["items"] == []
    assert issuer.get(f"{G}?device_id={ROOF}").json()["items"] == []

    sent(world, ISSUER, issuer.post(f"{G}/decline", {"group": 1, "reason": "0x" + "0b" * 32}))
    group = mill.get(f"{G}/1").json()
    assert (group["state"], group["reason"]) == ("open", "0x" + "0b" * 32)
    assert code_of(issuer.post(f"{G}/accept", {"group": 1, "national_reference": REFERENCE})) == (409, "group_state")

    [first, _] = made_["parts"]
    given = {"group": 1, "certificate_ids": [first["certificate_id"]]}
    sent(world, member_key(MILL), mill.post(f"{G}/release", given))
    assert mill.get(f"{G}/1").json()["wh"] == 1_000_000 - MADE
    assert code_of(mill.post(f"{G}/release", given)) == (409, "balance")
    assert code_of(mill.get(f"{G}/1/file")) == (409, "group_incomplete")
    again = sent(world, member_key(MILL), mill.post(f"{G}/fill", {"device_id": MILL}))
    assert (again["group"], again["complete"]) == (1, True)

    sent(world, ISSUER, issuer.post(f"{G}/accept", {"group": 1, "national_reference": REFERENCE}))
    group = mill.get(f"{G}/1").json()
    assert (group["state"], group["national_reference"]) == ("exported", REFERENCE)
    assert group["exported"] >= group["opened"]
    assert code_of(mill.post(f"{G}/release", {"group": 1})) == (409, "group_state")


def test_give_back__by_the_issuing_body__withdrawn_from_the_members_wallet(world: ApiWorld) -> None:
    mill, issuer = filled(world), world.signed_in(ISSUER)
    part = mill.get(f"{G}/1").json()["parts"][1]
    given = {"group": 1, "certificate_ids": [part["certificate_id"]]}
    assert code_of(issuer.post(f"{G}/give_back", {"group": 9})) == (404, "not_yours")
    assert sent(world, ISSUER, issuer.post(f"{G}/give_back", given))["wh"] == part["wh"]
    assert mill.get(f"{G}/1").json()["wh"] == MADE
    number = int(part["certificate_id"])
    world.village.do("GuaranteeOfOrigin.withdraw", member_key(MILL).address, number, part["wh"], bytes(32), by=ISSUER)


def test_file__both_forms__the_bytes_that_the_command_writes(world: ApiWorld) -> None:
    mill = filled(world)
    expected = ExportReads(world.village.contracts).file(1)
    as_json, as_csv = mill.get(f"{G}/1/file?format=json"), mill.get(f"{G}/1/file")
    assert as_json.text == expected.as_json()
    assert as_csv.content.decode() == expected.as_csv()
    assert as_csv.headers["content-disposition"] == 'attachment; filename="export-group-1.csv"'
    assert sum(int(row["certificate_wh"]) for row in csv.DictReader(io.StringIO(as_csv.text))) == 1_000_000
    assert json.loads(as_json.text)["device"]["number"] == MILL
    assert world.signed_in(AUDITOR).get(f"{G}/1/file").status_code == 200


def test_query__grouped_and_exported__locked_with_the_national_reference(world: ApiWorld) -> None:
    mill = filled(world)
    issuer = world.signed_in(ISSUER)
    for reference in (None, REFERENCE):
        if reference is not None:
            sent(world, ISSUER, issuer.post(f"{G}/accept", {"group": 1, "national_reference": reference}))
        locked = mill.post("/registry/v1/certificate/query", {"certificate_bundle_status": "Locked"}).json()
        found = locked["granular_certificate_bundles"]
        assert sum(one["bundle_quantity"] for one in found) == 1_000_000
        assert {(one["export_group"], one["national_reference"]) for one in found} == {(1, reference)}
        assert {one["account_id"] for one in found} == {member_key(MILL).address}
    target = {"target_id": member_key(FLAT).address}
    ids = {"granular_certificate_bundle_ids": [found[0]["granular_certificate_bundle_id"]]}
    assert code_of(mill.post("/registry/v1/certificate/transfer", target | ids)) == (409, "bundle_state")


def test_group__a_year_later__stale_and_no_more_of_the_plan(world: ApiWorld) -> None:
    mill = filled(world)
    issuer = world.signed_in(ISSUER)
    sent(world, ISSUER, issuer.post(f"{G}/decline", {"group": 1, "reason": "0x" + "0b" * 32}))
    part = mill.get(f"{G}/1").json()["parts"][1]["certificate_id"]
    sent(world, member_key(MILL), mill.post(f"{G}/release", {"group": 1, "certificate_ids": [part]}))
    world.village.after(world.village.first + 370 * 48)
    world.index()
    mill = world.signed_in(member_key(MILL))
    found = plan(mill)
    assert (found["whole_groups"], found["towards_wh"], found["stale_groups"]) == (0, 0, [1])
    assert found["too_late_wh"] == 3 * MADE - MADE


def test_node__wallet_of_a_member__may_rehearse_and_send(world: ApiWorld) -> None:
    mill = world.signed_in(member_key(MILL))
    call = world.village.call("ExportGroups.open", [MILL << 32 | world.village.first], [5])
    asked = {"from": member_key(MILL).address, "to": call.to, "data": f"0x{call.data.hex()}"}
    for method in ("eth_call", "eth_estimateGas"):
        answer = mill.post("/rpc", {"jsonrpc": "2.0", "id": 1, "method": method, "params": [asked]}).json()
        assert "result" in answer, answer
    other = asked | {"from": member_key(ROOF).address}
    refused = mill.post("/rpc", {"jsonrpc": "2.0", "id": 1, "method": "eth_call", "params": [other]}).json()
    assert "error" in refused
