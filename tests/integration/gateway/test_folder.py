"""Files dropped in a folder: what is left alone, what is refused, what is tried again, and that nothing is lost."""

from __future__ import annotations

import errno
import os
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.energy_files import (
    ORDINARY,
    PRM,
    RememberingSink,
    day_curve,
    edf,
    enedis_curve,
    enedis_flat,
)
from wattcommons.errors import InputError, RuleError, SourceLost, StoreDamaged, StoreError, StoreFull
from wattcommons.services.gateway.samples import RowsTaken
from wattcommons.services.gateway.sources import folder as folder_module
from wattcommons.services.gateway.sources.folder import FolderSource, import_file

pytestmark = pytest.mark.integration

DAY = day_curve(ORDINARY)
GOOD = enedis_curve(DAY)
BAD = enedis_curve(DAY, unit="VA")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "drop"
    made.mkdir()
    return made


def source(folder: Path, sink: RememberingSink, every_s: float = 0.0) -> FolderSource:
    return FolderSource("files", folder, sink, every_s=every_s)


def looked(folder: Path, sink: RememberingSink, looks: int = 2) -> FolderSource:
    watcher = source(folder, sink)
    for _ in range(looks):
        watcher.look()
    return watcher


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


# --- left alone ------------------------------------------------------------------------------------


def test_look__no_folder__source_lost(tmp_path: Path) -> None:
    with pytest.raises(SourceLost, match="cannot be read"):
        source(tmp_path / "none", RememberingSink()).look()


@pytest.mark.parametrize("name", [".x.csv", "x.part", "x.csv.TMP", "x.crdownload"])
def test_look__hidden_or_unfinished__left_alone(folder: Path, name: str) -> None:
    (folder / name).write_bytes(GOOD)
    sink = RememberingSink()
    looked(folder, sink, 3)
    assert (names(folder), sink.files, sink.problems) == ([name], [], [])


def test_look__folder_inside__left_alone(folder: Path) -> None:
    (folder / "older").mkdir()
    (folder / "older" / "x.csv").write_bytes(GOOD)
    looked(folder, RememberingSink())
    assert names(folder) == ["older/x.csv"]


def test_look__file_still_growing__waits_until_it_lies_still(folder: Path) -> None:
    sink, path = RememberingSink(), folder / "x.csv"
    watcher = source(folder, sink)
    for length in (100, 700, len(GOOD)):
        path.write_bytes(GOOD[:length])
        watcher.look()
        assert (names(folder), sink.files) == (["x.csv"], [])
    watcher.look()
    assert (names(folder), len(sink.files)) == (["done/x.csv"], 1)


def test_look__same_size_written_again__waits(folder: Path) -> None:
    sink, path = RememberingSink(), folder / "x.csv"
    watcher = source(folder, sink)
    path.write_bytes(GOOD)
    watcher.look()
    os.utime(path, ns=(1, 1))
    watcher.look()
    assert sink.files == []


