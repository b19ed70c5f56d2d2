"""What member and metering operator agree to: the terms of an enrolment, or of a new gateway key.

The fields are those of IMemberRegistry.Enrolment and IMemberRegistry.Rotation, in their order and in their widths.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Any, Final, TypeAlias

from wattcommons.chain.keystore import checked_address
from wattcommons.domain.units import MAX_INDEX, checked_interval, checked_participant
from wattcommons.errors import RuleError

MAX_POWER_W: Final = 2**24 - 1
LAST_SECOND: Final = 253_402_300_799
"""9999-12-31T23:59:59Z: a later deadline cannot be written as a date, and nobody needs one."""
_COMMITMENT_OCTETS: Final = 32


class Basis(IntEnum):
    """How a participant is metered (IMemberRegistry.Basis)."""

    NET = 0
    GROSS = 1


class Source(IntEnum):
    """What stands behind a participant's signature (IMemberRegistry.Source)."""

    GATEWAY = 1
    OPERATOR_FILE = 2
    DECLARED = 3


@dataclass(frozen=True)
class EnrolmentTerms:
    """A metering point joins. Powers in W (0..16,777,215), the deadline in unix seconds.

    `commitment`: 32 bytes, the salted hash of the metering point's record, which stays off the chain.
    Raises RuleError on a value that the registry could not hold.
    """

    member: int
    basis: Basis
    source: Source
    import_w: int
    export_w: int
    gateway: str
    from_interval: int
    commitment: bytes
    deadline: int

    def __post_init__(self) -> None:
        if not 1 <= self.member <= MAX_INDEX:
            raise RuleError(f"member is {self.member}", f"members are numbered from 1 to {MAX_INDEX}")
        for name, power in (("power drawn", self.import_w), ("power fed in", self.export_w)):
            if not 0 <= power <= MAX_POWER_W:
                raise RuleError(f"the highest {name} is {power} W", f"write 0 to {MAX_POWER_W} W")
        if len(self.commitment) != _COMMITMENT_OCTETS:
            raise RuleError(f"the commitment has {len(self.commitment)} bytes", "it is a hash of 32")
        _check_key(self.gateway, self.from_interval, self.deadline)

    def struct(self) -> tuple[Any, ...]:
        """As the contract's struct."""
        return _struct(self)


@dataclass(frozen=True)
class RotationTerms:
    """A participant's readings are signed by another key from an interval on. `nonce`: rotations before this one.

    Raises RuleError on a value that the registry could not hold.
    """

    participant: int
    gateway: str
    source: Source
    from_interval: int
    nonce: int
    deadline: int

    def __post_init__(self) -> None:
        checked_participant(self.participant)
        if not 0 <= self.nonce <= MAX_INDEX:
            raise RuleError(f"the number of earlier rotations is {self.nonce}", f"write 0 to {MAX_INDEX}")
        _check_key(self.gateway, self.from_interval, self.deadline)

    def struct(self) -> tuple[Any, ...]:
        """As the contract's struct."""
        return _struct(self)


Terms: TypeAlias = EnrolmentTerms | RotationTerms


def _check_key(gateway: str, from_interval: int, deadline: int) -> None:
    if checked_address(gateway) != gateway:
        raise RuleError(f"{gateway} is written without its checksum", "copy the address as the gateway shows it")
    checked_interval(from_interval, "the first interval")
    if not 0 <= deadline <= LAST_SECOND:
        raise RuleError(f"the deadline is {deadline}", "write unix seconds before the year 10000")


def _struct(terms: Terms) -> tuple[Any, ...]:
    values = (getattr(terms, one.name) for one in fields(terms))
    return tuple(int(value) if isinstance(value, IntEnum) else value for value in values)
