"""Times that a route is asked for: a chart's period, a span of seconds."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final

from fastapi import Query

from wattcommons.domain.intervals import IntervalRange, interval_at
from wattcommons.domain.local_periods import Chart, Span, chart_of
from wattcommons.domain.local_time import local_date
from wattcommons.services.api.context import Context
from wattcommons.services.api.models.common import Period
from wattcommons.services.api.problems import invalid

DateQuery = Annotated[
    str | None,
    Query(
        alias="date",
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        description="a local day of the period; today without it",
        examples=["2026-04-01"],
    ),
]
PeriodQuery = Annotated[Period, Query(description="how much time")]
FromQuery = Annotated[int, Query(alias="from", ge=0, le=2**40, description="Unix seconds")]
ToQuery = Annotated[int, Query(alias="to", ge=0, le=2**40, description="Unix seconds, exclusive")]
_LAST: Final = 2**32 - 1


def today(ctx: Context, now: int) -> date:
    """The local day at `now`, unix seconds of the chain."""
    return local_date(interval_at(now, ctx.length), ctx.length, ctx.settings.zone)


def chart(ctx: Context, period: Period, day: str | None, now: int) -> Chart:
    """The chart asked for. Raises ApiProblem 422 for a day that is none."""
    if day is None:
        return chart_of(Span(period.value), today(ctx, now), ctx.length, ctx.settings.zone)
    try:
        parsed = date.fromisoformat(day)
    except ValueError:
        raise invalid("date", f"{day} is no day", "write it like 2026-04-01") from None
    return chart_of(Span(period.value), parsed, ctx.length, ctx.settings.zone)


def span(ctx: Context, first: int, end: int, most: int) -> IntervalRange:
    """The intervals that begin in [first, end), unix seconds. Raises ApiProblem 422 for none, or more than `most`."""
    length = ctx.length.seconds
    begins, ends = min(-(-first // length), _LAST), min(-(-end // length), _LAST)
    if ends <= begins:
        raise invalid("to", "no interval begins between `from` and `to`", "let `to` be later than `from`")
    if ends - begins > most:
        raise invalid("to", f"{ends - begins} intervals are asked for", f"ask for {most} at most")
    return IntervalRange(begins, ends)  # type: ignore[arg-type]
