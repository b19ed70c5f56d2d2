"""Tables with `;` between the fields, as French suppliers and network operators write them.

Columns are found by name, without regard to accents, case or order: the same export comes with and without them.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from wattcommons.errors import InputError

_MOST_FIELDS: Final = 64


def fold(text: str) -> str:
    """A name as it is compared: no accents, lower case, single blanks."""
    if text.isascii():
        return " ".join(text.lower().split())
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return " ".join(plain.casefold().split())


def records(lines: Iterable[str], path: Path) -> Iterator[tuple[int, list[str]]]:
    """(line, fields) of each line; a blank line gives no fields. Fields are stripped."""
    for line, text in enumerate(lines, 1):
        content = text.strip("\r\n")
        try:
            fields = next(csv.reader((content,), delimiter=";", strict=True), [])
        except csv.Error as error:
            raise InputError(f"not CSV: {error}", "check the quotes of this line", file=path, line=line) from error
        if len(fields) > _MOST_FIELDS:
            raise InputError(f"more than {_MOST_FIELDS} fields", "is this a file of readings?", file=path, line=line)
        stripped = [field.strip() for field in fields]
        yield line, stripped if any(stripped) else []


def columns(header: Sequence[str], path: Path, line: int) -> dict[str, int]:
    """Place of each named column, by its folded name. Raises InputError for a name that is there twice."""
    places: dict[str, int] = {}
    for place, name in enumerate(header):
        folded = fold(name)
        if folded in places:
            raise InputError(f"column {name!r} is there twice", "keep one of them", file=path, line=line)
        if folded:
            places[folded] = place
    return places


class Record:
    """The fields of one line by the names of its header. A field that is not there is a refusal with its line."""

    def __init__(self, places: dict[str, int], fields: Sequence[str], path: Path, line: int) -> None:
        self._places, self._fields, self._path, self.line = places, fields, path, line
        if any(fields[1 + max(places.values(), default=-1) :]):
            raise self.wrong("more fields than its header names", "bring the file as it was downloaded")

    def __getitem__(self, name: str) -> str:
        text = self.get(name)
        if text is None:
            raise self.wrong(f"no column {name!r}", "bring the file as it was downloaded")
        return text

    def get(self, name: str) -> str | None:
        """The field of a column that need not be there, None when it is not."""
        place = self._places.get(name)
        if place is None:
            return None
        if place >= len(self._fields):
            raise self.wrong(f"the line ends before {name!r}", "bring the whole file")
        return self._fields[place]

    def wrong(self, reason: str, hint: str) -> InputError:
        """A refusal of this line."""
        return InputError(reason, hint, file=self._path, line=self.line)
