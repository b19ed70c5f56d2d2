"""Monthly statements of one's own participants: JSON, CSV, PDF. Always provisional."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from wattcommons.domain.formatting import Language
from wattcommons.services.api.context import Context
from wattcommons.services.api.dependencies import Ctx, Member, OwnParticipant
from wattcommons.services.api.downloads import CSV, PDF, attached
from wattcommons.services.api.exports.statement import Statement
from wattcommons.services.api.exports.statement_csv import statements_csv
from wattcommons.services.api.exports.statement_pdf import statement_pdf
from wattcommons.services.api.models.statement import MonthlyStatement
from wattcommons.services.api.problems import ApiProblem, not_yours
from wattcommons.services.api.views.statement import Month, month_of, statement_model, statement_of
from wattcommons.services.store.app.private import point_records, profile_of
from wattcommons.services.store.app.statement_numbers import give_number, number_of
from wattcommons.services.store.reads.export_rows import ParticipantFacts, participant_facts

MonthPath = Annotated[
    str, Path(pattern="^20[0-9]{2}-(0[1-9]|1[0-2])$", description="local month", examples=["2026-04"])
]
_FILES: Any = {200: {"content": {"text/csv": {}, "application/pdf": {}}, "description": "The statement, or its file"}}


class StatementFormat(StrEnum):
    """Of a statement."""

    JSON = "json"
    CSV = "csv"
    PDF = "pdf"


def router() -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["exports"])

    @routes.get("/v1/participants/{participant}/statements/{month}", response_model=MonthlyStatement, responses=_FILES)
    def statement(
        participant: OwnParticipant,
        month: MonthPath,
        visitor: Member,
        ctx: Ctx,
        kind: Annotated[StatementFormat, Query(alias="format")] = StatementFormat.JSON,
        lang: Annotated[Language, Query(description="of the PDF")] = Language.FRENCH,
    ) -> Any:
        """The statement of a month: of one that runs what has ended so far, without a number."""
        state = ctx.state()
        asked = month_of(ctx, month, state)
        with ctx.store.read() as connection:
            facts = participant_facts(connection, participant)
            if facts is None or visitor.member is None:
                raise not_yours()
            require_owned(facts, asked)
            number = number_of(connection, participant, month)
        if asked.over and number is None:
            with ctx.store.write() as connection:
                number = give_number(connection, participant, month, int(ctx.clock()))
        with ctx.store.read() as connection:
            made = statement_of(
                connection,
                ctx,
                facts,
                asked,
                issued=state.at,
                number=number,
                profile=profile_of(connection, visitor.member),
                point=point_records(connection, [participant]).get(participant),
            )
        if kind is StatementFormat.JSON:
            return statement_model(made, state)
        return statement_file(made, kind, lang)

    return routes


def require_owned(facts: ParticipantFacts, month: Month) -> None:
    """Raises ApiProblem 404 unless some ended interval of a month belongs to a participant's ownership."""
    if not len(facts.owned(month.ended)):
        raise ApiProblem(404, "no_statement", "there is no statement of that month", "choose a month you took part in")


def statement_file(made: Statement, kind: StatementFormat, lang: Language) -> Response:
    """A statement as CSV or PDF."""
    name = f"statement-{made.month}-participant-{made.head.participant}"
    if kind is StatementFormat.CSV:
        return attached("".join(statements_csv([made])).encode(), f"{name}.csv", CSV)
    return attached(statement_pdf(made, lang), f"{name}.pdf", PDF)


def numbers_for(ctx: Context, participants: list[int], month: Month) -> dict[int, int | None]:
    """The numbers of a month's statements, given now where the month is over and there is none yet."""
    if not month.over:
        return dict.fromkeys(participants)
    with ctx.store.write() as connection:
        now = int(ctx.clock())
        return {one: give_number(connection, one, month.text, now) for one in participants}
