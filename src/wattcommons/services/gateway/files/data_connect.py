"""Load curves of Enedis Data Connect, saved as JSON.

    until 2026   {"meter_reading": {"usage_point_id", "reading_type": {"unit": "W"}, "interval_reading":
                 [{"value": "540", "date": "2020-09-14 03:00:00", "interval_length": "PT30M", "measure_type": "B"}]}}
    from 2026    {"idPrm", "etapeMetier", "grandeur": [{"grandeurMetier": "CONS", "grandeurPhysique": "PA",
                 "unite": "W", "points": [{"v": "4078", "d": "2026-09-29 00:30:00", "p": "PT30M", "n": "B"}]}]}

In both, a time is local, without an offset, and marks the END of the step; values are text (4-CONVENTIONS; that the
second form keeps both was found by asking the two for the same days). The first form does not say its direction: the
name of the file or a setting does. Totals of days are refused: they are no curve.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NoReturn

from wattcommons.domain.channels import Channel
from wattcommons.errors import InputError
from wattcommons.services.gateway.files.curve import Curve, checked_meter
from wattcommons.services.gateway.files.enedis_words import (
    checked_channel,
    checked_unit,
    direction_in,
    is_active,
    is_measured,
    is_raw,
)
from wattcommons.services.gateway.files.parsed import Findings, Hints, ParsedFile
from wattcommons.services.gateway.files.quantities import duration_minutes

LAYOUT: Final = "Data Connect v5"
LAYOUT_2026: Final = "Data Connect 2026"
MOST_BYTES: Final = 8 * 2**20
_DAILY: Final = "totals of days or longer are no load curve: ask for the load curve"


class _At:
    """A place inside the document, for refusals: `grandeur[0].points[12]`."""

    def __init__(self, path: Path, where: str) -> None:
        self._path, self._where = path, where

    def wrong(self, reason: str, hint: str) -> InputError:
        return InputError(f"{self._where}: {reason}" if self._where else reason, hint, file=self._path)

    def inner(self, key: str) -> _At:
        return _At(self._path, f"{self._where}.{key}" if self._where else key)

    def table(self, holder: dict[str, Any], key: str) -> dict[str, Any]:
        found = holder.get(key)
        if not isinstance(found, dict):
            raise self.wrong(f"no object {key!r}", "bring the whole answer")
        return found

    def items(self, holder: dict[str, Any], key: str) -> list[dict[str, Any]]:
        found = holder.get(key)
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            raise self.wrong(f"no list of objects {key!r}", "bring the whole answer")
        return found

    def text(self, holder: dict[str, Any], key: str, default: str | None = None) -> str:
        """A field as text; numbers count, whatever else is there does not."""
        found = holder.get(key)
        if found is None and default is not None:
            return default
        if isinstance(found, bool) or not isinstance(found, (str, int, Decimal)):
            raise self.wrong(f"no text {key!r}", "bring the whole answer")
        return str(found).strip()


def parse_data_connect(content: bytes, path: Path, hints: Hints) -> ParsedFile:
    """Reads a whole answer. Raises InputError at the first mistake, or when no value is left."""
    document = _loaded(content, path)
    here = _At(path, "")
    if not isinstance(document, dict):
        raise here.wrong("the document is no object", "save one answer of the load curve")
    if "meter_reading" in document:
        return _version_5(here.table(document, "meter_reading"), path, hints)
    if "grandeur" in document:
        return _version_2026(document, path, hints)
    if "error" in document:
        raise here.wrong(f"the answer is an error: {str(document['error'])[:80]!r}", "ask again, and save the answer")
    raise here.wrong("neither 'meter_reading' nor 'grandeur' is there", "save one answer of the load curve")


def _loaded(content: bytes, path: Path) -> object:
    def refuse(name: str) -> NoReturn:
        raise ValueError(name)

    try:
        return json.loads(content.decode("utf-8-sig"), parse_float=Decimal, parse_constant=refuse)
    except RecursionError as error:
        raise InputError("nested too deep", "save one answer of the load curve", file=path) from error
    except json.JSONDecodeError as error:
        raise InputError(f"not JSON: {error.msg}", "bring the whole file", file=path, line=error.lineno) from error
    except ArithmeticError as error:
        raise InputError("not JSON: a number beyond all bounds", "bring the file as it came", file=path) from error
    except ValueError as error:
        raise InputError(f"not JSON of UTF-8 text: {str(error)[:80]}", "bring the whole file", file=path) from error


def _version_5(reading: dict[str, Any], path: Path, hints: Hints) -> ParsedFile:
    findings, here = Findings(path), _At(path, "meter_reading")
    kind = here.table(reading, "reading_type")
    meter = checked_meter(here.text(reading, "usage_point_id"), path, None)
    unit = checked_unit(here.text(kind, "unit"), here.inner("reading_type"))
    raw = is_raw(here.text(reading, "quality", "BRUT"), findings)
    curve = Curve(path, meter, _direction(path, hints), unit, counted="reading")
    for number, item in enumerate(here.items(reading, "interval_reading"), 1):
        place = here.inner(f"interval_reading[{number - 1}]")
        minutes = _minutes(place.text(item, "interval_length", ""), place)
        exact = raw and is_measured(place.text(item, "measure_type", ""), findings)
        curve.add(number, place.text(item, "date"), minutes, place.text(item, "value", ""), exact=exact)
    curve.finish(hints, findings)
    return findings.done(LAYOUT)


def _version_2026(document: dict[str, Any], path: Path, hints: Hints) -> ParsedFile:
    findings, here = Findings(path), _At(path, "")
    meter = checked_meter(here.text(document, "idPrm"), path, None)
    raw = is_raw(here.text(document, "etapeMetier", "BRUT"), findings)
    curves: dict[Channel, Curve] = {}
    for order, quantity in enumerate(here.items(document, "grandeur")):
        inside = here.inner(f"grandeur[{order}]")
        kind = inside.text(quantity, "grandeurPhysique")
        if not is_active(kind):
            findings.notice(f"{kind[:40]!r} is not active energy and is left out")
            continue
        channel = checked_channel(inside.text(quantity, "grandeurMetier"), inside)
        if channel in curves:
            raise inside.wrong("a second curve of this direction", "save one answer at a time")
        unit = checked_unit(inside.text(quantity, "unite"), inside)
        curve = curves[channel] = Curve(path, meter, channel, unit, counted="point")
        for number, point in enumerate(inside.items(quantity, "points"), 1):
            place = inside.inner(f"points[{number - 1}]")
            minutes = _minutes(place.text(point, "p", ""), place)
            exact = raw and is_measured(place.text(point, "n", ""), findings) and _is_plausible(place, point, findings)
            curve.add(number, place.text(point, "d"), minutes, place.text(point, "v", ""), exact=exact)
    for curve in curves.values():
        curve.finish(hints, findings)
    return findings.done(LAYOUT_2026)


def _minutes(text: str, place: _At) -> int:
    minutes = duration_minutes(text)
    if minutes is None:
        raise place.wrong(f"its step is {text[:40]!r}, not one of 1 to 60 minutes", _DAILY)
    return minutes


def _is_plausible(place: _At, point: dict[str, Any], findings: Findings) -> bool:
    if place.text(point, "iv", "0") == "0":
        return True
    findings.notice("values that the network operator marks as implausible count as estimated")
    return False


def _direction(path: Path, hints: Hints) -> Channel:
    """What a file that does not say it holds: as told, or as its name says."""
    if hints.channel is not None:
        return hints.channel
    named = direction_in(path.name)
    if named is None:
        raise InputError(
            "the file does not say whether it holds consumption or production",
            "put the word consumption or production into its name",
            file=path,
        )
    return named
