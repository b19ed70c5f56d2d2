"""Green Button (NAESB ESPI): an Atom feed of interval readings.

A MeterReading points to its ReadingType and is pointed at by its IntervalBlocks through the entries' links; readings
carry their start (unix seconds, UTC), their duration and a value in uom × 10^powerOfTenMultiplier. Taken are energies
of intervals (uom 72 Wh, accumulationBehaviour 4 delta) delivered (flowDirection 1) or received (19). A quality of raw,
validated, verified, revenue or valid is measured; edited, estimated and the like is an estimate; a forecast is no
reading. Source of the codes: ESPI 4.0, see 4-CONVENTIONS.

Foreign XML: no document type is accepted, so that no entity can unfold or fetch anything, and elements are let go as
soon as they have been read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import BinaryIO, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import iterparse  # type: ignore[import-untyped]

from wattcommons.domain.channels import Channel, EnergyRow
from wattcommons.errors import InputError
from wattcommons.services.gateway.files.curve import NO_METER, TWICE_EQUAL, checked_meter
from wattcommons.services.gateway.files.espi import (
    ATOM,
    ESPI,
    IntervalRead,
    Links,
    ReadingKind,
    entry_links,
    read_interval,
    read_kind,
)
from wattcommons.services.gateway.files.opened import too_large
from wattcommons.services.gateway.files.parsed import MAX_ROWS, Findings, Hints, ParsedFile, utc_text
from wattcommons.services.gateway.files.quantities import Cutter, is_absurd

LAYOUT: Final = "Green Button"
MOST_BYTES: Final = 64 * 2**20
_CHUNK: Final = 2**20
_DEEPEST: Final = 32
_MOST_ELEMENTS: Final = 8 * MAX_ROWS
_MINUTES_A_DAY: Final = 1_440
_MICRO_WH_MINUTES: Final = 60
"""µW·min of a millionth of a Wh."""


class _Chunks:
    """The feed in large pieces: expat reads a tag from its beginning again with every piece that does not end it."""

    def __init__(self, stream: BinaryIO, path: Path) -> None:
        self._stream, self._path, self._left = stream, path, MOST_BYTES

    def read(self, _size: int = -1) -> bytes:
        chunk = self._stream.read(_CHUNK)
        self._left -= len(chunk)
        if self._left < 0:
            raise too_large(self._path, MOST_BYTES, "XML document")
        return chunk


@dataclass(slots=True)
class _Block:
    links: Links
    readings: list[IntervalRead]


@dataclass(slots=True)
class _Feed:
    """What the entries of a feed say, by where they lie."""

    kinds: dict[str, ReadingKind | None] = field(default_factory=dict)
    meter_readings: dict[str, Links] = field(default_factory=dict)
    blocks: list[_Block] = field(default_factory=list)


def parse_green_button(stream: BinaryIO, path: Path, hints: Hints) -> ParsedFile:
    """Reads a whole feed. Raises InputError at the first mistake, or when it holds no reading."""
    findings = Findings(path)
    feed = _read(stream, path)
    if not feed.blocks:
        raise InputError("no IntervalBlock in the feed", "ask for interval readings", file=path)
    series: dict[tuple[str, Channel], list[tuple[IntervalRead, ReadingKind]]] = {}
    for block in feed.blocks:
        kind, usage_point = _kind_of(block, feed, path)
        if kind is None:
            findings.notice("readings of another commodity than electricity are left out")
            continue
        meter = usage_point or hints.meter_id
        series.setdefault((meter, kind.channel), []).extend((reading, kind) for reading in block.readings)
    for (meter, channel), readings in series.items():
        if meter:
            checked_meter(meter, path, None)
        else:
            findings.notice(NO_METER)
        _take(meter, channel, readings, findings)
    return findings.done(LAYOUT)


# --- entries -----------------------------------------------------------------------------------------


def _read(stream: BinaryIO, path: Path) -> _Feed:
    feed = _Feed()
    readings: list[IntervalRead] = []
    count = elements = depth = 0
    root: Element | None = None
    for event, element in _events(stream, path):
        if event == "start":
            depth, elements = depth + 1, elements + 1
            if elements > _MOST_ELEMENTS:
                raise InputError(f"more than {_MOST_ELEMENTS} elements", "bring the feed in parts", file=path)
            if depth > _DEEPEST:
                raise InputError(f"elements nested deeper than {_DEEPEST}", "is this a feed of readings?", file=path)
            root = element if root is None else root
            continue
        depth -= 1
        if element.tag == f"{ESPI}IntervalReading":
            count += 1
            if count > MAX_ROWS:
                raise InputError(f"more than {MAX_ROWS} readings", "bring the feed in parts", file=path)
            readings.append(read_interval(element, path))
            element.clear()
        elif element.tag == f"{ATOM}entry":
            _enter(element, readings, feed, path)
            readings = []
        if depth == 1 and root is not None:
            root.clear()
    return feed


def _events(stream: BinaryIO, path: Path) -> Iterator[tuple[str, Element]]:
    try:
        yield from iterparse(_Chunks(stream, path), events=("start", "end"), forbid_dtd=True)
    except DefusedXmlException as error:
        reason = "the XML declares a document type or entities"
        raise InputError(reason, "bring the feed as it was downloaded", file=path) from error
    except ParseError as error:
        line, _column = error.position
        raise InputError(f"not XML: {error}", "bring the whole file", file=path, line=line) from error
    except (LookupError, ValueError) as error:  # an encoding nobody knows
        raise InputError(f"not readable XML: {error}", "bring the feed as UTF-8", file=path) from error


def _enter(entry: Element, readings: list[IntervalRead], feed: _Feed, path: Path) -> None:
    links = entry_links(entry)
    content = entry.find(f"{ATOM}content")
    if content is None:
        return
    kind = content.find(f"{ESPI}ReadingType")
    if kind is not None:
        feed.kinds[links.own] = read_kind(kind, path)
    if content.find(f"{ESPI}MeterReading") is not None:
        feed.meter_readings[links.own] = links
    if content.find(f"{ESPI}IntervalBlock") is not None:
        feed.blocks.append(_Block(links, readings))


def _kind_of(block: _Block, feed: _Feed, path: Path) -> tuple[ReadingKind | None, str]:
    """The reading type of a block and its usage point, by the links; without links, the only type there is."""
    above = block.links.up.removesuffix("/IntervalBlock")
    reading = feed.meter_readings.get(above)
    usage_point = block.links.usage_point or (reading.usage_point if reading else "")
    named = [href for href in (reading.related if reading else ()) if href in feed.kinds]
    if len(named) == 1:
        return feed.kinds[named[0]], usage_point
    if not named and len(feed.kinds) == 1:
        return next(iter(feed.kinds.values())), usage_point
    raise InputError("an IntervalBlock whose ReadingType cannot be told", "bring the whole feed", file=path)


# --- readings ----------------------------------------------------------------------------------------


def _take(meter: str, channel: Channel, readings: list[tuple[IntervalRead, ReadingKind]], findings: Findings) -> None:
    """Rows of one meter and direction, in order of time."""
    readings.sort(key=lambda pair: pair[0].start)
    cutter, end = Cutter(), None
    for _start, group in groupby(readings, key=lambda pair: pair[0].start):
        (reading, kind), *others = group
        for other, _kind in others:
            if (other.value, other.seconds) != (reading.value, reading.seconds):
                raise _wrong(reading, "it is there twice, with different values", findings)
            findings.notice(TWICE_EQUAL)
        minutes = _minutes(reading, kind, findings)
        if end is not None and reading.start < end:
            raise _wrong(reading, "it begins before the one before it ends", findings)
        if end is not None and reading.start > end:
            findings.gap(end, minutes * 60, -(-(reading.start - end) // (minutes * 60)))
        end = reading.start + minutes * 60
        if reading.exact is None:
            findings.notice("forecasts and values normalised for weather are no readings and are left out")
            findings.gap(reading.start, minutes * 60, 1)
            continue
        work = reading.value * 10 ** (kind.power + 6) * _MICRO_WH_MINUTES
        if is_absurd(work, minutes):
            raise _wrong(reading, "more than 36 MW", findings)
        findings.row(EnergyRow(meter, channel, reading.start, minutes, cutter.cut(work), reading.exact))


def _minutes(reading: IntervalRead, kind: ReadingKind, findings: Findings) -> int:
    seconds = reading.seconds if reading.seconds is not None else kind.seconds
    if seconds is None or seconds <= 0 or seconds % 60 or _MINUTES_A_DAY % (seconds // 60 or 1):
        raise _wrong(reading, f"a duration of {seconds} s", findings, "whole minutes that divide a day are expected")
    if not 0 <= reading.start < 2**32 or reading.start % seconds:
        raise _wrong(reading, f"it is off the grid of {seconds // 60} min", findings)
    return seconds // 60


def _wrong(
    reading: IntervalRead, reason: str, findings: Findings, hint: str = "bring the feed as downloaded"
) -> InputError:
    when = utc_text(reading.start) if 0 <= reading.start < 2**32 else f"second {reading.start}"
    return InputError(f"the reading of {when}: {reason}", hint, file=findings.path)
