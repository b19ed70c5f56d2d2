"""Certificate bundles and what is asked of them, with the field's names.

Energy in Wh, moments as ISO 8601 in UTC, accounts as wallets' addresses. A bundle is the Wh from `…range_start` to
`…range_end` of one device and interval, both included, numbered from 1: `domain/bundles.py` says how. Fields in which
this registry has nothing to say are null.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AwareDatetime, Field

from wattcommons.services.api.models.common import Account, BigId, Hash, Model, Signature, Unix, WhCount
from wattcommons.services.api.models.market import Intent

IssuanceId = Annotated[
    str,
    Field(
        pattern=r"^[1-9][0-9]{0,9}-[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$",
        description="device - start of production, UTC",
        examples=["1-2026-01-04T10:00:00Z"],
    ),
]
BundleId = Annotated[
    str,
    Field(
        pattern=r"^[1-9][0-9]{0,18}:[1-9][0-9]{0,7}-[1-9][0-9]{0,7}$",
        description="number of the certificate : first Wh - last Wh",
        examples=["4295953747:1-900"],
    ),
]
Quantity = Annotated[int, Field(ge=1, le=2**24 - 1, description="Wh")]
MOST_BUNDLES = 64
"""In one action: as many certificates as a transaction takes."""


class BundleStatus(StrEnum):
    """The field's words. `Claimed`: used at issue, by the producer or a neighbour of the same interval. `Cancelled`: by
    a statement, which names who claims it. `Locked`: waits until the producer's account may hold it, lies in an export
    group, or was exported with one. `Reserved`: kept back by its holder, off the chain. `Bundle Split` is none a bundle
    here has: ranges are a view, without a history.
    """

    ACTIVE = "Active"
    CANCELLED = "Cancelled"
    CLAIMED = "Claimed"
    EXPIRED = "Expired"
    WITHDRAWN = "Withdrawn"
    LOCKED = "Locked"
    RESERVED = "Reserved"
    SPLIT = "Bundle Split"


class Source(StrEnum):
    """What a plant runs on, by its fuel code."""

    SOLAR = "solar"
    WIND = "wind"
    HYDRO = "hydro"
    OTHER = "other"


class Bundle(Model):
    """Numbered Wh of one certificate that stand alike.

    `account_id`: who holds them, or held them when they were cancelled, withdrawn or put into an export group.
    """

    granular_certificate_bundle_id: BundleId
    issuance_id: IssuanceId
    certificate_id: BigId
    certificate_bundle_status: BundleStatus
    account_id: Account | None
    certificate_bundle_id_range_start: Quantity
    certificate_bundle_id_range_end: Quantity
    bundle_quantity: Quantity
    energy_carrier: str = Field(examples=["electricity"])
    energy_source: str = Field(description="solar, wind, hydro or other")
    face_value: int = Field(description="Wh of one numbered certificate", examples=[1])
    device_id: int
    production_starting_interval: datetime
    production_ending_interval: datetime
    issuance_datestamp: datetime
    transferable_until: datetime
    expiry_datestamp: datetime
    is_storage: bool
    storage_efficiency_factor: None = None
    emissions_factor_production_device: None = None
    emissions_factor_source: None = None
    beneficiary: Hash | None = Field(description="salted commitment to who claims it, as cancelled")
    cancellation_statement: int | None = Field(description="running number of the statement")
    export_group: int | None = Field(description="the group of 1 MWh that they lie in, or were exported with")
    national_reference: Hash | None = Field(
        description="what they are called in the national registry, where they were exported to for good"
    )


class BundleFull(Bundle):
    """A bundle with its device and who issued it."""

    device_name: str
    device_technology_type: str | None = Field(description="EECS technology code")
    device_fuel: str | None = Field(description="EECS fuel code")
    device_production_start_date: datetime | None
    device_capacity: int | None = Field(description="W")
    device_commitment: Hash | None = Field(description="salted commitment to location and identity")
    device_location: None = None
    issuance_post_energy_carrier_conversion: bool
    registry_configuration: int
    country_of_issuance: str | None
    connected_grid_identification: None = None
    issuing_body: str | None
    legal_status: str = Field(
        description="community_certificate until the country's issuing body accepts this registry"
    )
    issuance_purpose: str
    support_received: str | None
    quality_scheme_reference: None = None
    dissemination_level: str = Field(description="self-consumed, community or public grid")
    issue_market_zone: None = None


class Query(Model):
    """Which bundles. All conditions count together; none finds everything of the account.

    `source_id`: whose account; without it one's own, for auditors and the issuing body the whole registry.
    """

    source_id: Account | None = None
    issuance_ids: list[IssuanceId] | None = Field(
        default=None, min_length=1, max_length=100, examples=[["1-2026-01-04T10:00:00Z"]]
    )
    device_id: int | None = Field(default=None, ge=1, le=2**31 - 1)
    energy_source: Source | None = None
    certificate_period_start: AwareDatetime | None = Field(default=None, examples=["2026-01-01T00:00:00Z"])
    certificate_period_end: AwareDatetime | None = Field(default=None, description="exclusive")
    certificate_bundle_status: BundleStatus | None = None
    cursor: str | None = Field(default=None, max_length=200, description="`next` of the page before")
    limit: int = Field(default=50, ge=1, le=200, description="certificates looked at for one page")


class Bundles(Model):
    """A page: by device and time, newest first, then by number. `next`: cursor of the next page."""

    granular_certificate_bundles: list[Bundle]
    next: str | None


class BundlesFull(Model):
    """A page of whole bundles."""

    granular_certificate_bundles: list[BundleFull]
    next: str | None


class Action(Model):
    """What is done with which bundles. Those of one certificate have to be the lowest Wh that the account has free.

    `certificate_quantity`: so many Wh from the start of the one bundle that is named.
    """

    source_id: Account | None = Field(default=None, description="one's own account, and no other")
    granular_certificate_bundle_ids: list[BundleId] = Field(
        min_length=1, max_length=MOST_BUNDLES, examples=[["4295953747:1-900"]]
    )
    certificate_quantity: Quantity | None = Field(default=None, examples=[400])


class Transfer(Action):
    """Bundles for another account. The answer is an unsigned transaction for the holder's wallet."""

    target_id: Account


