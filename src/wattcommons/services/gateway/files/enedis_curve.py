"""The load curve a customer downloads from Enedis.

UTF-8 with a byte order mark, `;`: a line of titles, a line of what they name, perhaps a blank one, `Horodate;Valeur`,
then a line for each step. `Horodate` is an ISO time with its offset and marks the END of the step; `Valeur` is the
mean power; an empty one is a gap (4-CONVENTIONS). The step may change inside the file and is told by `files/steps.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from wattcommons.errors import InputError
from wattcommons.services.gateway.files.curve import Curve, checked_meter
from wattcommons.services.gateway.files.enedis_words import checked_channel, checked_quantity, checked_unit, is_raw
from wattcommons.services.gateway.files.opened import BoundedText
from wattcommons.services.gateway.files.parsed import Findings, Hints, ParsedFile
from wattcommons.services.gateway.files.steps import STEPS
from wattcommons.services.gateway.files.tables import Record, columns, fold, records

LAYOUT: Final = "Enedis load curve"
_TITLE: Final = "identifiant prm"
_Lines = Iterator[tuple[int, list[str]]]


def parse_enedis_curve(lines: BoundedText, path: Path, hints: Hints) -> ParsedFile:
    """Reads a whole file. Raises InputError at the first mistake, or when no value is left."""
    findings = Findings(path)
    rows = records(lines, path)
    title: tuple[int, list[str]] | None = _next(rows, path, "the title line")
    while title is not None:
        title = _section(title, rows, lines, hints, findings)
    return findings.done(LAYOUT)


def _section(
    title: tuple[int, list[str]], rows: _Lines, text: BoundedText, hints: Hints, findings: Findings
) -> tuple[int, list[str]] | None:
    """One title with its values; the title of the next section, or None at the end."""
    path = findings.path
    line, names = title
    about_line, about_fields = _next(rows, path, "what the titles name")
    about = Record(columns(names, path, line), about_fields, path, about_line)
    kind = about.get("type de donnees")
    if kind is not None and fold(kind) != "courbe de charge":
        raise about.wrong(f"the file holds {kind!r}, not a load curve", "download the load curve (courbe de charge)")
    checked_quantity(about["grandeur physique"], about)
    exact = is_raw(about.get("etape metier"), findings)
    curve = Curve(
        path,
        checked_meter(about[_TITLE], path, about_line),
        checked_channel(about["grandeur metier"], about),
        checked_unit(about["unite"], about),
        nominal=_nominal(about),
    )
    header_line, header = _next(rows, path, "Horodate;Valeur")
    places = columns(header, path, header_line)
    if not {"horodate", "valeur"} <= places.keys():
        raise InputError(
            "no line Horodate;Valeur after the titles", "bring the whole file", file=path, line=header_line
        )
    following = None
    for line, fields in rows:
        if not fields:
            continue
        if fold(fields[0]) == _TITLE:
            following = line, fields
            break
        record = Record(places, fields, path, line)
        curve.add(line, record["horodate"], None, record["valeur"], exact=exact)
    if text.cut_short:
        curve.doubt_last("the file ends within its line")
    curve.finish(hints, findings)
    return following


def _nominal(about: Record) -> int | None:
    text = about.get("pas en minutes")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 2 and int(text) in STEPS):
        raise about.wrong(f"a step of {text[:20]!r} minutes", f"steps of {', '.join(map(str, STEPS))} min are known")
    return int(text)


def _next(rows: _Lines, path: Path, what: str) -> tuple[int, list[str]]:
    """The next line that is not blank. Raises InputError when the file ends before it."""
    line = 1
    for line, fields in rows:
        if fields:
            return line, fields
    raise InputError(f"the file ends before {what}", "bring the whole file", file=path, line=line)
