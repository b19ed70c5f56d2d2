"""One's own data: shown whole, erased whole, and nothing of anybody else's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.support.api import ApiWorld, code_of, world_of
from tests.support.community import Community, member_key
from tests.support.records import OTHER_PARTY, THIRD_PARTY, Person, grant, keep_person
from tests.support.village import FLAT, LOFT
from wattcommons.chain.commitments import commitment_of, new_salt
from wattcommons.services.store.app.enrolments import EnrolmentDraft, add_enrolment
from wattcommons.services.store.app.intents import StoredIntent, add_intent
from wattcommons.services.store.app.private import Draft, add_draft
from wattcommons.services.store.app.statement_numbers import give_number
from wattcommons.services.store.app_tables import APP
from wattcommons.services.store.index_columns import INDEX

pytestmark = pytest.mark.integration


@pytest.fixture
def world(village: Community, tmp_path: Path) -> Iterator[ApiWorld]:
    """Flat and loft have records, an intent and an enrolment each, and a consent that was read under."""
    with world_of(village, tmp_path) as made:
        for number in (FLAT, LOFT):
            keep_person(made.store, number)
            leave_traces(made, number)
        yield made


def leave_traces(world: ApiWorld, number: int) -> None:
    person = Person(number)
    intent = StoredIntent(
        f"{number:032x}", "order", member_key(number).address, bytes([number]) * 32, "done",
        {"note": person.name}, None, None, 1, 1,
    )  # fmt: skip
    with world.store.write() as connection:
        add_intent(connection, intent)
        add_enrolment(connection, EnrolmentDraft(f"{number:032x}", number, json.dumps(person.name), "dropped", 1, 1))
        give_number(connection, number, "2026-01", 1)
    consent = grant(world.village, number)
    world.index()
    begin = world.village.first * 1_800
    world.village.travel(begin + 1_800)
    world.index()
    query = {"consent": consent, "purpose": f"0x{b'advice'.hex():0<64}", "from": begin, "to": begin + 1_800}
    assert world.signed_in(THIRD_PARTY).get(f"/v1/shared/participants/{number}/energy", params=query).status_code == 200


def everything(world: ApiWorld) -> str:
    """Every value of every table, as text."""
    found: list[str] = []
    with world.store.read() as connection:
        for table in (*APP.tables.values(), *INDEX.tables.values()):
            for row in connection.execute(select(table)):
                found += [value.hex() if isinstance(value, bytes) else str(value) for value in row]
    return "\n".join(found)


def files_of(folder: Path) -> bytes:
    """The store's files as they lie on the disk, the write-ahead log too."""
    return b"".join(path.read_bytes() for path in sorted(folder.glob("community.sqlite*")))


@pytest.mark.parametrize("label", ["", "x" * 81, "A\nB", None])
def test_label__that_does_not_fit__refused(world: ApiWorld, label: str | None) -> None:
    answer = world.signed_in(member_key(FLAT)).request("PUT", f"/v1/participants/{FLAT}/label", json={"label": label})
    assert code_of(answer) == (422, "invalid")


def test_label__of_a_neighbour_or_without_a_record__refused_and_else_kept(world: ApiWorld) -> None:
    path, given = f"/v1/participants/{FLAT}/label", {"label": "Upstairs"}
    assert code_of(world.signed_in(member_key(LOFT)).request("PUT", path, json=given)) == (404, "not_yours")
    member = world.signed_in(member_key(FLAT))
    assert member.request("PUT", path, json=given).status_code == 204
    assert [one["label"] for one in member.get("/v1/me").json()["participants"]] == ["Upstairs"]
    assert member.delete("/v1/me/data").status_code == 200
    again = world.signed_in(member_key(FLAT))
    assert code_of(again.request("PUT", path, json=given)) == (409, "no_record")


def test_erase__nobody_signed_in__refused(world: ApiWorld) -> None:
    assert code_of(world.stranger.delete("/v1/me/data")) == (401, "signed_out")


def test_erase__sign_in_of_long_ago__needs_a_fresh_signature(world: ApiWorld) -> None:
    member = world.signed_in(member_key(FLAT))
    now = world.clock
    world.clock = lambda: now() + 601
    assert code_of(member.delete("/v1/me/data")) == (403, "sign_in_again")
    assert Person(FLAT).name in everything(world)
    assert world.signed_in(member_key(FLAT)).delete("/v1/me/data").status_code == 200


def test_erase__request_of_another_site__refused(world: ApiWorld) -> None:
    member = world.signed_in(member_key(FLAT))
    answer = member.delete("/v1/me/data", headers={"origin": "https://evil.example"})
    assert code_of(answer) == (403, "other_site")


def test_erase__member__nothing_personal_is_left_in_any_column(world: ApiWorld) -> None:
    with world.store.read() as connection:
        salts = [
            bytes(row.salt).hex()
            for name, column in (("private_members", "member"), ("private_participants", "participant"))
            for row in connection.execute(select(APP.tables[name]).where(APP.tables[name].c[column] == FLAT))
        ]
    assert len(salts) == 2
    before = everything(world)
    assert all(mark in before for mark in (*Person(FLAT).marks, *salts))
    member = world.signed_in(member_key(FLAT))
    answer = member.delete("/v1/me/data").json()
    assert set(answer["erased"]) == {
        "private_members",
        "private_participants",
        "sessions",
        "intents",
        "enrolment_drafts",
        "consent_reads",
    }
    assert "chain" in answer["stays"]
    assert answer["kept"] == ["chain", "statement_numbers", "erasure_day"]
    after = everything(world)
    assert [mark for mark in (*Person(FLAT).marks, *salts) if mark in after] == []
    assert [mark for mark in Person(LOFT).marks if mark not in after] == []


