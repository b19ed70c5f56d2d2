"""The operator's routes: the state of the machinery, records and their commitments, enrolments under way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from eth_account.signers.local import LocalAccount

from tests.support.api import ApiWorld, Client, anybody, code_of, world_of
from tests.support.community import KEYS, Community, gateway_key, made, member_key, used
from tests.support.records import OTHER_PARTY, Person, keep_person
from tests.support.village import FLAT, LOFT, MILL
from wattcommons.chain.enrolment import Enrolment, Party, sign_as_member, sign_as_metering_operator
from wattcommons.chain.enrolment_code import make_code
from wattcommons.chain.enrolment_file import as_dict
from wattcommons.chain.enrolment_reads import new_enrolment
from wattcommons.chain.enrolment_terms import Basis, EnrolmentTerms, Source
from wattcommons.chain.roles import Role
from wattcommons.domain.consents import purpose_code

pytestmark = pytest.mark.integration


@pytest.fixture
def world(village: Community, tmp_path: Path) -> Iterator[ApiWorld]:
    """Two intervals have ended; the flat is read in the first, the mill in both, nobody else."""
    village.record_interval(village.first, {MILL: made(900), FLAT: used(100)})
    village.record_interval(village.first + 1, {MILL: made(800)})
    with world_of(village, tmp_path) as here:
        keep_person(here.store, FLAT)
        yield here


def operator_of(world: ApiWorld) -> Client:
    return world.signed_in(world.village.operator)


# ---------------------------------------------------------------------------- machinery


def test_overview__stranger_member_third_party__refused(world: ApiWorld) -> None:
    assert code_of(world.stranger.get("/v1/operator/overview")) == (401, "signed_out")
    for account in (member_key(FLAT), anybody(7)):
        assert code_of(world.signed_in(account).get("/v1/operator/overview")) == (403, "role")


def test_overview__gaps__each_span_with_its_deadline(world: ApiWorld) -> None:
    found = operator_of(world).get("/v1/operator/overview").json()
    first = world.village.first
    assert (found["first_uncleared"], found["uncleared"], found["waiting_readings"]) == (first, 2, 3)
    spans = {one["participant"]: (one["first_interval"], one["end_interval"]) for one in found["missing"]}
    assert spans == {FLAT: (first + 1, first + 2)} | dict.fromkeys((2, 3, 5, 6), (first, first + 2))
    deadline = (first + 1) * 1_800 + world.village.terms.deadline_s
    assert found["oldest_deadline"] == deadline
    assert {one["deadline"] for one in found["missing"]} == {deadline, deadline + 1_800}
    assert found["chain_block"] == found["index"]["block"]
    assert (found["members"], found["participants"]) == (6, 6)


def test_overview__treasurer__sees_no_members_words(world: ApiWorld) -> None:
    own = operator_of(world).get("/v1/operator/overview").json()["missing"]
    theirs = world.signed_in(world.village.treasurer).get("/v1/operator/overview").json()["missing"]
    assert Person(FLAT).label in {one["label"] for one in own}
    assert {one["label"] for one in theirs} == {None}


def test_members__operator__names_and_what_is_missing(world: ApiWorld) -> None:
    found = operator_of(world).get("/v1/operator/members").json()
    names = {one["member"]: one["name"] for one in found["members"]}
    assert names == dict.fromkeys(range(1, 7)) | {FLAT: Person(FLAT).name}
    missing = {one["participant"]: one["missing"] for one in found["participants"]}
    assert missing == {1: 0, 2: 2, 3: 2, FLAT: 1, 5: 2, 6: 2}
    flat = found["participants"][FLAT - 1]
    assert (flat["prm"], flat["last_interval"]) == (Person(FLAT).prm, world.village.first)


def test_treasury__deposits__newest_first_in_pages(world: ApiWorld) -> None:
    village = world.village
    for amount in (11, 22, 33):
        village.do("CommunityEuro.mintToAccount", FLAT, amount * 10**9, bytes([amount]) * 32, by=village.treasurer)
    world.index()
    operator = operator_of(world)
    everything = operator.get("/v1/operator/treasury").json()["items"]
    assert {one["amount_neur"] for one in everything} >= {"11000000000", "22000000000", "33000000000"}
    paged: list[Any] = []
    cursor = ""
    while True:
        found = operator.get(f"/v1/operator/treasury?limit=1{cursor}").json()
        paged += found["items"]
        if found["next"] is None:
            break
        cursor = f"&cursor={found['next']}"
    assert paged == everything


def test_skipped__run_of_another_key__with_its_reason(world: ApiWorld) -> None:
    village = world.village
    village.record(village.run(LOFT, village.first, used(5), by=gateway_key(FLAT)))
    world.index()
    [line] = operator_of(world).get("/v1/operator/skipped").json()["items"]
    assert (line["participant"], line["first_interval"], line["reason"]) == (LOFT, village.first, "signature_invalid")


# ---------------------------------------------------------------------------- records


def profile(world: ApiWorld, name: str = "Ada Lovelace") -> dict[str, str]:
    answer = operator_of(world).post("/v1/operator/profiles", {"name": name, "email": None, "language": "en"})
    assert answer.status_code == 201
    found: dict[str, str] = answer.json()
    return found


def put(client: Client, path: str, content: Any) -> Any:
    return client.request("PUT", path, json=content)


def registered(world: ApiWorld, commitment: str, account: LocalAccount = OTHER_PARTY) -> int:
    village = world.village
    call = ("MemberRegistry.registerMember", account.address, bytes.fromhex(commitment[2:]))
    [event] = village.events(village.do(*call, by=village.operator), "MemberRegistry.MemberRegistered")
    world.index()
    return int(event["member"])


def test_profile__member_of_another_commitment__refused(world: ApiWorld) -> None:
    draft = profile(world)
    answer = put(operator_of(world), f"/v1/operator/profiles/{draft['draft']}/member", {"member": FLAT})
    assert code_of(answer) == (409, "commitment")
    names = [one["name"] for one in operator_of(world).get("/v1/operator/members").json()["members"]]
    assert "Ada Lovelace" not in names


def test_profile__registered_with_its_commitment__becomes_the_members(world: ApiWorld) -> None:
    draft = profile(world)
    member = registered(world, draft["commitment"])
    path = f"/v1/operator/profiles/{draft['draft']}/member"
    assert put(operator_of(world), path, {"member": member}).status_code == 204
    names = {one["member"]: one["name"] for one in operator_of(world).get("/v1/operator/members").json()["members"]}
    assert names[member] == "Ada Lovelace"
    assert code_of(put(operator_of(world), path, {"member": member})) == (404, "not_found")


def test_profile__same_name_twice__two_commitments(world: ApiWorld) -> None:
    assert profile(world)["commitment"] != profile(world)["commitment"]


@pytest.mark.parametrize(
    "content",
    [
        {"name": ""},
        {"name": "x" * 121},
        {"name": "A\x00"},
        {"name": "A\nB"},
        {"name": "A", "language": "de"},
        {"name": "A", "member": 3},
        {},
    ],
)
def test_profile__wrong_content__refused(world: ApiWorld, content: dict[str, Any]) -> None:
    assert code_of(operator_of(world).post("/v1/operator/profiles", content)) == (422, "invalid")


def test_purpose_and_name__written_down__members_see_them(world: ApiWorld) -> None:
    operator = operator_of(world)
    given = {"title": "Advice", "text": "To give advice on saving.", "code": "advice"}
    assert operator.post("/v1/operator/purposes", given).json()["code"] == f"0x{purpose_code('advice').hex()}"
    hashed = operator.post("/v1/operator/purposes", given | {"code": None}).json()["code"]
    third = KEYS.role(Role.THIRD_PARTY).address
    assert put(operator, f"/v1/operator/accounts/{third.lower()}/name", {"name": "Sparwatt SCOP"}).status_code == 204
    choices = world.signed_in(member_key(FLAT)).get("/v1/consents/choices").json()
    assert {one["code"] for one in choices["purposes"]} == {f"0x{purpose_code('advice').hex()}", hashed}
    assert choices["third_parties"] == [{"account": third, "name": "Sparwatt SCOP"}]


def test_purpose__for_a_statement__is_no_choice_of_consents(world: ApiWorld) -> None:
    operator = operator_of(world)
    given = {"title": "Own supply", "text": "For one's own use.", "kind": "statement"}
    assert operator.post("/v1/operator/purposes", given).status_code == 201
    assert operator.post("/v1/operator/purposes", given | {"kind": "target"}).status_code == 201
    assert code_of(operator.post("/v1/operator/purposes", given | {"kind": "offer"})) == (422, "invalid")
    assert world.signed_in(member_key(FLAT)).get("/v1/consents/choices").json()["purposes"] == []


# ---------------------------------------------------------------------------- enrolments


@pytest.fixture
def enrolment(world: ApiWorld) -> Enrolment:
    """A second metering point of the loft's member, signed by nobody."""
    village, gateway = world.village, KEYS.gateway("second")
    terms = EnrolmentTerms(
        LOFT,
        Basis.NET,
        Source.GATEWAY,
        9_000,
        0,
        gateway.address,
        village.open() + 5,
        b"\x44" * 32,
        village.now() + 9_999,
    )
    return new_enrolment(village.contracts, make_code(gateway, village.deployment), terms)


