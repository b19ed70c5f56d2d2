"""A file's bytes and lines, within limits: what is compressed is counted as it unfolds.

Limits hold while reading, whatever a header says of sizes. Every failure to read is an InputError; where it may pass
(the disk, a permission), its `__cause__` is the OSError.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from wattcommons.errors import InputError

_GZIP_MAGIC: Final = b"\x1f\x8b"
_HEAD: Final = 65_536
_MEBI: Final = 2**20


@dataclass(frozen=True, slots=True)
class Limits:
    """Most bytes of a file as it lies there, and unpacked; most characters of a line, most lines of a text."""

    raw: int = 64 * _MEBI
    unpacked: int = 256 * _MEBI
    line: int = 4_096
    lines: int = 500_000


LIMITS: Final = Limits()


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Counted(io.RawIOBase):
    """Hands on at most `most` bytes and refuses the next one. Fills what it is given, so that a first look is whole."""

    def __init__(self, inner: _Readable, most: int, path: Path, what: str) -> None:
        self._inner, self._left, self._most, self._path, self._what = inner, most, most, path, what

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        got = 0
        while got < len(buffer):
            part = self._inner.read(len(buffer) - got)
            if not part:
                break
            self._left -= len(part)
            if self._left < 0:
                raise too_large(self._path, self._most, self._what)
            buffer[got : got + len(part)] = part
            got += len(part)
        return got


@contextmanager
def opened(path: Path, limits: Limits = LIMITS, *, follow_links: bool = True) -> Iterator[io.BufferedReader]:
    """The file's content, unpacked where it is gzip; nothing but a regular file is opened."""
    with told(path):
        # O_NONBLOCK: opening a pipe must not wait for its writer
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | (0 if follow_links else os.O_NOFOLLOW))
        with os.fdopen(descriptor, "rb") as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode):
                raise InputError("not a regular file", "bring the file itself", file=path)
            if about.st_size > limits.raw:
                raise too_large(path, limits.raw, "file")
            raw = _Counted(file, limits.raw, path, "file")
            if file.peek(2)[:2] != _GZIP_MAGIC:
                yield io.BufferedReader(raw, _HEAD)
                return
            with gzip.GzipFile(fileobj=io.BufferedReader(raw, _HEAD)) as unpacked:
                yield io.BufferedReader(_Counted(unpacked, limits.unpacked, path, "unpacked file"), _HEAD)


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turns what can go wrong in reading bytes, text or CSV into an InputError of this file."""
    try:
        yield
    except gzip.BadGzipFile as error:
        raise InputError("the gzip data is broken", "bring the whole file", file=path) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"cannot be read: {reason}", "check the path and the file", file=path) from error
    except (EOFError, zlib.error) as error:
        raise InputError("the gzip data is broken", "bring the whole file", file=path) from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"the file is not {error.encoding} text",
            "bring it as it was downloaded, saved by no other program",
            file=path,
        ) from error
    except csv.Error as error:
        raise InputError(f"not CSV: {error}", "check the quotes", file=path) from error


class BoundedText(io.TextIOWrapper):
    """Text whose lines are refused when they are too long, before they are read whole, or too many.

    `cut_short`: the line read last has no end, so that a file that was not copied whole may be cut within it.
    """

    def __init__(self, stream: BinaryIO, encoding: str, path: Path, limits: Limits = LIMITS) -> None:
        super().__init__(stream, encoding=encoding, newline="")
        self._path, self._limits, self._number = path, limits, 0
        self.cut_short = False

    def __next__(self) -> str:  # type: ignore[override]
        self._number += 1
        line = self.readline(self._limits.line + 1)
        if not line:
            raise StopIteration
        if self._number > self._limits.lines:
            reason = f"more than {self._limits.lines} lines"
            raise InputError(reason, "bring it in parts", file=self._path, line=self._number)
        if len(line) > self._limits.line:
            raise InputError(
                f"a line of more than {self._limits.line} characters",
                "is this a file of readings?",
                file=self._path,
                line=self._number,
            )
        self.cut_short = not line.endswith(("\n", "\r"))
        return line


def read_whole(stream: BinaryIO, path: Path, most: int, what: str) -> bytes:
    """All bytes of a format that has to be held as a whole, at most `most`."""
    content = stream.read(most + 1)
    if len(content) > most:
        raise too_large(path, most, what)
    return content


def too_large(path: Path, most: int, what: str) -> InputError:
    """The refusal of something above its limit of bytes."""
    return InputError(f"the {what} is larger than {most // _MEBI} MiB", "bring it in parts", file=path)
