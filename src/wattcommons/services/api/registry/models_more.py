"""Devices, measurements and accounts of the registry, with the field's names where it has some."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from wattcommons.services.api.models.common import Account, Freshness, Hash, Model, Quality, Unix, WhCount
from wattcommons.services.api.registry.models import IssuanceId, UnsignedTransaction


class RegistryDevice(Model):
    """A production device as the issuing body registered it. What is personal of it is off the chain."""

    id: int
    device_name: str
    technology_type: str = Field(description="EECS technology code", examples=["T010100"])
    fuel: str = Field(description="EECS fuel code", examples=["F01040100"])
    energy_source: str
    capacity: int = Field(description="W")
    operational_date: datetime
    country: str
    support_received: str = Field(description="EN 16325", examples=["none"])
    scheme_allows_certificates: bool
    is_storage: bool
    suspended: bool
    registered_until: datetime
    owed_wh: WhCount = Field(description="issued beyond what it made: its next certificates pay")
    commitment: Hash


class RegistryDevices(Model):
    """Devices, by number."""

    items: list[RegistryDevice]


class Measurement(Model):
    """What a device produced in an interval, as recorded on the chain. `issuance_id`: of the certificate it earns."""

    device_id: int
    issuance_id: IssuanceId
    interval_start_datetime: datetime
    interval_end_datetime: datetime
    interval_usage: WhCount
    gross_net_indicator: str = Field(description="net or gross")
    quality: Quality


class Measurements(Model):
    """A page, in order of time. `next`: cursor of the next page."""

    items: list[Measurement]
    next: str | None


class SignedReadings(Model):
    """Runs of readings, signed by their gateways, packed as the ledger takes them (one after the other)."""

    runs: str = Field(pattern="^0x([0-9a-f]{2})+$", max_length=200_002)


class RunCheck(Model):
    """What the ledger would say of a run now. `refusal`: a word, null where it would be recorded."""

    participant: int
    interval_start_datetime: datetime
    readings: int
    refusal: str | None


class SubmittedReadings(Model):
    """Runs as they would be recorded, and the transaction that records them: anybody may send it."""

    runs: list[RunCheck]
    transaction: UnsignedTransaction | None


class RegistryAccount(Model):
    """An account: a wallet. `member` and `may_hold` say whose it is and whether it can hold certificates now."""

    account_id: Account
    member: int | None
    may_hold: bool
    devices: list[int]
    roles: list[str]


class AccountSummary(Model):
    """Wh of an account over all its certificates. `expired_wh` is what it holds and can use no more."""

    account_id: Account
    held_wh: WhCount
    expired_wh: WhCount
    reserved_wh: WhCount
    cancelled_wh: WhCount = Field(description="by its statements")
    own_use_wh: WhCount = Field(description="of its own production, used at issue")
    sold_wh: WhCount = Field(description="of its own production, used by neighbours at issue")
    devices: int
    freshness: Freshness


class NewWhitelist(Model):
    """From whom an account wants certificates. Off the chain: it binds what this API prepares and nothing else."""

    only_listed: bool
    accounts: list[Account] = Field(max_length=500)


class AccountWhitelist(NewWhitelist):
    """A white list as kept. `on_chain` is false: who sends a transaction of its own is not bound by it."""

    account_id: Account
    changed: Unix
    on_chain: bool
