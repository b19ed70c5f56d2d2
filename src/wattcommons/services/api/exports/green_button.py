"""A participant's readings as Green Button (NAESB ESPI 4.0): an Atom feed, one usage point, two meter readings.

Consumption is flowDirection 1, production 19; energy of an interval in Wh (accumulationBehaviour 4, uom 72). A block
holds at most a UTC month. Measured readings are of quality 14 (raw: the network operator has validated none of them),
estimated ones 8, corrected ones 7 (edited). What is absent has no reading. Every id is made of the community, the
participant and the place, so the same data give the same feed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Final, NamedTuple
from uuid import UUID, uuid5
from xml.sax.saxutils import escape, quoteattr
from zoneinfo import ZoneInfo

from wattcommons.domain.intervals import IntervalLength, end_unix, start_unix
from wattcommons.domain.readings import Quality
from wattcommons.services.store.reads.export_rows import ExportRow

MEDIA_TYPE: Final = "application/atom+xml; charset=utf-8"
_NAMESPACE: Final = UUID("7b3d2f60-5c34-4d0e-9a5e-2f6f1d8f0a11")
_QUALITY: Final = {Quality.MEASURED: 14, Quality.ESTIMATED: 8, Quality.CORRECTED: 7}
_CENTRAL_EUROPE: Final = ("AE0E3000", 3_600, "3E0E2000", 3_600)  # last Sundays of October and March
_BLOCK_TAIL: Final = "</IntervalBlock></content></entry>\n"


class _Direction(NamedTuple):
    name: str
    title: str
    flow: int
    value: Callable[[ExportRow], int]


_DIRECTIONS: Final = (
    _Direction("consumption", "Consumption", 1, lambda row: row.consumption_wh),
    _Direction("production", "Production", 19, lambda row: row.production_wh),
)


@dataclass(frozen=True)
class Feed:
    """Whose feed it is. `community`: text that names one community for ever (its chain and registry); `updated`: Unix
    second up to which the data are true; `title`: for people, without personal data.
    """

    community: str
    participant: int
    title: str
    updated: int
    length: IntervalLength
    zone: str

    def urn(self, place: str) -> str:
        """The id of an entry."""
        return f"urn:uuid:{uuid5(_NAMESPACE, f'{self.community}/{self.participant}/{place}')}"

    @property
    def usage_point(self) -> str:
        """Where the usage point lies in the feed's own links."""
        return f"/espi/1_1/resource/UsagePoint/participant-{self.participant}"


