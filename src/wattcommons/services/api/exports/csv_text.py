"""Lines of CSV, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

BOM: Final = "\ufeff"
"""Tells a spreadsheet that a file is UTF-8."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def csv_line(cells: Iterable[object], separator: str = ",", end: str = "\r\n") -> str:
    """One line, quoted where needed; None is an empty cell."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=separator, lineterminator=end).writerow(["" if one is None else one for one in cells])
    return buffer.getvalue()


def csv_lines(rows: Iterable[Sequence[object]], separator: str = ",") -> str:
    """Several lines."""
    return "".join(csv_line(row, separator) for row in rows)


def plain(text: str) -> str:
    """A text that people wrote, with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
