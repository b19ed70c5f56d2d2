"""From certificates and their events to bundles with the field's names and statuses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from wattcommons.domain.accounts import Account
from wattcommons.domain.bundles import Bundle, BundleEvent, BundleState, bundles_of
from wattcommons.domain.devices import SupportScheme
from wattcommons.domain.guarantees import CertificateId, Lifetime, lifetime_of
from wattcommons.domain.intervals import IntervalLength, start_utc
from wattcommons.domain.settlement import CertificateSplit
from wattcommons.domain.units import Wh
from wattcommons.services.api.registry import models
from wattcommons.services.api.registry.models import BundleStatus
from wattcommons.services.api.registry.scope import Scope
from wattcommons.services.api.views.common import kind_of
from wattcommons.services.store.reads.bundles import DeviceRow, IssueRow

_FINAL: Final = {
    BundleState.OWN_USE: BundleStatus.CLAIMED,
    BundleState.SOLD: BundleStatus.CLAIMED,
    BundleState.CANCELLED: BundleStatus.CANCELLED,
    BundleState.WITHDRAWN: BundleStatus.WITHDRAWN,
    BundleState.EXPORTED: BundleStatus.LOCKED,
}
_DISSEMINATION: Final = {BundleState.OWN_USE: "self-consumed", BundleState.SOLD: "community"}


@dataclass(frozen=True)
class Surroundings:
    """What else a bundle shows. `now`: chain time; `beneficiaries`: statement -> commitment; `references`: export group
    -> the national registry's; `issuing_body`: a name.
    """

    length: IntervalLength
    now: int
    devices: Mapping[int, DeviceRow]
    beneficiaries: Mapping[int, str]
    references: Mapping[int, str]
    issuing_body: str | None
    legal_status: str


@dataclass(frozen=True)
class Part:
    """A bundle of a certificate, or the part of one that its holder keeps back."""

    row: IssueRow
    bundle: Bundle
    reserved: bool = False


def bundles(row: IssueRow) -> list[Bundle]:
    """The bundles of a certificate. Raises RuleError where the index does not hold all of its events."""
    split = CertificateSplit(Wh(row.own_use_wh), Wh(row.sold_wh), Wh(row.minted_wh))
    events = (
        BundleEvent(one.kind, one.wh, _account(one.source), _account(one.target), one.statement, one.export_group)
        for one in row.events
    )
    return bundles_of(split, _account(row.holder), events)


def parts(row: IssueRow, scope: Scope, reserved_wh: int) -> list[Part]:
    """The bundles that a scope sees. What its wallet keeps back are its highest numbers: the others go first."""
    found: list[Part] = []
    left = reserved_wh
    for bundle in reversed(bundles(row)):
        if not scope.sees(row, bundle):
            continue
        if not left or bundle.state is not BundleState.HELD or bundle.account != scope.wallet:
            found.append(Part(row, bundle))
            continue
        kept = min(left, bundle.wh)
        left -= kept
        found.append(Part(row, replace(bundle, first=bundle.last - kept + 1), reserved=True))
        if kept < bundle.wh:
            found.append(Part(row, replace(bundle, last=bundle.last - kept)))
    return found[::-1]


def free(row: IssueRow, wallet: str, reserved_wh: int) -> list[Bundle]:
    """What a wallet holds of a certificate and does not keep back."""
    shown = parts(row, Scope(wallet), reserved_wh)
    return [
        one.bundle
        for one in shown
        if one.bundle.state is BundleState.HELD and one.bundle.account == wallet and not one.reserved
    ]


def status(part: Part, life: Lifetime, now: int) -> BundleStatus:
    """A bundle's status at a second."""
    known = _FINAL.get(part.bundle.state)
    if known is not None:
        return known
    if life.has_expired(now):
        return BundleStatus.EXPIRED
    if part.bundle.state in (BundleState.WAITING, BundleState.LOCKED):
        return BundleStatus.LOCKED
    return BundleStatus.RESERVED if part.reserved else BundleStatus.ACTIVE


def shown(part: Part, around: Surroundings) -> models.Bundle:
    """A bundle as the query answers it."""
    return models.Bundle(**_fields(part, around))


def shown_full(part: Part, around: Surroundings) -> models.BundleFull:
    """A bundle as the full query answers it."""
    device = around.devices.get(part.row.device)
    return models.BundleFull(
        **_fields(part, around),
        device_name=f"device-{part.row.device}",
        device_technology_type=device.technology if device else None,
        device_fuel=device.fuel if device else None,
        device_production_start_date=moment(device.commissioned_at) if device else None,
        device_capacity=device.capacity_w if device else None,
        device_commitment=device.commitment if device else None,
        issuance_post_energy_carrier_conversion=False,
        registry_configuration=1,
        country_of_issuance=device.country if device else None,
        issuing_body=around.issuing_body,
        legal_status=around.legal_status,
        issuance_purpose="disclosure",
        support_received=scheme_of(device.scheme) if device else None,
        dissemination_level=_DISSEMINATION.get(part.bundle.state, "public grid"),
    )


def only(found: list[Part], wanted: BundleStatus | None, around: Surroundings) -> Iterator[Part]:
    """Those of a status; all of them for None."""
    for part in found:
        life = lifetime_of(CertificateId(part.row.id), around.length)
        if wanted is None or status(part, life, around.now) is wanted:
            yield part


def issuance_id(row: IssueRow, length: IntervalLength) -> str:
    """The field's name for a certificate: its device and the start of its production."""
    return issuance_of(row.device, row.interval, length)


def issuance_of(device: int, interval: int, length: IntervalLength) -> str:
    """As `issuance_id`."""
    return f"{device}-{start_utc(interval, length):%Y-%m-%dT%H:%M:%SZ}"


def moment(unix: int) -> datetime:
    """Unix seconds as a moment in UTC; the last one of the calendar for what lies beyond."""
    return datetime.fromtimestamp(min(unix, 253_402_300_799), UTC)


def scheme_of(number: int) -> str:
    """A support scheme's word."""
    return SupportScheme(number).name.lower().replace("_", " ")


def _fields(part: Part, around: Surroundings) -> dict[str, Any]:
    row, bundle = part.row, part.bundle
    life = lifetime_of(CertificateId(row.id), around.length)
    device = around.devices.get(row.device)
    return {
        "granular_certificate_bundle_id": f"{row.id}:{bundle.first}-{bundle.last}",
        "issuance_id": issuance_id(row, around.length),
        "certificate_id": row.id,
        "certificate_bundle_status": status(part, life, around.now),
        "account_id": bundle.account,
        "certificate_bundle_id_range_start": bundle.first,
        "certificate_bundle_id_range_end": bundle.last,
        "bundle_quantity": bundle.wh,
        "energy_carrier": "electricity",
        "energy_source": kind_of(device.fuel if device else None),
        "face_value": 1,
        "device_id": row.device,
        "production_starting_interval": start_utc(row.interval, around.length),
        "production_ending_interval": moment(life.production_end),
        "issuance_datestamp": moment(row.at),
        "transferable_until": moment(life.transferable_until),
        "expiry_datestamp": moment(life.cancellable_until),
        "is_storage": bool(device and device.storage),
        "beneficiary": None if bundle.statement is None else around.beneficiaries.get(bundle.statement),
        "cancellation_statement": bundle.statement,
        "export_group": bundle.group,
        "national_reference": None if bundle.group is None else around.references.get(bundle.group),
    }


def _account(text: str | None) -> Account | None:
    return None if text is None else Account(text)
