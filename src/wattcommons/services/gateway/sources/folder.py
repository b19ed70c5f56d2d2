"""Files of readings dropped in a folder: each is read once it lies still, and put aside with what became of it.

    FOLDER/x.csv            taken once its size and time were the same in two looks
    FOLDER/done/            every row of it is durable
    FOLDER/refused/         nothing of it was taken; beside it x.csv.reason.txt says why in one sentence

Nothing is ever deleted or overwritten: a name that is there already gets a number. When the store is full, or the disk
fails, a file stays where it is and is tried again, later each time. A crash between taking and putting aside only
imports the file again, which changes nothing. Hidden files and those still being copied (`.x`, `x.part`, `x.tmp`) are
left alone, as are folders.
"""

from __future__ import annotations

import os
import stat
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Final

from wattcommons.domain.channels import Channel
from wattcommons.domain.local_time import DEFAULT_ZONE
from wattcommons.errors import InputError, MeterDataError, RuleError, SourceLost, StoreDamaged, StoreError
from wattcommons.services.gateway.files.parsed import ParsedFile
from wattcommons.services.gateway.files.recognise import read_energy_file
from wattcommons.services.gateway.samples import RowsTaken, Sink

DONE, REFUSED = "done", "refused"
_UNFINISHED: Final = (".part", ".tmp", ".crdownload", ".partial")
_LONGEST_WAIT_S: Final = 300.0


@dataclass(frozen=True, slots=True)
class _Look:
    """What a file looked like: the same twice means that nobody writes to it any more."""

    size: int
    modified_ns: int
    inode: int
    mode: int

    @classmethod
    def at(cls, path: Path) -> _Look:
        about = path.lstat()
        return cls(about.st_size, about.st_mtime_ns, about.st_ino, about.st_mode)


@dataclass(slots=True)
class _Waiting:
    """A file that could not be dealt with for a reason that may pass. `taken`: its rows are in, the move failed."""

    look: _Look
    wait_s: float
    until: float
    taken: bool


def import_file(
    path: Path, sink: Sink, zone: str = DEFAULT_ZONE, *, channel: Channel | None = None, follow_links: bool = True
) -> tuple[ParsedFile, RowsTaken]:
    """Reads a file of any known layout and hands its rows in; `channel`: of a layout that does not say it.

    Raises InputError, RuleError or StoreError; then nothing of it was taken.
    """
    parsed = read_energy_file(path, zone, channel=channel, follow_links=follow_links)
    return parsed, sink.rows(parsed.rows)