def begun(world: ApiWorld, enrolment: Enrolment) -> str:
    answer = operator_of(world).post("/v1/enrolments", {"content": json.dumps(as_dict(enrolment))})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def signature_of(enrolment: Enrolment, party: Party, account: LocalAccount) -> dict[str, str]:
    sign = sign_as_member if party is Party.MEMBER else sign_as_metering_operator
    octets = sign(enrolment, account).signatures[party].octets
    return {"party": party.value.replace("-", "_"), "signature": f"0x{octets.hex()}"}


def test_enrolment__brought_by_another_than_the_operator__refused(world: ApiWorld, enrolment: Enrolment) -> None:
    content = {"content": json.dumps(as_dict(enrolment))}
    for account in (member_key(LOFT), world.village.metering_operator):
        assert code_of(world.signed_in(account).post("/v1/enrolments", content)) == (403, "role")


@pytest.mark.parametrize("content", ["{}", "no json", "[" * 5_000, '{"version": 1}', "\ud800"])
def test_enrolment__file_that_is_none__refused(world: ApiWorld, content: str) -> None:
    answer = operator_of(world).request(
        "POST",
        "/v1/enrolments",
        content=json.dumps({"content": content}).encode(),
        headers={"content-type": "application/json"},
    )
    assert answer.status_code == 422


