"""A participant's readings as files: CSV and Green Button. Only for its own member."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Final

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from wattcommons.domain.intervals import IntervalRange
from wattcommons.domain.units import IntervalIndex
from wattcommons.services.api.context import Context
from wattcommons.services.api.dependencies import Ctx, OwnParticipant
from wattcommons.services.api.downloads import CSV, streamed
from wattcommons.services.api.exports.energy_csv import energy_csv
from wattcommons.services.api.exports.green_button import MEDIA_TYPE, Feed, green_button
from wattcommons.services.api.problems import invalid, not_yours
from wattcommons.services.store.reads.export_rows import ExportRow, export_rows, participant_facts

_CHUNK: Final = 5_000
_MOST_S: Final = 1_100 * 86_400


class ExportFormat(StrEnum):
    """Of a file of readings."""

    CSV = "csv"
    GREEN_BUTTON = "green_button"


def router() -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["exports"])

    @routes.get(
        "/v1/participants/{participant}/export",
        response_class=StreamingResponse,
        responses={200: {"content": {"text/csv": {}, "application/atom+xml": {}}, "description": "The file"}},
    )
    def export(
        participant: OwnParticipant,
        ctx: Ctx,
        kind: Annotated[ExportFormat, Query(alias="format")] = ExportFormat.CSV,
        begin: Annotated[int | None, Query(alias="from", ge=0, le=2**40, description="Unix s; the beginning")] = None,
        end: Annotated[int | None, Query(alias="to", ge=0, le=2**40, description="Unix s, exclusive; now")] = None,
    ) -> StreamingResponse:
        """Readings, and how they were settled, of the intervals that begin in [from, to): three years at most."""
        state = ctx.state()
        with ctx.store.read() as connection:
            facts = participant_facts(connection, participant)
        if facts is None:
            raise not_yours()
        last = ctx.now(state) if end is None else end
        first = max(facts.from_interval * ctx.length.seconds, last - _MOST_S) if begin is None else begin
        part = span(ctx, first, last)
        name = f"participant-{participant}-{part.first}-{part.end}"
        if kind is ExportFormat.CSV:
            lines = energy_csv(participant, rows_of(ctx, participant, part), ctx.length, ctx.settings.zone)
            return streamed(lines, f"{name}.csv", CSV)
        feed = Feed(
            community=f"{ctx.deployment.chain_id}/{ctx.deployment.address('MemberRegistry')}",
            participant=participant,
            title=f"{ctx.deployment.terms.name}: participant {participant}",
            updated=state.at,
            length=ctx.length,
            zone=ctx.settings.zone,
        )
        pieces = green_button(feed, lambda: rows_of(ctx, participant, part))
        return streamed(pieces, f"{name}.xml", MEDIA_TYPE)

    return routes


def span(ctx: Context, begin: int, end: int) -> IntervalRange:
    """The intervals that begin in [begin, end), Unix seconds. Raises ApiProblem where there is no such time."""
    if end < begin:
        raise invalid("to", "the end lies before the beginning", "swap them")
    if end - begin > _MOST_S:
        raise invalid("from", "more than three years at once", "ask for it in parts")
    step = ctx.length.seconds
    first, after = (min(-(-moment // step), 2**32 - 1) for moment in (begin, end))
    return IntervalRange(IntervalIndex(first), IntervalIndex(after))


def rows_of(ctx: Context, participant: int, part: IntervalRange) -> Iterator[ExportRow]:
    """A participant's rows, fetched as they are used: no transaction waits for a slow reader."""
    while True:
        with ctx.store.read() as connection:
            rows = export_rows(connection, participant, part, _CHUNK)
        yield from rows
        if len(rows) < _CHUNK:
            return
        part = IntervalRange(IntervalIndex(rows[-1].interval + 1), part.end)
