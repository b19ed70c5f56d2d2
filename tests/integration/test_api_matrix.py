"""Who may call what: every operation of the API's own description against everybody who might try.

Each request is about what belongs to the owner (a member), and carries what would be needed for it: numbers, ids, even
the owner's own signatures. The table is written by hand. An operation that is not in it fails the test, and so does an
entry that there is no operation for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import httpx
import pytest
from web3 import Web3

from tests.support.api import Client
from tests.support.community import Founded, member_key
from tests.support.matrix_scene import INTENT, MARK_WH, MONTH, NEIGHBOUR, OWNER, Body, Scene, scene_of
from tests.support.records import OTHER_PARTY, PURPOSE_HEX, Person
from wattcommons.services.api.registry.views import issuance_of

pytestmark = pytest.mark.integration

WHO = ("nobody", "neighbour", "third party", "operator", "auditor", "owner")
OK = "ok"
ANYBODY = (OK,) * 6
SIGNED_IN = ("401", *(OK,) * 5)
OWN = ("401", *("404",) * 4, OK)
MEMBERS_OWN = ("401", "404", "403", "403", "403", OK)
OPERATOR = ("401", "403", "403", OK, "403", "403")
AUDITED = ("401", "403", "403", OK, OK, "403")


class Case(NamedTuple):
    """One operation. `expected`: in the order of WHO. `path`: `{…}` filled in by the scene; `body`: what is sent."""

    method: str
    path: str
    expected: tuple[str, ...]
    body: Callable[[Scene], Body] | None = None
    query: str = ""


READ_OF_OWNER = ("401", *("404",) * 3, OK, OK)
ISSUING_BODY = ("401", *("403",) * 5)  # none of these people is one


P = "/v1/participants/{participant}"
R = "/registry/v1"
CASES = (
    Case("GET", "/v1/health", ANYBODY),
    Case("GET", "/v1/community", ANYBODY),
    Case("GET", "/v1/community/overview", ANYBODY, query="period=month&date=2026-01-04"),
    Case("GET", "/v1/market/intervals", ANYBODY),
    Case("GET", "/v1/market/prices", ANYBODY, query="from={start}&to={end}"),
    Case("GET", "/v1/market/intervals/{interval}/curves", OWN, query="participant={participant}"),
    Case("GET", "/v1/offers", ANYBODY),
    # For partners alone: none of these people is one.
    Case("POST", "/v1/offers/texts", ("401", *("403",) * 5), lambda scene: {"title": "Bread", "text": "A loaf."}),
    Case("GET", "/v1/devnet/wallets", ANYBODY),
    Case("POST", "/v1/session/challenge", ANYBODY, lambda scene: {"account": member_key(OWNER).address}),
    Case("POST", "/v1/session", ("422",) * 6, lambda scene: {"message": "no text", "signature": "0x" + "00" * 65}),
    Case("GET", "/v1/session", SIGNED_IN),
    Case("POST", "/v1/session/node", SIGNED_IN),
    Case("POST", "/rpc", ("refused", "refused", "refused", OK, OK, OK), lambda scene: scene.balance_call()),
    Case("POST", "/rpc/{token}", ("401", "refused", "refused", OK, OK, OK), lambda scene: scene.balance_call()),
    Case("GET", "/v1/me", SIGNED_IN),
    Case("GET", "/v1/me/certificates", SIGNED_IN),
    Case("GET", "/v1/me/statements", SIGNED_IN),
    Case("GET", "/v1/me/export-plan", SIGNED_IN),
    Case("GET", "/v1/me/export-groups", SIGNED_IN),
    Case("GET", "/v1/me/points", SIGNED_IN),
    Case("GET", "/v1/me/offers", SIGNED_IN),
    Case("GET", "/v1/me/intents", SIGNED_IN),
    Case("GET", "/v1/me/data", SIGNED_IN),
    Case("GET", P + "/home", OWN),
    Case("GET", P + "/energy", OWN, query="period=month&date=2026-01-04"),
    Case("GET", P + "/supplies", OWN, query="from={start}&to={end}"),
    Case("GET", P + "/orders", OWN),
    Case("GET", P + "/trades", OWN),
    Case("GET", P + "/targets", OWN),
    Case("PUT", P + "/label", OWN, lambda scene: {"label": "House"}),
    Case("GET", P + "/export", OWN),
    Case("GET", P + "/statements/{month}", OWN),
    Case("GET", P + "/claims/{month}", OWN),
    Case("GET", "/v1/certificates/{id}", ("401", "404", "404", "404", OK, OK)),
    Case("GET", "/v1/certificates/{id}/provenance", ("401", "404", "404", "404", OK, OK)),
    Case("GET", "/v1/certificates/{id}/proof", ("401", "403", "403", "403", OK, "403")),
    Case("GET", "/v1/intents/{intent}", OWN),
    Case("GET", "/v1/consents", SIGNED_IN),
    Case("GET", "/v1/consents/choices", SIGNED_IN),
    Case("GET", "/v1/consents/{consent}/log", ("401", "404", OK, "404", "404", OK)),
    Case(
        "GET",
        "/v1/shared/participants/{participant}/energy",
        ("401", "404", OK, "404", "404", "404"),
        query="consent={consent}&purpose={purpose}&from={start}&to={end}",
    ),
    Case("POST", "/v1/orders", MEMBERS_OWN, lambda scene: scene.order()),
    Case("POST", "/v1/orders/end", MEMBERS_OWN, lambda scene: scene.order_end()),
    Case("POST", "/v1/certificates/cancellations", ("401", *("403",) * 4, OK), lambda scene: scene.cancellation()),
    # The owner is let through to the contract's rules, by which the points do not suffice.
    Case("POST", "/v1/points/redemptions", ("401", *("403",) * 4, "409"), lambda scene: scene.redemption()),
    Case("POST", "/v1/consents", MEMBERS_OWN, lambda scene: scene.grant()),
    Case("POST", "/v1/consents/{ended}/end", MEMBERS_OWN, lambda scene: scene.consent_end()),
    Case("POST", "/v1/consents/{asked}/reject", MEMBERS_OWN, lambda scene: scene.consent_rejection()),
    Case("POST", "/v1/enrolments", ("401", "403", "403", "422", "403", "403"), lambda scene: {"content": "{}"}),
    # Let through, the operator is told that this is no code.
    Case(
        "POST",
        "/v1/enrolments/codes",
        ("401", "403", "403", "422", "403", "403"),
        lambda scene: {"code": "none", "from_interval": 1},
    ),
    Case("GET", "/v1/enrolments", SIGNED_IN),
    Case(
        "POST",
        "/v1/enrolments/{draft}/signatures",
        ("401", "404", "404", "403", "404", OK),
        lambda scene: scene.enrolment_signature,
    ),
    Case("GET", "/v1/operator/overview", AUDITED),
    Case("GET", "/v1/operator/members", OPERATOR),
    Case("GET", "/v1/operator/treasury", AUDITED),
    Case("GET", "/v1/operator/skipped", AUDITED),
    Case("POST", "/v1/operator/profiles", OPERATOR, lambda scene: {"name": "Somebody New"}),
    # Let through, the operator is told that there is no such draft.
    Case(
        "PUT",
        "/v1/operator/profiles/{nothing}/member",
        ("401", "403", "403", "404", "403", "403"),
        lambda scene: {"member": OWNER},
    ),
    Case("POST", "/v1/operator/points", OPERATOR, lambda scene: {"label": "Shed"}),
    Case(
        "PUT",
        "/v1/operator/points/{nothing}/participant",
        ("401", "403", "403", "404", "403", "403"),
        lambda scene: {"participant": OWNER},
    ),
    Case("POST", "/v1/operator/purposes", OPERATOR, lambda scene: {"title": "Study", "text": "For a study."}),
    Case("PUT", "/v1/operator/accounts/{account}/name", OPERATOR, lambda scene: {"name": "Study SCOP"}),
    Case("GET", "/v1/operator/keys/{month}", OPERATOR, query="producer={participant}"),
    Case("GET", "/v1/operator/statements/{month}", OPERATOR),
    Case("DELETE", "/v1/enrolments/{draft}", OPERATOR),
    # The registry: one's own account, all of it for auditors and the issuing body; acting for nobody but oneself.
    Case("POST", R + "/certificate/query", READ_OF_OWNER, lambda scene: {"source_id": member_key(OWNER).address}),
    Case("POST", R + "/certificate/query_full", READ_OF_OWNER, lambda scene: {"source_id": member_key(OWNER).address}),
    Case("GET", R + "/certificate/certificates_template", ANYBODY),
    Case("GET", R + "/certificate/export", READ_OF_OWNER, query="from={start}&to={end}&source_id={owner}"),
    Case("GET", R + "/certificate/{issuance}", READ_OF_OWNER),
    Case(
        "POST", R + "/certificate/transfer", OWN, lambda scene: scene.bundles(target_id=member_key(NEIGHBOUR).address)
    ),
    Case("POST", R + "/certificate/cancel", OWN, lambda scene: scene.bundles(**scene.cancellation()["terms"])),
    # Let through, the owner is told that nothing waits.
    Case("POST", R + "/certificate/claim", ("401", *("404",) * 4, "409"), lambda scene: scene.bundles()),
    Case("POST", R + "/certificate/withdraw", ISSUING_BODY, lambda scene: scene.bundles(reason="0x" + "07" * 32)),
    Case("POST", R + "/certificate/reserve", OWN, lambda scene: scene.bundles(expires=scene.village.now() + 9)),
    Case("GET", R + "/certificate/reserve", SIGNED_IN),
    Case("DELETE", R + "/certificate/reserve/{reservation}", ("401", *("404",) * 5)),  # there is none by this number
    Case("GET", R + "/device", SIGNED_IN),
    Case("GET", R + "/device/{device}", READ_OF_OWNER),
    Case("GET", R + "/measurement/meter_readings_template", ANYBODY),
    Case("POST", R + "/measurement/submit_readings", ("401", *("422",) * 5), lambda scene: {"runs": "0x00"}),
    Case("GET", R + "/measurement/{device}", READ_OF_OWNER, query="from={start}&to={end}"),
    Case("GET", R + "/measurement/{device}/export", READ_OF_OWNER, query="from={start}&to={end}"),
    Case("GET", R + "/account/{owner}", READ_OF_OWNER),
    Case("GET", R + "/account/{owner}/summary", READ_OF_OWNER),
    Case("GET", R + "/account/{owner}/certificates", READ_OF_OWNER),
    Case("GET", R + "/account/{owner}/whitelist", OWN),
    Case("PUT", R + "/account/{owner}/whitelist", OWN, lambda scene: {"only_listed": False, "accounts": []}),
    Case("GET", R + "/export_group", SIGNED_IN),
    Case("GET", R + "/export_group/{group}", READ_OF_OWNER),
    # Let through, they are told that the group is not full.
    Case("GET", R + "/export_group/{group}/file", ("401", *("404",) * 3, "409", "409"), query="format=json"),
    # About one's own certificates alone: nobody has enough for a group.
    Case("POST", R + "/export_group/fill", ("401", *("409",) * 5), lambda scene: {"device_id": 1}),
    Case("POST", R + "/export_group/release", OWN, lambda scene: {"group": scene.group}),
    Case("POST", R + "/export_group/give_back", ISSUING_BODY, lambda scene: {"group": scene.group}),
    Case(
        "POST",
        R + "/export_group/accept",
        ISSUING_BODY,
        lambda scene: {"group": scene.group, "national_reference": "0x" + "0a" * 32},
    ),
    Case(
        "POST",
        R + "/export_group/decline",
        ISSUING_BODY,
        lambda scene: {"group": scene.group, "reason": "0x" + "0b" * 32},
    ),
    Case("DELETE", "/v1/session", ANYBODY),  # of one's own session, if there is one
    # Everybody may erase what is kept of themselves: the owner comes last, and stands until then.
    Case("DELETE", "/v1/me/data", SIGNED_IN),
)
STREAMS = {("GET", "/v1/events")}
"""Endless answers, tested over a real connection with the events."""
NAMES = {
    "ended": "consent",
    "asked": "consent",
    "nothing": "draft",
    "issuance": "issuance_id",
    "reservation": "reservation_id",
    "device": "device_id",
    "owner": "account_id",
}
"""Parameters that the description knows by another name."""


@pytest.fixture(scope="module")
def scene(chain: Web3, founded_village: Founded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with scene_of(chain, founded_village, tmp_path_factory.mktemp("matrix")) as made:
        yield made


def filled(scene: Scene, text: str, token: str) -> str:
    first = scene.village.first
    values = {
        "participant": OWNER,
        "interval": first,
        "start": first * 1_800,
        "end": (first + 1) * 1_800,
        "month": MONTH,
        "id": scene.certificate,
        "intent": INTENT,
        "consent": scene.consent,
        "ended": scene.ended,
        "asked": scene.asked,
        "purpose": PURPOSE_HEX,
        "draft": scene.enrolment,
        "nothing": "0" * 32,
        "account": OTHER_PARTY.address,
        "token": token,
        "issuance": issuance_of(1, first, scene.village.terms.length),
        "reservation": "0" * 32,
        "device": 1,
        "group": scene.group,
        "owner": member_key(OWNER).address,
    }
    return text.format(**values)


def asked(scene: Scene, case: Case, who: str) -> httpx.Response:
    """The answer to one of the people, in a session opened for it."""
    account = scene.people()[who]
    client: Client = scene.world.stranger if account is None else scene.world.signed_in(account)
    token = "x" * 43 if account is None or "{token}" not in case.path else scene.world.token(account)
    path = filled(scene, case.path, token)
    more: dict[str, Any] = {} if case.body is None else {"json": case.body(scene)}
    return client.request(case.method, path + (f"?{filled(scene, case.query, token)}" if case.query else ""), **more)


def outcome(answer: httpx.Response) -> str:
    """`ok`, the status of a problem, or `refused` for an error in a JSON-RPC answer."""
    if answer.status_code >= 300:
        assert answer.headers["content-type"] == "application/problem+json", answer.text
        return str(answer.status_code)
    return "refused" if answer.text.startswith('{"jsonrpc"') and "error" in answer.json() else OK


def test_matrix__every_operation_of_the_description__is_in_the_table(scene: Scene) -> None:
    described = scene.world.stranger.get("/v1/openapi.json").json()["paths"]
    operations = {(method.upper(), path) for path, found in described.items() for method in found}
    known = set()
    for case in CASES:
        path = case.path
        for ours, theirs in NAMES.items():
            path = path.replace(f"{{{ours}}}", f"{{{theirs}}}")
        known.add((case.method, path))
    assert operations - known - STREAMS == set(), "say in CASES who may call these"
    assert (known | STREAMS) - operations == set(), "these are no more"


def test_matrix__marks_looked_for__are_what_the_owner_reads(scene: Scene) -> None:
    owner = scene.world.signed_in(member_key(OWNER))
    assert str(MARK_WH) in owner.get(f"/v1/participants/{OWNER}/export").text
    assert Person(OWNER).name in owner.get("/v1/me").text
    assert Person(OWNER).prm in owner.get("/v1/me/data").text


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.method} {case.path}")
def test_matrix__operation__refused_to_all_but_those_it_is_for(scene: Scene, case: Case) -> None:
    answers = {who: asked(scene, case, who) for who in WHO}
    found = {who: outcome(answer) for who, answer in answers.items()}
    assert found == dict(zip(WHO, case.expected, strict=True)), {who: one.text[:300] for who, one in answers.items()}
    # Whoever is let through without being the owner, an operator or invited sees nothing that is the owner's alone.
    for who in ("nobody", "neighbour"):
        leaked = [mark for mark in (*Person(OWNER).marks, str(MARK_WH)) if mark in answers[who].text]
        assert leaked == [], f"{who} reads {leaked}"
    for who in ("third party", "auditor"):
        assert [mark for mark in Person(OWNER).marks if mark in answers[who].text] == []
    assert [mark for mark in Person(NEIGHBOUR).marks if mark in answers["owner"].text] == []
