"""What members sign, on its way through the API to a real chain: refused in words, or followed to its end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.api import RELAY, ApiWorld, Client, code_of, world_of
from tests.support.community import Community, made, member_key, used
from tests.support.village import BARN, FLAT, MILL, ROOF, SPA
from wattcommons.chain.sender import Sender
from wattcommons.chain.signing import sign
from wattcommons.chain.typed_data import cancel_message, domain_of
from wattcommons.domain.orders import Order
from wattcommons.errors import NodeUnavailable
from wattcommons.services.store.app.intents import intents_in

pytestmark = pytest.mark.integration


@pytest.fixture
def world(village: Community, tmp_path: Path) -> Iterator[ApiWorld]:
    with world_of(village, tmp_path) as made_world:
        yield made_world


def body(village: Community, order: Order, signer: int | None = None) -> dict[str, Any]:
    _, signature = village.signed_order(order, member_key(signer) if signer else None)
    terms = {
        "participant": order.participant,
        "standing": order.standing,
        "shares": order.shares,
        "buy_limit": order.buy_limit,
        "sell_limit": order.sell_limit,
        "buy_cap_wh": order.buy_cap_wh,
        "sell_cap_wh": order.sell_cap_wh,
        "from_interval": order.from_interval,
        "to_interval": order.to_interval,
        "nonce": order.nonce,
        "deadline": order.deadline,
    }
    return {"order": terms, "signature": "0x" + signature.hex()}


def state_of(client: Client, answer: httpx.Response) -> tuple[str, str | None]:
    assert answer.status_code == 202, answer.text
    found = client.get(f"/v1/intents/{answer.json()['id']}").json()
    return found["state"], found["refusal"]


# ------------------------------------------------------------------ refused


def test_order__of_another_member__is_not_yours(world: ApiWorld, village: Community) -> None:
    order = village.order(SPA, village.open(), nonce=5)
    assert code_of(world.stranger.post("/v1/orders", body(village, order))) == (401, "signed_out")
    flat = world.signed_in(member_key(FLAT))
    assert code_of(flat.post("/v1/orders", body(village, order))) == (404, "not_yours")
    unknown = replace(order, participant=99)
    assert code_of(flat.post("/v1/orders", body(village, unknown, signer=FLAT))) == (404, "not_yours")
    assert not world.desk.came.is_set()


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"nonce": 1}, 409, "nonce_used"),
        ({"deadline": 1_700_000_000}, 409, "expired"),
        ({"from_interval": 1_000, "to_interval": 1_001}, 409, "gate_closed"),
        ({"from_interval": 0, "to_interval": 5}, 409, "period"),
    ],
)
def test_order__contract_would_refuse__told_at_once_in_words(
    world: ApiWorld, village: Community, changes: dict[str, int], status: int, code: str
) -> None:
    spa = world.signed_in(member_key(SPA))
    order = village.order(SPA, village.open(), **changes)
    answer = spa.post("/v1/orders", body(village, order))
    assert code_of(answer) == (status, code)
    assert answer.json()["what_to_do"]
    assert spa.get("/v1/me/intents").json()["items"] == []


def test_order__signed_by_another__refused(world: ApiWorld, village: Community) -> None:
    spa = world.signed_in(member_key(SPA))
    order = village.order(SPA, village.open())
    assert code_of(spa.post("/v1/orders", body(village, order, signer=FLAT))) == (409, "not_signer")
    changed = body(village, order)
    changed["order"]["buy_limit"] += 1
    assert code_of(spa.post("/v1/orders", changed)) == (409, "not_signer")


@pytest.mark.parametrize(
    ("field", "value", "where"),
    [
        ("buy_limit", 1_500_000_000, "order.buy_limit"),
        ("to_interval", 0, "order.to_interval"),
        ("nonce", 0, "order.nonce"),
        ("buy_cap_wh", 2**24, "order.buy_cap_wh"),
        ("surprise", 1, "order.surprise"),
    ],
)
def test_order__field_breaks_a_rule__named(
    world: ApiWorld, village: Community, field: str, value: int, where: str
) -> None:
    spa = world.signed_in(member_key(SPA))
    given = body(village, village.order(SPA, village.open()))
    given["order"][field] = value
    answer = spa.post("/v1/orders", given)
    assert answer.status_code == 422
    assert answer.json()["where"] == where


def test_intent__of_another_wallet__is_not_yours(world: ApiWorld, village: Community) -> None:
    spa, flat = world.signed_in(member_key(SPA)), world.signed_in(member_key(FLAT))
    sent = spa.post("/v1/orders", body(village, village.order(SPA, village.open()))).json()["id"]
    assert code_of(flat.get(f"/v1/intents/{sent}")) == (404, "not_yours")
    assert flat.get("/v1/me/intents").json()["items"] == []
    assert [one["id"] for one in spa.get("/v1/me/intents").json()["items"]] == [sent]


def test_order__stale_when_it_lands__refused_with_the_reason(world: ApiWorld, village: Community) -> None:
    spa = world.signed_in(member_key(SPA))
    answer = spa.post("/v1/orders", body(village, village.order(SPA, village.open(), nonce=5)))
    village.place(village.order(SPA, village.open(), nonce=9))  # from elsewhere, in the meantime
    world.work()
    assert state_of(spa, answer) == ("refused", "nonce_used")
    assert [one.state for one in world.told] == ["sent", "refused"]


def test_orders__too_many_open__must_wait(world: ApiWorld, village: Community) -> None:
    world.desk.open_each = 2
    spa = world.signed_in(member_key(SPA))
    answers = [spa.post("/v1/orders", body(village, village.order(SPA, village.open(), nonce=n))) for n in (5, 6, 7)]
    assert [one.status_code for one in answers] == [202, 202, 429]
    assert answers[2].headers["retry-after"]
    world.work()
    assert spa.post("/v1/orders", body(village, village.order(SPA, village.open(), nonce=7))).status_code == 202


def test_order__node_away__503_and_nothing_kept(
    world: ApiWorld, village: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    spa = world.signed_in(member_key(SPA))
    given = body(village, village.order(SPA, village.open()))

    def away(*_: Any, **__: Any) -> Any:
        raise NodeUnavailable("nothing answers at http://10.0.0.5:8545/secret")

    monkeypatch.setattr("wattcommons.services.api.intents.desk.try_all", away)
    answer = spa.post("/v1/orders", given)
    assert code_of(answer) == (503, "node_unavailable")
    assert "secret" not in answer.text
    assert spa.get("/v1/me/intents").json()["items"] == []


# ------------------------------------------------------------------ sent and followed


def test_order__accepted__stands_on_the_book_and_clears(world: ApiWorld, village: Community) -> None:
    spa, mill = world.signed_in(member_key(SPA)), world.signed_in(member_key(MILL))
    interval = village.open()
    bids = {
        SPA: village.order(SPA, interval, buy_limit=190_000),
        MILL: village.order(MILL, interval, sell_limit=50_000),
    }
    answers = [spa.post("/v1/orders", body(village, bids[SPA])), mill.post("/v1/orders", body(village, bids[MILL]))]
    world.work()
    assert state_of(spa, answers[0]) == state_of(mill, answers[1]) == ("done", None)
    hashes = {client.get("/v1/me/intents").json()["items"][0]["tx_hash"] for client in (spa, mill)}
    assert len(hashes) == 1, "two bids, one transaction"
    assert village.see("OrderBook.orderAt", SPA, interval)[0]
    standing = {i: village.standing_order(i) for i in (ROOF, FLAT, 5)}
    readings = {MILL: made(900), ROOF: made(0), SPA: used(800), FLAT: used(0), 5: used(0), BARN: used(0)}
    village.record_interval(interval, readings)
    settled = village.settlement(interval, readings, {**standing, **bids})
    village.advance(settled)
    outcome = village.outcome(interval)
    assert (outcome.settled, outcome.matched_wh, outcome.price) == (True, 800, 50_000)


def test_order__same_message_twice__is_one_intent(world: ApiWorld, village: Community) -> None:
    spa = world.signed_in(member_key(SPA))
    given = body(village, village.order(SPA, village.open()))
    first, second = spa.post("/v1/orders", given).json(), spa.post("/v1/orders", given).json()
    assert first == second
    world.work()
    third = spa.post("/v1/orders", given).json()
    assert (third["id"], third["state"]) == (first["id"], "done")
    assert len(spa.get("/v1/me/intents").json()["items"]) == 1


def test_order__then_its_end_within_a_moment__sent_in_that_order(world: ApiWorld, village: Community) -> None:
    spa = world.signed_in(member_key(SPA))
    first = village.open()
    placed = spa.post("/v1/orders", body(village, village.order(SPA, first, nonce=5)))
    message = cancel_message(
        domain_of(village.deployment, "OrderBook"), SPA, standing=True, nonce=6, deadline=village.far_future
    )
    ended = spa.post(
        "/v1/orders/end",
        {
            "participant": SPA,
            "standing": True,
            "nonce": 6,
            "deadline": village.far_future,
            "signature": "0x" + sign(member_key(SPA), message).hex(),
        },
    )
    world.work()
    assert state_of(spa, placed) == state_of(spa, ended) == ("done", None)
    assert village.see("OrderBook.orderAt", SPA, first)[0] is False


def test_order__sent_by_somebody_else_first__is_done(world: ApiWorld, village: Community) -> None:
    spa = world.signed_in(member_key(SPA))
    order = village.order(SPA, village.open(), nonce=5)
    answer = spa.post("/v1/orders", body(village, order))
    village.place(order)
    world.work()
    assert state_of(spa, answer) == ("done", None)


# ------------------------------------------------------------------ nothing lost


def test_intent__killed_before_it_is_sent__sent_after_the_start(world: ApiWorld, village: Community) -> None:
    spa = world.signed_in(member_key(SPA))
    answer = spa.post("/v1/orders", body(village, village.order(SPA, village.open())))
    world.start()
    world.work()
    assert state_of(spa, answer) == ("done", None)


@pytest.mark.parametrize("arrived", [False, True], ids=["lost on the way", "arrived"])
def test_intent__killed_while_it_is_handed_over__the_same_transaction_again(
    world: ApiWorld,
    village: Community,
    monkeypatch: pytest.MonkeyPatch,
    arrived: bool,
) -> None:
    spa = world.signed_in(member_key(SPA))
    answer = spa.post("/v1/orders", body(village, village.order(SPA, village.open())))
    hand_over = Sender.hand_over

    def killed(sender: Sender, prepared: Any) -> None:
        if arrived:
            hand_over(sender, prepared)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Sender, "hand_over", killed)
        world.worker.round()
    sent = spa.get(f"/v1/intents/{answer.json()['id']}").json()
    assert sent["state"] == "sent"
    world.start()
    world.work()
    assert state_of(spa, answer) == ("done", None)
    assert spa.get(f"/v1/intents/{answer.json()['id']}").json()["tx_hash"] == sent["tx_hash"]


def test_intent__another_program_took_the_nonce__signed_anew_and_done(
    world: ApiWorld, village: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    spa = world.signed_in(member_key(SPA))
    answer = spa.post("/v1/orders", body(village, village.order(SPA, village.open())))

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Sender, "hand_over", killed)
        world.worker.round()
    Sender(village.web3, RELAY).send(village.call("MemberRegistry.memberCount"))
    world.start()
    for _ in range(4):
        try:
            world.work(1)
        except NodeUnavailable:
            continue
    assert state_of(spa, answer) == ("done", None)


def test_intents__many_of_many_members__one_round_few_transactions(world: ApiWorld, village: Community) -> None:
    first = village.open()
    clients = {participant: world.signed_in(member_key(participant)) for participant in village.participants}
    answers = []
    for participant, client in clients.items():
        for step in range(3):
            order = village.order(participant, first + step, nonce=5 + step)
            answers.append((client, client.post("/v1/orders", body(village, order))))
    world.work()
    assert {state_of(client, answer) for client, answer in answers} == {("done", None)}
    with world.store.read() as connection:
        assert len({one.tx_hash for one in intents_in(connection, "done", 100)}) == 1


def test_intents__pages__every_one_once(world: ApiWorld, village: Community) -> None:
    spa = world.signed_in(member_key(SPA))
    first = village.open()
    for nonce in range(5, 12):
        assert spa.post("/v1/orders", body(village, village.order(SPA, first, nonce=nonce))).status_code == 202
    seen, cursor = [], None
    while True:
        page = spa.get("/v1/me/intents", params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 7
    assert seen == sorted(seen, reverse=True)
    assert code_of(spa.get("/v1/me/intents", params={"cursor": "nonsense"})) == (422, "cursor")
