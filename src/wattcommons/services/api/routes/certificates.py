"""Certificates of the signed-in wallet, their lives, their statements of use and what stands behind them.

A certificate's life and provenance are for its producer, its holders, the issuing body and auditors; to anybody else it
does not exist.
"""

from __future__ import annotations

from typing import Annotated, Final, NamedTuple

from fastapi import APIRouter, Path, Query, Request, Response

from wattcommons.domain.guarantees import CANCEL_MONTHS, TRANSFER_MONTHS, first_within
from wattcommons.domain.units import MAX_INDEX
from wattcommons.services.api import caching
from wattcommons.services.api.context import Context
from wattcommons.services.api.dependencies import AUDITOR, Ctx, Page, Signed, Visitor, cursor_of
from wattcommons.services.api.models.registry import (
    Certificate,
    CertificateLife,
    Certificates,
    CertificateState,
    Provenance,
    Statement,
)
from wattcommons.services.api.problems import ApiProblem, not_yours
from wattcommons.services.api.views import certificates as view
from wattcommons.services.api.views.provenance import document
from wattcommons.services.store.app.texts import TextKind, texts_of
from wattcommons.services.store.reads import certificates, exports
from wattcommons.services.store.reads.certificates import CertificateRow, Filter, Owner
from wattcommons.services.store.reads.snapshot import Snapshot
from wattcommons.services.store.reads.standing import participants_of
from wattcommons.services.store.reads.state import index_state

SEES_ALL: Final = (AUDITOR, "issuing_body")
"""Who may see every certificate whole, and the neighbours' trades that prove a sale."""
_STATEMENTS: Final = 200

Number = Annotated[int, Path(alias="id", ge=1, le=2**63 - 1, description="device · 2^32 + interval")]
Begin = Annotated[int | None, Query(alias="from", ge=0, le=2**40, description="Unix seconds")]
End = Annotated[int | None, Query(alias="to", ge=0, le=2**40, description="Unix seconds, exclusive")]


def router() -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["certificates"])
    _add_mine(routes)
    _add_one(routes)
    return routes


def _add_mine(routes: APIRouter) -> None:
    @routes.get("/v1/me/certificates", response_model=Certificates)
    def mine(
        request: Request,
        response: Response,
        ctx: Ctx,
        visitor: Signed,
        page: Page,
        state: Annotated[CertificateState | None, Query(description="only those of this state")] = None,
        begin: Begin = None,
        end: End = None,
        held: Annotated[bool, Query(description="only those of which the wallet holds something")] = False,
    ) -> Certificates | Response:
        """Of one's own production and held ones, newest first, with the sums over all pages.

        The sums are of held and other ones, `held` or not; `cancelled_wh` in them is what this wallet has used by
        statements.
        """
        after = page.after(2)
        with ctx.store.read() as snapshot:
            index = index_state(snapshot)
            now = ctx.now(index)
            wanted = _filter(ctx, state, begin, end, now)._replace(held=held)
            tag = caching.tag_of(ctx, request, index, visitor.wallet, wanted)
            if kept := caching.unchanged(request, response, tag):
                return kept
            owner = _owner(snapshot, visitor)
            place = (after[0], after[1]) if after else None
            rows = certificates.page(snapshot, owner, wanted, place, page.limit + 1)
            more = len(rows) > page.limit
            items = _shown(ctx, snapshot, owner, rows[: page.limit], now)
            sums = certificates.sums(snapshot, owner, wanted)
        last = rows[page.limit - 1] if more else None
        return Certificates(
            items=items,
            next=cursor_of(last.interval, last.id) if last else None,
            held_wh=sums.held_wh,
            cancelled_wh=sums.cancelled_wh,
            sold_wh=sums.sold_wh,
            own_use_wh=sums.own_use_wh,
        )

    @routes.get("/v1/me/statements")
    def statements(ctx: Ctx, visitor: Signed) -> list[Statement]:
        """Statements of use made by this wallet, newest first, the latest 200."""
        with ctx.store.read() as snapshot:
            rows = certificates.statements_of(snapshot, visitor.wallet, None, _STATEMENTS)
            purposes = texts_of(snapshot, TextKind.STATEMENT, (row.purpose for row in rows))
        return [view.statement(row, purposes.get(row.purpose)) for row in rows]


