"""Personal records as the operator writes them: members, metering points, and words behind codes and accounts.

A record is committed to first, by a salted hash that the registration puts onto the chain; then the draft becomes the
record of the member or participant that carries this very commitment, and of no other.
"""

from __future__ import annotations

import secrets
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Response

from wattcommons.chain.commitments import commitment_of, new_salt, text_hash
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
from wattcommons.services.api.problems import ApiProblem, not_found
from wattcommons.services.store.app.private import (
    Draft,
    Purpose,
    add_draft,
    add_purpose,
    find_draft,
    keep_point,
    keep_profile,
    name_account,
)
from wattcommons.services.store.reads.commitments import member_commitment, participant_commitment

Operator = Annotated[Visitor, Depends(require_role("operator"))]
DraftPath = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="id of the draft", examples=["0" * 32])]
_MEMBER: Final = "member"
_POINT: Final = "participant"


def router() -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/v1/operator", tags=["operator"])

    @routes.post("/profiles", status_code=201)
    def profile(given: NewProfile, ctx: Ctx, _: Operator) -> ProfileCommitment:
        """Keep a member's data; the commitment goes into the registration."""
        return _drafted(ctx, _MEMBER, given.model_dump())

    @routes.put("/profiles/{draft}/member", status_code=204, response_class=Response)
    def member_of_profile(draft: DraftPath, given: MemberOfProfile, ctx: Ctx, _: Operator) -> None:
        """Say which member a profile became."""
        with ctx.store.write() as connection:
            found = find_draft(connection, draft, _MEMBER)
            _require_committed(found, member_commitment(connection, given.member))
            if found is not None:
                keep_profile(connection, found, given.member, int(ctx.clock()))

    @routes.post("/points", status_code=201)
    def point(given: NewPoint, ctx: Ctx, _: Operator) -> ProfileCommitment:
        """Keep a metering point's data; the commitment goes into the enrolment's terms."""
        return _drafted(ctx, _POINT, given.model_dump())

    @routes.put("/points/{draft}/participant", status_code=204, response_class=Response)
    def participant_of_point(draft: DraftPath, given: ParticipantOfPoint, ctx: Ctx, _: Operator) -> None:
        """Say which participant a metering point became."""
        with ctx.store.write() as connection:
            found = find_draft(connection, draft, _POINT)
            _require_committed(found, participant_commitment(connection, given.participant))
            if found is not None:
                keep_point(connection, found, given.participant, int(ctx.clock()))

    @routes.post("/purposes", status_code=201)
    def purpose(given: NewPurpose, ctx: Ctx, _: Operator) -> PurposeText:
        """Write down what data may be asked for; members see title and text when they are asked."""
        octets = text_hash(given.text) if given.code is None else purpose_code(given.code)
        code = f"0x{octets.hex()}"
        with ctx.store.write() as connection:
            add_purpose(connection, Purpose(code, given.title, given.text))
        return PurposeText(code=code, title=given.title, text=given.text)

    @routes.put("/accounts/{account}/name", status_code=204, response_class=Response)
    def account_name(
        account: Annotated[str, Path(pattern="^0x[0-9a-fA-F]{40}$")], given: AccountName, ctx: Ctx, _: Operator
    ) -> None:
        """Say which organisation stands behind an account: a third party, a partner. Never a member."""
        with ctx.store.write() as connection:
            name_account(connection, checked_address(account), given.name)

    return routes


def _drafted(ctx: Context, kind: str, content: dict[str, Any]) -> ProfileCommitment:
    salt = new_salt()
    commitment = f"0x{commitment_of(content, salt).hex()}"
    draft = Draft(secrets.token_hex(16), kind, content, salt, commitment, int(ctx.clock()))
    with ctx.store.write() as connection:
        add_draft(connection, draft)
    return ProfileCommitment(draft=draft.id, commitment=commitment)


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