def test_enrolment__of_another_community__refused(world: ApiWorld, enrolment: Enrolment) -> None:
    other = replace(world.village.deployment, chain_id=1)
    foreign = replace(enrolment, code=make_code(KEYS.gateway("second"), other))
    answer = operator_of(world).post("/v1/enrolments", {"content": json.dumps(as_dict(foreign))})
    assert code_of(answer) == (422, "rule")


def test_enrolment__seen_by_its_member_and_both_operators_alone(world: ApiWorld, enrolment: Enrolment) -> None:
    number = begun(world, enrolment)
    for account in (member_key(LOFT), world.village.operator, world.village.metering_operator):
        assert [one["id"] for one in world.signed_in(account).get("/v1/enrolments").json()] == [number]
    for account in (member_key(FLAT), anybody(7), world.village.treasurer):
        assert world.signed_in(account).get("/v1/enrolments").json() == []


def test_enrolment__signature_in_anothers_name__refused(world: ApiWorld, enrolment: Enrolment) -> None:
    number = begun(world, enrolment)
    path = f"/v1/enrolments/{number}/signatures"
    of_member = signature_of(enrolment, Party.MEMBER, member_key(LOFT))
    of_metering = signature_of(enrolment, Party.METERING_OPERATOR, world.village.metering_operator)
    assert code_of(world.signed_in(member_key(FLAT)).post(path, of_member)) == (404, "not_yours")
    assert code_of(world.signed_in(world.village.operator).post(path, of_member)) == (403, "party")
    assert code_of(world.signed_in(world.village.operator).post(path, of_metering)) == (403, "party")
    assert code_of(world.signed_in(member_key(LOFT)).post(path, of_metering)) == (403, "party")
    swapped = of_metering | {"party": "member"}
    assert code_of(world.signed_in(member_key(LOFT)).post(path, swapped)) == (422, "invalid")


def test_enrolment__signed_by_both_and_submitted__is_seen_to_be(world: ApiWorld, enrolment: Enrolment) -> None:
    village = world.village
    path = f"/v1/enrolments/{begun(world, enrolment)}/signatures"
    signers = ((Party.MEMBER, member_key(LOFT)), (Party.METERING_OPERATOR, village.metering_operator))
    for party, account in signers:
        answer = world.signed_in(account).post(path, signature_of(enrolment, party, account))
        assert answer.status_code == 200, answer.text
    [found] = operator_of(world).get("/v1/enrolments").json()
    assert (found["state"], found["signed_by_member"], found["signed_by_metering_operator"]) == ("open", True, True)
    content = json.loads(found["content"])["signatures"]
    octets = [bytes.fromhex(content[name]["signature"][2:]) for name in ("member", "metering_operator")]
    metering = village.metering_operator.address
    village.do("MemberRegistry.enrol", enrolment.terms.struct(), octets[0], metering, octets[1], by=village.operator)
    world.index()
    assert [one["state"] for one in operator_of(world).get("/v1/enrolments").json()] == ["submitted"]
    answer = world.signed_in(member_key(LOFT)).post(path, signature_of(enrolment, *signers[0]))
    assert code_of(answer) == (409, "not_open")


def test_enrolment__dropped__is_gone_for_everybody(world: ApiWorld, enrolment: Enrolment) -> None:
    number = begun(world, enrolment)
    assert code_of(world.signed_in(member_key(LOFT)).delete(f"/v1/enrolments/{number}")) == (403, "role")
    assert operator_of(world).delete(f"/v1/enrolments/{number}").status_code == 204
    assert operator_of(world).get("/v1/enrolments").json() == []
    assert code_of(operator_of(world).delete(f"/v1/enrolments/{number}")) == (409, "not_open")
