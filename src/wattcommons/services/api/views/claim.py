"""Consumption claims from the index, and their data file: canonical JSON, whose SHA-256 stands on the paper.

The file says nothing of when it was asked for: as long as the month's readings, settlements and statements stay the
same, so do its bytes.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

from wattcommons.chain.enrolment_file import word_of
from wattcommons.chain.enrolment_terms import Basis, Source
from wattcommons.domain import claims as domain
from wattcommons.domain.claims import ClaimLine, Claims
from wattcommons.domain.intervals import start_unix
from wattcommons.domain.local_time import local_date
from wattcommons.services.api.context import Context
from wattcommons.services.api.models.claim import (
    ClaimDay,
    ClaimInterval,
    ClaimStatement,
    ClaimSums,
    ClaimUse,
    ConsumptionClaim,
)
from wattcommons.services.api.views.statement import Month
from wattcommons.services.store.engine import Connection
from wattcommons.services.store.reads.certificates import statements_by_number
from wattcommons.services.store.reads.claims import metered_of, used_of
from wattcommons.services.store.reads.export_rows import ParticipantFacts, count_readings, participant_facts
from wattcommons.services.store.reads.standing import participants_of
from wattcommons.verifier import canonical

FORMAT: Final = "watt-commons/consumption-claim"
VERSION: Final = 1


def claim_of(
    connection: Connection,
    ctx: Context,
    facts: ParticipantFacts,
    month: Month,
    *,
    wallet: str,
    excluded: Iterable[int] = (),
    proofs: Iterable[str] = (),
) -> ConsumptionClaim:
    """The claim of a participant's month. `wallet`: its member's; `excluded`: statements made for somebody else;
    `proofs`: SHA-256 of proof files.
    """
    left_out = sorted(set(excluded))
    found = _claims(connection, ctx, facts.member, month, wallet, set(left_out))
    lines = found.of(facts.participant)
    period = facts.owned(month.ended)
    read = count_readings(connection, facts.participant, period)
    return ConsumptionClaim(
        format=FORMAT,
        version=VERSION,
        chain_id=ctx.deployment.chain_id,
        registry=ctx.deployment.address("GuaranteeOfOrigin"),
        community=ctx.deployment.terms.name,
        kind=ctx.settings.certificate_word,
        participant=facts.participant,
        basis=word_of(Basis(facts.basis)),
        source=word_of(Source(facts.source)),
        month=month.text,
        over=month.over,
        zone=ctx.settings.zone,
        interval_minutes=ctx.length.minutes,
        start=start_unix(period.first, ctx.length),
        end=start_unix(period.end, ctx.length),
        expected_intervals=len(period),
        unread=len(period) - read,
        waiting=read - len(lines),
        order_of_use=list(domain.ORDER),
        total=_sums(lines),
        days=_days(ctx, lines),
        intervals=[_interval(ctx, line) for line in lines],
        statements=_statements(connection, lines),
        left_wh=found.left_wh,
        excluded=left_out,
        proofs=sorted(set(proofs)),
    )


def claim_bytes(claim: ConsumptionClaim) -> bytes:
    """The data file."""
    return canonical.dump(claim.model_dump(mode="json"))


def claim_digest(claim: ConsumptionClaim) -> bytes:
    """SHA-256 of the data file."""
    return hashlib.sha256(claim_bytes(claim)).digest()


def _claims(connection: Connection, ctx: Context, member: int, month: Month, wallet: str, excluded: set[int]) -> Claims:
    """Over all of the member's points: what is claimed at one is claimed at no other."""
    metered = []
    for one in participants_of(connection, member):
        facts = participant_facts(connection, one)
        if facts is not None:
            metered += metered_of(connection, one, facts.owned(month.ended))
    uses = [one for one in used_of(connection, wallet, month.ended) if one.statement not in excluded]
    return domain.claims(metered, uses, ctx.length)


def _days(ctx: Context, lines: Sequence[ClaimLine]) -> list[ClaimDay]:
    by_day = groupby(lines, key=lambda line: local_date(line.interval, ctx.length, ctx.settings.zone))
    return [ClaimDay(day=day.isoformat(), sums=_sums(tuple(part))) for day, part in by_day]


def _interval(ctx: Context, line: ClaimLine) -> ClaimInterval:
    return ClaimInterval(
        start=start_unix(line.interval, ctx.length),
        measured=line.measured,
        consumption_wh=line.consumption_wh,
        own_use_wh=line.own_use_wh,
        bought_wh=line.bought_wh,
        cancelled_wh=line.cancelled_wh,
        uncertified_wh=line.uncertified_wh,
        uses=[ClaimUse(statement=one.statement, certificate=one.certificate, wh=one.wh) for one in line.portions],
    )


def _statements(connection: Connection, lines: Sequence[ClaimLine]) -> list[ClaimStatement]:
    taken: Counter[int] = Counter()
    for line in lines:
        for portion in line.portions:
            taken[portion.statement] += portion.wh
    return [
        ClaimStatement(
            statement=row.statement,
            beneficiary=row.beneficiary,
            purpose=row.purpose,
            period_from=row.period_from,
            period_to=row.period_to,
            country=row.country,
            statement_hash=row.statement_hash,
            claimed_wh=taken[row.statement],
        )
        for row in statements_by_number(connection, sorted(taken))
    ]


def _sums(lines: Sequence[ClaimLine]) -> ClaimSums:
    sums = domain.sums_of(lines)
    return ClaimSums(
        intervals=sums.intervals,
        unmeasured=sums.unmeasured,
        consumption_wh=sums.consumption_wh,
        own_use_wh=sums.own_use_wh,
        bought_wh=sums.bought_wh,
        cancelled_wh=sums.cancelled_wh,
        matched_wh=sums.matched_wh,
        uncertified_wh=sums.uncertified_wh,
        share=sums.share,
    )
