"""Rows of a spreadsheet (XLSX), read within limits.

An XLSX is a zip of XML files. Before anything is unpacked its table of contents is looked at: how many files, how
large each says it is (the unpacker stops there). No part may declare a document type, so that no entity can unfold.
While reading, rows and columns are counted: a sheet may name a row far below without holding those between.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from wattcommons.errors import InputError

MOST_BYTES: Final = 8 * 2**20
_MOST_FILES: Final = 64
_MOST_UNPACKED: Final = 32 * 2**20
_MOST_PART: Final = 4 * 2**20
"""Of every part but the sheets: shared texts, styles and the like are held in memory as a whole."""
_MOST_ROWS: Final = 200_000
_MOST_COLUMNS: Final = 64
_BLOCK: Final = 65_536
_ENTRY: Final = b"PK\x01\x02"
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_FORBIDDEN: Final = (b"<!DOCTYPE", b"<!ENTITY")

Cells = Sequence[Any]
"""One row: text, int, float, datetime, bool or None."""


class Sheet:
    """One sheet. `rows` gives (row number, cells) of its rows that hold anything."""

    def __init__(self, inner: Any, path: Path) -> None:
        self._inner, self._path = inner, path
        self.title = str(inner.title)

    def rows(self) -> Iterator[tuple[int, Cells]]:
        self._inner.reset_dimensions()  # what a sheet says of its own size is not believed
        with _told(self._path):
            for number, cells in enumerate(self._inner.iter_rows(values_only=True), 1):
                if number > _MOST_ROWS:
                    raise InputError(f"more than {_MOST_ROWS} rows", "bring a shorter period", file=self._path)
                if len(cells) > _MOST_COLUMNS:
                    raise InputError(
                        f"more than {_MOST_COLUMNS} columns",
                        "bring the file as downloaded",
                        file=self._path,
                        line=number,
                    )
                if any(cell is not None for cell in cells):
                    yield number, cells


@contextmanager
def open_workbook(content: bytes, path: Path) -> Iterator[list[Sheet]]:
    """The sheets of a workbook. Raises InputError for what is no workbook, or a dangerous one."""
    _check_zip(content, path)
    from openpyxl import load_workbook  # type: ignore[import-untyped]  # 24 MB: only where a workbook is read

    with _told(path):
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    try:
        yield [Sheet(sheet, path) for sheet in book.worksheets]
    finally:
        book.close()


def _check_zip(content: bytes, path: Path) -> None:
    if content.count(_ENTRY) > _MOST_FILES:  # before a list is made of them
        raise InputError("the workbook holds more parts than it should", "bring the file as downloaded", file=path)
    with _told(path), zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if sum(part.file_size for part in parts) > _MOST_UNPACKED:
            raise InputError("the workbook unfolds to more than it should", "bring a shorter period", file=path)
        for part in parts:
            if part.flag_bits & 1:
                raise InputError("the workbook is protected by a password", "save it without one", file=path)
            if part.compress_type not in _METHODS:
                raise InputError("the workbook is packed in an unusual way", "save it again", file=path)
            if part.file_size > _MOST_PART and not part.filename.startswith("xl/worksheets/"):
                raise InputError(f"{part.filename[:60]} is too large", "bring a shorter period", file=path)
            if part.filename.endswith((".xml", ".rels")):
                _check_part(archive, part, path)


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, path: Path) -> None:
    """No document type, and no encoding in which one could hide from this look."""
    with archive.open(part) as stream:
        tail = b""
        while block := stream.read(_BLOCK):
            seen = tail + block
            if b"\0" in seen or any(word in seen for word in _FORBIDDEN):
                raise InputError(
                    f"{part.filename[:60]} declares entities or is no plain XML",
                    "bring the file as downloaded",
                    file=path,
                )
            tail = seen[-16:]


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """The reader of workbooks fails in many ways on a broken one: every one is a refusal of the file."""
    try:
        yield
    except InputError:
        raise
    except zipfile.BadZipFile as error:
        raise InputError("the workbook is broken", "bring the whole file", file=path) from error
    except Exception as error:
        name = type(error).__name__
        raise InputError(f"not a readable workbook ({name})", "bring the file as downloaded", file=path) from error
