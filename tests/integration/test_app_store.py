"""What is kept beside the chain, on both databases: counted and numbered right when many ask at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.postgres import postgres
from wattcommons.services.store.app.consent_reads import ConsentRead, log_read, reads_under
from wattcommons.services.store.app.private import Draft, add_draft, find_draft, keep_profile, profile_of
from wattcommons.services.store.app.statement_numbers import give_number
from wattcommons.services.store.engine import Store, open_store

pytestmark = pytest.mark.integration

READ = ConsentRead(0, 5, 3, "0x" + "ab" * 20, 10, 20, 2, 1_000)


@pytest.fixture(scope="module")
def server_url() -> Iterator[str]:
    with postgres() as server:
        yield server.database()


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    sqlite = request.param == "sqlite"
    opened = open_store(tmp_path / "app.sqlite" if sqlite else request.getfixturevalue("server_url"))
    opened.migrate()
    yield opened
    opened.close()


def test_reads__many_at_once__no_more_than_agreed(store: Store) -> None:
    def read(_: int) -> int | None:
        with store.write() as connection:
            return log_read(connection, READ, 3, 0)

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(read, range(16)))
    assert sum(one is not None for one in made) == 3
    with store.read() as connection:
        logged = reads_under(connection, READ.consent, 100)
    assert sorted(one.id for one in logged) == sorted(one for one in made if one is not None)
    assert {one._replace(id=0) for one in logged} == {READ}


def test_numbers__many_at_once__one_a_month_and_none_twice(store: Store) -> None:
    wanted = [(participant, month) for participant in (1, 2, 3) for month in ("2026-01", "2026-02")] * 4

    def number(pair: tuple[int, str]) -> int:
        with store.write() as connection:
            return give_number(connection, *pair, 1)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(number, wanted))
    by_pair = {pair: {one for other, one in zip(wanted, found, strict=True) if other == pair} for pair in wanted}
    assert all(len(numbers) == 1 for numbers in by_pair.values())
    assert len(set().union(*by_pair.values())) == len(by_pair)


def test_draft__nobody_used_it__is_forgotten_in_time(store: Store) -> None:
    content = {"name": "Zoé", "email": None, "language": "fr"}
    old, new = (Draft(letter * 32, "member", content, b"\1" * 32, "0x", at) for letter, at in (("a", 1), ("b", 10**9)))
    with store.write() as connection:
        add_draft(connection, old)
        add_draft(connection, new)
        assert find_draft(connection, old.id, "member") is None
        assert find_draft(connection, new.id, "participant") is None
        assert find_draft(connection, new.id, "member") == new
        keep_profile(connection, new, 7, 10**9)
        assert find_draft(connection, new.id, "member") is None
        kept = profile_of(connection, 7)
    assert kept is not None
    assert kept.name == "Zoé"
