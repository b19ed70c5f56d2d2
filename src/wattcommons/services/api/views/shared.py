"""Readings as a consent opens them: in its directions, at its granularity, and nothing finer."""

from __future__ import annotations

from datetime import timedelta

from wattcommons.domain.consents import ConsentTerms, Directions
from wattcommons.domain.intervals import IntervalLength, IntervalRange, end_unix, start_unix
from wattcommons.domain.local_time import local_date, local_day
from wattcommons.domain.readings import Quality
from wattcommons.domain.units import IntervalIndex
from wattcommons.services.api.context import Context
from wattcommons.services.api.models.consents import SharedInterval
from wattcommons.services.store.engine import Connection
from wattcommons.services.store.reads.shared import SharedSums, shared_readings, shared_sums

INCOMPLETE = "incomplete"


def whole_days(part: IntervalRange, length: IntervalLength, zone: str) -> IntervalRange:
    """The local days that lie wholly in a part; an empty one where there is none.

    Parts of days would tell intervals apart by their differences.
    """
    if not len(part):
        return part
    first = local_day(local_date(part.first, length, zone), length, zone)
    begin = first.first if first.first == part.first else first.end
    end = local_day(local_date(part.end, length, zone), length, zone).first
    return IntervalRange(IntervalIndex(min(begin, end)), end)


def interval_items(
    connection: Connection, ctx: Context, terms: ConsentTerms, part: IntervalRange, limit: int
) -> tuple[list[SharedInterval], int]:
    """The first intervals of a part, absent ones too, and the interval after them."""
    shown = IntervalRange(part.first, IntervalIndex(min(part.end, part.first + limit)))
    found = shared_readings(connection, terms.participant, shown)
    items = []
    for interval in shown:
        reading = found.get(interval)
        items.append(
            SharedInterval(
                start=start_unix(interval, ctx.length),
                end=end_unix(interval, ctx.length),
                consumption_wh=reading.consumption_wh if reading and terms.directions & Directions.IMPORT else None,
                production_wh=reading.production_wh if reading and terms.directions & Directions.EXPORT else None,
                quality=(reading.quality if reading else Quality.ABSENT).name.lower(),
            )
        )
    return items, shown.end


def day_items(
    connection: Connection, ctx: Context, terms: ConsentTerms, part: IntervalRange, limit: int
) -> tuple[list[SharedInterval], int]:
    """The first local days of a part of whole ones, and the interval after them."""
    items: list[SharedInterval] = []
    at = part.first
    day = local_date(at, ctx.length, ctx.settings.zone)
    while at < part.end and len(items) < limit:
        whole = local_day(day, ctx.length, ctx.settings.zone)
        sums = shared_sums(connection, terms.participant, whole)
        items.append(
            SharedInterval(
                start=start_unix(whole.first, ctx.length),
                end=start_unix(whole.end, ctx.length),
                consumption_wh=sums.consumption_wh if sums.read and terms.directions & Directions.IMPORT else None,
                production_wh=sums.production_wh if sums.read and terms.directions & Directions.EXPORT else None,
                quality=_quality(sums, len(whole)),
            )
        )
        at, day = whole.end, day + timedelta(days=1)
    return items, at


def _quality(sums: SharedSums, intervals: int) -> str:
    if not sums.read:
        return Quality.ABSENT.name.lower()
    if sums.read < intervals:
        return INCOMPLETE
    worst = Quality.ESTIMATED if sums.estimated else Quality.CORRECTED if sums.corrected else Quality.MEASURED
    return worst.name.lower()
