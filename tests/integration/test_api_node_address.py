"""The node's address for a member's own wallet, which sends neither cookie nor header."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.api import ApiWorld, Client, world_of
from tests.support.community import Community, member_key
from tests.support.village import FLAT, SPA

pytestmark = pytest.mark.integration


@pytest.fixture
def world(village: Community, tmp_path: Path) -> Iterator[ApiWorld]:
    with world_of(village, tmp_path) as made:
        yield made


def wallet(world: ApiWorld) -> Client:
    """A wallet's own connection."""
    return Client(world.app, headers={})


def asked(client: Client, path: str, account: str) -> Any:
    """The nonce of an account by a node's address: the answer, or its error's message."""
    question = {"jsonrpc": "2.0", "id": 1, "method": "eth_getTransactionCount", "params": [account, "latest"]}
    answer = client.post(path, question)
    if answer.status_code != 200:
        return answer.status_code
    found = answer.json()
    return found.get("result") or found["error"]["message"]


def test_node_address__nobody_signed_in__refused(world: ApiWorld) -> None:
    assert wallet(world).post("/v1/session/node").status_code == 401
    assert asked(wallet(world), "/rpc/" + "A" * 43, member_key(SPA).address) == 401


def test_node_address__by_another_site_s_page__refused(world: ApiWorld) -> None:
    member = world.signed_in(member_key(SPA))
    answer = member.post("/v1/session/node", headers={"origin": "http://elsewhere.test"})
    assert answer.status_code == 403


def test_node_address__of_a_member__opens_the_node_for_the_own_wallet_alone(world: ApiWorld) -> None:
    member = world.signed_in(member_key(SPA))
    found = member.post("/v1/session/node")
    assert found.status_code == 201
    path = found.json()["path"]
    assert found.json()["expires"] == member.get("/v1/session").json()["expires"]
    assert asked(wallet(world), path, member_key(SPA).address) == "0x0"
    assert "own" in asked(wallet(world), path, member_key(FLAT).address)


def test_node_address__asked_again__the_same_as_long_as_the_session(world: ApiWorld) -> None:
    member = world.signed_in(member_key(SPA))
    first, again = (member.post("/v1/session/node").json()["path"] for _ in range(2))
    assert first == again
    other = world.signed_in(member_key(SPA))
    assert other.post("/v1/session/node").json()["path"] != first


@pytest.mark.parametrize("sign", ["", "\0node", " node", "%00node"])
def test_node_address__its_token_in_a_header__opens_nothing_else(world: ApiWorld, sign: str) -> None:
    member = world.signed_in(member_key(SPA))
    token = member.post("/v1/session/node").json()["path"].removeprefix("/rpc/")
    headers = {"authorization": f"Bearer {token}".encode() + sign.encode()}
    try:
        status = wallet(world).get("/v1/me", headers=headers).status_code
    except ValueError:
        return  # no client can send it
    assert status in (400, 401)
    cookie = Client(world.app, headers={})
    cookie.cookies.set("watt_session", token)
    assert cookie.get("/v1/me").status_code == 401


def test_node_address__signed_out__opens_nothing_any_more(world: ApiWorld) -> None:
    member = world.signed_in(member_key(SPA))
    path = member.post("/v1/session/node").json()["path"]
    assert member.delete("/v1/session").status_code == 204
    assert asked(wallet(world), path, member_key(SPA).address) == 401
