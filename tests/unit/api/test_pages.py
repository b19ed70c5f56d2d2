"""The app's files, and nothing beside them."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI

from tests.support.api import Client
from wattcommons.services.api.problems import add_handlers
from wattcommons.services.api.routes import pages
from wattcommons.services.api.settings import ApiSettings

pytestmark = pytest.mark.unit


@pytest.fixture
def client(tmp_path: Path) -> Client:
    (tmp_path / "secret.txt").write_text("not yours")
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>app</title>")
    (folder / "assets" / "main-1a2b.js").write_text("let x = 1")
    (folder / "leak.html").symlink_to(tmp_path / "secret.txt")
    return client_over(folder)


def client_over(folder: Path | None) -> Client:
    app = FastAPI()
    app.include_router(pages.router(ApiSettings(("http://t",), frontend=folder)))
    add_handlers(app)
    return Client(app)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/none",
        "/v1",
        "/rpc",
        "/rpc/x",
        "/assets/none.js",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/%2fetc%2fpasswd.txt",
        "/leak.html",
        "/a%00.txt",
        "/" + "a" * 300 + ".txt",
    ],
)
def test_pages__no_file_of_the_app__404(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "not yours" not in answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_pages__anything_but_reading__404(client: Client, method: str) -> None:
    assert client.request(method, "/market").status_code == 404


@pytest.mark.parametrize("path", ["/", "/market", "/certificates/12", "/verify"])
def test_pages__path_of_the_app__its_page(client: Client, path: str) -> None:
    answer = client.get(path)
    assert "<title>app</title>" in answer.text
    assert answer.headers["cache-control"] == "no-cache"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy, "no other host"


def test_pages__built_file__kept_for_good(client: Client) -> None:
    answer = client.get("/assets/main-1a2b.js")
    assert answer.text == "let x = 1"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith(("text/javascript", "application/javascript"))


def test_pages__not_built__says_so() -> None:
    client = client_over(None)
    assert "not built" in client.get("/").text
    assert client.get("/market").status_code == 404
