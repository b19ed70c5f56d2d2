"""The operator's files: allocation keys of a producer, and everybody's monthly statements."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from enum import StrEnum
from typing import IO, Annotated, Any, Final

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse

from wattcommons.domain.formatting import Language
from wattcommons.domain.units import MAX_INDEX, ParticipantIndex
from wattcommons.services.api.context import Context
from wattcommons.services.api.dependencies import Ctx, Visitor, require_role
from wattcommons.services.api.downloads import CSV, ZIP, headers, streamed
from wattcommons.services.api.exports.keys_csv import KeyColumn, keys_csv
from wattcommons.services.api.exports.statement import Statement
from wattcommons.services.api.exports.statement_csv import statements_csv
from wattcommons.services.api.exports.statement_pdf import statement_pdf
from wattcommons.services.api.problems import ApiProblem, invalid
from wattcommons.services.api.routes.statements import MonthPath, numbers_for
from wattcommons.services.api.views.statement import Month, month_of, statement_of
from wattcommons.services.store.app.private import point_records, profiles
from wattcommons.services.store.reads.export_rows import ParticipantFacts, all_participants
from wattcommons.services.store.reads.fills import injections
from wattcommons.services.store.reads.state import IndexState

Operator = Annotated[Visitor, Depends(require_role("operator"))]
_IN_MEMORY: Final = 8 * 2**20
_PIECE: Final = 65_536


class AllFormat(StrEnum):
    """Of everybody's statements."""

    CSV = "csv"
    ZIP = "zip"


def router() -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/v1/operator", tags=["operator"])

    @routes.get(
        "/keys/{month}",
        response_class=StreamingResponse,
        responses={200: {"content": {"text/csv": {}}, "description": "The file"}},
    )
    def keys(
        month: MonthPath,
        ctx: Ctx,
        _: Operator,
        producer: Annotated[int, Query(ge=1, le=MAX_INDEX, description="participant whose injection is allocated")],
    ) -> StreamingResponse:
        """Allocation keys of a producer's month: a line an interval, a column a consumer, percent. Provisional.

        A consumer is named by the number of its metering point where it is known, else `P` and its index.
        """
        asked = month_of(ctx, month, ctx.state())
        with ctx.store.read() as connection:
            everybody = all_participants(connection)
            mine = next((one for one in everybody if one.participant == producer), None)
            if mine is None or not len(mine.owned(asked.ended)):
                raise invalid("producer", "it took no part in that month", "name a participant of that month")
            others = [one for one in everybody if one.participant != producer and len(one.owned(asked.ended))]
            steps = injections(connection, producer, asked.ended)
            records = point_records(connection, [producer, *(one.participant for one in others)])

        def name(participant: int) -> str:
            record = records.get(participant)
            return record.prm if record and record.prm else f"P{participant}"

        columns = [KeyColumn(ParticipantIndex(one.participant), name(one.participant)) for one in others]
        lines = keys_csv(steps, columns, asked.whole, ctx.length, ctx.settings.zone, ctx.settings.allocation_keys)
        return streamed(lines, f"allocation-keys-{name(producer)}-{month}.csv", CSV)

    @routes.get(
        "/statements/{month}",
        response_class=StreamingResponse,
        responses={200: {"content": {"text/csv": {}, "application/zip": {}}, "description": "The file"}},
    )
    def statements(
        month: MonthPath,
        ctx: Ctx,
        _: Operator,
        kind: Annotated[AllFormat, Query(alias="format")] = AllFormat.CSV,
        lang: Annotated[Language, Query(description="of the PDFs of members without a record")] = Language.FRENCH,
    ) -> Any:
        """Everybody's statements of a month: one CSV, or a zip of PDFs, each in its member's language."""
        state = ctx.state()
        asked = month_of(ctx, month, state)
        with ctx.store.read() as connection:
            taking_part = [one for one in all_participants(connection) if len(one.owned(asked.ended))]
        if not taking_part:
            raise ApiProblem(404, "no_statement", "nobody took part in that month", "choose another month")
        made = _statements(ctx, taking_part, asked, state, lang)
        if kind is AllFormat.CSV:
            return streamed(statements_csv(one for one, _language in made), f"statements-{month}.csv", CSV)
        packed = _zipped(made)
        return StreamingResponse(_read(packed), media_type=ZIP, headers=headers(f"statements-{month}.zip"))

    return routes


def _statements(
    ctx: Context, everybody: list[ParticipantFacts], month: Month, state: IndexState, lang: Language
) -> Iterator[tuple[Statement, Language]]:
    """Each statement with the language of its member, made as it is asked for."""
    numbers = numbers_for(ctx, [one.participant for one in everybody], month)
    with ctx.store.read() as connection:
        people, records = profiles(connection), point_records(connection)
    for one in everybody:
        profile = people.get(one.member)
        with ctx.store.read() as connection:
            made = statement_of(
                connection,
                ctx,
                one,
                month,
                issued=state.at,
                number=numbers[one.participant],
                profile=profile,
                point=records.get(one.participant),
            )
        yield made, Language(profile.language) if profile else lang


def _zipped(statements: Iterator[tuple[Statement, Language]]) -> IO[bytes]:
    """A zip of PDFs; a large one lies on the disk, in a file without a name."""
    held = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  read, then closed, while it is sent
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for one, lang in statements:
            name = f"statement-{one.month}-participant-{one.head.participant}.pdf"
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), statement_pdf(one, lang))
    held.seek(0)
    return held


def _read(held: IO[bytes]) -> Iterator[bytes]:
    with held:
        while piece := held.read(_PIECE):
            yield piece
