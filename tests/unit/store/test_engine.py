"""A store by URL: what is refused, and that what is written is whole, and read as it was at one moment."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from wattcommons.errors import SettingsError, StoreDamaged, StoreError
from wattcommons.services.store.engine import Store, open_store
from wattcommons.services.store.store_url import parse_url, shown

pytestmark = pytest.mark.unit

SECRET = "hunter2"  # noqa: S105


@pytest.fixture
def store(tmp_path: Path) -> Store:
    opened = open_store(tmp_path / "state" / "watt.db")
    opened.migrate()
    return opened


def nonces(store: Store) -> list[str]:
    with store.read() as connection:
        return [row[0] for row in connection.execute(text("SELECT nonce FROM sign_in_nonces ORDER BY nonce"))]


def add(store: Store, nonce: str) -> None:
    with store.write() as connection:
        connection.execute(text("INSERT INTO sign_in_nonces VALUES (:nonce, 1)"), {"nonce": nonce})


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "no store is named"),
        (f"mysql://watt:{SECRET}@db/watt", "no kind of store"),
        (f"postgresql://watt:{SECRET}@db", "names no database"),
        ("sqlite://", "names no database"),
        ("sqlite:///:memory:", "names no database"),
        ("sqlite://host/file.db", "three slashes"),
        (f"postgresql://watt:{SECRET}@db/watt?password={SECRET}", "unknown option"),
        (f"postgresql://watt:{SECRET}@db/watt?sslmode=maybe", "sslmode is unknown"),
        (f"postgresql://watt:{SECRET}@db:port/watt", "no URL of a store"),
    ],
)
def test_url__none_of_ours__refused_without_repeating_it(url: str, why: str) -> None:
    with pytest.raises(SettingsError, match=why) as caught:
        parse_url(url)
    assert SECRET not in str(caught.value)


def test_url__shown__without_password() -> None:
    assert shown(parse_url(f"postgres://watt:{SECRET}@db:5433/watt")) == "postgresql://watt:***@db:5433/watt"
    assert shown(parse_url("sqlite:////srv/watt.db")) == shown(parse_url(Path("/srv/watt.db"))) == "/srv/watt.db"


def test_open__another_programs_file__refused_and_left_as_it_is(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE thing (id)")
    connection.close()
    before = other.read_bytes()
    with pytest.raises(StoreDamaged, match="of another program"):
        open_store(other)
    connection = sqlite3.connect(other)
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("thing",)]
    connection.close()
    letter = tmp_path / "letter.txt"
    letter.write_bytes(b"Dear neighbours, " * 400)
    with pytest.raises(StoreDamaged, match="letter.txt"):
        open_store(letter)
    assert letter.read_bytes() == b"Dear neighbours, " * 400
    assert len(before) > 0


def test_open__no_file_and_none_to_be_made__refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no such file"):
        open_store(tmp_path / "none.db", create=False)
    assert not (tmp_path / "none.db").exists()


def test_migrate__newer_version__refused(store: Store) -> None:
    with store.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreDamaged, match="9999"):
        store.migrate()
    with pytest.raises(StoreError, match="another version"):
        store.require_current()


def test_require_current__nothing_there__says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="nothing in the store yet"):
        open_store(tmp_path / "empty.db").require_current()


def test_write__inside_another__refused(store: Store) -> None:
    with pytest.raises(StoreError, match="inside another"), store.write(), store.write():
        pass
    add(store, "later")
    assert nonces(store) == ["later"]


def test_read__write_in_it__refused(store: Store) -> None:
    with pytest.raises(StoreError, match="cannot be written"), store.read() as connection:
        connection.execute(text("INSERT INTO sign_in_nonces VALUES ('a', 1)"))


def test_error__values_of_a_statement__not_in_it(store: Store) -> None:
    add(store, SECRET)
    with pytest.raises(StoreError) as caught:
        add(store, SECRET)
    assert SECRET not in str(caught.value)
    assert SECRET not in str(caught.value.__cause__)


def test_write__error_inside__nothing_kept(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.write(bulk=True) as connection:
        connection.execute(text("INSERT INTO sign_in_nonces VALUES ('a', 1)"))
        _ = 1 // 0
    assert nonces(store) == []


def test_read__others_write_meanwhile__sees_one_moment(store: Store) -> None:
    add(store, "a")
    with store.read() as connection:
        count = text("SELECT COUNT(*) FROM sign_in_nonces")
        assert connection.execute(count).scalar_one() == 1
        add(store, "b")
        assert connection.execute(count).scalar_one() == 1
    assert nonces(store) == ["a", "b"]


def test_write__many_threads__each_whole(store: Store) -> None:
    threads = [
        threading.Thread(target=lambda i=i: [add(store, f"{i}-{j}") for j in range(10)])  # type: ignore[misc]
        for i in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(nonces(store)) == 80


def test_open__new_file__for_its_owner_alone_and_whole(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/deep/watt.db")
    store.migrate()
    store.migrate()
    store.require_current()
    assert (tmp_path / "deep" / "watt.db").stat().st_mode & 0o777 == 0o600
    assert repr(store) == f"Store({tmp_path}/deep/watt.db)"
    store.close()
    open_store(tmp_path / "deep" / "watt.db").require_current()
