"""A book of export groups in memory: replay the chain's events into it and compare.

Each method raises RuleError and changes nothing when a rule says no. Who may call what is the contracts' business;
that the Wh were their giver's is `certificate_ledger`'s. Amounts are Wh, times unix seconds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from wattcommons.domain.guarantees import (
    STANDARD_WH,
    CertificateAction,
    CertificateId,
    certificate_id,
    device_and_interval,
    lifetime_of,
)
from wattcommons.domain.intervals import IntervalLength
from wattcommons.domain.units import DeviceIndex, IntervalIndex, MemberIndex
from wattcommons.errors import RuleError

NO_REFERENCE: Final = bytes(32)


class GroupState(IntEnum):
    """Where a group stands; numbers as the contract stores them. Exported is final."""

    OPEN = 1
    COMPLETE = 2
    EXPORTED = 3


@dataclass(slots=True)
class ExportGroup:
    """A group of one device's Wh, of one member.

    `first_interval`, `last_interval`: of all Wh that were in it since it was last empty, None before the first.
    `reference`: 32 bytes, of the national registry, zero until exported.
    """

    device: DeviceIndex
    member: MemberIndex
    first_interval: IntervalIndex | None = None
    last_interval: IntervalIndex | None = None
    state: GroupState = GroupState.OPEN
    reference: bytes = NO_REFERENCE
    locked: Counter[CertificateId] = field(default_factory=Counter)

    @property
    def wh(self) -> int:
        """Wh in it, 0 to 1,000,000."""
        return self.locked.total()


class ExportBook:
    """The export groups of one community, numbered from 1."""

    def __init__(self, length: IntervalLength) -> None:
        self._length = length
        self.groups: list[ExportGroup] = []
        self._references: dict[bytes, int] = {}
        self._exported: Counter[DeviceIndex] = Counter()

    def open(self, device: DeviceIndex, member: MemberIndex) -> int:
        """A member begins a group of a device's Wh. Returns its number."""
        self.groups.append(ExportGroup(device, member))
        return len(self.groups)

    def add(self, number: int, amounts: Mapping[CertificateId, int], at: int) -> None:
        """Wh of the group's device that may still change owner; with 1,000,000 Wh the group is complete."""
        group = self._in(number, GroupState.OPEN)
        self._check_amounts(amounts)
        for certificate in amounts:
            if device_and_interval(certificate)[0] != group.device:
                raise RuleError(
                    f"certificate {certificate} is not of device {group.device}", "a group is of one device"
                )
            self._allowed(certificate, CertificateAction.TRANSFER, at)
        wh = group.wh + sum(amounts.values())
        if wh > STANDARD_WH:
            raise RuleError(f"group {number} would have {wh} Wh", f"a full one has {STANDARD_WH}")
        before = (group.first_interval, group.last_interval) if group.wh else ()
        known = [one for one in before if one is not None]
        known += [device_and_interval(certificate)[1] for certificate in amounts]
        group.first_interval, group.last_interval = min(known), max(known)
        group.locked.update(amounts)
        if wh == STANDARD_WH:
            group.state = GroupState.COMPLETE

    def release(self, number: int, amounts: Mapping[CertificateId, int], at: int) -> None:
        """Wh go back to the member, unless they have expired; the group is open afterwards."""
        group = self._in(number, GroupState.OPEN, GroupState.COMPLETE)
        self._check_amounts(amounts)
        for certificate, wh in amounts.items():
            self._allowed(certificate, CertificateAction.RELEASE, at)
            if wh > group.locked[certificate]:
                found = group.locked[certificate]
                raise RuleError(f"{wh} Wh of certificate {certificate}: group {number} has {found}", "take up to that")
        group.locked -= Counter(amounts)
        group.state = GroupState.OPEN

    def decline(self, number: int) -> None:
        """The issuing body sends a complete group back."""
        self._in(number, GroupState.COMPLETE).state = GroupState.OPEN

    def export(self, number: int, reference: bytes, at: int) -> ExportGroup:
        """A complete group lives on in the national registry under a reference of its own, for good."""
        group = self._in(number, GroupState.COMPLETE)
        if len(reference) != len(NO_REFERENCE) or reference == NO_REFERENCE:
            raise RuleError(f"group {number} without a national reference", "give the number it has there")
        if reference in self._references:
            raise RuleError(f"group {self._references[reference]} has that reference", "each group has its own")
        oldest = certificate_id(group.device, group.first_interval or IntervalIndex(0))
        self._allowed(oldest, CertificateAction.TRANSFER, at)
        self._references[reference] = number
        self._exported[group.device] += group.wh
        group.state, group.reference = GroupState.EXPORTED, reference
        return group

    def group(self, number: int) -> ExportGroup:
        """A group by its number."""
        if not 1 <= number <= len(self.groups):
            raise RuleError(f"there is no export group {number}", f"there are {len(self.groups)}, counted from 1")
        return self.groups[number - 1]

    def exported(self, device: DeviceIndex) -> int:
        """Wh of a device that were exported."""
        return self._exported[device]

    def inside(self) -> Counter[CertificateId]:
        """Certificate -> its Wh in all groups together, exported ones included."""
        found: Counter[CertificateId] = Counter()
        for group in self.groups:
            found.update(group.locked)
        return found

    def _in(self, number: int, *wanted: GroupState) -> ExportGroup:
        group = self.group(number)
        if group.state not in wanted:
            raise RuleError(
                f"export group {number} is {group.state.name.lower()}",
                f"this is done to one that is {wanted[-1].name.lower()}",
            )
        return group

    def _check_amounts(self, amounts: Mapping[CertificateId, int]) -> None:
        if not amounts or min(amounts.values()) <= 0:
            raise RuleError("nothing, or 0 Wh of a certificate", "name certificates, and 1 Wh or more of each")

    def _allowed(self, certificate: CertificateId, action: CertificateAction, at: int) -> None:
        if not lifetime_of(certificate, self._length).allows(action, at):
            raise RuleError(f"certificate {certificate} allows no {action} at {at}", "its time has passed")
