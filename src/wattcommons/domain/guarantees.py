"""Rules of one certificate: its number, its life, its use, and what a producer's Wh become.

The unit is the Wh of one device in one interval. A certificate's number names both, so two live certificates
of the same Wh cannot exist. Every deadline counts from the end of production (RED III 19(3)), never from the
issue, and follows from time alone: nothing stores that something has expired.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NewType

from wattcommons.domain.calendar import add_months
from wattcommons.domain.devices import NotIssuable, check_country
from wattcommons.domain.intervals import IntervalLength, end_unix
from wattcommons.domain.readings import Reading
from wattcommons.domain.settlement import CertificateSplit, certificate_split
from wattcommons.domain.units import MAX_INDEX, DeviceIndex, IntervalIndex, Wh
from wattcommons.errors import RuleError

CertificateId = NewType("CertificateId", int)

TRANSFER_MONTHS: Final = 12
CANCEL_MONTHS: Final = 18
NOTHING_ISSUED: Final = CertificateSplit(Wh(0), Wh(0), Wh(0))
STANDARD_WH: Final = 1_000_000
"""A certificate of standard size (1 MWh, RED III 19(2)): what a national registry takes."""


class CertificateState(StrEnum):
    """Where a Wh of a certificate may be. Cancelled, expired, withdrawn and exported are final."""

    HELD = "held"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    EXPORTED = "exported"


class CertificateAction(StrEnum):
    """What may be asked of a Wh that is held."""

    TRANSFER = "transfer"
    CANCEL = "cancel"
    WITHDRAW = "withdraw"
    CLAIM = "claim"
    RECOVER = "recover"
    RELEASE = "release"


def certificate_id(device: DeviceIndex, interval: IntervalIndex) -> CertificateId:
    """device · 2^32 + interval. Raises RuleError unless 1 <= device < 2^32 and 0 <= interval < 2^32."""
    if not 1 <= device <= MAX_INDEX or not 0 <= interval <= MAX_INDEX:
        raise RuleError(f"no certificate of device {device} in interval {interval}", "both have 32 bits")
    return CertificateId(device << 32 | interval)


def device_and_interval(certificate: CertificateId) -> tuple[DeviceIndex, IntervalIndex]:
    """Inverse of `certificate_id`. Raises RuleError on a number that no certificate can have."""
    device, interval = certificate >> 32, certificate & MAX_INDEX
    if not 1 <= device <= MAX_INDEX:
        raise RuleError(f"{certificate} is not a certificate's number", "it is device × 2^32 + interval")
    return DeviceIndex(device), IntervalIndex(interval)


@dataclass(frozen=True, slots=True)
class Lifetime:
    """Deadlines of one certificate, unix seconds; each is the first second at which it is too late."""

    production_end: int
    transferable_until: int
    cancellable_until: int

    def has_expired(self, at: int) -> bool:
        """Whether what is still held at second `at` has expired and counts to the residual mix."""
        return at >= self.cancellable_until

    def allows(self, action: CertificateAction, at: int) -> bool:
        """Whether a held Wh may undergo `action` at second `at`.

        Transfer, which is also how it gets into an export group: before production end + 12 months. All else before
        + 18 months: cancel, withdraw, claim (the first delivery of what was issued), recover (the same member with a
        new key) and release (out of an export group, back to its member), which change no owner.
        """
        if action is CertificateAction.TRANSFER:
            return at < self.transferable_until
        return not self.has_expired(at)


def lifetime_of(certificate: CertificateId, length: IntervalLength) -> Lifetime:
    """Deadlines of a certificate in a community of this interval length."""
    end = end_unix(device_and_interval(certificate)[1], length)
    return Lifetime(end, add_months(end, TRANSFER_MONTHS), add_months(end, CANCEL_MONTHS))


def first_within(at: int, months: int, length: IntervalLength) -> int:
    """First interval whose production end lies less than `months` before second `at`: earlier ones are too late.

    With TRANSFER_MONTHS the oldest that still moves, with CANCEL_MONTHS the oldest that has not expired.
    """
    low, high = 0, at // length.seconds + 1
    while low < high:
        middle = (low + high) // 2
        if at < add_months(end_unix(middle, length), months):
            high = middle
        else:
            low = middle + 1
    return low


@dataclass(frozen=True, slots=True)
class CancellationStatement:
    """For whom and why Wh were used: what an EECS cancellation statement answers for.

    `beneficiary`: 32-byte salted commitment, for a beneficiary may be a person; `purpose`: 32 bytes, a code or a
    hash; reporting period [period_from, period_to) in unix seconds; `country` of consumption, ISO 3166-1
    alpha-2; `statement_hash`: 32-byte hash of the document. Raises RuleError on a malformed field.
    """

    beneficiary: bytes
    purpose: bytes
    period_from: int
    period_to: int
    country: str
    statement_hash: bytes

    def __post_init__(self) -> None:
        check_country(self.country)
        if not 0 <= self.period_from < self.period_to:
            raise RuleError(
                f"the reporting period from {self.period_from} to {self.period_to} is empty",
                "give its first second and the first one after it",
            )
        for name in ("beneficiary", "purpose", "statement_hash"):
            if len(getattr(self, name)) != 32:
                raise RuleError(f"a statement's {name} has {len(getattr(self, name))} bytes", "it has 32")


def certificates_of(reading: Reading, sold_wh: int, refusal: NotIssuable | None) -> CertificateSplit:
    """What the Wh of a reading become: nothing when the device is refused or the reading earns nothing.

    Else own use and sales (`sold_wh`, to neighbours) are issued and cancelled at once, the rest is minted to the
    producer; together they are the recorded production. Raises RuleError when more was sold than was left.
    """
    split = certificate_split(reading, sold_wh)
    return NOTHING_ISSUED if refusal is not None else split


def standard_groups(wh: int) -> tuple[int, int]:
    """How many certificates of exactly 1 MWh `wh` makes for a national registry, and the Wh carried over."""
    if wh < 0:
        raise RuleError(f"{wh} Wh cannot be grouped", "give 0 or more")
    return divmod(wh, STANDARD_WH)
