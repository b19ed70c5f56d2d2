"""The operator's view: machinery, members, money, what the ledger did not take. Each route says which roles see it."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends

from wattcommons.chain.enrolment_file import word_of
from wattcommons.chain.enrolment_terms import Basis, Source
from wattcommons.services.api.dependencies import Ctx, Page, Visitor, cursor_of, require_role
from wattcommons.services.api.models.operator import (
    AccountLine,
    MemberRow,
    Members,
    OperatorOverview,
    ParticipantRow,
    SkippedRun,
    SkippedRuns,
    Treasury,
)
from wattcommons.services.api.views.operator import missing_of, overview_of
from wattcommons.services.delivery.fate import Refusal
from wattcommons.services.store.app.private import point_records, profiles
from wattcommons.services.store.reads.operator import (
    all_members,
    all_points,
    money_lines,
    next_uncleared,
    skipped,
)

_STAFF: Final = ("operator", "metering_operator", "treasurer", "issuing_body", "coach")
_METERS: Final = ("operator", "metering_operator")
_MONEY: Final = ("operator", "treasurer", "auditor")


def router() -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/v1/operator", tags=["operator"])

    @routes.get("/overview")
    def overview(ctx: Ctx, visitor: Annotated[Visitor, Depends(require_role(*_STAFF, "auditor"))]) -> OperatorOverview:
        """The state of the machinery: what waits, what is missing, until when. For every role, and auditors."""
        return overview_of(ctx, named=visitor.has(*_METERS))

    @routes.get("/members")
    def members(ctx: Ctx, _: Annotated[Visitor, Depends(require_role(*_METERS))]) -> Members:
        """Everybody with name and metering points. For the operator and the metering operator."""
        now = ctx.now()
        with ctx.store.read() as connection:
            known, points = all_members(connection), all_points(connection, next_uncleared(connection) or 0)
            people, records = profiles(connection), point_records(connection)
        rows = [
            ParticipantRow(
                participant=point.participant,
                member=point.member,
                label=records[point.participant].label if point.participant in records else None,
                prm=records[point.participant].prm if point.participant in records else None,
                basis=word_of(Basis(point.basis)),
                source=word_of(Source(point.source)),
                gateway=point.gateway,
                from_interval=point.from_interval,
                until_interval=point.until_interval,
                import_w=point.import_w,
                export_w=point.export_w,
                suspended=bool(point.suspended),
                silent=bool(point.silent),
                device=point.device,
                last_interval=point.last_interval,
                missing=missing_of(point, now // ctx.length.seconds),
                balance_neur=point.balance_neur,
            )
            for point in points
        ]
        of: dict[int, list[int]] = {one.member: [] for one in known}
        for point in points:
            of.setdefault(point.member, []).append(point.participant)
        return Members(
            members=[
                MemberRow(
                    member=one.member,
                    wallet=one.wallet,
                    active=bool(one.active),
                    name=people[one.member].name if one.member in people else None,
                    email=people[one.member].email if one.member in people else None,
                    participants=of[one.member],
                )
                for one in known
            ],
            participants=rows,
        )

    @routes.get("/treasury")
    def treasury(ctx: Ctx, page: Page, _: Annotated[Visitor, Depends(require_role(*_MONEY))]) -> Treasury:
        """Deposits, withdrawals, euro minted and redeemed, newest first. For operator, treasurer and auditors."""
        with ctx.store.read() as connection:
            lines = money_lines(connection, page.after(2), page.limit + 1)
        items = [
            AccountLine(
                at=line.at,
                kind=line.kind,
                participant=line.participant,
                account=line.account,
                amount_neur=line.amount_neur,
                reference=line.reference,
            )
            for line in lines[: page.limit]
        ]
        more = len(lines) > page.limit
        last = lines[page.limit - 1] if more else None
        return Treasury(items=items, next=cursor_of(last.block, last.log_index) if last else None)

    @routes.get("/skipped")
    def not_taken(
        ctx: Ctx, page: Page, visitor: Annotated[Visitor, Depends(require_role(*_METERS, "auditor"))]
    ) -> SkippedRuns:
        """Signed readings that the ledger did not take, newest first. For both operators and auditors."""
        with ctx.store.read() as connection:
            lines = skipped(connection, page.after(2), page.limit + 1)
            wanted = {line.participant for line in lines}
            labels = point_records(connection, wanted) if visitor.has(*_METERS) else {}
        items = [
            SkippedRun(
                at=line.at,
                participant=line.participant,
                label=labels[line.participant].label if line.participant in labels else None,
                first_interval=line.first_interval,
                reason=_reason(line.reason),
                detail=line.detail,
            )
            for line in lines[: page.limit]
        ]
        last = lines[page.limit - 1] if len(lines) > page.limit else None
        return SkippedRuns(items=items, next=cursor_of(last.block, last.log_index) if last else None)

    return routes


def _reason(number: int) -> str:
    return Refusal(number).name.lower() if number in tuple(Refusal) else str(number)
