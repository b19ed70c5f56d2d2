"""The flat layout of Enedis, in which each line says all of itself (flow R63 of its services for professionals).

    Identifiant PRM;Date de début;Date de fin;Grandeur physique;Grandeur métier;Etape métier;Unité;Horodate;Valeur;
    Nature;Pas;Indice de vraisemblance;Etat complémentaire

`Horodate` is local time without an offset, at the END of the step; `Pas` is a duration such as PT30M. Several meters
and both directions may stand in one file. A plausibility index other than 0 and a nature other than raw or real make
a value an estimate.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from wattcommons.domain.channels import Channel
from wattcommons.errors import InputError
from wattcommons.services.gateway.files.curve import Curve, checked_meter
from wattcommons.services.gateway.files.enedis_words import (
    checked_channel,
    checked_unit,
    is_active,
    is_measured,
    is_raw,
)
from wattcommons.services.gateway.files.parsed import MAX_ROWS, Findings, Hints, ParsedFile
from wattcommons.services.gateway.files.quantities import Unit, duration_minutes
from wattcommons.services.gateway.files.tables import Record, columns, records

LAYOUT: Final = "Enedis flat layout"
_MOST_CURVES: Final = 2_000
SURE_COLUMNS: Final = ("identifiant prm", "grandeur physique", "grandeur metier", "unite", "horodate", "valeur")


def parse_enedis_flat(lines: Iterable[str], path: Path, hints: Hints) -> ParsedFile:
    """Reads a whole file. Raises InputError at the first mistake, or when no value is left."""
    findings = Findings(path)
    places: dict[str, int] = {}
    curves: dict[tuple[str, Channel], tuple[Unit, Curve]] = {}
    values = 0
    for line, fields in records(lines, path):
        if not fields:
            continue
        if not places:
            places = columns(fields, path, line)
            _check_columns(places, path, line)
            continue
        record = Record(places, fields, path, line)
        if not is_active(record["grandeur physique"]):
            findings.notice(f"{record['grandeur physique'][:40]!r} is not active energy and is left out")
            continue
        values += 1
        if values > MAX_ROWS:
            raise record.wrong(f"more than {MAX_ROWS} values", "bring the file in parts")
        exact = is_raw(record.get("etape metier"), findings) and is_measured(record.get("nature"), findings)
        exact = exact and _is_plausible(record, findings)
        _curve(curves, record, path).add(line, record["horodate"], _minutes(record), record["valeur"], exact=exact)
    for _unit, curve in curves.values():
        curve.finish(hints, findings)
    return findings.done(LAYOUT)


def _check_columns(places: dict[str, int], path: Path, line: int) -> None:
    for name in SURE_COLUMNS:
        if name not in places:
            raise InputError(f"no column {name!r}", "bring the file as it was downloaded", file=path, line=line)


def _curve(curves: dict[tuple[str, Channel], tuple[Unit, Curve]], record: Record, path: Path) -> Curve:
    key = record["identifiant prm"], checked_channel(record["grandeur metier"], record)
    unit = checked_unit(record["unite"], record)
    if key not in curves:
        if len(curves) >= _MOST_CURVES:
            raise record.wrong(f"more than {_MOST_CURVES} meters and directions", "bring the file in parts")
        curves[key] = unit, Curve(path, checked_meter(key[0], path, record.line), key[1], unit)
    first, curve = curves[key]
    if first is not unit:
        raise record.wrong(f"the unit is {record['unite']!r}, above it is another", "bring one unit for each meter")
    return curve


def _minutes(record: Record) -> int | None:
    text = record.get("pas")
    if not text:
        return None
    minutes = duration_minutes(text)
    if minutes is None:
        raise record.wrong(f"the step is {text[:40]!r}", "a duration of 1 to 60 minutes is expected, such as PT30M")
    return minutes


def _is_plausible(record: Record, findings: Findings) -> bool:
    text = record.get("indice de vraisemblance")
    if not text or text == "0":
        return True
    findings.notice("values that the network operator marks as implausible count as estimated")
    return False
