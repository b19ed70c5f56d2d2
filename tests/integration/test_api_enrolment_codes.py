"""Enrolments made of a gateway's code: refused where the registry would, with the point's record where it would not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.api import ApiWorld, code_of, world_of
from tests.support.community import KEYS, Community, member_key
from tests.support.village import LOFT
from wattcommons.chain.enrolment import Party, sign_as_member, sign_as_metering_operator
from wattcommons.chain.enrolment_code import make_code
from wattcommons.chain.enrolment_file import parse_enrolment

pytestmark = pytest.mark.integration
POINT = {"label": "Garden shed", "prm": "12345678901234", "address": "1 Mill Lane"}


@pytest.fixture
def world(village: Community, tmp_path: Path) -> Iterator[ApiWorld]:
    with world_of(village, tmp_path) as here:
        yield here


def asked(world: ApiWorld, **changed: Any) -> httpx.Response:
    """The operator's request for a second metering point of the loft's member."""
    code = make_code(KEYS.gateway("shed"), world.village.deployment).text
    given = {
        "code": code,
        "from_interval": world.village.open() + 5,
        "member": LOFT,
        "basis": "net",
        "import_w": 3_500,
        "export_w": 0,
        "point": POINT,
    }
    body = {name: value for name, value in (given | changed).items() if value is not None}
    return world.signed_in(world.village.operator).post("/v1/enrolments/codes", body)


def test_code__altered_or_of_another_community__refused(world: ApiWorld) -> None:
    village = world.village
    text = make_code(KEYS.gateway("shed"), village.deployment).text
    altered = text[:-1] + ("1" if text[-1] == "0" else "0")
    foreign = make_code(KEYS.gateway("shed"), replace(village.deployment, chain_id=1)).text
    for code in ("shed", altered, foreign):
        assert code_of(asked(world, code=code)) == (422, "rule")


@pytest.mark.parametrize("name", ["member", "basis", "import_w", "export_w"])
def test_new_point__something_missing__named(world: ApiWorld, name: str) -> None:
    answer = asked(world, **{name: None})
    assert code_of(answer) == (422, "invalid")
    assert answer.json()["where"] == name


def test_new_point__what_the_registry_would_refuse__refused_before_anybody_signs(world: ApiWorld) -> None:
    assert code_of(asked(world, member=99)) == (422, "rule")
    assert code_of(asked(world, from_interval=world.village.open() - 1)) == (422, "rule")
    assert code_of(asked(world, from_interval=2**32 - 1)) == (422, "rule")
    assert world.signed_in(world.village.operator).get("/v1/enrolments").json() == []


def test_new_key__code_of_a_participant__takes_nothing_of_the_point(world: ApiWorld) -> None:
    code = make_code(KEYS.gateway("shed"), world.village.deployment, LOFT).text
    assert code_of(asked(world, code=code)) == (422, "invalid")
    nothing = dict.fromkeys(("member", "basis", "import_w", "export_w", "point"))
    made = asked(world, code=code, **nothing)
    assert made.status_code == 201, made.text
    assert parse_enrolment(made.json()["content"].encode()).member == LOFT


def test_new_point__signed_and_submitted__its_record_becomes_the_participants(world: ApiWorld) -> None:
    village = world.village
    found = parse_enrolment(asked(world).json()["content"].encode())
    member = sign_as_member(found, member_key(LOFT)).signatures[Party.MEMBER].octets
    metering = sign_as_metering_operator(found, village.metering_operator).signatures[Party.METERING_OPERATOR].octets
    village.do(
        "MemberRegistry.enrol", found.terms.struct(), member, village.metering_operator.address, metering,
        by=village.operator,
    )  # fmt: skip
    world.index()
    own = world.signed_in(member_key(LOFT))
    assert [one["state"] for one in own.get("/v1/enrolments").json()] == ["submitted"]
    assert "Garden shed" in [one["label"] for one in own.get("/v1/me").json()["participants"]]
    rows = world.signed_in(village.operator).get("/v1/operator/members").json()["participants"]
    assert [one["prm"] for one in rows if one["label"] == "Garden shed"] == [POINT["prm"]]