class Cancel(Action):
    """Bundles to be used, for whom and for what (EECS cancellation statement).

    Without `signature` the answer says what to sign; with it (and the `nonce` and `deadline` signed) it is sent on.
    """

    beneficiary: Hash
    purpose: Hash
    period_from: Unix = Field(examples=[1_767_225_600])
    period_to: Unix = Field(examples=[1_769_904_000])
    country: str = Field(pattern="^[A-Z]{2}$", examples=["FR"])
    statement_hash: Hash
    nonce: int | None = Field(default=None, ge=0)
    deadline: int | None = Field(default=None, ge=0, le=2**53)
    signature: Signature | None = None


class Claim(Action):
    """`Locked` bundles: delivered to the producer's account, by a transaction that anybody may send. `Cancelled` ones:
    claimed by their statement already, whose number is answered.
    """


class Withdraw(Model):
    """Bundles that were issued in error, of any account. The answer is unsigned transactions of the issuing body's."""

    granular_certificate_bundle_ids: list[BundleId] = Field(
        min_length=1, max_length=MOST_BUNDLES, examples=[["4295953747:1-900"]]
    )
    certificate_quantity: Quantity | None = Field(default=None, examples=[400])
    reason: Hash = Field(description="code or hash of the reason")


class Reserve(Action):
    """Bundles to keep back until `expires`. Off the chain: it binds what this API prepares and nothing else."""

    expires: Unix = Field(description="Unix seconds, at most 30 days ahead", examples=[1_767_600_000])


class ActionItem(Model):
    """Wh of one certificate that an action is about."""

    issuance_id: IssuanceId
    certificate_id: BigId
    account_id: Account | None
    certificate_bundle_id_range_start: Quantity
    certificate_bundle_id_range_end: Quantity


class UnsignedTransaction(Model):
    """For the wallet `sender`, which adds nonce and gas and signs. `function`: for people."""

    chain_id: int
    sender: Account
    to: Account
    data: str
    value: str = Field(examples=["0"])
    function: str


class ActionAnswer(Model):
    """What became of an action. `state`: prepared, sent_on or done.

    `to_sign`: EIP-712, as `eth_signTypedData_v4` takes it, with which no gas is needed. Until a transaction is final
    nothing has happened: the query tells.
    """

    action: str
    state: str
    items: list[ActionItem]
    transactions: list[UnsignedTransaction]
    to_sign: dict[str, Any] | None
    intent: Intent | None
    statements: list[int]


class ReservedItem(Model):
    """Wh kept back of one certificate."""

    issuance_id: IssuanceId
    certificate_id: BigId
    quantity: WhCount


class Reservation(Model):
    """A reservation. `on_chain` is false: a holder's own transaction is not bound by it."""

    reservation_id: str = Field(pattern="^[0-9a-f]{32}$")
    account_id: Account
    items: list[ReservedItem]
    expires: Unix
    on_chain: bool
