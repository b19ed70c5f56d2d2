"""Every error is a problem that tells what to do and nothing of the inside."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI

from tests.support.api import Client
from wattcommons.errors import (
    AuditError,
    InputError,
    NodeUnavailable,
    RevertedError,
    RuleError,
    StoreFull,
    WrongChain,
)
from wattcommons.services.api.middleware import BodyLimit, ClientLimit, Guard, SafeHeaders, Tags
from wattcommons.services.api.problems import ApiProblem, add_handlers
from wattcommons.services.api.settings import ApiSettings, Limits
from wattcommons.services.runtime.limits import Buckets

pytestmark = pytest.mark.unit

INSIDE = "http://10.1.2.3:8545/key-of-mine"


async def _pieces() -> AsyncIterator[bytes]:
    for _ in range(2):
        yield b"x" * 60


def app_of(error: Exception | None = None, **settings: object) -> FastAPI:
    app = FastAPI()
    chosen = ApiSettings(("http://t",), limits=Limits(body_bytes=100, body_s=5), **settings)  # type: ignore[arg-type]

    @app.get("/v1/thing")
    def thing(number: int = 0) -> dict[str, int]:
        if error is not None:
            raise error
        return {"number": number}

    @app.post("/v1/thing")
    def take(given: dict[str, int]) -> dict[str, int]:
        return given

    add_handlers(app)
    app.add_middleware(BodyLimit, settings=chosen)
    app.add_middleware(ClientLimit, clients=Buckets(0.001, 6), settings=chosen)
    app.add_middleware(Tags)
    app.add_middleware(Guard)
    app.add_middleware(SafeHeaders, settings=chosen)
    return app


def client_of(error: Exception | None = None, **settings: object) -> Client:
    return Client(app_of(error, **settings))


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (ApiProblem(418, "teapot", "no coffee", "ask for tea"), 418, "teapot"),
        (RuleError("too much", "take less"), 422, "rule"),
        (InputError("is wrong", "mend it"), 422, "invalid"),
        (NodeUnavailable(f"nothing at {INSIDE}"), 503, "node_unavailable"),
        (WrongChain(1, 2), 503, "node_unavailable"),
        (RevertedError("OrderRefused", {"reason": 1}), 409, "refused"),
        (StoreFull(f"no space at {INSIDE}"), 503, "store_unavailable"),
        (AuditError("entry", 1, INSIDE), 500, "defect"),
        (ZeroDivisionError(INSIDE), 500, "defect"),
    ],
)
def test_problem__error_of_a_route__its_status_code_and_no_secret(error: Exception, status: int, code: str) -> None:
    answer = client_of(error).get("/v1/thing")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["what_to_do"]
    assert INSIDE not in answer.text
    assert "Traceback" not in answer.text


def test_problem__defect__has_a_number_for_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    answer = client_of(ZeroDivisionError("boom")).get("/v1/thing").json()
    number = answer["detail"].split("incident ")[1].rstrip(")")
    assert number in capsys.readouterr().out


@pytest.mark.parametrize(
    ("method", "path", "more", "status", "code", "where"),
    [
        ("GET", "/v1/other", {}, 404, "not_found", None),
        ("PUT", "/v1/thing", {}, 405, "method", None),
        ("GET", "/v1/thing?number=x", {}, 422, "invalid", "number"),
        ("POST", "/v1/thing", {"content": b"{", "headers": {"content-type": "application/json"}}, 400, "json", "body"),
        ("POST", "/v1/thing", {"json": {"deep": "x"}}, 422, "invalid", "deep"),
        ("POST", "/v1/thing", {"content": b"x" * 101}, 413, "too_large", None),
        ("POST", "/v1/thing", {"content": _pieces()}, 413, "too_large", None),
    ],
)
def test_problem__wrong_request__says_where(
    method: str, path: str, more: dict[str, object], status: int, code: str, where: str | None
) -> None:
    answer = client_of().request(method, path, **more)  # type: ignore[arg-type]
    found = answer.json()
    assert (answer.status_code, found["code"], found["where"]) == (status, code, where)


def test_limit__more_than_the_burst__429_with_when_to_come_again() -> None:
    client = client_of()
    answers = [client.get("/v1/thing") for _ in range(8)]
    assert [one.status_code for one in answers] == [200] * 6 + [429] * 2
    assert int(answers[-1].headers["retry-after"]) > 0
    assert answers[-1].json()["code"] == "too_many"


@pytest.mark.parametrize("trusted", [False, True])
def test_limit__forwarded_address__believed_of_a_known_proxy_alone(trusted: bool) -> None:
    proxies = frozenset({"127.0.0.1"} if trusted else ())
    client = client_of(trusted_proxies=proxies)
    answers = [
        client.get("/v1/thing", headers={"x-forwarded-for": f"6.6.6.6, 10.0.0.{number}"}).status_code
        for number in range(8)
    ]
    assert answers.count(429) == (0 if trusted else 2)


def test_tag__same_answer__304_without_body() -> None:
    client = client_of()
    first = client.get("/v1/thing")
    again = client.get("/v1/thing", headers={"if-none-match": f'"x", {first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get("/v1/thing?number=2", headers={"if-none-match": first.headers["etag"]})
    assert (other.status_code, other.json()) == (200, {"number": 2})


def test_headers__every_answer__keeps_a_browser_here() -> None:
    headers = client_of().get("/v1/thing").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "access-control-allow-origin" not in headers
