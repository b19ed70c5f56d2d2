"""Production devices: their codes, their registration and whether they may have certificates.

Codes are those of EECS Fact Sheet 5 (technology, fuel), of ENTSO-E (EIC of the grid point) and of ISO 3166
(country); support schemes those of EN 16325. A device belongs to the issuing body's register; the chain keeps
what a contract needs, the rest lies off chain behind a salted commitment.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final

from wattcommons.domain.calendar import add_months
from wattcommons.domain.units import MAX_INDEX, DeviceIndex
from wattcommons.errors import RuleError

RECHECK_MONTHS: Final = 60
"""A registration is checked again at most every five calendar years (EECS)."""

_TECHNOLOGY = re.compile(r"T[0-9]{6}", re.ASCII)
_FUEL = re.compile(r"F[0-9]{8}", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_EIC = re.compile(r"[0-9A-Z][0-9A-Z-]{14}[0-9A-Z]", re.ASCII)
_EIC_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-"


class EnergySource(StrEnum):
    """Sources this software has a word for; any well-formed code pair may be registered."""

    SOLAR = "solar"
    WIND = "wind"
    HYDRO = "hydro"

    @property
    def technology(self) -> str:
        """The source's usual EECS technology code: photovoltaic, wind, run-of-river head installation."""
        return {"solar": "T010100", "wind": "T020000", "hydro": "T030000"}[self]

    @property
    def fuel(self) -> str:
        """The source's EECS fuel code: solar, wind, hydro and marine."""
        return {"solar": "F01040100", "wind": "F01050100", "hydro": "F01050200"}[self]


def source_of_fuel(fuel: str) -> EnergySource | None:
    """What an EECS fuel code means, its finer codes included; None for what this software has no word for."""
    return next((one for one in EnergySource if fuel.startswith(one.fuel)), None)


class SupportScheme(IntEnum):
    """Kinds of support a device receives (EN 16325); numbers as the registry contract stores them."""

    NONE = 0
    FEED_IN_TARIFF = 1
    FEED_IN_PREMIUM = 2
    QUOTA = 3
    TAX = 4
    LOAN = 5
    OTHER = 6


class NotIssuable(StrEnum):
    """Why a device has no certificates for an interval. The order is the order in which reasons are told."""

    NO_DEVICE = "no device is registered for the participant"
    STORAGE = "storage needs charge and discharge records of its own"
    SUPPORTED = "its support scheme does not allow certificates"
    SUSPENDED = "the issuing body has suspended it"
    LAPSED = "its registration had lapsed when the interval ended"


@dataclass(frozen=True, slots=True)
class Device:
    """One production installation, as the issuing body registers it.

    `capacity_w` (W, 1 to 2^32 − 1) nominal; `commissioned_at`, `valid_until` unix seconds (an interval
    that ends at `valid_until` is the last one covered). `scheme_allows`: the issuing body found that certificates
    are permitted beside the support received, if any. Raises RuleError on a malformed field.
    """

    index: DeviceIndex
    technology: str
    fuel: str
    capacity_w: int
    commissioned_at: int
    country: str
    valid_until: int
    scheme: SupportScheme
    scheme_allows: bool
    storage: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.index <= MAX_INDEX:
            raise RuleError(f"device is {self.index}", f"device indices lie between 1 and {MAX_INDEX}")
        check_technology(self.technology)
        check_fuel(self.fuel)
        check_country(self.country)
        if not 1 <= self.capacity_w < 2**32:
            raise RuleError(f"capacity is {self.capacity_w} W", "give 1 to 4,294,967,295 W")
        if self.commissioned_at < 0 or self.valid_until < 0:
            raise RuleError("a device's dates lie before 1970", "give unix seconds")

    def refusal(self, at: int, *, suspended: bool = False) -> NotIssuable | None:
        """Why an interval that ends at unix second `at` earns this device no certificate; None when it does."""
        if self.storage:
            return NotIssuable.STORAGE
        if not self.scheme_allows:
            return NotIssuable.SUPPORTED
        if suspended:
            return NotIssuable.SUSPENDED
        if at > self.valid_until:
            return NotIssuable.LAPSED
        return None


def latest_validity(at: int) -> int:
    """Latest unix second at which a registration that is checked at second `at` may lapse."""
    return add_months(at, RECHECK_MONTHS)


def refusal_of(device: Device | None, at: int, *, suspended: bool = False) -> NotIssuable | None:
    """`Device.refusal`, where a participant without a device has a reason too."""
    return NotIssuable.NO_DEVICE if device is None else device.refusal(at, suspended=suspended)


def check_technology(code: str) -> str:
    """`code` if it is `T` and six digits. Raises RuleError otherwise."""
    return _checked(_TECHNOLOGY, code, "technology code", "T and six digits, like T010100")


def check_fuel(code: str) -> str:
    """`code` if it is `F` and eight digits. Raises RuleError otherwise."""
    return _checked(_FUEL, code, "fuel code", "F and eight digits, like F01040100")


def check_country(code: str) -> str:
    """`code` if it looks like ISO 3166-1 alpha-2. Raises RuleError otherwise."""
    return _checked(_COUNTRY, code, "country", "two capital letters, like FR")


def check_eic(code: str) -> str:
    """`code` if it is an EIC: 16 signs, the last one the check sign of the first 15. Raises RuleError otherwise.

    Each of the 15 signs (0-9, A-Z as 10-35, - as 36) is weighted 16 down to 2; the check sign is
    36 − (sum − 1) mod 37, and never a hyphen (ENTSO-E reference manual).
    """
    _checked(_EIC, code, "EIC", "16 signs of 0-9, A-Z and -, like 10YFR-RTE------C")
    total = sum(_EIC_SIGNS.index(sign) * weight for sign, weight in zip(code[:15], range(16, 1, -1), strict=True))
    expected = _EIC_SIGNS[36 - (total - 1) % 37]
    if code[15] != expected:
        raise RuleError(f"EIC {code} has a wrong check sign", f"its first 15 signs end with {expected}")
    return code


def _checked(pattern: re.Pattern[str], value: str, what: str, wanted: str) -> str:
    if not pattern.fullmatch(value):
        raise RuleError(f"{what} {value!r} is malformed", f"it is {wanted}")
    return value
