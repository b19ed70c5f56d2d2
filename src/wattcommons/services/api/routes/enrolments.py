"""Enrolments under way: the operator brings a file, the member and the metering operator sign it, and it is submitted.

Submitting is the operator's own transaction. That it happened is seen in the index: the key is enrolled then. Nobody
signs here for another: a signature is taken only from the session of the wallet that made it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Response

from wattcommons.chain.enrolment import Enrolment, Party, Signature, require_community, require_sound
from wattcommons.chain.enrolment_file import as_dict, parse_enrolment
from wattcommons.chain.enrolment_terms import EnrolmentTerms
from wattcommons.chain.roles import Role
from wattcommons.errors import InputError
from wattcommons.services.api.context import Context
from wattcommons.services.api.dependencies import Ctx, Signed, Visitor, require_role
from wattcommons.services.api.models import operator as models
from wattcommons.services.api.new_enrolments import new_of_code
from wattcommons.services.api.problems import ApiProblem, invalid, not_yours
from wattcommons.services.store.app.enrolments import (
    DROPPED,
    OPEN,
    SUBMITTED,
    EnrolmentDraft,
    add_enrolment,
    change_enrolment,
    count_open_enrolments,
    enrolments,
    find_enrolment,
    gateway_is_enrolled,
    point_is_enrolled,
)
from wattcommons.services.store.app.private import add_draft, adopt_point
from wattcommons.services.store.engine import Connection

OPERATOR: Final = Role.OPERATOR.name.lower()
METERING: Final = Role.METERING_OPERATOR.name.lower()
_PARTIES: Final[Mapping[str, Party]] = {"member": Party.MEMBER, "metering_operator": Party.METERING_OPERATOR}
_MOST_OPEN: Final = 500
DraftPath = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="id of the enrolment", examples=["0" * 32])]


def router() -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["enrolments"])

    @routes.post("/v1/enrolments", status_code=201)
    def begin(
        given: models.NewEnrolment, ctx: Ctx, _: Annotated[Visitor, Depends(require_role(OPERATOR))]
    ) -> models.Enrolment:
        """Bring an enrolment file, so that it can be signed here."""
        found = parsed(given.content)
        require_community(found, ctx.deployment)
        require_sound(found)
        with ctx.store.write() as connection:
            return _begun(ctx, connection, found)

    @routes.post("/v1/enrolments/codes", status_code=201)
    def begin_with_code(
        given: models.EnrolmentOfCode, ctx: Ctx, _: Annotated[Visitor, Depends(require_role(OPERATOR))]
    ) -> models.Enrolment:
        """Make an enrolment of the code that a gateway shows. It can be signed until the gate of its first interval.

        The metering point's record becomes the participant's once the enrolment is seen on the chain.
        """
        made, point = new_of_code(ctx, given)
        with ctx.store.write() as connection:
            if point is not None:
                add_draft(connection, point)
            return _begun(ctx, connection, made)

    @routes.get("/v1/enrolments")
    def under_way(visitor: Signed, ctx: Ctx) -> list[models.Enrolment]:
        """Enrolments under way, newest first: all for the operators, a member's own for the member."""
        everybody = visitor.has(OPERATOR, METERING)
        if not everybody and visitor.member is None:
            return []
        with ctx.store.read() as connection:
            drafts = enrolments(connection, None if everybody else visitor.member, _MOST_OPEN)
        return [shown(one, parsed(one.content)) for one in (_seen(ctx, draft) for draft in drafts)]

    @routes.post("/v1/enrolments/{draft}/signatures")
    def sign(draft: DraftPath, given: models.EnrolmentSignature, visitor: Signed, ctx: Ctx) -> models.Enrolment:
        """Add one's own signature over the terms."""
        known = _open(ctx, visitor, draft)
        found = parsed(known.content)
        party = _PARTIES[given.party]
        _require_party(visitor, found, party)
        octets = bytes.fromhex(given.signature[2:])
        signed = replace(found, signatures={**found.signatures, party: Signature(visitor.wallet, octets)})
        if not signed.holds(party):
            raise invalid("signature", "it is not your wallet's over these terms", "sign what is shown, then send it")
        require_sound(signed)
        return _changed(ctx, known, text_of(signed), OPEN)

    @routes.delete("/v1/enrolments/{draft}", status_code=204, response_class=Response)
    def drop(draft: DraftPath, ctx: Ctx, visitor: Annotated[Visitor, Depends(require_role(OPERATOR))]) -> None:
        """Give up an enrolment."""
        known = _open(ctx, visitor, draft)
        _changed(ctx, known, known.content, DROPPED)

    return routes


