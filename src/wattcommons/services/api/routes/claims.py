"""Consumption claims of one's own participants: the data file, CSV, and the paper."""

from __future__ import annotations

import base64
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response

from wattcommons.domain.formatting import Language
from wattcommons.services.api.dependencies import Ctx, Member, OwnParticipant
from wattcommons.services.api.downloads import CSV, PDF, attached
from wattcommons.services.api.exports.claim_csv import claim_csv
from wattcommons.services.api.exports.claim_pdf import ClaimHead, claim_pdf
from wattcommons.services.api.models.claim import ConsumptionClaim
from wattcommons.services.api.problems import not_yours
from wattcommons.services.api.routes.statements import MonthPath, StatementFormat, require_owned
from wattcommons.services.api.views.claim import claim_bytes, claim_digest, claim_of
from wattcommons.services.api.views.statement import month_of
from wattcommons.services.store.app.private import point_records, profile_of
from wattcommons.services.store.reads.export_rows import participant_facts
from wattcommons.services.store.reads.state import index_state

_FILES: Any = {200: {"content": {"text/csv": {}, "application/pdf": {}}, "description": "The claim, or its file"}}
_JSON: Final = "application/json"
_Excluded = Annotated[
    list[Annotated[int, Query(ge=1, le=2**53 - 1)]],
    Query(max_length=50, description="numbers of own statements that were made for somebody else"),
]
_Proofs = Annotated[
    list[Annotated[str, Query(pattern="^[0-9a-f]{64}$")]],
    Query(max_length=20, description="SHA-256 of proof files handed over with the claim"),
]


def router() -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["exports"])

    @routes.get("/v1/participants/{participant}/claims/{month}", response_model=ConsumptionClaim, responses=_FILES)
    def claim(
        participant: OwnParticipant,
        month: MonthPath,
        visitor: Member,
        ctx: Ctx,
        exclude: _Excluded = [],  # noqa: B006  # never changed; the framework reads it
        proof: _Proofs = [],  # noqa: B006
        kind: Annotated[StatementFormat, Query(alias="format")] = StatementFormat.JSON,
        lang: Annotated[Language, Query(description="of the PDF")] = Language.FRENCH,
    ) -> Any:
        """Which part of a month's consumption is matched by certified production of the same interval.

        As JSON it is the data file to the byte, in canonical form; its SHA-256 stands in `Repr-Digest` and on the PDF.
        """
        with ctx.store.read() as connection:
            state = index_state(connection)
            facts = participant_facts(connection, participant)
            if facts is None or visitor.member is None:
                raise not_yours()
            asked = month_of(ctx, month, state)
            require_owned(facts, asked)
            made = claim_of(connection, ctx, facts, asked, wallet=visitor.wallet, excluded=exclude, proofs=proof)
            profile = profile_of(connection, visitor.member)
            point = point_records(connection, [participant]).get(participant)
        digest = claim_digest(made)
        name = f"claim-{month}-participant-{participant}"
        if kind is StatementFormat.CSV:
            return attached("".join(claim_csv(made, digest.hex())).encode(), f"{name}.csv", CSV)
        if kind is StatementFormat.PDF:
            head = ClaimHead(
                controller=ctx.settings.controller,
                name=profile.name if profile else None,
                label=point.label if point else None,
                issued=state.at,
                verify_url=f"{ctx.settings.origins[0]}/#/verify?claim={digest.hex()}",
                digest=digest.hex(),
            )
            return attached(claim_pdf(made, head, lang), f"{name}.pdf", PDF)
        told = f"sha-256=:{base64.b64encode(digest).decode()}:"
        return Response(claim_bytes(made), media_type=_JSON, headers={"Repr-Digest": told, "Cache-Control": "no-store"})

    return routes
