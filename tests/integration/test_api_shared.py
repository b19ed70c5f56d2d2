"""Reading a member's data under a consent: only what it says, as often as it says, until the block in which it ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.api import ApiWorld, Client, code_of, world_of
from tests.support.community import Community, made, member_key
from tests.support.records import OTHER_PARTY, PURPOSE_HEX, THIRD_PARTY, grant, keep_person
from tests.support.village import FLAT, LOFT
from wattcommons.domain.consents import Directions, Granularity, purpose_code
from wattcommons.errors import NodeUnavailable, StoreError
from wattcommons.services.api.routes import shared

pytestmark = pytest.mark.integration

TWO_DAYS = 110
"""Half-hours that the flat has readings of, from the first interval (midnight UTC) on."""


@pytest.fixture
def world(village: Community, tmp_path: Path) -> Iterator[ApiWorld]:
    """The flat's first two days are read; nobody has given a consent."""
    first = village.first
    village.after(first + TWO_DAYS - 1)
    absent = 3
    runs = [
        village.run(FLAT, first, *(made(i, 1_000 + i) for i in range(absent))),
        village.run(FLAT, first + absent + 1, *(made(i, 1_000 + i) for i in range(absent + 1, TWO_DAYS))),
    ]
    village.record(*runs)
    with world_of(village, tmp_path) as made_world:
        yield made_world


def ask(world: ApiWorld, client: Client, consent: int, **changes: Any) -> httpx.Response:
    begin = world.village.first * world.village.length_s
    query = {"consent": consent, "purpose": PURPOSE_HEX, "from": begin, "to": begin + TWO_DAYS * 1_800, "limit": 200}
    participant = changes.pop("participant", FLAT)
    path = f"/v1/shared/participants/{participant}/energy"
    return client.get(path, params={name: str(value) for name, value in (query | changes).items()})


def granted(world: ApiWorld, **changes: Any) -> int:
    number = grant(world.village, FLAT, **changes)
    world.index()
    return number


def test_shared__nobody_signed_in__refused(world: ApiWorld) -> None:
    assert code_of(ask(world, world.stranger, granted(world))) == (401, "signed_out")


def test_shared__no_consent_at_all__nothing_is_told(world: ApiWorld) -> None:
    assert code_of(ask(world, world.signed_in(THIRD_PARTY), 1)) == (404, "not_yours")


def test_shared__somebody_elses_consent__nothing_is_told(world: ApiWorld) -> None:
    number = granted(world)
    for account in (OTHER_PARTY, member_key(LOFT), world.village.operator):
        assert code_of(ask(world, world.signed_in(account), number)) == (404, "not_yours")


def test_shared__consent_of_another_participant__nothing_is_told(world: ApiWorld) -> None:
    number = granted(world)
    assert code_of(ask(world, world.signed_in(THIRD_PARTY), number, participant=LOFT)) == (404, "not_yours")


def test_shared__another_purpose__refused(world: ApiWorld) -> None:
    other = f"0x{purpose_code('marketing').hex()}"
    assert code_of(ask(world, world.signed_in(THIRD_PARTY), granted(world), purpose=other)) == (403, "purpose")


@pytest.mark.parametrize("kind", [Granularity.COMPARISON, Granularity.THIRD_PARTY])
def test_shared__consent_that_opens_no_reading__refused(world: ApiWorld, kind: Granularity) -> None:
    number = granted(world, granularity=kind)
    assert code_of(ask(world, world.signed_in(THIRD_PARTY), number)) == (403, "granularity")


def test_shared__consent_that_has_not_begun__refused(world: ApiWorld) -> None:
    later = world.village.now() + 86_400
    number = granted(world, valid_from=later)
    assert code_of(ask(world, world.signed_in(THIRD_PARTY), number)) == (403, "no_consent")


def test_shared__revoked__refused_from_that_block_on_before_the_index_knows(world: ApiWorld) -> None:
    number, reader = granted(world), world.signed_in(THIRD_PARTY)
    assert ask(world, reader, number).status_code == 200
    world.village.do("ConsentRegistry.revoke", number, by=member_key(FLAT))
    assert code_of(ask(world, reader, number)) == (403, "no_consent")
    world.index()
    assert code_of(ask(world, reader, number)) == (403, "no_consent")


def test_shared__revoked_between_two_pages__the_second_is_refused(world: ApiWorld) -> None:
    number, reader = granted(world), world.signed_in(THIRD_PARTY)
    cursor = ask(world, reader, number, limit=10).json()["next"]
    world.village.do("ConsentRegistry.revoke", number, by=member_key(FLAT))
    assert code_of(ask(world, reader, number, cursor=cursor)) == (403, "no_consent")


