"""The API over a store that is filled already, asked as a page asks it: whoever is wanted is signed in by a token."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
from fastapi import FastAPI

from tests.support.api import SETTINGS, Client
from wattcommons.chain.contracts import Contracts
from wattcommons.services.api.app import create_app
from wattcommons.services.api.context import Context
from wattcommons.services.api.dependencies import token_hash
from wattcommons.services.api.events import EventHub
from wattcommons.services.api.settings import ApiSettings
from wattcommons.services.prover.make import prove
from wattcommons.services.runtime.limits import Buckets
from wattcommons.services.store.app.sessions import StoredSession, add_session
from wattcommons.services.store.engine import Store


@dataclass
class ReadingApi:
    """Nobody is limited, nothing is sent on."""

    app: FastAPI
    store: Store
    settings: ApiSettings
    tokens: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, who: str | None = None, *, known: str | None = None, **query: Any) -> httpx.Response:
        """A GET; `who`: the wallet that is signed in, `known`: the tag of an answer one has. `from_` is `from`."""
        headers = {} if who is None else {"Authorization": f"Bearer {self._token(who)}"}
        if known is not None:
            headers["If-None-Match"] = known
        return Client(self.app, headers).get(path, params={name.rstrip("_"): value for name, value in query.items()})

    def read(self, path: str, who: str | None = None, **query: Any) -> Any:
        """The JSON of a GET that must succeed."""
        answer = self.get(path, who, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, path: str, who: str | None = None, **query: Any) -> tuple[int, str]:
        """Status and code of a GET that must not succeed; it says what is wrong, for people."""
        answer = self.get(path, who, **query)
        assert answer.headers["content-type"] == "application/problem+json", answer.text
        problem = answer.json()
        assert problem["detail"]
        return answer.status_code, problem["code"]

    def _token(self, wallet: str) -> str:
        if wallet not in self.tokens:
            token = secrets.token_urlsafe(32)
            with self.store.write() as connection:
                add_session(connection, token_hash(token), StoredSession(wallet, 0, 2**40, bearer=True))
            self.tokens[wallet] = token
        return self.tokens[wallet]


def reading_api(store: Store, contracts: Contracts, **changed: Any) -> ReadingApi:
    """The application in this process. `changed`: settings other than tests.support.api's."""
    settings = replace(SETTINGS, **changed)
    free = Buckets(10**6, 10**6)
    context = Context(
        settings,
        store,
        contracts,
        EventHub(),
        None,
        free,
        free,
        free,
        prover=lambda number: prove(contracts, number).data,
    )
    return ReadingApi(create_app(context), store, settings)
