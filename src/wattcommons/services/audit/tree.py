"""What is told of one certificate: plain values, for a person's eyes or for JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from wattcommons.services.audit.report import Check


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """What RED III 19(7) asks of an installation; `capacity_w` in W, times in unix seconds."""

    index: int
    technology: str
    fuel: str
    capacity_w: int
    commissioned_at: int
    country: str
    support_scheme: int
    valid_until: int
    commitment: str


@dataclass(frozen=True, slots=True)
class ReadingFacts:
    """The reading as it was recorded first, and whether its gateway's signature holds; energy in Wh."""

    participant: int
    production_wh: int
    consumption_wh: int
    quality: str
    late: bool
    run_first: int
    run_readings: int
    gateway: str
    source: str
    signer: str
    signature_holds: bool
    recorded_at: int
    tx: str


@dataclass(frozen=True, slots=True)
class CorrectionFacts:
    """The metering operator put another reading where one stood; Wh and n€.

    `value_neur`: worth to the participant at the grid's prices, of which `booked_neur` was booked. Of the certificate
    so many Wh were issued more, withdrawn, and are owed by the device since (below zero: it paid what it owed).
    `sender`: the account that sent the transaction.
    """

    old_production_wh: int
    old_consumption_wh: int
    old_quality: str
    production_wh: int
    consumption_wh: int
    traded_wh: int
    value_neur: int
    booked_neur: int
    more_wh: int
    withdrawn_wh: int
    owed_wh: int
    reason: str
    sender: str
    at: int
    tx: str


@dataclass(frozen=True, slots=True)
class ClearingFacts:
    """The interval's clearing, recomputed; prices µ€/kWh (None: no local price), energy Wh.

    `sold_to`: buyer's index and Wh of what this producer sold. `agrees`: price, flags and fills are the published ones.
    """

    price: int | None
    low: int | None
    high: int | None
    matched_wh: int
    sold_to: tuple[tuple[int, int], ...]
    agrees: bool
    tx: str


@dataclass(frozen=True, slots=True)
class IssueFacts:
    """The issue, Wh. `holder` is empty when the minted Wh waited in a claim."""

    own_use_wh: int
    sold_wh: int
    minted_wh: int
    holder: str
    at: int
    tx: str


@dataclass(frozen=True, slots=True)
class Move:
    """Something that happened to held Wh: kind is claim, transfer, recovery, cancellation, withdrawal, issue, lock,
    release or export; of the last three with the number of the export group.

    An issue is one of more Wh, by a correction; the first one is told apart.

    `statement` is a cancellation's: number, beneficiary, purpose, period, country and hash. `reference` is an export's:
    what the national registry calls the group.
    """

    kind: str
    wh: int
    sender: str
    receiver: str
    at: int
    tx: str
    statement: dict[str, Any] | None = None
    reason: str = ""
    group: int | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Everything known of a certificate. `ok`: every check of what it rests on holds.

    `locked_wh`: in export groups; `exported_wh`: living on in a national registry.
    """

    certificate: int
    interval: int
    production_start: int
    production_end: int
    transferable_until: int
    cancellable_until: int
    device: DeviceFacts
    reading: ReadingFacts
    clearing: ClearingFacts | None
    issue: IssueFacts
    moves: tuple[Move, ...]
    held: tuple[tuple[str, int], ...]
    waiting_wh: int
    locked_wh: int
    exported_wh: int
    checks: tuple[Check, ...]
    corrections: tuple[CorrectionFacts, ...] = ()
    """Of the reading, in order; the last one says what stands there now."""

    @property
    def ok(self) -> bool:
        """Every line holds."""
        return all(check.ok for check in self.checks)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"ok": self.ok, **asdict(self)}
