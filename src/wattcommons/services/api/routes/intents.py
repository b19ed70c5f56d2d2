"""Signed messages that this service sends on for members, who pay nothing: bids, certificates, points, consents.

Each is answered at once with an intent, kept before it is sent. What the contract would refuse now is refused at once,
with its reason; what became of the rest `GET /v1/intents/{id}` tells, and the event `intent`.
"""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Path

from wattcommons.services.api.context import Context
from wattcommons.services.api.dependencies import Ctx, Member, Page, Signed, Visitor, cursor_of, require_own
from wattcommons.services.api.intents import requests
from wattcommons.services.api.intents.desk import IntentDesk
from wattcommons.services.api.intents.messages import Asked
from wattcommons.services.api.models.consents import ConsentEnd, ConsentGrant
from wattcommons.services.api.models.intents import Intents
from wattcommons.services.api.models.market import Intent, OrderEnd, SignedOrder
from wattcommons.services.api.models.registry import CancellationRequest, RedemptionRequest
from wattcommons.services.api.problems import ApiProblem, not_yours
from wattcommons.services.store.app.intents import StoredIntent, find_intent, intents_of
from wattcommons.services.store.reads.standing import participant_of_consent

_ACCEPTED: Final = 202
ConsentNumber = Annotated[int, Path(alias="consent", ge=1, le=2**63 - 1, examples=[1])]


def router() -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["intents"])

    @routes.post("/v1/orders", status_code=_ACCEPTED)
    def place(ctx: Ctx, visitor: Member, given: SignedOrder) -> Intent:
        """Send a signed bid."""
        require_own(ctx, visitor, given.order.participant)
        return sent_on(ctx, requests.order(ctx.contracts, visitor.wallet, given))

    @routes.post("/v1/orders/end", status_code=_ACCEPTED)
    def end(ctx: Ctx, visitor: Member, given: OrderEnd) -> Intent:
        """End the bids of a participant from the first open interval on."""
        require_own(ctx, visitor, given.participant)
        return sent_on(ctx, requests.order_end(ctx.contracts, visitor.wallet, given))

    @routes.post("/v1/certificates/cancellations", status_code=_ACCEPTED)
    def cancel(ctx: Ctx, visitor: Signed, given: CancellationRequest) -> Intent:
        """Use certificates up, for a purpose and a time."""
        _require_wallet(visitor, given.holder)
        return sent_on(ctx, requests.cancellation(ctx.contracts, visitor.wallet, given))

    @routes.post("/v1/points/redemptions", status_code=_ACCEPTED)
    def redeem(ctx: Ctx, visitor: Member, given: RedemptionRequest) -> Intent:
        """Spend points on an offer."""
        _require_wallet(visitor, given.wallet)
        return sent_on(ctx, requests.redemption(ctx.contracts, visitor.wallet, given))

    @routes.post("/v1/consents", status_code=_ACCEPTED)
    def grant(ctx: Ctx, visitor: Member, given: ConsentGrant) -> Intent:
        """Let somebody read data of a participant, for a purpose and a time."""
        require_own(ctx, visitor, given.participant)
        return sent_on(ctx, requests.consent(ctx.contracts, visitor.wallet, given))

    @routes.post("/v1/consents/{consent}/end", status_code=_ACCEPTED)
    def revoke(ctx: Ctx, visitor: Member, consent: ConsentNumber, given: ConsentEnd) -> Intent:
        """Take a consent back."""
        _require_own_consent(ctx, visitor, consent, given)
        return sent_on(ctx, requests.consent_end(ctx.contracts, visitor.wallet, given, reject=False))

    @routes.post("/v1/consents/{consent}/reject", status_code=_ACCEPTED)
    def reject(ctx: Ctx, visitor: Member, consent: ConsentNumber, given: ConsentEnd) -> Intent:
        """Say no to a request for a consent."""
        _require_own_consent(ctx, visitor, consent, given)
        return sent_on(ctx, requests.consent_end(ctx.contracts, visitor.wallet, given, reject=True))

    @routes.get("/v1/intents/{intent}")
    def one(ctx: Ctx, visitor: Signed, intent: Annotated[str, Path(pattern="^[0-9a-f]{32}$")]) -> Intent:
        """Where something that was sent on stands."""
        with ctx.store.read() as connection:
            found = find_intent(connection, intent, visitor.wallet)
        if found is None:
            raise not_yours()
        return intent_shown(found)

    @routes.get("/v1/me/intents")
    def mine(ctx: Ctx, visitor: Signed, page: Page) -> Intents:
        """Everything of the visitor's that was sent on, newest first."""
        after = page.after(2)
        with ctx.store.read() as connection:
            found = intents_of(connection, visitor.wallet, after, page.limit + 1)
        shown = found[: page.limit]
        following = None
        if len(found) > page.limit:
            last = shown[-1].created
            seen = sum(one.created == last for one in shown)
            following = cursor_of(last, seen + (after[1] if after and after[0] == last else 0))
        return Intents(items=[intent_shown(one) for one in shown], next=following)

    return routes


def intent_shown(intent: StoredIntent) -> Intent:
    """An intent as its wallet sees it."""
    refusal = intent.refusal
    return Intent(
        id=intent.id,
        kind=intent.kind,
        state=intent.state,
        created=intent.created,
        changed=intent.changed,
        tx_hash=intent.tx_hash,
        refusal=refusal.code if refusal else None,
        detail=refusal.detail if refusal else None,
        what_to_do=refusal.what_to_do if refusal else None,
    )


def sent_on(ctx: Context, asked: Asked) -> Intent:
    """The intent for a signed message, kept and on its way. Raises ApiProblem where it would be refused."""
    return intent_shown(_desk(ctx).take(asked))


def _desk(ctx: Context) -> IntentDesk:
    if ctx.desk is None:
        what = "this server sends nothing on"
        raise ApiProblem(503, "no_relay", what, "send the transaction with your wallet, or ask the operator")
    return ctx.desk


def _require_wallet(visitor: Visitor, account: str) -> None:
    if account.lower() != visitor.wallet.lower():
        raise ApiProblem(403, "other_wallet", "this is of another wallet", "sign in with the wallet that signs")


def _require_own_consent(ctx: Context, visitor: Visitor, consent: int, given: ConsentEnd) -> None:
    if given.consent != consent:
        raise ApiProblem(422, "invalid", "the body names another consent than the path", where="consent")
    with ctx.store.read() as connection:
        participant = participant_of_consent(connection, consent)
    if participant is None:
        raise not_yours()
    require_own(ctx, visitor, participant)