class FolderSource:
    """Watches a folder. `every_s`: seconds between two looks; `zone`: of times without an offset."""

    def __init__(self, name: str, folder: Path, sink: Sink, zone: str = DEFAULT_ZONE, every_s: float = 5.0) -> None:
        self.name = name
        self._folder, self._sink, self._zone, self._every_s = folder, sink, zone, every_s
        self._seen: dict[str, _Look] = {}
        self._waiting: dict[str, _Waiting] = {}

    def run(self, stop: Event) -> None:
        """Looks until stopped. Raises SourceLost when the folder is not there, StoreDamaged when the store is."""
        while not stop.is_set():
            self.look(stop)
            stop.wait(self._every_s)

    def look(self, stop: Event | None = None) -> None:
        """One look: takes every file that lay still since the last one, oldest first. Raises as `run` does."""
        looks = self._looks()
        still = [name for name, look in looks.items() if self._seen.get(name) == look]
        self._seen = looks
        self._waiting = {name: one for name, one in self._waiting.items() if looks.get(name) == one.look}
        for name in sorted(still, key=lambda name: (looks[name].modified_ns, name)):
            if stop is not None and stop.is_set():
                return
            waiting = self._waiting.get(name)
            if waiting is None or time.monotonic() >= waiting.until:
                self._deal_with(name, looks[name])

    def _looks(self) -> dict[str, _Look]:
        looks: dict[str, _Look] = {}
        try:
            names = sorted(entry.name for entry in self._folder.iterdir())
        except OSError as error:
            raise SourceLost(
                f"{self.name}: the folder {self._folder} cannot be read: {error.strerror}",
                "make it, or check its rights",
            ) from error
        for name in names:
            if name.startswith(".") or name.casefold().endswith(_UNFINISHED):
                continue
            try:
                look = _Look.at(self._folder / name)
            except OSError:
                continue  # gone since
            if not stat.S_ISDIR(look.mode):
                looks[name] = look
        return looks

    # --- one file ------------------------------------------------------------------------------------

    def _deal_with(self, name: str, look: _Look) -> None:
        path = self._folder / name
        waiting = self._waiting.get(name)
        taken = waiting is not None and waiting.taken
        try:
            if not taken:
                refusal = self._take(path, look)
                if refusal is not None:
                    self._refuse(path, refusal)
                    self._forget(name)
                    return
                taken = True
            self._move(path, DONE)
            self._forget(name)
        except StoreDamaged:
            raise
        except (StoreError, OSError) as error:
            self._wait(name, look, error, taken=taken)

    def _take(self, path: Path, look: _Look) -> str | None:
        """Imports one file; why it was refused, or None. Raises StoreError and OSError, which may pass."""
        if not stat.S_ISREG(look.mode):
            return "it is not a regular file (bring the file itself)"
        try:
            parsed = read_energy_file(path, self._zone, follow_links=False)
            if _Look.at(path) != look:
                raise OSError("it changed while it was read")
            taken = self._sink.rows(parsed.rows)
        except InputError as error:
            cause = error.__cause__
            if isinstance(cause, OSError) and cause.errno is not None:
                raise cause from None
            return _sentence(error)
        except RuleError as error:
            return str(error)
        if taken.unknown and not (taken.new or taken.known or taken.differing or taken.incomplete or taken.coarser):
            names = ", ".join(meter or "(unnamed)" for meter in taken.unknown[:5])
            return f"no participant has its meter {names} (add it to the participant's meter_ids)"
        self._tell(path.name, parsed, taken)
        return None

    def _tell(self, name: str, parsed: ParsedFile, taken: RowsTaken) -> None:
        left_out = {
            "differing": taken.differing,
            "incomplete": taken.incomplete,
            "coarser": taken.coarser,
            "gaps": parsed.gaps.count,
            "ambiguous": parsed.ambiguous.count,
            "unknown meters": len(taken.unknown),
        }
        told = "".join(f", {count} {what}" for what, count in left_out.items() if count)
        self._sink.note("last_file", _plain(f"{name}: {parsed.layout}, {taken.new} new, {taken.known} known{told}"))

    def _refuse(self, path: Path, reason: str) -> None:
        target = self._move(path, REFUSED)
        sentence = _plain(f"{path.name}: {reason}")
        self._sink.problem(MeterDataError("file", sentence))
        self._sink.note("refused_file", sentence)
        _free(target.with_name(f"{target.name}.reason.txt")).write_text(f"{sentence}\n", encoding="utf-8")

    def _move(self, path: Path, where: str) -> Path:
        target_folder = self._folder / where
        target_folder.mkdir(exist_ok=True)
        target = _free(target_folder / path.name)
        path.rename(target)
        return target

    def _wait(self, name: str, look: _Look, error: Exception, *, taken: bool) -> None:
        before = self._waiting.get(name)
        wait_s = min(_LONGEST_WAIT_S, 2 * before.wait_s if before is not None else self._every_s)
        self._waiting[name] = _Waiting(look, wait_s, time.monotonic() + wait_s, taken)
        what = "taken, but it cannot be put aside" if taken else "not taken yet"
        self._sink.note("waiting_file", _plain(f"{name}: {what}: {error}"))

    def _forget(self, name: str) -> None:
        self._seen.pop(name, None)
        self._waiting.pop(name, None)


def _free(target: Path) -> Path:
    """The path itself, or the same with a number when something lies there."""
    number, free = 1, target
    while os.path.lexists(free):
        number += 1
        free = target.with_name(f"{target.stem}-{number}{target.suffix}")
    return free


def _plain(text: str) -> str:
    """Text that can be written anywhere: a file's name may hold bytes that are no text."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _sentence(error: InputError) -> str:
    """A refusal without the path, which the reader of the folder sees anyway."""
    place = f"line {error.line}: " if error.line is not None else ""
    return f"{place}{error.reason} ({error.hint})" if error.hint else f"{place}{error.reason}"