def _add_one(routes: APIRouter) -> None:
    @routes.get("/v1/certificates/{id}")
    def life(ctx: Ctx, visitor: Signed, number: Number) -> CertificateLife:
        """A certificate and what happened to it, as far as it concerns who asks."""
        with ctx.store.read() as snapshot:
            now = ctx.now(index_state(snapshot))
            seen = _seen(snapshot, visitor, number)
            held = certificates.held(snapshot, visitor.wallet, [number]).get(number, 0)
            used = certificates.cancelled_by(snapshot, visitor.wallet, [number]).get(number, 0)
            events = certificates.events(snapshot, number)
        shown = view.certificate(
            seen.row,
            mine=seen.mine,
            whole=seen.mine or seen.all,
            held_wh=held,
            used_wh=used,
            now=now,
            length=ctx.length,
        )
        return view.life(shown, events, visitor.wallet, whole=seen.all)

    @routes.get("/v1/certificates/{id}/provenance")
    def provenance(ctx: Ctx, visitor: Signed, number: Number) -> Provenance:
        """Everything that a page needs to check a certificate by itself: see the API's README.

        It holds the signed run with the producer's other intervals of that run: to give a certificate away is to show
        them. What the neighbours traded in the interval is in it for auditors and the issuing body alone.
        """
        with ctx.store.read() as snapshot:
            state = index_state(snapshot)
            seen = _seen(snapshot, visitor, number)
            found = document(snapshot, ctx.deployment, state, seen.row, whole_fills=seen.all)
        if found is None:
            raise ApiProblem(503, "incomplete", "the index does not hold all of it", "try again soon", retry_s=30)
        return Provenance(document=found)


class _Seen(NamedTuple):
    """A certificate that somebody may see: `mine` produced by them, `all` of it."""

    row: CertificateRow
    mine: bool
    all: bool


def _seen(snapshot: Snapshot, visitor: Visitor, number: int) -> _Seen:
    """Raises ApiProblem 404 for a certificate that is none, or does not concern who asks."""
    row = certificates.certificate(snapshot, number)
    if row is None:
        raise not_yours()
    mine = row.participant in _owner(snapshot, visitor).participants
    everything = visitor.has(*SEES_ALL)
    if not mine and not everything:
        held = certificates.held(snapshot, visitor.wallet, [number])
        grouped = visitor.member is not None and exports.in_group_of(snapshot, visitor.member, number)
        if not held and not grouped and not certificates.cancelled_by(snapshot, visitor.wallet, [number]):
            raise not_yours()
    return _Seen(row, mine, everything)


def _owner(snapshot: Snapshot, visitor: Visitor) -> Owner:
    participants = () if visitor.member is None else participants_of(snapshot, visitor.member)
    return certificates.owner_of(snapshot, visitor.wallet, participants)


def _shown(ctx: Context, snapshot: Snapshot, owner: Owner, rows: list[CertificateRow], now: int) -> list[Certificate]:
    numbers = [row.id for row in rows]
    held = certificates.held(snapshot, owner.wallet, numbers)
    foreign = [row.id for row in rows if row.participant not in owner.participants]
    used = certificates.cancelled_by(snapshot, owner.wallet, foreign)
    return [
        view.certificate(
            row,
            mine=row.participant in owner.participants,
            whole=row.participant in owner.participants,
            held_wh=held.get(row.id, 0),
            used_wh=used.get(row.id, 0),
            now=now,
            length=ctx.length,
        )
        for row in rows
    ]


def _filter(ctx: Context, state: CertificateState | None, begin: int | None, end: int | None, now: int) -> Filter:
    """The intervals asked for: a state follows from the interval and the time alone."""
    seconds = ctx.length.seconds
    first = 0 if begin is None else -(-begin // seconds)
    last = MAX_INDEX + 1 if end is None else -(-end // seconds)
    if state is not None:
        moves, lives = (first_within(now, months, ctx.length) for months in (TRANSFER_MONTHS, CANCEL_MONTHS))
        bounds = {
            CertificateState.TRANSFERABLE: (moves, last),
            CertificateState.CANCEL_ONLY: (lives, moves),
            CertificateState.EXPIRED: (first, lives),
        }[state]
        first, last = max(first, bounds[0]), min(last, bounds[1])
    return Filter(first, last)
