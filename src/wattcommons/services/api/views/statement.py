"""Monthly statements from the index, and as the API answers them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wattcommons.chain.enrolment_file import word_of
from wattcommons.chain.enrolment_terms import Basis, Source
from wattcommons.domain.intervals import IntervalRange, start_unix
from wattcommons.domain.local_time import local_month
from wattcommons.domain.statements import Sums, mean_price, month_sums
from wattcommons.domain.units import IntervalIndex
from wattcommons.services.api.context import Context
from wattcommons.services.api.exports.statement import Statement, StatementHead
from wattcommons.services.api.models.common import Freshness
from wattcommons.services.api.models.statement import MonthlyStatement, StatementPart, StatementSums
from wattcommons.services.store.app.private import PointRecord, Profile
from wattcommons.services.store.engine import Connection
from wattcommons.services.store.reads.corrections import corrections_of, value_of
from wattcommons.services.store.reads.export_rows import ParticipantFacts, count_readings, settled_lines
from wattcommons.services.store.reads.state import IndexState

PROVISIONAL: Final = "provisional"


@dataclass(frozen=True)
class Month:
    """A local month and how much of it has ended. `text`: 2026-04."""

    text: str
    whole: IntervalRange
    ended: IntervalRange
    over: bool


def month_of(ctx: Context, text: str, state: IndexState) -> Month:
    """A month by its text, at the chain's time. Raises RuleError for a month that there is none of."""
    year, month = text.split("-")
    whole = local_month(int(year), int(month), ctx.length, ctx.settings.zone)
    open_from = ctx.now(state) // ctx.length.seconds
    end = min(max(whole.first, open_from), whole.end)
    return Month(text, whole, IntervalRange(whole.first, IntervalIndex(end)), open_from >= whole.end)


def statement_of(
    connection: Connection,
    ctx: Context,
    facts: ParticipantFacts,
    month: Month,
    *,
    issued: int,
    number: int | None,
    profile: Profile | None,
    point: PointRecord | None,
) -> Statement:
    """The statement of a participant's month, made now."""
    period = facts.owned(month.ended)
    lines = settled_lines(connection, facts.participant, period)
    terms = ctx.deployment.terms
    head = StatementHead(
        community=terms.name,
        controller=ctx.settings.controller,
        participant=facts.participant,
        label=point.label if point else None,
        name=profile.name if profile else None,
        prm=point.prm if point else None,
        basis=word_of(Basis(facts.basis)),
        source=word_of(Source(facts.source)),
        number=number,
        issued=issued,
        collects_fee=terms.collect_network_fee,
        collects_grid=terms.collect_grid,
    )
    sums = month_sums(lines, period, count_readings(connection, facts.participant, period))
    changed = value_of(corrections_of(connection, facts.participant, period))
    return Statement(head, month.text, period, ctx.length, ctx.settings.zone, month.over, sums, changed)


def statement_model(one: Statement, state: IndexState) -> MonthlyStatement:
    """As the API answers it."""
    head, sums = one.head, one.sums
    return MonthlyStatement(
        status=PROVISIONAL,
        number=head.number,
        month=one.month,
        over=one.over,
        start=start_unix(one.period.first, one.length),
        end=start_unix(one.period.end, one.length),
        first_interval=one.period.first,
        end_interval=one.period.end,
        community=head.community,
        controller=head.controller,
        participant=head.participant,
        label=head.label,
        name=head.name,
        prm=head.prm,
        basis=head.basis,
        source=head.source,
        expected_intervals=sums.expected,
        unread=sums.unread,
        waiting=sums.waiting,
        estimated=sums.estimated,
        corrected=sums.corrected,
        corrections_neur=one.corrections_neur,
        late=sums.late,
        complete=sums.complete,
        fee_billed_by_community=head.collects_fee,
        grid_billed_by_community=head.collects_grid,
        total=_sums(sums.total),
        parts=[
            StatementPart(
                retail=part.tariff.retail,
                feed_in=part.tariff.feed_in,
                network_fee=part.tariff.network_fee,
                sums=_sums(part.sums),
            )
            for part in sums.parts
        ],
        freshness=Freshness(block=state.block, at=state.at),
    )


def _sums(sums: Sums) -> StatementSums:
    return StatementSums(
        intervals=sums.intervals,
        production_wh=sums.production_wh,
        consumption_wh=sums.consumption_wh,
        own_use_wh=sums.own_use_wh,
        prod_wh=sums.injected_wh,
        autoprod_wh=sums.sold_wh,
        surplus_wh=sums.grid_export_wh,
        cons_wh=sums.withdrawn_wh,
        autocons_wh=sums.bought_wh,
        complement_wh=sums.grid_import_wh,
        autocons_mean_price=mean_price(sums.bought_neur, sums.bought_wh),
        autoprod_mean_price=mean_price(sums.sold_neur, sums.sold_wh),
        autocons_neur=-sums.bought_neur,
        autoprod_neur=sums.sold_neur,
        fee_neur=-sums.fee_neur,
        complement_neur=-sums.grid_import_neur,
        surplus_neur=sums.grid_export_neur,
        total_neur=sums.value_neur,
        supplier_only_neur=sums.grid_only_neur,
        saving_neur=sums.saved_neur,
    )