def test_shared__revoked_in_the_index_alone__refused(world: ApiWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    number, reader = granted(world), world.signed_in(THIRD_PARTY)
    before = shared.consent_now(world.village.contracts, number, 0)
    world.village.do("ConsentRegistry.revoke", number, by=member_key(FLAT))
    world.index()
    monkeypatch.setattr(shared, "consent_now", lambda *_: before)  # a node that is behind
    assert code_of(ask(world, reader, number)) == (403, "no_consent")


def test_shared__expired__refused(world: ApiWorld) -> None:
    end = world.village.now() + 3_600
    number, reader = granted(world, valid_until=end), world.signed_in(THIRD_PARTY)
    assert ask(world, reader, number).status_code == 200
    world.village.travel(end)
    assert code_of(ask(world, reader, number)) == (403, "no_consent")


def test_shared__given_up_by_the_grantee__refused(world: ApiWorld) -> None:
    number = granted(world)
    world.village.do("ConsentRegistry.terminate", number, by=THIRD_PARTY)
    assert code_of(ask(world, world.signed_in(THIRD_PARTY), number)) == (403, "no_consent")


def test_shared__no_node_to_ask__refused(world: ApiWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*_: object) -> None:
        raise NodeUnavailable("no node")

    number, reader = granted(world), world.signed_in(THIRD_PARTY)
    monkeypatch.setattr(shared, "consent_now", silent)
    assert code_of(ask(world, reader, number)) == (503, "node_unavailable")


def test_shared__read_that_cannot_be_logged__is_not_answered(world: ApiWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise StoreError("the log cannot be written")

    number, reader = granted(world), world.signed_in(THIRD_PARTY)
    monkeypatch.setattr(shared, "log_read", full)
    answer = ask(world, reader, number)
    assert code_of(answer) == (503, "store_unavailable")
    assert "consumption" not in answer.text


def test_shared__time_outside_the_consent__refused(world: ApiWorld) -> None:
    number = granted(world, valid_from=(world.village.first + 60) * 1_800)
    reader = world.signed_in(THIRD_PARTY)
    begin = world.village.first * 1_800
    assert code_of(ask(world, reader, number, to=begin + 60 * 1_800)) == (422, "invalid")
    starts = [one["start"] for one in ask(world, reader, number).json()["items"]]
    assert starts[0] == begin + 60 * 1_800


def test_shared__more_reads_than_agreed__refused_until_a_day_is_over(world: ApiWorld) -> None:
    number, reader = granted(world, reads_per_day=2), world.signed_in(THIRD_PARTY)
    assert [ask(world, reader, number).status_code for _ in range(2)] == [200, 200]
    refused = ask(world, reader, number)
    assert code_of(refused) == (429, "frequency")
    assert 0 < int(refused.headers["retry-after"]) <= 86_400
    world.village.travel(world.village.now() + 86_400)
    world.index()
    assert ask(world, reader, number).status_code == 200


def test_shared__intervals__values_absence_and_quality_as_recorded(world: ApiWorld) -> None:
    number = granted(world)
    found = ask(world, world.signed_in(THIRD_PARTY), number).json()
    assert (found["granularity"], found["next"], len(found["items"])) == ("interval", None, TWO_DAYS)
    for i, item in enumerate(found["items"]):
        known = (None, None, "absent") if i == 3 else (1_000 + i, i, "measured")
        assert (item["consumption_wh"], item["production_wh"], item["quality"]) == known


@pytest.mark.parametrize(
    ("direction", "hidden"), [(Directions.IMPORT, "production_wh"), (Directions.EXPORT, "consumption_wh")]
)
def test_shared__one_direction__the_other_is_not_told(world: ApiWorld, direction: Directions, hidden: str) -> None:
    number = granted(world, directions=direction)
    items = ask(world, world.signed_in(THIRD_PARTY), number).json()["items"]
    assert {item[hidden] for item in items} == {None}
    shown = {"production_wh": "consumption_wh", "consumption_wh": "production_wh"}[hidden]
    assert sum(item[shown] is not None for item in items) == TWO_DAYS - 1


def test_shared__daily__whole_local_days_only(world: ApiWorld) -> None:
    number, reader = granted(world, granularity=Granularity.DAILY), world.signed_in(THIRD_PARTY)
    items = ask(world, reader, number).json()["items"]
    # In Paris the first interval is 01:00 of 4 January: the 4th is not whole, the 5th is, the 6th has not ended.
    day = world.village.first + 46
    assert [(one["start"], one["end"]) for one in items] == [(day * 1_800, (day + 48) * 1_800)]
    assert items[0]["consumption_wh"] == sum(1_000 + i for i in range(46, 94))
    assert items[0]["production_wh"] == sum(range(46, 94))
    assert items[0]["quality"] == "measured"


def test_shared__daily_for_a_part_of_a_day__nothing(world: ApiWorld) -> None:
    number, reader = granted(world, granularity=Granularity.DAILY), world.signed_in(THIRD_PARTY)
    begin = (world.village.first + 46) * 1_800
    for changes in ({"from": begin + 1_800}, {"to": begin + 47 * 1_800}):
        assert code_of(ask(world, reader, number, **changes)) == (422, "invalid")


def test_shared__pages_of_one_read__count_once_and_join_without_a_seam(world: ApiWorld) -> None:
    number, reader = granted(world, reads_per_day=1), world.signed_in(THIRD_PARTY)
    starts: list[int] = []
    cursor: str | None = None
    while True:
        more = {} if cursor is None else {"cursor": cursor}
        found = ask(world, reader, number, limit=40, **more).json()
        starts += [one["start"] for one in found["items"]]
        cursor = found["next"]
        if cursor is None:
            break
    assert starts == [(world.village.first + i) * 1_800 for i in range(TWO_DAYS)]
    assert code_of(ask(world, reader, number)) == (429, "frequency")


def test_shared__page_of_somebody_elses_read__refused(world: ApiWorld) -> None:
    first = granted(world)
    cursor = ask(world, world.signed_in(THIRD_PARTY), first, limit=10).json()["next"]
    second = granted(world, grantee=OTHER_PARTY.address)
    assert code_of(ask(world, world.signed_in(OTHER_PARTY), second, cursor=cursor)) == (422, "cursor")


def test_shared__page_after_the_hour__refused(world: ApiWorld) -> None:
    number, reader = granted(world), world.signed_in(THIRD_PARTY)
    cursor = ask(world, reader, number, limit=10).json()["next"]
    world.village.travel(world.village.now() + 3_700)
    world.index()
    assert code_of(ask(world, reader, number, cursor=cursor)) == (422, "cursor")


def test_shared__erased_member__earlier_consents_are_served_no_more(world: ApiWorld) -> None:
    keep_person(world.store, FLAT)
    number, reader = granted(world), world.signed_in(THIRD_PARTY)
    assert ask(world, reader, number).status_code == 200
    assert world.signed_in(member_key(FLAT)).delete("/v1/me/data").status_code == 200
    assert code_of(ask(world, reader, number)) == (403, "no_consent")
    world.village.travel(world.village.now() + 60)
    assert ask(world, reader, granted(world)).status_code == 200


def test_log__reads_and_life__for_the_member_and_the_grantee_alone(world: ApiWorld) -> None:
    person = keep_person(world.store, FLAT)
    number, reader = granted(world), world.signed_in(THIRD_PARTY)
    ask(world, reader, number)
    path = f"/v1/consents/{number}/log"
    for account in (member_key(LOFT), OTHER_PARTY, world.village.operator):
        assert code_of(world.signed_in(account).get(path)) == (404, "not_yours")
    own, theirs = world.signed_in(member_key(FLAT)).get(path).json(), reader.get(path).json()
    assert [line["kind"] for line in own["lines"]] == ["read", "granted"]
    first = world.village.first
    assert (own["lines"][0]["first_interval"], own["lines"][0]["end_interval"]) == (first, first + TWO_DAYS)
    assert own["lines"][0]["account"] == THIRD_PARTY.address
    assert own["consent"]["reads"] == 1
    assert own["consent"]["label"] == person.label
    assert theirs["consent"]["label"] is None


def test_list__given_and_received__with_their_states(world: ApiWorld) -> None:
    first, second = granted(world), granted(world, grantee=OTHER_PARTY.address)
    world.village.do("ConsentRegistry.revoke", second, by=member_key(FLAT))
    ended = granted(world, valid_until=world.village.now() + 600)
    world.village.travel(world.village.now() + 601)
    world.index()
    given = world.signed_in(member_key(FLAT)).get("/v1/consents").json()["given"]
    assert {one["consent"]: one["state"] for one in given} == {
        first: "valid",
        second: "revoked_by_psu",
        ended: "expired",
    }
    received = world.signed_in(OTHER_PARTY).get("/v1/consents").json()
    assert [one["consent"] for one in received["received"]] == [second]
    assert received["given"] == []
    assert world.signed_in(member_key(LOFT)).get("/v1/consents").json() == {"given": [], "received": []}
