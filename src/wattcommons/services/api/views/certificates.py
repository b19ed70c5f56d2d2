"""Certificates as they concern who asks: of another's production nothing but what one holds or has used of it."""

from __future__ import annotations

from collections.abc import Sequence

from wattcommons.domain.corrections import reason_text
from wattcommons.domain.guarantees import CertificateId, lifetime_of
from wattcommons.domain.intervals import IntervalLength, start_unix
from wattcommons.services.api.models.registry import Certificate, CertificateEvent, CertificateLife, Statement
from wattcommons.services.api.views.common import kind_of
from wattcommons.services.store.app.texts import Purpose
from wattcommons.services.store.reads.certificates import CertificateRow, EventRow, StatementRow


def certificate(
    row: CertificateRow, *, mine: bool, whole: bool, held_wh: int, used_wh: int, now: int, length: IntervalLength
) -> Certificate:
    """`mine`: produced by the asker; `whole`: the asker may see all of it, as its producer, an auditor or an issuing
    body. `held_wh`, `used_wh`: what the asker holds of it and has cancelled.
    """
    life = lifetime_of(CertificateId(row.id), length)
    state = "expired" if now >= life.cancellable_until else "cancel_only"
    if now < life.transferable_until:
        state = "transferable"
    known = held_wh + used_wh
    return Certificate(
        id=row.id,
        device=row.device,
        kind=kind_of(row.fuel),
        interval=row.interval,
        start=start_unix(row.interval, length),
        end=life.production_end,
        issued_wh=row.own_use_wh + row.sold_wh + row.minted_wh + row.more_wh if whole else known,
        own_use_wh=row.own_use_wh if whole else 0,
        sold_wh=row.sold_wh if whole else 0,
        minted_wh=row.minted_wh if whole else known,
        more_wh=row.more_wh if whole else 0,
        held_wh=held_wh,
        cancelled_wh=row.cancelled_wh if whole else used_wh,
        withdrawn_wh=row.withdrawn_wh if whole else 0,
        transferable_until=life.transferable_until,
        cancellable_until=life.cancellable_until,
        state=state,
        produced_by_me=mine,
    )


def life(certificate: Certificate, events: Sequence[EventRow], wallet: str, *, whole: bool) -> CertificateLife:
    """A certificate and what happened to it: all of it, or the events in which the asker's wallet took part."""
    return CertificateLife(
        certificate=certificate,
        events=[
            CertificateEvent(
                kind=one.kind,
                wh=one.wh,
                source=one.source,
                target=one.target,
                statement=one.statement,
                reason=reason_text(bytes.fromhex(one.reason[2:])) if one.reason else None,
                at=one.at,
                tx_hash=one.tx_hash,
            )
            for one in events
            if whole or wallet in (one.source, one.target)
        ],
    )


def statement(row: StatementRow, purpose: Purpose | None) -> Statement:
    """A statement of use. `purpose`: the text behind its code, where it is known."""
    return Statement(
        statement=row.statement,
        holder=row.holder,
        beneficiary=row.beneficiary,
        purpose=row.purpose,
        purpose_text=purpose.text if purpose else None,
        period_from=row.period_from,
        period_to=row.period_to,
        country=row.country,
        statement_hash=row.statement_hash,
        total_wh=row.total_wh,
        at=row.at,
        items=list(row.items),
    )
