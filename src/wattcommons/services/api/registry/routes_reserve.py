"""Reservations: Wh that a holder keeps back for a while, off the chain.

They bind what this API prepares and shows for the account, and nothing else: a transaction that the holder makes itself
is bound by the contracts alone. A reservation ends by itself, and blocks the highest numbers, for the lowest go first.
"""

from __future__ import annotations

import secrets
from collections import Counter
from typing import Annotated, Final

from fastapi import APIRouter, Path

from wattcommons.domain.bundles import BundleState
from wattcommons.domain.guarantees import CertificateId, device_and_interval, lifetime_of
from wattcommons.services.api.context import Context
from wattcommons.services.api.dependencies import Ctx, Signed, Visitor
from wattcommons.services.api.problems import ApiProblem, invalid, not_yours
from wattcommons.services.api.registry import actions, models, queries, views
from wattcommons.services.api.registry.idempotency import IdempotencyKey, digest, keep_answer, known_answer
from wattcommons.services.store.app import registry as kept

LONGEST_S: Final = 30 * 86_400
ReservationId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]


def router() -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["registry"], prefix="/registry/v1/certificate")

    @routes.post("/reserve", status_code=201)
    def reserve(
        ctx: Ctx, visitor: Signed, given: models.Reserve, idempotency_key: IdempotencyKey = None
    ) -> models.Reservation:
        """Keep bundles back. Off the chain: it binds what this API prepares and nothing else."""
        return _reserve(ctx, visitor, given, idempotency_key)

    @routes.get("/reserve")
    def mine(ctx: Ctx, visitor: Signed) -> list[models.Reservation]:
        """One's own reservations, those ending first in front."""
        with ctx.store.read() as snapshot:
            found = kept.reservations_of(snapshot, visitor.wallet, ctx.now(), queries.MOST_RESERVATIONS)
        return [_shown(ctx, one) for one in found]

    @routes.delete("/reserve/{reservation_id}", status_code=204)
    def end(ctx: Ctx, visitor: Signed, reservation_id: ReservationId) -> None:
        """End one's reservation."""
        with ctx.store.write() as transaction:
            if not kept.end_reservation(transaction, visitor.wallet, reservation_id):
                raise not_yours()

    return routes


def _reserve(ctx: Context, visitor: Visitor, given: models.Reserve, key: str | None) -> models.Reservation:
    now, clock = ctx.now(), int(ctx.clock())
    asked = digest("reserve", given)
    with ctx.store.write() as transaction:  # at once: two requests never keep back the same Wh
        kept.one_at_a_time(transaction)
        if key is not None:
            known = known_answer(transaction, visitor, key, asked, models.Reservation, clock)
            if known is not None:
                return known
        if not now < given.expires <= now + LONGEST_S:
            raise invalid("expires", "a reservation ends within 30 days from now", "choose another moment")
        picked = actions.mine(ctx, transaction, visitor, given, (BundleState.HELD,))
        for one in picked:
            if lifetime_of(CertificateId(one.row.id), ctx.length).has_expired(now):
                raise ApiProblem(409, "certificate_expired", "a certificate has expired", "leave it out")
        if len(kept.reservations_of(transaction, visitor.wallet, now, queries.MOST_RESERVATIONS)) >= (
            queries.MOST_RESERVATIONS
        ):
            raise ApiProblem(429, "too_many_open", "too many reservations are open", "end some of them", retry_s=60)
        amounts = Counter({one.row.id: one.wh for one in picked})
        made = kept.Reservation(
            secrets.token_hex(16), visitor.wallet, tuple(sorted(amounts.items())), given.expires, now
        )
        kept.add_reservation(transaction, made)
        shown = _shown(ctx, made)
        if key is not None:
            keep_answer(transaction, visitor, key, asked, shown, clock)
    return shown


def _shown(ctx: Context, made: kept.Reservation) -> models.Reservation:
    items = []
    for number, wh in made.items:
        device, interval = device_and_interval(CertificateId(number))
        items.append(
            models.ReservedItem(
                issuance_id=views.issuance_of(device, interval, ctx.length), certificate_id=number, quantity=wh
            )
        )
    return models.Reservation(
        reservation_id=made.id, account_id=made.wallet, items=items, expires=made.expires, on_chain=False
    )
