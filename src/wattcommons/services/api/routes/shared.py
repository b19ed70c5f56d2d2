"""What a third party reads of a member under a consent.

A read is allowed when the contract says so at the newest block (so it is refused from the block of a revocation on,
even before the index has seen it), the index knows of no end, and the member has not had everything erased since. The
reader names the purpose, which has to be the consent's. Only directions, times and granularity of the consent are
answered, and a read is logged before anything of it is: one that cannot be logged is not answered. Further pages of
one read are asked for within the hour, with its `next` as cursor, and count as that read.
"""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query

from wattcommons.chain.consent_reads import ConsentNow, consent_now
from wattcommons.domain.consents import ConsentState, Granularity
from wattcommons.domain.intervals import IntervalRange
from wattcommons.domain.units import IntervalIndex
from wattcommons.services.api.context import Context
from wattcommons.services.api.dependencies import Ctx, Page, PageOf, ParticipantPath, Signed, Visitor, cursor_of
from wattcommons.services.api.models.common import Hash
from wattcommons.services.api.models.consents import SharedEnergy
from wattcommons.services.api.problems import ApiProblem, invalid, not_yours
from wattcommons.services.api.views.shared import day_items, interval_items, whole_days
from wattcommons.services.store.app.consent_reads import ConsentRead, find_read, last_erasure, log_read, oldest_after
from wattcommons.services.store.reads.consents import find_consent

DAY_S: Final = 86_400
PAGES_S: Final = 3_600
"""How long the further pages of a read are given without its counting again."""


def router() -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["consents"])

    @routes.get("/v1/shared/participants/{participant}/energy")
    def energy(
        participant: ParticipantPath,
        visitor: Signed,
        ctx: Ctx,
        page: Page,
        consent: Annotated[int, Query(ge=1, le=2**63 - 1, description="number of the consent")],
        purpose: Annotated[Hash, Query(description="the consent's purpose, named again by who reads")],
        begin: Annotated[int, Query(alias="from", ge=0, le=2**40, description="Unix seconds")],
        end: Annotated[int, Query(alias="to", ge=0, le=2**40, description="Unix seconds, exclusive")],
    ) -> SharedEnergy:
        """Readings of a participant under a consent: ended intervals, or ended local days, within [from, to)."""
        now = ctx.now()
        allowed = _allowed(ctx, visitor, participant, consent, now)
        if purpose != f"0x{allowed.terms.purpose.hex()}":
            raise ApiProblem(403, "purpose", "the consent is for another purpose", "read for what it was given for")
        if page.cursor is None:
            part = _window(ctx, allowed, begin, end, now)
            read = _logged(ctx, consent, allowed, part, now)
        else:
            read, part = _continued(ctx, visitor, consent, page, now)
        return _answer(ctx, consent, allowed, page, read, part)

    return routes


def _allowed(ctx: Context, visitor: Visitor, participant: int, consent: int, now: int) -> ConsentNow:
    with ctx.store.read() as connection:
        row = find_consent(connection, consent)
        if row is None or row.grantee != visitor.wallet or row.participant != participant:
            raise not_yours()
        erased = None if row.member is None else last_erasure(connection, row.member)
    known = consent_now(ctx.contracts, consent, now)
    if known is None or known.terms.grantee != visitor.wallet or known.terms.participant != participant:
        raise not_yours()
    # The index may be behind the chain; where it is ahead of this node, an end that it has seen counts as well.
    ended = row.ended_block is not None or row.state != ConsentState.VALID
    if not known.valid or ended or (erased is not None and erased >= known.granted_at):
        raise ApiProblem(403, "no_consent", "there is no valid consent to this any more, or not yet", "ask the member")
    if known.terms.granularity not in (Granularity.DAILY, Granularity.INTERVAL):
        raise ApiProblem(
            403, "granularity", "this consent opens no reading of data", "ask for one to daily or interval data"
        )
    return known


def _window(ctx: Context, allowed: ConsentNow, begin: int, end: int, now: int) -> IntervalRange:
    """What of [begin, end) is within the consent's time and has ended; whole local days for daily data."""
    step = ctx.length.seconds
    first = -(-max(begin, allowed.terms.valid_from) // step)
    last = min(end, allowed.terms.valid_until, now) // step
    part = IntervalRange(IntervalIndex(min(first, last)), IntervalIndex(last))
    if allowed.terms.granularity is Granularity.DAILY:
        return whole_days(part, ctx.length, ctx.settings.zone)
    return part


def _logged(ctx: Context, consent: int, allowed: ConsentNow, part: IntervalRange, now: int) -> int:
    """Log a new read; its number. Raises ApiProblem where it opens nothing, or is one too many."""
    if not len(part):
        raise invalid("from", "the consent opens nothing of that time that has ended", "ask within its time")
    terms = allowed.terms
    read = ConsentRead(
        id=0,
        consent=consent,
        participant=terms.participant,
        grantee=terms.grantee,
        first_interval=part.first,
        end_interval=part.end,
        granularity=int(terms.granularity),
        at=now,
    )
    with ctx.store.write() as connection:
        made = log_read(connection, read, terms.reads_per_day, now - DAY_S)
        oldest = oldest_after(connection, consent, now - DAY_S)
    if made is None:
        wait = (oldest or now) + DAY_S - now
        raise ApiProblem(
            429,
            "frequency",
            f"the consent allows {terms.reads_per_day} reads in 24 hours",
            "come again later, and ask for more at once",
            retry_s=max(wait, 1),
        )
    return made


def _continued(ctx: Context, visitor: Visitor, consent: int, page: PageOf, now: int) -> tuple[int, IntervalRange]:
    """A read that was logged within the hour, and what is left of it."""
    number, first = page.after(2) or (0, 0)
    with ctx.store.read() as connection:
        known = find_read(connection, number)
    if (
        known is None
        or (known.consent, known.grantee) != (consent, visitor.wallet)
        or not known.at <= now <= known.at + PAGES_S
        or not known.first_interval <= first < known.end_interval
    ):
        raise invalid("cursor", "this page belongs to no read of the last hour", "begin again", code="cursor")
    return number, IntervalRange(IntervalIndex(first), IntervalIndex(known.end_interval))


def _answer(
    ctx: Context, consent: int, allowed: ConsentNow, page: PageOf, read: int, part: IntervalRange
) -> SharedEnergy:
    terms = allowed.terms
    daily = terms.granularity is Granularity.DAILY
    with ctx.store.read() as connection:
        items, after = (day_items if daily else interval_items)(connection, ctx, terms, part, page.limit)
    return SharedEnergy(
        consent=consent,
        participant=terms.participant,
        granularity=terms.granularity.name.lower(),
        items=items,
        next=cursor_of(read, after) if after < part.end else None,
    )
