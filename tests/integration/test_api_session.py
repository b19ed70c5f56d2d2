"""Signing in: only the very text, for this site and chain, in time, signed by that account, begins a session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.api import ORIGIN, ApiWorld, Client, anybody, code_of, sign_in, world_of
from tests.support.artifacts import deploy
from tests.support.community import Community, member_key
from wattcommons.chain.sign_in import sign_in_message
from wattcommons.chain.signing import sign

pytestmark = pytest.mark.integration


@pytest.fixture
def world(village: Community, tmp_path: Path) -> Iterator[ApiWorld]:
    with world_of(village, tmp_path) as made:
        yield made


def begin(client: Client, message: str, signer: int = 1, **more: object) -> object:
    signature = "0x" + sign(member_key(signer), sign_in_message(message)).hex()
    return client.post("/v1/session", {"message": message, "signature": signature, **more})


def challenge(client: Client, participant: int = 1) -> str:
    answer = client.post("/v1/session/challenge", {"account": member_key(participant).address})
    assert answer.status_code == 200
    return str(answer.json()["message"])


def test_session__nonce_used_before__refused(world: ApiWorld) -> None:
    client = world.stranger
    message = challenge(client)
    assert begin(client, message).status_code == 201
    assert code_of(begin(world.stranger, message)) == (401, "nonce")


def test_session__nonce_never_given_out__refused(world: ApiWorld) -> None:
    message = challenge(world.stranger)
    nonce = message.split("Nonce: ")[1][:32]
    assert code_of(begin(world.stranger, message.replace(nonce, "f" * 32))) == (401, "nonce")


def test_session__forged_signature__refused_and_the_text_is_used_up(world: ApiWorld) -> None:
    client = world.stranger
    message = challenge(client)
    assert code_of(begin(client, message, signer=2)) == (401, "signature")
    assert code_of(begin(client, message)) == (401, "nonce")


def test_session__text_too_old__refused(world: ApiWorld) -> None:
    message = challenge(world.stranger)
    before = world.clock
    world.clock = lambda: before() + 301
    assert code_of(begin(world.stranger, message)) == (401, "expired")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("watt.test wants", "evil.test wants", "sign_in_text"),
        ("URI: http://watt.test", "URI: http://evil.test", "sign_in_text"),
        ("Chain ID: 31337", "Chain ID: 1", "sign_in_text"),
        ("moves nothing", "moves everything", "sign_in_text"),
    ],
)
def test_session__text_for_elsewhere__refused(world: ApiWorld, old: str, new: str, code: str) -> None:
    message = challenge(world.stranger)
    assert old in message
    assert code_of(begin(world.stranger, message.replace(old, new))) == (401, code)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Version: 1", "Version: 2"),
        ("\nNonce", "\n\nNonce"),
        ("Chain ID: 31337", "Chain ID: 031337"),
        ("Issued At: 20", "Issued At: 99999-20"),
        ("Nonce: ", "Request ID: 1\nNonce: "),
    ],
)
def test_session__text_of_another_form__refused(world: ApiWorld, old: str, new: str) -> None:
    message = challenge(world.stranger)
    assert old in message
    assert code_of(begin(world.stranger, message.replace(old, new))) == (422, "sign_in_text")


def test_session__text_lives_longer_than_given__refused(world: ApiWorld) -> None:
    message = challenge(world.stranger)
    stamp = message.split("Expiration Time: ")[1]
    assert code_of(begin(world.stranger, message.replace(stamp, "2099-01-01T00:00:00Z")))[0] == 401


@pytest.mark.parametrize("headers", [{}, {"origin": "http://evil.test"}, {"sec-fetch-site": "cross-site"}])
def test_session__cookie_from_another_site__refused(world: ApiWorld, headers: dict[str, str]) -> None:
    client = Client(world.app, headers)
    assert code_of(begin(client, challenge(client))) == (403, "other_site")
    member = world.signed_in(member_key(1))
    member.headers = headers
    assert code_of(member.delete("/v1/session")) == (403, "other_site")
    assert member.get("/v1/session").status_code == 200, "a read changes nothing"


def test_session__ended_or_expired__is_none(world: ApiWorld) -> None:
    member = world.signed_in(member_key(1))
    kept = dict(member.cookies)
    assert member.delete("/v1/session").status_code == 204
    member.cookies.update(kept)
    assert code_of(member.get("/v1/session")) == (401, "signed_out")
    other = world.signed_in(member_key(1))
    before = world.clock
    world.clock = lambda: before() + world.settings.session_s + 1
    assert code_of(other.get("/v1/session")) == (401, "signed_out")


def test_session__cookie_as_bearer_and_the_other_way__refused(world: ApiWorld) -> None:
    member = world.signed_in(member_key(1))
    token = member.cookies["watt_session"]
    assert code_of(world.stranger.get("/v1/session", headers={"authorization": f"Bearer {token}"}))[0] == 401
    client = world.stranger
    client.cookies.set("watt_session", world.token(member_key(1)))
    assert code_of(client.get("/v1/session"))[0] == 401


def test_session__two_members__each_is_oneself(world: ApiWorld) -> None:
    first, second = world.signed_in(member_key(1)), world.signed_in(member_key(2))
    assert first.get("/v1/session").json()["wallet"] == member_key(1).address
    assert second.get("/v1/session").json()["wallet"] == member_key(2).address
    assert code_of(world.stranger.get("/v1/session")) == (401, "signed_out")


def test_session__cookie__cannot_be_read_by_scripts_or_sent_from_elsewhere(world: ApiWorld) -> None:
    answer = sign_in(world.stranger, member_key(1))
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "token" not in {key for key, value in answer.json().items() if value}


def test_session__https__cookie_is_secure(village: Community, tmp_path: Path) -> None:
    with world_of(village, tmp_path, origins=("https://watt.test",)) as world:
        client = Client(world.app, {"origin": "https://watt.test"})
        answer = sign_in(client, member_key(1))
        assert "Secure" in answer.headers["set-cookie"]
        assert answer.headers["strict-transport-security"]


def test_session__bearer__for_programs_without_origin(world: ApiWorld) -> None:
    token = world.token(anybody(77))
    program = Client(world.app, {"authorization": f"Bearer {token}"})
    assert program.get("/v1/session").json()["wallet"] == anybody(77).address
    assert program.delete("/v1/session").status_code == 204
    assert code_of(program.get("/v1/session")) == (401, "signed_out")


def test_session__contract_wallet__signs_by_its_own_word(world: ApiWorld, village: Community) -> None:
    address = deploy(village.web3, "ContractWalletMock", member_key(3).address, 0).address
    message = world.stranger.post("/v1/session/challenge", {"account": address}).json()["message"]
    assert code_of(begin(world.stranger, message, signer=2)) == (401, "signature")
    message = world.stranger.post("/v1/session/challenge", {"account": address}).json()["message"]
    answer = begin(world.stranger, message, signer=3)
    assert answer.status_code == 201, answer.text
    assert answer.json()["wallet"] == address


def test_session__origin__is_in_the_text(world: ApiWorld) -> None:
    assert f"URI: {ORIGIN}\n" in challenge(world.stranger)
