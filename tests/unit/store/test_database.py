"""The file under every store: what it refuses, and that a transaction is kept whole or not at all."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from wattcommons.errors import StoreDamaged, StoreError, StoreFull
from wattcommons.services.store import database as module
from wattcommons.services.store.database import Database

pytestmark = pytest.mark.unit

MARK = 0x57435453
FIRST = "CREATE TABLE thing (id INTEGER PRIMARY KEY, content BLOB NOT NULL) STRICT;\nCREATE INDEX i ON thing (content);"
SECOND = """
CREATE TABLE log (id INTEGER NOT NULL REFERENCES thing (id)) STRICT;
CREATE TRIGGER kept AFTER INSERT ON thing BEGIN
    INSERT INTO log VALUES (new.id);
    UPDATE thing SET content = content WHERE id = new.id;
END;
"""


def opened(path: Path, *migrations: str, mark: int = MARK) -> Database:
    return Database(path, migrations or (FIRST,), mark, busy_s=0)


def contents(database: Database) -> list[bytes]:
    with database.transaction() as connection:
        return [row[0] for row in connection.execute("SELECT content FROM thing ORDER BY id")]


def add(database: Database, content: bytes) -> None:
    with database.transaction() as connection:
        connection.execute("INSERT INTO thing (content) VALUES (?)", (content,))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "store.db"


def test_open__no_database__refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_bytes(b"Dear neighbours, " * 400)
    with pytest.raises(StoreDamaged) as caught:
        opened(path)
    assert str(path) in caught.value.message
    assert path.read_bytes() == b"Dear neighbours, " * 400


def test_open__cut_off_or_overwritten__refused(file: Path) -> None:
    database = opened(file)
    for number in range(300):
        add(database, bytes([number % 256]) * 900)
    database.close()
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StoreDamaged, match="damaged"):
        opened(file)
    file.write_bytes(whole[:8192] + b"\xa5" * 40_000 + whole[48_192:])
    with pytest.raises(StoreDamaged, match="damaged"):
        opened(file)


def test_transaction__page_overwritten_while_open__damaged(file: Path) -> None:
    database = opened(file)
    for number in range(300):
        add(database, bytes([number % 256]) * 900)
    database.close()
    database = opened(file)
    with database.transaction() as connection:
        connection.execute("PRAGMA shrink_memory")  # what is cached is not read again
    with file.open("r+b") as raw:
        raw.seek(8192)
        raw.write(b"\xa5" * (file.stat().st_size - 8192))
    with pytest.raises(StoreDamaged):
        contents(database)


def test_open__another_programs_database__refused_and_left_as_it_is(file: Path) -> None:
    opened(file, mark=7).close()
    before = file.read_bytes()
    with pytest.raises(StoreDamaged, match="another program"):
        opened(file)
    assert file.read_bytes() == before


def test_open__unmarked_database_with_tables__refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    with pytest.raises(StoreDamaged, match="another program"):
        opened(path)


def test_open__newer_version__refused(file: Path) -> None:
    opened(file, FIRST, SECOND).close()
    with pytest.raises(StoreDamaged, match="version 2") as caught:
        opened(file, FIRST)
    assert "newer" in caught.value.hint


def test_open__folder_cannot_be_made__says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be made"):
        opened(tmp_path / "file" / "store.db")


def test_open__path_is_a_folder__says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        opened(tmp_path)


def test_transaction__disk_full__named_and_nothing_of_it_kept(file: Path) -> None:
    database = opened(file)
    add(database, b"before")
    with database.transaction() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 4}")
    with pytest.raises(StoreFull) as caught, database.transaction() as connection:
        connection.execute("INSERT INTO thing (content) VALUES (?)", (b"half of it",))
        connection.execute("INSERT INTO thing (content) VALUES (?)", (b"x" * 100_000,))
    assert "free some space" in caught.value.hint
    assert contents(database) == [b"before"]
    with database.transaction() as connection:
        connection.execute("PRAGMA max_page_count = 100000")
    add(database, b"after")
    assert contents(database) == [b"before", b"after"]


def test_error__disk_error_on_a_full_disk__taken_as_full(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = opened(file)
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
    with pytest.raises(StoreError) as caught, database.transaction():
        raise error
    assert not isinstance(caught.value, StoreFull)
    monkeypatch.setattr(module, "_is_full", lambda _: True)
    with pytest.raises(StoreFull), database.transaction():
        raise error


def test_transaction__another_process_writes__says_so_and_works_later(file: Path) -> None:
    database = opened(file)
    code = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "c.execute('BEGIN IMMEDIATE'); print('held', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdin and other.stdout
    try:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(StoreError, match="another process"):
            add(database, b"x")
    finally:
        other.communicate("")
    add(database, b"x")
    assert contents(database) == [b"x"]


def test_transaction__error_inside__nothing_kept_and_the_error_goes_on(file: Path) -> None:
    database = opened(file)
    with pytest.raises(KeyError), database.transaction() as connection:
        connection.execute("INSERT INTO thing (content) VALUES (x'01')")
        raise KeyError
    with pytest.raises(StoreError, match="no such table"), database.transaction() as connection:
        connection.execute("INSERT INTO thing (content) VALUES (x'01')")
        connection.execute("SELECT * FROM absent")
    assert contents(database) == []


def test_transaction__inside_another__refused_and_the_outer_one_void(file: Path) -> None:
    database = opened(file)
    with pytest.raises(StoreError, match="inside another"), database.transaction() as connection:
        connection.execute("INSERT INTO thing (content) VALUES (x'01')")
        add(database, b"\x02")
    assert contents(database) == []


def test_transaction__after_closing__store_error(file: Path) -> None:
    database = opened(file)
    database.close()
    database.close()
    with pytest.raises(StoreError):
        add(database, b"x")


def test_open__killed_without_closing__every_transaction_is_there(file: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path;"
        "from wattcommons.services.store.database import Database;"
        "d = Database(Path(sys.argv[1]), [sys.argv[2]], int(sys.argv[3]));\n"
        "for n in range(20):\n"
        "    with d.transaction() as c: c.execute('INSERT INTO thing (content) VALUES (?)', (bytes([n]),))\n"
        "c.execute('BEGIN'); c.execute(\"INSERT INTO thing (content) VALUES (x'ff')\");"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code, str(file), FIRST, str(MARK)], check=False)
    assert contents(opened(file)) == [bytes([number]) for number in range(20)]


def test_open__empty_file_left_by_a_power_cut__taken_as_new(file: Path) -> None:
    file.parent.mkdir()
    file.touch()
    assert contents(opened(file)) == []


def test_open__older_version__migrated_once(file: Path) -> None:
    database = opened(file)
    add(database, b"old")
    database.close()
    opened(file, FIRST, SECOND).close()
    database = opened(file, FIRST, SECOND)
    add(database, b"new")
    with database.transaction() as connection:
        assert connection.execute("SELECT id FROM log").fetchall() == [(2,)]


def test_open__migration_fails__file_stays_at_the_version_before(file: Path) -> None:
    opened(file).close()
    with pytest.raises(StoreError):
        opened(file, FIRST, "CREATE TABLE a (x); CREATE TABLE thing (x);")
    database = opened(file, FIRST)
    with database.transaction() as connection:
        assert connection.execute("SELECT name FROM sqlite_master WHERE name = 'a'").fetchall() == []


def test_open__new_file__private_durable_and_with_foreign_keys(file: Path) -> None:
    before = os.umask(0)
    try:
        database = opened(file, FIRST, SECOND)
        add(database, b"x")
    finally:
        os.umask(before)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.with_name("store.db-wal").stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    with database.transaction() as connection:
        found = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
        assert found == ["wal", 2]
    with pytest.raises(StoreError, match="FOREIGN KEY"), database.transaction() as connection:
        connection.execute("INSERT INTO log VALUES (99)")


def test_transaction__many_threads__all_kept(file: Path) -> None:
    database = opened(file)

    def work() -> None:
        for _ in range(25):
            add(database, b"x")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(contents(database)) == 100
