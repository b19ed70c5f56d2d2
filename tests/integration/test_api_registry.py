"""The registry's API: what is refused, then bundles through transfer, reservation, cancellation and withdrawal.

Every transaction that the API prepares is signed by its wallet here and sent as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from eth_account.signers.local import LocalAccount

from tests.support.api import ApiWorld, Client, anybody, code_of, world_of
from tests.support.community import KEYS, Community, made, member_key, used
from tests.support.village import BARN, FLAT, LOFT, MILL, ROOF, SPA
from wattcommons.chain.accounts import checksummed
from wattcommons.chain.contracts import Call
from wattcommons.chain.roles import Role
from wattcommons.domain.packing import encode_batch

pytestmark = pytest.mark.integration

C = "/registry/v1/certificate"
A = "/registry/v1/account"
MADE = 3_000
AUDITOR = anybody(5)
ISSUER = KEYS.role(Role.ISSUING_BODY)
TERMS = {
    "beneficiary": "0x" + "01" * 32,
    "purpose": "0x" + "02" * 32,
    "period_from": 1_767_225_600,
    "period_to": 1_798_761_600,
    "country": "FR",
    "statement_hash": "0x" + "03" * 32,
}


@pytest.fixture
def world(village: Community, tmp_path: Path) -> Iterator[ApiWorld]:
    """Two settled intervals in which the mill makes more than its neighbours use."""
    orders = {i: village.standing_order(i, from_interval=village.first) for i in (MILL, ROOF, SPA, FLAT, LOFT)}
    for interval in (village.first, village.first + 1):
        readings = {MILL: made(MADE, 30), ROOF: made(0), SPA: used(900), FLAT: used(80), LOFT: used(0), BARN: used(0)}
        village.record_interval(interval, readings)
        village.advance(village.settlement(interval, readings, orders))
    with world_of(village, tmp_path, auditors=frozenset({AUDITOR.address})) as here:
        yield here


def wallet(number: int) -> str:
    return member_key(number).address


def query(client: Client, **more: Any) -> list[dict[str, Any]]:
    answer = client.post(f"{C}/query", more)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["granular_certificate_bundles"])


def ids(client: Client, **more: Any) -> list[str]:
    return [one["granular_certificate_bundle_id"] for one in query(client, **more)]


def put(client: Client, path: str, content: Any) -> Any:
    return client.request("PUT", path, json=content)


def active(client: Client) -> list[str]:
    return ids(client, certificate_bundle_status="Active")


def sent(world: ApiWorld, account: LocalAccount, answer: Any) -> None:
    """Sign and send what was prepared, to the letter; then index it."""
    assert answer.status_code == 200, answer.text
    for one in answer.json()["transactions"]:
        assert (one["sender"], one["value"]) == (account.address, "0")
        call = Call(checksummed(one["to"]), bytes.fromhex(one["data"][2:]), one["function"])  # type: ignore[arg-type]
        world.village.sender(account).send(call)
    world.index()


# ------------------------------------------------------------------ refusals


def test_query__another_account_or_nobody__refused(world: ApiWorld) -> None:
    flat = world.signed_in(member_key(FLAT))
    assert code_of(world.stranger.post(f"{C}/query", {})) == (401, "signed_out")
    for path in (f"{C}/query", f"{C}/query_full"):
        assert code_of(flat.post(path, {"source_id": wallet(MILL)})) == (404, "not_yours")
    for path in ("", "/summary", "/certificates", "/whitelist"):
        assert code_of(flat.get(f"{A}/{wallet(MILL)}{path}")) == (404, "not_yours")
    assert code_of(world.signed_in(AUDITOR).get(f"{A}/{wallet(MILL)}/whitelist")) == (404, "not_yours")
    for path in ("/registry/v1/device/1", "/registry/v1/measurement/1?from=0&to=1"):
        assert code_of(flat.get(path)) == (404, "not_yours")
    assert flat.get("/registry/v1/device").json() == {"items": []}
    issuance = query(world.signed_in(member_key(MILL)))[0]["issuance_id"]
    assert code_of(flat.get(f"{C}/{issuance}")) == (404, "not_yours")


def test_query__what_cannot_be__refused(world: ApiWorld) -> None:
    mill = world.signed_in(member_key(MILL))
    for given in (
        {"issuance_ids": ["1-2026-01-04T10:00:01Z"]},
        {"issuance_ids": ["1-2026-13-04T10:00:00Z"]},
        {"issuance_ids": ["9999999999-2026-01-04T10:00:00Z"]},
        {"issuance_ids": ["roof"]},
        {"certificate_period_start": "2026-01-01T00:00:00"},
        {"cursor": "nonsense"},
        {"certificate_bundle_status": "Sold"},
    ):
        assert mill.post(f"{C}/query", given).status_code == 422, given


def test_action__bundles_of_others_or_changed__refused(world: ApiWorld) -> None:
    mill, flat = world.signed_in(member_key(MILL)), world.signed_in(member_key(FLAT))
    [second, first] = active(mill)
    own, number = {"target_id": wallet(FLAT)}, first.partition(":")[0]
    [low, high] = (int(one) for one in first.partition(":")[2].split("-"))

    def refused(client: Client, bundle: str, **more: Any) -> tuple[int, str]:
        given = {"granular_certificate_bundle_ids": [bundle], **own, **more}
        return code_of(client.post(f"{C}/transfer", given))

    assert refused(flat, first, target_id=wallet(MILL)) == (404, "not_yours")
    assert refused(flat, first, source_id=wallet(MILL)) == (403, "other_wallet")
    assert refused(mill, f"{number}:{low + 1}-{high}") == (409, "bundle_changed")
    assert refused(mill, f"{number}:{low - 1}-{high}") == (409, "bundle_changed")
    assert refused(mill, f"{number}:{low}-{high + 1}") == (409, "bundle_changed")
    assert refused(mill, f"{number}:1-10") == (409, "bundle_state")
    assert refused(mill, f"{number}:{high}-{low}") == (422, "invalid")
    assert refused(mill, f"{(77 << 32) + 1}:1-1") == (404, "not_yours")
    assert refused(mill, f"{2**63}:1-1") == (422, "invalid")
    assert refused(mill, first, certificate_quantity=high) == (422, "invalid")
    assert refused(mill, first, target_id=wallet(MILL)) == (422, "invalid")
    assert refused(mill, first, target_id=anybody(8).address) == (409, "no_account")
    overlap = [first, f"{number}:{low}-{low}"]
    assert refused(mill, first, granular_certificate_bundle_ids=overlap) == (422, "invalid")
    both = {"granular_certificate_bundle_ids": [first, second], "certificate_quantity": 5, **own}
    assert code_of(mill.post(f"{C}/transfer", both)) == (422, "invalid")


def test_withdraw__anybody_but_the_issuing_body__refused(world: ApiWorld) -> None:
    mill = world.signed_in(member_key(MILL))
    given = {"granular_certificate_bundle_ids": active(mill)[:1], "reason": "0x" + "07" * 32}
    for account in (member_key(MILL), AUDITOR, world.village.operator, KEYS.role(Role.TREASURER)):
        assert code_of(world.signed_in(account).post(f"{C}/withdraw", given)) == (403, "role")


# ------------------------------------------------------------------ what is answered


def test_query__producer__ranges_are_one_to_issued(world: ApiWorld) -> None:
    mill = world.signed_in(member_key(MILL))
    found = query(mill)
    for issuance in {one["issuance_id"] for one in found}:
        parts = [one for one in found if one["issuance_id"] == issuance]
        spans = [(one["certificate_bundle_id_range_start"], one["certificate_bundle_id_range_end"]) for one in parts]
        assert [one["certificate_bundle_status"] for one in parts] == ["Claimed", "Claimed", "Active"]
        assert spans[0][0] == 1 and spans[-1][1] == MADE
        assert all(before[1] + 1 == after[0] for before, after in pairwise(spans))
        number = int(parts[0]["certificate_id"])
        assert parts[-1]["bundle_quantity"] == world.village.see("GuaranteeOfOrigin.balanceOf", wallet(MILL), number)
    [newest] = mill.post(f"{C}/query_full", {"limit": 1, "certificate_bundle_status": "Active"}).json()[
        "granular_certificate_bundles"
    ]
    assert newest["issuance_id"] == found[0]["issuance_id"]
    assert (newest["device_technology_type"], newest["country_of_issuance"]) == ("T010100", "FR")
    assert newest["legal_status"] == "community_certificate"
    page = mill.post(f"{C}/query", {"limit": 1}).json()
    rest = mill.post(f"{C}/query", {"limit": 1, "cursor": page["next"]}).json()
    assert page["granular_certificate_bundles"] + rest["granular_certificate_bundles"] == found
    assert rest["next"] is None
    one = mill.get(f"{C}/{found[0]['issuance_id']}").json()["granular_certificate_bundles"]
    assert [each["granular_certificate_bundle_id"] for each in one] == ids(mill, issuance_ids=[found[0]["issuance_id"]])


def test_query__conditions__count_together(world: ApiWorld) -> None:
    mill = world.signed_in(member_key(MILL))
    found = query(mill)
    start = found[0]["production_starting_interval"]
    assert ids(mill, certificate_period_start=start) == [one["granular_certificate_bundle_id"] for one in found[:3]]
    assert ids(mill, certificate_period_end=start) == [one["granular_certificate_bundle_id"] for one in found[3:]]
    assert ids(mill, certificate_period_start=start, certificate_period_end=start) == []
    assert ids(mill, energy_source=found[0]["energy_source"], device_id=1) == ids(mill)
    assert ids(mill, device_id=2) == ids(mill, energy_source="wind") == []
    assert ids(world.signed_in(AUDITOR)) == ids(mill)
    assert ids(world.signed_in(AUDITOR), source_id=wallet(FLAT)) == []


def test_transfer__prepared_signed_and_sent__lowest_numbers_moved(world: ApiWorld) -> None:
    mill, flat = world.signed_in(member_key(MILL)), world.signed_in(member_key(FLAT))
    [second, first] = active(mill)
    low = int(first.partition(":")[2].partition("-")[0])
    one = {"granular_certificate_bundle_ids": [first], "certificate_quantity": 400, "target_id": wallet(FLAT)}
    sent(world, member_key(MILL), mill.post(f"{C}/transfer", one))
    assert active(flat) == [f"{first.partition(':')[0]}:{low}-{low + 399}"]
    assert first not in active(mill)
    rest = active(mill)
    both = {"granular_certificate_bundle_ids": rest, "target_id": wallet(BARN).lower()}
    sent(world, member_key(MILL), mill.post(f"{C}/transfer", both))
    assert active(mill) == []
    assert active(world.signed_in(member_key(BARN))) == rest
    assert second in rest


def test_whitelist__only_listed__transfers_of_others_are_not_prepared(world: ApiWorld) -> None:
    mill, flat = world.signed_in(member_key(MILL)), world.signed_in(member_key(FLAT))
    given = {"granular_certificate_bundle_ids": active(mill), "target_id": wallet(FLAT)}
    path = f"{A}/{wallet(FLAT)}/whitelist"
    assert flat.get(path).json()["only_listed"] is False
    assert code_of(put(mill, path, {"only_listed": True, "accounts": []})) == (404, "not_yours")
    assert code_of(put(flat, path, {"only_listed": True, "accounts": [wallet(FLAT)]})) == (422, "invalid")
    assert put(flat, path, {"only_listed": True, "accounts": []}).json()["on_chain"] is False
    assert code_of(mill.post(f"{C}/transfer", given)) == (409, "not_whitelisted")
    put(flat, path, {"only_listed": True, "accounts": [wallet(MILL).lower()]})
    assert flat.get(path).json()["accounts"] == [wallet(MILL)]
    assert mill.post(f"{C}/transfer", given).status_code == 200


def test_reserve__kept_back_until_it_ends__the_rest_is_free(world: ApiWorld, village: Community) -> None:
    mill = world.signed_in(member_key(MILL))
    [_, first] = active(mill)
    number, _, span = first.partition(":")
    [low, high] = (int(one) for one in span.split("-"))
    until = village.now() + 3_600
    given = {"granular_certificate_bundle_ids": [first], "certificate_quantity": 500, "expires": until}
    for wrong in (village.now() - 1, village.now() + 31 * 86_400):
        assert code_of(mill.post(f"{C}/reserve", given | {"expires": wrong})) == (422, "invalid")
    answers = [mill.post(f"{C}/reserve", given, headers={"Idempotency-Key": "k-1"}) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert ids(mill, certificate_bundle_status="Reserved") == [f"{number}:{high - 499}-{high}"]
    assert f"{number}:{low}-{high - 500}" in active(mill)
    assert mill.get(f"{A}/{wallet(MILL)}/summary").json()["reserved_wh"] == 500
    move = {"granular_certificate_bundle_ids": [first], "target_id": wallet(FLAT)}
    assert code_of(mill.post(f"{C}/transfer", move)) == (409, "reserved")
    assert mill.post(f"{C}/transfer", move | {"certificate_quantity": high - 500 - low + 1}).status_code == 200
    made_one = answers[0].json()["reservation_id"]
    other = world.signed_in(member_key(FLAT))
    assert other.get(f"{C}/reserve").json() == []
    assert code_of(other.delete(f"{C}/reserve/{made_one}")) == (404, "not_yours")
    assert mill.delete(f"{C}/reserve/{made_one}").status_code == 204
    assert first in active(mill)
    assert mill.post(f"{C}/reserve", given).status_code == 201
    village.travel(until)
    world.index()
    assert mill.get(f"{C}/reserve").json() == []
    assert first in active(mill)


def test_idempotency__same_key__same_answer_or_409(world: ApiWorld) -> None:
    mill = world.signed_in(member_key(MILL))
    [_, first] = active(mill)
    key = {"Idempotency-Key": "transfer-1"}
    given = {"granular_certificate_bundle_ids": [first], "target_id": wallet(FLAT)}
    answer = mill.post(f"{C}/transfer", given, headers=key)
    sent(world, member_key(MILL), answer)
    assert mill.post(f"{C}/transfer", given, headers=key).json() == answer.json(), "what it was answered then"
    assert code_of(mill.post(f"{C}/transfer", given)) == (409, "bundle_changed")
    assert code_of(mill.post(f"{C}/transfer", given | {"certificate_quantity": 1}, headers=key)) == (
        409,
        "idempotency_key",
    )
    assert code_of(mill.post(f"{C}/claim", {"granular_certificate_bundle_ids": [first]}, headers=key)) == (
        409,
        "idempotency_key",
    )
    assert code_of(mill.post(f"{C}/transfer", given, headers={"Idempotency-Key": " "})) == (422, "invalid")
    barn = world.signed_in(member_key(BARN))
    assert code_of(barn.post(f"{C}/transfer", given, headers=key)) == (404, "not_yours"), "keys are each account's own"


def test_cancel__signed_message_or_transaction__used_for_good(world: ApiWorld) -> None:
    mill = world.signed_in(member_key(MILL))
    [second, first] = active(mill)
    given = {"granular_certificate_bundle_ids": [first], "certificate_quantity": 300, **TERMS}
    prepared = mill.post(f"{C}/cancel", given)
    message = prepared.json()["to_sign"]
    signed = member_key(MILL).sign_typed_data(full_message=_whole(message))
    bare = given | {"signature": f"0x{bytes(signed.signature).hex()}"}
    assert code_of(mill.post(f"{C}/cancel", bare)) == (422, "invalid")
    whole = bare | {"nonce": int(message["message"]["nonce"]), "deadline": int(message["message"]["deadline"])}
    answer = mill.post(f"{C}/cancel", whole).json()
    assert (answer["state"], answer["transactions"]) == ("sent_on", [])
    world.work()
    world.index()
    assert mill.get(f"/v1/intents/{answer['intent']['id']}").json()["state"] == "done"
    sent(world, member_key(MILL), mill.post(f"{C}/cancel", {"granular_certificate_bundle_ids": [second], **TERMS}))
    used_up = query(mill, certificate_bundle_status="Cancelled")
    assert [(one["bundle_quantity"], one["cancellation_statement"]) for one in used_up][1] == (300, 1)
    assert used_up[0]["beneficiary"] == TERMS["beneficiary"]
    claimed = mill.post(
        f"{C}/claim", {"granular_certificate_bundle_ids": [one["granular_certificate_bundle_id"] for one in used_up]}
    ).json()
    assert (claimed["state"], claimed["statements"], claimed["transactions"]) == ("done", [1, 2], [])
    again = {"granular_certificate_bundle_ids": [second], "target_id": wallet(FLAT)}
    assert code_of(mill.post(f"{C}/transfer", again)) == (409, "bundle_state")


def test_withdraw__issuing_body__from_whoever_holds_it(world: ApiWorld) -> None:
    mill, issuer = world.signed_in(member_key(MILL)), world.signed_in(ISSUER)
    [_, first] = active(mill)
    given = {"granular_certificate_bundle_ids": [first], "certificate_quantity": 100, "reason": "0x" + "07" * 32}
    sent(world, ISSUER, issuer.post(f"{C}/withdraw", given))
    [gone] = query(mill, certificate_bundle_status="Withdrawn")
    assert (gone["bundle_quantity"], gone["account_id"]) == (100, wallet(MILL))
    assert query(issuer, certificate_bundle_status="Withdrawn") == [gone]


def test_claim__held_at_issue__nothing_to_claim(world: ApiWorld) -> None:
    mill = world.signed_in(member_key(MILL))
    given = {"granular_certificate_bundle_ids": active(mill)[:1]}
    assert code_of(mill.post(f"{C}/claim", given)) == (409, "bundle_state")


# ------------------------------------------------------------------ measurements, accounts, files


def test_measurement__own_device__as_recorded_and_as_csv(world: ApiWorld) -> None:
    mill, first = world.signed_in(member_key(MILL)), world.village.first
    span = f"from={first * 1_800}&to={(first + 2) * 1_800}"
    page = mill.get(f"/registry/v1/measurement/1?{span}&limit=1").json()
    rest = mill.get(f"/registry/v1/measurement/1?{span}&limit=1&cursor={page['next']}").json()
    assert [one["interval_usage"] for one in page["items"] + rest["items"]] == [MADE, MADE]
    assert rest["next"] is None
    lines = mill.get(f"/registry/v1/measurement/1/export?{span}").text.splitlines()
    assert lines[0] == world.stranger.get("/registry/v1/measurement/meter_readings_template").text.strip()
    assert lines[0].split(",")[2] == "interval_usage"
    assert len(lines) == 3
    device = mill.get("/registry/v1/device/1").json()
    assert mill.get("/registry/v1/device").json()["items"] == [device]


def test_submit_readings__signed_by_gateway_or_not__checked_and_prepared(world: ApiWorld, village: Community) -> None:
    interval = village.open()
    village.after(interval)
    good = village.run(SPA, interval, used(5))
    forged = village.run(FLAT, interval, used(5), by=anybody(3))
    barn = world.signed_in(member_key(BARN))
    path = "/registry/v1/measurement/submit_readings"
    assert code_of(barn.post(path, {"runs": "0x00"})) == (422, "invalid")
    answer = barn.post(path, {"runs": f"0x{encode_batch([good, forged]).hex()}"}).json()
    assert [one["refusal"] for one in answer["runs"]] == [None, "signature_invalid"]
    one = answer["transaction"]
    village.sender().send(Call(checksummed(one["to"]), bytes.fromhex(one["data"][2:]), one["function"]))  # type: ignore[arg-type]
    assert village.reading(SPA, interval)[1] == 5
    nothing = barn.post(path, {"runs": f"0x{encode_batch([forged]).hex()}"}).json()
    assert nothing["transaction"] is None


def test_account__own__sums_as_the_chain_and_csv_as_the_query(world: ApiWorld) -> None:
    mill = world.signed_in(member_key(MILL))
    found = query(mill)
    sums = mill.get(f"{A}/{wallet(MILL)}/summary").json()
    assert sums["held_wh"] == sum(
        one["bundle_quantity"] for one in found if one["certificate_bundle_status"] == "Active"
    )
    assert sums["own_use_wh"] + sums["sold_wh"] + sums["held_wh"] == 2 * MADE
    account = mill.get(f"{A}/{wallet(MILL)}").json()
    assert (account["devices"], account["may_hold"], account["roles"]) == ([1], True, [])
    held = mill.get(f"{A}/{wallet(MILL)}/certificates?certificate_bundle_status=Active").json()
    assert held["granular_certificate_bundles"] == query(mill, certificate_bundle_status="Active")
    first = world.village.first * 1_800
    lines = mill.get(f"{C}/export?from={first}&to={first + 3_600}").text.splitlines()
    assert lines[0] == world.stranger.get(f"{C}/certificates_template").text.strip()
    assert [one.split(",")[0] for one in lines[1:]] == [one["granular_certificate_bundle_id"] for one in found]
    assert code_of(mill.get(f"{C}/export?from=5&to=4")) == (422, "invalid")


def test_erasure__what_the_registry_keeps_of_a_member__gone(world: ApiWorld, village: Community) -> None:
    mill = world.signed_in(member_key(MILL))
    given = {"granular_certificate_bundle_ids": active(mill)[:1], "expires": village.now() + 3_600}
    mill.post(f"{C}/reserve", given, headers={"Idempotency-Key": "k"})
    put(mill, f"{A}/{wallet(MILL)}/whitelist", {"only_listed": True, "accounts": [wallet(FLAT)]})
    kept = mill.get("/v1/me/data").json()["kept"]
    names = {"registry_reservations", "registry_whitelists", "registry_requests"}
    assert {name for name in names if kept[name]} == names
    erased = mill.delete("/v1/me/data")
    assert names <= set(erased.json()["erased"])
    again = world.signed_in(member_key(MILL)).get("/v1/me/data").json()["kept"]
    assert all(again[name] == [] for name in names)


def _whole(message: dict[str, Any]) -> dict[str, Any]:
    """As a wallet reads it: numbers from their decimal strings."""
    found = dict(message["message"])
    terms = dict(found["terms"])
    for name in ("periodFrom", "periodTo"):
        terms[name] = int(terms[name])
    whole = {"terms": terms, "nonce": int(found["nonce"]), "deadline": int(found["deadline"])}
    lists = {name: [int(one) for one in found[name]] for name in ("ids", "amounts")}
    return message | {"message": found | whole | lists}
