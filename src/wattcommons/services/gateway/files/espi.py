"""Elements of a Green Button feed, each read by itself: reading types, readings, and how entries are linked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element

from wattcommons.domain.channels import Channel
from wattcommons.errors import InputError

ATOM: Final = "{http://www.w3.org/2005/Atom}"
ESPI: Final = "{http://naesb.org/espi}"

_ELECTRICITY: Final = {None, 0, 1, 2}
_CHANNELS: Final = {1: Channel.CONSUMPTION, 19: Channel.PRODUCTION}
_WH: Final = 72
_DELTA: Final = 4
_MEASURED: Final = {0, 14, 17, 18, 19}
_NO_READING: Final = {12, 15}  # a forecast; normalised for weather
_USAGE_POINT: Final = re.compile(r"/UsagePoint/([^/]+)")
_NUMBER: Final = re.compile(r"-?[0-9]{1,15}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ReadingKind:
    """A ReadingType that holds energies. `power`: of ten, on the value in Wh; `seconds`: of an interval, where said."""

    channel: Channel
    power: int
    seconds: int | None


@dataclass(frozen=True, slots=True)
class IntervalRead:
    """One IntervalReading. `seconds`: its duration, None where it says none; `exact`: None for what is no reading."""

    start: int
    seconds: int | None
    value: int
    exact: bool | None


@dataclass(frozen=True, slots=True)
class Links:
    """Where an entry lies (`own`), what lies above it, and what it points to."""

    own: str
    up: str
    related: tuple[str, ...]

    @property
    def usage_point(self) -> str:
        """The usage point's name in the links, empty where they do not say."""
        found = _USAGE_POINT.search(self.own) or _USAGE_POINT.search(self.up)
        return found[1][:64] if found else ""


def entry_links(entry: Element) -> Links:
    """The links of an Atom entry."""
    by_rel: dict[str, list[str]] = {}
    for link in entry.findall(f"{ATOM}link"):
        by_rel.setdefault(link.get("rel", ""), []).append(link.get("href", ""))
    return Links(
        by_rel.get("self", [""])[0],
        by_rel.get("up", [""])[0],
        tuple(by_rel.get("related", ())),
    )


def read_kind(element: Element, path: Path) -> ReadingKind | None:
    """What a ReadingType holds; None for another commodity than electricity. Raises InputError for what is unknown."""
    if _number(element, "commodity", path) not in _ELECTRICITY:
        return None
    uom = _number(element, "uom", path)
    if uom != _WH:
        raise InputError(f"uom {uom}, not 72 (Wh)", "ask for interval energies", file=path)
    behaviour = _number(element, "accumulationBehaviour", path)
    if behaviour != _DELTA:
        raise InputError(f"accumulationBehaviour {behaviour}, not 4 (delta)", "ask for interval energies", file=path)
    flow = _number(element, "flowDirection", path)
    channel = _CHANNELS.get(-1 if flow is None else flow)
    if channel is None:
        raise InputError(f"flowDirection {flow}, neither 1 nor 19", "ask for delivered or received energy", file=path)
    power = _number(element, "powerOfTenMultiplier", path) or 0
    if not -6 <= power <= 9:
        raise InputError(f"powerOfTenMultiplier {power}", "-6 to 9 are read", file=path)
    return ReadingKind(channel, power, _number(element, "intervalLength", path))


def read_interval(element: Element, path: Path) -> IntervalRead:
    """One IntervalReading. Raises InputError where its start or value is missing or no whole number."""
    period = element.find(f"{ESPI}timePeriod")
    start = None if period is None else _number(period, "start", path)
    value = _number(element, "value", path)
    if period is None or start is None or value is None:
        raise InputError("a reading without its start or its value", "bring the whole feed", file=path)
    if value < 0:
        raise InputError(f"the reading at second {start} is negative", "0 or more is expected", file=path)
    qualities = {_number(quality, "quality", path) for quality in element.findall(f"{ESPI}ReadingQuality")}
    exact = None if qualities & _NO_READING else qualities <= _MEASURED
    return IntervalRead(start, _number(period, "duration", path), value, exact)


def _number(element: Element, name: str, path: Path) -> int | None:
    text = (element.findtext(f"{ESPI}{name}") or "").strip()
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        raise InputError(f"{name} is {text[:40]!r}", "a whole number is expected", file=path)
    return int(text)