def test_look__file_that_changes_while_it_is_read__not_taken(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sink, path = RememberingSink(), folder / "x.csv"
    path.write_bytes(GOOD)
    read = folder_module.read_energy_file

    def read_and_grow(*arguments: object, **options: object) -> object:
        parsed = read(*arguments, **options)  # type: ignore[arg-type]
        path.write_bytes(GOOD + b"2026-06-02T00:30:00+02:00;1\n")
        return parsed

    monkeypatch.setattr(folder_module, "read_energy_file", read_and_grow)
    watcher = looked(folder, sink)
    assert (names(folder), sink.files) == (["x.csv"], [])
    monkeypatch.undo()
    watcher.look()
    watcher.look()
    assert (names(folder), len(sink.files[0])) == (["done/x.csv"], 49)


# --- refused ---------------------------------------------------------------------------------------


def test_look__bad_file__refused_with_its_reason_in_one_sentence(folder: Path) -> None:
    (folder / "x.csv").write_bytes(BAD)
    sink = RememberingSink()
    looked(folder, sink)
    assert names(folder) == ["refused/x.csv", "refused/x.csv.reason.txt"]
    reason = (folder / "refused" / "x.csv.reason.txt").read_text(encoding="utf-8")
    assert reason == "x.csv: line 2: the unit is 'VA' (W, kW, Wh and kWh are known)\n"
    assert (folder / "refused" / "x.csv").read_bytes() == BAD
    [problem] = sink.problems
    assert (problem.kind, problem.message) == ("file", reason.strip())
    assert (sink.files, sink.notes["refused_file"]) == ([], reason.strip())


def link(path: Path) -> None:
    path.with_name(".secret").write_bytes(GOOD)
    path.symlink_to(path.with_name(".secret"))


def pipe(path: Path) -> None:
    os.mkfifo(path)


def listener(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as unix_socket:
        unix_socket.bind(str(path))


@pytest.mark.parametrize("make", [link, pipe, listener])
def test_look__no_regular_file__refused_unopened(folder: Path, make: Callable[[Path], None]) -> None:
    make(folder / "x.csv")
    sink = RememberingSink()
    looked(folder, sink)
    reason = (folder / "refused" / "x.csv.reason.txt").read_text(encoding="utf-8")
    assert "not a regular file" in reason
    assert (sink.files, os.path.lexists(folder / "refused" / "x.csv")) == ([], True)


@pytest.mark.parametrize(
    "error", [InputError("it begins before the one before it ends", "correct it"), RuleError("too old", "bring newer")]
)
def test_look__rows_the_sink_refuses__refused(folder: Path, error: Exception) -> None:
    (folder / "x.csv").write_bytes(GOOD)
    sink = RememberingSink([error])
    looked(folder, sink)
    assert names(folder) == ["refused/x.csv", "refused/x.csv.reason.txt"]
    assert str(error) in sink.notes["refused_file"]


def test_look__meter_of_nobody__refused_and_named(folder: Path) -> None:
    (folder / "x.csv").write_bytes(GOOD)
    (folder / "y.csv").write_bytes(edf(DAY))
    looked(folder, RememberingSink(taken=RowsTaken(unknown=(PRM,))))
    assert PRM in (folder / "refused" / "x.csv.reason.txt").read_text(encoding="utf-8")
    assert len(names(folder)) == 4


def test_look__some_meters_of_nobody__done_and_told(folder: Path) -> None:
    (folder / "x.csv").write_bytes(GOOD)
    sink = RememberingSink(taken=RowsTaken(new=3, known=2, unknown=("other",)))
    looked(folder, sink)
    assert names(folder) == ["done/x.csv"]
    assert sink.notes["last_file"] == "x.csv: Enedis load curve, 3 new, 2 known, 1 unknown meters"


def test_look__name_that_is_no_text__refused_all_the_same(folder: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.csv"))
    path.write_bytes(BAD)
    sink = RememberingSink()
    looked(folder, sink)
    assert len(names(folder)) == 2
    sink.notes["refused_file"].encode()


def test_look__name_there_already__numbered_and_nothing_overwritten(folder: Path) -> None:
    sink = RememberingSink()
    watcher = source(folder, sink)
    for content in (GOOD, BAD):
        for _ in range(3):
            (folder / "x.csv").write_bytes(content)
            watcher.look()
            watcher.look()
    assert names(folder) == [
        "done/x-2.csv",
        "done/x-3.csv",
        "done/x.csv",
        "refused/x-2.csv",
        "refused/x-2.csv.reason.txt",
        "refused/x-3.csv",
        "refused/x-3.csv.reason.txt",
        "refused/x.csv",
        "refused/x.csv.reason.txt",
    ]


# --- tried again -----------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [StoreFull("no space", "free some"), StoreError("locked", "wait")])
def test_look__store_that_fails__file_stays_and_is_taken_later(folder: Path, error: StoreError) -> None:
    (folder / "x.csv").write_bytes(GOOD)
    sink = RememberingSink([error, error])
    watcher = looked(folder, sink)
    assert (names(folder), sink.problems) == (["x.csv"], [])
    assert sink.notes["waiting_file"] == f"x.csv: not taken yet: {error}"
    watcher.look()
    watcher.look()
    assert (names(folder), len(sink.files)) == (["done/x.csv"], 1)


def test_look__store_that_keeps_failing__tried_less_and_less(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1_000.0]
    monkeypatch.setattr(folder_module.time, "monotonic", lambda: now[0])
    (folder / "x.csv").write_bytes(GOOD)
    failures = [StoreFull("no space", "free some") for _ in range(1_000)]
    sink = RememberingSink(failures)
    watcher = source(folder, sink, every_s=5.0)
    for _ in range(720):  # an hour
        watcher.look()
        now[0] += 5.0
    tried = 1_000 - len(sink.failing)
    assert 10 <= tried <= 20


def test_look__damaged_store__raised(folder: Path) -> None:
    (folder / "x.csv").write_bytes(GOOD)
    with pytest.raises(StoreDamaged):
        looked(folder, RememberingSink([StoreDamaged("not ours", "look at it")]))
    assert names(folder) == ["x.csv"]


def test_look__disk_that_cannot_be_read__file_stays(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object, **_options: object) -> int:
        raise OSError(errno.EIO, "Input/output error")

    (folder / "x.csv").write_bytes(GOOD)
    sink = RememberingSink()
    watcher = source(folder, sink)
    watcher.look()
    with monkeypatch.context() as patched:
        patched.setattr("wattcommons.services.gateway.files.opened.os.open", fail)
        watcher.look()
    assert (names(folder), "Input/output error" in sink.notes["waiting_file"]) == (["x.csv"], True)
    watcher.look()
    assert names(folder) == ["done/x.csv"]


def test_look__move_that_fails__rows_are_not_handed_in_again(folder: Path) -> None:
    (folder / "x.csv").write_bytes(GOOD)
    (folder / "done").write_text("a file where the folder should be")
    sink = RememberingSink()
    watcher = looked(folder, sink, 1)
    os.utime(folder / "done", ns=(1, 1))  # not still: only x.csv is dealt with
    watcher.look()
    assert (len(sink.files), "taken, but it cannot be put aside" in sink.notes["waiting_file"]) == (1, True)
    (folder / "done").unlink()
    watcher.look()
    assert (names(folder), len(sink.files)) == (["done/x.csv"], 1)


def test_look__crash_between_taking_and_moving__imported_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new process knows nothing of the file; the sink says that all of it is known."""
    (folder / "x.csv").write_bytes(GOOD)
    sink = RememberingSink()

    def die(_self: Path, _target: Path) -> Path:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Path, "rename", die)
        looked(folder, sink)
    looked(folder, sink)
    assert (names(folder), sink.files[0] == sink.files[1]) == (["done/x.csv"], True)


# --- running ---------------------------------------------------------------------------------------


def test_run__files_dropped_one_after_another__all_taken_and_stopped_at_once(folder: Path) -> None:
    sink, stop = RememberingSink(), threading.Event()
    watcher = source(folder, sink, every_s=0.02)
    thread = threading.Thread(target=watcher.run, args=(stop,))
    thread.start()
    try:
        for number, content in enumerate((GOOD, enedis_flat(DAY), BAD, edf(DAY))):
            part = folder / f"{number}.csv.part"
            part.write_bytes(content)
            part.rename(folder / f"{number}.csv")
        deadline = time.monotonic() + 20
        while len(names(folder)) < 5 or any("/" not in name for name in names(folder)):
            assert time.monotonic() < deadline, names(folder)
            time.sleep(0.02)
    finally:
        stop.set()
        thread.join(2)
    assert not thread.is_alive()
    assert names(folder) == ["done/0.csv", "done/1.csv", "done/3.csv", "refused/2.csv", "refused/2.csv.reason.txt"]
    assert sorted(len(rows) for rows in sink.files) == [48, 48, 48]


def test_run__folder_taken_away__source_lost(folder: Path) -> None:
    watcher, stop = source(folder, RememberingSink(), every_s=0.01), threading.Event()
    folder.rmdir()
    with pytest.raises(SourceLost):
        watcher.run(stop)


def test_import_file__bad_or_good__refused_or_taken_and_left_where_it_is(folder: Path) -> None:
    sink = RememberingSink()
    bad, good = folder / "bad.csv", folder / "good.csv"
    bad.write_bytes(BAD)
    good.write_bytes(GOOD)
    with pytest.raises(InputError) as caught:
        import_file(bad, sink)
    assert (caught.value.file, caught.value.line) == (str(bad), 2)
    parsed, taken = import_file(good, sink, "Europe/Paris")
    assert (parsed.rows, taken) == (sink.files[0], RowsTaken(new=48))
    assert names(folder) == ["bad.csv", "good.csv"]
