"""Personal records as the operator writes them: members, metering points, and words behind codes and accounts.

A record is committed to first, by a salted hash that the registration puts onto the chain; then the draft becomes the
record of the member or participant that carries this very commitment, and of no other.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response

from wattcommons.chain.commitments import text_hash
from wattcommons.chain.keystore import checked_address
from wattcommons.domain.consents import purpose_code
from wattcommons.services.api.context import Context
from wattcommons.services.api.dependencies import Ctx, Visitor, require_role
from wattcommons.services.api.models.consents import PurposeText
from wattcommons.services.api.models.operator import (
    AccountName,
    MemberOfProfile,
    NewPoint,
    NewProfile,
    NewPurpose,
    ParticipantOfPoint,
    ProfileCommitment,
)
from wattcommons.services.api.new_records import MEMBER, POINT, member_draft, point_draft
from wattcommons.services.api.problems import ApiProblem, not_found
from wattcommons.services.store.app.private import (
    Draft,
    add_draft,
    find_draft,
    keep_point,
    keep_profile,
    name_account,
)
from wattcommons.services.store.app.texts import Purpose, TextKind, add_text
from wattcommons.services.store.reads.commitments import member_commitment, participant_commitment

Operator = Annotated[Visitor, Depends(require_role("operator"))]
DraftPath = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="id of the draft", examples=["0" * 32])]


def router() -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/v1/operator", tags=["operator"])

    @routes.post("/profiles", status_code=201)
    def profile(given: NewProfile, ctx: Ctx, _: Operator) -> ProfileCommitment:
        """Keep a member's data; the commitment goes into the registration."""
        return _kept(ctx, member_draft(given, int(ctx.clock())))

    @routes.put("/profiles/{draft}/member", status_code=204, response_class=Response)
    def member_of_profile(draft: DraftPath, given: MemberOfProfile, ctx: Ctx, _: Operator) -> None:
        """Say which member a profile became."""
        with ctx.store.write() as connection:
            found = find_draft(connection, draft, MEMBER)
            _require_committed(found, member_commitment(connection, given.member))
            if found is not None:
                keep_profile(connection, found, given.member, int(ctx.clock()))

    @routes.post("/points", status_code=201)
    def point(given: NewPoint, ctx: Ctx, _: Operator) -> ProfileCommitment:
        """Keep a metering point's data; the commitment goes into the enrolment's terms."""
        return _kept(ctx, point_draft(given, int(ctx.clock())))

    @routes.put("/points/{draft}/participant", status_code=204, response_class=Response)
    def participant_of_point(draft: DraftPath, given: ParticipantOfPoint, ctx: Ctx, _: Operator) -> None:
        """Say which participant a metering point became."""
        with ctx.store.write() as connection:
            found = find_draft(connection, draft, POINT)
            _require_committed(found, participant_commitment(connection, given.participant))
            if found is not None:
                keep_point(connection, found, given.participant, int(ctx.clock()))

    @routes.post("/purposes", status_code=201)
    def purpose(given: NewPurpose, ctx: Ctx, _: Operator) -> PurposeText:
        """Write down the text behind a code: what data may be asked for, what a statement or a target is about.

        Members see a consent's title and text when they are asked. An offer's text is its partner's.
        """
        octets = text_hash(given.text) if given.code is None else purpose_code(given.code)
        code = f"0x{octets.hex()}"
        with ctx.store.write() as connection:
            add_text(connection, TextKind(given.kind), Purpose(code, given.title, given.text), int(ctx.clock()))
        return PurposeText(code=code, title=given.title, text=given.text)

    @routes.put("/accounts/{account}/name", status_code=204, response_class=Response)
    def account_name(
        account: Annotated[str, Path(pattern="^0x[0-9a-fA-F]{40}$")], given: AccountName, ctx: Ctx, _: Operator
    ) -> None:
        """Say which organisation stands behind an account: a third party, a partner. Never a member."""
        with ctx.store.write() as connection:
            name_account(connection, checked_address(account), given.name)

    return routes


def _kept(ctx: Context, draft: Draft) -> ProfileCommitment:
    with ctx.store.write() as connection:
        add_draft(connection, draft)
    return ProfileCommitment(draft=draft.id, commitment=draft.commitment)


def _require_committed(draft: Draft | None, commitment: str | None) -> None:
    """Raises ApiProblem unless the registration carries the draft's commitment."""
    if draft is None:
        raise not_found("there is no such draft: it became a record, or it was not used for too long")
    if commitment != draft.commitment:
        raise ApiProblem(
            409,
            "commitment",
            "the registration carries another commitment than this record, or is not in the index yet",
            "register with the record's commitment, and wait until it is seen",
        )
