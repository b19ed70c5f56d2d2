"""Export groups: 1 MWh of one device for a national registry. Energy in Wh, times in Unix seconds."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from wattcommons.services.api.models.common import BigId, Hash, Model, Unix, WhCount
from wattcommons.services.api.registry.models import UnsignedTransaction

GroupNumber = Annotated[int, Field(ge=1, le=2**53)]
DeviceNumber = Annotated[int, Field(ge=1, le=2**31 - 1)]


class GroupState(StrEnum):
    """Where a group stands. Exported is final: its Wh live on in the national registry alone."""

    OPEN = "open"
    COMPLETE = "complete"
    EXPORTED = "exported"


class FileFormat(StrEnum):
    """In which form a group's file comes."""

    CSV = "csv"
    JSON = "json"


class ExportGroup(Model):
    """A group. `production_start`, `production_end`: of what is in it, or was since it was last empty.

    `exportable_until`: when its oldest Wh can change owner no more. `reason`: code or hash of why it was declined last.
    """

    group: int
    device: int
    member: int
    state: GroupState
    wh: WhCount = Field(le=1_000_000)
    missing_wh: WhCount
    production_start: Unix
    production_end: Unix
    exportable_until: Unix
    national_reference: Hash | None
    reason: Hash | None
    opened: Unix
    exported: Unix | None


class ExportGroups(Model):
    """A page, newest first. `next`: cursor of the next page."""

    items: list[ExportGroup]
    next: str | None


class ExportPart(Model):
    """Wh of one certificate."""

    certificate_id: BigId
    wh: WhCount


class ExportGroupFull(ExportGroup):
    """A group with what lies in it, or was exported with it, by certificate."""

    parts: list[ExportPart]


class DeviceExports(Model):
    """What the own certificates of one device make now, oldest first. What one has reserved is left out.

    `whole_groups`: so many can be made or filled. `towards_wh`: what there is after that towards the next one, in an
    open group (`begun_wh`) or still held; `missing_wh`: up to 1,000,000. `too_late_wh`: can change owner no more.
    `stale_groups`: open ones that can be exported no more.
    """

    device: int
    whole_groups: int
    towards_wh: WhCount
    begun_wh: WhCount
    missing_wh: WhCount
    too_late_wh: WhCount
    stale_groups: list[int]


class ExportPlan(Model):
    """By device."""

    items: list[DeviceExports]


class Fill(Model):
    """Make, or fill, the next group of a device from the own certificates, oldest first.

    The answer is unsigned transactions for the holder's wallet. A new group of more than 64 certificates begins with
    one: ask again when it has landed.
    """

    device_id: DeviceNumber


class Release(Model):
    """Take certificates out of an own group: these, or all. The answer is unsigned transactions."""

    group: GroupNumber
    certificate_ids: list[BigId] | None = Field(default=None, min_length=1, max_length=1_000)


class GiveBack(Model):
    """Take certificates out of any group, these or all, to its member's wallet, where what was issued in error can be
    withdrawn. The answer is unsigned transactions of the issuing body's.
    """

    group: GroupNumber
    certificate_ids: list[BigId] | None = Field(default=None, min_length=1, max_length=1_000)


class Accept(Model):
    """A complete group lives on in the national registry, for good. The answer is an unsigned transaction."""

    group: GroupNumber
    national_reference: Hash = Field(description="the registry's number: 32 bytes, or ASCII filled up with zeros")


class Decline(Model):
    """A complete group goes back to its member. The answer is an unsigned transaction."""

    group: GroupNumber
    reason: Hash = Field(description="code or hash of the reason")


class ExportAnswer(Model):
    """What is prepared. `group`: null for a new one. `wh`: moved by the transactions together; `complete`: whether the
    group is full when all have landed.
    """

    group: int | None
    parts: list[ExportPart]
    wh: WhCount
    complete: bool
    transactions: list[UnsignedTransaction]
