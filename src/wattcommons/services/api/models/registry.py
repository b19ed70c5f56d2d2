"""Certificates, points and vouchers."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import Field

from wattcommons.services.api.models.common import (
    LINE,
    LINES,
    Account,
    BigId,
    Hash,
    Interval,
    Model,
    Neur,
    Signature,
    Unix,
    WhCount,
)


class CertificateState(StrEnum):
    """What can still be done with a certificate: it follows from its interval and the time."""

    TRANSFERABLE = "transferable"
    CANCEL_ONLY = "cancel_only"
    EXPIRED = "expired"


class Certificate(Model):
    """Wh of one device and interval, as far as it concerns who asks.

    `state`: transferable, cancel_only or expired. `held_wh` is the asker's.
    """

    id: BigId
    device: int
    kind: str
    interval: Interval
    start: Unix
    end: Unix
    issued_wh: WhCount
    own_use_wh: WhCount
    sold_wh: WhCount
    minted_wh: WhCount
    more_wh: WhCount = Field(description="issued to the producer by corrections of the reading, beside `minted_wh`")
    held_wh: WhCount
    cancelled_wh: WhCount
    withdrawn_wh: WhCount
    transferable_until: Unix
    cancellable_until: Unix
    state: str
    produced_by_me: bool


class Certificates(Model):
    """A page, newest first, and the sums over all pages."""

    items: list[Certificate]
    next: str | None
    held_wh: WhCount
    cancelled_wh: WhCount
    sold_wh: WhCount
    own_use_wh: WhCount


class CertificateEvent(Model):
    """One event in a certificate's life: issued, issued_more (by a correction), claimed, transferred, recovered,
    cancelled or withdrawn. `reason`: a withdrawal's.
    """

    kind: str
    wh: WhCount
    source: Account | None
    target: Account | None
    statement: int | None
    reason: str | None
    at: Unix
    tx_hash: Hash


class CertificateLife(Model):
    """A certificate and everything that happened to it."""

    certificate: Certificate
    events: list[CertificateEvent]


class Statement(Model):
    """A cancellation statement: what was used, for whom, for when."""

    statement: int
    holder: Account
    beneficiary: Hash
    purpose: Hash
    purpose_text: str | None
    period_from: Unix
    period_to: Unix
    country: str
    statement_hash: Hash
    total_wh: WhCount
    at: Unix
    items: list[tuple[BigId, WhCount]]


class StatementTerms(Model):
    """What a cancellation is for, as signed."""

    beneficiary: Hash
    purpose: Hash
    period_from: Unix
    period_to: Unix
    country: str = Field(pattern="^[A-Z]{2}$")
    statement_hash: Hash


class CancellationRequest(Model):
    """A signed cancellation (EIP-712 `Cancellation`)."""

    holder: Account
    ids: list[BigId] = Field(min_length=1, max_length=64)
    amounts_wh: list[WhCount] = Field(min_length=1, max_length=64)
    terms: StatementTerms
    nonce: int = Field(ge=0)
    deadline: int = Field(ge=0, le=2**53)
    signature: Signature


class Provenance(Model):
    """What the verify page checks: see `provenance` version 1 in the API's README for its parts."""

    document: dict[str, Any]


class Offer(Model):
    """What a partner gives for points."""

    offer: int
    partner: Account
    title: str
    text: str
    price_mpt: Neur
    stock: int
    valid_until: Unix
    closed: bool
    terms_hash: Hash


class OwnOffer(Offer):
    """An offer for its partner. `issued`, `used`: vouchers sold, and those of them taken."""

    issued: int
    used: int


class OfferText(Model):
    """What an offer is, in its partner's words. Its hash on the chain is made of both, see the API's README."""

    title: str = Field(min_length=1, max_length=120, pattern=LINE, examples=["Bread for a week"])
    text: str = Field(min_length=1, max_length=1_000, pattern=LINES)


class KeptText(Model):
    """An offer's text as kept. `code`: what `publishOffer` is given as the hash of its terms."""

    code: Hash
    title: str
    text: str


class Voucher(Model):
    """A member's right to an offer. `state`: open, used or expired."""

    voucher: int
    offer: Offer
    state: str
    issued: Unix
    used: Unix | None


class Points(Model):
    """A member's points and what became of them."""

    balance_mpt: Neur
    awarded_mpt: Neur
    vouchers: list[Voucher]
    redemption_nonce: int


class RedemptionRequest(Model):
    """A signed redemption (EIP-712, see the contract's `redeemFor`)."""

    offer: int = Field(ge=1, le=2**32 - 1)
    wallet: Account
    nonce: int = Field(ge=0)
    deadline: int = Field(ge=0, le=2**53)
    signature: Signature
