"""Who is signed in, and what they have."""

from __future__ import annotations

from collections.abc import Sequence

from wattcommons.domain.points_book import VoucherState
from wattcommons.services.api.models.registry import Offer, OwnOffer, Points, Voucher
from wattcommons.services.api.models.session import Device, Me, Participant
from wattcommons.services.api.views.common import BASES, SOURCES, kind_of
from wattcommons.services.store.reads.members import DeviceRow, Holdings, ParticipantRow
from wattcommons.services.store.reads.points import OfferRow, OwnOfferRow, VoucherRow


def me(
    wallet: str,
    member: int | None,
    *,
    active: bool,
    name: str | None,
    roles: Sequence[str],
    participants: Sequence[ParticipantRow],
    holdings: Holdings,
    credit_limit_neur: int,
) -> Me:
    """`credit_limit_neur`: the community's, for participants without one of their own."""
    return Me(
        wallet=wallet,
        member=member,
        active=active,
        name=name,
        roles=sorted(roles),
        participants=[_participant(row, credit_limit_neur) for row in participants],
        balance_points_mpt=holdings.points_mpt,
        euro_neur=holdings.euro_neur,
    )


def offer(row: OfferRow) -> Offer:
    """What a partner gives for points."""
    return Offer(**row._asdict())


def own_offer(row: OwnOfferRow) -> OwnOffer:
    """An offer for its partner."""
    return OwnOffer(**row.offer._asdict(), issued=row.issued, used=row.used)


def points(holdings: Holdings, vouchers: Sequence[VoucherRow], nonce: int, now: int) -> Points:
    """A member's points and vouchers at `now`, unix seconds. `nonce`: what the next redemption is signed with."""
    return Points(
        balance_mpt=holdings.points_mpt,
        awarded_mpt=holdings.awarded_mpt,
        vouchers=[
            Voucher(
                voucher=one.voucher, offer=offer(one.offer), state=_state(one, now), issued=one.issued, used=one.used
            )
            for one in vouchers
        ],
        redemption_nonce=nonce,
    )


def _state(row: VoucherRow, now: int) -> str:
    if row.used is not None:
        return VoucherState.USED.value
    return (VoucherState.EXPIRED if now >= row.offer.valid_until else VoucherState.OPEN).value


def _participant(row: ParticipantRow, credit_limit_neur: int) -> Participant:
    return Participant(
        participant=row.participant,
        label=row.label or "",
        basis=BASES[row.basis],
        source=SOURCES[row.source],
        from_interval=row.from_interval,
        until_interval=row.until_interval,
        import_w=row.import_w,
        export_w=row.export_w,
        suspended=row.suspended,
        silent=row.silent,
        device=None if row.device is None else _device(row.device),
        balance_neur=row.balance_neur,
        credit_limit_neur=credit_limit_neur if row.credit_limit_neur is None else row.credit_limit_neur,
        eligible=row.eligible,
    )


def _device(row: DeviceRow) -> Device:
    return Device(
        device=row.device,
        kind=kind_of(row.fuel),
        capacity_w=row.capacity_w,
        technology=row.technology,
        fuel=row.fuel,
        suspended=row.suspended,
        valid_until=row.valid_until,
        storage=row.storage,
    )