def test_erase__files_on_the_disk__hold_nothing_of_it_either(world: ApiWorld, tmp_path: Path) -> None:
    assert Person(FLAT).name.encode() in files_of(tmp_path)
    assert world.signed_in(member_key(FLAT)).delete("/v1/me/data").status_code == 200
    left = files_of(tmp_path)
    assert [mark for mark in Person(FLAT).marks if mark.encode() in left] == []
    assert Person(LOFT).name.encode() in left


def test_erase__sessions__every_one_has_ended(world: ApiWorld) -> None:
    first, second = world.signed_in(member_key(FLAT)), world.signed_in(member_key(FLAT))
    token = world.token(member_key(FLAT))
    assert second.delete("/v1/me/data").status_code == 200
    assert first.get("/v1/session").status_code == 401
    bearer = {"authorization": f"Bearer {token}"}
    assert world.stranger.get("/v1/session", headers=bearer).status_code == 401
    assert world.signed_in(member_key(LOFT)).get("/v1/session").status_code == 200


def test_erase__the_chain__stays_under_numbers(world: ApiWorld) -> None:
    village = world.village
    before = village.see("MemberRegistry.memberInfo", FLAT), village.see("ConsentRegistry.consentCount")
    assert world.signed_in(member_key(FLAT)).delete("/v1/me/data").status_code == 200
    world.index()
    assert (village.see("MemberRegistry.memberInfo", FLAT), village.see("ConsentRegistry.consentCount")) == before
    listed = world.signed_in(member_key(FLAT)).get("/v1/consents").json()["given"]
    assert [(one["label"], one["reads"]) for one in listed] == [(None, 0)]


def test_erase__draft_that_is_on_the_chain_already__goes_too(world: ApiWorld) -> None:
    content, salt = {"name": "Zoé Draft", "email": None, "language": "fr"}, new_salt()
    commitment = commitment_of(content, salt)
    village = world.village
    account = OTHER_PARTY
    sent = village.do("MemberRegistry.registerMember", account.address, commitment, by=village.operator)
    [event] = village.events(sent, "MemberRegistry.MemberRegistered")
    assert event["member"] == village.size + 1
    with world.store.write() as connection:
        add_draft(connection, Draft("f" * 32, "member", content, salt, f"0x{commitment.hex()}", 1))
    world.index()
    answer = world.signed_in(account).delete("/v1/me/data").json()
    assert "private_drafts" in answer["erased"]
    assert "Zoé Draft" not in everything(world)


def test_erase__signed_with_a_wallet_since_replaced__goes_too(world: ApiWorld) -> None:
    for number, participant in ((1, FLAT), (2, LOFT), (3, 10 * FLAT + 1)):
        intent = StoredIntent(
            f"old{number:029x}", "order", OTHER_PARTY.address, bytes([100 + number]) * 32, "done",
            {"participant": participant, "note": f"old {participant}!"}, None, None, 1, 1,
        )  # fmt: skip
        with world.store.write() as connection:
            add_intent(connection, intent)
    assert world.signed_in(member_key(FLAT)).delete("/v1/me/data").status_code == 200
    left = everything(world)
    assert [f"old {one}!" in left for one in (FLAT, LOFT, 10 * FLAT + 1)] == [False, True, True]


def test_erase__wallet_that_is_no_members__sessions_only(world: ApiWorld) -> None:
    answer = world.signed_in(THIRD_PARTY).delete("/v1/me/data").json()
    assert answer["erased"] == ["sessions"]
    assert Person(FLAT).name in everything(world)


def test_data__member__everything_kept_and_nothing_of_the_neighbour(world: ApiWorld) -> None:
    answer = world.signed_in(member_key(FLAT)).get("/v1/me/data")
    assert answer.headers["content-disposition"] == 'attachment; filename="my-data.json"'
    assert answer.headers["cache-control"] == "no-store"
    kept: dict[str, list[dict[str, Any]]] = answer.json()["kept"]
    assert kept["private_members"][0]["name"] == Person(FLAT).name
    assert kept["private_participants"][0]["prm"] == Person(FLAT).prm
    assert kept["private_members"][0]["salt"].startswith("0x")
    assert len(kept["intents"]) == len(kept["enrolment_drafts"]) == len(kept["consent_reads"]) == 1
    assert [row["month"] for row in kept["statement_numbers"]] == ["2026-01"]
    assert all("token_hash" not in row for row in kept["sessions"])
    assert [mark for mark in Person(LOFT).marks if mark in answer.text] == []
    assert member_key(LOFT).address not in answer.text


def test_data__third_party__only_its_own_sessions(world: ApiWorld) -> None:
    kept = world.signed_in(THIRD_PARTY).get("/v1/me/data").json()["kept"]
    registry = [f"registry_{what}" for what in ("requests", "reservations", "whitelists")]
    assert sorted(kept) == ["intents", *registry, "sessions"]
    assert [kept[name] for name in registry] == [[], [], []]
    assert kept["intents"] == []