def parsed(content: str) -> Enrolment:
    """The enrolment in a file's text. Raises ApiProblem 422 naming what is wrong in it."""
    try:
        return parse_enrolment(content.encode("utf-8", "replace"))
    except InputError as error:
        raise invalid("content", error.reason, error.hint or None) from error


def text_of(enrolment: Enrolment) -> str:
    """The file's text."""
    return json.dumps(as_dict(enrolment), indent=2) + "\n"


def shown(draft: EnrolmentDraft, found: Enrolment) -> models.Enrolment:
    """As the API answers it."""
    return models.Enrolment(
        id=draft.id,
        member=draft.member,
        state=draft.state,
        content=draft.content,
        signed_by_member=Party.MEMBER in found.signatures,
        signed_by_metering_operator=Party.METERING_OPERATOR in found.signatures,
        created=draft.created,
    )


def _begun(ctx: Context, connection: Connection, found: Enrolment) -> models.Enrolment:
    if count_open_enrolments(connection) >= _MOST_OPEN:
        raise ApiProblem(409, "too_many_open", f"{_MOST_OPEN} enrolments are open", "drop some of them first")
    now = int(ctx.clock())
    draft = EnrolmentDraft(secrets.token_hex(16), found.member, text_of(found), OPEN, now, now)
    add_enrolment(connection, draft)
    return shown(draft, found)


def _open(ctx: Context, visitor: Visitor, number: str) -> EnrolmentDraft:
    """An open draft that a visitor may see. Raises ApiProblem for any other."""
    with ctx.store.read() as connection:
        draft = find_enrolment(connection, number)
    allowed = draft is not None and (visitor.has(OPERATOR, METERING) or draft.member == visitor.member)
    if draft is None or not allowed:
        raise not_yours()
    draft = _seen(ctx, draft)
    if draft.state != OPEN:
        raise ApiProblem(409, "not_open", f"this enrolment is {draft.state}", "begin another one")
    return draft


def _seen(ctx: Context, draft: EnrolmentDraft) -> EnrolmentDraft:
    """The draft with what the index has seen of it since."""
    if draft.state != OPEN:
        return draft
    terms = parsed(draft.content).terms
    with ctx.store.read() as connection:
        if isinstance(terms, EnrolmentTerms):
            done = point_is_enrolled(connection, draft.member, f"0x{terms.commitment.hex()}")
        else:
            done = gateway_is_enrolled(connection, terms.participant, terms.gateway)
    if not done:
        return draft
    now = int(ctx.clock())
    with ctx.store.write() as connection:
        change_enrolment(connection, draft, draft.content, SUBMITTED, now)
        if isinstance(terms, EnrolmentTerms):
            adopt_point(connection, f"0x{terms.commitment.hex()}", now)
    return draft._replace(state=SUBMITTED, changed=now)


def _require_party(visitor: Visitor, found: Enrolment, party: Party) -> None:
    if party is Party.MEMBER and visitor.wallet != found.wallet:
        raise ApiProblem(403, "party", "this is for the member's wallet to sign", "sign in with that wallet")
    if party is Party.METERING_OPERATOR:
        if not visitor.has(METERING):
            raise ApiProblem(403, "party", "this is for the metering operator to sign", "sign in with its wallet")
        if visitor.has(OPERATOR):
            raise ApiProblem(
                403, "party", "the operator's own account cannot sign as metering operator", "use an independent one"
            )


def _changed(ctx: Context, known: EnrolmentDraft, content: str, state: str) -> models.Enrolment:
    now = int(ctx.clock())
    with ctx.store.write() as connection:
        if not change_enrolment(connection, known, content, state, now):
            raise ApiProblem(409, "changed", "somebody else changed it at the same moment", "look again, then repeat")
    return shown(known._replace(content=content, state=state, changed=now), parsed(content))
