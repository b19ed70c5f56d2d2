"""Groups of exactly 1 MWh for a national registry: which Wh of an account make one, and which are carried over.

A group holds Wh of one device. The oldest production goes first, for its time runs out first; the Wh of a certificate
are split where a group is full. What makes no whole group stays with its holder until there is more. The plan only
proposes: what may be done to a group is the rules' of `export_book`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from wattcommons.domain.guarantees import (
    STANDARD_WH,
    CertificateAction,
    CertificateId,
    certificate_id,
    device_and_interval,
    lifetime_of,
    standard_groups,
)
from wattcommons.domain.intervals import IntervalLength
from wattcommons.domain.units import DeviceIndex, IntervalIndex
from wattcommons.errors import RuleError

BATCH_IDS: Final = 64
"""Most certificates that one call takes."""


@dataclass(frozen=True, slots=True)
class Part:
    """`wh` Wh of a certificate."""

    certificate: CertificateId
    wh: int


@dataclass(frozen=True, slots=True)
class BegunGroup:
    """An open group with `wh` Wh in it, 0 to 999,999, the oldest of them of `first_interval`."""

    number: int
    device: DeviceIndex
    first_interval: IntervalIndex
    wh: int


@dataclass(frozen=True, slots=True)
class PlannedGroup:
    """A group that becomes complete: `number` of one that is open already, None for a new one."""

    number: int | None
    begun_wh: int
    parts: tuple[Part, ...]

    @property
    def wh(self) -> int:
        """Wh in it afterwards: 1,000,000."""
        return self.begun_wh + sum(part.wh for part in self.parts)


@dataclass(frozen=True, slots=True)
class DevicePlan:
    """What an account's certificates of one device make, oldest production first throughout.

    `carried_over`: Wh that make no whole group and stay with the holder. `too_late`: Wh that may change owner no more.
    `stale`: open groups that can be exported no more, for what is in them is too old: they are left alone.
    """

    device: DeviceIndex
    groups: tuple[PlannedGroup, ...]
    carried_over: tuple[Part, ...]
    too_late: tuple[Part, ...]
    stale: tuple[BegunGroup, ...]

    @property
    def carried_over_wh(self) -> int:
        """Wh that stay with the holder for a later group, open groups aside."""
        return sum(part.wh for part in self.carried_over)


def plan_exports(
    held: Mapping[CertificateId, int], begun: Iterable[BegunGroup], length: IntervalLength, at: int
) -> tuple[DevicePlan, ...]:
    """What `held` (certificate -> Wh of one account) and its open groups make at unix second `at`, by device.

    Groups that are open already are filled first, in their order. Raises RuleError for an amount below 0, and for an
    open group that is none.
    """
    certificates: dict[DeviceIndex, list[Part]] = {}
    for certificate, wh in sorted(held.items()):
        if wh < 0:
            raise RuleError(f"{wh} Wh of certificate {certificate}", "give 0 or more")
        if wh:
            certificates.setdefault(device_and_interval(certificate)[0], []).append(Part(certificate, wh))
    groups: dict[DeviceIndex, list[BegunGroup]] = {}
    for group in begun:
        if not 0 <= group.wh < STANDARD_WH:
            raise RuleError(f"open group {group.number} with {group.wh} Wh", f"an open one has less than {STANDARD_WH}")
        groups.setdefault(group.device, []).append(group)
    devices = sorted({*certificates, *groups})
    return tuple(_plan(one, certificates.get(one, []), groups.get(one, []), length, at) for one in devices)


def batches(parts: Sequence[Part]) -> list[Sequence[Part]]:
    """Parts in calls of at most 64 certificates, in their order."""
    return [parts[first : first + BATCH_IDS] for first in range(0, len(parts), BATCH_IDS)]


def _plan(
    device: DeviceIndex, parts: Sequence[Part], begun: Sequence[BegunGroup], length: IntervalLength, at: int
) -> DevicePlan:
    def movable(certificate: CertificateId) -> bool:
        return lifetime_of(certificate, length).allows(CertificateAction.TRANSFER, at)

    usable = deque(part for part in parts if movable(part.certificate))
    stale = tuple(one for one in begun if one.wh and not movable(certificate_id(device, one.first_interval)))
    places = [(one.number, one.wh) for one in sorted(begun, key=lambda one: one.number) if one not in stale]
    planned: list[PlannedGroup] = []
    left = sum(part.wh for part in usable)
    for number, wh in places:
        missing = STANDARD_WH - wh
        if missing <= left:
            planned.append(PlannedGroup(number, wh, _taken(usable, missing)))
            left -= missing
    planned += [PlannedGroup(None, 0, _taken(usable, STANDARD_WH)) for _ in range(standard_groups(left)[0])]
    too_late = tuple(part for part in parts if not movable(part.certificate))
    return DevicePlan(device, tuple(planned), tuple(usable), too_late, stale)


def _taken(usable: deque[Part], wh: int) -> tuple[Part, ...]:
    """The first `wh` Wh, the last certificate split where need be; no more than there are."""
    taken: list[Part] = []
    while wh:
        part = usable.popleft()
        used = min(part.wh, wh)
        taken.append(Part(part.certificate, used))
        if used < part.wh:
            usable.appendleft(Part(part.certificate, part.wh - used))
        wh -= used
    return tuple(taken)
