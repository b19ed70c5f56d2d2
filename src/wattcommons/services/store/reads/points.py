"""Offers, vouchers and consumption targets."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, func, select

from wattcommons.services.store.app.texts import TextKind
from wattcommons.services.store.app_tables import purposes
from wattcommons.services.store.index_registry_tables import offers, targets, vouchers

_OFFERS: Final = 500
_TARGETS: Final = 36


class OfferRow(NamedTuple):
    """A partner's offer; the texts are empty where only their hash is known. Price in mPt; `stock`: what is left."""

    offer: int
    partner: str
    price_mpt: int
    stock: int
    valid_until: int
    closed: bool
    terms_hash: str
    title: str
    text: str


class OwnOfferRow(NamedTuple):
    """An offer for its partner. `issued`, `used`: vouchers sold and taken so far."""

    offer: OfferRow
    issued: int
    used: int


class VoucherRow(NamedTuple):
    """A member's right to an offer."""

    voucher: int
    issued: int
    used: int | None
    offer: OfferRow


class TargetRow(NamedTuple):
    """A period with a target; energy in Wh, points in mPt. `outcome` as in domain/ecopoints.py, 0 while open.
    `formula`: the formula in numbers, empty where only its hash is known.
    """

    period: int
    first_interval: int
    end_interval: int
    expectation_wh: int
    target_wh: int
    outcome: int
    consumption_wh: int
    points_mpt: int
    formula: str


def _text(kind: TextKind, code: ColumnElement[str]) -> ColumnElement[bool]:
    return and_(purposes.c.code == code, purposes.c.kind == kind.value)


_TEXTS = (purposes.c.title, purposes.c.text)
_LEFT = offers.c.stock - offers.c.issued
_TERMS = _text(TextKind.OFFER, offers.c.terms_hash)
_OFFER = tuple(_LEFT if name == "stock" else offers.c[name] for name in OfferRow._fields[:7])


def offers_open(connection: Connection, now: int) -> list[OfferRow]:
    """Offers that can still be redeemed at `now`, unix seconds, those ending first in front."""
    query = (
        select(*_OFFER, *_TEXTS)
        .select_from(offers.outerjoin(purposes, _TERMS))
        .where(~offers.c.closed, _LEFT > 0, offers.c.valid_until > now)
        .order_by(offers.c.valid_until, offers.c.offer)
        .limit(_OFFERS)
    )
    return [_offer(row) for row in connection.execute(query)]


def offers_by(connection: Connection, partner: str) -> list[OwnOfferRow]:
    """A partner's offers, open and ended ones, newest first."""
    used = select(func.count()).where(vouchers.c.offer == offers.c.offer, vouchers.c.used_at.is_not(None))
    query = (
        select(*_OFFER, *_TEXTS, offers.c.issued, used.scalar_subquery())
        .select_from(offers.outerjoin(purposes, _TERMS))
        .where(offers.c.partner == partner)
        .order_by(offers.c.offer.desc())
        .limit(_OFFERS)
    )
    return [OwnOfferRow(_offer(row[:9]), row[9], row[10]) for row in connection.execute(query)]


def vouchers_of(connection: Connection, member: int) -> list[VoucherRow]:
    """A member's vouchers, newest first."""
    query = (
        select(vouchers.c.voucher, vouchers.c.at, vouchers.c.used_at, *_OFFER, *_TEXTS)
        .select_from(vouchers.join(offers, offers.c.offer == vouchers.c.offer).outerjoin(purposes, _TERMS))
        .where(vouchers.c.member == member)
        .order_by(vouchers.c.voucher.desc())
        .limit(_OFFERS)
    )
    return [VoucherRow(row[0], row[1], row[2], _offer(row[3:])) for row in connection.execute(query)]


def targets_of(connection: Connection, participant: int) -> list[TargetRow]:
    """A participant's periods with a target, newest first, at most three years of months."""
    query = (
        select(*(targets.c[name] for name in TargetRow._fields[:8]), purposes.c.text)
        .select_from(targets.outerjoin(purposes, _text(TextKind.TARGET, targets.c.formula_hash)))
        .where(targets.c.participant == participant)
        .order_by(targets.c.period.desc())
        .limit(_TARGETS)
    )
    return [TargetRow(*row[:8], row[8] or "") for row in connection.execute(query)]


def target_at(connection: Connection, participant: int, interval: int) -> TargetRow | None:
    """The period that contains an interval, None without one."""
    return next(
        (one for one in targets_of(connection, participant) if one.first_interval <= interval < one.end_interval),
        None,
    )


def _offer(row: Any) -> OfferRow:
    return OfferRow(*(*row[:7], row[7] or "", row[8] or ""))
