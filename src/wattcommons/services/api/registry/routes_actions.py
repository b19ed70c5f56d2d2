"""What is done with certificates. The API holds nobody's key: each answer is an unsigned transaction, something to
sign, or the way to the chain of what its holder has signed.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from wattcommons.services.api.dependencies import Ctx, Signed, Visitor, require_role
from wattcommons.services.api.registry import actions, models
from wattcommons.services.api.registry.idempotency import IdempotencyKey, once

IssuingBody = Annotated[Visitor, Depends(require_role("issuing_body"))]


def router() -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["registry"], prefix="/registry/v1/certificate")

    @routes.post("/transfer")
    def transfer(
        ctx: Ctx, visitor: Signed, given: models.Transfer, idempotency_key: IdempotencyKey = None
    ) -> models.ActionAnswer:
        """Hand bundles to another account, if its white list has nothing against it."""

        def make() -> models.ActionAnswer:
            return actions.transfer(ctx, visitor, given)

        return once(ctx, visitor, idempotency_key, "transfer", given, models.ActionAnswer, make)

    @routes.post("/cancel")
    def cancel(
        ctx: Ctx, visitor: Signed, given: models.Cancel, idempotency_key: IdempotencyKey = None
    ) -> models.ActionAnswer:
        """Use bundles up. Final."""

        def make() -> models.ActionAnswer:
            return actions.cancel(ctx, visitor, given)

        return once(ctx, visitor, idempotency_key, "cancel", given, models.ActionAnswer, make)

    @routes.post("/claim")
    def claim(
        ctx: Ctx, visitor: Signed, given: models.Claim, idempotency_key: IdempotencyKey = None
    ) -> models.ActionAnswer:
        """Have what waits delivered; or see by which statement something was claimed."""

        def make() -> models.ActionAnswer:
            return actions.claim(ctx, visitor, given)

        return once(ctx, visitor, idempotency_key, "claim", given, models.ActionAnswer, make)

    @routes.post("/withdraw")
    def withdraw(
        ctx: Ctx, visitor: IssuingBody, given: models.Withdraw, idempotency_key: IdempotencyKey = None
    ) -> models.ActionAnswer:
        """Take back what was issued in error: for the issuing body alone."""

        def make() -> models.ActionAnswer:
            return actions.withdraw(ctx, visitor, given)

        return once(ctx, visitor, idempotency_key, "withdraw", given, models.ActionAnswer, make)

    return routes
