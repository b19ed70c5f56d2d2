"""CSV files as people bring them, strictly: the right columns, one record a line, plain or gzip.

Every refusal is an InputError with file, line (from 1, the header included) and reason, and what to do.
"""

from __future__ import annotations

import csv
import gzip
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from wattcommons.errors import InputError

_GZIP_MAGIC = b"\x1f\x8b"
_UTC_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", re.ASCII)
_MINUTES_A_DAY = 1_440


class CsvTable:
    """An open file: `columns` gives the place of each known column, `rows` the records with their line."""

    def __init__(self, path: Path, stream: TextIO, required: Sequence[str], optional: Sequence[str]) -> None:
        self._path = path
        self._reader = csv.reader(stream, strict=True)
        header = next(self._reader, None)
        if not header:
            raise InputError("the file is empty", f"its first line names {','.join(required)}", file=path, line=1)
        for name in header:
            if name not in required and name not in optional:
                hint = f"known columns: {', '.join((*required, *optional))}"
                raise InputError(f"unknown column {name!r}", hint, file=path, line=1)
            if header.count(name) > 1:
                raise InputError(f"column {name} is there twice", "keep one of them", file=path, line=1)
        missing = [name for name in required if name not in header]
        if missing:
            raise InputError(
                f"missing column {missing[0]}", f"the columns are {', '.join(required)}", file=path, line=1
            )
        self._width = len(header)
        self.columns = {name: header.index(name) for name in header}

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """(line, fields) of each record; every record has a field for each column."""
        for row in self._reader:
            if len(row) != self._width:
                raise InputError(
                    f"{len(row)} fields instead of {self._width}",
                    "give one record a line, a value for each column, and no blank lines",
                    file=self._path,
                    line=self._reader.line_num,
                )
            yield self._reader.line_num, row

    @property
    def line(self) -> int:
        """Line read last."""
        return self._reader.line_num


@contextmanager
def open_table(path: Path, required: Sequence[str], optional: Sequence[str] = ()) -> Iterator[CsvTable]:
    """Opens a UTF-8 CSV file (with or without byte order mark; gzip known by its first bytes) and reads its header."""
    table: CsvTable | None = None
    try:
        with _open_text(path) as stream:
            table = CsvTable(path, stream, required, optional)
            yield table
    except OSError as error:
        reason = "the gzip data is broken" if isinstance(error, gzip.BadGzipFile) else error.strerror or str(error)
        raise InputError(f"cannot be read: {reason}", "check the path and the file", file=path) from error
    except (EOFError, zlib.error) as error:
        raise InputError("the gzip data is broken", "bring the whole file", file=path) from error
    except UnicodeDecodeError as error:
        raise InputError("the file is not UTF-8 text", "save it as UTF-8", file=path) from error
    except csv.Error as error:
        line = table.line if table else 1
        raise InputError(f"not CSV: {error}", "check the quotes of this line", file=path, line=line) from error


def parse_time(text: str) -> int | None:
    """Unix seconds of `YYYY-MM-DDTHH:MM:SSZ` from 1970 on; None for anything else, impossible dates included."""
    if not _UTC_TIME.fullmatch(text):
        return None
    try:
        unix = int(datetime.fromisoformat(text[:-1]).replace(tzinfo=UTC).timestamp())
    except ValueError:
        return None
    return unix if unix >= 0 else None


def parse_minutes(text: str) -> int | None:
    """A step of 1 to 1,440 whole minutes that divides the day; None for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        return None
    minutes = int(text)
    return minutes if 1 <= minutes <= _MINUTES_A_DAY and _MINUTES_A_DAY % minutes == 0 else None


def _open_text(path: Path) -> TextIO:
    with path.open("rb") as raw:
        compressed = raw.read(2) == _GZIP_MAGIC
    if compressed:
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")