def green_button(feed: Feed, rows: Callable[[], Iterable[ExportRow]]) -> Iterator[str]:
    """The feed in pieces. `rows` is called once a direction, and gives the rows in order of time each time."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
    yield f"<id>{feed.urn('feed')}</id><title>{escape(feed.title)}</title>{_updated(feed)}"
    yield f'<link rel="self" href={quoteattr(feed.usage_point)}/>\n'
    yield from _head(feed)
    for direction in _DIRECTIONS:
        yield from _direction(feed, direction, rows())
    yield "</feed>\n"


def _head(feed: Feed) -> Iterator[str]:
    local = f"/espi/1_1/resource/LocalTimeParameters/{feed.participant}"
    known = _has_central_european_time(feed)
    links = [("self", feed.usage_point), ("up", "/espi/1_1/resource/UsagePoint")]
    links += [("related", f"{feed.usage_point}/MeterReading")] + ([("related", local)] if known else [])
    service = "<ServiceCategory><kind>0</kind></ServiceCategory>"
    yield _entry(feed, "usage-point", "Metering point", links, f"<UsagePoint{_ESPI}>{service}</UsagePoint>")
    if known:
        end, offset, start, zone = _CENTRAL_EUROPE
        body = f"<dstEndRule>{end}</dstEndRule><dstOffset>{offset}</dstOffset><dstStartRule>{start}</dstStartRule>"
        body = f"<LocalTimeParameters{_ESPI}>{body}<tzOffset>{zone}</tzOffset></LocalTimeParameters>"
        yield _entry(feed, "local-time", "Local time", [("self", local)], body)


def _direction(feed: Feed, direction: _Direction, rows: Iterable[ExportRow]) -> Iterator[str]:
    kind = f"/espi/1_1/resource/ReadingType/{feed.participant}-{direction.name}"
    reading = f"{feed.usage_point}/MeterReading/{direction.name}"
    up, blocks = f"{feed.usage_point}/MeterReading", f"{reading}/IntervalBlock"
    links = [("self", reading), ("up", up), ("related", blocks), ("related", kind)]
    yield _entry(feed, f"reading/{direction.name}", direction.title, links, f"<MeterReading{_ESPI}/>")
    yield _entry(feed, f"type/{direction.name}", "Energy of an interval", [("self", kind)], _type(feed, direction))
    for month, part in groupby(rows, key=lambda row: _month(row, feed.length)):
        yield from _block(feed, direction, blocks, month, list(part))


def _block(feed: Feed, direction: _Direction, blocks: str, month: str, rows: list[ExportRow]) -> Iterator[str]:
    links = [("self", f"{blocks}/{month}"), ("up", blocks)]
    start = start_unix(rows[0].interval, feed.length)
    duration = end_unix(rows[-1].interval, feed.length) - start
    yield _entry_head(feed, f"block/{direction.name}/{month}", direction.title, links)
    yield f"<content><IntervalBlock{_ESPI}><interval><duration>{duration}</duration><start>{start}</start></interval>\n"
    for row in rows:
        quality = _QUALITY[Quality(row.quality)]
        yield (
            f"<IntervalReading><ReadingQuality><quality>{quality}</quality></ReadingQuality><timePeriod>"
            f"<duration>{feed.length.seconds}</duration><start>{start_unix(row.interval, feed.length)}</start>"
            f"</timePeriod><value>{direction.value(row)}</value></IntervalReading>\n"
        )
    yield _BLOCK_TAIL


def _type(feed: Feed, direction: _Direction) -> str:
    values = {
        "accumulationBehaviour": 4,
        "commodity": 1,
        "currency": 978,
        "dataQualifier": 12,
        "flowDirection": direction.flow,
        "intervalLength": feed.length.seconds,
        "kind": 12,
        "powerOfTenMultiplier": 0,
        "uom": 72,
    }
    body = "".join(f"<{name}>{value}</{name}>" for name, value in values.items())
    return f"<ReadingType{_ESPI}>{body}</ReadingType>"


_ESPI: Final = ' xmlns="http://naesb.org/espi"'


def _entry(feed: Feed, place: str, title: str, links: list[tuple[str, str]], content: str) -> str:
    return f"{_entry_head(feed, place, title, links)}<content>{content}</content></entry>\n"


def _entry_head(feed: Feed, place: str, title: str, links: list[tuple[str, str]]) -> str:
    shown = "".join(f'<link rel="{rel}" href={quoteattr(href)}/>' for rel, href in links)
    return f"<entry><id>{feed.urn(place)}</id>{shown}<title>{escape(title)}</title>{_updated(feed)}"


def _updated(feed: Feed) -> str:
    return f"<updated>{datetime.fromtimestamp(feed.updated, UTC):%Y-%m-%dT%H:%M:%SZ}</updated>"


def _month(row: ExportRow, length: IntervalLength) -> str:
    return f"{datetime.fromtimestamp(start_unix(row.interval, length), UTC):%Y-%m}"


def _has_central_european_time(feed: Feed) -> bool:
    """Whether the zone's clock is that of the rules we can name; others go without them, as all times are UTC."""
    year = datetime.fromtimestamp(feed.updated, UTC).year
    moments = [
        datetime(year, month, day, hour, tzinfo=UTC) for month in (1, 3, 7, 10) for day in (1, 31) for hour in (0, 3)
    ]
    here, there = ZoneInfo(feed.zone), ZoneInfo("Europe/Paris")
    return all(one.astimezone(here).utcoffset() == one.astimezone(there).utcoffset() for one in moments)
